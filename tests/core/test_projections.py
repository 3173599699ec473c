"""Views of d dimensions on a plane, against scikit-learn."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.decomposition import PCA

from vae_core.analysis import projections


def points(d: int, n: int = 300, seed: int = 0) -> np.ndarray:
    dice = np.random.default_rng(seed)
    return (dice.normal(size=(n, d)) * np.linspace(3, 0.5, d) @ dice.normal(size=(d, d)) + 7).astype(np.float32)


@pytest.mark.parametrize("d", [2, 3, 20])
def test_pca_is_scikit_learns_up_to_the_signs(d):
    x = points(d)
    theirs = PCA(2).fit(x.astype(np.float64))
    basis = projections.pca(x)
    signs = np.sign((basis.directions * theirs.components_.T).sum(0))
    np.testing.assert_allclose(basis.project(x), theirs.transform(x) * signs, atol=1e-3)
    np.testing.assert_allclose(basis.explained, theirs.explained_variance_ratio_, rtol=1e-3)


@pytest.mark.parametrize("d", [1, 2, 3, 20])
def test_signs_are_fixed_so_that_a_map_does_not_flip(d):
    x = points(d)
    basis = projections.pca(x)
    strongest = basis.directions[np.abs(basis.directions).argmax(0), [0, 1]]
    assert (strongest >= 0).all() and strongest[0] > 0
    same = projections.pca(x[::-1])  # another order of the points
    np.testing.assert_allclose(same.directions, basis.directions, atol=1e-4)
    mirrored = projections.pca(14 - x)  # and the points mirrored, which turns every sign of a careless PCA
    np.testing.assert_allclose(mirrored.directions, basis.directions, atol=1e-4)


@pytest.mark.parametrize("d", [2, 20])
def test_directions_are_perpendicular_and_of_length_one(d):
    directions = projections.pca(points(d)).directions
    np.testing.assert_allclose(directions.T @ directions, np.eye(2), atol=1e-5)


@pytest.mark.parametrize("d", [1, 2, 20])
def test_the_same_basis_serves_every_epoch(d):
    """A point's place depends on the point alone, so that a dot travels only if its mean does."""
    basis = projections.pca(points(d))
    later = points(d, seed=1)
    together = basis.project(later)
    assert together.shape == (300, 2)
    np.testing.assert_allclose(together[:5], basis.project(later[:5]), atol=1e-5)


def test_one_latent_dimension_is_a_line():
    x = points(1)
    basis = projections.pca(x)
    flat = basis.project(x)
    np.testing.assert_allclose(flat[:, 0], (x - x.mean(0))[:, 0], atol=1e-4)
    assert not flat[:, 1].any()
    assert basis.explained == (1.0, 0.0)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_a_collapsed_model_is_no_error(d):
    """Beta too large: every mean is the same point."""
    x = np.full((50, d), 0.25, np.float32)
    basis = projections.pca(x)
    assert np.isfinite(basis.directions).all()
    np.testing.assert_allclose(basis.project(x), 0, atol=1e-6)


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0), (4, 2)])
def test_dimensions_are_shown_as_they_are(first, second):
    x = points(5)
    assert np.array_equal(projections.dimensions(5, first, second).project(x), x[:, [first, second]])


def test_the_only_dimension_can_be_shown():
    x = points(1)
    assert np.array_equal(projections.dimensions(1, 0, 0).project(x)[:, 0], x[:, 0])


@pytest.mark.parametrize("d", [1, 2, 3, 20])
def test_the_shadow_of_a_gaussian_has_the_spread_of_its_projected_samples(d):
    dice = np.random.default_rng(3)
    basis, std = projections.pca(points(d)), dice.uniform(0.2, 2, (2, d))
    for k, root in enumerate(basis.shadow(std)):
        samples = basis.project(basis.centre + std[k] * dice.normal(size=(200_000, d)))
        np.testing.assert_allclose(root @ root.T, np.cov(samples.T), atol=0.03 * std[k].max() ** 2)


def test_a_code_of_one_number_is_a_line_whose_dots_are_strewn():
    points = np.linspace(-2, 2, 50, dtype=np.float32)[:, None]
    for view in ("pca", "dims"):
        places = projections.on_plane(projections.view_of(lambda _: points, (0,), view, 0, 1), points)
        np.testing.assert_allclose(places[:, 0], points[:, 0], atol=1e-6)
        assert 0 < np.abs(places[:, 1]).max() < 1
        np.testing.assert_array_equal(
            places, projections.on_plane(projections.view_of(lambda _: points, (0,), view, 0, 1), points)
        )


def test_a_map_has_finite_places_and_a_window_for_nearly_all_of_them():
    points = np.random.default_rng(0).normal(size=(20_000, 3)).astype(np.float32)
    points[0] = np.nan
    places = projections.on_plane(projections.view_of(lambda _: points[1:], (0,), "dims", 2, 0), points)
    assert np.isfinite(places).all()
    np.testing.assert_array_equal(places[1:], points[1:][:, [2, 0]])
    (x0, x1), (y0, y1) = projections.view_range([places[1:10_000], places[10_000:]])
    inside = (places[:, 0] > x0) & (places[:, 0] < x1) & (places[:, 1] > y0) & (places[:, 1] < y1)
    assert 0.998 < inside.mean() < 1


def a_training(d: int, epochs: int) -> list[np.ndarray]:
    """Means that hardly move, of whose two main directions now one and now the other has a little more variance."""
    dice = np.random.default_rng(4)
    first = dice.normal(size=(400, d)) * np.r_[2.0, 2.0, np.linspace(1, 0.5, d - 2)]
    u, _, v = np.linalg.svd(first[:, :2] - first[:, :2].mean(0), full_matrices=False)
    first[:, :2] = 40 * u @ v  # as wide one way as the other
    turn = np.linalg.qr(dice.normal(size=(d, d)))[0]
    wider = [np.r_[[1.03, 1.0] if k % 2 else [1.0, 1.03], np.ones(d - 2)] for k in range(epochs)]
    return [((first * wide) @ turn).astype(np.float32) for wide in wider]


@pytest.mark.parametrize("d", [2, 3, 20])
def test_a_map_neither_turns_nor_flips_from_epoch_to_epoch(d):
    means = a_training(d, 12)
    alone = [projections.pca(mean).project(mean) for mean in means]
    steady = [
        projections.steady_pca(means.__getitem__, range(epoch + 1)).project(mean) for epoch, mean in enumerate(means)
    ]

    def jump(maps):  # how far dots jump at most from a map to the next, in all maps' own size
        return max(np.linalg.norm(two - one, axis=1).mean() / one.std() for one, two in itertools.pairwise(maps))

    assert jump(alone) > 0.5  # what it is good for
    assert jump(steady) < 0.25
    for own, mine in zip(alone, steady, strict=True):  # the same map, turned: each dot is as far from the middle
        np.testing.assert_allclose(np.linalg.norm(own, axis=1), np.linalg.norm(mine, axis=1), rtol=1e-2, atol=1e-2)


def test_the_shares_of_the_variance_are_those_along_the_turned_axes():
    means = a_training(6, 5)
    basis = projections.steady_pca(means.__getitem__, range(5))
    measured = basis.project(means[-1]).var(0) / means[-1].var(0).sum()
    np.testing.assert_allclose(basis.explained, measured, rtol=1e-3)
    np.testing.assert_allclose(basis.directions.T @ basis.directions, np.eye(2), atol=1e-5)


def test_a_map_in_space_has_the_three_main_directions_and_is_as_steady():
    from sklearn.decomposition import PCA

    means = a_training(6, 5)
    alone = PCA(3).fit(means[-1])
    basis = projections.pca(means[-1], 3)
    np.testing.assert_allclose(np.abs((basis.directions * alone.components_.T).sum(0)), 1, atol=1e-4)
    np.testing.assert_allclose(basis.explained, alone.explained_variance_ratio_, rtol=1e-4)
    steady = projections.view_of(means.__getitem__, range(5), "space")
    np.testing.assert_allclose(steady.explained, steady.project(means[-1]).var(0) / means[-1].var(0).sum(), rtol=1e-3)
    np.testing.assert_allclose(steady.directions.T @ steady.directions, np.eye(3), atol=1e-5)
    before = projections.view_of(means.__getitem__, range(4), "space").project(means[-2])
    away = np.linalg.norm(steady.project(means[-1]) - before, axis=1).mean() / before.std()
    assert away < 0.25


def test_a_sphere_holds_nearly_all_points_however_they_are_turned():
    points = np.random.default_rng(0).normal(size=(20_000, 3)).astype(np.float32)
    [[low, high], up] = projections.sphere([points[:10_000], points[10_000:]])
    assert [low, high] == up and low == -high
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    assert 0.998 < (np.abs(points @ turn) < high).all(1).mean() <= 1
    assert np.allclose(projections.sphere([np.zeros((5, 3), np.float32)]), 1.02 * 0.05 * np.array([-1, 1]))


def test_the_forebears_of_an_epoch_stay_the_same_as_more_are_kept():
    kept = list(range(200))
    assert projections.forebears(kept[:151], 150) == projections.forebears(kept, 150)
    assert projections.forebears(kept, 150) == (*range(65), *range(72, 150, 8), 150)
    assert projections.forebears([0, 1, 2, 5, 10], 10) == (0, 1, 2, 5, 10)
    assert projections.forebears([10], 10) == (10,)


@pytest.mark.parametrize("mirror", [False, True])
def test_a_turn_about_the_origin_is_the_best_of_all_turns_and_mirrors(mirror):
    rng = np.random.default_rng(5)
    one = rng.normal(size=(300, 2)) * [3, 1] + [2, -1]
    angle = np.radians(130)
    given = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag(
        [1, -1 if mirror else 1]
    )
    other = one @ given.T + 0.1 * rng.normal(size=one.shape)
    found = projections.turn_onto(one, other)
    np.testing.assert_allclose(found, given, atol=0.03)
    np.testing.assert_allclose(found @ found.T, np.eye(2), atol=1e-12)

    def off(turn):
        return np.square(one @ turn.T - other).sum()

    for degrees in range(0, 360, 5):
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        assert off(found) <= min(off(np.array([[c, -s], [s, c]])), off(np.array([[c, s], [s, -c]]))) + 1e-9
    assert projections.astray(one @ given.T, one @ given.T * 3) == pytest.approx(0, abs=1e-6)
    c, s = np.cos(0.2), np.sin(0.2)
    assert projections.astray(one, one @ np.array([[c, -s], [s, c]])) == pytest.approx(np.degrees(0.2))
