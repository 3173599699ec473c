"""A morph at every epoch: its rows, its path on the map, and the lengths of its codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ui.components import image_picker, latent_map, mini_map
from ui.components.bridge import base64_of, component
from ui.components.image_picker import End
from ui.components.image_rows import Row
from ui.components.morph_path import PATHS, codes, walk
from ui.components.payloads.morph_and_draw import LengthsData
from ui.store import cache
from vae_core import paths
from vae_core.analysis.projections import Basis
from vae_core.datasets import registry
from vae_core.runs.index import find_run
from vae_core.runs.run import Run, RunError


def frames_for(steps: int, least: int = 33) -> int:
    """How many frames the slider has, so that each step of the film strip is one of them."""
    return (steps - 1) * -(-(least - 1) // (steps - 1)) + 1


def rows(run: Run, epochs: Sequence[int], start: End, end: End, frames: int, way: str) -> tuple[list[Row], bool]:
    """The same morph three ways. The flag says whether the cross-fade mixes the original pictures."""
    from vae_core.analysis.interpolation import cross_fade

    path, last = str(run.path), epochs[-1]
    words = f"from {image_picker.name_of(run, start)} to {image_picker.name_of(run, end)}"
    (first, first_here), (second, second_here) = (image_picker.picture(run, last, each) for each in (start, end))
    shown = [
        Row("Through the codes", walk(path, tuple(epochs), start, end, frames, way),
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
        if classic is None or classic.id == run.id or not registry.alike(classic.config.dataset, run.config.dataset):
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
    if run.config.dataset != other.config.dataset:
        picture = cache.originals(run, (end.place,))
        return None if picture is None else End(end.label, drawing=run.dataset.shape.flat(picture).tobytes())
    theirs, mine = (cache.test_indices(str(each.path)) for each in (other, run))
    place = np.flatnonzero(theirs == mine[end.place])
    return End(end.label, int(place[0])) if len(place) else None


def marks(run: Run, epochs: Sequence[int], basis: Basis, start: End, end: End, frames: int, way: str) -> list[Any]:
    """The path on the map at every epoch, the other path dashed, the ends by name, and the dot that walks."""
    path = str(run.path)

    def flat(which: str) -> list[np.ndarray]:
        return [mini_map.project(basis, z) for z in codes(path, tuple(epochs), start, end, frames, which)]

    other = next(each for each in PATHS if each != way)
    chosen = flat(way)
    return [
        {**latent_map.mark(PATHS[other], "z", flat(other), lines=True), "dashed": True},
        latent_map.mark(PATHS[way], "z", chosen, lines=True),
        {**latent_map.mark(image_picker.name_of(run, start), "mean", [p[:1] for p in chosen]), "title": "from"},
        {**latent_map.mark(image_picker.name_of(run, end), "mean", [p[-1:] for p in chosen]), "title": "to"},
        latent_map.mark("the morph", "z", chosen, walks=True),
    ]


@cache.cached(200)
def usual_length(path: str, epoch: int) -> tuple[float, float, float]:
    """How long the codes of the kept test pictures are: lower quartile, median and upper quartile of |z|."""
    low, middle, high = np.quantile(np.linalg.norm(cache.latents(path, epoch).mean, axis=1), [0.25, 0.5, 0.75])
    return float(low), float(middle), float(high)


def lengths(run: Run, epochs: Sequence[int], start: End, end: End, frames: int, way: str) -> LengthsData:
    """What ``static/morph/lengths.js`` draws: |z| along both paths at each epoch, beside the usual length."""
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
            f"Halfway, the code is **{along['straight'][k][half]:.1f}** long on the straight path and "
            f"**{along['spherical'][k][half]:.1f}** on the spherical one. Codes of real pictures are mostly "
            f"{usual[k][0]:.1f} to {usual[k][2]:.1f} long (the band)."
            for k in range(len(epochs))
        ],
    }  # fmt: skip


_lengths = component("lengths", "morph/lengths.js")


def morph_lengths(payload: LengthsData) -> None:
    """The chart of ``ui.morph.morph.lengths``."""
    _lengths(key="morph_lengths", data=payload)
