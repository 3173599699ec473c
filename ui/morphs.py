"""A morph at every epoch: its frames, its path on the map, the lengths of its codes, and the files made of it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ui import maps, picking, readers, smallmaps
from ui.components import Row, base64_of
from ui.picking import End
from vae_core import paths
from vae_core.analysis.projections import Basis
from vae_core.runs.index import find_run
from vae_core.runs.run import Run, RunError

PATHS = {"straight": "Straight", "spherical": "Spherical"}
SECONDS = 5  # there and back, as the player takes


def frames_for(steps: int, least: int = 33) -> int:
    """How many frames the slider has, so that each step of the film strip is one of them."""
    return (steps - 1) * -(-(least - 1) // (steps - 1)) + 1


@readers.kept(100)
def codes(path: str, epochs: tuple[int, ...], start: End, end: End, frames: int, way: str) -> np.ndarray:
    """The codes (epochs, frames, d) along a way (``PATHS``) between the means of two ends."""
    from vae_core.analysis.sampling import interpolate

    return np.stack(
        [interpolate(picking.code(path, e, start), picking.code(path, e, end), frames, way) for e in epochs]
    )


@readers.kept(100)
def walk(path: str, epochs: tuple[int, ...], start: End, end: End, frames: int, way: str) -> np.ndarray:
    """Those codes decoded, each epoch's by its own decoder, (epochs, frames, 28, 28) uint8."""
    from vae_core.analysis.sampling import decode

    paths = codes(path, epochs, start, end, frames, way)
    return np.stack([decode(readers.model(path, e), z) for e, z in zip(epochs, paths, strict=True)])


def rows(run: Run, epochs: Sequence[int], start: End, end: End, frames: int, way: str) -> tuple[list[Row], bool]:
    """The same morph three ways. The flag says whether the cross-fade mixes the original pictures."""
    from vae_core.analysis.sampling import cross_fade

    path, last = str(run.path), epochs[-1]
    words = f"from {picking.name_of(run, start)} to {picking.name_of(run, end)}"
    (first, first_here), (second, second_here) = (picking.picture(run, last, each) for each in (start, end))
    shown = [
        Row("Through the latent space", walk(path, tuple(epochs), start, end, frames, way),
            f"Morph {words}", "each step is a code, decoded", "decoder", epochs),
        Row("Mixing pixels", cross_fade(first, second, frames)[None], f"Cross-fade {words}",
            "no model: one fades out, one in", "x"),
    ]  # fmt: skip
    classic = classic_walk(run, start, end, frames, way)
    if classic is not None:
        shown.append(
            Row("Classic autoencoder", classic, f"Morph {words} by a classic autoencoder",
                "the same two pictures, codes without noise", "encoder")
        )  # fmt: skip
    return shown, first_here and second_here


def classic_walk(run: Run, start: End, end: End, frames: int, way: str) -> np.ndarray | None:
    """The morph of the gallery's classic autoencoder between the same pictures, or None if it does not know them."""
    try:
        classic = find_run("autoencoder", folder=paths.GALLERY)
        if classic is None or classic.id == run.id or classic.config.dataset != run.config.dataset:
            return None
        theirs = [_same_picture(run, classic, each) for each in (start, end)]
        if theirs[0] is None or theirs[1] is None:
            return None
        return walk(str(classic.path), (classic.weight_epochs()[-1],), theirs[0], theirs[1], frames, way)
    except RunError:
        return None  # the gallery's copy is damaged; this page is about another run


def _same_picture(run: Run, other: Run, end: End) -> End | None:
    if end.drawing:
        return end
    theirs, mine = (readers.test_indices(str(each.path)) for each in (other, run))
    place = np.flatnonzero(theirs == mine[end.place])
    return End(end.label, int(place[0])) if len(place) else None


def marks(run: Run, epochs: Sequence[int], basis: Basis, start: End, end: End, frames: int, way: str) -> list[Any]:
    """The path on the map at every epoch, the other path dashed, the ends by name, and the dot that walks."""
    path = str(run.path)

    def flat(which: str) -> list[np.ndarray]:
        return [smallmaps.project(basis, z) for z in codes(path, tuple(epochs), start, end, frames, which)]

    other = next(each for each in PATHS if each != way)
    chosen = flat(way)
    return [
        {**maps.mark(PATHS[other], "z", flat(other), lines=True), "dashed": True},
        maps.mark(PATHS[way], "z", chosen, lines=True),
        {**maps.mark(picking.name_of(run, start), "mean", [p[:1] for p in chosen]), "title": "from"},
        {**maps.mark(picking.name_of(run, end), "mean", [p[-1:] for p in chosen]), "title": "to"},
        maps.mark("the morph", "z", chosen, walks=True),
    ]


@readers.kept(200)
def usual_length(path: str, epoch: int) -> tuple[float, float, float]:
    """How long the codes of the kept test pictures are: lower quartile, median and upper quartile of |z|."""
    low, middle, high = np.quantile(np.linalg.norm(readers.latents(path, epoch).mean, axis=1), [0.25, 0.5, 0.75])
    return float(low), float(middle), float(high)


def lengths(run: Run, epochs: Sequence[int], start: End, end: End, frames: int, way: str) -> dict[str, Any]:
    """What ``static/lengths.js`` draws: |z| along both paths at each epoch, beside the usual length."""
    path = str(run.path)
    along = {
        each: np.linalg.norm(codes(path, tuple(epochs), start, end, frames, each), axis=2) for each in PATHS
    }  # (epochs, frames)
    usual = [usual_length(path, e) for e in epochs]
    half = frames // 2
    return {
        "run": run.id, "epochs": list(epochs), "way": way, "usual": usual, "frames": frames,
        "along": {each: base64_of(values, "f4") for each, values in along.items()},
        "texts": [
            f"Half way, the code is **{along['straight'][k][half]:.1f}** long on the straight path and "
            f"**{along['spherical'][k][half]:.1f}** on the spherical one. Codes of real pictures are mostly "
            f"{usual[k][0]:.1f} to {usual[k][2]:.1f} long (the band)."
            for k in range(len(epochs))
        ],
    }  # fmt: skip


# ---- files


def gif(panels: Sequence[tuple[str, np.ndarray]], scale: int = 8) -> bytes:
    """Panels (name, frames (n, 28, 28) uint8) beside each other, as a GIF that loops there and back."""
    count = len(panels[0][1])
    order = [*range(count), *range(count - 2, 0, -1)]
    side, gap, foot = 28 * scale, 8, 26
    size = (len(panels) * (side + gap) - gap, side + foot)
    base = Image.new("L", size, 0)
    for k, (name, _) in enumerate(panels):
        _write(base, (k * (side + gap) + side // 2, side + foot // 2), name, "mm")
    pages = []
    for place in order:
        page = base.copy()
        for k, (_, frames) in enumerate(panels):
            page.paste(_large(frames[place], scale), (k * (side + gap), 0))
        pages.append(page)
    out = io.BytesIO()
    pages[0].save(
        out, "GIF", save_all=True, append_images=pages[1:], loop=0, duration=max(20, round(SECONDS * 1000 / len(order)))
    )
    return out.getvalue()


def strip(panels: Sequence[tuple[str, np.ndarray]], steps: int, scale: int = 4) -> bytes:
    """Panels (name, frames (n, 28, 28) uint8) as a PNG: a line each, in ``steps`` even steps."""
    side, left = 28 * scale, 190
    page = Image.new("L", (left + steps * side, len(panels) * side), 0)
    for line, (name, frames) in enumerate(panels):
        _write(page, (10, line * side + side // 2), name, "lm")
        for column, place in enumerate(np.linspace(0, len(frames) - 1, steps).round().astype(int)):
            page.paste(_large(frames[place], scale), (left + column * side, line * side))
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def file_name(run: Run, epoch: int, *, start: End, end: End, way: str, kind: str) -> str:
    """An honest name: what became what, by which model, at which epoch, on which path."""
    between = "-to-".join(picking.name_of(run, each) for each in (start, end))
    text = f"morph-{between}-{run.id}-epoch-{epoch}-{way}"
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in text) + f".{kind}"


def _large(image: np.ndarray, scale: int) -> Image.Image:
    return Image.fromarray(np.repeat(np.repeat(image, scale, 0), scale, 1))


def _write(page: Image.Image, at: tuple[int, int], text: str, anchor: str) -> None:
    ImageDraw.Draw(page).text(at, text, fill=230, anchor=anchor, font=ImageFont.load_default(14))
