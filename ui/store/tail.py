"""What a page reads of a run in training; each look costs only what is new since the last."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from vae_core import os_compat
from vae_core.runs import files
from vae_core.runs.films import evenly
from vae_core.runs.run import Run, RunError, Unreadable

T = TypeVar("T")
FILM = 41  # epochs of a long run that a film shows, evenly spread
KEPT = 128  # runs whose lines are remembered, of each kind
_lock, _locks = threading.Lock(), [threading.Lock() for _ in range(64)]


class _Tail:
    """Where the reading of a file of JSON lines stopped. Lines are only ever added; a resumed trainer replaces it."""

    def __init__(self) -> None:
        self.stamp: tuple[int, ...] = ()
        self.offset, self.last, self.whole = 0, b"", True

    def new(self, path: str) -> list[Any] | None:
        """What was added since the last time. None if the file is not the one that was read before."""
        now = files.stamp(path)
        if now == self.stamp:
            return []
        if self.stamp and now[:1] != self.stamp[:1]:
            return None
        with os_compat.open_to_read(Path(path)) as file:
            file.seek(self.offset - len(self.last))
            if file.read(len(self.last)) != self.last:
                return None
            raw = file.read()
        whole = raw[: raw.rfind(b"\n") + 1]  # what comes after it is still being written
        lines = whole.splitlines(keepends=True)
        records = [files.parse(line) for line in lines]
        self.offset, self.last = self.offset + len(whole), lines[-1] if lines else self.last
        self.whole = whole == raw
        self.stamp = now if self.whole else now[:1]  # with half a line at its end, it is looked at again
        return records


class _Grown(Generic[T]):
    """What was made of the lines of each run's file so far."""

    def __init__(self, name: str, nothing: Callable[[], T], add: Callable[[Run, T, list[Any]], T]) -> None:
        self.name, self.nothing, self.add = name, nothing, add
        self.known: dict[str, tuple[_Tail, T]] = {}

    def of(self, run: Run) -> tuple[T, bool]:
        """And whether the file ends with a whole line.

        Raises OSError, RunError, or what is wrong with a line: ValueError, KeyError, TypeError, AttributeError.
        """
        path = f"{run.path}/{self.name}"
        with _locks[hash(path) % len(_locks)]:  # one file may keep its readers waiting, but not those of others
            with _lock:
                tail, made = self.known.pop(path) if path in self.known else (_Tail(), self.nothing())
            records = tail.new(path)
            if records is None:
                tail, made = _Tail(), self.nothing()
                records = tail.new(path) or []
            made = self.add(run, made, records) if records else made
            with _lock:
                self.known[path] = tail, made  # the newest last; one that cannot be read is forgotten
                while len(self.known) > KEPT:
                    del self.known[next(iter(self.known))]
        return made, tail.whole


def _add_points(run: Run, table: np.ndarray, records: list[Any]) -> np.ndarray:
    run.check_points(records)
    fresh = np.array([[r["step"], r["reconstruction"], r["kl"]] for r in records], np.float64)  # None: nan
    return np.concatenate([table, fresh])


def _add_epochs(run: Run, before: list[Any], records: list[Any]) -> list[Any]:
    run.check_epochs(records, first=len(before))
    return [*before, *records]  # a page may still be reading the old list


_points = _Grown("steps.jsonl", lambda: np.zeros((0, 3)), _add_points)
_epochs: _Grown[list[dict[str, Any]]] = _Grown("metrics.jsonl", list, _add_epochs)


def points(run: Run) -> np.ndarray:
    """Step, reconstruction and KL of each point of the live curve, (n, 3); KL is nan without one. Raises RunError."""
    try:
        return _points.of(run)[0]
    except FileNotFoundError:
        return np.zeros((0, 3))
    except OSError as error:
        raise Unreadable("steps.jsonl", run.id, error) from None
    except (ValueError, KeyError, TypeError):
        run.steps()  # says what is wrong with the file
        raise RunError(f"The file steps.jsonl of the run {run.id} cannot be read.") from None


def metrics(run: Run) -> list[dict[str, Any]]:
    """``run.metrics()``; only what was added is read. Not to be changed by the caller."""
    try:
        found, whole = _epochs.of(run)
        return found if whole else run.metrics()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return run.metrics()  # says what is wrong with the file


def film(run: Run) -> list[int]:
    """The finished epochs with both weights and means, looked for again when one was added. Raises RunError."""
    stamps = tuple(files.stamp(f"{run.path}/{name}") for name in ("metrics.jsonl", "weights", "latents"))
    return list(_film(str(run.path), stamps))


@lru_cache(maxsize=1024)
def _film(path: str, of: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    run = Run(Path(path))
    count = len(metrics(run))
    kept = set(run.kept("latents", count))
    return tuple(epoch for epoch in run.kept("weights", count) if epoch in kept)


def film_epochs(epochs: list[int]) -> list[int]:
    """The epochs of a film, of which a long run has too many."""
    return evenly(epochs, FILM)
