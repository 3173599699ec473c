"""Dice of five shapes on /generate and /autoencoder, and PCA: what is said is what was measured."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from tests.pages.test_forged import registered
from tests.pages.test_pages import _here, check, finished, show, words  # noqa: F401
from ui.components import dice_shapes
from ui.samples import shapes
from ui.store import cache, gallery
from ui.understand import dice, missions, pca
from vae_core import measured
from vae_core.analysis import clearness, noise_shapes, sampling
from vae_core.runs.index import find_run

pytestmark = pytest.mark.usefixtures("_here")


def choose(app, key: str, choice: object) -> None:
    """As a browser says it."""
    (wid,) = [wid for wid, each in registered(app).items() if wid.endswith(key) and each.callbacks]
    app._run(WidgetStates(widgets=[WidgetState(id=wid, json_value=json.dumps({"choice": choice}))]))


def row(model: str, epoch: int) -> dict[str, list[float]]:
    return measured.load("noise_shapes")["models"][model][str(epoch)]


def apart(one: list[float], other: list[float]) -> bool:
    """Whether one mean of ten seeds is larger than another by more than chance: of every seed by itself."""
    return one[0] - other[0] > 2 * (one[1] + other[1])


def test_dice_shaped_like_its_codes_make_the_classic_model_invent_as_well():
    classic, vae = row("autoencoder", 10), row("lecture", 10)
    for first, second in pairwise(("prior", "spread", "correlated", "mixture")):
        assert apart(classic[second], classic[first])
    assert apart(classic["mixture"], vae["prior"])  # "invents as well", and not from a VAE's better dice alone
    assert abs(classic["mixture"][0] - vae["mixture"][0]) < 0.03
    assert abs(classic["classes"][0] - vae["classes"][0]) < 0.03
    assert apart(vae["mixture"], vae["prior"])  # "measured dice do better even for the VAE"
    assert apart(vae["prior"], classic["prior"])  # "what the VAE spares you"
    gain = {name: each["mixture"][0] - each["prior"][0] for name, each in (("classic", classic), ("vae", vae))}
    assert gain["classic"] > 2 * gain["vae"]
    assert apart(row("lecture", 10)["prior"], row("lecture", 1)["prior"])  # more epochs improve the samples


def test_the_page_says_so_with_these_figures_and_opens_with_these_dice():
    app = show("autoencoder")
    check(app)
    text = words(app)
    assert dice.lesson() in text and "invents as well" in text
    for name, shape in (
        ("autoencoder", "mixture"),
        ("lecture", "mixture"),
        ("lecture", "prior"),
        ("autoencoder", "prior"),
    ):
        assert f"{10 * row(name, 10)[shape][0]:.1f}" in dice.lesson()
    assert "the fairest choice" not in dice.HELP


def test_a_choice_of_the_browser_is_what_both_are_asked_for(monkeypatch):
    asked = []
    samples = cache.samples
    monkeypatch.setattr(cache, "samples", lambda *what: (asked.append(what), samples(*what))[1])
    app = show("autoencoder", dice="classes", **{"class": "7"})
    check(app)
    assert [what[2:] for what in asked if what[2] == dice.HUNDRED] == [(dice.HUNDRED, 0, 1.0, "classes-7")] * 2
    for choice, code in (
        ({"shape": "prior", "only": 7}, "prior"), ({"shape": "classes", "only": 3}, "classes-3"),
        ({"shape": "classes", "only": None}, "classes"), ({"shape": "classes", "only": 3.0}, "classes"),
        ({"shape": "classes", "only": 10}, "classes"), ({"shape": "x"}, dice.DEFAULT), ([], dice.DEFAULT),
    ):  # fmt: skip
        asked.clear()
        choose(app, dice.KEY, choice)
        check(app)
        assert {what[5] for what in asked if what[2] == dice.HUNDRED} == {code}


def test_the_codes_are_rolls_of_the_measured_shape():
    path = str(gallery.gallery("autoencoder").path)
    mean, labels = cache.latents(path, 10).mean[: cache.COMMON], cache.labels(path)[: cache.COMMON]
    seven = noise_shapes.fitted("classes", mean, labels, only=7)
    wanted = seven.codes(sampling.noise(50, 20, 4), noise_shapes.turns(50, 4), 0.5)
    np.testing.assert_array_equal(cache.codes(path, 10, 50, 4, 0.5, "classes-7"), wanted)
    vae = str(gallery.gallery("lecture").path)
    plain = cache.codes(vae, 10, 50, 4, 1.0)
    np.testing.assert_array_equal(cache.codes(vae, 10, 50, 4, 1.0, "prior"), plain)


@pytest.mark.parametrize(("run", "shape"), [("lecture", "prior"), ("autoencoder", "mixture"), ("beta-0", "prior")])
def test_without_a_choice_a_vae_rolls_its_prior_and_any_other_model_the_shape_of_its_codes(run, shape):
    app = show("samples", run=run, count="16")
    check(app)
    assert shapes.choice(find_run(run)) == (shape, None) or shapes.default(find_run(run)) == shape
    text = words(app)
    assert ("Each picture comes from 20 random numbers" in text) == (shape == "prior")
    assert (f"{dice_shapes.figures(find_run(run), 'mixture'):,} numbers" in text) == (shape == "mixture")
    app = show("samples", run=run, count="16", dice="correlated", chosen="2")
    check(app)
    assert not app.error


def test_a_visitors_own_run_is_measured_when_they_look(finished):  # noqa: F811
    run = find_run("mine")
    assert dice_shapes.shipped(run) is None and dice_shapes.shipped(find_run("lecture"))["0"] == {}
    found = dice_shapes.measure(str(run.path), run.weight_epochs()[-1])
    assert set(found) == set(dice_shapes.offered(str(run.path)))
    assert all(0 < mean <= 1 and std < 0.2 for mean, std in found.values())
    assert dice_shapes.measure(str(run.path), 0) == {}
    for name in dice_shapes.offered(str(run.path)):
        app = show("samples", run="mine", dice=name, count="16")
        check(app)
        assert not app.error


def test_what_is_said_of_pca_is_what_was_measured():
    text = words(show("autoencoder"))
    found = measured.load("pca")
    assert pca.in_figures() in text and pca.dice_in_figures() in text and pca.WHY in text
    for name, k in (("two-knobs", 2), ("lecture", 20)):
        goal = found["models"][name]["error"][0]
        assert found["errors"][pca.needs(name)] <= goal < found["errors"][pca.needs(name) - 1]
        assert goal < found["flat"][str(k)]["error"][0]
        assert f"{goal:.1f}" in pca.in_figures() and str(pca.needs(name)) in pca.in_figures()
    clear, doubt = found["flat"]["20"]["dice"]
    others = [row(name, 10)["mixture"] for name in pca.FULL]
    assert all(abs(clear - mean) < 0.03 for mean, _ in others) and doubt < 0.02  # "even PCA invents digits"


def test_pcas_invented_pictures_are_washed_out():
    """A stroke's rim is steeper in a sharp picture: the mean step between neighbouring pixels."""

    def steps(pictures: np.ndarray) -> float:
        return float(np.abs(np.diff(pictures.astype(float), axis=-1)).sum() / pictures.astype(float).sum())

    models = [str(gallery.gallery(name).path) for name in pca.FULL]
    for seed in range(3):
        bent = min(steps(cache.samples(path, 10, 200, seed, 1.0, "mixture")) for path in models)
        assert steps(pca.dice_of_pca(200, seed)) < 0.9 * bent


def test_the_mission_asks_for_the_measured_number():
    assert missions.MISSIONS["without-the-bend"].look().right == pca.needs("lecture")
    assert pca.needs("lecture") in missions.MISSIONS["without-the-bend"].explains


@pytest.mark.parametrize("count", [100, 1_000, 3_999])
def test_a_mixture_is_of_as_many_gaussians_as_where_its_clearness_is_measured(monkeypatch, count):
    path = str(find_run("lecture").path)
    mean, labels = (np.resize(of, (count, *of.shape[1:])) for of in (cache.latents(path, 10).mean, cache.labels(path)))
    monkeypatch.setattr(cache, "labels", lambda path: labels)
    found = clearness.known(mean, labels, lambda codes: codes)
    assert cache.gaussians(path) == noise_shapes.gaussians_for(*found.codes.shape)
