"""Fixtures for all tests: where runs live, and one tiny finished run that everybody may read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that a plain `pytest` finds the project from any directory

from vae_core import threads  # noqa: E402

# Trainers that tests start share two cores with the tests: their threads must sleep, not spin, while they wait.
os.environ.setdefault("GOMP_SPINCOUNT", "0")
threads.same_sums()  # as in every trainer, whose bits are compared with those made here
os.environ["VAE_SPARE"] = "0"  # the tests that want a trainer kept ready say so


# A busy machine must not fail a property; a failure must come back in the next run.
settings.register_profile("project", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("project")

# Small enough for a second, long enough (0.1 s an epoch) to be interrupted in the middle.
FINISHED_RUN = {
    "dataset": "digits", "model": "vae", "latent_dim": 3, "hidden_dim": 32, "beta": 1.0, "reconstruction": "bce",
    "epochs": 5, "batch_size": 16, "learning_rate": 3e-3, "seed": 1, "device": "cpu",
}  # fmt: skip


@pytest.fixture
def runs_dir(tmp_path, monkeypatch) -> Path:
    """An empty folder of the visitor's own runs, in this process and in those that it starts."""
    folder = tmp_path / "runs"
    folder.mkdir()
    monkeypatch.setenv("VAE_RUNS_DIR", str(folder))
    return folder


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory):
    """A finished run of the embedded digits, made by the command line. Read only: use ``own_run`` to change one."""
    from vae_core.runs import Run

    folder = tmp_path_factory.mktemp("finished")
    options = [f"--{name.replace('_', '-')}={value}" for name, value in FINISHED_RUN.items()]
    command = [sys.executable, "-m", "vae_core.train", "--runs-dir", str(folder), "--run-id", "tiny", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return Run(folder / "tiny")


@pytest.fixture
def own_run(finished_run, runs_dir):
    """A copy of the finished run in ``runs_dir``, to be changed or broken."""
    from vae_core.runs import Run

    return Run(Path(shutil.copytree(finished_run.path, runs_dir / "mine")))
