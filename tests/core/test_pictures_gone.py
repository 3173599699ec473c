"""With a set of own pictures goes all that was made from it; what is still used stays."""

from __future__ import annotations

import io
import time
from dataclasses import replace

import pytest

from tests.core.archives_made import packed
from tests.core.core_helpers import TINY, assert_one_sentence
from tests.core.pictures_made import DRAWN, LETTERS, files_below, picture_set, trained, trained_before
from vae_core.config import Config
from vae_core.datasets import own, registry
from vae_core.jobs import eviction, launcher, queue
from vae_core.jobs.limits import Limits
from vae_core.pictures import deleting, freezing, sets
from vae_core.pictures.preparing import Preparation
from vae_core.runs import files, lifecycle
from vae_core.runs.index import find_run, own_runs
from vae_core.runs.run import Run, RunError, Status, write_status

pytestmark = pytest.mark.usefixtures("runs_dir")  # each test has its own folder of runs and sets


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
