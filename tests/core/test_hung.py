"""Which process is a run's hung trainer, and which only has its number."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from vae_core import jobs, runs, storage
from vae_core.runs import Run


@pytest.fixture
def born_as_spare(runs_dir):
    """A function that starts a process like a spare that became the trainer of the run with this folder."""
    children = []

    def start(folder) -> int:
        with open(folder / "log.txt", "ab") as log:
            command = [sys.executable, "-c", "import time; time.sleep(60)", "-m", "vae_core.spare"]
            children.append(subprocess.Popen(command, stdout=log, start_new_session=True))
        return children[-1].pid

    yield start
    for child in children:
        child.kill()
        child.wait()


def silent(run: Run, pid: int) -> None:
    status = storage.read_json(run.path / "status.json")
    old = {**status, "state": "running", "pid": pid, "host": runs.HOST, "heartbeat": time.time() - 60}
    storage.write_json(run.path / "status.json", old)


def test_after_a_restart_another_runs_trainer_may_have_the_number_and_is_left_alone(own_run, born_as_spare, tmp_path):
    pid = born_as_spare(tmp_path)
    silent(own_run, pid)
    assert own_run.status().state == "interrupted"
    assert not jobs.end_hung(own_run)
    os.kill(pid, 0)  # it lives


def test_a_hung_trainer_that_was_a_spare_is_known_by_its_log(own_run, born_as_spare, monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE", 0.01)
    silent(own_run, born_as_spare(own_run.path))
    assert jobs.end_hung(own_run)
