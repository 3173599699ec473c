"""What /bubbles sends for its canvas is what the gallery's models measure, laid onto each other by a turn alone."""

from __future__ import annotations

import base64
import zlib
from itertools import pairwise

import numpy as np
import pytest
import torch

from tests.pages.test_pages import _here, check, head_of, show  # noqa: F401  (the fixture that keeps the visitor's runs apart)
from tests.pages.test_titles import nodes
from ui.components.browser_decoder import decoded, name_of, packed_decoder
from ui.store import gallery
from ui.understand import bubble_scene, bubbles
from vae_core import inference
from vae_core.analysis import posterior
from vae_core.analysis.sampling import noise
from vae_core.datasets import registry
from vae_core.losses import per_image
from vae_core.model import Posterior
from vae_core.training.checkpoint import load_model

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


def floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(-1, 2).astype(float)


def average_loss(network, x, mean, logvar) -> torch.Tensor:
    """The reconstruction term of each picture, averaged over the rolls that the gallery's forces were measured with."""
    eps = torch.from_numpy(noise(64, 2, 0)).double()
    z = (mean[:, None] + eps * torch.exp(logvar / 2)[:, None]).reshape(-1, 2)
    each = per_image(network.decode_logits(z), x.repeat_interleave(64, 0), Posterior(z, None), "bce", beta=0)
    return each.view(len(x), 64).mean(1)


def test_bubbles_and_forces_are_those_of_torch(sent, runs):
    """Means and sizes by the encoder, forces by finite differences of the loss."""
    places = posterior.stored_forces(runs[0]).places[::24]  # a picture of every other class
    for model, run in zip(sent["models"], runs, strict=True):
        images = registry.load_test(run.config.dataset).images[run.test_indices()[places]]
        network = load_model(run, gallery.last(run)).double()
        x = torch.tensor(run.dataset.shape.flat(images)).double() / 255
        means, logvars, *forces = (floats(model[name])[::24] for name in ("means", "logvars", "on_mean", "on_logvar"))
        with torch.no_grad():
            exact = network.encode(x)
            assert means == pytest.approx(exact.mean.numpy(), rel=2e-3, abs=2e-3)
            assert logvars == pytest.approx(exact.logvar.numpy(), rel=5e-3, abs=5e-3)
            for which, found in enumerate(forces):
                for d in (0, 1):
                    step = torch.zeros(len(x), 2, dtype=torch.float64)
                    step[:, d] = 1e-5
                    either = [[part + sign * step * (k == which) for k, part in enumerate(exact)] for sign in (1, -1)]
                    up, down = (average_loss(network, x, *moved) for moved in either)
                    slope = (up - down).numpy() / 2e-5
                    assert found[:, d] == pytest.approx(slope, rel=0.03, abs=0.02 * max(1, np.abs(slope).mean()))


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
