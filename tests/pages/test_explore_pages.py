"""What the explore pages say and offer: doors of a stopped run, a film's length, shares of a group, a map's window."""

from __future__ import annotations

import base64
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.pages.test_pages import _here, check, finished, set_state, show, words  # noqa: F401
from ui.compare import tasks
from ui.components import epoch_slider, latent_map
from ui.map import story
from ui.shell import run_picker
from ui.store import cache
from vae_core.runs.index import find_run
from vae_core.runs.run import Run


def gallery(name: str) -> Run:
    run = find_run(name, folder=Path("nowhere"))
    assert run is not None
    return run


@pytest.mark.parametrize(
    ("state", "epoch", "offered"), [("finished", 5, True), ("stopped", 2, True), ("stopped", 0, False)]
)
def test_a_run_that_can_be_explored_offers_its_doors(state, epoch, offered, finished):  # noqa: F811
    set_state(finished, state, epoch=epoch)
    app = show("train", run="mine")
    check(app)
    assert ("Explore its map" in [link.proto.label for link in app.get("page_link")]) == offered


def test_an_epoch_is_counted_towards_the_whole_training(finished, monkeypatch):  # noqa: F811
    sent = {}
    monkeypatch.setattr(epoch_slider, "_epoch", lambda key, data: sent.update(data))
    epoch_slider.epoch_slider(finished, [0, 1, 2])
    assert (sent["epochs"], sent["of"]) == ([0, 1, 2], finished.config.epochs)


def test_the_shares_of_a_group_are_those_of_its_labels():
    run, places = gallery("two-knobs"), np.arange(50)
    _, told = story.of_group(run, [10], places)
    counted = Counter(str(label) for label in cache.labels(str(run.path))[places])
    assert {kind: int(share) for kind, share in re.findall(r"\*\*(\d)\*\* \((\d+)%\)", told)} == {
        kind: 2 * number for kind, number in counted.items()
    }


@pytest.mark.parametrize("name", ["two-knobs", "lecture", "beta-0"])
def test_hardly_a_dot_of_the_last_epoch_lies_off_the_map(name):
    run = gallery(name)
    told = latent_map.payload(
        str(run.path), tuple(run_picker.film(run)), "dims" if run.config.latent_dim == 2 else "pca"
    )
    last = np.frombuffer(base64.b64decode(told["points"][-1]), "<f2").reshape(-1, 2).astype(float)
    low, high = np.array(told["range"]).T
    assert ((last < low) | (last > high)).any(1).mean() <= 0.0005


def test_settings_that_differ_are_called_as_in_the_form():
    found = {name: (a, b) for name, a, b in tasks.differences(gallery("digits"), gallery("lecture"))}
    assert found["Dataset"] == ("Small digits", "MNIST (55,000)")
    assert found["Epochs"] == ("30", "10")


def test_a_model_with_one_epoch_does_not_speak_of_epochs():
    app = show("map", run="beta-4")
    check(app)
    assert "from epoch to epoch" not in words(app)
