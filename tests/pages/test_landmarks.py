"""A drawing stays on the map by name: for every model, at every epoch, where the encoder puts it."""

import base64

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import _here, check, show, words  # noqa: F401 (a fixture)
from ui.components import drawing_view, landmarks, latent_map
from ui.shell import run_picker
from vae_core.analysis import umap_tsne
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
    assert first.startswith("my seven") and len(first) <= landmarks.LONGEST and second == "drawing 1"
    landmarks.keep(first, drawing // 2)
    assert [each.name for each in landmarks.kept()] == [second, first]
    landmarks.remove(second)
    assert [each.name for each in landmarks.kept()] == [first]


def test_drawings_without_a_name_take_nobodys_place(visit, drawing):
    landmarks.keep("", drawing)
    landmarks.keep("", drawing)
    landmarks.remove("drawing 1")
    landmarks.keep("", drawing)
    assert {each.name for each in landmarks.kept()} == {"drawing 1", "drawing 2"}
    for _ in range(2 * landmarks.MOST):
        before = landmarks.kept()
        landmarks.keep("", drawing)
        assert landmarks.kept()[:-1] == [*before][-(landmarks.MOST - 1) :]


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
    assert found["note"] == landmarks.PLAIN


def test_on_a_bent_map_it_stands_among_the_test_pictures_with_the_nearest_codes(visit, drawing, monkeypatch):
    run = find_run("lecture")
    epochs = run_picker.film(run)
    landmarks.keep("mine", drawing)
    with monkeypatch.context() as unmade:
        unmade.setattr(latent_map, "layout_of", lambda *_: None)
        assert landmarks.on_map(run, epochs, "tsne", 0, 1) == []
    count, few = 500, tuple(epochs[1:])
    points = np.random.default_rng(0).normal(size=(len(few), count, 2)).astype(np.float32)
    layout = umap_tsne.Layout(few, points, np.ones(len(few)))
    monkeypatch.setattr(latent_map, "layout_of", lambda *_: layout)
    for view, name in (("umap", "UMAP"), ("tsne", "t-SNE")):
        (found,) = landmarks.on_map(run, epochs, view, 0, 1)
        assert found["note"] == (
            f"{name} takes no newcomers: it stands among the ten test pictures whose codes are nearest."
        )
        places = landmarks.places_of(found)
        assert len(places) == len(few), "one for each epoch of the map"
    picture = drawing_view.as_picture(run, epochs[-1], drawing)
    for epoch, flat, place in zip(few, points, places, strict=True):
        code = encode(load_model(run, epoch), picture[None])[0][0]
        away = np.linalg.norm(run.latents(epoch).mean[:count] - code, axis=1)
        nearest = np.argsort(away)[:10]
        np.testing.assert_allclose(place, np.average(flat[nearest], axis=0, weights=1 / away[nearest]), atol=0.01)


def test_a_picture_that_is_a_test_picture_stands_on_its_own_dot():
    codes, places = np.random.default_rng(1).normal(size=(2, 40, 2))
    np.testing.assert_allclose(landmarks.among_nearest(codes[7], codes, places), places[7], atol=1e-3)


def test_the_map_is_made_so_large_that_it_is_seen():
    payload = latent_map.payload(str(find_run("two-knobs").path), (20,), "dims")
    assert latent_map.with_room(payload, []) is payload
    assert latent_map.with_room(payload, [np.zeros((1, 2))]) is payload
    wider = latent_map.with_room(payload, [np.array([[50.0, 0.0], [np.nan, 0.0]])])
    (low, high), up = wider["range"]
    assert high > 50 and low == payload["range"][0][0] and up == payload["range"][1]
    assert wider["layout"]["xaxis"]["range"] == [low, high]


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
