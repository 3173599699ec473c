"""A picture on the pad does all that a drawing does. What is none is refused in a sentence; what was there stays."""

from __future__ import annotations

import base64
import io
import json
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from tests.pages.own_pictures_page import data_of
from tests.pages.test_forged import registered
from tests.pages.test_pages import _here, at, check, show, words  # noqa: F401 (fixture)
from tests.pages.test_titles import nodes
from ui.compare import tasks
from ui.components import drawing_pad, drawing_view, landmarks
from ui.shell import run_picker
from vae_core import paths
from vae_core.datasets.drawing import PAD
from vae_core.runs.index import find_run


def face(side: int = 90) -> np.ndarray:
    """A yellow disc with two dark eyes on white, (side, side, 3)."""
    rows, columns = np.mgrid[0:side, 0:side] / side - 0.5
    found = np.full((side, side, 3), 255, np.uint8)
    found[np.hypot(rows, columns) < 0.4] = (250, 200, 40)
    for x in (-0.15, 0.15):
        found[np.hypot(rows + 0.1, columns - x) < 0.06] = (60, 40, 10)
    return found


def file_of(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind)
    return out.getvalue()


def send(app: AppTest, kind: str, raw: bytes, **more: Any) -> AppTest:
    """As the pad sends what is on it."""
    (wid,) = [w for w, each in registered(app).items() if "digit_pad" in w and each.value_type == "json_trigger_value"]
    value = {"kind": kind, "packed": base64.b64encode(raw).decode(), "sum": zlib.adler32(raw), **more}
    app._run(
        WidgetStates(widgets=[WidgetState(id=wid, json_trigger_value=json.dumps([{"event": "drawn", "value": value}]))])
    )
    check(app)
    return app


def everything_sent(app: AppTest) -> str:
    return " ".join(getattr(getattr(node, "proto", None), "json", "") for node in nodes(app._tree))


def drawing() -> np.ndarray:
    pixels = np.zeros((PAD, PAD), np.uint8)
    pixels[20:120, 60:80] = 255
    return pixels


@pytest.mark.parametrize("run", ["lecture", "emoji", "letters", "two-knobs-autoencoder"])
def test_a_dropped_picture_is_shown_told_of_and_given_to_the_model(run):
    app, raw = show("draw", run=run), file_of(face())
    send(app, "picture", raw)
    sent, said = data_of(app, "pad"), words(app)
    assert (sent["picture"], sent["sum"], sent["why"]) == (True, zlib.adler32(raw), "")
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(sent["png"]))))
    assert shown.shape == (64, 64, 3) and abs(shown[32, 32].astype(int) - (250, 200, 40)).max() < 3
    assert "Made to fit the model" in said and ("in colour" in said) == (run == "emoji")
    assert "Your picture" in everything_sent(app)
    kept = drawing_view.as_picture(find_run(run), run_picker.film(find_run(run))[-1], app.session_state["drawing"])
    assert kept.shape == find_run(run).dataset.shape.pictures(np.zeros(find_run(run).dataset.shape.pixels)).shape


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"%PDF-1.7 and so on", "is a PDF; save it as PNG or JPEG"),
        (b"no picture at all", "is not a picture that can be read"),
        (file_of(face(4)), "has 4 x 4 pixels; it takes at least 8 x 8"),
        (file_of(face())[:-400], "is broken or cut off"),
    ],
)
def test_what_is_no_picture_is_refused_and_the_drawing_stays(raw, why):
    app = show("draw", run="lecture")
    send(app, "pixels", drawing().tobytes())
    send(app, "picture", raw)
    sent = data_of(app, "pad")
    assert (sent["why"], sent["refused"]) == (why, zlib.adler32(raw))
    assert not sent["picture"] and (app.session_state["drawing"] == drawing()).all()
    assert sent["sum"] == zlib.adler32(drawing().tobytes())


@pytest.mark.parametrize(
    "value",
    [
        7, None, [], {}, {"kind": "film", "packed": ""}, {"kind": "pixels", "packed": "AAAA"},
        {"kind": "picture", "packed": "*"}, {"kind": "picture", "packed": "A" * 600_000},
    ],
)  # fmt: skip
def test_what_is_forged_changes_nothing(value, monkeypatch):
    monkeypatch.setattr(drawing_pad.st, "session_state", state := {"drawing": drawing(), "digit_pad": {"drawn": value}})
    drawing_pad._drawn()
    assert set(state) == {"drawing", "digit_pad"} and (state["drawing"] == drawing()).all()


def test_clear_takes_it_away():
    app = show("draw", run="lecture")
    send(app, "picture", file_of(face()))
    send(app, "pixels", b"")
    assert app.session_state["drawing"] is None and "Nothing yet" in words(app)


def test_an_empty_picture_is_said_to_be_empty_on_every_page():
    raw = file_of(np.full((40, 40, 3), 255, np.uint8))
    app = send(show("draw", run="lecture"), "picture", raw)
    assert "There is nothing to be seen on this picture." in words(app)
    for page in ("morph", "compare", "map"):
        other = at(page)
        other.query_params["run"] = "lecture"
        if page == "morph":
            other.query_params["start"] = "drawing"
        other.session_state["drawing"] = app.session_state["drawing"]
        check(other.run())


def test_it_morphs_is_compared_and_stays_on_the_map():
    rgba = send(show("draw", run="lecture"), "picture", file_of(face())).session_state["drawing"]
    app = at("morph")
    app.query_params["run"], app.query_params["start"] = "lecture", "drawing"
    app.session_state["drawing"] = rgba
    check(app.run())
    assert "Made to fit the model" in words(app)
    runs = find_run("lecture"), find_run("emoji")
    sides = tasks.rows(*runs, [run_picker.film(runs[0])[-1]], rgba)
    assert [row.label for row in sides[0]][-1] == "Your picture"
    assert [row.images.shape[2:] for row in (sides[0][-1], sides[1][-1])] == [(28, 28), (64, 64, 3)]
    app = at("draw")
    app.query_params["run"] = "lecture"
    app.session_state["drawing"] = rgba
    app.run()
    app.text_input(key="landmark_name").set_value("face")
    app.button(key="keep_landmark").click().run()
    check(app)
    (kept,) = app.session_state["landmarks"]
    assert kept.name == "face" and (kept.pixels == rgba).all()


def test_it_is_a_landmark_where_the_encoder_puts_it(monkeypatch):
    rgba = send(show("draw", run="lecture"), "picture", file_of(face())).session_state["drawing"]
    monkeypatch.setattr(landmarks.st, "session_state", {})
    landmarks.keep("face", rgba)
    run = find_run("two-knobs")
    (found,) = landmarks.on_map(run, run_picker.film(run), "dims", 0, 1)
    places = np.frombuffer(base64.b64decode(found["places"]), np.float32).reshape(-1, 2)
    last = run_picker.film(run)[-1]
    seen = drawing_view.look(str(run.path), last, drawing_view.as_picture(run, last, rgba).tobytes(), 1)
    np.testing.assert_allclose(places[-1], seen.mean, atol=0.01)


def test_nothing_of_it_is_written_or_said(tmp_path, capfd):
    """Neither its file nor what was made of it: not among the runs, not in the log."""

    def all_files() -> set[str]:
        return {str(f) for folder in (paths.runs_dir(), paths.pictures_dir()) for f in folder.rglob("*")}

    app = show("draw", run="lecture")
    before = all_files()
    send(app, "picture", file_of(face()))
    send(app, "picture", b"%PDF secret-words")
    said = "".join(capfd.readouterr())
    assert (
        all_files() == before and "secret-words" not in said and base64.b64encode(file_of(face())).decode() not in said
    )
