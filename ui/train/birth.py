"""A training is born: what its network draws while it learns, and after that all of it as a film."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np
import streamlit as st

from ui.components.bridge import base64_of, component, publish, size_of, token
from ui.components.images import sprite, webp
from ui.components.mini_map import view_of
from ui.components.payloads.base import Size
from ui.components.payloads.train_and_map import BirthData, BirthFilm, BirthMoment
from ui.store import cache, tail
from vae_core import os_compat
from vae_core.analysis import projections
from vae_core.datasets.spec import Shape
from vae_core.runs import files, moments
from vae_core.runs.films import evenly, examples_of
from vae_core.runs.moments import REBUILT, Moment
from vae_core.runs.run import Run, RunError

FRAMES = 21  # epochs of the film, at most
SEED = 0  # of the samples, as in training.moments

_birth = component("birth", "train/birth.js")


def birth(data: BirthData) -> None:
    """Pictures and a map that move while a training learns, and play again when it is over."""
    _birth(key="birth", data=data)


def tell(run: Run, most: int | None = None) -> None:
    """Send the browser what the network has drawn since the last look; of many moments the last ``most``."""
    publish("birth", f"moments {run.id}", fresh(run, most))


def is_live(run: Run) -> bool:
    """Whether a training shows what it draws; one that has only begun will."""
    return any(os_compat.exists(run.path / name) for name in moments.LIVE) or not tail.film(run)


def payload(run: Run, *, live: bool) -> BirthData:
    """What ``static/train/birth.js`` draws."""
    layout, names = moments.layout_of(run.config), list(run.dataset.label_names)
    known, originals = _test_pictures(run)
    examples = examples_of(known, REBUILT)
    epochs = () if live else tuple(evenly(tail.film(run), FRAMES))
    film = None if not epochs else _film(str(run.path), epochs, len(moments.kept(run)))
    return {
        "run": run.id, "epochs": list(epochs), "live": live, "of": run.config.epochs,
        "latent_dim": run.config.latent_dim, "names": names,
        "labels": base64_of(known[moments.dots_of(len(known))], "u1"),
        "shown": ", ".join(names[label] for label in known[list(examples)]), "originals": originals,
        "copies": len(examples), "samples": layout.invented, "size": size_of(run), "seen": _size(layout.picture),
        "tile": _size(layout.tile), "side": layout.side, "film": film,
        "version": token(run.id, live, epochs, len(known), len(originals)),
    }  # fmt: skip


def _test_pictures(run: Run) -> tuple[np.ndarray, str]:
    """The labels of the kept test pictures, and a sheet of those in the row; "" if they are not here.

    A trainer that has just begun has not noted yet which it keeps: those that it will.
    """
    try:
        known = cache.labels(str(run.path))
        images = cache.originals(run, examples_of(known, REBUILT))
    except RunError:
        if (split := cache.test_to_keep(run)) is None:
            return np.zeros(0, np.uint8), ""
        known = split.labels
        images = run.dataset.shape.pictures(split.images[list(examples_of(known, REBUILT))])
    return known, "" if images is None else sprite(images[None])


def _size(shape: Shape) -> Size:
    return {"channels": shape.channels, "height": shape.height, "width": shape.width}


# ---- while it learns


def fresh(run: Run, most: int | None = None) -> list[BirthMoment]:
    """The moments that this visit was not sent yet, in their order; the last ``most`` of them."""
    whose, sent = st.session_state.get("moments_sent", ("", ()))
    stamps = {name: _stamp(run, name) for name in moments.LIVE}
    new = _unseen(stamps, sent if whose == run.id else ())
    found: list[tuple[float, BirthMoment]] = []
    for name in new[-(most or len(moments.LIVE)) :]:
        with suppress(OSError, RunError):  # it is being replaced, or it is not whole: the next one comes soon
            dated = _of_file(str(run.path), name, stamps[name])
            if _stamp(run, name) == stamps[name]:  # else another one may have been read, and would come again
                found.append(dated)
    st.session_state["moments_sent"] = (run.id, tuple(stamps.values()))
    return [moment for _, moment in sorted(found, key=lambda each: each[0])]


def _stamp(run: Run, name: str) -> tuple[int, ...]:
    return files.stamp(f"{run.path}/{name}")


def _unseen(stamps: Mapping[str, tuple[int, ...]], sent: Collection[tuple[int, ...]]) -> list[str]:
    """The files whose moments were not sent yet, the oldest first.

    The files are looked at one after the other, and written meanwhile. So an older one may be met only after the newer
    one was sent, which it must not replace.
    """
    written = {name: stamp[-1] for name, stamp in stamps.items() if stamp}
    shown = max((written[name] for name in written if stamps[name] in sent), default=0)
    new = [name for name in written if stamps[name] not in sent and written[name] >= shown]
    return sorted(new, key=lambda name: written[name])


@cache.cached(2 * len(moments.LIVE))
def _of_file(path: str, name: str, stamp: tuple[int, ...]) -> tuple[float, BirthMoment]:
    """The moment in a file as it is sent, and when it was: made once for all who watch."""
    run = Run(Path(path))
    moment = moments.read(run.path / name, run.config, len(cache.labels(path)))
    return moment.seconds, sent_of(run, moment)


def sent_of(run: Run, moment: Moment) -> BirthMoment:
    mean = moment.mean.astype(np.float32)
    points = projections.on_plane(projections.view_of(lambda _: mean, (0,), view_of(run)), mean)
    return {
        "name": f"{moment.step} {moment.seconds}", "epoch": moment.epoch, "step": moment.step,
        "rebuilt": base64_of(moment.rebuilt, "u1"), "samples": base64_of(moment.invented, "u1"),
        "plane": "" if moment.plane is None else base64_of(moment.plane, "u1"), "points": base64_of(points, "f2"),
        "window": None if moment.window is None else moment.window.tolist(),
    }  # fmt: skip


# ---- when it is over


@cache.cached(16)
def _film(path: str, epochs: tuple[int, ...], kept: int) -> BirthFilm:
    """The untrained network, the first epoch's moments that were ``kept``, and each epoch. torch decodes here."""
    run = Run(Path(path))
    layout = moments.layout_of(run.config)
    shape, first = layout.picture, sorted(moments.kept(run).values(), key=lambda moment: moment.epoch)
    frames = [_at_epoch(run, epoch) for epoch in epochs]
    born = [(m.epoch, _large(m.rebuilt, shape, run), _large(m.invented, shape, run), m) for m in first]
    shots = [shot for shot in frames if shot[0] < 1] + born + [shot for shot in frames if shot[0] >= 1]
    basis = cache.basis(path, epochs[-1], view_of(run))
    dots = [_in_the_middle(projections.on_plane(basis, shot[3].mean.astype(np.float32)), basis) for shot in shots]
    tiles = [layout.tile.pictures(shot[3].plane) for shot in shots if shot[3].plane is not None]
    return {
        "times": [round(shot[0], 4) for shot in shots],
        "rebuilt": sprite(np.stack([shot[1] for shot in shots])), "samples": sprite(np.stack([s[2] for s in shots])),
        "plane": webp(np.stack(tiles)) if tiles else "",
        "points": [base64_of(places, "f2") for places in dots],
        "windows": [shot[3].window.tolist() for shot in shots if shot[3].window is not None],
    }  # fmt: skip


def _in_the_middle(places: np.ndarray, basis: projections.Basis) -> np.ndarray:
    """Dots of a PCA about their own middle, as they were while it learned; two numbers stand where they do."""
    return places if basis.explained is None else places - places.mean(0)


Shot = tuple[float, np.ndarray, np.ndarray, Moment]  # when; copies and samples in full size; all else


def _at_epoch(run: Run, epoch: int) -> Shot:
    """A finished epoch as a moment."""
    path, layout = str(run.path), moments.layout_of(run.config)
    rebuilt = cache.decoded_means(path, epoch, cache.examples(path, REBUILT))
    samples = cache.samples(path, epoch, layout.invented, SEED, 1.0)
    mean, window, plane = cache.latents(path, epoch).mean, None, None
    mean = mean[moments.dots_of(len(mean))]
    if layout.side:
        from vae_core.analysis.sampling import decode

        window = moments.window_of(run.config, mean)
        drawn = decode(cache.model(path, epoch), moments.places_on(window, layout.side))
        plane = _small(run.dataset.shape.flat(drawn), run.dataset.shape, layout.tile)
    nothing = np.zeros((0, 0), np.uint8)
    return float(epoch), rebuilt, samples, Moment(epoch, 0, 0.0, nothing, nothing, mean, plane, window)


def _small(flat: np.ndarray, shape: Shape, to: Shape) -> np.ndarray:
    """Images (n, pixels) as the trainer makes them small: squares of pixels averaged."""
    by = moments.factor(shape, moments.TILE)
    images = flat.reshape(-1, *shape).astype(np.float32)
    over = [(0, 0), (0, 0), (0, to.height * by - shape.height), (0, to.width * by - shape.width)]
    wide = np.pad(images, over, mode="edge").reshape(-1, to.channels, to.height, by, to.width, by)
    return wide.mean((3, 5)).round().astype(np.uint8).reshape(-1, to.pixels)


def _large(flat: np.ndarray, shape: Shape, run: Run) -> np.ndarray:
    """A moment's images (n, pixels) in the size of the dataset's, as one sees them."""
    full = run.dataset.shape
    by = moments.factor(full, moments.WIDEST)
    pictures = shape.pictures(flat).repeat(by, 1).repeat(by, 2)
    return pictures[:, : full.height, : full.width]
