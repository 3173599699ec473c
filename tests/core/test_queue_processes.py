"""The queue with real trainers and servers: never two trainers for one run, and what hangs or dies holds up nobody."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time

import psutil
import pytest
from core_helpers import TINY, assert_one_sentence, wait_for
from queue_helpers import LIMITS, ask

from vae_core import os_compat, paths
from vae_core.config import Config
from vae_core.jobs import launcher, queue, queue_dispatcher
from vae_core.runs import files, lifecycle
from vae_core.runs.index import own_runs
from vae_core.runs.run import ACTIVE, RunError


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
