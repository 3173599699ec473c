"""The pictures that come with the project: whole, upright, rightly labelled, none both learned from and tested on."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.datasets import embedded, registry
from vae_core.datasets.spec import DataError

EMBEDDED = {"mnist-5k": (4_000, 1_000), "digits": (1_438, 359)}


@pytest.mark.parametrize("name", EMBEDDED)
def test_the_embedded_digits_are_mnists_kind_of_picture(name):
    digits = registry.load(name)
    assert (len(digits.train.labels), len(digits.test.labels)) == EMBEDDED[name]
    assert EMBEDDED[name] == (registry.get(name).train_size, registry.get(name).test_size)
    for split in (digits.train, digits.test):
        assert split.images.dtype == split.labels.dtype == np.uint8
        assert split.images.shape == (len(split.labels), 784)
        assert split.images.min() == 0 and split.images.max() == 255  # the whole range is used
        assert set(split.labels) == set(range(10))


@pytest.mark.parametrize("name", EMBEDDED)
def test_no_test_picture_was_trained_on(name):
    digits = registry.load(name)
    train, test = ({image.tobytes() for image in split.images} for split in (digits.train, digits.test))
    assert (len(train), len(test)) == EMBEDDED[name]
    assert not train & test


@pytest.mark.parametrize(("name", "least"), [("mnist-5k", 0.9), ("digits", 0.95)])
def test_labels_belong_to_their_pictures(name, least):
    """The nearest training picture has the same label for 94 and 98 of 100: shuffled labels would give 10."""
    digits = registry.load(name)
    train, test = (split.images.astype(np.float32) for split in (digits.train, digits.test))
    distance = (train**2).sum(1) - 2 * test @ train.T
    assert (digits.train.labels[distance.argmin(1)] == digits.test.labels).mean() > least


def test_the_5000_come_in_turns_so_that_any_few_hold_every_class():
    everything, digits = embedded.five_thousand(), registry.load("mnist-5k")
    assert everything.labels.tolist() == list(range(10)) * 500
    assert np.bincount(digits.test.labels).tolist() == [100] * 10
    assert np.bincount(digits.train.labels).tolist() == [400] * 10


def test_a_missing_package_is_one_sentence(monkeypatch):
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda name: None)
    for load in (embedded.five_thousand, embedded.load_small):
        with pytest.raises(DataError, match=r"pip install \w+\.$"):
            load.__wrapped__()


# ---- the small digits


def test_pictures_stand_upright_with_a_margin():
    digits = registry.load("digits").train
    images = digits.images.reshape(-1, 28, 28)
    assert not images[:, :2].any() and not images[:, 26:].any() and not images[:, :, :4].any()
    one, seven = (images[digits.labels == n].mean(0) for n in (1, 7))
    assert one.sum(0).argmax() in range(12, 17)  # a vertical stroke in the middle
    assert seven[:12].sum() > seven[16:].sum()  # its bar is at the top


def test_the_test_pictures_alone_are_those_of_the_whole():
    split, whole = registry.load_test("digits"), registry.load("digits").test
    assert np.array_equal(split.images, whole.images) and np.array_equal(split.labels, whole.labels)


# ---- what the gallery learned from


def test_the_gallerys_test_pictures_are_the_5000_and_need_no_network(tmp_path):
    assert registry.test_is_here("mnist-55k", tmp_path) and not registry.is_here("mnist-55k", tmp_path)
    test = registry.load_test("mnist-55k", tmp_path)
    assert len(test.images) == registry.get("mnist-55k").test_size == 5_000
    with pytest.raises(DataError):
        registry.load_train("mnist-55k", tmp_path)


@pytest.mark.skipif(not registry.is_here("mnist"), reason="no MNIST in VAE_DATA_DIR")
def test_it_never_learned_from_them():
    train, test = registry.load_train("mnist-55k"), registry.load_test("mnist-55k")
    assert len(train.images) == registry.get("mnist-55k").train_size == 55_000
    everything = {image.tobytes() for image in registry.load_train("mnist").images}
    learned, kept = ({image.tobytes() for image in split.images} for split in (train, test))
    assert not learned & kept and learned | kept == everything
    assert not kept & {image.tobytes() for image in registry.load_test("mnist").images}
