"""From a visitor's pictures to what the network sees: size, colour, ground, light on dark, centred as MNIST's.

Guessed from the pictures, said in words, and each of it can be chosen otherwise. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from PIL import Image

from vae_core.datasets import drawing, own
from vae_core.datasets.own import SIZES
from vae_core.datasets.spec import DataError, Shape

COLOURS = {"grey": 1, "rgb": 3}
GROUNDS = {"black": 0, "white": 255}
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
SAMPLE = 300  # pictures that a guess looks at
BLOCK = 256  # pictures that are prepared at once
INK = 40  # of 255, by which a pixel differs from its ground


@dataclass(frozen=True)
class Preparation:
    """What is done to each picture, one and the same to all."""

    size: int = 28  # pixels to a side
    colour: str = "grey"  # or "rgb"
    invert: bool = False  # dark on light becomes light on dark
    centre: bool = False  # scaled into a box and put on its centre of mass, as MNIST was made
    ground: str = "white"  # what shows through where a picture is transparent

    def __post_init__(self) -> None:
        if type(self.size) is not int or self.size not in SIZES:
            raise DataError(
                f"Pictures can be {', '.join(map(str, SIZES))} pixels to a side; {self.size} is none of these."
            )
        if self.colour not in COLOURS:
            raise DataError(f"The colour of pictures can be {' or '.join(COLOURS)}; {self.colour} is neither.")
        if self.ground not in GROUNDS:
            raise DataError(f"The ground of pictures can be {' or '.join(GROUNDS)}; {self.ground} is neither.")
        if type(self.invert) is not bool or type(self.centre) is not bool:
            raise DataError("Pictures are inverted and centred or not; nothing else is possible.")

    @property
    def shape(self) -> Shape:
        return Shape(COLOURS[self.colour], self.size, self.size)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


# ---- the guess


def guess(rgba: np.ndarray) -> Preparation:
    """What suits these pictures (n, 64, 64, 4): drawings or photographs, which way light and dark are."""
    if not len(rgba):
        return Preparation()
    some = rgba[np.unique(np.linspace(0, len(rgba) - 1, min(len(rgba), SAMPLE)).astype(int))]
    ground = _ground(some)
    on_ground = composed(some, ground)  # (n, 64, 64, 3)
    grey = on_ground @ LUMA
    colourful = np.ptp(on_ground, axis=-1).mean((1, 2)) > 8
    edge = np.concatenate([grey[:, 0], grey[:, -1], grey[:, :, 0], grey[:, :, -1]], 1)  # (n, 4 * 64)
    outside = np.median(edge, 1)
    plain = (np.abs(edge - outside[:, None]) < INK).mean(1) > 0.8
    ink = (np.abs(grey - outside[:, None, None]) > INK).mean((1, 2))
    drawings = bool((plain & (ink < 0.5) & ~colourful).mean() > 0.6)
    colour = "rgb" if colourful.mean() > 0.3 else "grey"
    dark_on_light = bool(np.median(outside) > 127) and bool(plain.mean() > 0.6)
    return Preparation(
        size=28 if colour == "grey" else 32,
        colour=colour,
        invert=dark_on_light and colour == "grey",
        centre=drawings and colour == "grey",
        ground=ground,
    )


def chosen(guessed: Preparation, **wanted: object) -> Preparation:
    """A guess with some of it chosen otherwise; None leaves it as guessed. Raises DataError for what cannot be."""
    changes = {name: value for name, value in wanted.items() if value is not None}
    if isinstance(size := changes.get("size"), str):
        changes["size"] = int(size) if size in map(str, SIZES) else size
    made = replace(guessed, **changes)  # type: ignore[arg-type]
    if made.colour == "rgb" and guessed.colour == "grey" and not {"invert", "centre"} & set(changes):
        made = replace(made, invert=False, centre=False)
    return made


def of_version(name: str) -> Preparation | None:
    """How the pictures of a dataset were prepared, so that others can be made like them; None if it does not say."""
    manifest = own.known(name)
    try:
        return Preparation(**manifest.how) if manifest is not None and manifest.how else None
    except (DataError, TypeError):
        return None


def _ground(rgba: np.ndarray) -> str:
    """Black under bright pictures, white under dark ones, so that none of it gets lost."""
    opacity = rgba[..., 3].astype(np.float32) / 255
    if opacity.min() > 0.99:
        return "white"
    light = rgba[..., :3].astype(np.float32) @ LUMA
    return "black" if (light * opacity).sum() / max(opacity.sum(), 1e-6) > 110 else "white"


def is_transparent(rgba: np.ndarray) -> bool:
    """Whether the ground shows through anywhere in pictures (n, h, w, 4)."""
    return bool((rgba[..., 3] < 255).any())


def explain(preparation: Preparation, transparent: bool) -> str:
    """What is done to the pictures, in one sentence; ``transparent``: whether any of them is, in part."""
    kind = "grey" if preparation.colour == "grey" else "coloured"
    words = [f"{preparation.size} x {preparation.size} pixels, {kind}"]
    if preparation.invert:
        words.append("dark on light turned to light on dark")
    if preparation.centre:
        words.append("what is drawn scaled to one size and centred")
    ground = f"; transparent parts are {preparation.ground}" if transparent else ""
    return f"{words[0][0].upper()}{', '.join(words)[1:]}{ground}."


# ---- doing it


def prepare(rgba: np.ndarray, preparation: Preparation) -> np.ndarray:
    """Pictures (n, 64, 64, 4) as the network sees them: (n, pixels) uint8, channels first."""
    made = np.empty((len(rgba), preparation.shape.pixels), np.uint8)
    for start in range(0, len(rgba), BLOCK):
        made[start : start + BLOCK] = _prepared(rgba[start : start + BLOCK], preparation)
    return made


def _prepared(rgba: np.ndarray, preparation: Preparation) -> np.ndarray:
    shape, pictures = preparation.shape, composed(rgba, preparation.ground)
    if preparation.colour == "grey":
        pictures = pictures @ LUMA  # (n, 64, 64)
    pictures = np.rint(pictures).astype(np.uint8)
    if preparation.invert:
        pictures = 255 - pictures
    change: Callable[[np.ndarray], np.ndarray] = _scaled_to(preparation.size)
    if preparation.centre:
        change = _centred_to(shape)
    return shape.flat(np.stack([change(picture) for picture in pictures]))


def composed(rgba: np.ndarray, ground: str) -> np.ndarray:
    """Pictures (n, h, w, 4) on a ground, as float32 (n, h, w, 3)."""
    opacity = rgba[..., 3:].astype(np.float32) / 255
    return rgba[..., :3] * opacity + GROUNDS[ground] * (1 - opacity)


def _scaled_to(size: int) -> Callable[[np.ndarray], np.ndarray]:
    def scaled(picture: np.ndarray) -> np.ndarray:
        if len(picture) == size:
            return picture
        return np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.BOX))

    return scaled


def _centred_to(shape: Shape) -> Callable[[np.ndarray], np.ndarray]:
    """As MNIST's: the ink alone, which is what differs from the ground at the edge."""

    def centred(picture: np.ndarray) -> np.ndarray:
        grey = picture if picture.ndim == 2 else np.rint(picture @ LUMA).astype(np.uint8)
        edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
        outside = np.median(edge)
        lifted = ((grey.astype(np.float32) - outside).clip(0) * (255 / max(255 - outside, 1))).astype(np.uint8)
        found = drawing.as_mnist(lifted, shape)
        return np.zeros((*shape[1:], *((3,) if shape.channels == 3 else ())), np.uint8) if found is None else found

    return centred
