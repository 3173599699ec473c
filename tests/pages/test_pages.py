"""Every page in every state: no run at all, gallery only, a running, a finished and a broken run."""

import base64
import io
import json
import os
import shutil
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from tests.pages.weight import weight
from ui.shell import pages
from ui.shell.errors import plain
from ui.train import preset_cards
from vae_core import os_compat, paths
from vae_core.config import PRESETS, Config
from vae_core.runs import files
from vae_core.runs.index import list_runs
from vae_core.runs.run import RESUMABLE, Run, write_status

IDEAS = ["lecture", "autoencoder", "bubbles", "noise", "loss", "missions", "lesson", "glossary"]
PAGES = ["start", "train", "pictures", "map", "samples", "morph", "draw", "classroom", "compare", "runs", *IDEAS]
PARTS = [("samples", {"part": "Knobs"}), ("samples", {"part": "Plane"}), ("map", {"run": "lecture", "view": "UMAP"})]
MEGABYTE = 1_000_000
ON_A_RUN = ["map", "samples", "morph", "draw", "compare", "loss"]


@pytest.fixture(autouse=True)
def _here(monkeypatch, tmp_path):
    """Own runs in a folder of the test's, and no dataset but the embedded one."""
    monkeypatch.setenv("VAE_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("VAE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(paths.ROOT)
    # AppTest takes every run for a cold server's first, on which ``through_app`` starts over and a click would be lost.
    original = PagesManager.__init__

    def warm(self, *args, **kwargs):
        original(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", warm)


@pytest.fixture
def finished(finished_run) -> Run:
    """A finished run among the visitor's own."""
    target = paths.runs_dir() / "mine"
    shutil.copytree(finished_run.path, target)
    return Run(target)


def at(page: str) -> AppTest:
    """A visit that will begin with the address of a page."""
    app = AppTest.from_file(str(paths.ROOT / "app.py"), default_timeout=30)
    if page != "start":  # by its address, which AppTest takes from the file's name before the first run
        app._page_hash = calc_hash(pages.BY_NAME[page].address or page)
    return app


def show(page: str, /, **params: str) -> AppTest:
    """A visit that begins with the address of a page."""
    app = at(page)
    for name, value in params.items():
        app.query_params[name] = value
    return app.run()


def head_of(message: bytes) -> dict:
    """What stands before the bytes in a message of ``bridge.packed``."""
    return json.loads(message[4 : 4 + int.from_bytes(message[:4], "little")])


def words(app: AppTest) -> str:
    return " ".join(e.value for kind in ("markdown", "caption", "info", "warning", "error") for e in app.get(kind))


def check(app: AppTest) -> None:
    assert not app.exception, [e.value for e in app.exception]


def set_state(run: Run, state: str, **changes: object) -> None:
    """Put a run into a state, as a trainer of this very process would."""
    status = replace(run.status(), state=state, pid=os.getpid(), born=os_compat.born(), **changes)
    write_status(run, status)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_any_run_says_what_to_do(page, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "GALLERY", tmp_path / "no-gallery")
    app = show(page)
    check(app)
    if page in ON_A_RUN:
        assert "no trained model" in words(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_something_to_show_from_the_gallery_alone(page):
    app = show(page)
    check(app)
    assert not app.error
    assert not app.warning
    if page in ON_A_RUN:
        assert app.selectbox(key="run_picker").value in ("lecture", "two-knobs")
    assert weight(app) < MEGABYTE


@pytest.mark.parametrize(("page", "address"), PARTS)
def test_no_part_of_a_page_weighs_more_than_a_megabyte(page, address):
    app = show(page, **address)
    check(app)
    assert weight(app) < MEGABYTE


@pytest.mark.parametrize("page", ON_A_RUN)
@pytest.mark.parametrize("run", [run.id for run in list_runs(Path("nowhere"))])
def test_every_model_of_the_gallery_can_be_shown(page, run):
    app = show(page, run=run)
    check(app)
    assert app.selectbox(key="run_picker").value == run


@pytest.fixture
def deltas(monkeypatch) -> list:
    """What a browser is sent to draw from here on."""
    found, enqueue = [], ForwardMsgQueue.enqueue

    def seen(queue, message):
        if message.WhichOneof("type") == "delta":
            found.append(message)
        enqueue(queue, message)

    monkeypatch.setattr(ForwardMsgQueue, "enqueue", seen)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_rerun_takes_nothing_away_that_it_draws_again(page, deltas):
    """A slow browser shows what comes between: an open expander would close, and a field lose the cursor."""
    app, drawn = show(page), defaultdict(list)
    deltas.clear()
    check(app.run())
    for message in deltas:
        kind = message.delta.WhichOneof("type")
        if kind == "new_element":
            kind = message.delta.new_element.WhichOneof("type")
        if kind != "new_transient":  # a spinner above what is there
            drawn[tuple(message.metadata.delta_path)].append(kind)
    assert drawn
    assert not {place: kinds for place, kinds in drawn.items() if len(kinds) > 1}


def fits_together(deltas: list) -> bool:
    """Whether a browser can put each where it belongs: after what stands before it, in what holds it."""
    children = {(root,): 0 for root in range(4)}  # of each block: the page, its sidebar, and two more
    for message in deltas:
        place = tuple(message.metadata.delta_path)
        block, number = place[:-1], place[-1]
        if number > children.get(block, -1):
            return False
        children[block] = max(children[block], number + 1)
        children.setdefault(place, 0)
    return True


@pytest.mark.parametrize("page", [*PAGES, "train?run=digits"])
def test_a_fragment_that_runs_again_at_once_leaves_no_gap(page, deltas):
    """Before a busy server has sent what it drew first, with all that stands after it and in it."""
    page, _, run = page.partition("?run=")
    check(show(page, **({"run": run} if run else {})))
    first = list(deltas)
    fragments = {message.delta.fragment_id for message in first} - {""}
    assert fragments or not run
    for fragment in fragments:
        queue = ForwardMsgQueue()
        for message in first:
            queue.enqueue(message)
        queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=[fragment])  # as Streamlit does before it runs
        for message in first:
            if message.delta.fragment_id == fragment:
                queue.enqueue(message)
        assert fits_together(queue.flush())


@pytest.mark.parametrize("page", PAGES)
def test_a_finished_run_is_found_from_the_address(page, finished):
    app = show(page, run="mine")
    check(app)
    assert not app.warning
    if page in ON_A_RUN:
        assert app.selectbox(key="run_picker").value == "mine"
    if page == "train":
        assert "Finished all" in words(app)


@pytest.mark.parametrize("run_id", ["nothing-of-that-name", "../../etc", "/etc/passwd", "", "a/b", "mine\0"])
@pytest.mark.parametrize("page", ["train", *ON_A_RUN])
def test_an_unknown_run_in_the_address_is_said_and_harms_nothing(page, run_id):
    app = show(page, run=run_id)
    check(app)
    if run_id:
        assert len(app.warning) == 1


@pytest.mark.parametrize("page", PAGES)
def test_a_broken_run_is_named_and_harms_no_other(page, finished):
    broken = paths.runs_dir() / "broken"
    shutil.copytree(finished.path, broken)
    (broken / "metrics.jsonl").write_text('{"epoch": 0\n{"epoch": 1}\n')
    app = show(page, run="broken")
    check(app)
    if page in ON_A_RUN:
        assert "damaged" in app.warning[0].value
        assert app.selectbox(key="run_picker").value != "broken"
    if page == "train":
        assert "damaged" in app.error[0].value
    if page == "runs":
        assert "broken" in words(app)
        assert "damaged" in words(app)


@pytest.mark.parametrize("page", ["train", "samples", "morph"])
def test_damaged_weights_are_said_in_a_sentence(page, finished):
    file = finished.weights_file(2)
    raw = bytearray(file.read_bytes())
    raw[-1] ^= 255  # the header is whole, so that only loading notices
    file.write_bytes(raw)
    app = show(page, run="mine")
    check(app)
    assert "damaged" in app.error[0].value


STATES = {
    "starting": ("Starting…", ["stop_training"]),
    "running": ("Learning epoch", ["pause_training", "stop_training"]),
    "paused": ("Paused at epoch", ["resume_training", "step_training", "stop_training"]),
    "finished": ("Finished all", []),
    "stopped": ("Stopped after epoch", ["resume_training"]),
    "failed": ("The disk is full.", ["resume_training"]),
    "interrupted": ("cut off after epoch", ["resume_training"]),
}


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_sentence_and_its_buttons(state, finished, monkeypatch):
    sentence, buttons = STATES[state]
    awake = []
    monkeypatch.setattr("vae_core.jobs.warm_worker.keep_one", lambda: awake.append(state))
    set_state(finished, state, error="The disk is full." if state == "failed" else "")
    app = show("train", run="mine")
    check(app)
    assert sentence in words(app)
    assert [b.key for b in app.button if b.key.endswith("_training")] == buttons
    assert bool(awake) == (state in RESUMABLE)  # a trainer wakes up before it is asked to go on


def test_a_run_asked_to_stop_is_stopping_and_offers_no_button(finished):
    set_state(finished, "running")
    files.write_json(finished.path / "control.json", {"request": "stop"})
    app = show("train", run="mine")
    assert "Stopping" in words(app)
    assert not [b.key for b in app.button if b.key.endswith("_training")]


def test_a_silent_trainer_is_called_interrupted(finished):
    set_state(finished, "running")
    status = files.read_json(finished.path / "status.json")
    files.write_json(finished.path / "status.json", {**status, "heartbeat": time.time() - 3600})
    assert "cut off" in words(show("train", run="mine"))


@pytest.mark.parametrize("request_, button", [("pause", "pause_training"), ("stop", "stop_training")])
def test_a_button_reaches_the_trainer(request_, button, finished):
    set_state(finished, "running")
    app = show("train", run="mine")
    app.button(key=button).click().run()
    check(app)
    assert finished.control() == request_


def test_a_running_training_is_found_without_an_address(finished):
    set_state(finished, "running")
    app = show("train")
    assert "Learning epoch" in words(app)


def test_a_waking_server_shows_a_training_before_its_pictures(finished, monkeypatch):
    set_state(finished, "running")
    with monkeypatch.context() as patch:
        patch.setattr("ui.shell.startup.awake", lambda: False)
        patch.setattr("ui.train.birth._film", lambda *_: pytest.fail("the visitor waits for torch"))
        app = show("train", run="mine")
        check(app)
        assert "are loading" in words(app)
        assert [b.key for b in app.button if b.key.endswith("_training")] == ["pause_training", "stop_training"]
    monkeypatch.setattr("ui.shell.startup.awake", lambda: True)
    drawn = []
    monkeypatch.setattr("ui.train.birth.birth", drawn.append)
    check(show("train", run="mine"))
    assert drawn[-1]["film"]["times"][-1] == 5


@pytest.mark.parametrize(
    "setting, value",
    [("latent_dim", 0), ("latent_dim", 10**6), ("beta", -1.0), ("epochs", 0), ("learning_rate", 5.0), ("seed", -1)],
)
def test_a_bad_setting_is_refused_in_the_command_lines_words(setting, value):
    app = show("train")
    app.number_input(key=setting).set_value(value).run()
    check(app)
    with pytest.raises(ValueError, match=setting) as refused:
        Config(**{setting: value})
    assert [e.value for e in app.error] == [plain(refused.value)]
    assert app.button(key="start_training").disabled
    assert not list(paths.runs_dir().glob("*"))


def test_a_graphics_card_that_is_not_there_is_refused(monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    app = show("train")
    app.selectbox(key="device").set_value("cuda").run()
    app.button(key="start_training").click().run()
    assert plain("Device (device)") in app.error[0].value
    assert not list(paths.runs_dir().glob("*"))


def test_the_presets_fill_the_form():
    app = show("train")
    known = app._session_state._state._new_widget_state.widget_metadata
    (cards,) = [wid for wid, each in known.items() if wid.endswith("preset_cards") and each.callbacks]

    def choose(name: str) -> None:
        app._run(WidgetStates(widgets=[WidgetState(id=cards, json_value=f'{{"chosen": "{name}"}}')]))

    assert app.number_input(key="latent_dim").value == 20
    choose("two-knobs")
    assert app.number_input(key="latent_dim").value == 2
    assert "2 numbers" in words(app)
    choose("no-penalty")
    assert app.number_input(key="beta").value == 0


def test_each_preset_has_a_card_with_what_it_leads_to_and_its_time():
    words = {name: (preset.label, preset.sentence, "about a minute") for name, preset in PRESETS.items()}
    made = preset_cards.payload(words, "two-knobs")
    assert [card["name"] for card in made["cards"]] == list(PRESETS) and made["chosen"] == "two-knobs"
    for card in made["cards"]:
        sheet = Image.open(io.BytesIO(base64.b64decode(card["film"])))
        cell = card["size"]
        assert sheet.size == (made["columns"] * made["rows"] * cell["width"], len(card["captions"]) * cell["height"])
        last = np.asarray(sheet)[-cell["height"] :]
        assert np.ptp(last) > 200, "the last frame shows something"


def test_start_begins_a_trainer_with_the_settings_of_the_form():
    app = show("train")
    app.number_input(key="epochs").set_value(1).run()
    app.number_input(key="hidden_dim").set_value(8).run()
    app.button(key="start_training").click().run()
    check(app)
    (run,) = [run for run in list_runs() if not run.gallery]
    assert json.loads((run.path / "config.json").read_text())["hidden_dim"] == 8
    deadline = time.time() + 60
    while run.status().active and time.time() < deadline:
        time.sleep(0.2)
    assert run.status().state == "finished"


def test_what_is_typed_just_before_the_click_counts(monkeypatch):
    started = []
    monkeypatch.setattr(
        "ui.shell.visitor.start", lambda config, one_epoch: started.append((config, one_epoch)) or Run("x")
    )
    app = show("train")
    app.number_input(key="epochs").set_value(7)
    app.toggle(key="one_epoch").set_value(True)
    app.button(key="start_training").click().run()  # all in one message, as from a slow server's visitor
    assert [(config.epochs, one) for config, one in started] == [(7, True)]
    app = show("train")
    app.number_input(key="epochs").set_value(0)
    app.button(key="start_training").click().run()
    check(app)
    (error,) = app.error
    assert len(started) == 1 and "Epochs" in error.value


def test_another_dataset_leaves_the_other_settings_as_they_were():
    app = show("train")
    app.number_input(key="beta").set_value(3.0).run()
    app.selectbox(key="dataset").set_value("mnist").run()
    assert app.number_input(key="beta").value == 3
    assert app.number_input(key="epochs").value == 10
    assert "with your own settings" in words(app)


@pytest.mark.parametrize("status", ['{"state": "evaluating"}', '{"state": "running", "seconds_left": NaN}', "[]"])
def test_an_odd_status_is_one_broken_run_on_the_list(status, finished):
    (finished.path / "status.json").write_text(status)
    app = show("runs")
    check(app)
    assert "status.json" in words(app)
    assert "The lecture" in words(app)


def test_a_title_from_disk_is_text_and_not_markdown(finished):
    config = files.read_json(finished.path / "config.json")
    files.write_json(finished.path / "config.json", {**config, "title": "![x](http://elsewhere.example/x.png)"})
    for page in ("train", "runs"):
        app = show(page, run="mine")
        check(app)
        assert "![x](" not in words(app)


def test_going_on_keeps_the_curves_and_the_progress(finished, monkeypatch):
    from vae_core.jobs import launcher

    set_state(finished, "stopped")
    monkeypatch.setattr(launcher, "spawn", lambda run: None)
    before = finished.status()
    launcher.resume(finished)
    after = finished.status()
    assert (after.state, after.step, after.steps_per_epoch) == ("starting", before.step, before.steps_per_epoch)


@pytest.mark.parametrize("page", ["map", "samples", "morph", "draw", "train"])
def test_means_of_one_epoch_that_do_not_fit_are_one_sentence(page, finished):
    """A whole zip passes the quick check of a run, so each page and each part that runs by itself must say it."""
    np.savez(finished.latents_file(2), mean=np.zeros((3, 3), np.float16), logvar=np.zeros((3, 3), np.float16))
    app = show(page, run="mine")
    check(app)
    assert any("wrong shape" in error.value for error in app.error)
