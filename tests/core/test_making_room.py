"""A shared server makes room for a run: whose goes first, and that none goes in vain."""

from __future__ import annotations

import io
import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from core_helpers import assert_one_sentence
from queue_helpers import LIMITS, here, old, throw_away

from vae_core.jobs import eviction, queue
from vae_core.jobs.eviction import make_room, note_visit
from vae_core.jobs.limits import size_of
from vae_core.runs import lifecycle
from vae_core.runs.archive import pack
from vae_core.runs.run import Run, RunError, Status, write_status


def test_the_oldest_unpinned_run_of_the_visitor_goes_first(runs_dir, finished_run):
    for age, run_id, owner, pinned in (
        (9, "pinned", "a", True), (8, "seen", "a", False), (7, "busy", "a", False), (6, "old", "a", False),
        (5, "new", "a", False), (99, "theirs", "b", False),
    ):  # fmt: skip
        old(run_id, age, owner, finished_run, pinned=pinned)
    note_visit(Run(runs_dir / "seen"))
    write_status(Run(runs_dir / "busy"), Status(state="running", pid=os.getpid()))
    make_room(runs_dir, "a", replace(LIMITS, runs=5))
    assert here() == {"pinned", "seen", "busy", "new", "theirs"}
    make_room(runs_dir, "a", replace(LIMITS, runs=4))
    assert here() == {"pinned", "seen", "busy", "theirs"}
    with pytest.raises(RunError, match="unpin or delete") as refusal:
        make_room(runs_dir, "a", replace(LIMITS, runs=3))
    assert_one_sentence(refusal.value)
    assert here() == {"pinned", "seen", "busy", "theirs"}


def test_the_server_keeps_so_many_runs_and_bytes_in_all(runs_dir, finished_run):
    for age in range(5):
        old(f"run-{age}", 10 + age, f"owner-{age}", finished_run)
    make_room(runs_dir, "x", replace(LIMITS, all_runs=4))
    assert here() == {"run-0", "run-1", "run-2"}
    one = size_of(runs_dir / "run-0") / 1e6
    make_room(runs_dir, "x", replace(LIMITS, megabytes=int(one * 2.5)))
    assert here() == {"run-0", "run-1"}
    with pytest.raises(RunError, match="space for runs") as refusal:
        make_room(runs_dir, "x", replace(LIMITS, megabytes=0))
    assert_one_sentence(refusal.value)
    assert here() == {"run-0", "run-1"}, "nothing goes where that would not be enough"


def test_the_trash_goes_before_anybodys_run(runs_dir, finished_run, monkeypatch):
    for name in ("theirs", "old", "new"):
        old(name, 99, "a" if name != "theirs" else "b", finished_run)
    one = size_of(runs_dir / "theirs")
    monkeypatch.setattr(eviction, "MEGABYTE", one)  # so that a limit of 3 is three such runs
    first, second = throw_away("old", 60), throw_away("new", 30)
    make_room(runs_dir, "c", replace(LIMITS, megabytes=4))
    assert first.exists() and second.exists()
    make_room(runs_dir, "c", replace(LIMITS, megabytes=3))
    assert not first.exists() and second.exists() and here() == {"theirs"}
    make_room(runs_dir, "c", replace(LIMITS, megabytes=2))
    assert not second.exists() and here() == {"theirs"}
    with pytest.raises(RunError):
        make_room(runs_dir, "c", replace(LIMITS, megabytes=2, spare=10**9))
    assert here() == {"theirs"}


def test_importing_and_deleting_again_and_again_costs_nobody_a_run(runs_dir, finished_run, monkeypatch):
    archive = io.BytesIO()
    pack(finished_run, archive)
    one = size_of(finished_run.path)
    monkeypatch.setattr(eviction, "MEGABYTE", one)
    for name in "abcd":
        old(name, 9_999, name, finished_run)
    limits, before = replace(LIMITS, megabytes=7, visitor_megabytes=3), here()
    for _ in range(6):
        lifecycle.delete(queue.take_in(archive, "hostile", limits))
        assert here() == before
    assert queue.take_in(archive, "hostile", limits).path.exists(), "and one can still import"
    assert size_of(runs_dir) < 7 * one
    theirs = [item.path for item in lifecycle.trashed(runs_dir) if item.run.about.owner == "hostile"]
    assert sum(map(size_of, theirs)) <= 3 * one, "what a visitor threw away counts as theirs"


@pytest.mark.parametrize("free", [0, 200_000_000])
def test_a_disk_that_is_short_for_another_reason_costs_nobody_a_run(runs_dir, finished_run, monkeypatch, free):
    for name in "ab":
        old(name, 9_999, name, finished_run)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))
    trash = throw_away("b", 60)
    for _ in range(4):
        with pytest.raises(RunError, match="disk of this server is full"):
            make_room(runs_dir, "x", LIMITS)
    assert here() == {"a"} and trash.exists(), "emptying it would not be enough"
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=300_000_000 - 1_000))
    monkeypatch.setattr(eviction, "_free", lambda folder: 300_001_000 - 1_000 * trash.exists())
    make_room(runs_dir, "x", replace(LIMITS, spare=300))
    assert here() == {"a"}


def test_a_file_that_does_not_fit_is_refused_before_it_is_written(runs_dir, finished_run):
    for name in "ab":
        lifecycle.note(old(name, 9_999, name, finished_run), pinned=True)
    archive = io.BytesIO()
    pack(finished_run, archive)
    for limits in (replace(LIMITS, megabytes=0), replace(LIMITS, spare=10**9), replace(LIMITS, visitor_megabytes=0)):
        with pytest.raises(RunError) as refusal:
            queue.take_in(archive, "x", limits)
        assert_one_sentence(refusal.value)
    assert here() == {"a", "b"} and not list(runs_dir.glob(".*.part"))


def test_two_visitors_at_once_do_not_make_room_twice(runs_dir, finished_run):
    for age in range(4):
        old(f"run-{age}", 9_999 + age, f"owner-{age}", finished_run)
    archive = io.BytesIO()
    pack(finished_run, archive)
    limits, made = replace(LIMITS, all_runs=4), []

    def take_in(owner: str) -> None:
        made.append(queue.take_in(io.BytesIO(archive.getvalue()), owner, limits).id)

    threads = [threading.Thread(target=take_in, args=(owner,)) for owner in "xy"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert here() == {"run-0", "run-1", *made} and len(made) == 2


def test_what_is_put_back_counts_and_never_costs_itself(runs_dir, finished_run, monkeypatch):
    for age, name in enumerate(("gone", "kept", "theirs")):
        old(name, 9_999 + age, "b" if name == "theirs" else "a", finished_run)
    throw_away("gone", 60)
    (item,) = lifecycle.trashed(runs_dir)
    with pytest.raises(RunError, match="You have 1 runs"):
        queue.put_back(item, replace(LIMITS, runs=1))
    lifecycle.note(Run(runs_dir / "theirs"), pinned=True)
    note_visit(Run(runs_dir / "kept"))
    with pytest.raises(RunError, match="server is full"):
        queue.put_back(item, replace(LIMITS, all_runs=2))
    assert item.path.exists() and here() == {"kept", "theirs"}
    assert queue.put_back(item, LIMITS).id == "gone"


def test_room_that_is_made_in_the_last_round_counts(runs_dir, finished_run, monkeypatch):
    """Each time that room was made, another run comes from somewhere else, but for the last."""
    for k in range(2):
        old(f"old-{k}", 9_999, f"owner-{k}", finished_run)
    came, remove = iter(["one", "two"]), lifecycle.remove

    def another_comes(path: Path) -> None:
        remove(path)
        if name := next(came, None):
            old(name, 9_000, "elsewhere", finished_run)

    monkeypatch.setattr(lifecycle, "remove", another_comes)
    make_room(runs_dir, "x", replace(LIMITS, all_runs=2))
    assert len(here()) == 1
    came = iter("abcdef")
    with pytest.raises(RunError, match="server is full"):
        make_room(runs_dir, "x", replace(LIMITS, all_runs=1))


def test_nothing_goes_for_a_run_that_cannot_come_back(runs_dir, finished_run):
    for name in ("gone", "theirs"):
        old(name, 9_999, name, finished_run)
    throw_away("gone", 7_000)  # an hour is over, and still it is wanted
    (item,) = lifecycle.trashed(runs_dir)
    old("gone", 1, "gone", finished_run)
    with pytest.raises(RunError, match="another run gone"):
        queue.put_back(item, replace(LIMITS, all_runs=2))
    assert here() == {"gone", "theirs"}
    lifecycle.remove(runs_dir / "gone")
    assert queue.put_back(item, replace(LIMITS, all_runs=1)).id == "gone" and here() == {"gone"}
    lifecycle.remove(runs_dir / "gone")
    with pytest.raises(RunError, match="no longer in the trash"):
        queue.put_back(item, LIMITS)
