"""What a page reads of a run that is being trained, at the price of what is new since the last look."""

from __future__ import annotations

import json
import os
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from vae_core.runs import Run, RunError

KEPT = 64  # runs whose points are remembered
_lock = threading.Lock()
_points: dict[str, _Points] = {}


class _Points:
    """The points of one steps.jsonl so far. Lines are only ever added to it; a resumed trainer replaces the file."""

    def __init__(self, inode: int) -> None:
        self.inode, self.offset, self.last = inode, 0, b""
        self.table = np.zeros((0, 3))

    def read(self, path: Path) -> bool:
        """Take in what was added. False if the file is not the one that was read before."""
        with open(path, "rb") as file:
            file.seek(self.offset - len(self.last))
            if file.read(len(self.last)) != self.last:
                return False
            new = file.read()
        whole = new[: new.rfind(b"\n") + 1]  # what comes after it is still being written
        if lines := whole.splitlines(keepends=True):
            records = [json.loads(line) for line in lines]
            fresh = np.array([[r["step"], r["reconstruction"], r["kl"]] for r in records], np.float64)  # None: nan
            self.offset, self.last = self.offset + len(whole), lines[-1]
            self.table = np.concatenate([self.table, fresh])
        return True


def points(run: Run) -> np.ndarray:
    """Step, reconstruction and KL of each point of the live curve, (n, 3); KL is nan without one. Raises RunError."""
    path = run.path / "steps.jsonl"
    with _lock:
        try:
            inode = path.stat().st_ino
            known = _points.pop(str(path), None)
            if known is None or known.inode != inode or not known.read(path):
                known = _Points(inode)
                known.read(path)
        except FileNotFoundError:
            return np.zeros((0, 3))
        except (OSError, ValueError, KeyError, TypeError):
            run.steps()  # says what is wrong with the file
            raise RunError(f"The file steps.jsonl of the run {run.id} cannot be read.") from None
        _points[str(path)] = known  # the newest last
        while len(_points) > KEPT:
            del _points[next(iter(_points))]
        return known.table


def metrics(run: Run) -> list[dict[str, Any]]:
    """``run.metrics()``, read again when the file has changed. Not to be changed by the caller."""
    return _metrics(str(run.path), stamp(f"{run.path}/metrics.jsonl"))


@lru_cache(maxsize=256)
def _metrics(path: str, of: tuple[int, ...]) -> list[dict[str, Any]]:
    return Run(Path(path)).metrics()


def film(run: Run) -> list[int]:
    """The finished epochs with both weights and means, looked for again when one was added. Raises RunError."""
    stamps = tuple(stamp(f"{run.path}/{name}") for name in ("metrics.jsonl", "weights", "latents"))
    return list(_film(str(run.path), stamps))


@lru_cache(maxsize=1024)
def _film(path: str, of: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    run = Run(Path(path))
    kept = set(run.latent_epochs())
    return tuple(epoch for epoch in run.weight_epochs() if epoch in kept)


def stamp(path: str) -> tuple[int, ...]:
    """Changes when the file does, or the list of files in a folder."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns
