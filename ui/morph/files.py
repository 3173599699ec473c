"""A morph as a film (GIF) and as a strip (PNG)."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ui.components import image_picker
from ui.components.image_picker import End
from vae_core.runs.run import Run

SECONDS = 5  # there and back, as the player takes
FILM, STRIP = 224, 112  # pixels, about, to a side of a picture
GREYS = 8  # of a film's 256 colours, for the names and what is about them
NAME = 40  # letters of an end's name in a file's, which may have 255 bytes


def gif(panels: Sequence[tuple[str, np.ndarray]]) -> bytes:
    """Panels (name, frames (n, height, width) or, of colours, (n, height, width, 3), uint8) beside each other, as a GIF
    that loops there and back."""
    count, scale = len(panels[0][1]), _scale(panels, FILM)
    order = [*range(count), *range(count - 2, 0, -1)]
    (high, wide), gap, foot = _size(panels, scale), 8, 26
    base = Image.new(_mode(panels), (len(panels) * (wide + gap) - gap, high + foot), 0)
    for k, (name, _) in enumerate(panels):
        _write(base, (k * (wide + gap) + wide // 2, high + foot // 2), name, "mm")
    few = _few_colours(base, panels)
    base, pages = few(base), []
    for place in order:
        page = base.copy()
        for k, (_, frames) in enumerate(panels):
            page.paste(_large(few(Image.fromarray(frames[place])), scale), (k * (wide + gap), 0))
        pages.append(page)
    out = io.BytesIO()
    pages[0].save(
        out, "GIF", save_all=True, append_images=pages[1:], loop=0, duration=max(20, round(SECONDS * 1000 / len(order)))
    )
    return out.getvalue()


def _few_colours(base: Image.Image, panels: Sequence[tuple[str, np.ndarray]]) -> Callable[[Image.Image], Image.Image]:
    """What a GIF makes of a picture: nothing in grey; in colour the nearest of 256, the same for the whole film.

    Were they chosen anew for each page, even what does not move would flicker.
    """
    if base.mode == "L":
        return lambda picture: picture
    seen = np.concatenate([frames.reshape(-1, frames.shape[2], 3) for _, frames in panels])
    colours = Image.fromarray(seen).quantize(256 - GREYS, method=Image.Quantize.MEDIANCUT).getpalette() or []
    greys = np.linspace(0, 230, GREYS).round().astype(int).repeat(3).tolist()
    palette = Image.new("P", (1, 1))
    palette.putpalette([*colours[: 3 * (256 - GREYS)], *greys])
    return lambda picture: picture.quantize(palette=palette, dither=Image.Dither.NONE)


def strip(panels: Sequence[tuple[str, np.ndarray]], steps: int) -> bytes:
    """Panels as ``gif`` takes them, as a PNG: a line each, in ``steps`` even steps."""
    scale = _scale(panels, STRIP)
    (high, wide), left = _size(panels, scale), 190
    page = Image.new(_mode(panels), (left + steps * wide, len(panels) * high), 0)
    for line, (name, frames) in enumerate(panels):
        _write(page, (10, line * high + high // 2), name, "lm")
        for column, place in enumerate(np.linspace(0, len(frames) - 1, steps).round().astype(int)):
            page.paste(_large(Image.fromarray(frames[place]), scale), (left + column * wide, line * high))
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def file_name(run: Run, epoch: int, *, start: End, end: End, way: str, kind: str) -> str:
    """An honest name: what became what, by which model, at which epoch, on which path."""
    between = "-to-".join(image_picker.name_of(run, each)[:NAME] for each in (start, end))
    text = f"morph-{between}-{run.id}-epoch-{epoch}-{way}"
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in text) + f".{kind}"


def _scale(panels: Sequence[tuple[str, np.ndarray]], wanted: int) -> int:
    """How many pixels of a file each pixel gets, along each side."""
    return max(round(wanted / max(panels[0][1].shape[1:3])), 1)


def _size(panels: Sequence[tuple[str, np.ndarray]], scale: int) -> tuple[int, int]:
    """Height and width of a picture in a file."""
    return panels[0][1].shape[1] * scale, panels[0][1].shape[2] * scale


def _mode(panels: Sequence[tuple[str, np.ndarray]]) -> str:
    return "RGB" if panels[0][1].ndim == 4 else "L"


def _large(image: Image.Image, scale: int) -> Image.Image:
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)


def _write(page: Image.Image, at: tuple[int, int], text: str, anchor: str) -> None:
    ImageDraw.Draw(page).text(
        at, text, fill=(230, 230, 230) if page.mode == "RGB" else 230, anchor=anchor, font=ImageFont.load_default(14)
    )
