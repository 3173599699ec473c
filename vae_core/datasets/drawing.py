"""A visitor's drawing made into what the models know: centred and scaled as MNIST was made. Imports no torch."""

from __future__ import annotations

import numpy as np
from PIL import Image

CENTRE = 14  # the pixel, counted from 0, on which the centres of mass of MNIST lie (13.5 to 14.5; measured)
PAD = 140  # pixels along each side of the pad: five to one of MNIST's


def as_mnist(drawing: np.ndarray) -> np.ndarray | None:
    """A drawing (h, w) uint8, white on black, to (28, 28) uint8 as in MNIST, or None if nothing is drawn.

    LeCun et al. 1998: the digit is scaled, in its proportions, into a box of 20 x 20, and placed in 28 x 28 with its
    centre of mass in the middle.
    """
    rows, columns = np.flatnonzero(drawing.max(1) > 32), np.flatnonzero(drawing.max(0) > 32)
    if not len(rows):
        return None
    ink = drawing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = 20 / max(ink.shape)
    height, width = (max(round(side * scale), 1) for side in ink.shape)
    small = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BOX), np.float64)
    small *= 255 / max(small.max(), 1)  # a thin pen is as bright as a thick one
    mass = small.sum()
    middle = (np.arange(height) @ small.sum(1) / mass, np.arange(width) @ small.sum(0) / mass)
    top, left = (
        int(np.clip(round(CENTRE - centre), 0, 28 - side)) for centre, side in zip(middle, small.shape, strict=True)
    )
    image = np.zeros((28, 28), np.uint8)
    image[top : top + height, left : left + width] = np.rint(small)
    return image
