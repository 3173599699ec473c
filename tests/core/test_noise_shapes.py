"""The shapes of the dice, against scikit-learn and torch; how clear pictures are, and what ships of it."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors

from vae_core import measured, paths
from vae_core.analysis import clearness, noise_shapes, posterior
from vae_core.analysis.sampling import noise, sample_codes
from vae_core.measured import noise_shapes as measuring
from vae_core.runs.run import Run
from vae_core.training.checkpoint import load_model


@pytest.fixture(scope="module")
def codes() -> tuple[np.ndarray, np.ndarray]:
    """Codes (600, 4) of three classes, each lying another way."""
    random = np.random.default_rng(5)
    parts = [random.normal(size=(200, 4)) @ random.normal(size=(4, 4)) + random.normal(0, 6, 4) for _ in range(3)]
    return np.concatenate(parts).astype(np.float32), np.repeat([0, 1, 2], 200)


def test_the_gaussians_are_those_of_scikit_learn(codes):
    x = codes[0].astype(float)
    weights, means, covariances = noise_shapes.start(x, 5)
    theirs = GaussianMixture(
        5, weights_init=weights, means_init=means, precisions_init=np.linalg.inv(covariances),
        tol=noise_shapes.TOLERANCE, max_iter=noise_shapes.ROUNDS, reg_covar=noise_shapes.least_variance(x),
    ).fit(x)  # fmt: skip
    mine = noise_shapes.mixture(x, 5)
    likely = np.logaddexp.reduce(noise_shapes.log_densities(x, *mine), axis=1)
    assert likely.mean() == pytest.approx(theirs.score(x), abs=2 * noise_shapes.TOLERANCE)
    np.testing.assert_allclose(mine[1], theirs.means_, atol=0.05)
    np.testing.assert_allclose(mine[0], theirs.weights_, atol=0.01)


def test_the_densities_are_those_of_torch(codes):
    x = codes[0].astype(float)
    weights, means, covariances = noise_shapes.start(x, 3)
    mine = np.logaddexp.reduce(noise_shapes.log_densities(x, weights, means, covariances), axis=1)
    each = torch.distributions.MultivariateNormal(torch.from_numpy(means), torch.from_numpy(covariances))
    mixed = torch.distributions.MixtureSameFamily(torch.distributions.Categorical(torch.from_numpy(weights)), each)
    np.testing.assert_allclose(mine, mixed.log_prob(torch.from_numpy(x)).numpy(), atol=1e-9)


@pytest.mark.parametrize("name", noise_shapes.SHAPES)
def test_rolls_have_the_moments_of_the_mixture_that_torch_draws_from(name, codes):
    shape = noise_shapes.fitted(name, *codes)
    assert shape.weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(shape.roots, np.swapaxes(shape.roots, 1, 2), atol=1e-9)
    each = torch.distributions.MultivariateNormal(
        torch.from_numpy(shape.means), torch.from_numpy(shape.roots @ shape.roots + 1e-9 * np.eye(4))
    )
    chosen = torch.distributions.Categorical(torch.from_numpy(shape.weights))
    torch.manual_seed(0)
    theirs = torch.distributions.MixtureSameFamily(chosen, each).sample((60_000,)).numpy()
    mine = shape.codes(noise(60_000, 4, 0), noise_shapes.turns(60_000, 0))
    wide = theirs.std(0)
    np.testing.assert_allclose(mine.mean(0) / wide, theirs.mean(0) / wide, atol=0.03)
    unit = np.outer(wide, wide)
    np.testing.assert_allclose(np.cov(mine.T) / unit, np.cov(theirs.T) / unit, atol=0.04)


def test_each_shape_is_measured_as_it_says(codes):
    x, labels = codes
    eps, turn = noise(500, 4, 3), noise_shapes.turns(500, 3)
    np.testing.assert_array_equal(noise_shapes.fitted("prior", x, labels).codes(eps, turn), eps)
    spread = noise_shapes.fitted("spread", x, labels).codes(eps, turn)
    np.testing.assert_allclose(spread, sample_codes(x, 500, 3), rtol=1e-4, atol=1e-4)
    both = noise_shapes.fitted("correlated", x, labels)
    np.testing.assert_allclose(both.roots[0] @ both.roots[0], np.cov(x.astype(float).T, bias=True), atol=1e-6)
    second = noise_shapes.fitted("classes", x, labels, only=1)
    np.testing.assert_allclose(second.means[0], x[labels == 1].mean(0), atol=1e-4)
    third = noise_shapes.fitted("classes", x, labels).codes(eps, np.full(500, 0.99))
    np.testing.assert_array_equal(third, noise_shapes.fitted("classes", x, labels, only=2).codes(eps, turn))
    still = second.codes(eps, turn, spread=0)
    np.testing.assert_allclose(still, np.broadcast_to(second.means[0], still.shape), rtol=1e-5)


def test_few_codes_broken_codes_and_codes_without_classes_have_dice_too():
    for x in (np.full((3, 2), np.nan), np.full((40, 20), 1e30), np.zeros((11, 3)), np.array([[1.0], [2.0]])):
        labels = np.zeros(len(x), int)
        for name in noise_shapes.offered(labels, 0):
            found = noise_shapes.fitted(name, x.astype(np.float32), labels).codes(
                noise(5, x.shape[1], 0), noise_shapes.turns(5, 0)
            )
            assert np.isfinite(found).all(), name
    assert "classes" not in noise_shapes.offered(np.zeros(9, int), 0)
    assert "classes" not in noise_shapes.offered(np.zeros(9, int), 3)
    assert "classes" in noise_shapes.offered(np.array([0, 0, 2, 2]), 3)
    assert noise_shapes.known_classes(np.array([0, 0, 1, 2, 2])) == [0, 2]


def test_what_is_measured_is_counted():
    assert noise_shapes.figures("prior", 20, 10) == 0
    assert noise_shapes.figures("spread", 20, 10) == 40
    assert noise_shapes.figures("correlated", 20, 10) == 20 + 20 * 21 / 2
    theirs = GaussianMixture(10, tol=1e9).fit(np.random.default_rng(0).normal(size=(300, 20)))
    assert noise_shapes.figures("mixture", 20, 10) == theirs._n_parameters()


def test_clear_is_the_vote_of_the_most_similar_that_the_dice_do_not_know(codes):
    x, labels = codes
    found = clearness.known(x, labels, lambda z: z * 2)
    assert found is not None
    seen = {row.tobytes() for row in found.codes}
    assert len(found.codes) == len(found.rebuilt) == 300
    assert not seen & {(row / 2).tobytes() for row in found.rebuilt}
    shape = noise_shapes.fitted("mixture", found.codes, found.labels)
    drawn = 2 * shape.codes(noise(80, 4, 1), noise_shapes.turns(80, 1))
    near = NearestNeighbors(n_neighbors=10).fit(found.rebuilt).kneighbors(drawn, return_distance=False)
    votes = [np.bincount(found.rebuilt_labels[each]).max() / 10 for each in near]
    mine = clearness.of_rolls(found, lambda z: z * 2, "mixture", 2, 80)
    assert mine[1] == pytest.approx(np.mean(votes))
    assert clearness.known(x[:12], labels[:12], lambda z: z) is None  # too few to compare with
    assert clearness.known(x[:200], labels[:200], lambda z: z) is None  # one class


def shipped() -> dict:
    return measured.load("noise_shapes")


def test_what_ships_is_whole():
    found = shipped()
    for name in measuring.MODELS:
        run = Run(paths.GALLERY / name, gallery=True)
        assert list(found["models"][name]) == [str(epoch) for epoch in run.weight_epochs() if epoch]
        for row in found["models"][name].values():
            assert set(row) == {"copies", *noise_shapes.SHAPES}
            assert all(0.1 <= row[shape][0] <= 1 and 0 < row[shape][1] < 0.03 for shape in noise_shapes.SHAPES)
    assert len(json.dumps(found)) < 10_000


@pytest.mark.parametrize(("name", "shape"), [("autoencoder", "correlated"), ("lecture", "prior")])
def test_what_ships_is_what_the_weights_give(name, shape):
    run = Run(paths.GALLERY / name, gallery=True)
    found = measuring.known_of(run, 10)
    model = load_model(run, 10)
    again = clearness.of_rolls(found, lambda z: measuring.pixels_of(model, z), shape, 3, measuring.ROLLS)
    mean, std = shipped()["models"][name]["10"][shape]
    assert again.mean() == pytest.approx(mean, abs=3 * std / 3**0.5)


def test_the_measure_is_the_apps_own():
    random = np.random.default_rng(0)
    known, labels = random.random((60, 5)), random.integers(0, 3, 60)
    pictures = random.random((7, 5))
    near = NearestNeighbors(n_neighbors=10).fit(known).kneighbors(pictures, return_distance=False)
    votes = [np.bincount(labels[each]).max() / 10 for each in near]
    np.testing.assert_allclose(posterior.agreement(pictures, known, labels), votes)
