"""A shared server and two visitors, each in a browser of their own."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Server
from tests.browser.test_browser import settle, start_training


@pytest.fixture
def shared(tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_HOSTED", "1")
    server = Server(tmp_path)
    yield server
    server.end()


def test_two_visitors_take_turns_and_cannot_touch_each_others_runs(shared, open_page):
    anna, ben = open_page(shared.url + "/train"), open_page(shared.url + "/train")
    settle(anna)
    first = start_training(anna, shared, epochs=50, batch_size=16, hidden_dim=800)
    anna.wait_for_selector(".st-key-stop_training button")

    settle(ben)
    assert ben.query_selector(".st-key-start_training button"), "Anna’s training is not shown to Ben by itself"
    ben.click(".st-key-start_training button")
    ben.wait_for_selector("text=Waiting in the queue")
    ben.wait_for_selector("text=1 training is ahead of yours")
    ben.reload()
    ben.wait_for_selector(".st-key-cancel_training button")  # the browser remembers whose it is
    second = re.search(r"run=([^&]+)", ben.url)[1]

    look = open_page(f"{shared.url}/train?run={first.id}")
    look.wait_for_selector("text=belongs to someone else")
    look.wait_for_selector(".st-key-loss_curves canvas")
    assert not look.query_selector(".st-key-stop_training")

    anna.click(".st-key-stop_training button")
    anna.wait_for_selector("text=/Stopped (after|before)/")
    ben.wait_for_selector(".st-key-loss_curves canvas")
    assert {run.id: run.about.owner for run in shared.runs()}.keys() == {first.id, second}
    assert len({run.about.owner for run in shared.runs()}) == 2
    anna.goto(shared.url + "/runs")
    anna.wait_for_selector(f".st-key-delete_{first.id}")
    assert not anna.query_selector(f".st-key-delete_{second}")
