"""The page for own pictures as its tests drive it: sets made, letters posted, one part run again as a browser asks."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test, local_script_runner

from tests.pages.test_forged import registered
from tests.pages.test_pages import check
from tests.pages.test_titles import nodes
from vae_core.pictures import sets
from vae_core.pictures.intake import Taken
from vae_core.pictures.sets import PictureSet


def stroke(number: int) -> np.ndarray:
    """(64, 64, 4): a bright bar on black, another for each number."""
    rgba = np.zeros((64, 64, 4), np.uint8)
    rgba[..., 3] = 255
    chance = np.random.default_rng(number)
    top, left = chance.integers(4, 30, 2)
    rgba[top : top + chance.integers(8, 28), left : left + chance.integers(4, 28), :3] = 255
    return rgba


def made(counts: dict[str, int], title: str = "Strokes", owner: str = "") -> PictureSet:
    made = sets.create(title, owner)
    names = [name for name, count in counts.items() for _ in range(count)]
    made.add(Taken(name, f"{k}.png", stroke(k), "drawn") for k, name in enumerate(names))
    return made


def png(number: int = 0) -> str:
    out = io.BytesIO()
    Image.fromarray(stroke(number)).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def picture(number: int = 0, **changes: Any) -> dict[str, Any]:
    return {"class_name": "Bars", "source": "drawn", "name": "a drawing", "picture": png(number), **changes}


def post(app: AppTest, component: str, number: int, kind: str, *items: Any, stream: str = "") -> AppTest:
    """As the component sends a letter."""
    (wid,) = [
        wid for wid, each in registered(app).items() if component in wid and each.value_type == "json_trigger_value"
    ]
    letter = {"stream": stream or component, "number": number, "kind": kind, "items": list(items)}
    sent = json.dumps([{"event": "letter", "value": letter}])
    app._run(WidgetStates(widgets=[WidgetState(id=wid, json_trigger_value=sent)]))
    check(app)
    return app


def data_of(app: AppTest, component: str) -> dict[str, Any]:
    """What a component was sent last."""
    for node in nodes(app._tree):
        if getattr(getattr(node, "proto", None), "component_name", "") == f"latent_lab_{component}":
            return dict(json.loads(node.proto.json))
    raise AssertionError(f"no {component} on the page")


def is_shown(app: AppTest, key: str) -> bool:
    return any(button.key == key for button in app.button)


def trouble_of(app: AppTest) -> str:
    """What went wrong, wherever it is said: AppTest runs all parts of a page, of which the first says it."""
    return " ".join([data_of(app, "own_studio")["trouble"], *(error.value for error in app.error)])


# ---- a part of the page, drawn again by itself as a browser asks for it


def click(app: AppTest, key: str) -> AppTest:
    """Click a button as a browser does: only the part of the page that it is in runs again."""
    return in_its_part(app, WidgetState(id=app.button(key=key).proto.id, trigger_value=True))


def in_its_part(app: AppTest, sent: WidgetState) -> AppTest:
    part = registered(app)[sent.id].fragment_id
    assert part, "not in a part of its own"

    class SamePages(PagesManager):  # a session keeps them
        def __init__(self, *given: Any, **named: Any):
            super().__init__(*given, **named)
            self._set_pages(app._registered_pages)

    with pytest.MonkeyPatch.context() as patch:
        whole = local_script_runner.RerunData
        patch.setattr(app_test, "PagesManager", SamePages)
        patch.setattr(local_script_runner, "RerunData", lambda **given: whole(**given, fragment_id=part))
        app._run(WidgetStates(widgets=[sent]))
    check(app)
    return app


def is_whole(app: AppTest) -> bool:
    """Whether all of the page was drawn, and not a part of it."""
    return any(each.value.startswith("## Own pictures") for each in app.markdown)


def send(app: AppTest, component: str, number: int, kind: str, *items: Any) -> AppTest:
    """``post``, after which only the part of the page with this component runs again."""
    (wid,) = [
        wid for wid, each in registered(app).items() if component in wid and each.value_type == "json_trigger_value"
    ]
    letter = {"stream": component, "number": number, "kind": kind, "items": list(items)}
    sent = json.dumps([{"event": "letter", "value": letter}])
    return in_its_part(app, WidgetState(id=wid, json_trigger_value=sent))
