"""Morph and Draw: ends from the address, files, and what the pages ask of the core."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from tests.pages.test_pages import _here, check, finished, show, words  # noqa: F401  (fixtures among them)
from ui.components import image_picker, mini_map, morph_path
from ui.components.image_picker import End
from ui.draw import unusual
from ui.morph import files, morph
from vae_core import paths
from vae_core.analysis.interpolation import interpolate
from vae_core.analysis.sampling import decode, encode
from vae_core.datasets.drawing import PAD
from vae_core.runs.index import find_run, list_runs
from vae_core.runs.run import Run
from vae_core.training.checkpoint import load_model

EPOCHS = (1, 5)


@pytest.fixture
def run(finished) -> Run:  # noqa: F811
    return finished


@pytest.fixture
def drawing() -> np.ndarray:
    """A stroke on the pad, (PAD, PAD) uint8."""
    pixels = np.zeros((PAD, PAD), np.uint8)
    pixels[20:120, 66:78] = 255
    return pixels


# ---- ends


@pytest.mark.parametrize("text", [None, "", "3", "3-999999", "3-x", "x", "3-", "-3", "12", "drawing", "3;8", "9" * 400])
def test_what_an_address_does_not_name_becomes_a_typical_picture(run, text):
    end = image_picker.end_of(run, 5, text, 3, None)
    assert run.labels()[end.place] == end.label == 3
    assert end.drawing == b""


def test_an_address_names_a_picture_and_finds_it_again(run):
    for place in (0, 7, 100):
        label = int(run.labels()[place])
        address = image_picker.address(image_picker.choice_of(run, End(label, place)))
        assert image_picker.end_of(run, 5, address, 3, None) == End(label, place)


def test_a_picture_of_another_class_is_not_taken_for_it(run):
    number = int(run.test_indices()[np.flatnonzero(run.labels() == 4)[0]])
    assert image_picker.end_of(run, 5, f"3-{number}", 8, None).label == 3


def test_a_drawing_is_an_end_where_there_is_one(run):
    image = np.arange(784, dtype=np.uint8).reshape(28, 28)
    end = image_picker.end_of(run, 5, "drawing", 3, image)
    assert end.drawing == image.tobytes()
    assert image_picker.address(image_picker.choice_of(run, end)) == "drawing"
    shown, original = image_picker.picture(run, 5, end)
    assert original
    assert (shown == image).all()
    expected = encode(load_model(run, 5), image[None])[0][0]
    np.testing.assert_allclose(image_picker.code(str(run.path), 5, end), expected, rtol=1e-5)


def test_every_class_offers_pictures_of_its_own_each_once(run):
    lines, labels = image_picker.places_by_class(str(run.path), 5), run.labels()
    assert sorted(lines) == sorted(set(labels.tolist()))
    for label, places in lines.items():
        assert len(set(places)) == len(places) == min(image_picker.PER_CLASS, (labels == label).sum())
        assert (labels[places] == label).all()
    sheet = Image.open(io.BytesIO(base64.b64decode(image_picker.sheet(str(run.path), 5))))
    assert sheet.size == (28 * image_picker.PER_CLASS, 28 * len(lines))


# ---- the morph


@pytest.mark.parametrize("way", list(morph_path.PATHS))
def test_the_film_is_what_the_core_decodes_at_each_epoch(run, way):
    start, end = End(int(run.labels()[0]), 0), End(int(run.labels()[5]), 5)
    film = morph_path.walk(str(run.path), EPOCHS, start, end, 9, way)
    for line, epoch in enumerate(EPOCHS):
        mean = run.latents(epoch).mean
        expected = decode(load_model(run, epoch), interpolate(mean[0], mean[5], 9, way))
        assert (film[line] == expected).all()


@pytest.mark.parametrize("steps", range(5, 22))
def test_every_step_of_the_strip_is_one_of_the_frames(steps):
    frames = morph.frames_for(steps)
    assert frames >= 33
    assert (frames - 1) % (steps - 1) == 0
    assert frames <= 52


def places(mark) -> np.ndarray:
    """Where a mark stands at the second epoch, as the browser reads it."""
    return np.frombuffer(base64.b64decode(mark["places"][1]), "<f4").reshape(-1, 2)


def test_the_dot_and_the_paths_stand_where_the_codes_are(run):
    start, end = End(int(run.labels()[0]), 0), End(int(run.labels()[5]), 5)
    basis = mini_map.basis(str(run.path), 5)
    other, chosen, first, last, dot = morph.marks(run, EPOCHS, basis, start, end, 9, "spherical")
    mean = run.latents(5).mean
    flat = basis.project(interpolate(mean[0], mean[5], 9, "spherical"))
    np.testing.assert_allclose(places(dot), flat, atol=1e-3)
    assert dot["walks"] and other["dashed"] and chosen["places"] == dot["places"]
    np.testing.assert_allclose(places(other), basis.project(interpolate(mean[0], mean[5], 9)), atol=1e-3)
    np.testing.assert_allclose([places(first)[0], places(last)[0]], basis.project(mean[[0, 5]]), atol=1e-3)


def test_the_lengths_said_are_the_lengths_of_the_codes(run):
    start, end = End(int(run.labels()[0]), 0), End(int(run.labels()[5]), 5)
    told = morph.lengths(run, EPOCHS, start, end, 33, "straight")
    mean = run.latents(5).mean
    half = {way: np.linalg.norm(interpolate(mean[0], mean[5], 33, way)[16]) for way in morph_path.PATHS}
    assert f"**{half['straight']:.1f}** long on the straight" in told["texts"][1]
    assert f"**{half['spherical']:.1f}** on the spherical" in told["texts"][1]
    assert told["usual"][1][1] == pytest.approx(np.median(np.linalg.norm(mean, axis=1)))
    json.dumps(told)


# ---- files


def test_a_gif_goes_there_and_back_for_ever():
    frames = np.stack([np.full((28, 28), v, np.uint8) for v in (0, 100, 200, 250)])
    film = Image.open(io.BytesIO(files.gif([("One", frames), ("Two", frames[::-1])])))
    assert film.n_frames == 6
    assert film.info["loop"] == 0
    seen = []
    for k in range(6):
        film.seek(k)
        page = np.asarray(film.convert("L"))
        seen.append((int(page[100, 100]), int(page[100, 28 * 8 + 8 + 100])))
    assert seen == [(0, 250), (100, 200), (200, 100), (250, 0), (200, 100), (100, 200)]


def test_a_strip_has_its_steps_in_order():
    frames = np.stack([np.full((28, 28), 10 * k, np.uint8) for k in range(9)])
    page = np.asarray(Image.open(io.BytesIO(files.strip([("One", frames), ("Two", frames)], 5))))
    assert page.shape == (2 * 112, 190 + 5 * 112)
    assert page[50, 190 + 56 :: 112].tolist() == [0, 20, 40, 60, 80]
    assert page[:, :190].max() > 100  # the names


def test_a_file_says_what_it_is(run):
    name = files.file_name(run, 4, start=End(3, 0), end=End(drawing=b"x"), way="straight", kind="gif")
    assert name == "morph-3-to-your-picture-mine-epoch-4-straight.gif"
    assert "/" not in files.file_name(run, 4, start=End(0, 0), end=End(1, 0), way="../..", kind="gif")


# ---- how unusual


def test_a_drawing_is_compared_with_the_test_pictures(run):
    """A test picture itself looks like any other; noise does not."""
    from ui.store.cache import originals

    usual = unusual.unusual(str(run.path), EPOCHS, originals(run, (0,))[0])
    noise = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    odd = unusual.unusual(str(run.path), EPOCHS, noise)
    for told in (usual, odd):
        view = told["views"][1]
        assert sum(view["counts"]) == told["of"] == 35  # a tenth of the test pictures: those as grey
        assert view["low"] <= view["mine"] <= view["high"]
    assert "**0** cost more: your drawing is very unusual" in odd["views"][1]["text"]
    assert "is not unusual" in usual["views"][1]["text"]


def test_without_the_dataset_nothing_is_compared(elsewhere):
    drawing = np.zeros((28, 28), np.uint8)
    assert unusual.unusual(str(elsewhere.path), (elsewhere.epoch,), drawing) is None
    assert unusual.unusual(str(find_run("lecture").path), (10,), drawing) is not None


# ---- pages


@pytest.mark.parametrize("path", ["straight", "spherical"])
def test_a_link_restores_ends_path_and_steps(path):
    app = show("morph", run="lecture", start="1", end="7", path=path, steps="12")
    check(app)
    assert app.slider(key="steps").value == 12
    assert app.button_group(key="path").value == path


@pytest.mark.parametrize("params", [{"start": "cow"}, {"steps": "9999"}, {"path": "scenic"}, {"end": "drawing"}])
def test_a_link_with_nonsense_shows_the_opening_example(params):
    app = show("morph", run="lecture", **params)
    check(app)
    assert not app.error
    assert app.slider(key="steps").value == 9
    if params == {"end": "drawing"}:
        assert "Draw a digit" in words(app)


def test_a_drawing_outlives_its_page(drawing):
    app = show("draw", run="digits")
    app.session_state["drawing"] = drawing
    app.run()
    check(app)
    assert "How costly" in words(app)
    app.switch_page("pages/morph.py")
    app.query_params["start"] = "drawing"
    app.run()
    check(app)
    assert "stands in for it" not in words(app)


@pytest.mark.parametrize("run_id", [each.id for each in list_runs(paths.ROOT / "nowhere")])
def test_every_model_takes_a_drawing(run_id, drawing):
    app = show("draw", run=run_id)
    app.session_state["drawing"] = drawing
    app.run()
    check(app)
    assert not app.error
    assert ("Imagine it again" in [b.label for b in app.button]) == find_run(run_id).config.is_vae
    app.query_params.clear()
    app = show("morph", run=run_id, start="drawing")
    app.session_state["drawing"] = drawing
    app.run()
    check(app)
    assert not app.error
