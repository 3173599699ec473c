"""What a look costs: nothing is made, read or sent again that has not changed, however long or many the runs."""

from __future__ import annotations

import base64
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from tests.pages.test_pages import _here, check, finished, set_state, show, words  # noqa: F401
from ui.components import latent_map, loss_curves
from ui.map import details
from ui.runs import cards
from ui.samples import grid, story
from ui.store import cache, run_index, tail
from ui.train import steering
from vae_core import paths
from vae_core.analysis import curves
from vae_core.runs import files
from vae_core.runs.run import Run, RunError, write_status

LONG = 40  # epochs


@pytest.fixture
def long_run(own_run) -> Run:
    """A run with a film of 41 epochs, the last ones all alike."""
    last = own_run.metrics()[-1]
    for epoch in range(6, LONG + 1):
        for file in (own_run.weights_file, own_run.latents_file):
            shutil.copy(file(5), file(epoch))
    files.append_lines(own_run.path / "metrics.jsonl", [{**last, "epoch": e} for e in range(6, LONG + 1)])
    return Run(own_run.path)


def look(run: Run, seed: int = 0) -> None:
    """What the map's and the samples' pages ask for."""
    epochs = tail.film_epochs(tail.film(run))
    latent_map.payload(str(run.path), tuple(epochs), "pca")
    details.bubbles(str(run.path), tuple(epochs), "pca")
    details.figures(run, epochs)
    grid.grid_film(str(run.path), tuple(epochs), 16, seed, 1.0)
    story.story(run, epochs, 16, seed, 1.0, None)


def test_a_film_is_read_and_made_once(long_run, monkeypatch):
    look(long_run)
    with monkeypatch.context() as patch:
        for name in ("latents", "metrics", "labels"):
            patch.setattr(Run, name, lambda *_: pytest.fail("read again"))
        patch.setattr("vae_core.analysis.sampling.decode", lambda *_: pytest.fail("decoded again"))
        look(long_run)
    monkeypatch.setattr("vae_core.training.checkpoint.load_model", lambda *_: pytest.fail("a network was loaded again"))
    look(long_run, seed=1)  # other dice, the same networks: a film's fit into the cache


def test_what_is_shared_cannot_be_changed(own_run):
    for array in (cache.latents(str(own_run.path), 5).mean, cache.labels(str(own_run.path))):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0


# ---- many runs


@pytest.fixture
def many(finished) -> list[Run]:  # noqa: F811
    """40 runs, of which one is broken, and `finished`."""
    folder = paths.runs_dir()
    for k in range(40):
        shutil.copytree(finished.path, folder / f"run-{k:02d}")
    (folder / "run-07" / "config.json").write_text("{")
    return [Run(folder / f"run-{k:02d}") for k in range(40)]


def shown(app) -> list[str]:
    return [b.key.removeprefix("delete_") for b in app.button if b.key.startswith("delete_")]


def test_a_list_is_read_a_page_at_a_time(many, monkeypatch):
    looked = []
    standing = run_index.standing
    monkeypatch.setattr(run_index, "standing", lambda run: looked.append(run.id) or standing(run))
    app = show("runs")
    check(app)
    assert len(shown(app)) == cards.SHOWN
    assert set(looked) == set(shown(app))
    seen = shown(app)
    while not app.button(key="page_older").disabled:
        app.button(key="page_older").click().run()
        check(app)
        seen += shown(app)
    assert sorted(seen) == sorted(["mine", *(run.id for run in many)])  # each once
    assert "Gallery" in words(app)
    assert app.query_params["page"] == "4"


def test_a_page_of_the_list_is_in_the_address_and_a_wrong_one_is_the_nearest(many):
    app = show("runs")

    def page(text: str) -> list[str]:
        app.query_params["page"] = text
        check(app.run())
        return shown(app)

    first, second = shown(app), page("2")
    assert len(second) == cards.SHOWN and not set(first) & set(second)
    assert page("x") == page("0") == page("²") == first
    page("99")
    assert app.button(key="page_older").disabled


def test_a_run_is_found_by_its_name_and_pinned_ones_stand_first(many):
    from vae_core.runs import lifecycle

    lifecycle.note(many[30], title="For Anna")
    lifecycle.note(many[31], pinned=True)
    app = show("runs")
    assert shown(app)[0] == "run-31"
    app.text_input(key="find").set_value("anna for").run()
    check(app)
    assert shown(app) == ["run-30"]
    app.button(key="delete_run-30").click().run()
    check(app)
    assert "No run has these words" in words(app)
    app.button(key="undo_delete").click().run()
    assert shown(app) == ["run-30"]
    assert shown(show("runs", find="run-07")) == ["run-07"]  # a broken one by its id


def test_a_short_list_has_neither_pages_nor_search(finished):  # noqa: F811
    app = show("runs")
    assert not [b for b in app.button if b.key.startswith("page_")] and not app.text_input
    assert {"Yours", "Gallery"} <= set(words(app).replace("#", "").split())


def test_the_files_of_resting_runs_are_not_read_again(many, monkeypatch):
    before = [run.id for run, *_ in run_index.known_runs()]
    with monkeypatch.context() as patch:
        for name in ("read_lines", "read_json"):  # but for the gallery's order
            real = getattr(files, name)
            patch.setattr(files, name, lambda p, real=real: real(p) if "index" in p.name else pytest.fail(f"{p} again"))
        assert [run.id for run, *_ in run_index.known_runs()] == before
    shutil.rmtree(many[0].path / "weights")
    (broken,) = [trouble for run, trouble, _ in run_index.known_runs() if run.id == many[0].id]
    assert "lacks its weights" in broken


# ---- a poll


def test_a_poll_sends_one_small_thing(finished, monkeypatch):  # noqa: F811
    set_state(finished, "running", steps_per_epoch=200, step=1200)
    points = [{"step": s, "epoch": 6, "reconstruction": 500 / s + 80, "kl": 25.0} for s in range(10, 30_000, 10)]
    files.append_lines(finished.path / "steps.jsonl", points)
    run = Run(finished.path)
    status = run.status()
    sent = {**steering.numbers(run, status, "run"), **loss_curves.curves(run, status)}
    assert len(json.dumps(sent)) < 2_500
    assert sent["steps"]["n"] == curves.POINTS


def test_the_parts_that_are_not_polled_are_told_when_to_be_drawn_again(finished):  # noqa: F811
    from vae_core.jobs import launcher

    set_state(finished, "running")
    run = Run(finished.path)
    before = steering.structure(run.status(), run.control())
    write_status(run, replace(run.status(), step=run.status().step + 5, images_per_second=1.0, seconds_left=3.0))
    assert steering.structure(run.status(), run.control()) == before  # only numbers moved
    facts = steering.numbers(run, run.status(), "run")["facts"]
    assert facts == "3 s left · 1 pictures per second · on the processor (CPU)"
    launcher.request(run, "pause")
    assert steering.structure(run.status(), run.control()) != before


def test_a_part_and_the_token_that_names_it_come_from_one_reading(finished, monkeypatch):  # noqa: F811
    from ui.components import bridge

    set_state(finished, "running")
    requests, named = iter(["step", "pause"] * 50), {}
    monkeypatch.setattr(Run, "control", lambda self: next(requests))  # it changes between any two looks
    monkeypatch.setattr(bridge, "redraw_when", lambda part, run, token: named.__setitem__(part, token))
    app = show("train", run=finished.id)
    check(app)
    assert named["state"].partition(": ")[2] in words(app)


@pytest.mark.parametrize("weight", [1.0, 4.0])
@pytest.mark.parametrize("top", [1.0, 600.0, 1e5, 1e30])
def test_what_travels_is_what_was_measured(top, weight):
    rng = np.random.default_rng(0)
    table = np.column_stack([np.linspace(0, 9.5, 100), rng.uniform(0, top, 100), np.full(100, 3.25)])
    sent = loss_curves.packed(table, weight)
    if "f4" in sent:
        got = np.frombuffer(base64.b64decode(sent["f4"]), "<f4").reshape(3, 100).T
        np.testing.assert_allclose(got, table, rtol=1e-6)
        assert top * weight > 1_300
        return
    low, high = np.array(sent["low"]), np.array(sent["high"])
    got = low + np.frombuffer(base64.b64decode(sent["u2"]), "<u2").reshape(3, 100).T / 65535 * (high - low)
    assert np.abs(got - table).max() * weight <= loss_curves.FINE + 1e-3
    assert top * weight < 1_300


def test_nothing_measured_is_nothing_sent():
    assert loss_curves.packed(np.zeros((0, 3))) == {"n": 0}
    assert "f4" in loss_curves.packed(np.array([[1.0, np.nan], [2.0, 3.0]]))


def test_a_broken_status_is_a_sentence(finished):  # noqa: F811
    (finished.path / "status.json").write_text("{")
    with pytest.raises(RunError):
        run_index.at_rest(finished)
