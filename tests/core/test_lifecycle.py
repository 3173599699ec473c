"""Renaming, pinning, deleting and taking back; never a run that is training."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from core_helpers import assert_one_sentence, files_in

from vae_core import paths
from vae_core.runs import files, lifecycle, schema
from vae_core.runs.index import find_run
from vae_core.runs.run import ACTIVE, About, Run, RunError, Status, write_status


def test_a_title_is_one_line_and_an_empty_one_brings_back_the_settings_own(own_run):
    lifecycle.rename(own_run, "  My\n\u202efirst\tone " + "x" * 200)
    assert Run(own_run.path).title == ("My first one " + "x" * 200)[:80]
    assert files.read_json(own_run.path / "config.json") == schema.config_json(own_run.config)
    lifecycle.rename(own_run, "")
    assert Run(own_run.path).title == own_run.config.title


def test_a_pin_and_a_title_do_not_disturb_each_other(own_run):
    lifecycle.pin(own_run, True)
    lifecycle.rename(own_run, "a")
    about = Run(own_run.path).about
    assert (about.pinned, about.title) == (True, "a")
    lifecycle.pin(own_run, False)
    assert Run(own_run.path).about.title == "a"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"title": 3}', '{"pinned": "yes"}', "[" * 99_999])
def test_an_unreadable_about_means_the_defaults(own_run, text):
    (own_run.path / "about.json").write_text(text)
    assert Run(own_run.path).about == About()
    own_run.check()


def test_a_deleted_run_can_be_taken_back_as_it_was(own_run):
    before = {name: (own_run.path / name).read_bytes() for name in files_in(own_run.path)}
    item = lifecycle.delete(own_run)
    assert find_run("mine") is None and [t.id for t in lifecycle.trashed(paths.runs_dir())] == ["mine"]
    assert lifecycle.restore(item) == own_run
    assert lifecycle.trashed(paths.runs_dir()) == []
    after = {name: (own_run.path / name).read_bytes() for name in files_in(own_run.path)}
    assert after == before


def test_the_same_id_may_be_deleted_twice_and_only_a_free_id_is_taken_back(own_run):
    copy = shutil.copytree(own_run.path, own_run.path.parent / "copy")
    first = lifecycle.delete(own_run)
    shutil.copytree(copy, own_run.path)
    with pytest.raises(RunError) as refusal:
        lifecycle.restore(first)
    assert_one_sentence(refusal.value)
    second = lifecycle.delete(own_run)
    assert len(lifecycle.trashed(paths.runs_dir())) == 2
    lifecycle.restore(second)
    lifecycle.delete(Run(own_run.path))
    lifecycle.restore(first)
    with pytest.raises(RunError, match=r"no longer|another"):
        lifecycle.restore(first)


@pytest.mark.parametrize("state", ACTIVE)
def test_a_run_that_is_training_is_not_deleted(own_run, state):
    write_status(own_run, Status(state=state, pid=os.getpid()))
    with pytest.raises(RunError) as refusal:
        lifecycle.delete(own_run)
    assert_one_sentence(refusal.value)
    assert own_run.path.exists()


def test_a_trainer_that_holds_the_lock_is_left_alone_whatever_the_status_says(own_run):
    with lifecycle.lock_of(own_run), pytest.raises(RunError, match="is training"):
        lifecycle.delete(own_run)
    lifecycle.delete(own_run)


def test_a_broken_run_can_be_deleted(own_run):
    (own_run.path / "status.json").write_text("{")
    (own_run.path / "config.json").unlink()
    lifecycle.delete(own_run)
    assert find_run("mine") is None


def test_the_gallery_is_not_changed(finished_run, tmp_path):
    run = Run(Path(shutil.copytree(finished_run.path, tmp_path / "g" / "lecture")), gallery=True)
    before = files_in(run.path)
    for change in (lambda: lifecycle.rename(run, "x"), lambda: lifecycle.pin(run, True), lambda: lifecycle.delete(run)):
        with pytest.raises(RunError) as refusal:
            change()
        assert_one_sentence(refusal.value)
    assert files_in(run.path) == before


def test_the_trash_is_emptied_after_a_while_and_leftovers_go(own_run, runs_dir):
    item = lifecycle.delete(own_run)
    left, fresh, link = runs_dir / ".a.1234.part", runs_dir / ".b.1234.part", runs_dir / ".c.1234.part"
    left.mkdir()
    fresh.mkdir()
    outside = runs_dir.parent / "outside"
    outside.mkdir()
    link.symlink_to(outside)
    os.utime(left, (1, 1))
    os.utime(outside, (1, 1))
    lifecycle.sweep(runs_dir)
    assert item.path.exists() and fresh.exists() and not left.exists() and outside.exists()
    os.rename(item.path, item.path.with_name(f"mine~{int(time.time() - lifecycle.KEPT_SECONDS - 5)}"))
    lifecycle.sweep(runs_dir)
    assert os.listdir(runs_dir / lifecycle.TRASH) == []


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(own_run, monkeypatch):
    def read_only(*arguments: object, **options: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "rename", read_only)
    monkeypatch.setattr(os, "replace", read_only)
    for change in (lambda: lifecycle.rename(own_run, "x"), lambda: lifecycle.delete(own_run)):
        with pytest.raises(RunError, match="Read-only") as refusal:
            change()
        assert_one_sentence(refusal.value)
    own_run.check()
