"""Make the pretrained gallery: ``VAE_DATA_DIR=... python -m vae_core.gallery [name ...]``.

``letters`` and ``emoji`` want their archives there (``datasets/shown.py``).

Each model is trained through the ordinary command line, on MNIST without the 5,000 digits that are on every machine
(``datasets/mnist_55k.py``), and then slimmed: weights of the listed epochs only, fewer kept points and digits, no
resume file. The two that pages open first keep a film of epochs. What needs the training is measured while it is here:
the forces on some bubbles (forces.npz, dice.npz). Nothing of the dataset itself is copied: weights, means, labels,
losses and gradients only. 45 MB in all, no file over 5 MB (tests/core/test_gallery.py).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from vae_core import os_compat, paths
from vae_core.analysis import umap_tsne
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.jobs.foreground import NotTrained, train
from vae_core.jobs.limits import size_of
from vae_core.runs import files
from vae_core.runs.run import Run

MNIST = Config(dataset="mnist-55k")
DIGITS = Config(dataset="digits", **registry.get("digits").defaults)


@dataclass(frozen=True)
class Piece:
    name: str
    title: str
    config: Config
    film: tuple[int, ...] = ()  # epochs whose weights ship besides the last one's
    points: int = 2_000  # kept test images; 4 bytes for each of their numbers and epochs, before they are packed

    @property
    def has_forces(self) -> bool:
        """Whether the forces on its bubbles ship: they are drawn on a map of two numbers."""
        return self.config.is_vae and self.config.latent_dim == 2

    @property
    def kept_epochs(self) -> set[int]:
        """Epochs whose weights ship."""
        return {*self.film, self.config.epochs}


def _mnist(latent_dim: int = 20, **changes: Any) -> Config:
    return replace(MNIST, latent_dim=latent_dim, hidden_dim=400, **changes)


def _deep(**changes: Any) -> Config:
    """Two numbers are few: with two hidden layers on each side, and smaller steps, they tell more."""
    return replace(MNIST, latent_dim=2, network="deep", hidden_dim=None, epochs=20, batch_size=64, **changes)


def _of(dataset: str) -> Config:
    return Config(dataset=dataset, **registry.get(dataset).defaults)


# In the order in which a page lists them.
PIECES = (
    Piece("lecture", "The lecture’s model", _mnist(), film=(0, 1, 2, 3, 5)),
    Piece("two-knobs", "Only two numbers", _deep(), film=(0, 1, 2, 3, 5, 10), points=5_000),
    Piece("autoencoder", "Classic autoencoder", _mnist(model="autoencoder")),
    Piece("two-knobs-autoencoder", "Classic autoencoder, two numbers", _deep(model="autoencoder")),
    Piece("beta-0", "No penalty (beta 0)", _mnist(beta=0.0)),
    Piece("beta-0.1", "Small penalty (beta 0.1)", _mnist(beta=0.1)),
    Piece("beta-4", "Large penalty (beta 4)", _mnist(beta=4.0)),
    Piece("beta-10", "Huge penalty (beta 10)", _mnist(beta=10.0)),
    Piece("two-knobs-beta-0", "Two numbers, no penalty", _deep(beta=0.0)),
    Piece("two-knobs-beta-0.1", "Two numbers, small penalty", _deep(beta=0.1)),
    Piece("two-knobs-beta-4", "Two numbers, large penalty", _deep(beta=4.0)),
    Piece("digits", "The lecture’s model, small pictures", DIGITS),
    Piece("letters", "Letters of five alphabets", _of("letters")),
    Piece("emoji", "Emoji, in colour", _of("emoji")),
)


def make(piece: Piece, gallery: Path) -> None:
    """Train one piece and put it into the gallery, in place of the one that is there."""
    with tempfile.TemporaryDirectory() as folder:
        run = train(piece.config, Path(folder), piece.name)
        if piece.has_forces:
            measure(run, piece)
        slim(run, piece)
        if piece.config.latent_dim > 2:
            for method in umap_tsne.METHODS:
                umap_tsne.make(run, method)
        shutil.rmtree(gallery / piece.name, ignore_errors=True)
        shutil.copytree(run.path, gallery / piece.name)


BUBBLES = 12  # of each class, whose forces ship


def measure(run: Run, piece: Piece) -> None:
    """Keep the forces on some bubbles at every epoch, and for the first of each class single rolls of the dice."""
    from vae_core.analysis import autograd_gradients  # torch, which a list of the pieces does not need

    images, labels = registry.load_test(piece.config.dataset).images, run.labels()
    places = np.concatenate([np.flatnonzero(labels == c)[:BUBBLES] for c in np.unique(labels)])
    forces = autograd_gradients.measure_forces(run, images, places)
    halves = {"mean": forces.on_mean.astype(np.float16), "logvar": forces.on_logvar.astype(np.float16)}
    files.write_npz(run.path / "forces.npz", {"places": places, **halves}, compress=True)
    if piece.film:
        measured = autograd_gradients.measure_draws(run, images, places[::BUBBLES])
        draws = {"places": measured.places, "eps": measured.eps, "loss": measured.loss, "slope": measured.slope}
        files.write_npz(run.path / "dice.npz", draws, compress=True)


def slim(run: Run, piece: Piece) -> None:
    """Leave out what the gallery does not need, and give the run its name."""
    for name in ("resume.safetensors", "log.txt", "control.json"):
        (run.path / name).unlink(missing_ok=True)
    for epoch in run.weight_epochs():
        if epoch not in piece.kept_epochs:
            run.weights_file(epoch).unlink()
    for epoch in run.latent_epochs():
        # Two numbers an image weigh little and make the bubbles' film; twenty only where a decoder is kept too.
        if epoch not in piece.kept_epochs and run.config.latent_dim > 2:
            run.latents_file(epoch).unlink()
    for file in os_compat.listed(run.path / "latents", "*.npz"):
        with np.load(file) as arrays:
            kept = {name: coarse(array[: piece.points], name) for name, array in arrays.items()}
        files.write_npz(file, kept, compress=True)
    files.rewrite_lines(run.path / "steps.jsonl", [_short(record) for record in run.steps()])
    config = files.read_json(run.path / "config.json")
    files.write_json(run.path / "config.json", {**config, "title": piece.title})
    status = files.read_json(run.path / "status.json")
    files.write_json(run.path / "status.json", {**status, "pid": 0, "born": 0.0, "host": ""})


def _short(record: dict[str, Any]) -> dict[str, Any]:
    """A point of the live curve to a thousandth of a nat."""
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in record.items()}


def coarse(array: np.ndarray, name: str) -> np.ndarray:
    """Half floats (n, d) without the last binary digits, which are noise to a zip: 0.4 % of a log variance.

    Of a mean of many numbers 0.2 %; means of two numbers stay as they are, since one looks at them on a map.
    """
    drop = {"logvar": 3, "mean": 2 if array.ndim == 2 and array.shape[1] > 2 else 0}.get(name, 0)
    if not drop:
        return array
    digits = np.ascontiguousarray(array).view(np.uint16).astype(np.uint32)  # sign, exponent and fraction in one number
    rounded = ((digits + (1 << drop - 1)) >> drop << drop).astype(np.uint16).view(np.float16)
    return np.where(np.isfinite(rounded), rounded, array)  # the largest of all would become infinite


def main(names: list[str]) -> int:
    chosen = [piece for piece in PIECES if not names or piece.name in names]
    unknown = set(names) - {piece.name for piece in PIECES}
    if unknown:
        known = ", ".join(piece.name for piece in PIECES)
        print(f"There is no piece {unknown.pop()!r}; choose among {known}.", file=sys.stderr)
        return 2
    paths.GALLERY.mkdir(exist_ok=True)
    for piece in chosen:
        try:
            make(piece, paths.GALLERY)
        except NotTrained as error:
            print(f"The piece {piece.name} was not made: {error}.", file=sys.stderr)
            return 2 if error.code == 2 else 1
    files.write_json(paths.GALLERY / "index.json", [piece.name for piece in PIECES])
    total = size_of(paths.GALLERY)
    print(f"{total / 1e6:.1f} MB in {paths.GALLERY}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
