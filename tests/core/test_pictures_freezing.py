"""From a set to a dataset that never changes: prepared, split, varied, trained on, taken along, deleted."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.core_helpers import TINY, assert_mistake, assert_one_sentence, trainer
from tests.core.pictures_made import drawing, files_below, photo, picture_set, raw, without_rights
from vae_core import train
from vae_core.config import Config
from vae_core.datasets import own, registry
from vae_core.datasets.spec import DataError, Shape
from vae_core.jobs import eviction, queue
from vae_core.jobs.limits import Limits
from vae_core.pictures import deleting, freezing, intake, preparing, sets, variation
from vae_core.pictures.preparing import Preparation, explain, guess, prepare
from vae_core.runs import archive, lifecycle
from vae_core.runs.index import find_run, own_runs
from vae_core.runs.run import Run, RunError
from vae_core.runs.untrusted import Refused
from vae_core.training import loop
from vae_core.training.progress_and_pause import Reporter

LETTERS = {"a": 10, "b": 10, "в": 12}
DRAWN = Preparation(28, "grey", invert=True, centre=True)


@pytest.fixture(autouse=True)
def _room(runs_dir):
    """Each test has its own folder of runs and sets."""


def rgba(images) -> np.ndarray:
    return np.stack([np.array(image.convert("RGBA").resize((64, 64))) for image in images])


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


def garbled(file) -> None:
    """Bytes in the middle of packed pictures changed, which makes the readers of zip files raise what they like."""
    content = bytearray(file.read_bytes())
    content[60:90] = b"\xff" * 30
    file.write_bytes(content)


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


# ---- trained on


def trained(dataset: str, runs_dir, **changes) -> Run:
    config = Config(dataset=dataset, **{**TINY, "epochs": 1, **changes})
    run = lifecycle.create(config, runs_dir)
    reporter = Reporter(run)
    loop.train(run, registry.load(dataset), reporter)
    reporter.finish("finished")
    return Run(run.path)


@pytest.mark.parametrize("network", ["lecture", "deep", "convolutional"])
@pytest.mark.parametrize(
    ("classes", "preparation"),
    [({"": 20}, DRAWN), ({"only": 20}, DRAWN), ({str(k): 2 for k in range(47)}, DRAWN),
     ({"a": 12, "b": 12}, Preparation(32, "rgb")), ({"a": 12, "b": 12}, Preparation(64, "rgb"))],
    ids=["a heap", "one class", "47 classes", "rgb 32", "rgb 64"],
)  # fmt: skip
def test_any_set_can_be_trained_on(network, classes, preparation, runs_dir):
    known = picture_set(classes, colour=preparation.colour == "rgb")
    spec = freezing.freeze(known, preparation, vary=False)
    run = trained(spec.name, runs_dir, network=network)
    run.check()
    assert run.epoch == 1 and len(run.labels()) == spec.test_size >= 5
    assert run.latents(1).mean.shape == (spec.test_size, 2)
    assert run.id.startswith("my-letters-vae-d2-") and run.title.startswith("My letters · ")


@pytest.mark.parametrize(
    ("title", "slug"), [("Ünsere Buchstaben!", "unsere-buchstaben"), ("猫", "own-pictures"), ("x" * 99, "x" * 24)]
)
def test_the_id_of_a_run_can_be_read(title, slug):
    assert own.slug(title) == slug


def folder(tmp_path, classes: int = 4, each: int = 6, colour: bool = False):
    for kind in range(classes):
        (tmp_path / "letters" / f"class {kind}").mkdir(parents=True)
        for seed in range(each):
            image = photo(10 * kind + seed) if colour else drawing(kind, seed)
            (tmp_path / "letters" / f"class {kind}" / f"{seed}.png").write_bytes(raw(image))
    return tmp_path / "letters"


SMALL = ("--network", "deep", "--latent-dim", 2, "--epochs", 2, "--device", "cpu")


def test_a_folder_is_trained_on_from_the_command_line(tmp_path, runs_dir):
    done = trainer("--dataset", f"folder:{folder(tmp_path)}", "--size", 32, "--colour", "grey", *SMALL)
    assert done.returncode == 0, done.stderr
    (run,) = own_runs(runs_dir)
    assert run.id.startswith("letters-vae-d2-") and "24 pictures were taken." in done.stdout
    assert run.dataset.shape == Shape(1, 32, 32) and run.dataset.class_names == tuple(f"class {k}" for k in range(4))
    losses = [record["test"]["loss"] for record in run.metrics()]
    assert losses[2] < losses[1] < losses[0]
    assert sets.list_sets() == []  # the folder is the set


def test_a_folder_trained_on_in_another_folder_of_runs_can_go_on_there(tmp_path):
    there = tmp_path / "elsewhere"
    done = trainer("--dataset", f"folder:{folder(tmp_path)}", *SMALL, "--runs-dir", there, "--run-id", "mine")
    assert done.returncode == 0, done.stderr
    assert (there / ".pictures" / "versions").is_dir()
    done = trainer("--resume", "mine", "--runs-dir", there)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--dataset", "folder:/nowhere/at/all"), "no folder"), (("--dataset", "folder:{few}"), "at least 20"),
     (("--dataset", "folder:{empty}"), "no picture"), (("--dataset", "folder:{few}", "--size", "29"), "28, 32, 64"),
     (("--dataset", "folder:{few}", "--colour", "red"), "grey or rgb"), (("--size", "28"), "--size"),
     (("--dataset", "own-0123456789abcdef"), "dataset"), (("--dataset", "folder:"), "folder:PATH"),
     (("--dataset", "folder: "), "folder:PATH")],
)  # fmt: skip
def test_a_mistake_on_the_command_line_is_one_sentence(arguments, words, tmp_path, runs_dir):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "a.txt").write_text("hello")
    names = {"few": folder(tmp_path, 2, 2), "empty": tmp_path / "empty"}
    assert words in assert_mistake(trainer(*(argument.format(**names) for argument in arguments)))
    assert own_runs(runs_dir) == []


@pytest.mark.parametrize(
    ("wrong", "words", "not_said"),
    [({"size": "29"}, "29", "grey"), ({"colour": "blue"}, "blue", "pixels"), ({"size": ""}, "28, 32, 64", "grey"),
     ({"size": 28.0}, "28.0", "grey")],
)  # fmt: skip
def test_a_wrong_size_and_a_wrong_colour_are_told_apart(wrong, words, not_said, tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "from_folder", lambda path: pytest.fail("read before it was refused"))
    with pytest.raises(DataError, match=words) as refusal:
        freezing.freeze_folder(folder(tmp_path), **wrong)
    assert not_said not in str(refusal.value)


@pytest.mark.parametrize("look", ["os.scandir", "Path.is_dir"])
def test_a_folder_without_rights_is_named(look, tmp_path, monkeypatch):
    closed = folder(tmp_path)
    owner, name = (os, "scandir") if look == "os.scandir" else (Path, "is_dir")
    monkeypatch.setattr(owner, name, without_rights(getattr(owner, name), closed))
    with pytest.raises(DataError, match=re.escape(str(closed))) as refusal:
        freezing.freeze_folder(closed)
    assert "Permission denied" in str(refusal.value)


def test_pictures_in_a_folder_of_which_a_part_is_closed_are_trained_on(tmp_path, monkeypatch):
    found = folder(tmp_path, 5, 6)
    monkeypatch.setattr(os, "scandir", without_rights(os.scandir, found / "class 2"))
    spec, words = freezing.freeze_folder(found)
    assert spec.class_names == ("class 0", "class 1", "class 3", "class 4")
    assert "24 pictures were taken. 1 file was left out: the folder class 2 cannot be opened." in words


@pytest.mark.parametrize(
    ("more", "words"),
    [(("--size", "32"), "--size"), (("--colour", "rgb"), "--colour"), (("--run-id", "another"), "--run-id")],
)
def test_a_resumed_run_takes_nothing_that_it_would_pass_over(more, words, runs_dir, capsys):
    run = trained_before(freezing.freeze(picture_set(LETTERS), DRAWN).name, runs_dir, owner="")
    assert train.main(["--resume", run.id, *more]) == 2
    assert words in capsys.readouterr().err


def test_going_on_without_the_pictures_says_what_helps_on_a_command_line_too(runs_dir):
    name = freezing.freeze(picture_set(LETTERS), DRAWN).name
    own.delete_version(name)
    with pytest.raises(DataError, match="train on the same pictures again") as refusal:
        own.load_split(name, "train")
    assert "page" not in str(refusal.value)


# ---- taken along


def packed(run: Run, **options) -> bytes:
    out = io.BytesIO()
    archive.pack(run, out, **options)
    return out.getvalue()


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Another machine, on which nothing is known."""

    def move() -> None:
        (tmp_path / "other").mkdir(exist_ok=True)
        monkeypatch.setenv("VAE_RUNS_DIR", str(tmp_path / "other"))

    return move


@pytest.mark.parametrize("pictures", [False, True])
def test_a_run_comes_with_its_test_pictures_if_its_owner_says_so(pictures, runs_dir, elsewhere):
    spec = freezing.freeze(picture_set(LETTERS, owner="me"), DRAWN)
    run = trained(spec.name, runs_dir)
    test, content = registry.load_test(spec.name), packed(run, pictures=pictures)
    elsewhere()
    assert own.find(spec.name) is None
    there = archive.unpack(io.BytesIO(content), own.paths.runs_dir())
    there.check()
    assert there.config == run.config and there.dataset.class_names == spec.class_names
    assert registry.test_is_here(spec.name) is pictures and not registry.is_here(spec.name)
    manifest = own.manifest_of(spec.name)
    assert manifest is not None and manifest.owner == "" and manifest.set_id == ""
    assert_one_sentence(registry.obstacle(spec.name).replace("; ", " "))
    if pictures:
        assert (registry.load_test(spec.name).images == test.images).all()
    else:
        with pytest.raises(DataError):
            registry.load_test(spec.name)
    assert archive.unpack(io.BytesIO(content), own.paths.runs_dir()).dataset.name == spec.name  # once more


def test_a_run_that_was_copied_by_hand_opens(runs_dir, tmp_path, elsewhere):
    """Its config.json has shape, classes and sizes, so that all of it can be read where nothing is known of the set."""
    spec = freezing.freeze(picture_set(LETTERS), DRAWN)
    run = trained(spec.name, runs_dir)
    elsewhere()
    shutil.copytree(run.path, own.paths.runs_dir() / run.id)
    own._met.clear()
    (copied,) = own_runs()
    copied.check()
    assert copied.title == run.title and copied.dataset.class_names == spec.class_names
    assert not registry.test_is_here(spec.name) and registry.obstacle(spec.name)
    again = archive.unpack(io.BytesIO(packed(copied)), own.paths.runs_dir())
    assert again.dataset.class_names == spec.class_names and own.manifest_of(spec.name)
    own.delete_version(spec.name)
    own._met.clear()
    content = json.loads((copied.path / "config.json").read_text())
    for changes in (
        {"pictures": {"shape": [1, 9], "class_names": []}},
        {"pictures": None},
        {"set": 3},
        {"pictures": 7},
    ):
        (copied.path / "config.json").write_text(json.dumps({**content, **changes}))
        with pytest.raises(RunError) as refusal:
            Run(copied.path).check()
        assert "\n" not in str(refusal.value)


def test_a_set_that_comes_later_makes_an_imported_version_whole(runs_dir, elsewhere):
    spec = freezing.freeze(picture_set(LETTERS), DRAWN)
    content = packed(trained(spec.name, runs_dir))
    elsewhere()
    archive.unpack(io.BytesIO(content), own.paths.runs_dir())
    assert freezing.freeze(picture_set(LETTERS), DRAWN).name == spec.name
    assert registry.is_here(spec.name)


def test_an_import_is_taken_for_nobody_elses_pictures(runs_dir):
    """On a shared server, an archive that names the version of another visitor gets a version of its own."""
    spec = freezing.freeze(picture_set(LETTERS, owner="victim"), DRAWN)
    content = packed(trained(spec.name, runs_dir))
    there = archive.unpack(io.BytesIO(content), runs_dir, owner="thief")
    assert there.dataset.name != spec.name and not there.dataset.test_is_here(None)
    mine = archive.unpack(io.BytesIO(content), runs_dir, owner="victim")
    assert mine.dataset.name == spec.name


def test_on_a_shared_server_an_import_takes_no_name_that_another_may_come_back_for(runs_dir):
    known = picture_set(LETTERS, owner="victim")
    spec = freezing.freeze(known, DRAWN)
    run = trained(spec.name, runs_dir)
    lifecycle.note(run, owner="victim")
    content = packed(run)
    deleting.delete_set(known)
    theirs = archive.unpack(io.BytesIO(content), runs_dir, owner="thief")
    assert theirs.dataset.name != spec.name
    assert archive.unpack(io.BytesIO(content), runs_dir, owner="thief").dataset.name == theirs.dataset.name
    back = picture_set(LETTERS, owner="victim")
    assert freezing.freeze(back, DRAWN).name == spec.name
    assert not registry.test_is_here(theirs.dataset.name) and deleting.runs_of(back) == []
    assert own.manifest_of(theirs.dataset.name).owner == "thief"


def test_a_version_never_changes_hands(runs_dir):
    """Where somebody else's version has the name already, as imports had it, the set gets another."""
    spec = freezing.freeze(picture_set(LETTERS, owner="me"), DRAWN)
    mine, manifest = registry.load(spec.name), own.manifest_of(spec.name)
    with pytest.raises(DataError, match="someone else") as refusal:
        own.write(spec.name, replace(manifest, owner="you"), {"train": mine.train, "test": mine.test})
    assert_one_sentence(str(refusal.value).replace("’", ""))
    own.delete_version(spec.name)
    own.write(spec.name, replace(manifest, owner="you", set_id=""), {})
    theirs = trained_before(spec.name, runs_dir, owner="you")
    known = picture_set(LETTERS, owner="me")
    again = freezing.freeze(known, DRAWN)
    assert again.name != spec.name and registry.is_here(again.name)
    assert freezing.freeze(known, DRAWN).name == again.name
    assert own.manifest_of(spec.name).owner == "you" and not registry.test_is_here(theirs.config.dataset)


def test_a_set_knows_the_runs_of_its_owner_alone(runs_dir):
    known = picture_set(LETTERS, owner="me")
    spec = freezing.freeze(known, DRAWN)
    mine, theirs, thrown = (trained_before(spec.name, runs_dir, owner=owner) for owner in ("me", "you", "you"))
    lifecycle.delete(thrown)
    assert deleting.runs_of(known) == [mine]
    assert deleting.delete_set(known) == [mine.id]
    assert own_runs(runs_dir) == [theirs] and [item.run.about.owner for item in lifecycle.trashed(runs_dir)] == ["you"]


def trained_before(dataset: str, runs_dir, owner: str) -> Run:
    """A visitor's run that names a dataset."""
    run = lifecycle.create(Config(dataset=dataset, **{**TINY, "epochs": 1}), runs_dir)
    Reporter(run).finish("finished")
    lifecycle.note(run, owner=owner)
    return Run(run.path)


@pytest.mark.parametrize("damage", [garbled, lambda f: f.unlink()], ids=["damaged", "gone"])
@pytest.mark.parametrize("whole", [True, False], ids=["with its set", "imported"])
def test_importing_a_run_again_brings_its_test_pictures_back(whole, damage, runs_dir, elsewhere):
    spec = freezing.freeze(picture_set(LETTERS), DRAWN)
    content, before = packed(trained(spec.name, runs_dir), pictures=True), registry.load(spec.name)
    if not whole:
        elsewhere()
        archive.unpack(io.BytesIO(content), own.paths.runs_dir())
    manifest = own.manifest_of(spec.name)
    damage(own.folder_of(spec.name) / "test.npz")
    if not whole and damage is garbled:
        with pytest.raises(DataError, match="import the run again"):
            registry.load_test(spec.name)
    archive.unpack(io.BytesIO(content), own.paths.runs_dir())
    assert (registry.load_test(spec.name).images == before.test.images).all()
    assert own.manifest_of(spec.name) == manifest
    if whole:
        assert (registry.load_train(spec.name).images == before.train.images).all()


@pytest.mark.parametrize("damage", [garbled, lambda f: f.write_bytes(b"garbage"), lambda f: f.unlink()])
def test_a_run_whose_test_pictures_are_damaged_goes_without_them_or_says_so(damage, runs_dir):
    run = trained(freezing.freeze(picture_set(LETTERS), DRAWN).name, runs_dir)
    damage(own.folder_of(run.config.dataset) / "test.npz")
    with pytest.raises(RunError) as refusal:
        packed(run, pictures=True)
    assert_one_sentence(str(refusal.value).replace("; ", " "))
    assert packed(run)


def changed(content: bytes, name: str, change) -> io.BytesIO:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            part = old.read(info)
            new.writestr(zipfile.ZipInfo(info.filename), change(part) if info.filename == name else part)
    out.seek(0)
    return out


def said(**changes):
    return lambda part: json.dumps({**json.loads(part), **changes}).encode()


def arrays(images=None, labels=None):
    def change(part: bytes) -> bytes:
        known = dict(np.load(io.BytesIO(part)))
        out = io.BytesIO()
        found = {
            "images": known["images"] if images is None else images,
            "labels": known["labels"] if labels is None else labels,
        }
        np.savez(out, **found)
        return out.getvalue()

    return change


HOSTILE = {
    "no manifest": ("pictures/manifest.json", lambda part: b""),
    "brackets": ("pictures/manifest.json", lambda part: b"[" * 200_000),
    "a format to come": ("pictures/manifest.json", said(format=9)),
    "names twice": ("pictures/manifest.json", said(class_names=["a", "a", "a"])),
    "a name of two lines": ("pictures/manifest.json", said(class_names=["a", "b\n", "c"])),
    "other names": ("pictures/manifest.json", said(class_names=["x", "y", "z"])),
    "too many names": ("pictures/manifest.json", said(class_names=[str(k) for k in range(300)])),
    "a huge shape": ("pictures/manifest.json", said(shape=[3, 4096, 4096])),
    "another shape": ("pictures/manifest.json", said(shape=[1, 64, 64])),
    "a shape of nothing": ("pictures/manifest.json", said(shape=[1, 0, 28])),
    "no size": ("pictures/manifest.json", said(test_size=0)),
    "a huge size": ("pictures/manifest.json", said(test_size=10**9)),
    "a title of many lines": ("pictures/manifest.json", said(title="x\ny")),
    "a folder for a name": ("config.json", said(dataset="own-../../../evil")),
    "other pictures": ("pictures/test.npz", arrays(images=np.zeros((5, 9), np.uint8))),
    "too few pictures": ("pictures/test.npz", arrays(images=np.zeros((4, 784), np.uint8))),
    "numbers of another kind": ("pictures/test.npz", arrays(images=np.zeros((5, 784), np.float32))),
    "other classes": ("pictures/test.npz", arrays(labels=np.full(5, 2, np.uint8))),
    "a class that is none": ("pictures/test.npz", arrays(labels=np.full(5, 9, np.uint8))),
    "damaged pictures": ("pictures/test.npz", lambda part: part[:100]),
    "objects": ("pictures/test.npz", arrays(images=np.array([[None] * 784] * 5, object))),
}  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> bytes:
    """A run on a set of one's own, with its test pictures."""
    with pytest.MonkeyPatch.context() as patch:
        runs = tmp_path_factory.mktemp("good")
        patch.setenv("VAE_RUNS_DIR", str(runs))
        spec = freezing.freeze(picture_set(LETTERS), DRAWN, vary=False)
        return packed(trained(spec.name, runs), pictures=True)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_and_leaves_nothing(name, good, runs_dir):
    part, change = HOSTILE[name]
    with pytest.raises(Refused) as refusal:
        archive.unpack(changed(good, part, change), runs_dir)
    assert_one_sentence(str(refusal.value).replace(": ", " "))
    assert [file for file in files_below(runs_dir) if not file.endswith(".lock")] == []
    assert own.versions() == [] and not own._lent


def test_an_archive_says_no_settings_that_there_are_not(good, runs_dir):
    said_so = said(defaults={"epochs": "many", "foo": 1, "batch_size": 32, "dataset": "mnist"}, how={"size": 999})
    run = archive.unpack(changed(good, "pictures/manifest.json", said_so), runs_dir)
    assert dict(run.dataset.defaults) == {"batch_size": 32}
    assert preparing.of_version(run.dataset.name) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)
FINE = own.Manifest("t", Shape(1, 28, 28), ("a", "b"), 20, 5).to_json()


@given(st.dictionaries(st.sampled_from(sorted(FINE)), JSON, max_size=3), JSON)
def test_a_manifest_that_says_anything(changes, whole):
    for data in ({**FINE, **changes}, whole):
        try:
            found = own.manifest_from_json(data)
        except ValueError:
            continue
        assert own.manifest_from_json(json.loads(json.dumps(found.to_json()))) == found
        spec = own.spec_of("own-" + "0" * 16, found)
        assert spec.shape.pixels > 0 and "\n" not in "".join(spec.class_names) + spec.title


def test_an_archive_that_cannot_be_written_leaves_no_version(good, runs_dir, monkeypatch):
    monkeypatch.setattr(lifecycle, "new_run_id", lambda config: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        archive.unpack(io.BytesIO(good), runs_dir)
    assert own.versions() == []


# ---- gone


def test_a_deleted_set_goes_with_all_that_was_made_from_it(runs_dir):
    known, other = picture_set(LETTERS), picture_set({"x": 30})
    spec, stays = freezing.freeze(known, DRAWN), freezing.freeze(other, DRAWN)
    run, kept, thrown = (trained(name, runs_dir) for name in (spec.name, stays.name, spec.name))
    lifecycle.delete(thrown)
    assert deleting.delete_set(known) == [run.id]
    assert [r.id for r in own_runs(runs_dir)] == [kept.id] and lifecycle.trashed(runs_dir) == []
    assert own.versions() == [stays.name] and sets.list_sets() == [other]
    assert not [name for name in files_below(runs_dir) if known.id in name or spec.name[4:] in name]


def test_a_set_whose_training_goes_on_is_not_deleted(runs_dir):
    known = picture_set(LETTERS)
    spec = freezing.freeze(known, DRAWN)
    run = trained(spec.name, runs_dir)
    with lifecycle.held(run), pytest.raises(RunError, match="stop it first"):
        deleting.delete_set(known)
    assert sets.find(known.id) == known and find_run(run.id, runs_dir) and registry.is_here(spec.name)


def test_a_version_that_no_run_uses_goes_after_an_hour(runs_dir):
    known = picture_set(LETTERS)
    used, unused = freezing.freeze(known, DRAWN), freezing.freeze(known, Preparation())
    run = trained(used.name, runs_dir)
    now = own.manifest_of(used.name).created
    assert deleting.unused_versions(runs_dir, now + 70) == []
    assert deleting.unused_versions(runs_dir, now + 70, known.id) == [unused.name]
    assert deleting.unused_versions(runs_dir, now + 4_000) == [unused.name]
    lifecycle.delete(run)
    assert deleting.unused_versions(runs_dir, now + 4_000) == [unused.name]  # it can be taken back
    lifecycle.sweep(runs_dir, kept=-1)
    assert set(deleting.unused_versions(runs_dir, now + 4_000)) == {used.name, unused.name}


def test_on_a_shared_server_nobody_learns_from_somebody_elses_pictures(runs_dir):
    spec = freezing.freeze(picture_set(LETTERS, owner="me"), DRAWN)
    config = Config(dataset=spec.name, **{**TINY, "batch_size": 64})
    for nobody in ("thief", ""):
        with pytest.raises(RunError, match="someone else"):
            queue.ask(config, nobody, Limits(), runs_dir)
    assert own_runs(runs_dir) == []


def test_pictures_count_as_their_owners_and_go_when_the_server_is_full(runs_dir, monkeypatch):
    mine, old = picture_set({"a": 100}, owner="me"), picture_set({"a": 100}, owner="gone")
    taken = eviction.size_of(runs_dir)
    with pytest.raises(RunError, match="MB that one visitor has"):
        eviction.make_room(runs_dir, "me", Limits(visitor_megabytes=2), needed=0, size=1_000_000)
    full = Limits(megabytes=(taken + 900_000) // 1_000_000, spare=0)
    with pytest.raises(RunError):  # nobody's pictures of just now go
        eviction.make_room(runs_dir, "me", full, needed=0, size=1_000_000)
    monkeypatch.setattr(eviction, "LOOKED_SECONDS", -1.0)
    eviction.make_room(runs_dir, "me", full, needed=0, size=1_000_000)
    assert sets.list_sets() == [mine] and sets.find(old.id) is None
