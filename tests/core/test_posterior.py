"""Bubbles and forces, each formula against an independent way to the same number."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Independent, MixtureSameFamily, Normal, kl_divergence
from torch.distributions.categorical import Categorical

from vae_core import gallery, paths
from vae_core.analysis import autograd_gradients, posterior
from vae_core.config import Config
from vae_core.losses import per_image, terms
from vae_core.model import Autoencoder, Posterior, build
from vae_core.runs.run import Run, RunError
from vae_core.training.checkpoint import load_model

number, logvar = st.floats(-3, 3), st.floats(-4, 1.5)


@pytest.fixture(scope="module")
def model() -> Autoencoder:
    torch.manual_seed(0)
    return build(Config(latent_dim=2, hidden_dim=16)).requires_grad_(False)


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (5, 784), dtype=np.uint8)


@given(number, logvar, number, logvar)
def test_the_overlap_is_the_integral_of_the_root_of_the_product(a, log_s, b, log_t):
    x = torch.linspace(-30, 30, 60_001, dtype=torch.float64)
    p, q = (Normal(m, math.exp(v / 2)).log_prob(x) for m, v in ((a, log_s), (b, log_t)))
    expected = torch.trapezoid(torch.exp((p + q) / 2), x).item()
    assert posterior.overlap(*(np.array([v]) for v in (a, log_s, b, log_t))) == pytest.approx(expected, abs=1e-6)


def test_the_overlap_of_several_dimensions_is_the_product_and_of_the_same_bubble_is_one():
    rng = np.random.default_rng(1)
    a, v, b, w = rng.normal(size=(4, 7, 3))
    each = [posterior.overlap(a[:, [k]], v[:, [k]], b[:, [k]], w[:, [k]]) for k in range(3)]
    assert posterior.overlap(a, v, b, w) == pytest.approx(np.prod(each, axis=0))
    assert posterior.overlap(a, v, a, v) == pytest.approx(1)
    assert posterior.overlap(a[:, None], v[:, None], b, w).shape == (7, 7)


def mixture(mean: np.ndarray, logvar: np.ndarray) -> MixtureSameFamily:
    parts = Independent(Normal(torch.tensor(mean), torch.exp(torch.tensor(logvar) / 2)), 1)
    return MixtureSameFamily(Categorical(torch.ones(len(mean))), parts)


def test_all_bubbles_together_have_the_moments_of_their_mixture():
    rng = np.random.default_rng(2)
    mean, logvar = rng.normal(size=(20, 2)), rng.normal(-1, 1, (20, 2))
    centre, covariance = posterior.aggregate(mean, logvar)
    assert centre == pytest.approx(mixture(mean, logvar).mean.numpy())
    assert np.diag(covariance) == pytest.approx(mixture(mean, logvar).variance.numpy())
    torch.manual_seed(0)
    drawn = mixture(mean, logvar).sample((200_000,)).numpy()
    assert covariance == pytest.approx(np.cov(drawn, rowvar=False), abs=0.03)
    assert posterior.aggregate(mean, None)[1] == pytest.approx(np.cov(mean, rowvar=False, bias=True))


def test_the_density_is_the_mixtures_and_its_first_row_is_at_the_top():
    rng = np.random.default_rng(3)
    mean, logvar = rng.normal(size=(20, 2)), rng.normal(-1, 0.5, (20, 2))
    cells, reach = posterior.density(mean, logvar, 3.0, 120), 3.0
    middles = np.linspace(-reach, reach, 241)[1::2]
    grid = torch.tensor(np.stack(np.meshgrid(middles, middles[::-1]), -1))
    expected = mixture(mean, logvar).log_prob(grid).exp().numpy() * (2 * reach / 120) ** 2
    assert cells == pytest.approx(expected, abs=2e-6)
    assert posterior.density(np.array([[0.0, 2.0]]), np.array([[-9.0, -9.0]]), 3, 3)[0, 1] == pytest.approx(1, abs=1e-6)
    assert posterior.density(mean, logvar, 40, 31).sum() == pytest.approx(1, abs=1e-5)


def test_distances_are_those_of_every_pair():
    rng = np.random.default_rng(4)
    codes, places = rng.normal(size=(2_100, 3)), rng.normal(size=(5, 3))
    every = np.linalg.norm(codes[:, None] - codes, axis=-1) + np.diag(np.full(2_100, np.inf))
    assert posterior.gaps(codes) == pytest.approx(every.min(1))
    assert posterior.nearest(codes, places) == pytest.approx(np.linalg.norm(places[:, None] - codes, axis=-1).min(1))
    assert posterior.nearest(codes, codes[:3]) == pytest.approx(0, abs=1e-6)


def test_the_strangest_hole_of_a_ring_is_in_its_middle_or_where_the_picture_is_strange():
    turn = np.linspace(0, 2 * np.pi, 200)
    ring = np.stack([5 + 2 * np.cos(turn), -3 + 2 * np.sin(turn)], 1)
    middle = posterior.strangest_hole(ring, 1.0, lambda z: z)  # a picture is as strange as its code is far away
    assert middle == pytest.approx([5, -3], abs=0.1)
    flat = posterior.strangest_hole(ring, 1.0, lambda z: np.maximum(z - [5.5, 0], 0) * [1, 0])  # strange on the right
    assert 5.5 < flat[0] < 6 and np.linalg.norm(flat - [5, -3]) < 1
    assert posterior.strangest_hole(ring, 99.0, lambda z: z) == pytest.approx(
        [5, -3], abs=0.1
    )  # nothing is so far away


def test_agreement_is_the_share_of_the_commonest_class_among_the_most_similar():
    known = np.repeat([[0.0, 0.0], [9.0, 9.0]], 10, axis=0) + np.random.default_rng(5).normal(0, 0.1, (20, 2))
    labels = np.array([3] * 10 + [7] * 6 + [8] * 4)
    assert posterior.agreement(np.array([[0.0, 0.1], [9.0, 9.1]]), known, labels).tolist() == [1.0, 0.6]


def test_the_penalty_is_the_kl_of_torch():
    rng = np.random.default_rng(6)
    mean, logvar = rng.normal(size=(30, 4)), rng.normal(-1, 1, (30, 4))
    exact = kl_divergence(Normal(torch.tensor(mean), torch.exp(torch.tensor(logvar) / 2)), Normal(0, 1)).mean(0)
    found = posterior.penalty(mean, logvar)
    assert found.kl == pytest.approx(exact.numpy())
    assert found.variance == pytest.approx(np.exp(logvar).mean(0))


@pytest.mark.parametrize("reconstruction", ["bce", "mse"])
def test_slopes_and_forces_are_finite_differences(model, images, reconstruction):
    exact = build(Config(latent_dim=2, hidden_dim=16)).double().requires_grad_(False)
    exact.load_state_dict(model.state_dict())
    x = torch.tensor(images).double() / 255
    eps = torch.from_numpy(autograd_gradients.noise(8, 2, seed=3)).double()
    posterior = exact.encode(x)
    assert posterior.logvar is not None

    def expected(mean, logvar):
        """The average reconstruction term of each image under the same dice."""
        each = [
            per_image(
                exact.decode_logits(mean + e * torch.exp(logvar / 2)), x, Posterior(mean, None), reconstruction, 0
            )
            for e in eps
        ]
        return torch.stack(each).mean(0)

    found = autograd_gradients.forces(model, images, reconstruction, draws=8, seed=3)
    for which, gradient in enumerate(found):
        for dim in range(2):
            step = torch.zeros(2, dtype=torch.float64)
            step[dim] = 1e-5
            sides = []
            for sign in (1, -1):
                moved = [t.clone() for t in posterior]
                moved[which] += sign * step
                sides.append(expected(*moved))
            difference = (sides[0] - sides[1]) / 2e-5
            assert gradient[:, dim] == pytest.approx(difference.numpy(), rel=1e-3, abs=1e-4)


def test_the_penaltys_pull_is_its_formula(model, images):
    posterior = model.encode(torch.tensor(images).float() / 255)
    on_mean, on_logvar = autograd_gradients.pull_of_the_penalty(posterior, beta=4)
    assert on_mean == pytest.approx(4 * posterior.mean.numpy(), rel=1e-5)
    assert on_logvar == pytest.approx(2 * (np.exp(posterior.logvar.numpy()) - 1), rel=1e-4, abs=1e-6)


def test_one_throw_has_the_gradient_of_the_training_loss(model, images):
    x = torch.tensor(images).float() / 255
    mean, logvar = (t.detach().requires_grad_(True) for t in model.encode(x))
    eps = torch.from_numpy(autograd_gradients.noise(1, 2, seed=0))
    posterior = Posterior(mean, logvar)
    loss = terms(model.decode_logits(posterior.sample(eps)), x, posterior).loss(0) * len(x)
    for found, exact in zip(
        autograd_gradients.forces(model, images, "bce", draws=1), torch.autograd.grad(loss, (mean, logvar)), strict=True
    ):
        assert found == pytest.approx(exact.numpy(), rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("baseline", [False, True])
def test_both_estimates_of_a_gradient_agree_with_its_formula(baseline):
    # loss = |z - a|² / 2 has E = (|mean - a|² + |std|²) / 2, so its gradients are mean - a and std.
    mean, std, a = np.array([0.5, -1.0]), np.array([0.3, 0.6]), np.array([1.0, 0.0])
    eps = np.random.default_rng(7).standard_normal((400_000, 2))
    z = mean + eps * std
    with_it = posterior.with_the_trick(z - a, eps)
    without = posterior.without_the_trick(0.5 * np.square(z - a).sum(1), eps, std, baseline=baseline)
    for found in (with_it, without):
        assert found[0].mean(0) == pytest.approx(mean - a, abs=0.015)
        assert found[1].mean(0) == pytest.approx(std, abs=0.03)
    assert posterior.scatter(with_it[0]) == pytest.approx(np.square(std).sum(), rel=0.02)
    assert (posterior.scatter(np.stack(without)) > posterior.scatter(np.stack(with_it))).all()


def test_the_estimate_without_the_trick_is_the_loss_times_the_slope_of_the_density():
    rng = np.random.default_rng(8)
    mean, std, eps, loss = rng.normal(size=2), np.array([0.2, 0.7]), rng.normal(size=(6, 2)), rng.random(6)
    m, s = torch.tensor(mean, requires_grad=True), torch.tensor(std, requires_grad=True)
    found = posterior.without_the_trick(loss, eps, std)
    for k in range(6):
        density = Normal(m, s).log_prob(torch.tensor(mean + eps[k] * std)).sum()
        for mine, exact in zip(found, torch.autograd.grad(density, (m, s)), strict=True):
            assert mine[k] == pytest.approx(loss[k] * exact.numpy())


FORCED = [piece for piece in gallery.PIECES if piece.has_forces]


@pytest.mark.parametrize("piece", FORCED, ids=lambda piece: piece.name)
def test_the_gallerys_forces_are_whole_and_follow_from_its_weights(piece):
    run = Run(paths.GALLERY / piece.name)
    kept = posterior.stored_forces(run)
    assert kept is not None
    assert kept.on_mean.shape == kept.on_logvar.shape == (piece.config.epochs + 1, len(kept.places), 2)
    assert np.isfinite(kept.on_mean).all() and np.isfinite(kept.on_logvar).all()
    assert np.bincount(run.labels()[kept.places]).tolist() == [gallery.BUBBLES] * 10
    # Without the pictures: the slope of the decoder at a kept draw says that loss and slope belong together.
    dice = posterior.stored_draws(run)
    assert (dice is not None) == bool(piece.film)
    if dice is None:
        return
    latents = run.latents(piece.config.epochs)
    assert latents.std is not None
    z = latents.mean[dice.places][:, None] + dice.eps * latents.std[dice.places][:, None]
    near = np.linalg.norm(z[:, :, None] - z[:, None], axis=-1) + 9 * np.eye(z.shape[1])
    for n in range(len(z)):
        i, j = np.unravel_index(near[n].argmin(), near[n].shape)
        predicted = (dice.slope[n, i] + dice.slope[n, j]) / 2 @ (z[n, j] - z[n, i])
        assert dice.loss[n, j] - dice.loss[n, i] == pytest.approx(predicted, abs=0.02)


@pytest.mark.parametrize("piece", FORCED, ids=lambda piece: piece.name)
def test_the_gallerys_forces_are_measured_on_the_dataset(piece):
    from vae_core.datasets import registry

    run = Run(paths.GALLERY / piece.name)
    kept = posterior.stored_forces(run)
    assert kept is not None
    images = registry.load_test(piece.config.dataset).images[run.test_indices()[kept.places[:20]]]
    last = piece.config.epochs
    found = autograd_gradients.forces(load_model(run, last), images, "bce")
    typical = float(np.abs(kept.on_mean[last]).mean())
    assert found[0] == pytest.approx(kept.on_mean[last, :20], rel=0.02, abs=0.01 * typical)


def test_a_damaged_file_of_forces_is_one_sentence(tmp_path, own_run):
    assert posterior.stored_forces(own_run) is None and posterior.stored_draws(own_run) is None
    (own_run.path / "forces.npz").write_bytes(b"no zip")
    with pytest.raises(RunError, match=r"forces\.npz of the run mine is damaged"):
        posterior.stored_forces(own_run)
