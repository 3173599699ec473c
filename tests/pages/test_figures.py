"""Figures of runs: what stands in them is what the runs and the pages have, and a notebook needs no Streamlit."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest

from tests.core.test_layering import fresh_process
from ui import figures
from ui.components import latent_map, loss_curves
from ui.shell import run_picker
from vae_core.analysis import curves, projections
from vae_core.paths import ROOT
from vae_core.runs import lifecycle
from vae_core.runs.index import find_run
from vae_core.runs.run import Run, RunError

VIEWS = [("two-knobs", "dims"), ("lecture", "pca"), ("lecture", "dims")]


def gallery(name: str) -> Run:
    run = find_run(name, folder=Path("nowhere"))
    assert run is not None
    return run


def page(run: Run, view: str) -> dict:
    """What the map's page sends of a run."""
    return latent_map.payload(str(run.path), tuple(run_picker.film(run)), view)


@pytest.mark.parametrize(("name", "view"), VIEWS)
def test_a_map_has_a_trace_for_each_class_and_a_dot_for_each_picture(name, view):
    run = gallery(name)
    figure, labels = figures.latent_map(run, 10, view), run.labels()
    assert [trace.name for trace in figure.data] == list(run.dataset.class_names)
    assert {trace.type for trace in figure.data} == {"scattergl"}
    line = projections.forebears(run.latent_epochs(), 10)
    basis = projections.view_of(lambda epoch: run.latents(epoch).mean, line, view)
    places = basis.project(run.latents(10).mean)
    for c, trace in enumerate(figure.data):
        np.testing.assert_array_equal(np.column_stack([trace.x, trace.y]), places[labels == c])
        np.testing.assert_array_equal(trace.customdata, run.test_indices()[labels == c])


@pytest.mark.parametrize(("name", "view"), VIEWS)
def test_a_map_is_laid_out_as_on_the_page_at_every_epoch(name, view):
    run, sent = gallery(name), page(gallery(name), view)
    for epoch in (0, 3, 10):
        figure = figures.latent_map(run, epoch, view)
        layout = figure.layout.to_plotly_json()
        for k, axis in enumerate(("xaxis", "yaxis")):
            assert layout[axis]["range"] == sent["layout"][axis]["range"] == sent["range"][k]
            assert layout[axis]["title"]["text"] == sent["layout"][axis]["title"]["text"] == sent["axes"][k]
        assert {name: figure.data[0].to_plotly_json()[name] for name in ("type", "mode", "selected", "unselected")} == {
            name: sent["trace"][name] for name in ("type", "mode", "selected", "unselected")
        }
        size, opacity = figure.data[0].marker.size, figure.data[0].marker.opacity
        assert {"size": size, "opacity": opacity} == sent["trace"]["marker"]
        drawn = np.frombuffer(base64.b64decode(sent["points"][sent["epochs"].index(epoch)]), "<f2").reshape(-1, 2)
        of_class = run.labels() == 7
        np.testing.assert_allclose(figure.data[7].x, drawn[of_class, 0].astype(float), rtol=1e-3, atol=1e-4)


def test_what_is_sent_of_a_figure_is_small_and_has_no_colour():
    """The colours follow the page's theme, so the browser puts them in."""
    sent = page(gallery("lecture"), "pca")
    text = json.dumps([sent["layout"], sent["trace"]])
    assert len(text) < 1_200
    assert not re.search("#|color|template", text)


def test_plotly_and_the_plain_view_leave_the_same_margins():
    """Or every dot would jump when the one takes the place of the other."""
    source = (ROOT / "static/components/latent_map/canvas_view.js").read_text(encoding="utf-8")
    found = re.search(r"l: across \? (\d+) : (\d+), r: (\d+), t: (\d+), b: across \? (\d+) : (\d+)", source)
    assert found
    left, bare_left, right, top, bottom, bare_bottom = map(int, found.groups())
    window = [[0, 1], [0, 1]]
    assert figures.map_layout(["a", "b"], window)["margin"] == {"l": left, "r": right, "t": top, "b": bottom}
    bare = figures.map_layout(["", ""], window)
    assert bare["margin"] == {"l": bare_left, "r": right, "t": top, "b": bare_bottom}
    assert bare["xaxis"]["showticklabels"] is bare["yaxis"]["zeroline"] is False


def test_the_layout_of_a_view_is_made_once(monkeypatch):
    run = gallery("lecture")
    page(run, "pca")
    monkeypatch.setattr(figures, "map_layout", lambda *_: pytest.fail("made again"))
    page(run, "pca")


def test_curves_are_those_of_the_page():
    run = gallery("lecture")
    figure, records = figures.loss_curves(run), run.metrics()
    line, rings = figures.curves_of(run, run.status())
    assert [note.text for note in figure.layout.annotations] == [name for name, _ in figures.panels(run.config)]
    assert [trace.name for trace in figure.data] == 3 * ["training", "test"]
    for k, term in enumerate(("reconstruction", "kl", "loss")):
        trained, tested = figure.data[2 * k], figure.data[2 * k + 1]
        np.testing.assert_array_equal(trained.y, line[:, k + 1])
        np.testing.assert_allclose(tested.y, [record["test"][term] for record in records])
        assert list(tested.x) == [record["epoch"] for record in records]
        assert list(figure.layout[f"yaxis{k + 1 if k else ''}"].range) == curves.window(line[:, k + 1], rings[:, k + 1])
    assert loss_curves.curves(run, run.status())["steps"]["n"] == len(line) == curves.POINTS


def test_a_classic_autoencoder_has_one_panel_and_no_place_beside_the_others():
    runs = [gallery("autoencoder"), gallery("lecture"), gallery("beta-10")]
    assert len(figures.loss_curves(runs[0]).data) == 2
    (trace,) = figures.rate_distortion(runs).data
    assert list(trace.text) == ["beta 10", "beta 1"]
    assert list(trace.x) == sorted(run.metrics()[-1]["test"]["kl"] for run in runs[1:])
    assert figures.rate_distortion(runs).layout.xaxis.type == "log"


def test_runs_that_cannot_be_compared_are_not_joined():
    figure = figures.rate_distortion([gallery(name) for name in ("lecture", "beta-4", "two-knobs", "digits")])
    assert sorted(len(trace.x) for trace in figure.data) == [1, 1, 2]


def test_colours_are_those_of_the_style_on_a_light_ground():
    style = (ROOT / "static" / "style.css").read_text(encoding="utf-8")
    found = figures.colours()
    assert {"x", "encoder", "mean", "z", "decoder", "ink", "page", *(f"c{c}" for c in range(10))} <= set(found)
    for name, value in found.items():
        assert f"--ll-{name}: light-dark({value}," in style
    figure = figures.latent_map(gallery("lecture"), 10)
    assert [trace.marker.color for trace in figure.data] == [found[f"c{c}"] for c in range(10)]


def test_a_hostile_title_is_only_text(own_run):
    lifecycle.note(own_run, title='<a href="//evil.example">x</a>')
    run = Run(own_run.path)
    for figure in (figures.latent_map(run, 5), figures.loss_curves(run), figures.rate_distortion([run])):
        assert "<a" not in figure.to_json().replace("\\u003c", "<")


@pytest.mark.parametrize("epochs", [0, 1])
def test_a_run_that_has_only_begun_has_figures(own_run, epochs):
    lines = (own_run.path / "metrics.jsonl").read_text().splitlines(keepends=True)
    (own_run.path / "metrics.jsonl").write_text("".join(lines[:epochs]))
    run = Run(own_run.path)
    assert figures.loss_curves(run).data
    assert len(figures.rate_distortion([run]).data) == 0
    if epochs:
        assert len(figures.latent_map(run, 0).data) == 10


def test_what_does_not_exist_is_said():
    with pytest.raises(RunError):
        figures.latent_map(gallery("lecture"), 99)
    with pytest.raises(ValueError, match="umap"):
        figures.latent_map(gallery("lecture"), 10, "umap")
    with pytest.raises(IndexError):
        figures.latent_map(gallery("lecture"), 10, "dims", 20)


def test_a_notebook_needs_no_streamlit_and_an_import_no_plotly():
    code = """
import sys
from ui import figures
before = {"streamlit", "plotly", "pandas", "torch"} & set(sys.modules)
from vae_core.runs.index import find_run
run = find_run("lecture")
for figure in (figures.latent_map(run, 10), figures.loss_curves(run), figures.rate_distortion([run])):
    assert figure.to_json()
print(before, "streamlit" in sys.modules, "torch" in sys.modules, "plotly" in sys.modules)
"""
    assert fresh_process(code) == "set() False False True"


@pytest.mark.parametrize("dimensions", [1, 2, 20])
@pytest.mark.parametrize("turned", [False, True])
def test_the_name_of_an_axis_fits_below_the_map_of_a_phone(dimensions, turned):
    centre, directions = np.zeros(dimensions), np.zeros((dimensions, 2))
    basis = projections.Basis(centre, directions, explained=(0.555, 0.444), turned=turned)
    for view in ("dims", "pca"):
        assert max(map(len, figures.axis_names(view, 0, dimensions - 1, basis))) <= 45
