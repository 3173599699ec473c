"""What even a perfect copy costs stands beside each comparison of BCE, and the bound is what was measured."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from tests.pages.test_forged import registered
from tests.pages.test_pages import _here, check, finished, show, words  # noqa: F401  (fixtures among them)
from ui.compare import tasks
from ui.draw import unusual
from ui.store import floors
from ui.store.gallery import gallery
from ui.text import glossary
from ui.understand import bound, missions
from ui.understand.missions import MISSIONS
from vae_core import loss_registry, measured, paths
from vae_core.analysis import likelihood
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.datasets.spec import DatasetSpec, Split
from vae_core.runs import files, schema
from vae_core.runs.run import Run

FLOOR = 46.28  # of the gallery's test pictures, as ``test_cost`` holds


def with_(run: Run, **changes: object) -> Run:
    """A copy of a run among the visitor's, with other settings."""
    target = paths.runs_dir() / "changed"
    shutil.copytree(run.path, target)
    config = Config(**{**run.config.to_json(), **changes})
    files.write_json(target / "config.json", schema.config_json(config))
    return Run(target)


def test_the_floor_of_a_run_is_measured_or_computed_or_unsaid(finished):  # noqa: F811
    assert floors.floor_of(gallery("lecture")) == FLOOR
    digits = loss_registry.entropy(registry.load_test("digits").images / 255).mean()
    assert floors.floor_of(finished) == pytest.approx(digits, abs=0.01)
    images = np.random.default_rng(1).integers(0, 256, (50, 64), np.uint8)
    shape = finished.dataset.shape._replace(height=8, width=8)
    spec = DatasetSpec("greys", "Greys", shape, (), 50, 50, "made here", lambda part, folder: Split(images, np.zeros(50, np.uint8)))  # fmt: skip  # noqa: E501
    registry.register(spec)
    try:
        run = with_(finished, dataset="greys")
        assert floors.floor_of(run) == pytest.approx(loss_registry.entropy(images / 255).mean())
    finally:
        registry.unregister("greys")


def test_a_squared_error_has_no_floor_and_pictures_that_are_elsewhere_tell_none(finished, elsewhere):  # noqa: F811
    assert floors.floor_of(with_(finished, reconstruction="mse")) == 0
    assert floors.floor_of(elsewhere) == 0
    assert floors.in_words(0) == ""


def test_the_page_on_the_loss_says_what_was_measured():
    app = show("loss")
    check(app)
    text, models = words(app), measured.load("floor")["models"]
    twenty, two = models["lecture"]["grey"], models["two-knobs"]["grey"]
    assert f"still costs **{FLOOR:.1f} nats**" in text
    above = (two["noise"]["mean"] - FLOOR) / (twenty["noise"]["mean"] - FLOOR)
    assert f"the error is **{above:.1f} times** as large" in text
    assert above > 1.3 * two["noise"]["mean"] / twenty["noise"]["mean"]  # what the floor hides
    table = measured.load("bound")["models"]
    for name in bound.TITLES:
        for value in table[name]["grey"]["bound"] + table[name]["pure"]["bound"]:
            assert f"−{-value:.1f} |" in text
        assert f"{table[name]['grey']['gain'][-1]:.1f}" in text
    assert "**20 numbers**" in text  # the shown run's


def test_the_bars_are_the_measured_numbers():
    for bar, (name, way, _) in zip(bound.floor_bars()["bars"], bound.BARS, strict=True):
        for ink in ("grey", "pure"):
            of = measured.load("floor")["models"][name][ink]
            assert bar[ink] == {"floor": of["floor"]["mean"], "total": of[way]["mean"]}
        assert bar["pure"]["floor"] == 0 < bar["grey"]["floor"]


# ---- one picture's bound


def ask(app, wanted: object) -> dict:
    """As a browser asks for a picture; what the component is sent then."""
    (wid,) = [wid for wid, each in registered(app).items() if wid.endswith("bound") and each.callbacks]
    app._run(WidgetStates(widgets=[WidgetState(id=wid, json_value=json.dumps({"wanted": wanted}))]))
    check(app)
    (data,) = [
        json.loads(node.proto.json)
        for node in app.get("bidi_component")
        if '"rolls"' in node.proto.json
    ]  # fmt: skip
    return data


def test_a_picture_is_computed_once_it_is_asked_for():
    app = show("loss")
    assert ask(app, True)["single"] == []
    data = ask(app, 23)  # of ten pictures: the second rolls, with greys, the fourth
    assert data["draws"] == list(likelihood.LADDER) and len(data["single"]) == len(data["draws"])
    assert [len(values) for values in data["single"]] == [50, 50, 50, 10, 5, 1]
    assert data["average"] == sorted(data["average"])
    assert data["average"][-1] == pytest.approx(data["single"][-1][0], abs=0.01)
    pure = ask(app, 13)
    assert pure["floor"] == 0 < data["floor"]
    assert pure["average"] != data["average"]
    assert ask(app, 2 * 10 * bound.ROLLS)["single"] == []


def test_of_a_model_that_has_grown_without_limit_nothing_is_estimated(monkeypatch):
    monkeypatch.setattr(likelihood, "weights_of", lambda *_: np.full((1, 500), -np.inf))
    bound.estimates.cache_clear()
    app = show("loss")
    assert ask(app, 5)["single"] == []
    assert "grown without limit" in words(app)
    bound.estimates.cache_clear()


def test_of_convolutions_fewer_draws_are_made():
    run = gallery("letters")
    assert bound.ladder(run)[-1] == bound.FEW
    assert all(after % before == 0 for before, after in zip(bound.ladder(run), bound.ladder(run)[1:], strict=False))


@pytest.mark.parametrize("changes", [{"model": "autoencoder"}, {}])
def test_without_bubbles_there_is_no_bound(changes):
    app = show("loss", run="autoencoder" if changes else "lecture")
    check(app)
    assert ("no limit on a probability" in words(app)) == bool(changes)


# ---- where errors are compared


@pytest.mark.parametrize("name", ["one-epoch", "two-numbers", "no-penalty", "below-training", "noise-off"])
def test_the_charts_of_a_mission_show_the_floor(name):
    charts = [chart for chart in MISSIONS[name].look().charts if " nats" in chart.bars[0][2]]
    assert charts and all(chart.floor == FLOOR for chart in charts)


def test_a_bar_has_two_parts_that_are_as_long_as_the_whole():
    parts = [float(v) for v in re.findall(r"width: ([\d.]+)%", missions._bar(80, 46, 100))]
    assert parts == [46, 34]
    assert missions._bar(80, 0, 100).count("<i") == 1
    assert [float(v) for v in re.findall(r"width: ([\d.]+)%", missions._bar(30, 46, 100))] == [30, 0]


def test_two_numbers_are_compared_above_the_floor():
    small, large = (gallery(name).metrics()[-1]["test"]["reconstruction"] for name in ("two-knobs", "lecture"))
    sentence = MISSIONS["two-numbers"].look().sentence
    assert f"{FLOOR:.1f} nats of BCE" in sentence
    assert f"{(small - FLOOR) / (large - FLOOR):.1f} times as large" in sentence


def test_two_runs_are_compared_above_a_floor_that_both_have(finished):  # noqa: F811
    def floor(*runs: Run) -> float | None:
        return tasks.curves(runs)["panels"][0].get("floor")

    assert floor(gallery("lecture"), gallery("beta-10")) == FLOOR
    assert floor(gallery("lecture"), gallery("digits")) is None
    squared = with_(finished, reconstruction="mse")
    assert floor(squared, squared) is None
    text = words(show("compare", run="lecture", **{"with": "beta-10"}))
    assert floors.GREY in text


def test_the_panel_says_it_beside_the_usual_numbers():
    assert floors.GREY in words(show("train", run="lecture"))


def test_the_glossary_says_the_measured_floor():
    assert f"costs {measured.load('floor')['datasets']['mnist']['mean']:.1f} nats" in glossary.ALL["bce"].words


def test_the_page_says_how_well_a_drawing_is_judged():
    of = measured.load("scribbles")["models"]["lecture"]
    told = [int(n) for n in re.findall(r"(\d+) of 100", unusual.how_well())]
    assert told == [round(100 * of["unusual_scribbles"]), round(100 * of["unusual_digits"])]
