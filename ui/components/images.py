"""Pictures as the browser reads them: sheets, in base64."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from ui.store.memory import cached

EXACT = {"L": 5_000_000, "RGB": 300_000}  # pixels of a sheet, grey and in colour, up to which it is a PNG
WIDEST = 16_383  # pixels of a WebP, each way


def sprite(images: np.ndarray) -> str:
    """Images (rows, columns, h, w) uint8, or (rows, columns, h, w, 3), as one sheet, rows under each other, in base64.

    A PNG, which changes nothing; or a WebP where that would be many megabytes: 24 for 41 epochs of 64 pictures of 64 x
    64 pixels in colour, which are 2 so.
    """
    return _sprite(images.tobytes(), images.shape)


@cached(24)  # a film of a long run is a megabyte, and half of what its page has to do
def _sprite(raw: bytes, shape: tuple[int, ...]) -> str:
    images = np.frombuffer(raw, np.uint8).reshape(shape)
    sheet = _sheet(images)
    if sheet.width * sheet.height > EXACT[sheet.mode] and max(sheet.size) <= WIDEST:
        return webp(images, quality=82)
    return encoded(sheet, "PNG", compress_level=3)


def png(images: np.ndarray) -> str:
    """The same as one PNG, however large: nothing is changed."""
    return encoded(_sheet(images), "PNG", compress_level=6)


def webp(images: np.ndarray, quality: int = 70) -> str:
    """The same as one WebP: a third of the PNG where there are many, and a little blurred."""
    return encoded(_sheet(images), "WEBP", quality=quality, method=1)


def _sheet(images: np.ndarray) -> Image.Image:
    rows, columns, h, w, *colours = images.shape
    return Image.fromarray(np.swapaxes(images, 1, 2).reshape(rows * h, columns * w, *colours))


def encoded(image: Image.Image, kind: str, **options: int) -> str:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return base64.b64encode(out.getvalue()).decode()
