"""Folders that may not be searched, or have too long a name: one sentence, or nothing there, and no traceback."""

from __future__ import annotations

import builtins
import errno
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.core_helpers import TINY, assert_one_sentence
from vae_core import os_compat, paths, train
from vae_core.classroom import codes, rooms
from vae_core.classroom.store import ClassroomError
from vae_core.config import Config
from vae_core.datasets import own, registry
from vae_core.datasets.spec import DataError
from vae_core.jobs import eviction, queue
from vae_core.jobs.limits import Limits
from vae_core.pictures import deleting, freezing, sets
from vae_core.pictures.set_manifest import SetError
from vae_core.runs import files, lifecycle
from vae_core.runs.index import list_runs, own_runs
from vae_core.runs.run import Run, RunError

CONFIG, VERSION = Config(**TINY), "own-0123456789abcdef"


def close(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for one who may not look into a folder: the tests' own user may be root, who may."""

    def refuses(act: Callable) -> Callable:
        def guarded(path=".", *arguments, **named):
            if folder in Path(path).parents:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            return act(path, *arguments, **named)

        return guarded

    for name in ("stat", "lstat", "mkdir", "listdir", "scandir", "open", "rename", "replace", "unlink", "rmdir"):
        monkeypatch.setattr(os, name, refuses(getattr(os, name)))
    monkeypatch.setattr(builtins, "open", refuses(open))
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != folder and access(path, mode))


@pytest.fixture(params=["may not be searched", "long name"])
def closed(request, tmp_path, monkeypatch) -> Iterator[Path]:
    folder = tmp_path / ("n" * 300 if request.param == "long name" else "closed")
    monkeypatch.setenv("VAE_RUNS_DIR", str(folder / "runs"))
    monkeypatch.setenv("VAE_DATA_DIR", str(folder / "data"))
    if request.param != "long name":
        (folder / "runs").mkdir(parents=True)
        close(folder, monkeypatch)
    with pytest.raises(OSError, match=r"ermission denied|too long"):
        os.stat(folder / "runs")
    yield folder


def test_looking_says_that_nothing_is_there_and_changing_says_why_not(closed):
    folder = paths.runs_dir()
    for name in registry.TITLES:
        for look in (registry.is_here, registry.test_is_here, registry.obstacle, registry.stamp):
            look(name)
    assert own_runs() == [] and list_runs() and sets.list_sets() == [] and own.versions() == []
    assert not own.has(VERSION, "train") and own.find(VERSION) is None and lifecycle.trashed(folder) == []
    for tidy in (lifecycle.sweep, deleting.sweep, files.remove_left_parts):
        tidy(folder)
    lifecycle.remove(folder / "a")
    own.delete_version(VERSION)
    refused: list[tuple[type[Exception], Callable[[], object]]] = [
        (RunError, lambda: lifecycle.create(CONFIG, folder)),
        (RunError, lambda: lifecycle.create(CONFIG, folder, "mine")),
        (RunError, lambda: lifecycle.delete(Run(folder / "mine"))),
        (RunError, lambda: lifecycle.restore(lifecycle.Trashed(folder / ".trash" / "mine~1", "mine", 1.0))),
        (RunError, lambda: Run(folder / "mine").check()),
        (RunError, lambda: queue.ask(CONFIG, "me", Limits())),
        (SetError, lambda: sets.create("x")),
        (DataError, lambda: freezing.freeze_folder(closed / "pictures")),
        (ClassroomError, lambda: rooms.open_room(codes.new_token())),
        (ClassroomError, lambda: rooms.find("BDHJ")),
    ]
    for kind, act in refused:
        with pytest.raises(kind) as refusal:
            act()
        if kind is not ClassroomError:
            assert_one_sentence(refusal.value)


@pytest.mark.parametrize("more", [[], ["--resume", "mine"], ["--run-id", "mine"], ["--dataset", "folder:pictures"]])
def test_the_command_line_says_it_in_one_sentence(closed, monkeypatch, capsys, tmp_path, more):
    assert train.main(["--epochs", "1", "--runs-dir", str(paths.runs_dir()), *more]) == 2
    assert_one_sentence(capsys.readouterr().err.strip())


def test_a_file_that_cannot_be_used_before_there_is_a_run_is_one_sentence(monkeypatch, capsys, runs_dir):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere")

    monkeypatch.setattr(train, "_open_run", full)
    assert train.main(["--epochs", "1"]) == 2
    assert capsys.readouterr().err.strip() == "The file or folder /somewhere cannot be used: No space left on device."


def test_what_cannot_be_looked_at_is_not_gone(tmp_path, monkeypatch):
    there = tmp_path / "closed" / "there"
    there.mkdir(parents=True)
    assert not os_compat.is_missing(there) and os_compat.is_missing(tmp_path / "a" / "b")
    assert os_compat.is_missing(tmp_path / "a") and os_compat.remove_folder(tmp_path / "a")
    close(there.parent, monkeypatch)
    assert not os_compat.is_missing(there) and not os_compat.exists(there) and not os_compat.remove_folder(there)
    assert not os_compat.is_missing(tmp_path / ("n" * 300)) and not os_compat.is_folder(tmp_path / ("n" * 300))


def test_where_the_disk_is_full_and_there_was_no_trash_a_run_still_makes_room(own_run, monkeypatch):
    mkdir, folder = Path.mkdir, own_run.path.parent

    def full(path, *arguments, **named):
        if path.name == lifecycle.TRASH:
            raise OSError(errno.ENOSPC, "No space left on device")
        mkdir(path, *arguments, **named)

    monkeypatch.setattr(Path, "mkdir", full)
    monkeypatch.setattr(eviction, "LOOKED_SECONDS", 0.0)
    lifecycle.note(own_run, owner="me")
    eviction.make_room(folder, "me", replace(Limits(), runs=1, spare=0))
    assert not own_run.path.exists() and not list(folder.glob(".*.part"))


def test_what_was_removed_without_trash_and_stayed_goes_later(own_run, monkeypatch):
    folder = own_run.path.parent
    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", lambda *a, **k: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
        patch.setattr(os_compat, "remove_folder", lambda path: False)
        lifecycle.remove(own_run.path)
    (left,) = folder.glob(".*.part")
    old = time.time() - 2 * lifecycle.DRAFT_SECONDS
    os.utime(left, (old, old))
    lifecycle.sweep(folder)
    assert not left.exists() and own_runs(folder) == []
