"""The lecture's networks: shapes, gradients, and the reparameterisation trick."""

from __future__ import annotations

import pytest
import torch

from vae_core.config import Config
from vae_core.losses import terms
from vae_core.model import Autoencoder, Posterior, build

SIZES = [(1, 4), (2, 16), (20, 400), (64, 5)]
KINDS = [True, False]  # variational, classic


def model_of(latent_dim: int, hidden_dim: int, variational: bool = True) -> Autoencoder:
    torch.manual_seed(0)
    return build(Config(latent_dim=latent_dim, hidden_dim=hidden_dim, model="vae" if variational else "autoencoder"))


@pytest.mark.parametrize("variational", KINDS)
@pytest.mark.parametrize(("latent_dim", "hidden_dim"), SIZES)
def test_shapes_and_ranges(latent_dim, hidden_dim, variational):
    model = model_of(latent_dim, hidden_dim, variational)
    posterior = model.encode(torch.rand(7, 784))
    assert posterior.mean.shape == (7, latent_dim)
    assert (posterior.logvar is not None) == variational
    if variational:
        assert posterior.logvar.shape == (7, latent_dim)
    z = posterior.sample()
    assert z.shape == (7, latent_dim)
    images = model.decode(100 * z)
    assert images.shape == (7, 784)
    assert images.min() >= 0 and images.max() <= 1
    torch.testing.assert_close(images, torch.sigmoid(model.decode_logits(100 * z)))


@pytest.mark.parametrize("variational", KINDS)
@pytest.mark.parametrize(("latent_dim", "hidden_dim"), SIZES)
def test_gradients_reach_every_parameter(latent_dim, hidden_dim, variational):
    model = model_of(latent_dim, hidden_dim, variational)
    x = torch.rand(16, 784)
    posterior = model.encode(x)
    terms(model.decode_logits(posterior.sample()), x, posterior).loss(beta=1.0).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize("variational", KINDS)
@pytest.mark.parametrize(("d", "h"), SIZES)
def test_parameter_count_is_that_of_the_lecture(d, h, variational):
    """784 -> h -> 2d (or d) and d -> h -> 784, with biases."""
    outputs = 2 * d if variational else d
    expected = (784 + 1) * h + (h + 1) * outputs + (d + 1) * h + (h + 1) * 784
    assert sum(p.numel() for p in model_of(d, h, variational).parameters()) == expected


def test_the_first_half_of_the_code_is_the_mean_and_the_second_the_log_variance():
    """Row 0 and row 1 of (batch, 2, d), as in the lecture: weights from elsewhere depend on it."""
    model = model_of(3, 8)
    x = torch.rand(4, 784)
    code = model.encoder(x)
    posterior = model.encode(x)
    torch.testing.assert_close(posterior.mean, code[:, :3])
    torch.testing.assert_close(posterior.logvar, code[:, 3:])


def test_samples_have_the_posteriors_mean_and_standard_deviation():
    torch.manual_seed(0)
    mean, logvar = torch.tensor([[-2.0, 0.0, 3.0]]), torch.tensor([[-4.0, 0.0, 2.0]])
    n = 100_000
    z = Posterior(mean.expand(n, 3), logvar.expand(n, 3)).sample()
    std = torch.exp(logvar[0]) ** 0.5
    assert ((z.mean(0) - mean[0]).abs() < 5 * std / n**0.5).all()
    assert ((z.std(0) / std - 1).abs() < 5 / (2 * n) ** 0.5).all()
    assert (torch.corrcoef(z.T) - torch.eye(3)).abs().max() < 0.02  # dimensions are independent


def test_gradients_pass_through_the_sample_to_mean_and_log_variance():
    mean, logvar = torch.zeros(1, 3, requires_grad=True), torch.full((1, 3), 0.6, requires_grad=True)
    eps = torch.tensor([[-1.0, 0.5, 2.0]])
    Posterior(mean, logvar).sample(eps).sum().backward()
    torch.testing.assert_close(mean.grad, torch.ones(1, 3))
    torch.testing.assert_close(logvar.grad, eps * torch.exp(torch.tensor(0.3)) / 2)  # d/dl of eps * exp(l / 2)


def test_the_same_dice_give_the_same_sample_and_no_dice_give_the_mean():
    posterior = model_of(4, 8).encode(torch.rand(5, 784))
    eps = torch.randn(5, 4)
    assert torch.equal(posterior.sample(eps), posterior.sample(eps))
    assert not torch.equal(posterior.sample(), posterior.sample())
    assert torch.equal(posterior.sample(torch.zeros(5, 4)), posterior.mean)


def test_the_classic_autoencoder_throws_no_dice():
    posterior = model_of(4, 8, variational=False).encode(torch.rand(5, 784))
    for eps in (None, torch.randn(5, 4)):
        assert torch.equal(posterior.sample(eps), posterior.mean)


@pytest.mark.parametrize("kind", ["vae", "autoencoder"])
def test_build_follows_the_settings_and_the_seed(kind):
    config = Config(model=kind, latent_dim=3, hidden_dim=9)
    models = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        models.append(build(config))
    assert (models[0].latent_dim, models[0].variational) == (3, kind == "vae")
    assert models[0].encoder[0].out_features == models[0].decoder[0].out_features == 9
    first, same, other = (torch.cat([p.flatten() for p in m.parameters()]) for m in models)
    assert torch.equal(first, same) and not torch.equal(first, other)
