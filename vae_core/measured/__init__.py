"""What pages say about the gallery's models, measured once and shipped: ``checkpoints/measured/<name>.json``.

Each module here measures one thing, with several seeds and its uncertainty, and has two things in common with the
others: ``measure()`` gives all of its numbers (plain JSON; it may need MNIST, from VAE_DATA_DIR), and pages read them
by ``load(name)``. ``python -m vae_core.measured [name ...]`` measures anew. A test beside each holds the shipped
numbers against the gallery's weights, as far as that goes without MNIST, and the pages' sentences against the numbers.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from vae_core import paths
from vae_core.runs import files
from vae_core.runs.run import Run

FOLDER = paths.ROOT / "checkpoints" / "measured"
NAMES: tuple[str, ...] = (  # modules of this package, each with a function measure()
    "amortisation",
    "bound",
    "clearness",
    "floor",
    "learned_from",
    "longer",
    "noise_shapes",
    "pca",
    "scribbles",
    "spaces",
    "variance",
)


def gallery(name: str) -> Run:
    """A model of the gallery."""
    return Run(paths.GALLERY / name, gallery=True)


@cache
def load(name: str) -> Any:
    """What ``vae_core.measured.<name>`` measured. Raises OSError or ValueError if it is missing or broken."""
    return files.read_json(FOLDER / f"{name}.json")
