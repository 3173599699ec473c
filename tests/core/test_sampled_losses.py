"""The loss with codes drawn from the bubble: minus the ELBO, for beta 1."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vae_core.analysis import sampling
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.model import Autoencoder, build
from vae_core.training.checkpoint import load_model

IMAGES = registry.load_test("digits").images[:40]


def model(variational: bool = True) -> Autoencoder:
    torch.manual_seed(0)
    return build(Config(latent_dim=3, hidden_dim=8, model="vae" if variational else "autoencoder")).requires_grad_(
        False
    )


def test_one_number_for_each_image_and_the_same_for_the_same_dice():
    found = sampling.sampled_losses(model(), IMAGES, "bce", 1.0, draws=4, seed=2)
    assert found.shape == (40,)
    assert np.array_equal(found, sampling.sampled_losses(model(), IMAGES.reshape(-1, 28, 28), "bce", 1.0, 4, 2))
    assert not np.array_equal(found, sampling.sampled_losses(model(), IMAGES, "bce", 1.0, draws=4, seed=3))


@pytest.mark.parametrize("reconstruction", ["bce", "mse"])
def test_the_mean_over_draws_is_the_mean_of_single_draws(reconstruction):
    """Computed in one batch, against the definition, one draw after the other."""
    net, draws = model(), 5
    posterior = net.encode(torch.tensor(IMAGES).float() / 255)
    eps = torch.from_numpy(sampling.noise(draws * len(IMAGES), 3, 7)).view(draws, len(IMAGES), 3)
    expected = np.zeros(len(IMAGES))
    for one in eps:
        p, x = net.decode(posterior.sample(one)).numpy().astype(float), IMAGES / 255
        errors = (
            -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(1)
            if reconstruction == "bce"
            else 0.5 * ((x - p) ** 2).sum(1)
        )
        mean, logvar = posterior.mean.numpy(), posterior.logvar.numpy()
        expected += errors + 2.0 * 0.5 * (np.exp(logvar) - logvar - 1 + mean**2).sum(1)
    found = sampling.sampled_losses(net, IMAGES, reconstruction, 2.0, draws, 7)
    np.testing.assert_allclose(found, expected / draws, rtol=1e-4)


def test_without_noise_it_is_the_loss_of_the_code():
    net = model(variational=False)
    found = sampling.sampled_losses(net, IMAGES, "bce", 1.0, draws=3)
    np.testing.assert_allclose(found, sampling.losses(net, IMAGES, "bce", 1.0), rtol=1e-6)


def test_for_a_trained_model_it_agrees_with_what_the_training_recorded(finished_run):
    """metrics.jsonl holds the same quantity over the whole test set, with other dice."""
    images = registry.load_test("digits").images
    found = sampling.sampled_losses(load_model(finished_run, 5), images, "bce", 1.0, draws=8)
    assert found.mean() == pytest.approx(finished_run.metrics()[-1]["test"]["loss"], rel=0.02)
    assert found.mean() > sampling.losses(load_model(finished_run, 5), images, "bce", 1.0).mean()
