"""What /bubbles sends for its canvas, laid onto each other by a turn alone. (Its numbers: ``test_recomputed``.)"""

from __future__ import annotations

import zlib
from itertools import pairwise

import numpy as np
import pytest

from tests.pages.test_pages import _here, check, head_of, show  # noqa: F401  (the fixture that keeps the visitor's runs apart)
from tests.pages.test_titles import nodes
from ui.components.browser_decoder import decoded, name_of, packed_decoder
from ui.store import gallery
from ui.understand import bubble_scene, bubbles
from vae_core import inference
from vae_core.analysis import posterior

NAMES = list(bubbles.TWO_KNOBS)


@pytest.fixture(scope="module")
def runs():
    return [gallery.gallery(name) for name in NAMES]


@pytest.fixture(scope="module")
def scene(runs):
    folders = tuple(str(run.path) for run in runs)
    return bubble_scene.scene(folders, tuple(bubbles.TWO_KNOBS.values()), NAMES.index("two-knobs"))


@pytest.fixture(scope="module")
def sent(scene):
    return scene[0]


@pytest.fixture(scope="module")
def pictures(scene):
    return scene[1]


def test_the_maps_are_turned_about_the_centre_and_as_near_to_each_other_as_a_turn_can_bring_them(sent, runs):
    means = [run.latents(gallery.last(run)).mean[: bubble_scene.COMMON].astype(float) for run in runs]
    turns = [np.array(model["turn"]).reshape(2, 2) for model in sent["models"]]
    assert turns[sent["start"]] == pytest.approx(np.eye(2))  # the lecture's map lies as on every other page
    shown = [mean @ turn.T for mean, turn in zip(means, turns, strict=True)]
    angles = np.radians(np.arange(0, 360, 2))
    for k, (one, other) in enumerate(pairwise(shown)):
        outer, inner = (one, other) if k < sent["start"] else (other, one)
        c, s = np.cos(angles), np.sin(angles)
        every = [turn for x, y in zip(c, s, strict=True) for turn in ([[x, -y], [y, x]], [[x, y], [y, -x]])]
        off = [np.square(outer @ np.array(turn).T - inner).sum() for turn in every]
        assert np.square(outer - inner).sum() <= min(off) + 1e-6
    for turn in turns:
        assert turn @ turn.T == pytest.approx(np.eye(2), abs=1e-9)


def test_what_is_said_of_the_turns_is_so(sent, runs):
    found = bubble_scene.lay(runs, sent["start"])
    for k, model in enumerate(sent["models"]):
        if k != sent["start"]:
            assert f"{abs(found.degrees[k]):.0f}°" in sent["about"] and f"{model['beta']:g}" in sent["about"]
    assert not any(found.mirrored) and "None had to be mirrored" in sent["about"]
    first = [run.latents(0).mean[:100] for run in runs]  # "all began from the same weights"
    assert "began from the same weights" in sent["about"]
    assert all(np.array_equal(first[0], each) for each in first)
    degrees = np.degrees(np.arccos(np.clip([_cosine(a, b) for a, b in pairwise(_shown(runs, found))], -1, 1)))
    assert f"{min(np.median(degrees, axis=1)):.0f}° to {max(np.median(degrees, axis=1)):.0f}°" in sent["about"]


def _shown(runs, found):
    means = [run.latents(gallery.last(run)).mean[: bubble_scene.COMMON].astype(float) for run in runs]
    return [mean @ turn.T for mean, turn in zip(means, found.turns, strict=True)]


def _cosine(a, b):
    return (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def unpacked(head, parts) -> dict[str, np.ndarray]:
    """As ``static/lib/decoder.js`` reads it."""
    raw, weights, at = np.frombuffer(zlib.decompress(parts[0]), np.uint8).astype(np.uint16), {}, 0
    for name, count in head["weights"]:
        bits = (raw[at : at + count] << 8) | raw[at + count : at + 2 * count]
        weights[f"decoder.{name}"] = bits.view(np.float16).astype(np.float32)
        at += 2 * count
    for place, layer in enumerate(head["layers"]):
        if layer["type"] == "linear":
            weights[f"decoder.{place}.weight"] = weights[f"decoder.{place}.weight"].reshape(layer["outputs"], -1)
    return weights


def test_each_decoder_draws_the_same_as_the_model_wherever_the_canvas_reaches(runs):
    for run in runs:
        last, reach = gallery.last(run), bubble_scene._reach(run)
        head, parts = packed_decoder(str(run.path), last, reach)
        codes = run.latents(last).mean[:300].astype(np.float32)
        z = np.concatenate([np.random.default_rng(0).uniform(-reach, reach, (200, 2)).astype(np.float32), codes])
        pictures = inference.sigmoid(inference.run(head["layers"], unpacked(head, parts), "decoder", z))
        assert np.abs(255 * (pictures - decoded(run, last, z))).max() <= 1.5, run.id


def test_one_decoder_comes_with_the_page_not_four(runs):
    """Below the canvas there is none."""
    app = show("bubbles")
    heads = [head_of(node.proto.bytes) for node in nodes(app._tree) if getattr(node, "proto", None) and is_bytes(node)]
    told = [head["name"] for head in heads if "weights" in head]
    assert told == [name_of(runs[NAMES.index("two-knobs")], 20)]


def is_bytes(node) -> bool:
    return getattr(node.proto, "component_name", "") == "latent_lab_bytes"


def test_numbers_and_pictures_arrive_whole(pictures, runs):
    """Deflated beside the page's other messages, as ``static/understand/`` reads them."""
    run, forces = runs[1], posterior.stored_forces(runs[1])
    panel, small = bubbles._bubbles_of(str(run.path), "")
    raw, count = zlib.decompress(small), len(panel["epochs"]) * len(forces.places) * 2
    means, logvars, on_mean, on_logvar = np.frombuffer(raw, "<f2", 4 * count).reshape(4, len(panel["epochs"]), -1, 2)
    found = run.latents(panel["epochs"][3])
    np.testing.assert_array_equal(means[3], found.mean[forces.places].astype("f2"))
    np.testing.assert_array_equal(logvars[3], found.logvar[forces.places].astype("f2"))
    np.testing.assert_array_equal([on_mean, on_logvar], [forces.on_mean.astype("f2"), forces.on_logvar.astype("f2")])
    assert len(raw) == 8 * count + len(panel["epochs"]) * bubbles.CELLS**2
    assert len(zlib.decompress(pictures)) == len(forces.places) * run.dataset.shape.pixels


def test_nonsense_in_the_address_of_the_canvas_harms_nothing():
    app = show("bubbles", glide="x", pair="1e9,-4", z="nan,2", reach="-1")
    check(app)
    assert not app.error


def test_a_large_penalty_makes_bubbles_larger_and_hardly_nearer():
    """What /bubbles, /lecture and the tour say of it."""
    ours, held = bubbles.overlaps("two-knobs"), bubbles.overlaps("two-knobs-beta-4")
    assert held.radius > 1.5 * ours.radius
    assert held.touching > 2 * ours.touching
    assert held.spread == pytest.approx(ours.spread, rel=0.05)
