"""What a browser sends can be forged: no value of a component, a widget or the address ends in a traceback."""

from __future__ import annotations

import ast
import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import PAGES, _here, at, check, head_of, show  # noqa: F401 (fixture)
from tests.pages.test_titles import nodes
from ui.shell import browser_input, streamlit_patches
from vae_core import paths
from vae_core.datasets.drawing import PAD
from vae_core.runs.run import RunError

# As JSON, since that is how they travel.
FORGED = [
    "true", "false", "null", "0", "1", "-1", "2.0", "-0.0", "0.5", "NaN", "Infinity", "-Infinity", "1" + 30 * "0",
    '""', '"2"', '"\\u0663"', '"\\u00b2"', '"lecture"', '"start "', '"start drawing"', '"end 3-0"', '"end 9-99999999"',
    '"\\u0000"', '"\\ud800"', '"' + 30_000 * "A" + '"', '"AAAA"', '"=== not base64"', "[]", "[2]", "[[[[]]]]", "{}",
    '{"a": 1}', '{"dot": true}', '{"dot": "2"}', '{"dot": 2.0}', '{"dot": 1e30}', '{"dot": [1]}', '{"group": 7}',
    '{"stream": "a", "number": 1, "kind": "add", "items": [7]}', '{"stream": "b", "number": true, "kind": "add"}',
    '{"stream": "c", "number": 9, "kind": "remove", "items": [{"set": "x", "ids": [true, -1, 1e9]}]}',
    '{"stream": "d", "number": 2, "kind": "open", "items": [{"set": 7, "page": -1}, null, [], "x"]}',
    '{"group": "AAA"}', '{"group": "//8="}', '{"group": {"a": 1}}', '{"group": ""}', '{"dot": -1, "group": null}',
]  # fmt: skip
ODD_STATES = ["", "no JSON", "[1]", "7", '"text"', "null", '{"epoch": ', "[" * 5000, "1" * 5000]
IN_ADDRESS = [  # what the pages and Streamlit's own widgets read from it
    "run", "with", "epoch", "tour", "page", "find", "which", "term", "mission", "done", "start", "end", "path", "steps",
    "part", "seed", "count", "spread", "chosen", "dot", "view", "first", "second", "play", "bubbles", "beta", "set",
    "dataset", "drawing",
]  # fmt: skip
ODD_ADDRESS = ["", "-1", "2.0", "٣", "²", "1e3", "9" * 40, "9" * 5000, "nan", "\0", "a,b", "[2]", "www.evil.example"]
TURNS = 3  # odd addresses of each page
SENT = {  # of the own kind of each of Streamlit's widgets, as only a forger sends them
    "string_value": ["", "nothing", "٣", "lecture", "9" * 5000],
    "double_value": [-1.0, 0.5, 1e30],
    "int_value": [-1, 0, 2**53],
    "double_array_value": [[], [0.5], [-1e30], [1.0, 2.0]],
    "string_array_value": [[], ["nothing"], ["Grid", "Knobs"]],
    "bool_value": [True],
    "trigger_value": [True],
}


def registered(app: AppTest) -> dict[str, Any]:
    """Every widget and component of the page by the name that the browser has for it."""
    return dict(app._session_state._state._new_widget_state.widget_metadata)


def component_states(events: list[str], value: str) -> str:
    return "{" + ", ".join(f"{json.dumps(event)}: {value}" for event in events) + "}"


def forged_states(app: AppTest) -> Iterator[tuple[WidgetStates, int]]:
    """Messages of a forger: in each, every component of the page sends something. And how many values."""
    known = registered(app)
    for turn in range(0, len(FORGED), 5):
        states, count = WidgetStates(), 0
        for k, (wid, metadata) in enumerate(known.items()):  # other values for each component
            values, events = [FORGED[(turn + k + n) % len(FORGED)] for n in range(5)], list(metadata.callbacks or {})
            if metadata.value_type == "json_value" and events:
                told = ", ".join(f"{json.dumps(event)}: {values[0]}" for event in events)
                states.widgets.append(WidgetState(id=wid, json_value="{" + told + "}"))
                count += len(events)
            elif metadata.value_type == "json_trigger_value" and events:
                told = ", ".join(f'{{"event": {json.dumps(e)}, "value": {v}}}' for v in values for e in events)
                states.widgets.append(WidgetState(id=wid, json_trigger_value=f"[{told}]"))
                count += len(values) * len(events)
        if count:
            yield states, count
    for turn in range(2):
        states = WidgetStates()
        for k, (wid, metadata) in enumerate(known.items(), start=turn):
            if metadata.value_type == "json_value":
                states.widgets.append(WidgetState(id=wid, json_value=ODD_STATES[k % len(ODD_STATES)]))
            elif metadata.value_type in SENT:
                kind = list(SENT)[k % len(SENT)] if turn else metadata.value_type
                states.widgets.append(_of_a_widget(wid, kind, SENT[kind][k % len(SENT[kind])]))
        yield states, len(states.widgets)


def _of_a_widget(wid: str, kind: str, value: Any) -> WidgetState:
    state = WidgetState(id=wid)
    if isinstance(value, list):
        getattr(state, kind).data.extend(value)
    else:
        setattr(state, kind, value)
    return state


@pytest.fixture
def harmless(monkeypatch):
    """Buttons that a forger presses start nothing."""
    monkeypatch.setattr("ui.shell.visitor.start", lambda *_, **__: (_ for _ in ()).throw(RunError("Not now.")))
    monkeypatch.setattr("vae_core.analysis.umap_tsne.start", lambda *_: None)


@pytest.mark.parametrize("page", PAGES)
def test_forged_values_of_components_and_widgets_harm_nothing(page, harmless):
    app, forged = show(page), 0
    check(app)
    for states, count in forged_states(app):
        app._run(states)  # as a message from the browser, through Streamlit's own readers
        check(app)
        forged += count
    assert forged, "nothing of this page was forged"


@pytest.mark.parametrize("page", PAGES)
def test_forged_addresses_harm_nothing(page, harmless):
    for turn in range(TURNS):
        odd = {name: ODD_ADDRESS[(turn * 5 + k) % len(ODD_ADDRESS)] for k, name in enumerate(IN_ADDRESS)}
        check(show(page, **odd))


def test_enough_is_forged():
    assert len(PAGES) * TURNS * len(IN_ADDRESS) >= 500  # in addresses alone


def test_what_is_honest_arrives():
    app = show("samples", run="two-knobs", part="Knobs")
    (knobs,) = [wid for wid, each in registered(app).items() if wid.endswith("latent_knobs") and each.callbacks]
    (feed,) = [wid for wid, each in registered(app).items() if wid.endswith("decoder_feed") and each.callbacks]
    app._run(WidgetStates(widgets=[
        WidgetState(id=knobs, json_value='{"start": 0}'), WidgetState(id=feed, json_value='{"epoch": 3}')
    ]))  # fmt: skip
    for _ in range(2):  # and is remembered
        sent = {node.proto.component_name: node.proto for node in nodes(app._tree) if is_component(node)}
        assert json.loads(sent["latent_lab_knobs"].json)["place"] == 0
        assert head_of(sent["latent_lab_feed"].bytes)["epoch"] == 3
        app._run(WidgetStates())


def test_numbers_arrive_as_a_browser_sends_them():
    """Of whole ones a browser sends another kind than Streamlit asks for, and nothing of those that were emptied."""
    app = show("train")
    name = {wid.rsplit("-", 1)[-1]: wid for wid, each in registered(app).items() if each.value_type == "double_value"}
    for sent, meant in (({"int_value": 64}, 64), ({}, None), ({"int_value": 32}, 32), ({"string_value": "64"}, 32)):
        app._run(WidgetStates(widgets=[
            WidgetState(id=name["hidden_dim"], **sent), WidgetState(id=name["epochs"], int_value=12),
            WidgetState(id=name["beta"], double_value=0.5),
        ]))  # fmt: skip
        check(app)
        assert [app.session_state[each] for each in ("hidden_dim", "epochs", "beta")] == [meant, 12, 0.5]


def is_component(node: Any) -> bool:
    return bool(getattr(getattr(node, "proto", None), "component_name", ""))


def test_a_browsers_name_arrives(monkeypatch):
    monkeypatch.setenv("VAE_HOSTED", "1")
    monkeypatch.setattr("vae_core.jobs.queue_dispatcher.keep_going", lambda *_: None)
    app = show("runs")
    assert not app.file_uploader
    (name,) = [
        wid for wid, each in registered(app).items() if "visitor_token" in wid and each.value_type == "json_value"
    ]
    app._run(WidgetStates(widgets=[WidgetState(id=name, json_value='{"token": "%s"}' % ("0123456789abcdef" * 2))]))
    check(app)
    assert app.file_uploader and len(app.session_state["visitor"]) == 64


def test_what_is_sent_before_the_page_has_the_widget_harms_nothing():
    """After a server has started anew, a browser sends what it knows to a session that knows nothing."""
    known = registered(show("samples"))
    states = WidgetStates(widgets=[WidgetState(id=wid, string_value="x") for wid in known])
    app = at("samples")
    app._run(states)
    check(app)
    assert app.number_input(key="seed").value == 0


def test_start_pressed_on_a_page_that_was_drawn_anew_starts_nothing(own_run, monkeypatch):
    started = []
    monkeypatch.setattr("ui.shell.visitor.start", lambda config, one_epoch: started.append(config) or own_run)
    app = show("train")
    (start,) = [wid for wid in registered(app) if "start_training" in wid]
    pressed = WidgetStates(widgets=[WidgetState(id=start, trigger_value=True)])
    app._run(pressed)
    check(app)
    assert len(started) == 1 and app.query_params["run"] == own_run.id
    app._run(pressed)  # a second click, which was on its way while the page drew the run
    check(app)
    assert len(started) == 1


# ---- the checks


def test_only_the_exact_kind_counts():
    odd = [json.loads(text) for text in FORGED if "ud800" not in text]
    number = [value for value in odd if type(value) is int and 0 <= value < 3]
    assert [value for value in odd if browser_input.place(value, 3) is not None] == number == [0, 1]
    assert [value for value in odd if browser_input.whole_number(value, -1, 3) is not None] == [0, 1, -1]
    assert not [value for value in odd if browser_input.token(value)]
    assert not [value for value in odd if browser_input.word(value, {"a", "b"})]
    assert not [value for value in odd if browser_input.one_of(value, range(5, 22))]
    assert browser_input.one_of(True, (True, False)) is True and browser_input.one_of(1, (True, False)) is None
    assert [value for value in odd if isinstance(value, str) and len(value) > 1000 and browser_input.text(value)] == []
    assert browser_input.token("0123456789abcdef" * 2) and not browser_input.token("0123456789abcdef" * 2 + "\n")


def test_an_epoch_is_the_nearest_of_the_film():
    film = [0, 5, 10]
    assert [browser_input.epoch(value, film) for value in (0, 2, 3, 10, 99)] == [0, 0, 5, 10, 10]
    assert [browser_input.epoch(value, film) for value in (True, 5.0, "5", None, [5], -5, 10**30)] == [None] * 7


def test_a_drawing_has_exactly_its_pixels():
    whole = base64.b64encode(bytes(PAD * PAD)).decode()
    assert browser_input.pixels(whole, PAD).shape == (PAD, PAD)
    assert not browser_input.pixels("", PAD).any()
    for odd in (whole[:-4], whole + "AAAA", whole[:-1] + "*", None, [], {}, 7, True, "é" * len(whole)):
        assert browser_input.pixels(odd, PAD) is None


def test_a_drawing_in_an_address_holds_a_bit_a_pixel():
    drawing = np.random.default_rng(0).integers(0, 2, (35, 35)).astype(np.uint8)
    text = base64.urlsafe_b64encode(np.packbits(drawing).tobytes()).decode().rstrip("=")
    assert len(text) < browser_input.LONGEST
    assert (browser_input.bits(text, 35) == drawing * 255).all()
    for odd in ("", text[:-4], text + "AAAA", text[:-1] + "*", text[:-1] + "=", "é" * len(text), None, 7, [], True):
        assert browser_input.bits(odd, 35) is None


def test_a_group_holds_places_of_the_map():
    def sent(*found: int) -> str:
        return base64.b64encode(np.array(found, "<u2").tobytes()).decode()

    assert browser_input.places(sent(4, 2, 4), 5).tolist() == [2, 4]
    for odd in (sent(5), sent(), sent(*range(5), 1), "AA==", "A", None, 7, [], True):
        assert browser_input.places(odd, 5) is None


# ---- nobody reads past the door

OURS = {  # keys of the session that no widget and no component has
    "app_around", "arrival_outcome", "arrived_file", "chosen_sample", "current_run", "drawing", "group", "just_deleted",
    "drawing_refused", "drawing_sum", "landmarks", "moments_sent", "stands_in", "preset",
    "asked_dataset", "class_begins", "class_browser", "class_chosen", "class_closing", "class_followed",
    "class_handing",
    "class_keep", "class_long_code", "class_page", "class_seat", "class_to_room", "class_trouble", "class_turned",
    "more_of", "new_training", "other_run", "own_asked", "own_changes", "own_drawn",
    "own_letters", "own_open", "own_pages", "own_report", "own_set", "own_streams", "own_trouble", "own_undo",
    "own_upload_class", "own_uploads", "form_default", "scene_window", "seed_of_drawing", "seed_of_hundred",
    "class_drawing", "class_refused", "class_set", "class_to_training", "class_watched", "drawing_turn",
    "mission_answered", "mission_visit",
    "shelf_error", "start_error", "start_when_known", "steering_error", "to_morph", "tour", "visitor",
    "lecture_door", "tour_go",
}  # fmt: skip


def read_past_the_door(source: str) -> list[str]:
    """Where a module reads the address, or the session under a key that a browser could fill."""
    tree, found = ast.parse(source), []
    allowed: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            allowed.add(node.value)  # writing
        elif isinstance(node, ast.Subscript) and _is_ours(node.slice):
            allowed.add(node.value)
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args and _is_ours(node.args[0])
        ):
            allowed.add(node.func.value)  # .get, .pop, .setdefault
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "query_params":
            found.append(f"line {node.lineno}: the address")
        if isinstance(node, ast.Attribute) and node.attr == "session_state" and node not in allowed:
            found.append(f"line {node.lineno}: the session")
    return found


def _is_ours(key: ast.AST | None = None) -> bool:
    if isinstance(key, ast.JoinedStr):
        return isinstance(key.values[0], ast.Constant) and key.values[0].value == "chosen_"
    name = key.value if isinstance(key, ast.Constant) else "app_around" if getattr(key, "id", "") == "AROUND" else None
    return name in OURS


SOURCES = [
    paths.ROOT / "app.py",
    *(file for folder in ("ui", "pages") for file in sorted((paths.ROOT / folder).rglob("*.py"))),
]


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.relative_to(paths.ROOT).as_posix())
def test_no_module_reads_past_the_door(file: Path):
    if file.name != "browser_input.py":
        assert read_past_the_door(file.read_text("utf-8")) == []


def test_the_door_is_watched():
    for source in (
        'st.query_params.get("run")', 'x = st.session_state["dot"]', 'st.session_state.get(key, {}).get("epoch")',
        "st.session_state.dot", "x = st.session_state[key]", "state = st.session_state",
    ):  # fmt: skip
        assert read_past_the_door(source)
    for source in ('st.session_state["dot"] = 1', 'st.session_state.get("tour")', 'x = st.session_state["visitor"]'):
        assert not read_past_the_door(source)


def test_the_form_that_a_widget_expects_outlasts_what_was_sent_last():
    """Streamlit notes in its place the form of the last value that came, none after a field was emptied."""
    widget = WidgetMetadata("field", int, str, value_type="double_value")
    widget = replace(widget, deserializer=streamlit_patches._Reader.of(widget))
    for last in ("double_value", "int_value", "string_value", None):
        later = replace(widget, value_type=last)
        assert streamlit_patches._fits(WidgetState(id="field", int_value=12), later)
        assert not streamlit_patches._fits(WidgetState(id="field", string_value="12"), later)
