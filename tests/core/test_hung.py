"""Which process is a run's hung trainer, and which only has its number."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from vae_core import os_compat
from vae_core.jobs import launcher
from vae_core.runs import files
from vae_core.runs.run import Run


@pytest.fixture
def sleeper():
    """A process that lives and says nothing, as a hung trainer does."""
    child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    yield child.pid
    child.kill()
    child.wait()


def say(run: Run, **changes: object) -> None:
    status = files.read_json(run.path / "status.json")
    files.write_json(run.path / "status.json", {**status, "state": "running", "host": os_compat.HOST, **changes})


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(launcher, "PATIENCE", 0.05)


HOUR = 3600.0


@pytest.mark.parametrize("off", [-60, -HOUR, HOUR, 24 * HOUR], ids=str)
def test_a_trainer_that_says_nothing_is_ended_however_wrong_its_clock(own_run, sleeper, off):
    say(own_run, pid=sleeper, born=os_compat.born(sleeper), heartbeat=time.time() + off)
    assert own_run.status().state == "interrupted"
    assert launcher.end_hung(own_run)
    assert os_compat.is_gone(sleeper)


@pytest.mark.parametrize("born", [0.0, 1.0, -HOUR], ids=["not known", "at another time", "before"])
def test_a_process_that_only_has_the_number_is_left_alone(own_run, sleeper, born):
    born = os_compat.born(sleeper) + born if born < 0 else born
    say(own_run, pid=sleeper, born=born, heartbeat=time.time() - 60)
    assert own_run.status().state == "interrupted"
    assert not launcher.end_hung(own_run)
    assert os_compat.lives(sleeper, os_compat.born(sleeper))


def test_a_trainer_of_another_machine_is_left_alone(own_run, sleeper):
    say(own_run, pid=sleeper, born=os_compat.born(sleeper), heartbeat=time.time() - 60, host="elsewhere")
    assert not launcher.end_hung(own_run)
    assert os_compat.lives(sleeper, os_compat.born(sleeper))


@pytest.mark.parametrize("jump", [-HOUR, HOUR], ids=str)
def test_a_trainer_that_speaks_is_left_alone_though_the_clock_was_set(own_run, sleeper, jump, monkeypatch):
    """The clock jumps by an hour; the trainer's next word comes while it is being looked at."""
    say(own_run, pid=sleeper, born=os_compat.born(sleeper), heartbeat=time.time() + jump)
    assert own_run.status().state == "interrupted"
    monkeypatch.setattr(launcher, "PATIENCE", 60)  # its word ends the waiting
    monkeypatch.setattr(time, "sleep", lambda _: say(own_run, heartbeat=time.time()))
    assert not launcher.end_hung(own_run)
    assert own_run.status().state == "running"


def test_the_number_of_a_trainer_that_ended_may_be_anothers_by_now(own_run):
    """As after a container's start: this process has the number, but began at another time."""
    say(own_run, pid=os.getpid(), born=os_compat.born() - 10, heartbeat=time.time())
    assert own_run.status().state == "interrupted"
    say(own_run, pid=os.getpid(), born=os_compat.born(), heartbeat=time.time())
    assert own_run.status().state == "running"


def test_the_status_of_an_older_version_still_opens(own_run):
    status = files.read_json(own_run.path / "status.json")
    del status["born"]
    files.write_json(own_run.path / "status.json", {**status, "state": "running", "heartbeat": time.time()})
    assert own_run.status().born == 0.0
    assert own_run.status().state == "interrupted"  # its process is gone
