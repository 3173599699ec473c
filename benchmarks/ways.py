"""The ways to train an epoch, each in a process of its own: ``python -m benchmarks.ways NAME [NETWORK [colour]]``.

A way says ``ready``, then trains one epoch for each line that it is sent and answers with the seconds; ``quality`` asks
for the test loss (mean decoded, nats per image). All learn MNIST at the lecture's settings; with a
network's name, ``floor``, ``ours`` and ``eager`` train that one on the 5,000 embedded digits, or on as many pictures
of dice in colour, 64 x 64.
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

BATCH, HIDDEN, LATENT, RATE = 256, 400, 20, 1e-3
EPOCHS = 500  # more than anybody asks for
NETWORK, *COLOUR = sys.argv[2:] if __name__ == "__main__" and sys.argv[2:] else ["lecture"]
DATASET = "mnist" if NETWORK == "lecture" else "rolled" if COLOUR else "mnist-5k"
STEPS = 235 if DATASET == "mnist" else 16


def roll_pictures() -> None:
    """From now on there is a dataset of pictures in colour that nobody need keep: speed does not depend on them."""
    import numpy as np

    from vae_core.datasets import registry
    from vae_core.datasets.spec import DatasetSpec, Shape, Split

    shape, sizes = Shape(3, 64, 64), {"train": 4000, "test": 1000}

    def load_split(name: str, folder: Path | None) -> Split:
        images = np.random.default_rng(0).integers(0, 256, (sizes[name], shape.pixels), np.uint8)
        return Split(images, np.zeros(sizes[name], np.uint8))

    registry.register(DatasetSpec("rolled", "Rolled", shape, (), *sizes.values(), "dice", load_split))


def serve(epoch: Callable[[], object], quality: Callable[[], float]) -> None:
    """Answer requests until the other side is gone. ``epoch`` may return the seconds to say instead of the measured."""
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "quality":
            print(quality(), flush=True)
            continue
        started = time.perf_counter()
        said = epoch()
        print(said if isinstance(said, str) else time.perf_counter() - started, flush=True)


def products():
    """The factors of a step's matrix products, and where each goes: forwards, and for both gradients of each layer.

    Those of a convolution are of patches that lie there already.
    """
    import torch

    from vae_core.architecture import of_config, sizes_through, weights_of
    from vae_core.config import Config

    layers, pairs = of_config(Config(dataset=DATASET, network=NETWORK)), []
    for part, start in ((layers.encoder, layers.shape.pixels), (layers.decoder, LATENT)):
        sizes = sizes_through(part, (start,))
        first = part is layers.encoder  # nobody needs the gradient by a picture
        for layer, before, after in zip(part, sizes[:-1], sizes[1:], strict=True):
            if not weights_of(layer):
                continue
            outputs, *window = weights_of(layer)["weight"]
            small = before if layer["type"] == "transposed_convolution" else after
            rows, inputs = BATCH * math.prod(small[1:]), math.prod(window)
            x, dout, w = (torch.rand(*sides) for sides in ((rows, inputs), (rows, outputs), (outputs, inputs)))
            pairs += [(x, w.t()), (dout.t(), x), *([] if first else [(dout, w)])]
            first = False
    places = [torch.empty(a.shape[0], b.shape[1]) for a, b in pairs]
    return pairs, places


def floor() -> None:
    """The matrix products alone, of the lecture's network 4 forwards and 7 backwards; as many threads as ours."""
    from vae_core.training import threads

    most = threads.prepare()
    import torch

    torch.set_num_threads(most)
    pairs, places = products()

    def epoch() -> None:
        for _ in range(STEPS):
            for (a, b), out in zip(pairs, places, strict=True):
                torch.mm(a, b, out=out)

    serve(epoch, lambda: float("nan"))


def ours() -> None:
    """A real run in a real directory. Says the seconds of training alone, and with moments, evaluation and files."""
    from vae_core.config import Config
    from vae_core.datasets import registry
    from vae_core.runs import lifecycle
    from vae_core.training import threads
    from vae_core.training.progress_and_pause import Reporter, Stopped

    most = threads.prepare()
    import torch

    from vae_core.training import loop, moments

    torch.set_flush_denormal(True)
    requests, dataset = iter(sys.stdin), registry.load(DATASET)
    size, drawing = len(dataset.train.images), [0.0]

    class Timed(moments.Moments):
        def after_step(self, step: int, epoch: float) -> None:
            started = self.clock()
            super().after_step(step, epoch)
            drawing[0] += self.clock() - started

    loop.Moments = Timed  # type: ignore[misc]

    class Answering(Reporter):
        def begin(self, step: int, epoch: int) -> None:
            super().begin(step, epoch)
            print("ready", flush=True)
            self.wait()

        def epoch_done(self, epoch: int, step: int) -> None:
            super().epoch_done(epoch, step)
            last = self.run.metrics()[-1]
            print(size / last["images_per_second"] - drawing[0], last["seconds"], flush=True)
            drawing[0] = 0.0
            self.wait()

        def wait(self) -> None:
            started = time.perf_counter()
            while (line := next(requests, "")).strip() == "quality":
                print(self.run.metrics()[-1]["test_mean"]["loss"], flush=True)
            if not line:
                raise Stopped
            self.paused_seconds += time.perf_counter() - started

    with tempfile.TemporaryDirectory() as folder:
        run = lifecycle.create(Config(dataset=DATASET, network=NETWORK, epochs=EPOCHS, device="cpu"), Path(folder))
        try:
            loop.train(run, dataset, Answering(run), max_threads=most)
        except Stopped:
            return


def network():
    from vae_core.config import Config
    from vae_core.model import build

    return build(Config(dataset=DATASET, network=NETWORK))


def quality_of(model) -> Callable[[], float]:
    """The test loss with the mean decoded, by torch's own functions."""
    import torch
    from torch.nn import functional as F

    from vae_core.datasets import registry

    def quality() -> float:
        x = torch.from_numpy(registry.load_test(DATASET).images.copy()).float() / 255
        with torch.no_grad():
            mean, logvar = model.encode(x)
            error = F.binary_cross_entropy_with_logits(model.decode_logits(mean), x, reduction="sum")
            return float(error + 0.5 * (logvar.exp() - logvar - 1 + mean**2).sum()) / len(x)

    return quality


def plain(images, batch: int = BATCH, fused: bool = False):
    """Plain torch as one writes it at first, but with all pictures in memory, where ``images`` are: network, epoch."""
    import torch
    from torch.nn import functional as F

    model = network().to(images.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=fused or None)

    def epoch() -> None:
        for indices in torch.randperm(len(images), device=images.device).split(batch):
            x = images[indices].float() / 255
            mean, logvar = model.encode(x)
            z = mean + torch.randn_like(mean) * torch.exp(logvar / 2)
            error = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="sum")
            loss = (error + 0.5 * (logvar.exp() - logvar - 1 + mean**2).sum()) / len(x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return model, epoch


def eager() -> None:
    """``plain`` on the processor."""
    import torch

    from vae_core.datasets import registry

    model, epoch = plain(torch.from_numpy(registry.load(DATASET).train.images.copy()))
    serve(epoch, quality_of(model))


def batches() -> Iterator:
    """Dataset, ToTensor and DataLoader."""
    import torch
    from torchvision import datasets, transforms

    from vae_core import paths

    mnist = datasets.MNIST(paths.data_dir(), transform=transforms.ToTensor())
    return torch.utils.data.DataLoader(mnist, batch_size=BATCH, shuffle=True)


def notebook() -> None:
    """The lecture's notebook (Atcold/NYU-DLSP20, 11-VAE): its loader, and its loss of sigmoid outputs."""
    import torch
    from torch.nn import functional as F

    model, loader = network(), batches()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)

    def epoch() -> None:
        model.train()
        train_loss = 0.0
        for images, _ in loader:
            x = images.view(-1, 784)
            mean, logvar = model.encode(x)
            z = mean + logvar.mul(0.5).exp_() * torch.empty_like(mean).normal_()
            error = F.binary_cross_entropy(torch.sigmoid(model.decode_logits(z)), x, reduction="sum")
            # Divided by the batch, so that all ways here learn at the same rate.
            loss = (error + 0.5 * torch.sum(logvar.exp() - logvar - 1 + mean.pow(2))) / len(x)
            train_loss += loss.item()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    serve(epoch, quality_of(model))


def examples() -> None:
    """pytorch/examples, vae/main.py: loader with a worker, two heads, the sum as loss; here at our batch size."""
    import torch
    from torch import nn
    from torch.nn import functional as F
    from torchvision import datasets, transforms

    from vae_core import paths

    class VAE(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc1, self.fc21, self.fc22 = nn.Linear(784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
            self.fc3, self.fc4 = nn.Linear(20, 400), nn.Linear(400, 784)

        def encode(self, x):
            h1 = F.relu(self.fc1(x))
            return self.fc21(h1), self.fc22(h1)

        def decode_logits(self, z):
            return self.fc4(F.relu(self.fc3(z)))

        def forward(self, x):
            mu, logvar = self.encode(x.view(-1, 784))
            std = torch.exp(0.5 * logvar)
            return torch.sigmoid(self.decode_logits(mu + torch.randn_like(std) * std)), mu, logvar

    mnist = datasets.MNIST(paths.data_dir(), transform=transforms.ToTensor())
    loader = torch.utils.data.DataLoader(mnist, batch_size=BATCH, shuffle=True)
    model = VAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)

    def epoch() -> None:
        model.train()
        train_loss = 0.0
        for data_, _ in loader:
            optimizer.zero_grad()
            recon, mu, logvar = model(data_)
            error = F.binary_cross_entropy(recon, data_.view(-1, 784), reduction="sum")
            loss = error - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
            loss.backward()
            train_loss += loss.item()
            optimizer.step()

    serve(epoch, quality_of(model))


WAYS = {"floor": floor, "ours": ours, "eager": eager, "notebook": notebook, "examples": examples}

if __name__ == "__main__":
    if DATASET == "rolled":
        roll_pictures()
    WAYS[sys.argv[1]]()
