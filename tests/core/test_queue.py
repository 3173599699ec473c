"""The queue of a shared server: whose turn it is, how long one waits, and when a turn ends."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace

import pytest
from core_helpers import assert_one_sentence
from filelock import FileLock
from queue_helpers import CONFIG, LIMITS, ask, finish, order

from vae_core.jobs import launcher, queue, queue_dispatcher, queue_order
from vae_core.runs import files, lifecycle
from vae_core.runs.index import own_runs
from vae_core.runs.run import Run, RunError, Status, write_status
from vae_core.training import expected_time

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
