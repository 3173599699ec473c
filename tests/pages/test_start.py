"""The start page's scene and the tour: words that point at real lines, numbers and pictures that are the model's."""

from __future__ import annotations

import base64
import io
import json
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from tests.pages.test_forged import registered
from tests.pages.test_pages import check, finished, show, words  # noqa: F401 (fixture)
from tests.pages.test_titles import nodes
from ui.components.bridge import packed
from ui.components.browser_decoder import EVERYWHERE, packed_decoder
from ui.components.drawing_pad import LINKED
from ui.start import film, scene
from ui.start.film import Window
from ui.text.tour_steps import STEPS
from vae_core import inference, paths
from vae_core.analysis.sampling import decode, encode
from vae_core.datasets.drawing import PAD
from vae_core.notebook import document
from vae_core.runs.index import find_run
from vae_core.training.checkpoint import load_model

MEGABYTE = 1_000_000


@pytest.fixture
def run():
    return find_run("two-knobs", folder=paths.GALLERY)


def unpacked(message: bytes) -> tuple[dict, list[bytes]]:
    (long,) = struct.unpack("<I", message[:4])
    head, at, parts = json.loads(message[4 : 4 + long]), 4 + long, []
    for length in head["lengths"]:
        parts.append(message[at : at + length])
        at += length
    assert at == len(message)
    return head, parts


@pytest.mark.parametrize("name", scene.PARTS)
def test_each_part_shows_the_line_that_computes_it(run, name):
    part = scene.part(run, name)
    where, number = part["where"].split(", line ")
    (cell,) = (each for each in document.cells(run) if f"“{document.HEADINGS.get(each.name)}”" in where)
    line = cell.text.splitlines()[int(number) - 1]
    assert part["code"] == line.strip()
    assert scene.PARTS[name][3] in line


def test_the_numbers_are_the_encoders(monkeypatch, tmp_path, run):
    monkeypatch.setenv("VAE_DATA_DIR", str(tmp_path))  # the 5,000 digits are there without MNIST
    sent = scene.payload(run)
    shown = sent["pictures"]
    assert sorted({d["name"] for d in shown}) == list("0123456789")
    images = np.stack([np.frombuffer(base64.b64decode(d["image"]), np.uint8) for d in shown])
    mean, logvar = encode(load_model(run, run.config.epochs), images)
    np.testing.assert_allclose([d["mean"] for d in shown], mean, atol=2e-3)
    centres = np.array(sent["centres"])[[sent["names"].index(d["name"]) for d in shown]]
    away = np.linalg.norm(np.array([d["mean"] for d in shown]) - centres, axis=1)
    assert away.max() < 1, "a 9 that the model takes for an 8 is no first impression"
    np.testing.assert_allclose([d["std"] for d in shown], np.exp(logvar / 2), atol=2e-3)


def test_no_dot_of_the_film_is_farther_than_it_says(run):
    sent, head_parts = scene.payload(run), film.film(run, WIDE)
    dots = np.stack([np.frombuffer(part, "<f2").reshape(-1, 2) for part in head_parts[1][-len(sent["epochs"]) :]])
    assert np.abs(dots).max((0, 1)) == pytest.approx(sent["farthest"], rel=2e-3)


def test_pictures_that_cannot_be_read_are_shown_as_the_model_redraws_them(monkeypatch, run):
    monkeypatch.setattr(scene.cache, "originals", lambda run, places: None)
    shown = scene.payload(run)["pictures"]
    images = np.stack([np.frombuffer(base64.b64decode(d["image"]), np.uint8) for d in shown])
    expected = decode(load_model(run, run.config.epochs), np.array([d["mean"] for d in shown], np.float32))
    assert np.abs(images.astype(int) - expected.reshape(len(images), -1)).max() <= 2


def test_the_start_page_needs_no_gallery(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "GALLERY", tmp_path / "nothing")
    app = show("start")
    check(app)
    assert "gallery" in words(app)


def test_the_decoder_that_is_sent_draws_what_the_model_draws(run):
    """Everywhere on the plane, though units that are off there are left out."""
    head, (small,) = packed_decoder(str(run.path), run.config.epochs)
    raw, weights, at = np.frombuffer(zlib.decompress(small), np.uint8), {}, 0
    shapes = {f"{k}.{n}": s for k, layer in enumerate(head["layers"]) for n, s in shapes_of(layer).items()}
    for name, count in head["weights"]:
        high, low = raw[at : at + count].astype(np.uint16), raw[at + count : at + 2 * count]
        weights[f"decoder.{name}"] = (high << 8 | low).view(np.float16).reshape(shapes[name])
        at += 2 * count
    assert at == len(raw)
    dice = np.random.default_rng(1)
    z = np.concatenate([dice.normal(size=(400, 2)), dice.uniform(-EVERYWHERE, EVERYWHERE, (400, 2))]).astype("f4")
    drawn = 255 * inference.sigmoid(inference.run(head["layers"], weights, "decoder", z))
    expected = decode(load_model(run, run.config.epochs), z).reshape(len(z), -1).astype(int)
    assert np.abs(drawn.round() - expected).max() <= 1
    assert head["layers"][2]["outputs"] < run.architecture.decoder[2]["outputs"], "nothing was left out"


def shapes_of(layer: dict) -> dict[str, tuple[int, ...]]:
    if layer["type"] != "linear":
        return {}
    return {"weight": (layer["outputs"], layer["inputs"]), "bias": (layer["outputs"],)}


WIDE = Window(pitch=3, left=-21, top=9, columns=37, rows=20)


def test_the_film_is_what_each_epoch_draws(run):
    """The sheets, of every tile of the window; and the dots that go with them."""
    head, parts = unpacked(packed(*film.film(run, WIDE)))
    epochs = run.weight_epochs()
    assert head["epochs"] == epochs and head["window"] == list(WIDE) and epochs[0] == 0
    assert len(parts) == 2 * len(epochs) - 1
    z = WIDE.codes().reshape(WIDE.rows, WIDE.columns, 2)
    for place in ((0, 0), (10, 20), (19, 36)):
        across, up = (WIDE.left + place[1] + 0.5) * 0.3, (WIDE.top - place[0] + 0.5) * 0.3
        np.testing.assert_allclose(z[place], [across, up], rtol=1e-6)
    for epoch, part in zip(epochs[:-1], parts, strict=False):
        sheet = np.asarray(Image.open(io.BytesIO(part)).convert("L"), float)
        assert sheet.shape == (WIDE.rows * film.SIDE, WIDE.columns * film.SIDE)
        tiles = sheet.reshape(WIDE.rows, film.SIDE, WIDE.columns, film.SIDE).swapaxes(1, 2)
        expected = decode(load_model(run, epoch), z.reshape(-1, 2)).reshape(*z.shape[:2], 28, 28).astype(float)
        assert np.abs(tiles.mean((2, 3)) - expected.mean((2, 3))).mean() < 3, epoch
    for epoch, part in zip(epochs, parts[len(epochs) - 1 :], strict=True):
        np.testing.assert_array_equal(
            np.frombuffer(part, "<f2").reshape(-1, 2), run.latents(epoch).mean[: scene.DOTS].astype("f2")
        )


def test_all_that_the_page_is_sent_is_less_than_a_megabyte(run):
    """With its scripts and styles, those of others among them; and the film, once it is asked for, is little more."""
    sent = [json.dumps(scene.payload(run)).encode(), packed(*packed_decoder(str(run.path), run.config.epochs))]
    used = [paths.ROOT / "static" / part for part in ("start", "lib", "bridge")]
    own = sum(file.stat().st_size for folder in used for file in folder.glob("*.js"))
    own += sum((paths.ROOT / "static" / style).stat().st_size for style in ("style.css", "start/scene.css"))
    assert sum(map(len, sent)) + own < MEGABYTE, [*map(len, sent), own]
    assert len(packed(*film.film(run, WIDE))) < 0.3 * MEGABYTE


ASKED = {"pitch": 3, "left": -21, "top": 9, "columns": 37, "rows": 20}


@pytest.mark.parametrize(
    "wrong",
    [
        None, 7, [], "wide", {}, {"pitch": 0}, {"pitch": 11}, {"pitch": 0.3}, {"left": -121}, {"top": "9"},
        {"columns": 0}, {"rows": True}, {"columns": 120, "rows": 120}, {"columns": 10**9},
    ],
)  # fmt: skip
def test_a_window_is_asked_for_in_bounds(wrong):
    assert film.asked(ASKED) == WIDE
    assert film.asked({**ASKED, **wrong} if wrong and isinstance(wrong, dict) else wrong) is None


def test_a_drawing_is_encoded_as_the_model_encodes_pictures(run):
    pixels = np.zeros((PAD, PAD), np.uint8)
    assert scene.drawn(run, pixels) is None
    pixels[30:110, 60:75] = 255
    made = scene.drawn(run, pixels)
    assert made is not None and made["name"] == "drawing"
    image = np.frombuffer(base64.b64decode(made["image"]), np.uint8)
    mean, logvar = encode(load_model(run, run.config.epochs), image[None])
    np.testing.assert_allclose(made["mean"], mean[0], atol=2e-3)
    np.testing.assert_allclose(made["std"], np.exp(logvar[0] / 2), atol=2e-3)


def test_the_page_has_one_sentence_two_doors_and_says_what_it_is():
    app = show("start")
    check(app)
    text = words(app)
    assert "Watch a machine learn to imagine" in text and "Canziani" in text
    doors = [node.proto.page for node in nodes(app._tree) if getattr(node, "type", "") == "page_link"]
    assert doors == ["train", "lecture", "glossary"]  # two quiet ones: the lecture, and where the page says what it is


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_every_step_of_the_tour_has_its_page(number):
    step = STEPS[number]
    assert (Path(paths.ROOT) / "pages" / f"{step.page}.py").exists()
    assert all(way.words and way.light and way.done for way in step.ways)
    assert [bool(way.when) for way in step.ways] == [True] * (len(step.ways) - 1) + [False]  # one is always meant
    app = show(step.page, tour=str(number), **step.params)
    check(app)
    assert app.session_state["tour"] == number


@pytest.mark.parametrize("text", ["-1", "99", "x", ""])
def test_a_wrong_step_in_the_address_is_no_tour(text):
    app = show("start", tour=text)
    check(app)
    assert "tour" not in app.session_state


TRIGGER = "json_trigger_value"


def test_a_click_outlives_the_run_that_another_message_of_the_page_ends(monkeypatch):
    app, ended = show("start", tour="0"), []
    (wid,) = [wid for wid, each in registered(app).items() if "tour_bar" in wid and each.value_type == TRIGGER]

    def ends_once() -> None:  # as when a component answers just then
        if not ended:
            ended.append(True)
            widgets = get_script_run_ctx().session_state.get_widget_states()
            kept = [each for each in widgets if each.WhichOneof("value") != TRIGGER]
            raise RerunException(RerunData(widget_states=WidgetStates(widgets=kept)))

    monkeypatch.setattr("ui.components.bridge.mark_when_settled", ends_once)
    pressed = json.dumps([{"event": "go", "value": 1}])
    app._run(WidgetStates(widgets=[WidgetState(id=wid, json_trigger_value=pressed)]))
    check(app)
    assert ended and app.session_state["tour"] == 1


def test_the_end_of_the_tour_has_what_the_newest_training_draws(finished, monkeypatch):  # noqa: F811
    sent = []
    monkeypatch.setattr("ui.shell.tour.tour_bar", lambda payload, key="": sent.append(payload))
    check(show("draw", run="lecture", tour=str(len(STEPS) - 1)))
    training = sent[-1]["training"]
    assert training["run"] == finished.id and training["words"].endswith("epoch 5")
    sheet = Image.open(io.BytesIO(base64.b64decode(training["picture"])))
    _, height, width = finished.dataset.shape
    assert sheet.size == (10 * width, 2 * height)
    shutil.rmtree(finished.path)
    for step in (len(STEPS) - 1, 0):
        check(show(STEPS[step].page, tour=str(step)))
        assert sent[-1]["training"] is None


def test_a_link_holds_a_drawing():
    small = np.zeros((LINKED, LINKED), np.uint8)
    small[5:30, 16:20] = 1
    text = base64.urlsafe_b64encode(np.packbits(small).tobytes()).decode().rstrip("=")
    app = show("draw", run="lecture", drawing=text)
    check(app)
    drawing = app.session_state["drawing"]
    assert drawing.shape == (PAD, PAD) and np.abs((drawing > 127).mean() - small.mean()) < 0.01
    for odd in ("", "A", text[:-1], "A" * len(text), "<b>"):
        assert show("draw", run="lecture", drawing=odd).session_state["drawing"] is None
