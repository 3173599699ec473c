"""Fixtures of the core's tests: small data, and training inside this process."""

from __future__ import annotations

import signal

import pytest
import torch
from core_helpers import shortened

from vae_core import train
from vae_core.datasets import registry
from vae_core.datasets.spec import Dataset


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Two threads on a shared core wait for each other; tests that need two ask for them."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def few_digits() -> Dataset:
    """320 + 96 of the embedded digits: at 32 a batch, ten whole steps an epoch."""
    return shortened(registry.load("digits"), train=320, test=96)


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
