"""One picture of a visitor's made like those that a model knows, and in one sentence what was done to it.

A set of one's own says how its pictures were prepared, and this one is prepared exactly so. Of other datasets the size,
the colours and the ground are known: for grey ones what stands on plain ground is centred as MNIST's digits are, light
on dark or dark on light as theirs. Imports no torch.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from vae_core.datasets.drawing import as_mnist
from vae_core.datasets.spec import Shape
from vae_core.pictures import preparing
from vae_core.pictures.preparing import INK, LUMA, Preparation
from vae_core.pictures.reading import KEPT

PLAIN = 0.8  # of the rim, that lies near a plane of brightness: paper in a slanting light, say
FAINT = 0.2  # of the strongest ink, below which it is paper's grain, or a shadow
NOTHING = "There is nothing to be seen on this picture."


class Fitted(NamedTuple):
    picture: np.ndarray | None  # (height, width) uint8, of colours (height, width, 3); None if nothing is on it
    words: str  # what was done to it, in a sentence


def fitted(rgba: np.ndarray, shape: Shape, *, light_ground: bool, how: Preparation | None = None) -> Fitted:
    """A picture (64, 64, 4), as ``reading.read_picture`` has it, like those of a dataset of this shape.

    ``light_ground``: whether theirs are mostly dark on light; ``how``: their preparation, if it is known.
    """
    if how is not None and how.shape == shape:
        return _as_its_set(rgba, how)
    ground = _ground(rgba, shape, light_ground)
    on_ground = preparing.composed(rgba[None], ground)[0]  # (64, 64, 3)
    said = [f"{shape.height} × {shape.width} pixels", "grey" if shape.channels == 1 else "in colour"]
    found = _ink(on_ground @ LUMA) if shape.channels == 1 else None
    if found is None:
        grey = shape.channels == 1
        return Fitted(_scaled(on_ground @ LUMA if grey else on_ground, shape), _sentence(said, rgba, ground))
    ink, dark_ink = found
    if dark_ink != light_ground:
        said.append("turned to dark on light" if light_ground else "turned to light on dark")
    picture = as_mnist(ink, shape, dark_on_light=light_ground)
    return Fitted(picture, NOTHING if picture is None else _sentence([*said, "centred"], rgba, ground))


def _as_its_set(rgba: np.ndarray, how: Preparation) -> Fitted:
    picture = how.shape.pictures(preparing.prepare(rgba[None], how))[0]
    if how.centre and not picture.any():
        return Fitted(None, NOTHING)
    said = [f"{how.size} × {how.size} pixels", "grey" if how.colour == "grey" else "in colour"]
    said += ["light and dark swapped"] * how.invert + ["centred"] * how.centre
    return Fitted(picture, _sentence(said, rgba, how.ground, ", as the pictures of its set were"))


def _sentence(said: list[str], rgba: np.ndarray, ground: str, like: str = " the model") -> str:
    *first, last = said + [f"{ground} where it is transparent"] * preparing.is_transparent(rgba)
    return f"Made to fit{like}: {', '.join(first)} and {last}."


def _ground(rgba: np.ndarray, shape: Shape, light_ground: bool) -> str:
    """What shows through: the ground of the model's pictures, or for grey ones what the picture stands out from."""
    if shape.channels == 1:
        return preparing.guess(rgba[None]).ground
    return "white" if light_ground else "black"


def _ink(grey: np.ndarray) -> tuple[np.ndarray, bool] | None:
    """What is drawn on plain ground, (64, 64) uint8, white on black, and whether it is darker than its ground.

    None where the ground is not plain, or what stands on it fills most of the picture: a photograph.
    """
    away = grey - _plane(grey)
    rim = np.concatenate([away[0], away[-1], away[:, 0], away[:, -1]])
    if (np.abs(rim) < INK).mean() < PLAIN:
        return None
    dark, light = (-away).clip(0), away.clip(0)
    dark_ink = bool(dark.sum() > light.sum())
    ink = dark if dark_ink else light
    if (ink > INK).mean() >= 0.5:
        return None
    most = ink.max()
    if most < INK:
        return np.zeros(ink.shape, np.uint8), dark_ink
    return np.rint((ink - FAINT * most).clip(0) * (255 / most / (1 - FAINT))).astype(np.uint8), dark_ink


def _plane(grey: np.ndarray) -> np.ndarray:
    """The brightness of the ground (64, 64), as a slanting light leaves it: a plane through most of the rim."""
    rows, columns = np.mgrid[-1 : 1 : KEPT * 1j, -1 : 1 : KEPT * 1j]
    terms = np.stack([np.ones_like(rows), rows, columns], -1)
    rim = np.zeros(grey.shape, bool)
    rim[[0, -1]] = rim[:, [0, -1]] = True
    near = np.abs(grey - np.median(grey[rim])) < 2 * INK
    for _ in range(3):
        used = rim & near
        if used.sum() < KEPT:
            break
        plane = terms @ np.linalg.lstsq(terms[used], grey[used], rcond=None)[0]
        near = np.abs(grey - plane) < INK
    else:
        return np.asarray(plane)
    return np.full(grey.shape, np.median(grey[rim]))


def _scaled(picture: np.ndarray, shape: Shape) -> np.ndarray:
    """All of it, or as much of its middle as the shape shows, at the shape's size."""
    scale = KEPT / max(shape.height, shape.width)
    height, width = (max(round(side * scale), 1) for side in shape[1:])
    top, left = (KEPT - height) // 2, (KEPT - width) // 2
    image = Image.fromarray(np.rint(picture).clip(0, 255).astype(np.uint8)).crop(
        (left, top, left + width, top + height)
    )
    smaller = width >= shape.width
    kind = Image.Resampling.BOX if smaller else Image.Resampling.BILINEAR
    return np.array(image.resize((shape.width, shape.height), kind))
