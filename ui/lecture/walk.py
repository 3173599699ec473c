"""The lecture as one scroll of scenes: what ``static/lecture/lecture.js`` is sent, and the doors out of it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from ui.components.bridge import base64_of, component, publish_bytes, size_of
from ui.components.browser_decoder import packed_decoder
from ui.components.payloads.base import Colour
from ui.components.payloads.lecture import (
    LectureBubbles,
    LectureData,
    LectureDigit,
    LectureForces,
    LectureScene,
    LectureTerm,
    LectureTraining,
)
from ui.lecture import code, measured
from ui.lecture.measured import DOTS, TOGETHER, Lecture
from ui.lecture.scenes import Scene, scenes
from ui.shell import browser_input, pages
from ui.store import cache
from ui.store.gallery import gallery, last
from vae_core import paths

COLOURS: dict[str, Colour] = {
    "x": "x",
    "encoder": "encoder",
    "mean": "mean",
    "z": "z",
    "decoder": "decoder",
    "ink": "ink",
}
_lecture = component("lecture", "lecture/lecture.js")


@cache.of_pictures(2, of=lambda _: paths.GALLERY / measured.VAE)
def payload(_folder: str) -> LectureData:
    """All that the scenes need of the gallery in a folder, besides the decoder and the film of the training. Raises
    RunError."""
    seen = Lecture()
    latents, labels = seen.latents, seen.labels[:TOGETHER]
    assert latents.logvar is not None
    return {
        "scenes": [_sent(scene) for scene in scenes(seen)], "size": size_of(seen.vae),
        "names": list(seen.vae.dataset.class_names), "labels": base64_of(labels, "u1"),
        "means": base64_of(latents.mean[:TOGETHER], "f2"), "logvars": base64_of(latents.logvar[:TOGETHER], "f2"),
        "centres": measured.centres(latents.mean[:TOGETHER], labels), "digit": _digit(seen, measured.PICTURE),
        "other": _digit(seen, measured.OTHER), "place": measured.PICTURE,
        "classic": {
            "points": base64_of(seen.codes[:DOTS], "f2"), "code": _plain(seen.code), "hole": _plain(seen.hole),
            "centres": measured.centres(seen.codes, seen.labels[: len(seen.codes)]),
            "walk": base64_of(seen.into_the_hole, "u1"),
        },
        "forces": _forces(seen), "rolls": base64_of(seen.rolls, "f4"), "training": _training(seen),
    }  # fmt: skip


def _plain(values: np.ndarray) -> list[float]:
    return values.astype(float).round(4).tolist()


def _digit(seen: Lecture, place: int) -> LectureDigit:
    std = seen.latents.std
    assert std is not None
    return {
        "name": seen.vae.dataset.class_names[seen.labels[place]], "image": base64_of(seen.picture(place), "u1"),
        "mean": _plain(seen.latents.mean[place]), "std": _plain(std[place]),
    }  # fmt: skip


def _forces(seen: Lecture) -> LectureForces:
    betas: list[LectureBubbles] = [
        {"beta": each.beta, "mean": base64_of(each.mean, "f2"), "logvar": base64_of(each.logvar, "f2")}
        for each in seen.betas
    ]
    pull = -seen.forces.on_mean[-1]
    labels = base64_of(seen.labels[seen.forces.places], "u1")
    return {"labels": labels, "ours": seen.ours, "mean": base64_of(pull, "f2"), "betas": betas}


def _training(seen: Lecture) -> LectureTraining:
    kept = seen.kept
    return {
        "kept": kept, "rebuilt": base64_of(np.stack([seen.rebuilt(epoch) for epoch in kept]), "u1"),
        "reconstruction": [round(each["reconstruction"], 2) for each in seen.tested],
        "kl": [round(each["kl"], 3) for each in seen.tested],
    }  # fmt: skip


@cache.cached(2)
def film(_folder: str) -> tuple[dict[str, object], list[bytes]]:
    """The film of the training as head and parts of ``bridge.publish_bytes``: a sheet of each kept epoch but the last,
    and then the dots of all epochs, half floats (n, 2)."""
    seen = Lecture()
    kept, epochs = seen.kept, [epoch for epoch in seen.vae.latent_epochs() if epoch in measured.MOMENTS]
    sheets = [seen.sheet(epoch) for epoch in kept[:-1]]  # the last one the browser draws itself
    dots = [cache.latents(seen.path, epoch).mean[:DOTS] for epoch in epochs]
    head = {"kept": kept, "epochs": epochs, "reach": measured.REACH, "tiles": measured.TILES}
    return head, [*sheets, *(np.ascontiguousarray(each, "<f2").tobytes() for each in dots)]


def _sent(scene: Scene) -> LectureScene:
    page = pages.BY_NAME[scene.door]
    return {
        "name": scene.name, "title": scene.title, "formula": [term(text) for text in scene.formula.split()],
        "beats": [{"words": beat.words, "lights": beat.lights.split()} for beat in scene.beats],
        "spoken": scene.spoken, "shows": scene.shows, "measured": scene.measured,
        "door": scene.door, "address": page.address or page.name, "label": scene.label,
        "code": code.lines_of(scene.name),
    }  # fmt: skip


def term(text: str) -> LectureTerm:
    """A piece of a formula from ``colour:text:name``, or from a sign alone."""
    colour, _, rest = text.partition(":")
    if colour not in COLOURS or not rest:
        return {"text": text, "colour": "", "name": ""}
    shown, _, name = rest.rpartition(":")
    return {"text": shown.replace("_", " "), "colour": COLOURS[colour], "name": name}


def lecture() -> None:
    """The scenes; and whoever opens a door is taken to its page. Raises RunError."""
    folder, vae = str(paths.GALLERY), gallery(measured.VAE)
    sent = payload(folder)
    doors = [scene["door"] for scene in sent["scenes"]]

    def opened() -> None:  # kept at once, as the tour's clicks are (``ui.shell.tour.tour_bar``)
        st.session_state["lecture_door"] = browser_input.word(browser_input.sent("lecture", "go"), doors)

    _lecture(key="lecture", data=sent, on_go_change=opened)
    publish_bytes("lecture_decoder", "lecture decoder", *packed_decoder(str(vae.path), last(vae)))
    publish_bytes("lecture_film", "lecture film", *film(folder))
    if door := st.session_state.pop("lecture_door", None):
        st.switch_page(pages.BY_NAME[door].file)
