"""The page for own pictures trains on a set, or hands it to the form with all settings."""

from __future__ import annotations

import pytest

from tests.pages.own_pictures_page import is_shown, made
from tests.pages.test_pages import _here, check, show, words  # noqa: F401 (fixture)
from vae_core.datasets import own
from vae_core.pictures import freezing, preparing
from vae_core.runs.index import own_runs

pytestmark = pytest.mark.usefixtures("nothing_trains")


def test_train_freezes_the_set_and_starts_with_settings_that_suit_it():
    made_ = made({"a": 20, "b": 20})
    app = show("pictures")
    app.button(key="own_train").click().run()
    check(app)
    (run,) = own_runs()
    (name,) = own.versions()
    wanted = freezing.suggested(made_, preparing.guess(made_.rgba()))
    assert run.config.dataset == name and {key: getattr(run.config, key) for key in wanted} == wanted
    assert app.session_state["current_run"] == run.id, "the page shows it"
    assert not show("pictures").error, "and the set can be changed and trained on again"


def test_nineteen_pictures_are_too_few():
    made({"a": 10, "b": 9})
    app = show("pictures")
    assert not is_shown(app, "own_train") and "1 more is" in app.get("progress")[0].proto.text


def test_all_settings_leads_to_the_form_with_the_set_chosen():
    made({"a": 20, "b": 20})
    app = show("pictures")
    app.button(key="own_all_settings").click().run()
    check(app)
    (name,) = own.versions()
    assert app.selectbox(key="dataset").value == name and app.session_state["network"] == "deep"
    assert "Strokes" in words(app) and "It takes" in words(app)
    app.button(key="start_training").click().run()
    check(app)
    assert [run.config.dataset for run in own_runs()] == [name]


def test_another_dataset_can_be_chosen_after_a_link_to_the_form():
    name = freezing.freeze(made({"a": 20, "b": 20}), preparing.Preparation()).name
    app = show("train", dataset=name)
    assert app.selectbox(key="dataset").value == name
    app.selectbox(key="dataset").set_value("mnist-5k").run()
    assert app.selectbox(key="dataset").value == "mnist-5k"
    assert show("train", dataset="own-" + "0" * 16).selectbox(key="dataset").value == "mnist-5k"
