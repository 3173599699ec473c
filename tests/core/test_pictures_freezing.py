"""From a set to a dataset that never changes: prepared, split, varied, kept."""

from __future__ import annotations

import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.core_helpers import assert_one_sentence
from tests.core.pictures_made import (
    DRAWN,
    LETTERS,
    drawing,
    garbled,
    photo,
    picture_set,
    rgba,
)
from vae_core import os_compat, paths
from vae_core.config import Config
from vae_core.datasets import own, registry
from vae_core.datasets.spec import DataError, Shape
from vae_core.pictures import deleting, freezing, preparing, variation
from vae_core.pictures.preparing import Preparation, explain, guess, prepare

pytestmark = pytest.mark.usefixtures("runs_dir")  # each test has its own folder of runs and sets


# ---- preparing


def test_drawings_are_guessed_to_be_dark_on_light_and_to_be_centred():
    found = guess(rgba(drawing(k) for k in range(8)))
    assert (found.size, found.colour, found.invert, found.centre) == (28, "grey", True, True)
    light = rgba(drawing(k) for k in range(8))
    light[..., :3] = 255 - light[..., :3]
    assert (guess(light).invert, guess(light).centre) == (False, True)


def test_photographs_stay_as_they_are():
    found = guess(rgba(photo(k) for k in range(8)))
    assert (found.colour, found.invert, found.centre) == ("rgb", False, False)
    assert guess(np.zeros((0, 64, 64, 4), np.uint8)) == Preparation()


@pytest.mark.parametrize(("light", "ground"), [(240, "black"), (15, "white")])
def test_transparent_pictures_get_a_ground_on_which_they_show(light, ground):
    pictures = np.zeros((4, 64, 64, 4), np.uint8)
    pictures[:, 20:40, 20:40] = (light, light, light, 255)
    assert guess(pictures).ground == ground
    seen = prepare(pictures, guess(pictures))
    assert np.ptp(seen, axis=1).min() > 200


@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize("colour", ["grey", "rgb"])
@pytest.mark.parametrize("centre", [False, True])
def test_every_preparation_gives_pictures_of_its_shape(size, colour, centre):
    wanted = Preparation(size, colour, invert=True, centre=centre)
    made = prepare(rgba(drawing(k) for k in range(300)), wanted)
    assert made.shape == (300, wanted.shape.pixels) and made.dtype == np.uint8
    assert (made[:, 0] == 0).all() or not centre  # ground is black
    assert made.max() > 200
    for transparent in (False, True):
        said = explain(wanted, transparent)
        assert_one_sentence(said.replace("; ", " "))
        assert ("transparent" in said) == transparent and "digit" not in said.lower()


def test_channels_come_first():
    red = np.zeros((1, 64, 64, 4), np.uint8)
    red[..., 0], red[..., 3] = 200, 255
    made = prepare(red, Preparation(32, "rgb")).reshape(3, 32, 32)
    assert (made[0] == 200).all() and (made[1:] == 0).all()


def test_a_centred_drawing_is_where_and_as_large_as_a_digit_of_mnist():
    small = np.full((1, 64, 64, 4), 255, np.uint8)
    small[0, 3:13, 40:48, :3] = 0
    picture = prepare(small, DRAWN).reshape(28, 28).astype(float)
    rows, columns = np.flatnonzero(picture.max(1) > 32), np.flatnonzero(picture.max(0) > 32)
    assert len(rows) == 20
    middle = [(np.arange(28) @ picture.sum(axis)) / picture.sum() for axis in (1, 0)]
    assert np.abs(np.array(middle) - 14).max() <= 1 and len(columns) == 16


@pytest.mark.parametrize("wrong", [{"size": 29}, {"size": "28"}, {"colour": "blue"}, {"invert": 1}, {"ground": "red"}])
def test_a_preparation_that_cannot_be_is_refused(wrong):
    with pytest.raises(DataError) as refusal:
        Preparation(**wrong)
    assert_one_sentence(refusal.value)


# ---- held back, varied


@given(st.lists(st.integers(0, 60), min_size=1, max_size=60).filter(lambda sizes: sum(sizes) >= 20))
def test_one_in_ten_of_each_class_is_held_back_five_at_least(sizes):
    labels = np.repeat(np.arange(len(sizes)), sizes).astype(np.uint8)
    chosen = freezing.held_back(np.random.default_rng(0).permutation(labels))
    count = len(labels)
    assert chosen.sum() == max(round(count / 10), 5)
    held = np.bincount(np.random.default_rng(0).permutation(labels)[chosen], minlength=len(sizes))
    if max(sizes) > 5 and sum(max(size - 1, 0) for size in sizes) >= chosen.sum():
        assert all(h < size for h, size in zip(held, sizes, strict=True) if size)  # something is left to learn from
    if count >= 50:
        assert np.abs(held - np.array(sizes) / 10).max() <= 1.5


def test_classes_take_turns():
    labels = np.array([0] * 5 + [1] * 3 + [2], np.uint8)
    assert labels[freezing.in_turns(labels)].tolist() == [0, 1, 2, 0, 1, 0, 1, 0, 0]


@pytest.mark.parametrize(
    ("count", "copies"), [(15, 40), (50, 40), (100, 20), (700, 3), (1_999, 2), (2_000, 1), (8_000, 1)]
)
def test_how_often_a_picture_is_varied(count, copies):
    assert variation.copies_for(count) == copies


@pytest.mark.parametrize("shape", [Shape(1, 28, 28), Shape(3, 32, 32)])
def test_varied_pictures_begin_with_the_originals_and_stay_near_them(shape):
    pictures = rgba(drawing(k) for k in range(6))
    images = prepare(
        pictures, Preparation(shape.width, "rgb" if shape.channels == 3 else "grey", invert=True, centre=True)
    )
    made = variation.varied(images, shape, 10)
    assert made.shape == (60, shape.pixels) and (made[:6] == images).all()
    copies = made.reshape(10, 6, -1)
    assert all(len({copy.tobytes() for copy in copies[:, k]}) == 10 for k in range(6))
    assert (variation.varied(images, shape, 10) == made).all()
    ink = made.reshape(10, 6, -1).mean(-1)
    assert (np.abs(ink / ink[0] - 1) < 0.4).all()  # nothing is lost, or moved out of sight
    edge = shape.pictures(made).reshape(60, shape.height, shape.width, -1)[:, 0]
    assert edge.max() == 0  # what comes in from outside is ground


# ---- frozen


def test_a_frozen_set_is_a_dataset():
    known = picture_set(LETTERS)
    spec = freezing.freeze(known, DRAWN)
    assert own.NAME.fullmatch(spec.name)
    assert (spec.title, spec.shape, spec.class_names) == ("My letters", Shape(1, 28, 28), ("a", "b", "в"))
    found = registry.load(spec.name)
    assert (len(found.train.images), len(found.test.images)) == (spec.train_size, spec.test_size) == (27 * 40, 5)
    assert registry.is_here(spec.name) and registry.test_is_here(spec.name) and not registry.obstacle(spec.name)
    assert spec.name in registry.TITLES and spec.name not in list(registry.TITLES)
    originals = {image.tobytes() for image in prepare(known.rgba(), DRAWN)}
    assert {image.tobytes() for image in [*found.test.images, *found.train.images[:27]]} == originals
    assert own.versions() == [spec.name] and own.versions("somebody") == []
    assert preparing.of_version(spec.name) == DRAWN


def test_no_test_picture_is_learned_from_not_even_varied():
    spec = freezing.freeze(picture_set(LETTERS), DRAWN)
    found = registry.load(spec.name)
    assert not {i.tobytes() for i in found.train.images} & {i.tobytes() for i in found.test.images}


def test_the_name_is_of_the_content():
    one, two = picture_set(LETTERS), picture_set(LETTERS, title="Another")
    name = freezing.freeze(one, DRAWN).name
    assert freezing.freeze(one, DRAWN).name == freezing.freeze(two, DRAWN).name == name
    assert freezing.freeze(one, Preparation(32, "grey", invert=True)).name != name
    assert freezing.freeze(one, DRAWN, vary=False).name != name
    theirs = picture_set(LETTERS, owner="somebody")
    assert freezing.freeze(theirs, DRAWN).name != name  # on a shared server each has their own
    one.rename_class("a", "z")
    assert freezing.freeze(one, DRAWN).name != name


def test_a_later_change_of_the_set_changes_no_version():
    known = picture_set(LETTERS)
    spec = freezing.freeze(known, DRAWN)
    before = registry.load(spec.name)
    known.remove(known.ids()[:8].tolist())
    known.rename_class("a", "z")
    after = registry.load(spec.name)
    assert (before.train.images == after.train.images).all() and registry.get(spec.name).class_names == ("a", "b", "в")


def test_an_empty_class_is_none():
    known = picture_set(LETTERS)
    known.add_class("empty")
    known.merge_classes(["a"], "b")
    assert freezing.freeze(known, DRAWN).class_names == ("b", "в")


def test_too_few_pictures_are_refused():
    with pytest.raises(DataError, match="at least 20") as refusal:
        freezing.freeze(picture_set({"a": 19}), DRAWN)
    assert_one_sentence(refusal.value)


@pytest.mark.parametrize("damage", ["train.npz", "test.npz", "manifest.json"])
def test_a_damaged_version_is_one_sentence(damage):
    spec = freezing.freeze(picture_set(LETTERS), DRAWN)
    (own.folder_of(spec.name) / damage).write_bytes(b"PK\x03\x04 damaged")
    with pytest.raises(DataError) as refusal:
        spec.load()
    assert_one_sentence(str(refusal.value).replace("; ", " "))
    if damage == "manifest.json":
        assert own.find(spec.name) is None and spec.name not in registry.TITLES


@pytest.mark.parametrize("part", own.PARTS)
@pytest.mark.parametrize("damage", [garbled, lambda f: f.write_bytes(b"garbage"), lambda f: f.write_bytes(b"")])
def test_a_damaged_version_is_whole_again_once_its_set_is_trained_on_again(part, damage):
    known = picture_set(LETTERS)
    spec = freezing.freeze(known, DRAWN)
    before = registry.load(spec.name)
    damage(own.folder_of(spec.name) / f"{part}.npz")
    with pytest.raises(DataError, match="train on the set again"):
        registry.load(spec.name)
    assert freezing.freeze(known, DRAWN).name == spec.name
    after = registry.load(spec.name)
    assert (after.test.images == before.test.images).all() and (after.train.images == before.train.images).all()


def test_other_pictures_under_the_name_of_a_version_give_way_to_its_own():
    known = picture_set(LETTERS)
    spec = freezing.freeze(known, DRAWN)
    test = registry.load_test(spec.name)
    own.files.write_npz(own.folder_of(spec.name) / "test.npz", {"images": 255 - test.images, "labels": test.labels})
    freezing.freeze(known, DRAWN)
    assert (registry.load_test(spec.name).images == test.images).all()


def test_a_version_that_is_whole_is_not_written_again():
    known = picture_set(LETTERS)
    spec = freezing.freeze(known, DRAWN)
    before = registry.stamp(spec.name)
    freezing.freeze(known, DRAWN)
    assert registry.stamp(spec.name) == before


# ---- putting one in the place of another


def half_here():
    """A version of which only the test pictures are here, and all of it."""
    spec = freezing.freeze(picture_set(LETTERS), DRAWN)
    whole, manifest = registry.load(spec.name), own.manifest_of(spec.name)
    (own.folder_of(spec.name) / "train.npz").unlink()
    return spec.name, manifest, {"train": whole.train, "test": whole.test}


def test_a_version_that_cannot_be_replaced_stays_as_it_was(monkeypatch):
    name, manifest, splits = half_here()
    rename = os.rename

    def busy(source, target):
        if str(source).endswith(".part"):
            raise OSError(errno.ENOSPC, "No space left on device")
        rename(source, target)

    monkeypatch.setattr(os, "rename", busy)
    with pytest.raises(OSError, match="No space"):
        own.write(name, manifest, splits)
    assert own.can_be_read(name, "test") and own.manifest_of(name) == manifest
    assert [each.name for each in own.versions_dir().iterdir()] == [own.folder_of(name).name]


@pytest.mark.parametrize("done", [1, 2, 3])  # of: the old aside, the new in its place, the old away
def test_who_is_killed_while_replacing_a_version_loses_none(monkeypatch, done):
    name, manifest, splits = half_here()

    class Killed(BaseException):
        pass

    with monkeypatch.context() as patch:
        left = [done]

        def perhaps(act):
            def step(*arguments):
                left[0] -= 1
                if left[0] < 0:
                    raise Killed
                return act(*arguments)

            return step

        patch.setattr(os_compat, "rename", perhaps(os_compat.rename))
        patch.setattr(os_compat, "put_back", lambda target: None)  # whom nobody lets
        patch.setattr(os_compat, "remove_folder", perhaps(os_compat.remove_folder))
        with pytest.raises(Killed):
            own.write(name, manifest, splits)
    deleting.sweep(paths.runs_dir())
    assert own.can_be_read(name, "test") and own.can_be_read(name, "train") == (done > 1)
    own.write(name, manifest, splits)
    assert own.can_be_read(name, "train")
    assert not list(own.versions_dir().glob(".*.old"))


def test_of_two_who_write_the_same_version_the_second_finds_it(monkeypatch):
    name, manifest, splits = half_here()
    own.delete_version(name)
    meet, write = threading.Barrier(2), own.files.write_npz
    kept, replaced = own._kept, []

    def both_look(*arguments):
        found = kept(*arguments)
        if threading.get_ident() not in looked:
            looked.add(threading.get_ident())
            meet.wait(20)  # neither has found any
        return found

    looked: set[int] = set()
    monkeypatch.setattr(own, "_kept", both_look)
    monkeypatch.setattr(own.files, "write_npz", lambda file, arrays: replaced.append(file) or write(file, arrays))
    with ThreadPoolExecutor(2) as two:
        list(two.map(lambda _: own.write(name, manifest, splits), range(2)))
    assert len(replaced) == 2 and all(own.can_be_read(name, part) for part in own.PARTS)


def test_a_version_that_another_writes_for_long_is_one_sentence(monkeypatch):
    name, manifest, splits = half_here()
    monkeypatch.setattr(own, "LOCK_SECONDS", 0.05)
    with own._writing(name), pytest.raises(DataError) as refusal:
        own.write(name, manifest, splits)
    assert_one_sentence(str(refusal.value).replace("; ", " "))


def test_the_lock_of_a_version_goes_with_it():
    name, manifest, splits = half_here()
    own.write(name, manifest, splits)
    assert own._lock_file(name).exists()
    assert own.delete_version(name) and not own._lock_file(name).exists()


@pytest.mark.parametrize("name", ["own-", "own-../../etc", "own-" + "g" * 16, "own-" + "0" * 16, "own-" + "A" * 16])
def test_a_name_that_no_version_has(name):
    assert own.find(name) is None and own.manifest_of(name) is None and name not in registry.TITLES


def test_suggested_settings_are_settings():
    for classes, preparation in (({"a": 30}, DRAWN), ({"a": 300, "b": 300}, Preparation(64, "rgb")), ({"": 20}, DRAWN)):
        known = picture_set(classes)
        changes = freezing.suggested(known, preparation)
        spec = freezing.freeze(known, preparation)
        assert Config(dataset=spec.name, **changes).network in ("deep", "convolutional")
        assert dict(registry.defaults(spec.name)) == changes
