"""Runs on own pictures elsewhere: archives with and without the pictures."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace

import pytest

from tests.core.archives_made import packed
from tests.core.core_helpers import assert_one_sentence
from tests.core.pictures_made import DRAWN, LETTERS, garbled, picture_set, trained, trained_before
from vae_core.datasets import own, registry
from vae_core.datasets.spec import DataError
from vae_core.pictures import deleting, freezing
from vae_core.runs import archive, lifecycle
from vae_core.runs.index import own_runs
from vae_core.runs.run import Run, RunError

pytestmark = pytest.mark.usefixtures("runs_dir")  # each test has its own folder of runs and sets


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Another machine, on which nothing is known."""

    def move() -> None:
        (tmp_path / "other").mkdir(exist_ok=True)
        monkeypatch.setenv("VAE_RUNS_DIR", str(tmp_path / "other"))
        own._met.clear()

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
