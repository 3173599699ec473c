"""Questions to a trained model."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vae_core.analysis import interpolation, sampling
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.model import Autoencoder, build
from vae_core.training.checkpoint import load_model

PATHS = ["straight", "spherical"]
codes = st.lists(st.floats(-5, 5, width=32), min_size=3, max_size=3).map(lambda z: np.array(z, np.float32))


@pytest.fixture(scope="module", params=[True, False], ids=["vae", "classic"])
def model(request) -> Autoencoder:
    torch.manual_seed(0)
    return build(Config(latent_dim=3, hidden_dim=8, model="vae" if request.param else "autoencoder")).requires_grad_(
        False
    )


@pytest.mark.parametrize("shape", [(3,), (0, 3), (1, 3), (5, 3), (2, 4, 3)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_codes_of_any_shape_become_pictures(model, shape, dtype):
    z = np.random.default_rng(0).normal(size=shape).astype(dtype)
    images = sampling.decode(model, z)
    assert images.shape == (*shape[:-1], 28, 28) and images.dtype == np.uint8


def test_a_picture_is_the_decoders_output_in_256_greys(model):
    z = 3 * sampling.noise(6, 3, seed=0)
    exact = 255 * model.decode(torch.from_numpy(z)).numpy().reshape(6, 28, 28)
    assert np.abs(sampling.decode(model, z) - exact).max() <= 0.5 + 1e-4
    assert np.array_equal(sampling.decode(model, z.reshape(2, 3, 3)).reshape(6, 28, 28), sampling.decode(model, z))


def test_pictures_become_means_and_log_variances(model):
    images = registry.load_test("digits").images[:7]
    for given_ in (images, images.reshape(7, 28, 28)):
        mean, logvar = sampling.encode(model, given_)
        posterior = model.encode(torch.from_numpy(images / np.float32(255)))
        np.testing.assert_allclose(mean, posterior.mean, atol=1e-5)
        assert (logvar is None) == (posterior.logvar is None)
        if logvar is not None:
            np.testing.assert_allclose(logvar, posterior.logvar, atol=1e-5)


def test_a_trained_model_copies_its_digits(finished_run):
    """Encoding and decoding must agree on the scale of a pixel, and the copy be nearer than the average digit."""
    images = registry.load_test("digits").images[:100]
    model = load_model(finished_run, finished_run.config.epochs)
    copies = sampling.decode(model, sampling.encode(model, images)[0]).reshape(100, 784)
    to_copy, to_average = (np.square(images - other.astype(float)).sum(1).mean() for other in (copies, images.mean(0)))
    assert to_copy < 0.8 * to_average


# ---- dice


def test_noise_is_the_same_for_the_same_seed_and_nested_over_dimensions():
    small, large = sampling.noise(50, 2, seed=3), sampling.noise(50, 20, seed=3)
    assert small.shape == (50, 2) and small.dtype == np.float32
    assert np.array_equal(small, large[:, :2])
    assert np.array_equal(large, sampling.noise(50, 20, seed=3))
    assert np.array_equal(sampling.noise(10, 20, seed=3), large[:10])
    assert not np.array_equal(small, sampling.noise(50, 2, seed=4))


def test_noise_is_standard_normal_and_independent_over_dimensions():
    eps = sampling.noise(20_000, 4, seed=0)
    assert np.abs(eps.mean(0)).max() < 0.04
    assert np.abs(np.cov(eps, rowvar=False) - np.eye(4)).max() < 0.05


@pytest.mark.parametrize("spread", [0, 0.5, 1, 3])
def test_samples_of_the_prior_spread_as_told(spread):
    assert np.array_equal(sampling.sample_prior(9, 2, 0, spread), spread * sampling.noise(9, 2, 0))


def test_random_codes_for_a_model_without_a_prior_follow_its_own_codes():
    mean = np.random.default_rng(0).normal([5, -3], [2, 0.1], (1_000, 2)).astype(np.float32)
    drawn = sampling.sample_codes(mean, 20_000, seed=0)
    np.testing.assert_allclose(drawn.mean(0), mean.mean(0), atol=0.1)
    np.testing.assert_allclose(drawn.std(0), mean.std(0), rtol=0.05)
    still = sampling.sample_codes(mean, 5, seed=0, spread=0)
    np.testing.assert_allclose(still, np.tile(mean.mean(0), (5, 1)), rtol=1e-6)


# ---- morphs


@pytest.mark.parametrize("path", PATHS)
@given(start=codes, end=codes, steps=st.integers(2, 30))
def test_a_morph_begins_and_ends_where_it_should(path, start, end, steps):
    between = interpolation.interpolate(start, end, steps, path)
    assert between.shape == (steps, 3) and between.dtype == np.float32
    np.testing.assert_allclose(between[0], start, atol=1e-5)
    np.testing.assert_allclose(between[-1], end, atol=1e-5)
    if path == "straight":
        assert np.array_equal(between[0], start) and np.array_equal(between[-1], end)


@pytest.mark.parametrize("path", PATHS)
@given(start=codes, end=codes)
def test_a_morph_goes_back_as_it_came(path, start, end):
    there, back = (interpolation.interpolate(*pair, 9, path) for pair in ((start, end), (end, start)))
    np.testing.assert_allclose(there, back[::-1], atol=1e-3)


@given(start=codes, end=codes)
def test_the_straight_path_goes_evenly(start, end):
    steps = np.diff(interpolation.interpolate(start, end, 9), axis=0)
    np.testing.assert_allclose(steps, np.tile((end - start) / 8, (8, 1)), atol=1e-5)


@given(start=codes, end=codes)
def test_the_spherical_path_keeps_to_the_shell(start, end):
    """Between two of the same length it keeps that length; else the length goes evenly from one to the other."""
    lengths = np.linalg.norm(start), np.linalg.norm(end)
    if min(lengths) < 0.1 or start @ end / (lengths[0] * lengths[1]) < -0.999:
        return  # no great circle through the origin, or no single one through opposite points
    path = interpolation.interpolate(start, end, 9, "spherical")
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), np.linspace(*lengths, 9), rtol=1e-2)


def test_the_spherical_path_turns_evenly_about_the_origin():
    path = interpolation.interpolate(np.array([2.0, 0], np.float32), np.array([0, 2.0], np.float32), 7, "spherical")
    np.testing.assert_allclose(np.degrees(np.arctan2(path[:, 1], path[:, 0])), np.arange(0, 91, 15), atol=1e-3)


@pytest.mark.parametrize("end", [[1, 2, 3], [-1, -2, -3], [2, 4, 6], [0, 0, 0]])
def test_a_spherical_path_without_a_circle_is_straight(end):
    start, end = np.array([1, 2, 3], np.float32), np.array(end, np.float32)
    path = interpolation.interpolate(start, end, 5, "spherical")
    np.testing.assert_allclose(path, interpolation.interpolate(start, end, 5), atol=1e-6)


def test_an_unknown_path_is_refused():
    with pytest.raises(ValueError):
        interpolation.interpolate(np.zeros(2), np.ones(2), 3, "scenic")


def test_a_cross_fade_begins_and_ends_with_its_pictures():
    start, end = registry.load_test("digits").images[:2].reshape(2, 28, 28)
    fade = interpolation.cross_fade(start, end, 5)
    assert fade.shape == (5, 28, 28) and fade.dtype == np.uint8
    assert np.array_equal(fade[0], start) and np.array_equal(fade[-1], end)
    assert np.abs(fade[2] - (start.astype(float) + end) / 2).max() <= 0.5


# ---- walks


@pytest.mark.parametrize("dimension", [0, 1, 2])
def test_a_traversal_moves_one_number_and_no_other(dimension):
    z, values = np.array([0.5, -1.5, 2.5], np.float32), np.linspace(-3, 3, 7, dtype=np.float32)
    walk = interpolation.traverse(z, dimension, values)
    assert walk.shape == (7, 3) and walk.dtype == np.float32
    assert np.array_equal(walk[:, dimension], values)
    others = [n for n in range(3) if n != dimension]
    assert np.array_equal(walk[:, others], np.tile(z[others], (7, 1)))
    assert z.tolist() == [0.5, -1.5, 2.5]


def test_the_map_is_laid_out_like_a_chart():
    """Right is a larger first number, up a larger second one: the picture then lies on the scatter of the means."""
    grid = interpolation.manifold(5, reach=2)
    assert grid.shape == (5, 5, 2)
    assert grid[0, 0].tolist() == [-2, 2] and grid[0, -1].tolist() == [2, 2]
    assert grid[-1, 0].tolist() == [-2, -2] and grid[-1, -1].tolist() == [2, -2]
    assert grid[2, 2].tolist() == [0, 0]
    np.testing.assert_allclose(np.diff(grid[..., 0], axis=1), 1)
    np.testing.assert_allclose(np.diff(grid[..., 1], axis=0), -1)
