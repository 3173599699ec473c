"""The curves of a training for a chart: columns, thinning, and the window."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.analysis import curves
from vae_core.config import Config

VAE, CLASSIC = Config(beta=4.0), Config(model="autoencoder")


def test_a_table_has_a_column_for_each_term():
    points = np.array([[10.0, 100.0, 5.0], [20.0, 90.0, 6.0]])
    np.testing.assert_array_equal(curves.trained(points, 10, VAE), [[1, 100, 5, 120], [2, 90, 6, 114]])
    points[:, 2] = np.nan  # a classic autoencoder has no KL
    np.testing.assert_array_equal(curves.trained(points, 10, CLASSIC), [[1, 100], [2, 90]])
    records = [{"epoch": 0, "test": {"reconstruction": 100.0, "kl": 5.0}}]
    np.testing.assert_array_equal(curves.tested(records, VAE), [[0, 100, 5, 120]])
    np.testing.assert_array_equal(curves.tested(records, CLASSIC), [[0, 100]])


@pytest.mark.parametrize("config", [VAE, CLASSIC])
def test_before_the_start_there_are_columns_without_rows(config):
    columns = 4 if config.is_vae else 2
    assert curves.trained(np.zeros((0, 3)), 0, config).shape == curves.tested([], config).shape == (0, columns)


def test_a_long_curve_of_the_total_is_the_sum_of_the_thinned_terms():
    points = np.random.default_rng(0).uniform(1, 9, (5_000, 3))
    line = curves.trained(points, 1, VAE)
    assert len(line) == curves.POINTS
    np.testing.assert_allclose(line[:, 3], line[:, 1] + 4 * line[:, 2])


def test_of_many_tests_some_are_shown_as_they_were_measured():
    records = [{"epoch": e, "test": {"reconstruction": float(e), "kl": 0.0}} for e in range(500)]
    rings = curves.tested(records, VAE)
    assert len(rings) == curves.TESTS and (rings[0, 0], rings[-1, 0]) == (0, 499)
    np.testing.assert_array_equal(rings[:, 0], rings[:, 1])


def test_the_window_leaves_out_the_first_steps_and_the_untrained_network():
    line, rings = np.array([500.0] * 5 + [100.0] * 94 + [90.0]), np.array([550.0, 95.0])
    low, high = curves.window(line, rings)
    assert (low, high) == pytest.approx((90 - 0.8, 100 + 0.8))
    assert curves.window(np.array([]), np.array([550.0]))[1] > 550  # nothing else is there yet
    assert curves.window(np.array([np.nan, np.inf]), np.array([])) is None
    low, high = curves.window(np.array([]), np.array([7.0]))
    assert low < 7 < high
