"""Runs on own pictures elsewhere: archives with and without pictures; deleting a set with all made from it."""

from __future__ import annotations

import io
import json
import shutil
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.core_helpers import TINY, assert_one_sentence
from tests.core.hostile import ODD, nothing_odd_is_unpacked, oddly_packed
from tests.core.pictures_made import (
    DRAWN,
    LETTERS,
    files_below,
    garbled,
    picture_set,
    trained,
    trained_before,
)
from vae_core.config import Config
from vae_core.datasets import own, registry
from vae_core.datasets.spec import DataError, Shape
from vae_core.jobs import eviction, launcher, queue
from vae_core.jobs.limits import Limits
from vae_core.pictures import deleting, freezing, preparing, sets
from vae_core.pictures.preparing import Preparation
from vae_core.runs import archive, files, lifecycle
from vae_core.runs.index import find_run, own_runs
from vae_core.runs.run import Run, RunError, Status, write_status
from vae_core.runs.untrusted import Refused


@pytest.fixture(autouse=True)
def _room(runs_dir):
    """Each test has its own folder of runs and sets."""


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


@pytest.mark.parametrize("packing", ODD)
def test_test_pictures_that_are_packed_oddly_are_refused_before_they_are_unpacked(packing, good, runs_dir):
    hostile = changed(good, "pictures/test.npz", lambda part: oddly_packed(part, packing))
    with nothing_odd_is_unpacked(), pytest.raises(Refused, match="unusual"):
        archive.unpack(hostile, runs_dir)
    assert own_runs(runs_dir) == [] and own.versions() == []


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


def test_whoever_holds_a_run_can_still_ask_of_it_once_its_pictures_are_deleted(runs_dir):
    spec = freezing.freeze(picture_set(LETTERS), DRAWN, vary=False)
    held = Run(trained(spec.name, runs_dir).path)
    pixels, layers = held.dataset.shape.pixels, held.architecture
    held = Run(held.path)
    assert held.config.dataset == spec.name  # read, and kept by a page
    own.delete_version(spec.name)
    assert held.dataset.shape.pixels == pixels and held.architecture == layers
    assert held.dataset.class_names == spec.class_names and len(held.labels()) == spec.test_size
    assert held.config.title and not registry.is_here(spec.name) and own.versions() == []
    assert registry.obstacle(spec.name) == own.GONE


def test_a_set_whose_training_goes_on_is_not_deleted(runs_dir):
    known = picture_set(LETTERS)
    spec = freezing.freeze(known, DRAWN)
    run = trained(spec.name, runs_dir)
    with lifecycle.held(run), pytest.raises(RunError, match="stop it first"):
        deleting.delete_set(known)
    assert sets.find(known.id) == known and find_run(run.id, runs_dir) and registry.is_here(spec.name)


def test_a_set_on_which_a_training_waits_is_not_deleted(runs_dir):
    known = picture_set(LETTERS)
    run = lifecycle.create(Config(dataset=freezing.freeze(known, DRAWN).name), runs_dir, state="queued")
    with pytest.raises(RunError, match="waits to; stop it first"):
        deleting.delete_set(known)
    assert sets.find(known.id) == known and find_run(run.id, runs_dir)


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


def unused_for_hours(**about) -> str:
    """A version that no run uses, of two hours ago."""
    name = freezing.freeze(picture_set(LETTERS, **about), DRAWN, vary=False).name
    manifest = own.manifest_of(name)
    files.write_json(own.folder_of(name) / "manifest.json", replace(manifest, created=time.time() - 7_200).to_json())
    return name


def test_the_pictures_that_a_training_is_asked_for_are_not_swept_to_make_room_for_it(runs_dir, monkeypatch):
    monkeypatch.setattr(queue, "dispatch", lambda *_: [])
    name = unused_for_hours(owner="me")
    run = queue.ask(Config(dataset=name, **{**TINY, "batch_size": 64}), "me", Limits())
    assert run.dataset.name == name and registry.is_here(name)
    other = Config(**{**TINY, "batch_size": 64})
    lifecycle.remove(run.path)
    queue.ask(other, "me", Limits())
    assert own.versions() == [], "whoever asks for others makes room as before"


def test_an_imported_run_keeps_the_pictures_that_are_here(runs_dir, monkeypatch):
    """The version that it was trained on is here, no run uses it, and it is hours old."""
    name = unused_for_hours()
    out = io.BytesIO(packed(trained(name, runs_dir)))
    for run in own_runs(runs_dir):
        lifecycle.remove(run.path)
    taken_in = queue.take_in(out, "", Limits(batch_size=1))
    assert taken_in.config.dataset == name and registry.is_here(name)


def test_a_training_on_pictures_that_are_gone_is_refused_in_one_sentence(runs_dir, monkeypatch):
    made = picture_set(LETTERS, owner="me")
    config = Config(dataset=freezing.freeze(made, DRAWN, vary=False).name, **{**TINY, "batch_size": 64})
    others = lifecycle.create(Config(**TINY), runs_dir, owner="other")
    write_status(others, Status(state="finished"))
    deleting.delete_set(made)
    for start in (
        lambda: queue.ask(config, "me", Limits(all_runs=1)),
        lambda: launcher.start(config),
        lambda: lifecycle.create(config, runs_dir, "mine"),
    ):
        with pytest.raises(RunError, match="choose another dataset") as refusal:
            start()
        assert_one_sentence(str(refusal.value).replace("; ", " "))
    assert own_runs(runs_dir) == [others], "and nothing made room for it"


def test_a_training_whose_pictures_are_gone_does_not_go_on(runs_dir):
    name = freezing.freeze(picture_set(LETTERS), DRAWN, vary=False).name
    run = trained_before(name, runs_dir, owner="me")
    write_status(run, Status(state="stopped"))
    own.delete_version(name)
    for go_on in (launcher.resume, lambda run: queue.again(run, Limits(batch_size=1))):
        with pytest.raises(RunError, match="choose another dataset"):
            go_on(Run(run.path))
    assert run.status().state == "stopped"


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
