"""How costly a picture is to describe: among test pictures as grey, above its own floor; what was measured of it."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core import inference, loss_registry, measured, paths
from vae_core.analysis import cost
from vae_core.datasets import registry
from vae_core.measured import floor, scribbles
from vae_core.runs.run import Run


def costs(loss: list[float], floors: list[float], grey: list[float] | None = None) -> cost.Costs:
    return cost.Costs(np.array(loss), np.array(floors), np.array(floors if grey is None else grey))


def test_a_picture_is_compared_with_those_as_grey_alone_and_above_its_floor():
    rng = np.random.default_rng(0)
    greys = rng.permutation(np.arange(400.0))
    known = costs((2 * greys + rng.normal(0, 1, 400)).tolist(), greys.tolist())
    found = cost.compared(costs([2 * 100.0 + 30], [100.0]), known)
    assert len(found.others) == 40  # a tenth
    assert found.above == pytest.approx(130)
    assert found.others.min() == pytest.approx(100, abs=24) and found.others.max() == pytest.approx(100, abs=24)
    assert found.costlier == 0
    assert (known.loss > 230).mean() > 0.6  # by the loss alone it would be like any other


def test_the_share_is_of_those_that_cost_more():
    known = costs([float(k) for k in range(30)], [0.0] * 30)  # of equal grey: the first of them
    assert cost.compared(costs([14.5], [0.0]), known).costlier == pytest.approx(5 / 20)
    few = costs([1.0, 2.0, 3.0], [0.0] * 3)
    assert len(cost.compared(costs([1.5], [0.0]), few).others) == 3


def test_a_term_without_a_floor_is_compared_all_the_same():
    images = registry.load_test("mnist-55k").images[:20].reshape(-1, 28, 28)
    assert (cost.floor(images, "mse") == 0).all()
    np.testing.assert_array_equal(cost.floor(images, "bce"), cost.grey(images))
    x = images.reshape(20, -1) / 255
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.nansum(-x * np.log(x) - (1 - x) * np.log(1 - x), axis=1)
    np.testing.assert_allclose(cost.grey(images), expected, rtol=1e-6)


# ---- what ships


def test_the_shipped_floors_are_those_of_the_pictures_that_are_here():
    known = measured.load("floor")["datasets"]
    for name in ("mnist-55k", "mnist-5k", "digits"):
        images = registry.load_test(name).images
        assert known[name]["mean"] == pytest.approx(loss_registry.entropy(images / 255).mean(), abs=0.01)
        assert known[name]["pictures"] == len(images)
    assert known["mnist"]["mean"] == 45.53 and known["mnist"]["pictures"] == 10_000


@pytest.mark.parametrize("name", floor.MODELS)
def test_the_shipped_errors_are_those_of_the_weights(name):
    run, known = Run(paths.GALLERY / name, gallery=True), measured.load("floor")["models"][name]
    record = run.metrics()[-1]
    kept = registry.load_test(run.config.dataset).images
    if run.config.is_vae:
        assert known["grey"]["noise"]["mean"] == pytest.approx(record["test"]["reconstruction"], abs=0.4)
    assert known["grey"]["means"]["mean"] == pytest.approx(record["test_mean"]["reconstruction"], abs=0.02)
    from safetensors.numpy import load_file

    tensors, x = dict(load_file(run.weights_file(record["epoch"]))), (kept[:500] > 127).astype(np.float32)
    code = inference.run(run.architecture.encoder, tensors, "encoder", x)[:, : run.config.latent_dim]
    guess = inference.sigmoid(inference.run(run.architecture.decoder, tensors, "decoder", code)).astype(float)
    bce = -np.log(np.where(x == 1, guess, 1 - guess)).sum(1)
    few = bce.std() / np.sqrt(len(bce))
    assert known["pure"]["means"]["mean"] == pytest.approx(bce.mean(), abs=4 * few)
    assert known["pure"]["floor"]["mean"] == 0
    for way in known["grey"].keys() - {"floor"}:  # "all of BCE is error, a larger one"
        above = known["grey"][way]["mean"] - known["grey"]["floor"]["mean"]
        assert known["pure"][way]["mean"] > above + 5 * known["pure"][way]["error"]


@pytest.mark.parametrize("seed", scribbles.SEEDS)
@pytest.mark.parametrize("name", scribbles.MODELS)
def test_a_bar_an_l_a_plus_and_a_blob_are_unusual_and_digits_mostly_not(name, seed):
    run = Run(paths.GALLERY / name, gallery=True)
    named, odd = list(scribbles.shapes().values()), scribbles.scribbles(60, seed + 1)
    digits = registry.load_test(run.config.dataset).images[2_000:2_200].reshape(-1, 28, 28)
    share, _ = scribbles.placed(run, np.concatenate([np.stack(named), odd, digits]), seed)
    shape, scribbled, usual = np.split(share, [len(named), len(named) + len(odd)])
    assert (shape <= scribbles.UNUSUAL).all()
    assert (usual <= scribbles.UNUSUAL).mean() < 0.25 < 0.7 < (scribbled <= scribbles.UNUSUAL).mean()
    assert scribbles.auc(scribbled, usual) > 0.85


def test_the_shipped_figures_of_scribbles_are_of_use():
    for of in measured.load("scribbles")["models"].values():
        assert max(of["shapes"].values()) <= scribbles.UNUSUAL < of["one"]
        assert of["auc"] - 3 * of["auc_error"] > of["above_auc"] > of["loss_auc"]  # the grey helps
        assert of["unusual_digits"] < 0.2 < 0.8 < of["unusual_scribbles"]


def test_the_area_counts_pairs_and_a_tie_half():
    assert scribbles.auc(np.array([0.0, 0.2]), np.array([0.1, 0.2])) == pytest.approx((1 + 1 + 0 + 0.5) / 4)
