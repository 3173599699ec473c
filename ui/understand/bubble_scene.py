"""The canvas of /bubbles: the bubbles of four models laid onto each other, their forces, and a decoder at a time."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import streamlit as st

from ui.components import browser_decoder
from ui.components.bridge import base64_of, component, publish_bytes, size_of, versioned
from ui.components.payloads.understand import BubbleModel, BubbleSceneData
from ui.shell import browser_input
from ui.shell.errors import one_sentence
from ui.store import cache
from ui.store.gallery import gallery, last
from vae_core.analysis import posterior
from vae_core.analysis.projections import astray, turn_onto
from vae_core.runs.run import Run, RunError

_scene = component("bubble_scene", "understand/bubble_scene.js")
COMMON = 2_000  # test pictures that all four models keep, by which their maps are turned
ROOM = 1.04  # how much farther than the farthest bubble the canvas shows at most


@dataclass(frozen=True)
class Laid:
    """How the maps of some models are turned about the origin, each onto its neighbour's; one of them stays."""

    turns: tuple[np.ndarray, ...]  # (2, 2) for each: its own place z is shown at turn @ z
    degrees: tuple[float, ...]
    mirrored: tuple[bool, ...]
    astray: tuple[float, ...]  # between neighbours: the median angle that is left between a picture's two places


def laid(means: Sequence[np.ndarray], fixed: int) -> Laid:
    """For the means (n, 2) of the same pictures in each model, in the order of the slider."""
    turns = [np.eye(2)] * len(means)
    outwards = [*range(fixed + 1, len(means)), *range(fixed)[::-1]]  # so that a neighbour is turned already
    for one in outwards:
        towards = one - 1 if one > fixed else one + 1
        turns[one] = turn_onto(means[one], means[towards] @ turns[towards].T)
    shown = [mean @ turn.T for mean, turn in zip(means, turns, strict=True)]
    degrees = tuple(float(np.degrees(np.arctan2(turn[1, 0], turn[0, 0]))) for turn in turns)
    mirrored = tuple(bool(np.linalg.det(turn) < 0) for turn in turns)
    return Laid(tuple(turns), degrees, mirrored, tuple(astray(one, other) for one, other in pairwise(shown)))


def lay(runs: Sequence[Run], fixed: int) -> Laid:
    """Of models that keep the same test pictures. Raises RunError if they do not."""
    pictures = [run.test_indices()[:COMMON] for run in runs]
    if not all(np.array_equal(pictures[0], each) for each in pictures):
        raise RunError("The gallery’s models of two numbers do not keep the same test pictures.")
    return laid([cache.latents(str(run.path), last(run)).mean[:COMMON] for run in runs], fixed)


def _in_words(found: Laid, runs: Sequence[Run], fixed: int) -> str:
    """What was turned, by how much, and how far that suits."""
    others = [k for k in range(len(runs)) if k != fixed]

    def each(texts: Sequence[str]) -> str:
        return f"{', '.join(texts[:-1])} and {texts[-1]}"

    betas, turns = [f"{runs[k].config.beta:g}" for k in others], [f"{abs(found.degrees[k]):.0f}°" for k in others]
    mirrored = [f"{runs[k].config.beta:g}" for k in others if found.mirrored[k]]
    mirror = f"The one of beta {' and '.join(mirrored)} is mirrored. " if mirrored else "None had to be mirrored. "
    alike = len({run.config.seed for run in runs}) == 1
    return (
        "Each model learned by itself, so its two axes could point anywhere. To make them comparable, each map is "
        "turned about the centre until the same pictures lie as near as they can to where its neighbour has them; a "
        f"bubble’s ellipse and its arrows turn with it. Beta {runs[fixed].config.beta:g} stays as it is. The maps of "
        f"beta {each(betas)} are turned by {each(turns)}. {mirror}"
        + ("So little was needed because all began from the same weights. " if alike else "")
        + "A turn cannot make them the same: seen from the centre, a picture still lies "
        f"{min(found.astray):.0f}° to {max(found.astray):.0f}° (median) beside its place in the next model."
    )


def _model(run: Run, title: str, turn: np.ndarray) -> BubbleModel:
    forces, found = posterior.stored_forces(run), cache.latents(str(run.path), last(run))
    if forces is None or found.logvar is None:
        raise RunError(f"The gallery’s model {run.id} has no measured forces.")
    return {
        "run": run.id, "title": title, "beta": run.config.beta, "turn": turn.reshape(-1).tolist(),
        "means": base64_of(found.mean[forces.places], "f4"), "logvars": base64_of(found.logvar[forces.places], "f4"),
        "on_mean": base64_of(forces.on_mean[-1], "f4"), "on_logvar": base64_of(forces.on_logvar[-1], "f4"),
        "decoder": browser_decoder.name_of(run, last(run)), "known": max(browser_decoder.EVERYWHERE, _reach(run)),
    }  # fmt: skip


@cache.of_pictures(2, of=lambda folders, _, fixed: folders[fixed])
def scene(folders: tuple[str, ...], titles: tuple[str, ...], fixed: int) -> tuple[BubbleSceneData, bytes]:
    """The bubbles of some gallery models at their last epochs, in the order of the slider, and their pictures: bytes
    (bubbles, pixels), deflated. Raises RunError."""
    runs = [Run(Path(folder), gallery=True) for folder in folders]
    found, forces = lay(runs, fixed), posterior.stored_forces(runs[fixed])
    models = [_model(*each) for each in zip(runs, titles, found.turns, strict=True)]
    assert forces is not None
    run, places = runs[fixed], tuple(int(place) for place in forces.places)
    pictures = cache.originals(run, places)
    shown = pictures if pictures is not None else cache.decoded_means(folders[fixed], last(run), places)
    payload = {
        "models": models, "start": fixed, "names": list(run.dataset.class_names),
        "labels": base64_of(cache.labels(folders[fixed])[forces.places], "u1"),
        "size": size_of(run), "redrawn": pictures is None,
        "reach": max(map(_reach, runs)), "about": _in_words(found, runs, fixed),
    }  # fmt: skip
    return versioned(payload), zlib.compress(run.dataset.shape.flat(shown).tobytes(), 9)  # type: ignore[return-value]


def _reach(run: Run) -> float:
    """How far to each side the canvas shows a model's bubbles at most."""
    forces = posterior.stored_forces(run)
    assert forces is not None
    means = cache.latents(str(run.path), last(run)).mean[forces.places]
    return float(ROOM * np.linalg.norm(means, axis=1).max())


def bubble_scene(titles: dict[str, str], start: str) -> None:
    """The canvas, which begins at the model ``start``. Raises RunError if a model is not whole."""
    runs = [gallery(name) for name in titles]
    data, pictures = scene(tuple(str(run.path) for run in runs), tuple(titles.values()), list(titles).index(start))
    publish_bytes("bubble_pictures", "pictures of the bubbles", {}, [pictures])
    _drawn(runs, data)


@st.fragment
def _drawn(runs: list[Run], data: BubbleSceneData) -> None:
    """With the decoder of the model that the browser asks for: each is half a megabyte, or more."""
    _scene(key="bubble_scene", data=data, on_wanted_change=lambda: None)
    wanted = browser_input.place(browser_input.sent("bubble_scene", "wanted"), len(runs))
    run = runs[data["start"] if wanted is None else wanted]
    with one_sentence():
        browser_decoder.send_decoder("bubble_decoder", run, last(run), _reach(run))
