"""The lecture: its words hold, and its numbers and pictures are what the core computes."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image

from tests.pages.test_pages import _here, check, show, words  # noqa: F401  (the fixture that keeps runs apart)
from ui.lecture import code, measured, scenes, walk
from ui.lecture.measured import OTHER, PICTURE, Lecture
from ui.shell import pages
from ui.store import floors
from ui.store.gallery import gallery
from vae_core import paths
from vae_core.analysis import posterior
from vae_core.analysis.interpolation import interpolate
from vae_core.analysis.sampling import decode, encode, noise
from vae_core.datasets import registry
from vae_core.training.checkpoint import load_model

STATIC = paths.ROOT / "static"


@pytest.fixture(scope="module")
def seen() -> Lecture:
    return Lecture()


@pytest.fixture(scope="module")
def sent() -> dict:
    return walk.payload(str(paths.GALLERY))


def halves(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f2").astype(float).reshape(-1, 2)


def raw(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8)


def model_of(name: str):
    return load_model(gallery(name), gallery(name).config.epochs)


# ---- words


def test_each_scene_has_a_few_short_sentences_a_formula_and_a_door(seen):
    import textstat

    told = scenes.scenes(seen)
    assert 8 <= len(told) <= 10 and len({scene.name for scene in told}) == len(told)
    for scene in told:
        assert 2 <= len(scene.beats) <= 4, scene.name
        terms = [walk.term(text) for text in scene.formula.split()]
        named = {term["name"] for term in terms} - {""}
        lit = {name for beat in scene.beats for name in beat.lights.split()}
        assert lit and lit <= named, f"{scene.name}: {lit - named} are no terms"
        assert all(term["colour"] for term in terms if term["name"])
        for beat in scene.beats:
            colours = re.findall(r"\{(\w+):[^}]+\}", beat.words)
            assert set(colours) <= set(walk.COLOURS) and "{" not in re.sub(r"\{\w+:[^}]+\}", "", beat.words)
            assert beat.lights, f"nothing lights up with {beat.words}"
        assert len(scene.shows.split()) > 12 and len(scene.spoken.split()) > 3
        assert not set("{}") & set(scene.measured + scene.shows + scene.spoken)
        assert scene.measured.startswith("Measured") and scene.door in pages.BY_NAME and scene.door != "lecture"
        assert (STATIC / "lecture" / f"{scene.name}.js").exists()
    text = " ".join(re.sub(r"\{\w+:([^}]+)\}", r"\1", beat.words) for scene in told for beat in scene.beats)
    assert textstat.flesch_kincaid_grade(text) <= 7


def test_its_terms_are_read_from_their_short_form():
    assert walk.term("mean:−_log_v:log") == {"text": "− log v", "colour": "mean", "name": "log"}
    assert walk.term("=") == {"text": "=", "colour": "", "name": ""}
    assert walk.term("½") == {"text": "½", "colour": "", "name": ""}


def test_it_is_second_in_the_menu():
    assert [page.name for page in pages.PAGES[:2]] == ["start", "lecture"]


def test_each_scene_shows_the_lines_of_its_models_notebook(sent):
    assert set(code.SHOWN) == {scene["name"] for scene in sent["scenes"]}
    shown = {scene["name"]: scene["code"]["lines"] for scene in sent["scenes"]}
    assert "return mean + std * noise" in shown["noise"] and "class Autoencoder" in shown["copying"]
    assert "path = (1 - t) * start + t * end" in shown["morph"] and "logvar.exp()" in shown["penalty"]


def test_what_even_a_perfect_copy_costs_stands_beside_what_copies_cost(sent):
    (training,) = (scene for scene in sent["scenes"] if scene["name"] == "training")
    floor = floors.floor_of(gallery(measured.VAE))
    assert f"even a perfect one would cost {floor:.0f}." in training["beats"][-1]["words"]
    assert f"{floor:.1f} of a copy’s are {floors.GREY}" in training["measured"]


# ---- numbers


def test_both_digits_are_what_they_are_called_and_their_bubbles_are_the_encoders(sent):
    model, labels = model_of(measured.VAE), gallery(measured.VAE).labels()
    assert (labels[PICTURE], labels[OTHER]) == (3, 8)
    assert (sent["digit"]["name"], sent["other"]["name"], sent["place"]) == ("3", "8", PICTURE)
    test = registry.load_test("mnist-55k").images[gallery(measured.VAE).test_indices()[[PICTURE, OTHER]]]
    for each, image in zip((sent["digit"], sent["other"]), test, strict=True):
        assert (raw(each["image"]) == image.ravel()).all()
        mean, logvar = encode(model, raw(each["image"])[None])
        np.testing.assert_allclose(each["mean"], mean[0], atol=2e-3)
        np.testing.assert_allclose(each["std"], np.exp(logvar[0] / 2), atol=1e-3)


def test_the_copying_machine_copies_and_its_hole_is_a_hole(sent, seen):
    model, classic = model_of(measured.CLASSIC), sent["classic"]
    code = encode(model, raw(sent["digit"]["image"])[None])[0]
    np.testing.assert_allclose(classic["code"], code.ravel()[:2], atol=0.02)
    codes = gallery(measured.CLASSIC).latents(20).mean[: measured.DOTS]
    usual = posterior.gaps(codes)
    away = np.linalg.norm(codes - np.array(classic["hole"]), axis=1).min()
    assert away > np.quantile(usual, 0.99)
    drawn = raw(classic["walk"]).reshape(measured.WALK, -1).astype(int)
    way = interpolate(np.float32(classic["code"]), np.float32(classic["hole"]), measured.WALK)
    assert np.abs(drawn - decode(model, way).reshape(measured.WALK, -1)).max() <= 2
    known = decode(model, codes).reshape(len(codes), -1) / 255  # "like none of its copies"
    unlike = posterior.nearest(known, drawn[[0, -1]] / 255)
    assert unlike[1] > np.quantile(posterior.gaps(known), 0.99) > unlike[0]


def test_the_rolls_are_those_of_the_core_and_what_is_said_of_them_holds(sent, seen):
    rolls = np.frombuffer(base64.b64decode(sent["rolls"]), "<f4").reshape(-1, 2)
    np.testing.assert_array_equal(rolls, noise(measured.ROLLS, 2, 0))
    codes = [gallery(name).latents(20).mean[:2000] for name in (measured.CLASSIC, measured.VAE)]
    reach = np.linalg.norm(rolls, axis=1).max()
    beyond = [100 * (np.linalg.norm(each, axis=1) > reach).mean() for each in codes]
    told = {scene["name"]: scene["measured"] for scene in sent["scenes"]}
    assert f"{beyond[0]:.0f}% of all codes" in told["hole"]
    assert f"{100 - beyond[1]:.0f}% of this model" in told["samples"]
    assert f"{100 - beyond[0]:.0f}% of the copying" in told["samples"]
    assert beyond[1] < 10 < 30 < beyond[0]


def test_the_forces_and_the_betas_are_the_measured_ones(sent):
    found, forces = posterior.stored_forces(gallery(measured.VAE)), sent["forces"]
    assert found is not None and found.places[forces["ours"]] == PICTURE
    np.testing.assert_allclose(halves(forces["mean"]), -found.on_mean[-1], rtol=1e-3, atol=1e-3)
    told = next(scene for scene in sent["scenes"] if scene["name"] == "forces")
    labels, spreads, stds, touching = raw(forces["labels"]), [], [], []
    for each, name in zip(forces["betas"], measured.BETAS, strict=True):
        latents = gallery(name).latents(20)
        assert latents.logvar is not None and each["beta"] == gallery(name).config.beta
        mean, logvar = (part[found.places].astype(float) for part in (latents.mean, latents.logvar))
        np.testing.assert_allclose(halves(each["mean"]), mean, atol=0.02)
        spreads.append(np.sqrt((mean**2).sum(1).mean()))
        stds.append(np.median(np.sqrt(np.exp(logvar).mean(1))))
        overlaps = [
            any(labels[i] != labels[j] and posterior.overlap(mean[i], logvar[i], mean[j], logvar[j]) > 0.5
                for j in range(len(mean)))
            for i in range(len(mean))
        ]  # fmt: skip
        touching.append(sum(overlaps))
    assert spreads[0] > 3 * spreads[1] and stds[0] < stds[1] / 100 and stds[1] < stds[2]  # "shrink and fly apart"
    assert touching[1] < touching[2]
    assert f"{spreads[0]:.1f}, {spreads[1]:.1f} and {spreads[2]:.1f}" in told["measured"]
    assert f"{stds[0]:.5f}, {stds[1]:.2f} and {stds[2]:.2f}" in told["measured"]
    assert f"{touching[2]} of 120 overlap" in told["beats"][3]["words"]


def test_the_price_of_the_bubble_is_its_divergence(sent):
    from torch.distributions import Normal, kl_divergence

    latents = gallery(measured.VAE).latents(20)
    assert latents.logvar is not None
    mean, logvar = (torch.tensor(part[PICTURE], dtype=torch.float64) for part in (latents.mean, latents.logvar))
    price = kl_divergence(Normal(mean, torch.exp(logvar / 2)), Normal(0.0, 1.0)).sum().item()
    told = next(scene for scene in sent["scenes"] if scene["name"] == "penalty")["measured"]
    assert f"pays {price:.1f} nats" in told


def test_the_bubble_of_bubbles_is_as_wide_as_is_said(sent):
    """By drawing from it."""
    dice, mean, logvar = np.random.default_rng(3), halves(sent["means"]), halves(sent["logvars"])
    which = dice.integers(0, len(mean), 400_000)
    drawn = mean[which] + np.exp(logvar[which] / 2) * dice.standard_normal((len(which), 2))
    wide = np.sqrt(np.linalg.eigvalsh(np.cov(drawn.T)))[::-1]
    told = next(scene for scene in sent["scenes"] if scene["name"] == "together")["measured"]
    said = re.search(r"std (\d+\.\d+) × (\d+\.\d+)", told)
    assert said and [float(said[1]), float(said[2])] == pytest.approx(wide, abs=0.012)
    assert abs(wide - 1).max() < 0.25  # "nearly"


def test_the_film_is_the_training(sent, seen):
    training, (head, parts) = sent["training"], walk.film(str(paths.GALLERY))
    run, lines = gallery(measured.VAE), gallery(measured.VAE).metrics()
    assert training["kept"] == head["kept"] and training["kept"][0] == 0 and training["kept"][-1] == 20
    assert training["reconstruction"] == pytest.approx([line["test"]["reconstruction"] for line in lines], abs=0.01)
    assert training["kl"] == pytest.approx([line["test"]["kl"] for line in lines], abs=0.001)
    rebuilt = raw(training["rebuilt"]).reshape(len(training["kept"]), -1).astype(int)
    for k, epoch in enumerate(training["kept"]):
        model, mean = load_model(run, epoch), run.latents(epoch).mean
        assert np.abs(rebuilt[k] - decode(model, mean[[PICTURE]]).ravel()).max() <= 2
        if epoch == training["kept"][-1]:
            break
        sheet = np.asarray(Image.open(io.BytesIO(parts[k])).convert("L"), float)
        tiles = sheet.reshape(measured.TILES, measured.SIDE, measured.TILES, measured.SIDE).swapaxes(1, 2)
        side = [-measured.REACH + (k + 0.5) * 2 * measured.REACH / measured.TILES for k in range(measured.TILES)]
        drawn = decode(model, np.float32([[x, y] for y in reversed(side) for x in side])).reshape(*tiles.shape[:2], -1)
        assert np.abs(tiles.mean((2, 3)) - drawn.mean(2)).mean() < 4, epoch
    dots = parts[len(training["kept"]) - 1 :]
    assert len(dots) == len(head["epochs"])
    for epoch, part in zip(head["epochs"], dots, strict=True):
        moved = np.frombuffer(part, "<f2").reshape(-1, 2)
        np.testing.assert_array_equal(moved, run.latents(epoch).mean[: measured.DOTS].astype("f2"))
    assert PICTURE < measured.DOTS


def test_on_the_way_from_the_3_to_the_8_no_other_digit_is_drawn(sent):
    model, mean = model_of(measured.VAE), gallery(measured.VAE).latents(20).mean[:2000]
    labels = gallery(measured.VAE).labels()[:2000]
    way = decode(model, interpolate(np.float32(sent["digit"]["mean"]), np.float32(sent["other"]["mean"]), 9))
    known = decode(model, mean).reshape(len(mean), -1).astype(float)
    alike = [labels[np.argsort(((known - each.ravel()) ** 2).sum(1))[:25]] for each in way.astype(float)]
    likeliest = [np.bincount(each).argmax() for each in alike]
    assert set(likeliest) == {3, 8} and likeliest == sorted(likeliest)


# ---- the page


def test_without_the_gallery_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "GALLERY", tmp_path / "nothing")
    app = show("lecture")
    check(app)
    assert len(app.error) == 1 and "gallery" in app.error[0].value


def test_a_door_leads_to_its_page(monkeypatch):
    went = []
    monkeypatch.setattr(walk.st, "switch_page", went.append)
    for answer in ("bubbles", "start", "../../etc", 7, None):
        monkeypatch.setattr(walk, "_lecture", lambda on_go_change, **_: on_go_change())
        monkeypatch.setattr(walk.browser_input, "sent", lambda *_, answer=answer: answer)
        walk.lecture()
    assert went == ["pages/bubbles.py"]
