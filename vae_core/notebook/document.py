"""A run as a Jupyter notebook in plain PyTorch, in the lecture's order, and the archive that it travels in.

The notebook needs torch, torchvision and matplotlib, and nothing of ours. It says in its own words what the run did:
the same layers, loss and settings. Beside it lie the weights, which it loads if they are there. Imports no torch.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vae_core.config import FIELDS, in_words
from vae_core.datasets import registry
from vae_core.datasets.spec import DataError
from vae_core.notebook import exploring, learning, network, pictures
from vae_core.notebook.cells import Cell, definition, escaped, to_json, words
from vae_core.runs.run import Run, RunError, check_weights

LECTURE = "https://atcold.github.io/NYU-DLSP20/en/week08/08-3/"
MOST_CODES = 2_000  # test pictures whose codes go along, where the pictures do not
MOST_BYTES = 150_000_000  # of a visitor's own pictures
# What a living picture of a page does, in the notebook: the cell, and of it the functions, or all of it.
TOPICS: dict[str, tuple[str, tuple[str, ...]]] = {
    "network": ("network", ()), "bubble": ("network", ("encode", "sample")), "noise": ("network", ("sample",)),
    "loss": ("loss", ()), "training": ("training", ("train",)), "rebuild": ("network", ("encode", "decode")),
    "samples": ("samples", ()), "morph": ("morph", ()), "numbers": ("numbers", ()), "plane": ("plane", ()),
    "map": ("map", ()),
}  # fmt: skip


@dataclass(frozen=True)
class Excerpt:
    """The lines of a notebook that do what a page shows."""

    part: str  # the heading above them
    text: str


def cells(run: Run, *, have_pictures: bool | None = None) -> list[Cell]:
    """The notebook's cells, for the newest epoch of which the weights are here.

    ``have_pictures``: whether its pictures come with it or by themselves; None: only those that come by themselves.
    Raises RunError for a run that has no weights, or whose network or loss nobody wrote out in plain PyTorch.
    """
    config, spec, epoch = run.config, run.dataset, newest(run)
    if have_pictures is None:
        have_pictures = pictures.comes_by_itself(spec.name)
    loss_there = run.metrics()[epoch]["test"]["loss"]
    plane = exploring.plane(config)
    try:
        made = [
            learning.settings(config, epoch), pictures.cell(spec, have_pictures=have_pictures),
            network.cell(run.architecture, variational=config.is_vae), learning.loss(config),
            learning.training(have_pictures=have_pictures, loss_there=loss_there),
            learning.rebuild(variational=config.is_vae, have_pictures=have_pictures),
            exploring.samples(config), exploring.morph(spec), exploring.numbers(config),
            *([plane] if plane else []), exploring.map_(config, spec),
        ]  # fmt: skip
    except KeyError as error:
        raise RunError(f"The run {run.id} has no notebook: {error.args[0]} is not known in plain PyTorch.") from None
    found = [words("title", _title(run, epoch))]
    for cell in made:
        found += [words(cell.name, f"## {HEADINGS[cell.name]}\n\n{_about(cell.name, run)}"), cell]
    return found


def newest(run: Run) -> int:
    """The newest epoch with weights and means. Raises RunError if there is none."""
    kept = set(run.latent_epochs())
    epochs = [epoch for epoch in run.weight_epochs() if epoch in kept]
    if not epochs:
        raise RunError(f"The run {run.id} has no weights yet.")
    return epochs[-1]


def excerpt(run: Run, topic: str) -> Excerpt | None:
    """The lines for one of ``TOPICS``, or None if this run has nothing of the sort. Raises RunError as ``cells``."""
    name, functions = TOPICS[topic]
    text = {cell.name: cell.text for cell in cells(run)}.get(name, "")
    if functions:
        text = "\n\n".join(definition(text, each) for each in functions if f"def {each}(" in text)
    return Excerpt(HEADINGS[name], text) if text else None


def pack(run: Run, *, own_pictures: bool = False) -> io.BytesIO:
    """A zip with the notebook and the weights, and with what it needs besides.

    ``own_pictures``: with the visitor's own pictures; all others come from where all get them, or not at all. Raises
    RunError.
    """
    epoch, files = newest(run), dict[str, bytes]()
    check_weights(run.weights_file(epoch), run)
    files[learning.WEIGHTS] = _npz(_weights(run, epoch))
    own = _own_pictures(run) if own_pictures else None
    by_itself = pictures.comes_by_itself(run.config.dataset)
    if own is not None:
        files[pictures.PICTURES] = own
    elif not by_itself:
        mean, labels = run.latents(epoch).mean, run.labels()
        files[pictures.CODES] = _npz({"mean": mean[:MOST_CODES], "labels": labels[:MOST_CODES]})
    notebook = to_json(cells(run, have_pictures=own is not None or by_itself))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(zipfile.ZipInfo(f"{run.id}.ipynb"), json.dumps(notebook, ensure_ascii=False, indent=1))
        for name, content in files.items():
            bundle.writestr(zipfile.ZipInfo(name), content)
    out.seek(0)
    return out


def _own_pictures(run: Run) -> bytes | None:
    """A visitor's own pictures, both parts; None if they are not here, or too many."""
    try:
        train, test = registry.load_train(run.config.dataset), registry.load_test(run.config.dataset)
    except DataError:
        return None
    if train.images.nbytes + test.images.nbytes > MOST_BYTES:
        return None
    raw = io.BytesIO()
    np.savez_compressed(raw, train=train.images, test=test.images, test_classes=test.labels)
    return raw.getvalue()


def _weights(run: Run, epoch: int) -> dict[str, np.ndarray]:
    from safetensors.numpy import load_file

    return load_file(run.weights_file(epoch))


def _npz(arrays: dict[str, np.ndarray]) -> bytes:
    raw = io.BytesIO()
    np.savez(raw, **arrays)  # type: ignore[arg-type]
    return raw.getvalue()


# ---- words

HEADINGS = {
    "settings": "The settings", "pictures": "The pictures", "network": "The network", "loss": "The loss",
    "training": "The training", "rebuild": "What it rebuilds", "samples": "Samples", "morph": "The morph",
    "numbers": "One number after the other", "plane": "The plane", "map": "The map",
}  # fmt: skip


def _title(run: Run, epoch: int) -> str:
    config = run.config
    names = [name for name in FIELDS if name not in ("device", *config.unused)]
    settings = "\n".join(
        f"- {FIELDS[name].metadata['label']}: {escaped(in_words(name, getattr(config, name)))}" for name in names
    )
    return (
        f"# {escaped(run.title)}\n\n"
        "This is a model of Latent Lab, written out in plain PyTorch. Run the cells from top to bottom. All they need "
        "is `pip install torch torchvision matplotlib`.\n\n"
        f"If the file `{learning.WEIGHTS}` lies beside this notebook, what the model learned is loaded, from epoch "
        f"{epoch}. If not, it learns anew.\n\n{settings}\n\n"
        f"The order is that of [Alfredo Canziani’s lecture]({LECTURE})."
    )


def _about(name: str, run: Run) -> str:
    known: dict[str, Callable[[], str]] = {
        "settings": lambda: "Change them, set `train_anew = True`, and run all cells again.",
        "pictures": lambda: f"{escaped(run.dataset.title)}: {escaped(run.dataset.source)}.",
        "network": lambda: _network(run), "loss": lambda: _loss(run),
        "training": lambda: "The network sees every picture once in each epoch. It never learns from the test "
        "pictures: they show whether it has learned more than it saw.",
        "rebuild": lambda: "A picture becomes a code, and the code becomes a picture again."
        + " The code is the middle of the bubble, its mean." * run.config.is_vae,
        "samples": lambda: _samples(run),
        "morph": lambda: "Two pictures become two codes. We walk from one to the other, and decode each step.",
        "numbers": lambda: "What does each number of a code do? One of them changes, and the others stay.",
        "plane": lambda: "Two numbers make a plane, so all that the decoder can draw fits on one sheet.",
        "map": lambda: "Where does the encoder put the test pictures?"
        + " Of more than two numbers the map shows the two main directions." * (run.config.latent_dim > 2),
    }  # fmt: skip
    return known[name]()


def _network(run: Run) -> str:
    d = run.config.latent_dim
    number = "number" if d == 1 else "numbers"
    if not run.config.is_vae:
        return f"The encoder makes a code of {d} {number} from a picture, and the decoder a picture from the code."
    return (
        f"For each picture the encoder gives a **mean** and a **log variance** for {d} {number}: a bubble. A random "
        "point of it is the code **z = mean + std × noise**. The decoder draws a picture from z alone.\n\n"
        "Why the logarithm? A variance must be above zero, and a network’s numbers may be anything."
    )


def _loss(run: Run) -> str:
    if not run.config.is_vae:
        return "How different is the rebuilt picture? In nats per picture."
    return (
        "loss = reconstruction + beta × KL. The first asks how different the rebuilt picture is. The second asks how "
        "far the bubble is from N(0, 1). Both are in nats per picture."
    )


def _samples(run: Run) -> str:
    if run.config.is_vae:
        return "No picture goes in here. Random numbers take the place of a code."
    return (
        "A classic autoencoder has no rule for where codes lie. So we roll each number with the mean and the std that "
        "it has in the codes of test pictures. How the numbers go together is left out."
    )
