"""Own pictures on a shared server: only their owner sees and uses them, within limits that are told beforehand."""

from __future__ import annotations

import pytest

from tests.pages.own_pictures_page import data_of, made, picture, post
from tests.pages.test_pages import _here, check, show, words  # noqa: F401 (fixture)
from ui.pictures import cards, shelf
from ui.shell import visitor
from vae_core.jobs import queue_dispatcher
from vae_core.pictures import freezing, preparing, sets
from vae_core.runs.run import RunError

ME, OTHER = "a" * 64, "b" * 64

pytestmark = pytest.mark.usefixtures("nothing_trains")


@pytest.fixture
def shared(monkeypatch):
    """A shared server on which this visitor is known and nobody runs the queue."""
    monkeypatch.setenv("VAE_HOSTED", "1")
    monkeypatch.setattr(queue_dispatcher, "keep_going", lambda *_: None)
    monkeypatch.setattr(visitor, "me", lambda: ME)


def test_a_shared_server_says_its_limits_beforehand(shared):
    app = show("pictures")
    check(app)
    assert "3 sets" in words(app) and "3,000 pictures" in words(app) and "Only you see your pictures" in words(app)


def test_others_sets_are_neither_seen_nor_changed(shared):
    theirs = made({"a": 25}, "Secret", OTHER)
    app = show("pictures", set=theirs.id)
    check(app)
    assert data_of(app, "own_studio")["set"] == "" and "Secret" not in words(app)
    with pytest.raises(sets.SetError):
        cards.act(theirs.id, "remove_class", {"class_name": "a"})
    post(app, "own_studio", 1, "add", picture())
    assert theirs.info.count == 25 and len(sets.list_sets(ME)) == 1
    post(app, "own_cards", 1, "remove", {"set": theirs.id, "ids": theirs.ids().tolist()})
    assert theirs.info.count == 25
    assert sets.list_sets(ME)[0].id not in (None, theirs.id)


def test_others_pictures_are_not_trained_on(shared):
    name = freezing.freeze(made({"a": 20, "b": 20}, "Secret", OTHER), preparing.Preparation()).name
    app = show("train", dataset=name)
    check(app)
    assert app.selectbox(key="dataset").value != name and "Secret" not in words(app)
    assert not visitor.may_use(name) and name not in visitor.own_datasets()
    from vae_core.config import Config

    with pytest.raises(RunError, match="someone else"):
        visitor.start(Config(dataset=name), one_epoch=False)


def test_a_visitor_has_so_many_sets_and_a_set_so_many_pictures(shared, monkeypatch):
    monkeypatch.setenv("VAE_HOSTED_SETS", "1")
    monkeypatch.setenv("VAE_HOSTED_PICTURES", "4")
    made({"a": 3}, owner=ME)
    app = show("pictures")
    app.selectbox(key="own_chosen").set_value(shelf.NEW).run()
    check(app)
    assert len(sets.list_sets()) == 1 and "1 set" in data_of(app, "own_studio")["trouble"]
    post(app, "own_studio", 1, "add", *(picture(k) for k in range(3)))
    sent = data_of(app, "own_studio")
    assert sets.list_sets()[0].info.count == 4 and sent["taken"] == 1 and "at most" in sent["skipped"][0][1]


def test_what_comes_before_the_browser_has_said_its_name_waits(shared, monkeypatch):
    monkeypatch.setattr(visitor, "me", lambda: "")
    app = post(show("pictures"), "own_studio", 1, "add", picture())
    assert not sets.list_sets() and data_of(app, "own_studio")["done"] == 0, "it will be sent again"
