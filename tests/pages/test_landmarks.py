"""A drawing stays on the map by name: for every model, at every epoch, where the encoder puts it."""

import base64

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import _here, check, show, words  # noqa: F401 (a fixture)
from ui.components import drawing_view, landmarks
from ui.shell import run_picker
from vae_core.analysis.sampling import encode
from vae_core.datasets.drawing import PAD
from vae_core.runs.index import find_run
from vae_core.training.checkpoint import load_model


@pytest.fixture
def drawing() -> np.ndarray:
    pixels = np.zeros((PAD, PAD), np.uint8)
    pixels[20:120, 60:80] = 255
    return pixels


@pytest.fixture
def visit(monkeypatch) -> dict:
    state: dict = {}
    monkeypatch.setattr(landmarks.st, "session_state", state)
    return state


def test_a_name_is_one_line_and_another_of_that_name_takes_its_place(visit, drawing):
    landmarks.keep("my\nseven " + "x" * 99, drawing)
    landmarks.keep("", drawing)
    first, second = (each.name for each in landmarks.kept())
    assert first.startswith("my seven") and len(first) <= landmarks.LONGEST and second == "drawing 2"
    landmarks.keep(first, drawing // 2)
    assert [each.name for each in landmarks.kept()] == [second, first]
    landmarks.remove(second)
    assert [each.name for each in landmarks.kept()] == [first]


def test_so_many_stay_and_the_oldest_goes(visit, drawing):
    for k in range(landmarks.MOST + 2):
        landmarks.keep(f"number {k}", drawing)
    assert [each.name for each in landmarks.kept()] == [f"number {k}" for k in range(2, landmarks.MOST + 2)]


@pytest.mark.parametrize("name", ["two-knobs", "two-knobs-autoencoder"])
def test_it_stands_where_the_encoder_puts_it_at_every_epoch(visit, drawing, name):
    landmarks.keep("mine", drawing)
    run = find_run(name)
    epochs = run_picker.film(run)
    (found,) = landmarks.on_map(run, epochs, "dims", 0, 1)
    places = np.frombuffer(base64.b64decode(found["places"]), np.float32).reshape(-1, 2)
    picture = drawing_view.as_picture(run, epochs[-1], drawing)
    expected = [encode(load_model(run, epoch), picture[None])[0][0] for epoch in epochs]
    np.testing.assert_allclose(places, expected, atol=0.01)
    assert landmarks.on_map(run, epochs, "umap", 0, 1) == []  # a bent map takes no newcomers


def test_the_drawing_page_keeps_it_and_takes_it_away(drawing):
    app: AppTest = show("draw")
    app.session_state["drawing"] = drawing
    app.run()
    app.text_input(key="landmark_name").set_value("my *one*")
    app.button(key="keep_landmark").click().run()
    check(app)
    assert [each.name for each in app.session_state["landmarks"]] == ["my *one*"]
    assert app.text_input(key="landmark_name").value == ""
    app.button(key="remove_my *one*").click().run()
    assert app.session_state["landmarks"] == []
