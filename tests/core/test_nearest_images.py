"""The nearest training picture, and how far a code is from the data."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import distributions

from vae_core.analysis import nearest_images
from vae_core.analysis.density import kinds_around, log_aggregate_posterior, nearest_code, share_farther
from vae_core.datasets import registry


def brute_force(images: np.ndarray, queries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    apart = images[:, None].astype(np.float64) / 255 - queries.reshape(1, -1, 784) / 255
    away = np.sqrt(np.square(apart).sum(-1))
    return away.argmin(0), away.min(0)


@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 4))
@settings(deadline=None, max_examples=30)
def test_the_nearest_picture_is_the_one_of_a_search_by_hand(seed, n, q):
    rng = np.random.default_rng(seed)
    images, queries = (rng.integers(0, 256, (k, 784), dtype=np.uint8) for k in (n, q))
    places, away = nearest_images.nearest(images, queries)
    expected, distances = brute_force(images, queries)
    assert (places == expected).all()
    np.testing.assert_allclose(away, distances, rtol=1e-6)


def test_real_digits_over_several_chunks(monkeypatch):
    monkeypatch.setattr(nearest_images, "CHUNK", 200 * 784)
    train, test = registry.load_train("digits").images, registry.load_test("digits").images[:12]
    places, away = nearest_images.nearest(train, test.reshape(-1, 28, 28), nearest_images.squares_of(train))
    expected, distances = brute_force(train, test)
    assert (places == expected).all()
    np.testing.assert_allclose(away, distances, rtol=1e-6)


def test_a_copy_is_found_at_distance_zero_and_one_grey_level_is_seen():
    train = registry.load_train("digits").images
    almost = train[[700, 700]].copy()
    almost[1, 300] ^= 1
    places, away = nearest_images.nearest(train, almost)
    assert places.tolist() == [700, 700]
    np.testing.assert_allclose(away, [0, 1 / 255], atol=1e-12)


def test_of_equally_near_pictures_the_first():
    train = registry.load_train("digits").images[:50]
    assert nearest_images.nearest(np.concatenate([train, train]), train[[30]])[0][0] == 30


def test_no_pictures_to_compare_with():
    with pytest.raises(ValueError, match="no picture"):
        nearest_images.nearest(np.zeros((0, 784), np.uint8), np.zeros((1, 784), np.uint8))


# ---- the aggregate posterior


@pytest.fixture
def bubbles() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(50, 4)).astype(np.float32), rng.normal(-2, 0.5, size=(50, 4)).astype(np.float32)


def mixture(mean: np.ndarray, logvar: np.ndarray) -> distributions.Distribution:
    m, std = torch.tensor(mean, dtype=torch.float64), torch.tensor(logvar, dtype=torch.float64).div(2).exp()
    parts = distributions.Independent(distributions.Normal(m, std), 1)
    return distributions.MixtureSameFamily(distributions.Categorical(torch.ones(len(m))), parts)


def test_the_density_is_torchs_mixture_of_the_bubbles(bubbles):
    z = np.random.default_rng(1).normal(size=(30, 4))
    expected = mixture(*bubbles).log_prob(torch.tensor(z)).numpy()
    np.testing.assert_allclose(log_aggregate_posterior(z, *bubbles), expected, rtol=1e-5)


def test_a_codes_own_bubble_is_left_out(bubbles):
    mean, logvar = bubbles
    got = log_aggregate_posterior(mean[:5], mean, logvar, own=np.arange(5))
    for k in range(5):
        others = mixture(np.delete(mean, k, 0), np.delete(logvar, k, 0))
        assert got[k] == pytest.approx(float(others.log_prob(torch.tensor(mean[k], dtype=torch.float64))), rel=1e-5)


def test_narrow_bubbles_far_from_zero_keep_their_digits():
    """Without penalty, bubbles shrink to points: the squares must not cancel."""
    mean, logvar, z = np.array([[1000.0], [1001.0]]), np.full((2, 1), -12.0), np.array([[1000.001]])
    expected = distributions.Normal(1000.0, np.exp(-6)).log_prob(torch.tensor(1000.001, dtype=torch.float64)) - np.log(
        2
    )
    assert log_aggregate_posterior(z, mean, logvar)[0] == pytest.approx(float(expected), abs=1e-4)


def test_the_density_integrates_to_one(bubbles):
    mean, logvar = bubbles[0][:, :1], bubbles[1][:, :1]
    axis = np.linspace(-8, 8, 4001)
    density = np.exp(log_aggregate_posterior(axis[:, None], mean, logvar))
    assert np.trapezoid(density, axis) == pytest.approx(1, abs=1e-4)


def test_the_nearest_code_in_units_of_the_spread():
    codes = np.random.default_rng(0).normal(size=(40, 3)) * [1, 10, 0.1]
    z = np.random.default_rng(1).normal(size=(6, 3))
    expected = [min(np.linalg.norm((a - b) / codes.std(0)) for b in codes) for a in z]
    np.testing.assert_allclose(nearest_code(z, codes), expected, rtol=1e-6)
    np.testing.assert_allclose(nearest_code(z * [1, 7, 1], codes * [1, 7, 1]), expected, rtol=1e-6)
    assert nearest_code(codes[:4], codes) == pytest.approx(0, abs=1e-6)
    assert (nearest_code(codes[:4], codes, own=np.arange(4)) > 0.01).all()


def test_the_share_of_real_codes_that_are_farther_out():
    reference = np.array([4.0, 1.0, 3.0, 2.0])
    assert share_farther(np.array([0.0, 1.0, 2.5, 4.0, 9.0]), reference).tolist() == [1, 0.75, 0.5, 0, 0]


def test_codes_drawn_like_the_real_ones_are_as_far_out_as_they(bubbles):
    """A real code compared with real codes is at every percentile equally often: the measure is not biased."""
    rng = np.random.default_rng(2)
    mean, logvar = (np.repeat(b, 20, 0) + 0.01 * rng.normal(size=(1000, 4)) for b in bubbles)
    own = rng.permutation(1000)[:600]
    codes = mean[own] + np.exp(logvar[own] / 2) * rng.normal(size=(600, 4))
    farness = -log_aggregate_posterior(codes, mean, logvar, own)
    shares = share_farther(farness[:300], farness[300:])
    assert abs(shares.mean() - 0.5) < 0.06
    assert abs((shares < 0.1).mean() - 0.1) < 0.05


def test_the_kinds_of_the_nearest_codes():
    rng = np.random.default_rng(0)
    codes, labels = rng.normal(size=(60, 3)) * [1, 5, 1], rng.integers(0, 4, 60)
    z = rng.normal(size=(7, 3))
    counts = kinds_around(z, codes, labels, kinds=4, nearest=9)
    for a, row in zip(z, counts, strict=True):
        away = [np.linalg.norm((a - b) / codes.std(0)) for b in codes]
        assert row.tolist() == np.bincount(labels[np.argsort(away)[:9]], minlength=4).tolist()
    assert kinds_around(z, codes[:5], labels[:5], kinds=4, nearest=9).sum(1).tolist() == [5] * 7
