"""An error of reading that passes (too many files are open, somebody has it) is said while it lasts and not kept."""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Callable

import numpy as np
import pytest

from ui.store import cache, run_index, tail
from vae_core.datasets import own
from vae_core.datasets.own import Manifest
from vae_core.datasets.spec import NotNow, Shape, Split
from vae_core.runs import lifecycle
from vae_core.runs.run import Run, RunError, Unreadable
from vae_core.training import checkpoint

NAME = "own-0123456789abcdef"


@pytest.fixture
def refuse(monkeypatch) -> Callable[[Callable[[str, int], OSError | None]], list[str]]:
    """Have files refused: ``error`` of a path and how many were asked for before; returns what was asked for."""

    def begin(error: Callable[[str, int], OSError | None]) -> list[str]:
        asked: list[str] = []

        def guarded(act: Callable) -> Callable:
            def asks(path=".", *arguments, **named):
                asked.append(str(path))
                if (refused := error(str(path), len(asked) - 1)) is not None:
                    raise refused
                return act(path, *arguments, **named)

            return asks

        for module, name in ((builtins, "open"), (io, "open"), (os, "listdir"), (os, "scandir")):
            monkeypatch.setattr(module, name, guarded(getattr(module, name)))
        return asked

    return begin


def too_many(path: str = "") -> OSError:
    return OSError(errno.EMFILE, "Too many open files", path)


def forget() -> None:
    for known in (run_index._standing, run_index._trouble_of_status, run_index._whole_files, tail._film):
        known.cache_clear()
    for grown in (tail._points, tail._epochs):
        grown.known.clear()


def test_whichever_file_is_refused_the_run_is_whole_afterwards(own_run, refuse):
    wrong: dict[str, int] = {"at": -1}
    asked = refuse(lambda path, number: too_many(path) if number == wrong["at"] else None)
    whole = run_index.standing(own_run)
    assert whole[0] == "" and whole[1]
    refused, files = 0, len(asked)
    for at in range(files):
        forget()
        asked.clear()
        wrong["at"] = at
        said, film = run_index.standing(own_run)
        assert (said, film) == whole or ("cannot be read now" in said and film == ()), (asked[at], said)
        refused += bool(said)
        wrong["at"] = -1
        assert run_index.standing(own_run) == whole, asked[at]
    assert refused > files / 2


def test_a_file_that_another_has_for_a_moment_is_waited_for(own_run, refuse):
    forget()
    met: set[str] = set()

    def in_use(path: str, number: int) -> OSError | None:
        if path in met or not path.endswith((".npz", ".safetensors")):
            return None
        met.add(path)
        return PermissionError(errno.EACCES, "in use", path)

    refuse(in_use)
    assert run_index.trouble(own_run) == ""
    assert {path[-4:] for path in met} == {".npz", "sors"}


def test_what_is_wrong_with_a_file_is_still_remembered(own_run, monkeypatch):
    own_run.weights_file(1).write_bytes(b"garbage")
    assert "damaged" in run_index.trouble(own_run)
    monkeypatch.setattr(Run, "check_files", lambda *arguments: pytest.fail("looked again"))
    assert "damaged" in run_index.trouble(own_run)


def test_what_people_made_of_a_run_is_neither_forgotten_nor_overwritten(own_run, refuse):
    lifecycle.note(own_run, title="Mine", owner="me", pinned=True)
    short = [True]
    refuse(lambda path, number: too_many(path) if short[0] and path.endswith("about.json") else None)
    run = Run(own_run.path)
    assert run.about.title == ""
    with pytest.raises(RunError, match="cannot be"):
        lifecycle.pin(own_run, False)
    short[0] = False
    assert run.about.title == "Mine" and Run(own_run.path).about.owner == "me" and run.about.pinned


def test_weights_that_cannot_be_opened_now_are_not_missing(own_run, refuse):
    short = [True]
    refuse(lambda path, number: too_many(path) if short[0] and path.endswith("0001.safetensors") else None)
    with pytest.raises(Unreadable, match=r"0001.safetensors .* cannot be read now \(Too many open files\)"):
        checkpoint.load_model(own_run, 1)
    short[0] = False
    assert checkpoint.load_model(own_run, 1)
    with pytest.raises(RunError, match="not there"):
        checkpoint.load_model(own_run, 99)


@pytest.fixture
def version(runs_dir) -> Manifest:
    manifest = Manifest("Cats", Shape(1, 28, 28), ("a", "b"), 30, 5, originals=30)
    own.write(NAME, manifest, {"train": split(30), "test": split(5)})
    return manifest


def split(count: int) -> Split:
    return Split(np.full((count, 784), count, np.uint8), np.zeros(count, np.uint8))


def test_own_pictures_that_cannot_be_read_now_are_neither_damaged_nor_replaced(version, refuse, own_run, monkeypatch):
    monkeypatch.setattr(cache.registry, "load_test", lambda name: own.load_split(NAME, "test"))
    monkeypatch.setattr(cache.registry, "test_is_here", lambda name: True)
    short = [True]
    refuse(lambda path, number: too_many(path) if short[0] and path.endswith("test.npz") else None)
    assert cache.test_pictures(own_run) is None and own.can_be_read(NAME, "test")
    with pytest.raises(NotNow, match=r"cannot be read now"):
        own.write(NAME, version, {"train": split(30)})
    short[0] = False
    assert len(own.load_split(NAME, "test").images) == 5
    found = cache.test_pictures(own_run)
    assert found is not None and len(found.images) == 5
    cache._test_split.clear()


def test_a_manifest_that_cannot_be_read_now_is_nobody_elses(version, refuse):
    own._manifest.cache_clear()
    refuse(lambda path, number: too_many(path) if path.endswith("manifest.json") else None)
    with pytest.raises(OSError, match="Too many"):
        own.write(NAME, Manifest("Dogs", Shape(1, 28, 28), ("a",), 1, 1), {"train": split(1)})
