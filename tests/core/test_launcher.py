"""Starting and steering real trainers from another process, as the page does."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator

import psutil
import pytest
from core_helpers import (
    TINY,
    assert_mistake,
    assert_one_sentence,
    differences,
    files_in,
    results,
    trainer,
    wait_for,
)

from vae_core import os_compat, train
from vae_core.config import Config
from vae_core.jobs import launcher
from vae_core.runs import files
from vae_core.runs.run import Run, RunError, Status, write_status
from vae_core.training.progress_and_pause import Reporter


@pytest.fixture
def started(runs_dir) -> Iterator[list[Run]]:
    """Runs whose trainers are ended with the test, also when it fails."""
    made: list[Run] = []
    yield made
    for run in made:
        os_compat.end(run.status().pid, run.status().born)


def reaches(run: Run, *states: str) -> Status:
    """Wait for one of these states; any other end is a failure."""

    def there() -> Status | None:
        status = run.status()
        assert status.active or status.state in states, f"{status.state}: {status.error} {launcher.log_tail(run)}"
        return status if status.state in states else None

    return wait_for(there, f"{run.id} is {' or '.join(states)}")


def what_grows(run: Run) -> tuple[int, int, int]:
    return run.status().step, len(run.steps()), len(run.metrics())


def assert_stands_still(run: Run) -> None:
    before = what_grows(run)
    time.sleep(0.4)
    assert what_grows(run) == before


def test_pause_go_on_and_finish(started, runs_dir):
    config = Config(**{**TINY, "batch_size": 4, "epochs": 3})
    run = launcher.start(config)
    started.append(run)
    assert run.path.parent == runs_dir and run.config == config
    assert os.getpgid(reaches(run, "running").pid) != os.getpgid(0), "a closed terminal would take it along"
    launcher.request(run, "pause")
    asked = time.time()
    paused = reaches(run, "paused")
    assert paused.heartbeat - asked < 5  # a second or so, on a busy machine
    assert_stands_still(run)
    assert paused.progress < 1
    launcher.request(run, "run")
    reaches(run, "finished")
    assert run.epoch == 3 and run.status().progress == 1
    assert files_in(run.path) >= {"log.txt"}
    assert "epoch 3/3 · finished" in launcher.log_tail(run)
    wait_for(lambda: not psutil.pid_exists(run.status().pid), "the trainer's process is gone and reaped")
    run.check()


def test_step_by_step_then_stop_then_resume(started, runs_dir):
    run = launcher.start(Config(**{**TINY, "epochs": 4}), run_id="steps", one_epoch=True)
    started.append(run)
    for epoch in (1, 2):
        wait_for(lambda epoch=epoch: run.epoch == epoch and reaches(run, "paused"), f"paused after epoch {epoch}")
        assert_stands_still(run)
        assert (run.epoch, run.status().epoch) == (epoch, epoch)
        if epoch == 1:
            launcher.request(run, "step")

    # One trainer a run: a second one, as from another tab or a terminal, is refused and disturbs nothing.
    assert "already" in assert_mistake(trainer("--resume=steps"))
    with pytest.raises(RunError) as refusal:
        launcher.resume(run)
    assert_one_sentence(refusal.value)
    assert run.status().state == "paused"

    launcher.request(run, "stop")
    assert run.status().state in ("stopping", "stopped")
    reaches(run, "stopped")
    run.check()
    stepped = results(run)

    launcher.resume(run)
    assert run.status().state in ("starting", "running", "finished")
    reaches(run, "finished")
    assert run.epoch == 4
    again = results(run)
    changed = set(differences(stepped, again)) - {"resume.safetensors", "steps.jsonl"}
    assert changed == set(again) - set(stepped), "what was there before the stop is still the same"


def test_a_trainer_that_cannot_start_leaves_a_run_that_says_why(started, runs_dir, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(RunError) as refusal:
        launcher.start(Config(**TINY))
    assert_one_sentence(refusal.value)


def test_a_stop_shows_from_the_request_to_the_end(own_run, monkeypatch):
    """However reader and trainer take turns, nobody sees "running" or "paused" again."""
    launcher.request(own_run, "stop")
    write_status(own_run, Status(state="paused", pid=os.getpid()))
    reporter, seen = Reporter(own_run, lambda status: None), []
    finish, read = reporter.finish, files.read_json

    def watched_finish(*words, **changes):
        seen.append(own_run.status().state)
        finish(*words, **changes)
        seen.append(own_run.status().state)

    def ends_after_reading_the_status(file):
        found = read(file)
        if file.name == "status.json":
            monkeypatch.setattr(files, "read_json", read)
            train._end(reporter, "stopped", 130)
        return found

    monkeypatch.setattr(reporter, "finish", watched_finish)
    monkeypatch.setattr(files, "read_json", ends_after_reading_the_status)
    seen.append(own_run.status().state)
    assert seen == ["stopping", "stopped", "stopping"]
    assert own_run.status().state == "stopped" and own_run.control() == "run"


@pytest.mark.parametrize("request_", launcher.REQUESTS)
def test_a_request_is_what_the_trainer_reads(own_run, request_):
    launcher.request(own_run, request_)
    assert own_run.control() == request_


def test_an_unknown_request_is_an_error_of_the_program(own_run):
    with pytest.raises(ValueError):
        launcher.request(own_run, "explode")
    assert own_run.control() == "run"


def test_a_request_does_not_bring_back_a_run_that_was_deleted(own_run):
    shutil.rmtree(own_run.path)
    with pytest.raises(RunError) as refusal:
        launcher.request(own_run, "pause")
    assert_one_sentence(refusal.value)
    assert not own_run.path.exists()


@pytest.mark.parametrize("state", ["finished", "running", "paused", "starting"])
def test_only_what_has_ended_early_can_be_resumed(own_run, state):
    files.write_json(own_run.path / "control.json", {"request": "pause"})
    write_status(own_run, Status(state=state, pid=os.getpid()))
    before = {name: (own_run.path / name).read_bytes() for name in files_in(own_run.path)}
    with pytest.raises(RunError) as refusal:
        launcher.resume(own_run)
    assert_one_sentence(refusal.value)
    assert {name: (own_run.path / name).read_bytes() for name in files_in(own_run.path)} == before


@pytest.mark.parametrize("state", ["finished", "stopped", "running"])
def test_the_gallery_cannot_be_steered(finished_run, tmp_path, state):
    run = Run(shutil.copytree(finished_run.path, tmp_path / "gallery" / "lecture"), gallery=True)
    write_status(run, Status(state=state))
    before = files_in(run.path)
    for steer in (*(lambda r=r: launcher.request(run, r) for r in launcher.REQUESTS), lambda: launcher.resume(run)):
        with pytest.raises(RunError) as refusal:
            steer()
        assert_one_sentence(refusal.value)
    assert files_in(run.path) == before and run.status().state == state


def test_the_log_shows_its_last_lines(own_run):
    assert launcher.log_tail(own_run) == ""
    (own_run.path / "log.txt").write_bytes("".join(f"line {n}\n" for n in range(50)).encode() + b"\xff end\n")
    assert launcher.log_tail(own_run, 3).splitlines()[:2] == ["line 48", "line 49"]
    assert len(launcher.log_tail(own_run).splitlines()) == 20
