"""A shared server for the tests of its queue: who asks, who waits, and whose old runs are here."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

from core_helpers import TINY

from vae_core import paths
from vae_core.config import Config
from vae_core.jobs import queue, queue_order
from vae_core.jobs.limits import Limits
from vae_core.runs import lifecycle
from vae_core.runs.index import own_runs
from vae_core.runs.run import Run, write_status

LIMITS = Limits(batch_size=1, epochs=500)
CONFIG = Config(**TINY)


def finish(run: Run, state: str = "finished") -> None:
    write_status(run, replace(run.status(), state=state))


def ask(owner: str, limits: Limits = LIMITS, config: Config = CONFIG) -> Run:
    return queue.ask(config, owner, limits)


def order(folder: Path) -> list[str]:
    return [run.about.owner for run in queue_order.waiting_runs(queue_order.known_runs(folder))]


def old(run_id: str, age: float, owner: str, finished: Run, **about: object) -> Run:
    run = Run(Path(shutil.copytree(finished.path, paths.runs_dir() / run_id)))
    lifecycle.note(run, owner=owner, **about)
    os.utime(run.path / "config.json", (time.time() - age,) * 2)
    return Run(run.path)


def here() -> set[str]:
    return {run.id for run in own_runs()}


def throw_away(run_id: str, age: int) -> Path:
    """Delete a run, so long ago."""
    path = lifecycle.delete(Run(paths.runs_dir() / run_id)).path
    return path.rename(path.with_name(f"{run_id}~{int(time.time()) - age}"))
