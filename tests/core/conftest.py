"""Fixtures of the core's tests: small data, training inside this process, a run as one file."""

from __future__ import annotations

import shutil
import signal

import pytest
import torch
from core_helpers import new_run, shortened, train_here

from tests.core.archives_made import Bytes, packed
from vae_core import train
from vae_core.datasets import registry
from vae_core.datasets.spec import Dataset
from vae_core.jobs import launcher
from vae_core.runs.run import Run
from vae_core.training import loop
from vae_core.training.progress_and_pause import Reporter, Stopped


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Two threads on a shared core wait for each other; tests that need two ask for them."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def few_digits() -> Dataset:
    """320 + 96 of the embedded digits: at 32 a batch, ten whole steps an epoch."""
    return shortened(registry.load("digits"), train=320, test=96)


@pytest.fixture(scope="session")
def good(finished_run) -> bytes:
    """The finished run as one file."""
    return Bytes(packed(finished_run))


@pytest.fixture(scope="session")
def stopped(few_digits, tmp_path_factory) -> Run:
    """A run that stopped after its first of two epochs, and can go on."""
    run = train_here(new_run(tmp_path_factory.mktemp("whole"), epochs=2), few_digits)
    short = new_run(tmp_path_factory.mktemp("stopped"), epochs=2)
    shutil.copytree(run.path, short.path.parent / "whole")

    class StopsAfterOne(Reporter):
        def epoch_done(self, epoch: int, step: int) -> None:
            super().epoch_done(epoch, step)
            raise Stopped

    reporter = StopsAfterOne(short)
    with pytest.raises(Stopped):
        loop.train(short, few_digits, reporter)
    reporter.finish("stopped")
    return short


@pytest.fixture
def spawned(monkeypatch) -> list[str]:
    """Ids of the runs for which a trainer would have been started."""
    found: list[str] = []
    monkeypatch.setattr(launcher, "spawn", lambda run: found.append(run.id))
    return found


@pytest.fixture
def main(monkeypatch):
    """The command line's main in this process, which saves an import of torch; what it changes is put back."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "GOMP_SPINCOUNT"):
        monkeypatch.setenv(name, "1")
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield train.main
    for number, handler in handlers.items():
        signal.signal(number, handler)
    torch.set_flush_denormal(False)
    torch.set_num_threads(1)
