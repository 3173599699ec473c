"""A trainer kept ready: it becomes a trainer like any other, and does not outlive its server while it waits."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from core_helpers import TINY, wait_for

from vae_core import os_compat, paths
from vae_core.config import Config
from vae_core.jobs import launcher, warm_worker


@pytest.fixture
def kept(monkeypatch):
    monkeypatch.delenv("VAE_SPARE")
    monkeypatch.setattr(warm_worker, "_waiting", [])
    warm_worker.keep_one()
    (child,) = warm_worker._waiting
    yield child
    for waiting in [child, *warm_worker._waiting]:
        waiting.kill()
        waiting.wait()


def test_a_spare_trains_what_is_started_next(kept, runs_dir):
    warm_worker.keep_one()
    assert warm_worker._waiting == [kept]  # one is enough
    run = launcher.start(Config(**TINY))
    wait_for(lambda: not run.status().active, "the end of the training", 120)
    assert run.status().state == "finished", launcher.log_tail(run)
    assert run.status().pid == kept.pid
    wait_for(lambda: kept.returncode == 0, "the spare is reaped", 60)
    assert "finished" in launcher.log_tail(run)
    assert warm_worker._waiting == []  # the next one needs a new spare, or a start from nothing


def test_a_spare_that_is_gone_is_done_without(kept, runs_dir):
    kept.kill()
    kept.wait()
    run = launcher.start(Config(**{**TINY, "epochs": 1}))
    wait_for(lambda: not run.status().active, "the end of the training", 120)
    assert run.status().state == "finished" and run.status().pid != kept.pid


def test_a_waiting_spare_ends_with_its_server():
    code = "from vae_core.jobs import warm_worker; warm_worker.keep_one(); print(warm_worker._waiting[0].pid)"
    environment = {name: value for name, value in os.environ.items() if name != "VAE_SPARE"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=paths.ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert wait_for(lambda: os_compat.is_gone(int(done.stdout)), "the spare has ended", 60)


def test_without_a_spare_wanted_there_is_none(monkeypatch):
    monkeypatch.setattr(warm_worker, "_waiting", [])
    warm_worker.keep_one()
    assert warm_worker._waiting == []


def test_a_spare_that_has_waited_in_vain_is_dismissed_and_takes_no_run_with_it(kept):
    warm_worker.dismiss(kept)
    assert kept.returncode == 0
    assert warm_worker.take(["--help"], os.devnull, {}) is None


def test_a_spare_that_was_given_a_run_is_not_dismissed(monkeypatch):
    monkeypatch.setattr(warm_worker, "_waiting", [])
    warm_worker.dismiss(None)  # a look at it would be an error
