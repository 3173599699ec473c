"""A bubble that chooses for itself: torch's descent, the browser's slopes, and what was measured of the gallery."""

from __future__ import annotations

import json
import shutil
import subprocess

import numpy as np
import pytest
import torch

from vae_core import measured, paths
from vae_core.analysis import settling
from vae_core.analysis.autograd_gradients import slopes
from vae_core.config import Config
from vae_core.measured import amortisation, variance
from vae_core.model import build
from vae_core.runs.run import Run

GALLERY = paths.ROOT / "checkpoints" / "pretrained"
FEW = 3  # pictures that are measured again
LIB = (paths.ROOT / "static" / "lib").as_uri()


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return build(Config(dataset="digits", latent_dim=3, hidden_dim=16))


@pytest.fixture(scope="module")
def images(model):
    return np.random.default_rng(0).integers(0, 256, (4, model.shape.pixels)).astype(np.uint8)


def test_a_bubble_that_settles_costs_less_and_its_gap_is_the_difference_of_both_losses(model, images):
    found = settling.settle(model, images, "bce", 0.5)
    gap = found.gap(0.5)
    np.testing.assert_allclose(gap, (found.before - found.after) @ [1, 0.5])
    assert (gap > 0).all() and (found.moved() > 0).all()
    var = np.exp(found.own_logvar)
    kl = torch.distributions.kl_divergence(
        torch.distributions.Normal(torch.tensor(found.own_mean), torch.tensor(np.sqrt(var))),
        torch.distributions.Normal(0.0, 1.0),
    ).sum(1)
    np.testing.assert_allclose(found.after[:, 1], kl, rtol=1e-4)
    again = settling.settle(model, images, "bce", 0.5, seed=5)  # other rolls lead to the same place
    np.testing.assert_allclose(again.own_mean, found.own_mean, atol=0.1)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not on this machine")
@pytest.mark.parametrize(
    ("network", "reconstruction"), [("lecture", "bce"), ("lecture", "mse"), ("convolutional", "bce")]
)
def test_the_browser_has_the_slopes_of_autograd(network, reconstruction):
    torch.manual_seed(1)
    made = build(Config(dataset="digits", latent_dim=3, hidden_dim=16, network=network))
    random = np.random.default_rng(2)
    x, z = random.random((5, made.shape.pixels), np.float32), random.standard_normal((5, 3)).astype(np.float32)
    error, slope = slopes(made, torch.tensor(x), torch.tensor(z), reconstruction)
    source = {
        "layers": made.architecture.to_json()["decoder"], "latent_dim": 3,
        "weights": {name.removeprefix("decoder."): w.flatten().tolist() for name, w in made.state_dict().items()
                    if name.startswith("decoder.")},
    }  # fmt: skip
    code = f"""
import {{ slopeOf }} from "{LIB}/slope.js";
const term = slopeOf({json.dumps(source)}, "{reconstruction}");
const all = {json.dumps(z.tolist())}.map((z, k) => {{
  const {{ error, slope }} = term.at(z, {json.dumps(x.tolist())}[k]);
  return [error, ...slope];
}});
console.log(JSON.stringify(all));"""
    ran = subprocess.run(
        ["node", "--input-type=module", "-"], input=code, capture_output=True, text=True, check=True, timeout=60
    )
    found = np.array(json.loads(ran.stdout))
    np.testing.assert_allclose(found[:, 0], error, rtol=1e-5)
    np.testing.assert_allclose(found[:, 1:], slope, rtol=1e-3, atol=1e-4)


def test_browser_and_core_descend_alike():
    text = (paths.ROOT / "static" / "lib" / "settle.js").read_text(encoding="utf-8")
    for name in ("STEPS", "DRAWS", "OF_MEAN", "OF_LOGVAR", "FINAL", "AVERAGED"):
        assert f"const {name} = {getattr(settling, name):g};" in text


@pytest.mark.parametrize("name", amortisation.MODELS)
def test_the_shipped_gaps_are_those_of_the_gallery(name):
    shipped = measured.load("amortisation")[name]
    assert len(shipped["gaps"]) == shipped["pictures"] == amortisation.PICTURES
    assert np.mean(shipped["gaps"]) == pytest.approx(shipped["gap"], abs=1e-3)
    assert shipped["error"] == pytest.approx(np.std(shipped["gaps"], ddof=1) / shipped["pictures"] ** 0.5, rel=1e-2)
    found = np.array(amortisation._part(name, 0, 0, FEW))
    np.testing.assert_allclose(found[:, 0], shipped["gaps"][:FEW], atol=0.5)
    # What is said of them holds with each seed of the noise, and beyond the uncertainty.
    assert min(shipped["gap_by_seed"]) - 4 * shipped["error"] > 0
    assert np.ptp(shipped["gap_by_seed"]) < shipped["error"]


def test_the_shipped_costs_by_variance_are_those_of_the_gallery(monkeypatch):
    shipped = measured.load("variance")
    assert shipped["variances"] == list(variance.VARIANCES)
    run = Run(GALLERY / variance.MODEL, gallery=True)
    assert run.labels()[shipped["place"]] == shipped["digit"]
    few = (0.0, 0.01, 1.0)
    at = [min(range(len(variance.VARIANCES)), key=lambda k: abs(variance.VARIANCES[k] - v)) for v in few]
    monkeypatch.setattr(variance, "VARIANCES", tuple(variance.VARIANCES[k] for k in at))
    np.testing.assert_allclose(variance.measure()["error"], [shipped["error"][k] for k in at], atol=0.05)
