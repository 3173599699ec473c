"""The loss's two terms against independent sources: torch.distributions, and the formulas in 64-bit numpy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Bernoulli, Normal, kl_divergence

from vae_core import loss_registry
from vae_core.config import Config
from vae_core.losses import (
    Terms,
    bce,
    kl_per_dimension,
    mse,
    per_image,
    terms,
)
from vae_core.model import Posterior
from vae_core.training import evaluation

B, D, PIXELS = 5, 3, 784
RECONSTRUCTION = {"bce": bce, "mse": mse}
FORMULAS = {name: loss_registry.get(name).formulas() for name in loss_registry.TITLES}
VALUE_AND_GRADIENT = {name: formulas.value_and_gradient for name, formulas in FORMULAS.items()}


def batch(seed: int = 0, images: int = B, pixels: int = PIXELS) -> tuple[torch.Tensor, torch.Tensor]:
    dice = torch.Generator().manual_seed(seed)
    logits = 4 * torch.randn(images, pixels, generator=dice, dtype=torch.float64)
    return logits, torch.rand(images, pixels, generator=dice, dtype=torch.float64)


def bubbles(seed: int = 0, images: int = B) -> Posterior:
    dice = torch.Generator().manual_seed(seed)
    return Posterior(*(2 * torch.randn(2, images, D, generator=dice, dtype=torch.float64)))


def test_kl_is_the_closed_form_of_torch_distributions():
    mean, logvar = bubbles()
    expected = kl_divergence(Normal(mean, torch.exp(logvar / 2)), Normal(0.0, 1.0))
    torch.testing.assert_close(kl_per_dimension(Posterior(mean, logvar)), expected)


@given(mean=st.floats(-50, 50), logvar=st.floats(-50, 50))
def test_kl_is_never_negative_and_zero_only_at_the_prior(mean, logvar):
    kl = kl_per_dimension(Posterior(*torch.tensor([[[mean]], [[logvar]]], dtype=torch.float64))).item()
    assert kl >= -1e-12
    if max(abs(mean), abs(logvar)) > 1e-3:
        assert kl > 1e-8
    assert kl_per_dimension(Posterior(torch.zeros(1, 1), torch.zeros(1, 1))).item() == 0


def test_bce_of_binary_pictures_is_minus_the_bernoulli_log_likelihood():
    logits, x = batch()
    x = x.round()
    torch.testing.assert_close(bce(logits, x), -Bernoulli(logits=logits).log_prob(x).sum(1).mean())


def test_bce_of_grey_pictures_is_the_lectures_formula():
    logits, x = batch()
    copy, grey = 1 / (1 + np.exp(-logits.numpy())), x.numpy()
    expected = -(grey * np.log(copy) + (1 - grey) * np.log(1 - copy)).sum(axis=1).mean()
    assert bce(logits, x).item() == pytest.approx(expected, rel=1e-9)


def test_mse_is_half_the_squared_distance():
    logits, x = batch()
    copy = 1 / (1 + np.exp(-logits.numpy()))
    expected = (0.5 * np.linalg.norm(copy - x.numpy(), axis=1) ** 2).mean()
    assert mse(logits, x).item() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", RECONSTRUCTION)
def test_reconstruction_is_summed_over_pixels_and_averaged_over_images(name):
    logits, x = batch()
    once = RECONSTRUCTION[name](logits, x)
    torch.testing.assert_close(RECONSTRUCTION[name](logits.repeat(3, 1), x.repeat(3, 1)), once)  # more images
    torch.testing.assert_close(RECONSTRUCTION[name](logits.repeat(1, 3), x.repeat(1, 3)), 3 * once)  # more pixels


def test_kl_is_summed_over_dimensions_and_averaged_over_images():
    (logits, x), (mean, logvar) = batch(), bubbles()
    once = terms(logits, x, Posterior(mean, logvar)).kl
    more_images = Posterior(mean.repeat(3, 1), logvar.repeat(3, 1))
    more_dimensions = Posterior(mean.repeat(1, 3), logvar.repeat(1, 3))
    torch.testing.assert_close(terms(logits.repeat(3, 1), x.repeat(3, 1), more_images).kl, once)
    torch.testing.assert_close(terms(logits, x, more_dimensions).kl, 3 * once)
    torch.testing.assert_close(kl_per_dimension(Posterior(mean, logvar)).sum(1).mean(), once)


@pytest.mark.parametrize("name", RECONSTRUCTION)
def test_terms_takes_the_reconstruction_that_is_asked_for(name):
    logits, x = batch()
    torch.testing.assert_close(terms(logits, x, bubbles(), name).reconstruction, RECONSTRUCTION[name](logits, x))


@given(beta=st.floats(0, 1000), reconstruction=st.floats(0, 1e4), kl=st.floats(0, 1e4))
def test_beta_weighs_the_kl_alone(beta, reconstruction, kl):
    loss = Terms(*torch.tensor([reconstruction, kl], dtype=torch.float64)).loss(beta).item()
    assert loss == pytest.approx(reconstruction + beta * kl)


def test_the_classic_autoencoder_has_no_kl():
    logits, x = batch()
    parts = terms(logits, x, Posterior(torch.full((B, D), 9.0), None))
    assert parts.kl.item() == 0
    assert parts.loss(1000.0).item() == parts.reconstruction.item()


@pytest.mark.parametrize("name", RECONSTRUCTION)
@pytest.mark.parametrize("size", [30.0, 1e3, 1e6])
def test_extreme_logits_give_finite_losses_and_gradients(name, size):
    """Single precision, as in training: a sigmoid of 30 is exactly 1 there, and log(1 - 1) would be infinite."""
    x = torch.tensor([[0.0, 1.0, 0.5, 0.0, 1.0, 0.5]])
    logits = torch.tensor([[size, size, size, -size, -size, -size]], requires_grad=True)
    value = RECONSTRUCTION[name](logits, x)
    value.backward()
    assert torch.isfinite(value)
    assert torch.isfinite(logits.grad).all()
    if name == "bce":  # a pixel that is wholly wrong pulls with full strength, however sure the network is
        torch.testing.assert_close(logits.grad, torch.sigmoid(logits.detach()) - x)


@pytest.mark.parametrize("reconstruction", ["bce", "mse"])
@pytest.mark.parametrize("noisy", [True, False])
def test_the_losses_of_single_images_have_the_batch_as_their_mean(reconstruction, noisy):
    torch.manual_seed(3)
    logits, x = torch.randn(5, 784), torch.rand(5, 784)
    posterior = Posterior(torch.randn(5, 4), torch.randn(5, 4) if noisy else None)
    single = per_image(logits, x, posterior, reconstruction, 2.5)
    assert single.shape == (5,)
    assert float(single.mean()) == pytest.approx(float(terms(logits, x, posterior, reconstruction).loss(2.5)), rel=1e-5)


@pytest.mark.parametrize("name", ["", "BCE", "mae", None])
def test_an_unknown_reconstruction_is_an_error_everywhere(name):
    logits, x = batch()
    for measure in (
        lambda: per_image(logits, x, bubbles(), name, 1.0),
        lambda: terms(logits, x, bubbles(), name),
        lambda: VALUE_AND_GRADIENT[name],
    ):
        with pytest.raises((ValueError, KeyError)):
            measure()


def test_every_reconstruction_of_the_settings_is_known_everywhere():
    assert set(loss_registry.TITLES) == set(RECONSTRUCTION)
    assert all(formulas.of_each and formulas.value_and_gradient for formulas in FORMULAS.values())


@pytest.mark.parametrize("model", ["vae", "autoencoder"])
def test_the_loss_that_is_written_down_is_the_line_that_is_shown(monkeypatch, model):
    """The start page shows ``Terms.loss`` as the line that computes the loss."""
    config = Config(model=model, beta=3.0)
    kl = 2.0 if model == "vae" else 0.0
    assert evaluation.record((100.0, kl), config)["loss"] == 100.0 + 3.0 * kl
    monkeypatch.setattr(Terms, "loss", lambda self, beta: 42.0)
    assert evaluation.record((100.0, kl), config)["loss"] == 42.0
    logits, x = batch()
    assert per_image(logits, x, bubbles(), "bce", 3.0) == 42.0
