"""The queue as it is told to many pages: the same as what is decided by, read again only where files have changed."""

from __future__ import annotations

import errno
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from queue_helpers import CONFIG, LIMITS

from vae_core import os_compat
from vae_core.jobs import launcher, queue, queue_dispatcher, queue_order, queue_seen
from vae_core.runs import files, lifecycle
from vae_core.runs.run import STATES, Run, Status, write_status


def made(folder: Path, name: str, state: str = "queued", turn: float = 0.0) -> Run:
    run = lifecycle.create(CONFIG, folder, name, state=state, owner=name)
    queue_order.write(run, asked=time.time(), turn=turn)
    return run


def assert_told_as_decided(folder: Path) -> None:
    known, seen = queue_order.known_runs(folder), queue_seen.look(folder)
    assert seen.waiting == queue_order.waiting_runs(known)
    key = lambda item: item[0].id  # noqa: E731
    assert sorted(seen.active, key=key) == sorted(((r, s) for r, s in known if s.active), key=key)
    busy = [sum(queue_order.is_busy(s) for _, s in some) for some in (known, seen.others)]
    assert busy[0] == busy[1]


def test_what_is_told_is_what_is_decided_by_after_every_change(runs_dir):
    runs = [made(runs_dir, name, turn=turn) for name, turn in (("a", 2.0), ("b", 1.0), ("c", 0.0))]
    assert_told_as_decided(runs_dir)
    for state in (*STATES, "queued"):
        write_status(runs[1], Status(state=state, pid=os.getpid(), born=os_compat.born(), host=os_compat.HOST))
        assert_told_as_decided(runs_dir)
        launcher.request(runs[1], "stop")
        assert_told_as_decided(runs_dir)
        launcher.request(runs[1], "run")
    queue_order.write(runs[2], asked=1.0, turn=9.0)
    assert [run.id for run in queue_seen.look(runs_dir).waiting] == ["b", "a", "c"]
    (runs_dir / "broken").mkdir()
    (runs[0].path / "status.json").write_text("[")
    assert_told_as_decided(runs_dir)
    lifecycle.remove(runs[2].path)
    assert_told_as_decided(runs_dir)
    # A run that is chosen, and whose trainer never speaks, waits again once that is long ago, by the clock alone.
    write_status(runs[1], Status(state="starting"))
    assert [run.id for run, _ in queue_seen.look(runs_dir).active] == ["b"]
    status = files.read_json(runs[1].path / "status.json")
    files.write_json(runs[1].path / "status.json", {**status, "heartbeat": time.time() - 60})
    assert [run.id for run in queue_seen.look(runs_dir).waiting] == ["b"]
    assert_told_as_decided(runs_dir)


def test_pages_that_wait_read_no_file_that_has_not_changed(runs_dir, monkeypatch):
    going = made(runs_dir, "going", "running")
    write_status(going, Status(state="running", seconds_left=30.0))
    waits = [made(runs_dir, f"w{k}", turn=k) for k in range(3)]
    for k in range(9):
        made(runs_dir, f"done-{k}", "finished")
    first = queue.place(waits[2], LIMITS)
    assert first.ahead == 3
    read: list[Path] = []
    read_bytes = os_compat.read_bytes
    monkeypatch.setattr(os_compat, "read_bytes", lambda path: read.append(path) or read_bytes(path))
    for _ in range(30):
        assert queue.place(waits[2], LIMITS) == first
    # The trainer of a test before may just end, and a thread see to it: what that reads is no page's.
    here = {path for path in read if path.is_relative_to(runs_dir)}
    assert here <= {going.path / "control.json"}, "what a running training is asked may change at any time"
    queue.cancel(waits[0])
    assert queue.place(waits[2], LIMITS).ahead == 2


def test_what_could_not_be_read_for_a_moment_is_read_again(runs_dir, monkeypatch):
    first, second = made(runs_dir, "a", turn=2.0), made(runs_dir, "b", turn=1.0)
    for name, seen in (("status.json", []), ("queue.json", [first, second])):  # without it, by their names
        queue_seen._seen.clear()
        read_bytes = os_compat.read_bytes

        def hindered(path: Path, name: str = name, read_bytes=read_bytes) -> bytes:
            if path.name == name:
                raise OSError(errno.EMFILE, "Too many open files")
            return read_bytes(path)

        with monkeypatch.context() as patch:
            patch.setattr(os_compat, "read_bytes", hindered)
            patch.setattr(queue_order, "changed", lambda path: 0.0)
            assert queue_seen.look(runs_dir).waiting == seen
        assert queue_seen.look(runs_dir).waiting == [second, first]


@pytest.mark.parametrize(("trainings", "begins"), [(1, False), (2, True)])
def test_all_runs_are_read_under_the_lock_only_when_somebody_may_begin(runs_dir, trainings, begins):
    limits, run = replace(LIMITS, trainings=trainings), made(runs_dir, "going", "running")
    assert not queue_dispatcher.may_begin(runs_dir, limits), "nobody waits"
    made(runs_dir, "waits")
    assert queue_dispatcher.may_begin(runs_dir, limits) is begins
    write_status(run, Status(state="finished"))
    assert queue_dispatcher.may_begin(runs_dir, limits)
    silent = {"heartbeat": time.time() - 60, "pid": os.getpid(), "born": os_compat.born(), "host": os_compat.HOST}
    write_status(run, Status(state="running"))
    files.write_json(run.path / "status.json", {**files.read_json(run.path / "status.json"), **silent})
    assert queue_dispatcher.may_begin(runs_dir, limits) is begins, "a silent trainer that lives takes its place"
