"""Tables on the pages: what stands in them, and their files; made only when somebody looks."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.pages.test_odd_runs import ODD, make
from tests.pages.test_pages import _here, at, check, finished, show, words  # noqa: F401 (fixtures)
from tests.pages.test_titles import nodes
from ui import figures
from ui.shell import clock
from ui.store import run_index
from vae_core.runs import lifecycle, tables
from vae_core.runs.index import find_run, list_runs
from vae_core.runs.run import Run

GALLERY = list_runs(Path("nowhere"))


@pytest.fixture
def files(monkeypatch) -> dict[str, Callable[[], bytes]]:
    """What the download buttons of a page give when they are pressed, by key."""
    found, button = {}, st.download_button

    def seen(label, data, *args, key, **options):
        found[key] = data
        return button(label, data, *args, key=key, **options)

    monkeypatch.setattr(st, "download_button", seen)
    return found


def opened(page: str, table: str, **params: str) -> AppTest:
    """A visit to a page whose table is open."""
    app = at(page)
    for name, value in params.items():
        app.query_params[name] = value
    app.session_state[table] = True
    app.run()
    check(app)
    return app


def read(file: Callable[[], bytes]) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(file()))


def test_runs_are_a_table_with_a_file(files, finished):  # noqa: F811
    app = opened("runs", "runs_table")
    (shown,) = app.dataframe
    expected = tables.overview([Run(finished.path), *GALLERY])
    expected["made"] = clock.as_here(expected["made"])
    assert shown.value["title"].tolist() == expected["title"].tolist()
    for name in ("beta", "epochs", "test_loss", "test_reconstruction", "test_kl", "dimensions_in_use", "made"):
        assert shown.value[name].isna().tolist() == expected[name].isna().tolist()
        known = expected[name].notna()
        assert shown.value[name][known].tolist() == expected[name][known].tolist()
    file = read(files["download_runs"])
    assert file["run"].tolist() == ["mine", *(run.id for run in GALLERY)]
    assert file["test_loss"].tolist() == pytest.approx(expected["test_loss"].tolist())


@pytest.mark.parametrize(("page", "table"), [("runs", "runs_table"), ("compare", "compared_table")])
def test_a_table_that_is_closed_reads_nothing(page, table, monkeypatch):
    monkeypatch.setattr(tables, "overview", lambda *_: pytest.fail("read"))
    monkeypatch.setattr(tables, "side_by_side", lambda *_: pytest.fail("read"))
    app = at(page).run()
    check(app)
    assert not app.dataframe
    assert table in [expander.proto.id.rsplit("-", 1)[-1] for expander in app.expander if expander.proto.id]


def test_broken_runs_are_left_out(files, finished):  # noqa: F811
    (finished.path / "metrics.jsonl").write_text('{"epoch": 7}\n')
    app = opened("runs", "runs_table")
    assert run_index.trouble(Run(finished.path)) and "not in order" in words(app)
    assert len(app.dataframe[0].value) == len(GALLERY)


@pytest.mark.parametrize("title", ["=1+1", "@x", "www.evil.example :smile: $x$ **b** [evil](//e.x) <b>x</b>"])
def test_a_hostile_title_is_only_text(files, finished, title):  # noqa: F811
    """Streamlit shows texts of a table letter by letter; its own button saves them as they are shown."""
    lifecycle.note(finished, title=title)
    app = opened("runs", "runs_table")
    harmless = f"'{title}" if title[0] in "=@" else title
    assert app.dataframe[0].value["title"][0] == read(files["download_runs"])["title"][0] == harmless
    assert '"type": "text"' in app.dataframe[0].proto.columns or '"type":"text"' in app.dataframe[0].proto.columns


def test_a_run_gives_its_numbers_as_files(files):
    app = at("runs").run()
    app.button(key="more_lecture").click().run()
    check(app)
    run = find_run("lecture", folder=Path("nowhere"))
    for name, table in (
        ("epochs", tables.metrics(run)),
        ("steps", tables.steps(run)),
        ("codes", tables.latents(run, 10)),
    ):
        assert files[f"download_{name}"]() == tables.csv(table)


def test_numbers_are_made_when_they_are_asked_for(files, monkeypatch):
    for name in ("metrics", "steps", "latents"):
        monkeypatch.setattr(tables, name, lambda *_: pytest.fail("made"))
    app = at("runs").run()
    app.button(key="more_lecture").click().run()
    check(app)
    assert {"download_epochs", "download_steps", "download_codes"} <= set(files)


@pytest.mark.parametrize(
    ("one", "other"), [("lecture", "beta-10"), ("lecture", "autoencoder"), ("digits", "two-knobs")]
)
def test_two_runs_stand_side_by_side(files, one, other):
    app = opened("compare", "compared_table", run=one, **{"with": other})
    a, b = (find_run(name, folder=Path("nowhere")) for name in (one, other))
    shown, expected = app.dataframe[0].value, tables.side_by_side(a, b)
    assert shown["epoch"].tolist() == list(range(max(len(a.metrics()), len(b.metrics()))))
    for side, run in (("a", a), ("b", b)):
        losses = [record["test"]["loss"] for record in run.metrics()]
        assert shown[f"test_loss_{side}"].dropna().tolist() == losses
    assert ("test_kl_b" in shown) is b.config.is_vae  # an empty column is left out
    assert files["download_compared"]() == tables.csv(expected)


@pytest.mark.parametrize("name", list(ODD))
def test_odd_runs_have_tables(files, name):
    run = make("odd", **ODD[name])
    check(opened("runs", "runs_table"))
    check(opened("compare", "compared_table", run=run.id, **{"with": "lecture"}))
    for table in (tables.metrics(run), tables.steps(run), *(tables.latents(run, e) for e in run.latent_epochs())):
        assert tables.csv(table)
    assert read(files["download_runs"])["run"][0] == "odd"


@pytest.mark.parametrize("name", list(ODD))
def test_odd_runs_have_figures(name):
    run = make("odd", **ODD[name])
    for figure in (figures.latent_map(run, 0), figures.latent_map(run, 0, "dims"), figures.loss_curves(run)):
        assert figure.to_json()
    assert figures.rate_distortion([run]).to_json()


def test_each_run_shows_what_its_model_draws():
    app = show("runs")
    check(app)
    bodies = [getattr(getattr(node, "proto", None), "body", "") for node in nodes(app._tree)]
    pictures = [body for body in bodies if body.startswith("<img") and "ll-thumbnails" in body]
    assert len(pictures) == min(len(GALLERY), 16)
    assert len(set(pictures)) == len(pictures), "each its own"
