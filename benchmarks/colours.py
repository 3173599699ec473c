"""``python -m benchmarks colours``: how far apart the colours of the classes are, for every kind of eye.

Distances are those of OKLab (Ottosson 2020), in which black and white are 1 apart and 0.02 is about what one just sees
in large patches; dots need several times that. A colour-blind eye is simulated with the matrices of Machado, Oliveira &
Fernandes 2009 ("A Physiologically-based Model for Simulation of Color Vision Deficiency", severity 1.0), on linear RGB.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from benchmarks.table import Table
from vae_core.paths import ROOT

CHOSEN = 10  # classes whose colours must be told apart by all eyes; there are more colours after them
GROUNDS = ("light", "dark")
THINGS = ("x", "encoder", "mean", "z", "decoder")  # the lecture's colours
BEHIND = ("page", "ground")  # what dots lie on
VISIONS = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
BEFORE = {  # Petroff's ten ("Accessible color sequences", 2021) and the lifted ones, as they were until November 2026
    "light": ["3f90da", "e09300", "bd1f01", "7f918f", "832db6", "a96b59", "e76300", "a0924f", "5c606c", "4bb3b8"],
    "dark": ["5aa9f0", "ffb02e", "ec5a44", "b9c6c4", "b878e4", "cf917e", "ff8a3d", "d6c98a", "969db0", "a2ecee"],
}


def named(style: str) -> dict[str, dict[str, str]]:
    """The colours of a style sheet by ground and name, as rrggbb: ``x``, ``page``, ``c0`` and so on."""
    pairs = re.findall(r"--ll-([\w-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\)", style)
    return {ground: {name: both[k] for name, *both in pairs} for k, ground in enumerate(GROUNDS)}


def classes(colours: dict[str, str]) -> list[str]:
    """Of the named colours those of the classes, in their order."""
    return [colours[f"c{place}"] for place in range(len(colours)) if f"c{place}" in colours]


def linear(colours: Sequence[str]) -> np.ndarray:
    """Colours as rrggbb to linear RGB, (n, 3), 0 to 1 (IEC 61966-2-1)."""
    rgb = np.array([[int(colour[k : k + 2], 16) for k in (0, 2, 4)] for colour in colours]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Linear RGB (n, 3) to OKLab (n, 3)."""
    cones = rgb @ np.array(
        [
            [0.4122214708, 0.2119034982, 0.0883024619],
            [0.5363325363, 0.6806995451, 0.2817188376],
            [0.0514459929, 0.1073969566, 0.6299787005],
        ]
    )
    return np.cbrt(cones) @ np.array(
        [
            [0.2104542553, 1.9779984951, 0.0259040371],
            [0.7936177850, -2.4285922050, 0.7827717662],
            [-0.0040720468, 0.4505937099, -0.8086757660],
        ]
    )


def seen(colours: Sequence[str], vision: str) -> np.ndarray:
    """Colours as rrggbb in OKLab, (n, 3), as an eye of VISIONS sees them."""
    return oklab(np.clip(linear(colours) @ VISIONS[vision].T, 0, 1))


def least_distance(colours: Sequence[str], vision: str, others: Sequence[str] = ()) -> tuple[float, int, int]:
    """The least distance between any two colours, or from any to any of the ``others``, and the places of these two."""
    one, two = seen(colours, vision), seen(others or colours, vision)
    pairs = np.ndindex(len(one), len(two)) if others else combinations(range(len(one)), 2)
    return min((float(np.linalg.norm(one[i] - two[j])), i, j) for i, j in pairs)


def contrast(one: str, two: str) -> float:
    """The ratio of two colours' luminances, 1 to 21 (WCAG 2)."""
    low, high = sorted(linear([one, two]) @ np.array([0.2126, 0.7152, 0.0722]))
    return float((high + 0.05) / (low + 0.05))


def _row(title: str, colours: Sequence[str], names: dict[str, str]) -> list[str]:
    apart = [f"{least_distance(colours, vision)[0]:.3f}" for vision in VISIONS]
    behind = min(contrast(colour, names[ground]) for colour in colours for ground in BEHIND)
    things = least_distance(colours, "normal", [names[thing] for thing in THINGS])[0]
    return [title, *apart, f"{behind:.1f}", f"{things:.3f}"]


def measure() -> list[Table]:
    style = named((ROOT / "static" / "style.css").read_text(encoding="utf-8"))
    rows = []
    for ground, names in style.items():
        rows.append(_row(f"{ground}, before", BEFORE[ground], names))
        rows.append(_row(f"{ground}, ten classes", classes(names)[:CHOSEN], names))
        rows.append(_row(f"{ground}, all {len(classes(names))}", classes(names), names))
    head = ["colours", *VISIONS, "contrast", "to the lecture’s colours"]
    note = "least distance of any two classes in OKLab, as each eye sees them; least contrast to what is behind"
    return [Table("Colours of the classes", "python -m benchmarks colours", head, rows, note)]
