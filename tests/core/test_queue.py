"""The queue of a shared server: fair, on disk, never two trainers for one run; limits, and who makes room for whom."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from core_helpers import TINY, assert_one_sentence, wait_for
from filelock import FileLock

from vae_core import os_compat, paths
from vae_core.config import Config
from vae_core.jobs import eviction, launcher, queue, queue_dispatcher, queue_order
from vae_core.jobs.eviction import make_room, note_visit
from vae_core.jobs.limits import Limits, hosted_limits, owner_of, size_of
from vae_core.runs import files, lifecycle
from vae_core.runs.archive import pack
from vae_core.runs.index import own_runs
from vae_core.runs.run import ACTIVE, Run, RunError, Status, write_status
from vae_core.training import expected_time

LIMITS = Limits(batch_size=1, epochs=500)
CONFIG = Config(**TINY)


@pytest.fixture
def spawned(monkeypatch) -> list[str]:
    """Ids of the runs for which a trainer would have been started."""
    found: list[str] = []
    monkeypatch.setattr(launcher, "spawn", lambda run: found.append(run.id))
    return found


def finish(run: Run, state: str = "finished") -> None:
    write_status(run, replace(run.status(), state=state))


def ask(owner: str, limits: Limits = LIMITS, config: Config = CONFIG) -> Run:
    return queue.ask(config, owner, limits)


def order(folder: Path) -> list[str]:
    return [run.about.owner for run in queue_order.waiting_runs(queue_order.known_runs(folder))]


# ---- the order


def test_one_trains_and_the_second_request_of_one_waits_behind_the_first_of_others(runs_dir, spawned):
    first = ask("anna")
    assert first.status().state == "starting" and spawned == [first.id]
    for owner in ("anna", "anna", "ben", "anna", "cleo", "ben"):
        assert ask(owner).status().state == "queued"
    assert order(runs_dir) == ["ben", "cleo", "anna", "ben", "anna", "anna"]
    finish(first)
    queue_dispatcher.dispatch(runs_dir, LIMITS)
    owners = [Run(runs_dir / run_id).about.owner for run_id in spawned]
    assert owners == ["anna", "ben"]
    assert ask("dora").status().state == "queued"
    assert order(runs_dir) == ["cleo", "dora", "anna", "ben", "anna", "anna"]


def test_turns_taken_while_nobody_waited_are_no_debt(runs_dir, spawned):
    for _ in range(3):
        finish(ask("anna"))
    ask("ben"), ask("anna"), ask("cleo")
    assert order(runs_dir) == ["anna", "cleo"]


def test_several_at_once_if_the_server_allows_it(runs_dir, spawned):
    limits = replace(LIMITS, trainings=2)
    made = [ask(owner, limits) for owner in "abc"]
    assert spawned == [run.id for run in made[:2]]
    assert queue.place(made[2], limits).ahead == 2


def test_the_place_and_the_wait_are_told_from_what_was_measured_here(runs_dir, spawned, finished_run):
    going, mine = ask("a"), ask("b")
    assert queue.place(mine, LIMITS) == queue.Place(1, None), "nothing was measured yet, so nothing is claimed"
    shutil.copytree(finished_run.path, runs_dir / "earlier")
    expected_time.forget()
    write_status(going, replace(going.status(), state="running", seconds_left=30.0))
    assert queue.place(mine, LIMITS) == queue.Place(1, 30.0)
    third = ask("c")
    place = queue.place(third, LIMITS)
    assert place.ahead == 2 and 30 < place.seconds < 60
    expected_time.forget()


def test_a_turn_is_begun_only_once_though_two_servers_look(runs_dir, spawned):
    with FileLock(runs_dir / ".queue.lock"):
        assert queue_dispatcher.dispatch(runs_dir, LIMITS) == []
    run = ask("a")
    for _ in range(3):
        queue_dispatcher.dispatch(runs_dir, LIMITS)
    assert spawned == [run.id]


def test_a_crash_between_choosing_and_starting_loses_no_place(runs_dir, monkeypatch):
    monkeypatch.setattr(launcher, "spawn", lambda run: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        ask("a")
    (run,) = own_runs(runs_dir)
    assert run.status().state == "starting"
    status = files.read_json(run.path / "status.json")
    files.write_json(run.path / "status.json", {**status, "heartbeat": time.time() - 60})
    found: list[str] = []
    monkeypatch.setattr(launcher, "spawn", lambda run: found.append(run.id))
    queue_dispatcher.dispatch(runs_dir, LIMITS)
    assert found == [run.id]


def test_a_trainer_that_cannot_be_started_does_not_hold_up_the_others(runs_dir, monkeypatch):
    made = []
    going = lifecycle.create(CONFIG, runs_dir)
    monkeypatch.setattr(launcher, "spawn", lambda run: made.append(run.id))
    bad, good = ask("a"), ask("b")
    finish(going)

    def spawn(run: Run) -> None:
        if run.id == bad.id:
            raise RunError("The trainer could not be started: Cannot allocate memory.")
        made.append(run.id)

    monkeypatch.setattr(launcher, "spawn", spawn)
    queue_dispatcher.dispatch(runs_dir, LIMITS)
    queue_dispatcher.dispatch(runs_dir, LIMITS)
    assert bad.status().state == "failed" and "memory" in bad.status().error
    assert made == [good.id]


def test_leaving_the_line_and_asking_again(runs_dir, spawned):
    going, mine, other = ask("a"), ask("b"), ask("c")
    queue.cancel(mine)
    assert mine.status().state == "stopped" and order(runs_dir) == ["c"]
    with pytest.raises(RunError) as refusal:
        queue.cancel(mine)
    assert_one_sentence(refusal.value)
    queue.again(mine, LIMITS)
    assert order(runs_dir) == ["c", "b"]
    with pytest.raises(RunError, match="is starting"):
        queue.again(going, LIMITS)
    lifecycle.delete(other)
    assert order(runs_dir) == ["b"]


def test_a_broken_run_in_the_folder_is_no_trouble_for_the_queue(runs_dir, spawned):
    (runs_dir / "broken").mkdir()
    (runs_dir / "broken" / "status.json").write_text("[")
    run = ask("a")
    (run.path / "queue.json").write_text("7")
    assert queue.place(run, LIMITS).ahead == 1
    queue_dispatcher.watch(runs_dir, LIMITS)


# ---- limits


@pytest.mark.parametrize(
    "config, word",
    [(Config(epochs=101), "epochs"), (Config(hidden_dim=4096), "hidden"), (Config(batch_size=2), "batches")],
)
def test_what_is_too_much_is_refused_in_one_sentence(runs_dir, config, word):
    with pytest.raises(RunError, match=word) as refusal:
        queue.ask(config, "a", Limits())
    assert_one_sentence(refusal.value)
    assert own_runs(runs_dir) == []


def test_a_visitor_has_so_many_places_and_the_queue_so_many_for_all(runs_dir, spawned):
    limits = replace(LIMITS, waiting=2, queue=3)
    for _ in range(3):
        ask("a", limits)
    with pytest.raises(RunError, match="2 runs in the queue"):
        ask("a", limits)
    ask("b", limits)
    with pytest.raises(RunError, match="queue of this server is full"):
        ask("c", limits)


def test_the_environment_sets_the_limits_and_locally_there_are_none(monkeypatch):
    monkeypatch.delenv("VAE_HOSTED", raising=False)
    assert hosted_limits() is None
    monkeypatch.setenv("VAE_HOSTED", "1")
    assert hosted_limits() == Limits()
    monkeypatch.setenv("VAE_HOSTED_EPOCHS", "7")
    monkeypatch.setenv("VAE_HOSTED_RUNS", "many")
    assert hosted_limits() == Limits(epochs=7)
    assert "7 epochs" in hosted_limits().words


def test_a_name_that_a_browser_did_not_make_owns_nothing():
    token = "0123456789abcdef" * 2
    assert len(owner_of(token)) == 64 and token not in owner_of(token)
    assert owner_of(token) == owner_of(token) != owner_of(token[::-1])
    for bad in ("", "x", token.upper(), token + "0", "../" + token[3:]):
        assert owner_of(bad) == ""


# ---- making room


def old(run_id: str, age: float, owner: str, finished: Run, **about: object) -> Run:
    run = Run(Path(shutil.copytree(finished.path, paths.runs_dir() / run_id)))
    lifecycle.note(run, owner=owner, **about)
    os.utime(run.path / "config.json", (time.time() - age,) * 2)
    return Run(run.path)


def here() -> set[str]:
    return {run.id for run in own_runs()}


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


def throw_away(run_id: str, age: int) -> Path:
    """Delete a run, so long ago."""
    path = lifecycle.delete(Run(paths.runs_dir() / run_id)).path
    return path.rename(path.with_name(f"{run_id}~{int(time.time()) - age}"))


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


# ---- pins


def days_ago(run: Run, made: float, seen: float | None = None) -> Run:
    for name, days in (("config.json", made), (".seen", seen)):
        if days is not None:
            (run.path / name).touch()
            os.utime(run.path / name, (time.time() - days * 86_400,) * 2)
    return run


def test_invented_visitors_cannot_fill_the_server_for_ever(runs_dir, finished_run):
    limits = replace(LIMITS, all_runs=4)
    for name in "abcd":
        run = days_ago(old(name, 0, f"invented-{name > 'b'}", finished_run), made=1, seen=1)
        with suppress(RunError):
            queue.change(run, limits, title="", pinned=True)
        days_ago(run, made=1, seen=1)
    make_room(runs_dir, "somebody", limits)
    assert len(here()) == 3
    make_room(runs_dir, "somebody", limits, needed=2)
    assert len(here()) == 2


def test_a_pin_that_nobody_has_looked_at_for_long_ends(runs_dir, finished_run):
    limits = replace(LIMITS, all_runs=4)
    days_ago(old("forgotten", 0, "a", finished_run, pinned=True), made=50, seen=31)
    days_ago(old("visited", 0, "b", finished_run, pinned=True), made=50, seen=29)
    make_room(runs_dir, "x", limits, needed=3)
    assert here() == {"visited"}
    with pytest.raises(RunError, match="full"):
        make_room(runs_dir, "x", limits, needed=4)
    assert here() == {"visited"}


def test_who_came_back_keeps_what_invented_visitors_do_not(runs_dir, finished_run):
    limits = replace(LIMITS, all_runs=4)
    days_ago(old("came-back", 0, "real", finished_run), made=9, seen=3)
    for name in "xyz":
        days_ago(old(name, 0, f"invented-{name}", finished_run, pinned=True), made=1, seen=1)
    make_room(runs_dir, "new", limits)
    assert "came-back" in here() and len(here()) == 3
    mine = days_ago(old("mine", 0, "real", finished_run), made=2)
    queue.change(mine, limits, title="", pinned=True)
    days_ago(mine, made=2, seen=1)
    make_room(runs_dir, "new", limits)
    assert {"came-back", "mine"} & here() == {"came-back", "mine"}


def test_a_pin_that_would_not_hold_is_refused(runs_dir, finished_run):
    limits = replace(LIMITS, all_runs=4)
    for name in "ab":
        days_ago(old(name, 0, f"real-{name}", finished_run, pinned=True), made=9, seen=3)
    new = old("new", 0, "new", finished_run)
    with pytest.raises(RunError, match="No more runs can be pinned") as refusal:
        queue.change(new, limits, title="x", pinned=True)
    assert_one_sentence(refusal.value)
    queue.change(new, limits, title="x", pinned=False)
    assert Run(new.path).title == "x"


def test_a_full_queue_drops_the_last_request_that_nobody_looks_at(runs_dir, spawned):
    limits = replace(LIMITS, queue=2)
    ask("a"), ask("b"), ask("c")
    with pytest.raises(RunError, match="queue of this server is full"):
        ask("d", limits)
    for owner in "bc":
        (run,) = [run for run in own_runs(runs_dir) if run.about.owner == owner]
        queue_order.write(run, **queue_order.read(run) | {"asked": time.time() - 1_000})
        if owner == "b":
            note_visit(run)
    ask("d", limits)
    assert order(runs_dir) == ["b", "d"]
    assert run.status().state == "stopped" and "lost its place" in queue.note(run)
    assert_one_sentence(queue.note(run))
    queue.cancel(next(r for r in own_runs(runs_dir) if r.about.owner == "d"))
    queue.again(run, limits)
    assert not queue.note(run)


def waiting_for_long(owner: str, runs_dir: Path) -> Run:
    """A request in the queue on whose page nobody looks."""
    run = lifecycle.create(CONFIG, runs_dir, state="queued", owner=owner)
    queue_order.write(run, asked=time.time() - 1_000, turn=0.0)
    return run


def test_nobody_loses_a_place_for_a_request_that_is_refused(runs_dir, monkeypatch):
    monkeypatch.setattr(queue, "dispatch", lambda *_: [])
    limits, waits = replace(LIMITS, queue=1, runs=1), waiting_for_long("a", runs_dir)
    mine = lifecycle.create(CONFIG, runs_dir, owner="b", pinned=True)
    finish(mine, "stopped")
    with pytest.raises(RunError, match="unpin or delete"):
        ask("b", limits)
    with lifecycle.held(mine), pytest.raises(RunError, match="is training"):
        queue.again(Run(mine.path), limits)
    full = lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space left on device"))  # noqa: E731
    with monkeypatch.context() as patch:
        patch.setattr(queue, "write_status", full)
        with pytest.raises(RunError, match="cannot continue"):
            queue.again(Run(mine.path), limits)
    known = here()
    with monkeypatch.context() as patch:
        patch.setattr(launcher, "request", lambda *_: (_ for _ in ()).throw(RunError("It cannot be steered.")))
        with pytest.raises(RunError, match="steered"):
            ask("c", replace(limits, runs=9))
    assert here() == known, "what was refused does not wait"
    assert waits.status().state == "queued" and not queue.note(waits)
    queue.again(Run(mine.path), limits)
    assert waits.status().state == "stopped" and "lost its place" in queue.note(waits)


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


def test_a_full_disk_starts_nothing_and_says_so(runs_dir, spawned):
    endless = replace(LIMITS, spare=10**9)
    with pytest.raises(RunError, match="disk of this server is full"):
        ask("a", endless)
    run = lifecycle.create(CONFIG, runs_dir, state="queued")
    queue_dispatcher.dispatch(runs_dir, endless)
    assert not spawned and run.status().state == "queued"


# ---- turns that end


def test_a_turn_that_is_over_is_stopped_and_says_why(runs_dir, spawned):
    run = ask("a")
    write_status(run, Status(state="running", pid=os.getpid()))
    queue_dispatcher.watch(runs_dir, LIMITS)
    assert run.control() == "run"
    queue_order.write(run, started=time.time() - 601)
    queue_dispatcher.watch(runs_dir, LIMITS)
    assert run.control() == "stop" and "10 minutes" in queue.note(run)
    assert_one_sentence(queue.note(run))


def test_a_pause_is_ended_only_while_others_wait(runs_dir, spawned):
    run = ask("a")
    write_status(run, Status(state="paused", pid=os.getpid()))
    launcher.request(run, "pause")
    os.utime(run.path / "control.json", (time.time() - 61,) * 2)
    queue_dispatcher.watch(runs_dir, LIMITS)
    assert run.control() == "pause"
    ask("b")
    queue_dispatcher.watch(runs_dir, LIMITS)
    assert run.control() == "stop" and "Others were waiting" in queue.note(run)


# ---- real processes


@pytest.fixture
def ended(runs_dir):
    """Trainers do not outlive the test."""
    yield
    for run in own_runs(runs_dir):
        with contextlib.suppress(RunError):
            os_compat.end(run.status().pid, run.status().born)


SERVER = """
import sys, time
from vae_core import paths
from vae_core.jobs import queue_dispatcher
from vae_core.jobs.limits import Limits
queue_dispatcher.keep_going(paths.runs_dir(), Limits(batch_size=1))
time.sleep(120)
"""


def test_two_servers_one_folder_and_one_of_them_dies(runs_dir, ended, monkeypatch):
    """Three requests, two servers that look every second, one killed in the middle: each run is trained, once."""
    monkeypatch.setattr(queue, "dispatch", lambda *_: [])  # only the servers start trainings
    made = [ask(owner, config=Config(**{**TINY, "epochs": 1})) for owner in "aba"]
    command, environment = [sys.executable, "-c", SERVER], {**os.environ, "PYTHONPATH": str(paths.ROOT)}
    servers = [subprocess.Popen(command, env=environment, start_new_session=True) for _ in range(2)]
    try:
        wait_for(lambda: any(run.status().active for run in made), "a first turn has begun")
        servers[0].kill()
        most = 0

        def done() -> bool:
            nonlocal most
            states = [run.status().state for run in made]
            most = max(most, sum(state in ACTIVE for state in states))
            # Killed between choosing a run and starting it, a server leaves it to the other once 25 s are over.
            assert "failed" not in states, [launcher.log_tail(run) for run in made]
            return states == ["finished"] * 3

        wait_for(done, "all three are finished", 180)
    finally:
        for server in servers:
            server.kill()
            server.wait()
    assert most == 1
    for run in made:
        run.check()
        assert (run.path / "log.txt").read_text().count(run.config.title) == 1, "a second trainer was started"
    # The killed server may not have come to note when it started its run.
    began = [files.read_json(run.path / "queue.json").get("started") for run in made]
    noted = [moment for moment in began if moment is not None]
    assert len(noted) >= 2
    assert noted == sorted(noted)


def test_a_trainer_that_hangs_is_ended_and_the_queue_goes_on(runs_dir, ended, monkeypatch):
    """SIGSTOP: the process lives, holds its lock and says nothing, as one that waits for a dead disk does."""
    config = Config(**{**TINY, "epochs": 500, "batch_size": 4})
    monkeypatch.setattr(launcher, "PATIENCE", 0.5)
    hung, next_ = ask("a", config=config), ask("b", config=Config(**{**TINY, "epochs": 1}))
    wait_for(lambda: hung.epoch and hung.epoch >= 1, "an epoch is finished")
    pid, born = hung.status().pid, hung.status().born
    psutil.Process(pid).suspend()
    time.sleep(0.2)
    status = files.read_json(hung.path / "status.json")
    files.write_json(hung.path / "status.json", {**status, "heartbeat": time.time() - 60})
    with pytest.raises(RunError, match="is training"):
        lifecycle.delete(hung)  # its lock is held
    queue_dispatcher.watch(runs_dir, LIMITS)
    assert hung.status().state == "interrupted"
    assert_one_sentence(hung.status().error)
    wait_for(lambda: not os_compat.lives(pid, born), "it is gone")
    hung.check()
    queue_dispatcher.dispatch(runs_dir, LIMITS)
    wait_for(lambda: next_.status().state == "finished", "the next has had its turn")


def test_a_trainer_that_only_slept_is_left_alone(runs_dir, ended):
    run = ask("a", config=Config(**{**TINY, "epochs": 500, "batch_size": 4}))
    wait_for(lambda: run.status().state == "running", "it runs")
    pid = run.status().pid
    psutil.Process(pid).suspend()
    time.sleep(0.2)
    status = files.read_json(run.path / "status.json")
    files.write_json(run.path / "status.json", {**status, "heartbeat": time.time() - 60})
    psutil.Process(pid).resume()  # the lid is open again
    queue_dispatcher.watch(runs_dir, LIMITS)
    assert os_compat.lives(pid, run.status().born)
    wait_for(lambda: run.status().state == "running", "it goes on")


def test_a_process_of_another_machine_is_judged_by_its_heartbeat_alone(own_run):
    status = files.read_json(own_run.path / "status.json")
    fresh = {**status, "state": "running", "heartbeat": time.time(), "pid": 2**22 + 1}
    files.write_json(own_run.path / "status.json", {**fresh, "host": "elsewhere"})
    assert own_run.status().state == "running"
    files.write_json(own_run.path / "status.json", {**fresh, "host": os_compat.HOST})
    assert own_run.status().state == "interrupted"
