"""Compare: the same tasks for two models, and settings that differ."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.pages.test_pages import check, show, words
from ui.compare import maps, tasks
from ui.components import mini_map
from ui.store import cache
from vae_core.analysis.sampling import decode, encode, sample_prior
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.runs import lifecycle
from vae_core.runs.index import find_run
from vae_core.runs.run import Run
from vae_core.training import loop
from vae_core.training.checkpoint import load_model
from vae_core.training.progress_and_pause import Reporter


def gallery(name: str) -> Run:
    run = find_run(name, folder=Path("nowhere"))
    assert run is not None
    return run


def test_a_stranger_sees_no_picture_that_its_owner_looked_at_before(monkeypatch):
    """On a shared server: what /compare remembers is remembered apart."""
    one, other = gallery("lecture"), gallery("beta-10")
    places = maps.linked(one, other)[2]
    mine = maps.pictures(str(one.path), 10, tuple(places.tolist()))
    monkeypatch.setattr(cache.visitor, "may_use", lambda dataset: False)
    theirs = maps.pictures(str(one.path), 10, tuple(places.tolist()))
    assert theirs["png"] != mine["png"] and cache.originals(one, places) is None
    assert not len(tasks.common_pictures(*(str(gallery(name).path) for name in ("lecture", "digits")))[0])
    monkeypatch.undo()
    assert maps.pictures(str(one.path), 10, tuple(places.tolist())) == mine


def test_a_setting_that_changes_nothing_is_none():
    found = {name: pair for name, *pair in tasks.differences(gallery("autoencoder"), gallery("beta-10"))}
    assert found["Beta"] == ["none", "10"]


def test_losses_of_two_measures_are_not_said_to_be_comparable():
    one, other = gallery("lecture"), gallery("beta-10")
    assert tasks.are_comparable(one, other) == ""
    other.__dict__["config"] = replace(other.config, reconstruction="mse")
    assert "measured by" in tasks.are_comparable(one, other)
    assert "different pictures" in tasks.are_comparable(one, gallery("digits"))


@pytest.mark.parametrize(
    ("one", "other"),
    [("lecture", "beta-10"), ("lecture", "autoencoder"), ("two-knobs", "digits"), ("digits", "lecture")],
)
def test_any_two_models_can_be_compared(one, other):
    app = show("compare", run=one, **{"with": other})
    check(app)
    assert not app.error
    assert (app.selectbox(key="run_picker").value, app.selectbox(key="other_picker").value) == (one, other)


def test_the_settings_that_differ_are_named_and_no_others():
    assert tasks.differences(gallery("lecture"), gallery("beta-10")) == [("Beta", "1", "10")]
    assert tasks.differences(gallery("lecture"), gallery("lecture")) == []


def test_a_model_is_not_compared_with_itself_unless_it_is_alone():
    app = show("compare", run="beta-10", **{"with": "beta-10"})
    assert app.selectbox(key="other_picker").value != "beta-10"


def test_a_run_of_ones_own_meets_one_that_saw_the_same_pictures(own_run):
    assert show("compare", run=own_run.id).selectbox(key="other_picker").value == "digits"
    assert show("compare", run="two-knobs").selectbox(key="other_picker").value == "beta-10"


def test_an_address_that_names_no_second_model_is_told_so():
    app = show("compare", run="lecture", **{"with": "gone"})
    check(app)
    assert "not here" in app.warning[0].value
    assert app.selectbox(key="other_picker").value == "beta-10"


def test_both_decode_the_same_dice():
    one, other = gallery("lecture"), gallery("two-knobs")
    rows = tasks.rows(one, other, [0, 10])[:2]
    for run, side in zip((one, other), rows, strict=True):
        shown = next(row for row in side if row.label == "Samples")
        codes = sample_prior(tasks.PICTURES, run.config.latent_dim, tasks.SEED)
        assert (shown.images[1] == decode(load_model(run, 10), codes)).all()
    wide, narrow = (sample_prior(tasks.PICTURES, d, tasks.SEED) for d in (20, 2))
    assert (wide[:, :2] == narrow).all()


def test_both_rebuild_the_same_pictures_wherever_they_keep_them():
    one, other = gallery("lecture"), gallery("two-knobs")
    mine, theirs = tasks.common_pictures(str(one.path), str(other.path))
    assert len(mine) == len(one.labels()) < len(other.labels())
    assert (one.test_indices()[mine] == other.test_indices()[theirs]).all()
    assert not any(map(len, tasks.common_pictures(str(one.path), str(gallery("digits").path))))


@pytest.mark.parametrize("other", ["beta-10", "two-knobs"])
def test_a_dot_of_one_map_and_its_twin_on_the_other_are_the_same_test_picture(other):
    one, two = gallery("lecture"), gallery(other)
    mine, theirs, places = maps.linked(one, two)
    assert len(mine) == min(len(one.labels()), mini_map.DOTS) and len(theirs) == min(len(two.labels()), mini_map.DOTS)
    known = [np.flatnonzero(numbers != maps.NONE) for numbers in (mine, theirs)]
    assert len(known[0]) == len(known[1]) == len(places) == maps.MOST
    for number in (0, 7, maps.MOST - 1):
        (a,), (b,) = np.flatnonzero(mine == number), np.flatnonzero(theirs == number)
        assert a == places[number] and one.test_indices()[a] == two.test_indices()[b]
    data = maps.payloads(one, two, [0, 10])
    assert data[0]["epochs"] == data[1]["epochs"] == [0, 10] and data[0]["run"] == data[1]["run"] == one.id
    sheet = maps.pictures(str(one.path), 10, tuple(places.tolist()))
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(sheet["png"]))))
    row, column = divmod(7, maps.WIDE)
    cell = shown[28 * row : 28 * row + 28, 28 * column : 28 * column + 28]
    assert (cell == cache.originals(one, places[7:8])[0]).all()


def test_two_runs_on_different_pictures_have_two_maps_and_no_twins():
    mine, theirs, places = maps.linked(gallery("lecture"), gallery("digits"))
    assert (mine == maps.NONE).all() and (theirs == maps.NONE).all() and len(places) == 0
    app = show("compare", run="lecture", **{"with": "digits"})
    check(app)
    assert "no picture stands on both maps" in words(app)


def test_pictures_of_two_datasets_are_the_same_when_their_pixels_are(tmp_path):
    own = lifecycle.create(replace(Config(), latent_dim=2, hidden_dim=8, epochs=1), tmp_path, "own")
    loop.train(own, registry.load("mnist-5k"), reporter := Reporter(own))
    reporter.finish("finished")
    one, other = Run(own.path), gallery("two-knobs")
    mine, theirs = tasks.common_pictures(str(one.path), str(other.path))
    assert len(mine) == 1_000 == len(set(theirs.tolist()))
    assert (one.labels()[mine] == other.labels()[theirs]).all()
    assert (cache.originals(one, mine) == cache.originals(other, theirs)).all()
    for a, b in ((one, other), (other, one)):
        rows = tasks.rows(a, b, [a.weight_epochs()[-1]])
        assert [row.label for row in rows[0]] == ["Test pictures", "Rebuilt", "Morph", "Samples"]


def test_the_nearest_epoch_stands_beside_each():
    assert tasks.matched([0, 3, 10], [10]) == [10, 10, 10]
    assert tasks.matched([0, 1, 2, 3], [0, 2, 4]) == [0, 2, 2, 4]


def test_both_get_the_drawing():
    drawing = np.zeros((28, 28), np.uint8)
    drawing[4:24, 12:16] = 255
    one, other = gallery("lecture"), gallery("autoencoder")
    rows = tasks.rows(one, other, [10], drawing)[:2]
    for run, side in zip((one, other), rows, strict=True):
        shown = next(row for row in side if row.label == "Your drawing").images[0]
        mean, _ = encode(load_model(run, 10), drawing[None])
        assert (shown[0] == drawing).all()
        assert (shown[1] == decode(load_model(run, 10), mean)[0]).all()
        assert shown[2:].any() == run.config.is_vae


def test_different_pictures_are_said():
    app = show("compare", run="lecture", **{"with": "digits"})
    assert "different pictures" in words(app)
    assert np.all(
        [not row.label.startswith("Rebuilt") for row in tasks.rows(gallery("lecture"), gallery("digits"), [10])[0]]
    )
