"""The start page's picture and the tour: words that point at real lines, numbers that are the encoder's."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest

from tests.pages.test_pages import check, show, words
from ui.start import living_picture
from ui.text.tour_steps import STEPS
from vae_core import paths
from vae_core.analysis.sampling import decode, encode
from vae_core.runs.index import find_run
from vae_core.training.checkpoint import load_model


@pytest.mark.parametrize("name", living_picture.PARTS)
def test_each_part_shows_the_line_that_computes_it(name):
    part = living_picture.part(name)
    file, number = part["where"].split(", line ")
    line = (paths.ROOT / file).read_text("utf-8").splitlines()[int(number) - 1]
    assert part["code"] == line.strip()
    assert living_picture.PARTS[name][3] in line


def test_the_numbers_are_the_encoders(monkeypatch, tmp_path):
    monkeypatch.setenv("VAE_DATA_DIR", str(tmp_path))  # the 5,000 digits are there without MNIST
    run = find_run("two-knobs", folder=paths.GALLERY)
    shown = living_picture.payload(run)["digits"]
    assert sorted({d["name"] for d in shown}) == list("0123456789")
    images = np.stack([np.frombuffer(base64.b64decode(d["image"]), np.uint8) for d in shown])
    mean, logvar = encode(load_model(run, run.config.epochs), images)
    np.testing.assert_allclose([d["mean"] for d in shown], mean, atol=2e-3)
    centres = {name: np.array([x, y]) for x, y, name in living_picture.payload(run)["centres"]}
    away = [np.linalg.norm(d["mean"] - centres[d["name"]]) for d in shown]
    assert max(away) < 1, "a 9 that the model takes for an 8 is no first impression"
    np.testing.assert_allclose([d["std"] for d in shown], np.exp(logvar / 2), atol=2e-3)


def test_pictures_that_cannot_be_read_are_shown_as_the_model_redraws_them(monkeypatch):
    monkeypatch.setattr(living_picture.cache, "originals", lambda run, places: None)
    run = find_run("two-knobs", folder=paths.GALLERY)
    shown = living_picture.payload(run)["digits"]
    images = np.stack([np.frombuffer(base64.b64decode(d["image"]), np.uint8) for d in shown])
    expected = decode(load_model(run, run.config.epochs), np.array([d["mean"] for d in shown], np.float32))
    assert np.abs(images.astype(int) - expected.reshape(len(images), -1)).max() <= 2


def test_the_start_page_needs_no_gallery(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "GALLERY", tmp_path / "nothing")
    app = show("start")
    check(app)
    assert "gallery" in words(app)


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_every_step_of_the_tour_has_its_page(number):
    step = STEPS[number]
    assert (Path(paths.ROOT) / "pages" / f"{step.page}.py").exists()
    assert step.done
    app = show(step.page, tour=str(number), **step.params)
    check(app)
    assert app.session_state["tour"] == number


@pytest.mark.parametrize("text", ["-1", "99", "x", ""])
def test_a_wrong_step_in_the_address_is_no_tour(text):
    app = show("start", tour=text)
    check(app)
    assert "tour" not in app.session_state
