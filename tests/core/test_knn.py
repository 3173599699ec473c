"""Figures about a latent space, against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from vae_core.analysis import knn


def test_neighbour_accuracy_is_leave_one_out_of_scikit_learns_classifier():
    dice = np.random.default_rng(0)
    labels = dice.integers(0, 4, 150)
    means = dice.normal(size=(150, 3)) + 1.2 * labels[:, None]
    theirs = cross_val_score(KNeighborsClassifier(1), means, labels, cv=LeaveOneOut()).mean()
    assert knn.neighbour_accuracy(means, labels, count=1) == pytest.approx(theirs)
    theirs = cross_val_score(KNeighborsClassifier(9), means, labels, cv=LeaveOneOut()).mean()
    assert knn.neighbour_accuracy(means, labels, count=9) == pytest.approx(theirs, abs=0.03)  # but for ties


def test_classes_far_apart_are_all_told_and_chance_is_chance():
    labels = np.repeat([3, 7], 40)
    apart = np.random.default_rng(0).normal(size=(80, 2)) + 100 * labels[:, None]
    assert knn.neighbour_accuracy(apart, labels) == 1
    mixed = np.random.default_rng(1).normal(size=(2000, 5))
    assert knn.neighbour_accuracy(mixed, np.arange(2000) % 2) == pytest.approx(0.5, abs=0.05)


def test_points_on_one_spot_do_not_vote_for_themselves():
    labels = np.arange(30) % 3
    assert knn.neighbour_accuracy(np.zeros((30, 2)), labels) < 0.7


def test_nearest_is_in_order():
    points = np.array([[0.0], [1.0], [3.0], [7.0]])
    assert knn.nearest(np.array([[0.9]]), points, 3).tolist() == [[1, 0, 2]]
