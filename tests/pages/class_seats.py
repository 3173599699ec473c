"""The class's page as whoever sits in a room sees it and acts on it, and what pupils draw there."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from tests.pages.test_forged import is_component, registered
from tests.pages.test_pages import check, show
from tests.pages.test_titles import nodes
from ui.shell.seat import Seat
from vae_core import paths
from vae_core.classroom import drawings
from vae_core.config import Config
from vae_core.datasets.drawing import PAD, as_mnist
from vae_core.runs import lifecycle
from vae_core.runs.run import Run


def sit(seat: Seat) -> AppTest:
    """The page of the class as whoever has this seat sees it."""
    app = show("classroom")
    app.session_state["class_seat"] = seat
    app.session_state["class_browser"] = seat.token
    app.run()
    check(app)
    return app


def again(app: AppTest) -> AppTest:
    """As the thread that looks at the rooms would have it drawn."""
    app.run()
    check(app)
    return app


def html_of(app: AppTest) -> str:
    """All HTML but styles."""
    return " ".join(each.proto.body for each in app.get("html") if "<style>" not in each.proto.body)


def sent(app: AppTest, component: str) -> list[Any]:
    """What a component of this name was sent."""
    found = [node.proto for node in nodes(app._tree) if is_component(node)]
    return [json.loads(each.json) for each in found if each.component_name.endswith(component)]


def send(app: AppTest, key: str, value: str) -> None:
    """What a browser sends for a component."""
    (wid,) = [wid for wid, each in registered(app).items() if wid.endswith(key) and each.callbacks]
    kind = registered(app)[wid].value_type
    if kind == "json_trigger_value":
        event, sent = next(iter(json.loads(value).items()))
        value = json.dumps([{"event": event, "value": sent}])
    app._run(WidgetStates(widgets=[WidgetState(id=wid, **{kind: value})]))
    check(app)


def a_drawing(lean: int = 0) -> np.ndarray:
    """Something like a 0 on the pad, (PAD, PAD) uint8."""
    pad = Image.new("L", (PAD, PAD))
    ImageDraw.Draw(pad).ellipse((40 + lean, 20, 100 + lean // 2, 120), outline=255, width=11)
    return np.asarray(pad)


def scribble(seed: int) -> np.ndarray:
    pad, dice = Image.new("L", (PAD, PAD)), np.random.default_rng(seed)
    ImageDraw.Draw(pad).line([tuple(p) for p in dice.integers(10, PAD - 10, (14, 2)).tolist()], fill=255, width=9)
    return np.asarray(pad)


def pixels(drawn: np.ndarray) -> bytes:
    image = as_mnist(drawn)
    assert image is not None
    return image.tobytes()


def the_prompt(teacher: Seat) -> drawings.Prompt:
    return drawings.prompts(teacher.code)[-1]


def made_run(config: Config) -> Run:
    """A run that has been made and not begun."""
    return lifecycle.create(config, paths.runs_dir())
