"""The bound by importance-weighted draws, against torch.distributions in float64 and against log p(x) itself."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.distributions import Bernoulli, Normal

from vae_core import loss_registry, measured, paths
from vae_core.analysis import likelihood, sampling
from vae_core.datasets import registry
from vae_core.losses import per_image
from vae_core.measured import bound
from vae_core.model import Posterior
from vae_core.runs.run import Run
from vae_core.training.checkpoint import load_model

PIXELS, LATENT = 7, 3


def tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.asarray(array, np.float64))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.mark.parametrize("reconstruction", list(likelihood.LIKELIHOODS))
def test_the_weights_are_those_of_torchs_distributions(rng, reconstruction):
    """Also far out, where a chance is one to the last digit of a float."""
    mean, logvar = rng.normal(size=(4, LATENT)), rng.normal(-1, 1, (4, LATENT))
    eps, matrix = rng.normal(size=(4, 6, LATENT)), rng.normal(0, 30, (LATENT, PIXELS))
    x = rng.uniform(size=(4, PIXELS)).round(2)
    found = likelihood.log_weights(lambda z: z @ matrix, x, mean, logvar, eps, reconstruction)
    q = Normal(tensor(mean)[:, None], tensor(np.exp(logvar / 2))[:, None])
    z = q.loc + tensor(eps) * q.scale
    logits, wanted = z @ tensor(matrix), tensor(x)[:, None].expand(4, 6, PIXELS)
    pixel = (
        Bernoulli(logits=logits, validate_args=False)
        if reconstruction == "bce"
        else Normal(torch.sigmoid(logits), torch.ones(()).double())
    )
    expected = pixel.log_prob(wanted).sum(-1) + Normal(0.0, 1.0).log_prob(z).sum(-1) - q.log_prob(z).sum(-1)
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-10, atol=1e-9)


@pytest.mark.parametrize("reconstruction", list(likelihood.LIKELIHOODS))
def test_a_likelihood_is_minus_the_loss_but_for_a_constant(rng, reconstruction):
    logits, x = rng.normal(0, 3, (20, PIXELS)), rng.uniform(size=(20, PIXELS))
    loss = per_image(tensor(logits), tensor(x), Posterior(tensor(logits), None), reconstruction, 1.0).numpy()
    difference = likelihood.LIKELIHOODS[reconstruction](logits, x) + loss
    np.testing.assert_allclose(difference, difference[0], atol=1e-9)


def test_a_mean_of_weights_overflows_nowhere(rng):
    values = rng.normal(0, 300, (5, 40)) + np.array([-1e5, -800, 0, 800, 1e5])[:, None]
    expected = torch.logsumexp(tensor(values), -1).numpy() - np.log(40)
    np.testing.assert_allclose(likelihood.log_mean_exp(values), expected, rtol=1e-12)


@pytest.mark.parametrize("spread", [0.0, 0.1, 5.0, 2000.0])
def test_no_step_of_the_ladder_is_below_the_one_before(rng, spread):
    """Of the same draws, whatever they are: by the concavity of the logarithm, group in group."""
    assert all(after % before == 0 for before, after in pairwise(likelihood.LADDER))
    weights = rng.standard_cauchy((30, likelihood.LADDER[-1])) * spread - 100
    by_step = [likelihood.bounds(weights, k).mean(-1) for k in likelihood.LADDER]
    for before, after in pairwise(by_step):
        assert (after >= before - 1e-9 * np.abs(before)).all()
    np.testing.assert_allclose(by_step[0], weights.mean(-1))  # one draw: the ELBO, its estimate averaged
    if spread:
        assert (by_step[-1] > by_step[0]).all()


@pytest.mark.parametrize("draws", [0, -1, 41])
def test_more_draws_than_there_are_cannot_be_averaged(draws):
    with pytest.raises(ValueError, match="cannot be averaged"):
        likelihood.bounds(np.zeros((2, 40)), draws)


def test_the_bound_climbs_to_the_truth_and_not_above(rng):
    """One number of the code: there log p(x) is an integral that a fine grid knows."""
    matrix, x = rng.normal(0, 2, (1, PIXELS)), (rng.uniform(size=(1, PIXELS)) > 0.5).astype(float)
    grid = np.linspace(-12, 12, 200_001)[:, None]
    prior = -0.5 * grid[:, 0] ** 2 - 0.5 * np.log(2 * np.pi)
    exact = likelihood.log_mean_exp(likelihood.log_bernoulli(grid @ matrix, x[0]) + prior) + np.log(24.0)
    mean, logvar = np.array([[0.8]]), np.array([[-1.0]])  # some bubble, not the best
    eps = rng.normal(size=(1, 200_000, 1))
    weights = likelihood.log_weights(lambda z: z @ matrix, x, mean, logvar, eps)[0]
    found = [likelihood.bounds(weights, k) for k in (1, 5, 50, 500)]
    errors = [values.std() / np.sqrt(len(values)) for values in found]
    for values, error in zip(found, errors, strict=True):
        assert values.mean() < exact + 4 * error
    assert found[0].mean() < exact - 0.1
    assert found[-1].mean() == pytest.approx(exact, abs=0.05)


def test_without_torch_the_first_step_is_minus_the_loss_with_torch():
    run = Run(paths.GALLERY / "lecture", gallery=True)
    from safetensors.numpy import load_file

    tensors, model = dict(load_file(run.weights_file(10))), load_model(run, 10)
    images = registry.load_test("mnist-55k").images[:60]
    weights = likelihood.weights_of(run.architecture, tensors, images / np.float32(255), 50, 0, "bce")
    losses = sampling.sampled_losses(model, images, "bce", 1.0, draws=50, seed=4)
    away = weights.mean(1) + losses  # other rolls of the same dice
    error = weights.std(1) * np.sqrt(2 / 50)
    assert (np.abs(away) < 6 * error).all()
    assert abs(away.mean()) < 4 * np.sqrt(np.square(error).sum()) / len(away)


# ---- what ships


@pytest.mark.parametrize("name", bound.MODELS)
@pytest.mark.parametrize("ink", ["grey", "pure"])
def test_what_ships_was_measured_on_these_weights(name, ink):
    """Fewer draws, other rolls, the same pictures."""
    run, of = Run(paths.GALLERY / name, gallery=True), measured.load("bound")["models"][name][ink]
    from safetensors.numpy import load_file

    tensors = dict(load_file(run.weights_file(run.weight_epochs()[-1])))
    x = registry.load_test(run.config.dataset).images[: bound.PICTURES] / np.float32(255)
    weights = likelihood.weights_of(run.architecture, tensors, likelihood.pure(x) if ink == "pure" else x, 5, 9, "bce")
    for k, shipped in zip((1, 5), of["bound"], strict=False):
        assert likelihood.bounds(weights, k).mean() == pytest.approx(shipped, abs=0.4)


def test_the_shipped_bounds_rise_with_every_seed():
    found = measured.load("bound")
    assert found["draws"] == list(bound.DRAWS) and found["pictures"] == bound.PICTURES
    for of in found["models"].values():
        for ink in ("grey", "pure"):
            assert all((np.diff(seed) > 0).all() for seed in of[ink]["seeds"])
            assert len(of[ink]["seeds"]) == len(bound.SEEDS) > 1
            assert of[ink]["gain"][-1] > 5 * of[ink]["gain_error"][-1]  # "500 draws lift the limit by"


def test_black_and_white_has_no_floor_and_grey_has():
    x = registry.load_test("mnist-55k").images[:50] / 255
    assert loss_registry.entropy(likelihood.pure(x)).max() < 1e-6 < 10 < loss_registry.entropy(x).min()
