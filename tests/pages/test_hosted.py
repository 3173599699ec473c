"""A shared server's pages: one's own runs, others' by their link, the queue, and limits said beforehand."""

import os
import shutil

import pytest

from tests.pages.test_pages import PAGES, _here, check, finished, set_state, show, words  # noqa: F401 (fixtures)
from ui.shell import visitor
from ui.train import steering
from vae_core import paths
from vae_core.analysis import umap_tsne
from vae_core.jobs import launcher, queue_dispatcher
from vae_core.runs import lifecycle
from vae_core.runs.index import find_run, own_runs
from vae_core.runs.run import Run, RunError

ME, OTHER = "a" * 64, "b" * 64


@pytest.fixture(autouse=True)
def shared(monkeypatch):
    """A shared server on which this visitor is known and nobody runs the queue."""
    monkeypatch.setenv("VAE_HOSTED", "1")
    monkeypatch.setattr(queue_dispatcher, "keep_going", lambda *_: None)
    monkeypatch.setattr(launcher, "spawn", lambda run: None)
    monkeypatch.setattr(visitor, "me", lambda: ME)


def give(run: Run, owner: str) -> Run:
    lifecycle.note(run, owner=owner)
    return run


@pytest.mark.parametrize("page", PAGES)
def test_every_page_works_for_a_visitor_without_runs(page):
    app = show(page)
    check(app)
    assert not app.error


def test_a_link_lets_one_look_and_not_touch(finished):  # noqa: F811
    give(finished, OTHER)
    set_state(finished, "running")
    app = show("train", run="mine")
    check(app)
    assert "Learning epoch" in words(app)
    assert "belongs to someone else" in words(app)
    assert not [b.key for b in app.button if b.key.endswith("_training")]
    with pytest.raises(RunError, match="belongs to someone else"):
        visitor.steer(finished, "stop")
    assert finished.control() == "run"


@pytest.mark.parametrize("owner", [ME, OTHER])
def test_only_its_owner_has_the_server_make_a_map(finished, owner, monkeypatch):  # noqa: F811
    give(finished, owner)
    made = []
    monkeypatch.setattr(umap_tsne, "start", lambda run, view, epochs: made.append(view))
    app = show("map", run="mine", view="UMAP")
    check(app)
    assert made == (["umap"] if owner == ME else [])
    assert ("only its owner can have one made" in words(app)) == (owner == OTHER)


@pytest.mark.parametrize("page", ["train", "runs", "samples"])
def test_others_runs_are_not_offered(page, finished):  # noqa: F811
    give(finished, OTHER)
    set_state(finished, "running")
    app = show(page)
    check(app)
    assert "Yours" not in words(app) and "Shared" not in words(app)
    assert "Learning epoch" not in words(app)
    if page == "samples":
        assert "mine" not in app.selectbox(key="run_picker").options


def test_ones_own_running_training_is_found_without_an_address(finished):  # noqa: F811
    give(finished, ME)
    set_state(finished, "running")
    shutil.copytree(finished.path, paths.runs_dir() / "theirs")
    give(Run(paths.runs_dir() / "theirs"), OTHER)
    app = show("train")
    assert app.session_state["current_run"] == "mine"
    assert [b.key for b in app.button if b.key.endswith("_training")] == ["pause_training", "stop_training"]


def test_the_limits_stand_on_the_form_and_too_much_is_refused_there():
    app = show("train")
    assert "at most 100 epochs" in words(app)
    app.number_input(key="epochs").set_value(101).run()
    assert [e.value for e in app.error] == ["This shared server trains at most 100 epochs; you asked for 101."]
    assert app.button(key="start_training").disabled


def test_a_second_training_waits_and_can_leave_the_line(finished):  # noqa: F811
    give(finished, OTHER)
    set_state(finished, "running", seconds_left=130.0)
    app = show("train")
    app.button(key="start_training").click().run()
    check(app)
    (mine,) = [run for run in own_runs() if run.about.owner == ME]
    assert mine.status().state == "queued"
    assert "Waiting in the queue" in words(app)
    assert steering.numbers(mine, mine.status(), "run")["facts"] == "1 training is ahead of yours: about 2 min."
    app.button(key="cancel_training").click().run()
    check(app)
    assert mine.status().state == "stopped"
    app.button(key="resume_training").click().run()
    assert mine.status().state == "queued"


def test_a_refusal_of_the_queue_is_one_sentence_on_the_form(monkeypatch):
    monkeypatch.setenv("VAE_HOSTED_QUEUE", "0")
    app = show("train")
    app.button(key="start_training").click().run()
    check(app)
    assert "queue of this server is full" in app.error[0].value
    assert not own_runs()


def test_only_ones_own_runs_can_be_named_and_deleted_and_few_pinned(finished, monkeypatch):  # noqa: F811
    from ui.runs import cards

    give(finished, OTHER)
    app = show("runs", run="mine")  # by its link
    check(app)
    assert "Shared" in words(app) and not [b for b in app.button if b.key == "delete_mine"]
    for change in (lambda: cards._delete(finished), lambda: cards._save(finished, "x", False)):
        with pytest.raises(RunError, match="belongs to someone else"):
            change()
    give(finished, ME)
    monkeypatch.setenv("VAE_HOSTED_PINS", "0")
    with pytest.raises(RunError, match="you can pin 0 runs"):
        cards._save(Run(finished.path), "x", True)
    app = show("runs")
    app.button(key="delete_mine").click().run()
    check(app)
    assert find_run("mine") is None
    app.button(key="undo_delete").click().run()
    check(app)
    assert find_run("mine") is not None


def test_locally_nothing_of_this_is_in_the_way(finished, monkeypatch):  # noqa: F811
    monkeypatch.setenv("VAE_HOSTED", "0")
    give(finished, OTHER)
    app = show("train", run="mine")
    assert "someone else" not in words(app)
    assert visitor.owns(finished) and os.environ["VAE_HOSTED"] == "0"
    assert "shared server" not in words(show("train"))


def test_what_needs_a_name_waits_until_the_browser_has_said_it(monkeypatch):
    name = ""
    monkeypatch.setattr(visitor, "me", lambda: name)
    app = show("runs")
    check(app)
    assert not app.file_uploader and "Still connecting" in words(app)
    train = show("train")
    train.button(key="start_training").click().run()
    check(train)
    assert not own_runs() and "Still connecting" in words(train) and not train.error
    name = ME
    assert app.run().file_uploader
    check(train.run())  # the early click was not lost
    (run,) = own_runs()
    assert run.about.owner == ME and train.session_state["current_run"] == run.id


def test_an_early_click_is_forgotten_by_who_went_to_other_pages_meanwhile(monkeypatch):
    name = ""
    monkeypatch.setattr(visitor, "me", lambda: name)
    app = show("train")
    app.button(key="start_training").click().run()
    app.switch_page("pages/glossary.py").run()
    name = ME
    check(app.run())
    check(app.switch_page("pages/train.py").run())  # once it was drawn again and again, without an end
    assert app.button(key="start_training") and not own_runs()
