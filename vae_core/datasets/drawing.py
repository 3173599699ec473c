"""A visitor's drawing made into what the models know: centred and scaled as MNIST was made. Imports no torch."""

from __future__ import annotations

import numpy as np
from PIL import Image

from vae_core.datasets.spec import Shape

MNIST = Shape(1, 28, 28)
BOX = 20 / 28  # of the shorter side, which a digit of MNIST's fills
# The centres of mass of MNIST's digits lie on the pixel 14 of 28, counted from 0 (13.5 to 14.5; measured).
PAD = 140  # pixels along each side of the pad: five to one of MNIST's


def as_mnist(drawing: np.ndarray, shape: Shape = MNIST, *, dark_on_light: bool = False) -> np.ndarray | None:
    """A drawing (h, w) uint8, white on black, to a picture of a dataset's shape, made as MNIST's; None if it is empty.

    LeCun et al. 1998: the digit is scaled, in its proportions, into a box of 20 x 20, and placed in 28 x 28 with its
    centre of mass in the middle. Other sizes in proportion. (height, width) uint8; of colours (height, width, 3), all
    three the same. ``dark_on_light``: black on white then, for pictures that are so.
    """
    rows, columns = np.flatnonzero(drawing.max(1) > 32), np.flatnonzero(drawing.max(0) > 32)
    if not len(rows):
        return None
    ink, size = drawing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], shape[1:]
    scale = round(BOX * min(size)) / max(ink.shape)
    height, width = (max(round(side * scale), 1) for side in ink.shape)
    small = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BOX), np.float64)
    small *= 255 / max(small.max(), 1)  # a thin pen is as bright as a thick one
    mass = small.sum()
    middle = (np.arange(height) @ small.sum(1) / mass, np.arange(width) @ small.sum(0) / mass)
    top, left = (
        int(np.clip(round(whole / 2 - centre), 0, whole - side))
        for whole, centre, side in zip(size, middle, small.shape, strict=True)
    )
    image = np.zeros(size, np.uint8)
    image[top : top + height, left : left + width] = np.rint(small)
    image = 255 - image if dark_on_light else image
    return image if shape.channels == 1 else np.repeat(image[..., None], shape.channels, -1)
