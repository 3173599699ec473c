"""The random walk and the manifold through quantiles."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from vae_core.analysis.interpolation import quantile_manifold, random_walk, walk_coefficients


def walks(times: np.ndarray, seeds: int = 3000) -> np.ndarray:
    """Codes (seeds, n, 2) of many walks at the same times."""
    return np.stack([random_walk(walk_coefficients(2, seed), times) for seed in range(seeds)])


def test_at_every_moment_the_code_is_a_draw_of_the_prior():
    codes = walks(np.array([0, 0.137, 0.5, 0.93]))
    for k in range(codes.shape[1]):
        assert stats.kstest(codes[:, k].ravel(), "norm").pvalue > 0.001
    assert abs(np.corrcoef(codes[:, 1].T)[0, 1]) < 0.06  # the dimensions know nothing of each other


def test_what_two_moments_share_depends_on_the_time_between_them_alone():
    times = np.array([0.1, 0.12, 0.6, 0.62])
    codes = walks(times)[..., 0]
    expected = np.cos(2 * np.pi * np.arange(1, 11) * 0.02).mean()
    for first, second in ((0, 1), (2, 3)):
        assert (codes[:, first] * codes[:, second]).mean() == pytest.approx(expected, abs=0.06)


def test_it_is_smooth_and_comes_back_to_its_start():
    path = random_walk(walk_coefficients(20, 7), np.linspace(0, 1, 2001))
    np.testing.assert_allclose(path[0], path[-1], atol=1e-5)
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert steps.max() < 0.25 and np.abs(np.diff(steps)).max() < 0.01


def test_the_same_seed_is_the_same_walk_and_another_another():
    assert (walk_coefficients(3, 5) == walk_coefficients(3, 5)).all()
    assert (walk_coefficients(3, 5) != walk_coefficients(3, 6)).all()


@pytest.mark.parametrize("size", [1, 2, 15])
def test_each_picture_of_the_manifold_has_the_same_share_of_the_prior(size):
    grid = quantile_manifold(size)
    assert grid.shape == (size, size, 2)
    shares = stats.norm.cdf(grid[0, :, 0])
    np.testing.assert_allclose(shares, (np.arange(size) + 0.5) / size, atol=1e-6)
    assert (grid[:, :, 0] == grid[0, :, 0]).all() and (grid[:, :, 1] == grid[:, :1, 1]).all()
    assert (np.diff(grid[:, 0, 1]) < 0).all()  # the largest second number on top
