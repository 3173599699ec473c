"""Fixtures for all tests: where runs live, and one tiny finished run that everybody may read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from filelock import FileLock
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that a plain `pytest` finds the project from any directory

from vae_core.training import threads  # noqa: E402

# Trainers that tests start share two cores with the tests: their threads must sleep, not spin, while they wait.
os.environ.setdefault("GOMP_SPINCOUNT", "0")
threads.same_sums()  # as in every trainer, whose bits are compared with those made here
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each process of ours would compile all of it anew
sys.dont_write_bytecode = False
os.environ["VAE_SPARE"] = "0"  # the tests that want a trainer kept ready say so
os.environ["VAE_PREFETCH"] = "0"  # no test asks the network for a dataset behind its back


# A busy machine must not fail a property; a failure must come back in the next run.
settings.register_profile("project", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("project")

# A worker takes the next test of its list, and half of another's list when its own is empty. So what takes long, and
# what waits rather than works, comes first.
LONG = ("test_every_page_can_be_used", "test_the_tour_from", "test_every_mission", "test_a_training_from")
FIRST = ("tests/browser", "tests/core", "tests/pages")
PROCESS = 2_500_000_000  # bytes that one takes with its server, its browser and its trainers


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process more than there are cores, since many tests only wait, if there is memory; just this one for tests
    that were named. (Two a core took no less time, and twice the processor's.)"""
    if config.args and all("::" in name for name in config.args):
        return 0
    room = psutil.virtual_memory().available // PROCESS
    return max(min((os.cpu_count() or 1) + 1, room, 8), 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> tuple[int, bool]:
        folder = next((k for k, name in enumerate(FIRST) if item.nodeid.startswith(name)), len(FIRST))
        return folder, not item.name.startswith(LONG)

    items.sort(key=place)


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
    monkeypatch.setattr("vae_core.datasets.own._met", {})  # of the runs that other tests read
    return folder


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory, worker_id):
    """A finished run of the embedded digits, made by the command line. Read only: use ``own_run`` to change one.

    Made once: where several processes share out the tests, they share it.
    """
    from vae_core.runs.run import Run

    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "finished"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            options = [f"--{name.replace('_', '-')}={value}" for name, value in FINISHED_RUN.items()]
            command = [sys.executable, "-m", "vae_core.train", "--runs-dir", str(folder), "--run-id", "tiny", *options]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 0, done.stderr
    return Run(folder / "tiny")


@pytest.fixture
def own_run(finished_run, runs_dir):
    """A copy of the finished run in ``runs_dir``, to be changed or broken."""
    from vae_core.runs.run import Run

    return Run(Path(shutil.copytree(finished_run.path, runs_dir / "mine")))
