"""What the explore pages say and offer: doors of a stopped run, a film's length, shares of a group, a map's window."""

from __future__ import annotations

import base64
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.pages.test_pages import _here, check, finished, head_of, set_state, show, words  # noqa: F401
from ui.compare import tasks
from ui.components import browser_decoder, epoch_slider, latent_map
from ui.components.bridge import packed
from ui.components.browser_decoder import packed_decoder
from ui.map import details, story
from ui.shell import run_picker
from ui.store import cache
from vae_core import measured
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


@pytest.mark.parametrize(("name", "view"), [("two-knobs", "dims"), ("lecture", "pca"), ("lecture", "space")])
def test_the_dots_travel_small_and_arrive(name, view):
    run = gallery(name)
    path, epochs = str(run.path), run_picker.film(run)
    told = latent_map.payload(path, tuple(epochs), view)
    wide = len(told["axes"])
    assert wide == (3 if view == "space" else 2)
    message = latent_map.sent(told)
    head = head_of(message)
    assert head["epochs"] == epochs and "points" not in head
    at = len(message) - sum(head["lengths"])
    for text, long, (low, high) in zip(told["points"], head["lengths"], head["corners"], strict=True):
        places = np.frombuffer(base64.b64decode(text), "<f2").reshape(-1, wide).astype(float)
        a, b, c = np.frombuffer(message[at : at + long], np.uint8).astype(int).reshape(-1, 3).T
        steps = np.stack([a << 4 | b >> 4, (b & 15) << 8 | c], 1).ravel()[: places.size].reshape(-1, wide)
        step = (np.array(high) - low) / latent_map.STEPS
        assert (np.abs(np.array(low) + steps * step - places) <= 0.501 * step).all()
        at += long


@pytest.mark.parametrize("name", ["two-knobs", "lecture"])
def test_no_more_than_a_megabyte_of_ours_is_sent_for_a_map(name):
    """The large ones of its messages; the scripts, which are 0.08 MB more, travel compressed."""
    run = gallery(name)
    path, epochs, view = str(run.path), run_picker.film(run), "dims" if run.config.latent_dim == 2 else "pca"
    here = cache.originals(run, (0,)) is not None
    sent = [
        latent_map.sent({
            **latent_map.payload(path, tuple(epochs), view), "pictures": details.pictures(run, epochs[-1], here),
            "bubbles": details.bubbles(path, tuple(epochs), view),
        }),
        details.sheet(path, epochs[-1], 0),
    ]  # fmt: skip
    if run.config.latent_dim == 2:
        sent.append(packed(*packed_decoder(path, epochs[-1])))
    assert sum(map(len, sent)) < 920_000


def test_settings_that_differ_are_called_as_in_the_form():
    found = {name: (a, b) for name, a, b in tasks.differences(gallery("digits"), gallery("lecture"))}
    assert found["Dataset"] == ("Small digits", "MNIST (55,000)")
    assert found["Epochs"] == ("30", "10")


def test_a_model_with_one_epoch_does_not_speak_of_epochs():
    app = show("map", run="beta-4")
    check(app)
    assert "from epoch to epoch" not in words(app)


def test_a_decoder_whose_codes_lie_absurdly_far_out_is_sent_whole_and_no_plane_is_looked_at_in_many_places(monkeypatch):
    run = gallery("two-knobs")
    assert len(browser_decoder._halved(browser_decoder.TOO_FAR)) <= 8
    monkeypatch.setattr(browser_decoder, "_without_idle", lambda *_: pytest.fail("it is looked at"))
    head, _ = packed_decoder(str(run.path), run.config.epochs, 1e30)
    assert head["layers"] == run.architecture.to_json()["decoder"]


def test_of_a_convolutional_decoder_only_the_linear_beginning_is_looked_at(monkeypatch):
    asked = []

    def spy(name):
        return lambda layer, own, x: asked.append(name) or x

    monkeypatch.setattr(
        browser_decoder.inference, "LAYERS", {name: spy(name) for name in ("linear", "relu", "reshape")}
    )
    layers = [{"type": name} for name in ("linear", "relu", "reshape", "linear", "relu", "linear")]
    monkeypatch.setattr(browser_decoder, "weights_of", lambda layer: ())
    assert browser_decoder._without_idle(layers, {}, 12.0)[0] == layers
    assert asked == ["linear", "relu"]


def test_a_map_in_space_has_a_window_for_it_however_it_is_turned():
    run = gallery("lecture")
    told = latent_map.payload(str(run.path), tuple(run_picker.film(run)), "space")
    (low, high), (bottom, top) = told["range"]
    assert (low, bottom, top) == (-high, -high, high)
    assert latent_map.with_room(told, []) is told
    assert latent_map.with_room(told, [np.float32([[0.5 * high, 0, 0]])]) is told
    far = np.float32([[3 * high, 0, 4 * high], [np.nan, 0, 0]])
    (low, wider), up = latent_map.with_room(told, [far])["range"]
    assert 5 * high < wider < 6 * high and [low, wider] == up and low == -wider


def test_class_separation_stands_beside_that_of_the_plain_pixels_where_these_are_here(monkeypatch):
    run = find_run("lecture")
    pixels = details.figures(run, [10])["pixels"]
    assert pixels == pytest.approx(measured.load("spaces")["separation"]["lecture"]["pixels"], abs=0.01)
    assert 0.5 < pixels < details.figures(run, [10])["separation"][0]
    monkeypatch.setattr(cache, "_test_pictures", lambda dataset: None)
    assert details.figures(run, [10])["pixels"] is None
