"""What the queue knows: the waiting runs in their order, the ``queue.json`` of each, and the lock of a folder.

``queue.json`` says when a run was asked for, when its turn began, and which process was started for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from vae_core import os_compat
from vae_core.jobs import launcher
from vae_core.jobs.eviction import changed
from vae_core.runs import files
from vae_core.runs.index import own_runs
from vae_core.runs.run import Run, RunError, Status


def known_runs(folder: Path) -> list[tuple[Run, Status]]:
    """All runs that can be read and their states, from the disk; a run whose start was lost to a crash waits again."""
    found = []
    for run in own_runs(folder):
        with suppress(RunError):
            found.append((run, or_waits_again(run.status(), read(run))))
    return found


def or_waits_again(status: Status, entry: dict[str, Any]) -> Status:
    """The state of a run in the queue whose trainer was chosen long ago, and is still silent."""
    if status.state == "interrupted" and not status.pid and "asked" in entry:  # it is slow to start, or there is none
        return replace(status, state="starting" if os_compat.lives(*process_of(status, entry)) else "queued")
    return status


def is_busy(status: Status) -> bool:
    """Whether a run takes up one of the server's trainings: also while a trainer that fell silent lives still."""
    return status.active or (status.state == "interrupted" and launcher.is_trained_here(status))


def process_of(status: Status, entry: dict[str, Any]) -> tuple[int, float]:
    """Number and birth of a run's trainer on this machine, as it said itself or else as its server noted; or 0, 0."""
    if status.pid:
        return (status.pid, status.born) if status.host in ("", os_compat.HOST) else (0, 0.0)
    pid, born = entry.get("pid"), entry.get("born")
    if entry.get("host") == os_compat.HOST and isinstance(pid, int) and isinstance(born, (int, float)):
        return pid, float(born)
    return 0, 0.0


def waiting_runs(known: list[tuple[Run, Status]]) -> list[Run]:
    """The waiting runs in the order of their turns."""
    return in_order([(run, read(run)) for run, status in known if status.state == "queued"])


def in_order(waiting: list[tuple[Run, dict[str, Any]]]) -> list[Run]:
    """Waiting runs, each with its ``queue.json``, in the order of their turns."""
    return [run for run, _ in sorted(waiting, key=lambda item: (_turn(item[1]), _asked(*item), item[0].id))]


@contextmanager
def locked(folder: Path, wait: float) -> Iterator[None]:
    lock = FileLock(folder / ".queue.lock", timeout=wait)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise RunError("The queue is busy; try again in a moment.") from None
    except OSError as error:
        raise RunError(f"The folder of runs cannot be written: {error.strerror}.") from None
    try:
        yield
    finally:
        lock.release()


def read(run: Run) -> dict[str, Any]:
    try:
        data = files.read_json(run.path / "queue.json")
        return data if isinstance(data, dict) else {}
    except (OSError, ValueError):
        return {}


def asked_at(run: Run) -> float:
    return _asked(run, read(run))


def _asked(run: Run, entry: dict[str, Any]) -> float:
    asked = entry.get("asked")
    return float(asked) if isinstance(asked, (int, float)) else changed(run.path / "config.json")


def turn_of(run: Run) -> float:
    return _turn(read(run))


def _turn(entry: dict[str, Any]) -> float:
    turn = entry.get("turn")
    return float(turn) if isinstance(turn, (int, float)) and abs(turn) < 1e9 else 0.0


def write(run: Run, **entry: Any) -> None:
    try:
        files.write_json(run.path / "queue.json", entry)
    except OSError as error:
        raise RunError(f"The run {run.id} cannot wait in the queue: {error.strerror}.") from None


def next_turn(folder: Path, owner: str) -> float:
    """The turn of a visitor's next request: start-time fair queueing (Goyal, Vin & Cheng 1996) with turns of length 1.

    It is the turn that is served now, or the one after the visitor's last, whichever is later. So a second request
    stands behind the first of everybody who comes before it is served, and old turns are no debt once all are served.
    """
    known = known_runs(folder)
    served = [turn_of(run) for run, status in known if status.active]
    now = max(served) if served else max((turn_of(run) + 1 for run, s in known if s.state != "queued"), default=0.0)
    mine = [turn_of(run) + 1 for run, _ in known if owner and run.about.owner == owner]
    return max([now, *mine])
