"""All runs: which there are, and the one with an id. Imports no torch."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from vae_core import os_compat, paths
from vae_core.runs import files
from vae_core.runs.run import RUN_ID, Run


def list_runs(folder: Path | None = None, gallery: Path | None = None) -> list[Run]:
    """All run directories: the visitor's own, newest first, then the gallery in its order. Broken ones included."""
    own = [Run(p) for p in folders(folder or paths.runs_dir())]
    own.sort(key=lambda run: _changed(f"{run.path}/config.json"), reverse=True)
    shown = [Run(p, gallery=True) for p in folders(gallery or paths.GALLERY)]
    try:
        order = files.read_json((gallery or paths.GALLERY) / "index.json")
    except (OSError, ValueError):
        order = []
    shown.sort(key=lambda run: order.index(run.id) if run.id in order else len(order))
    return own + shown


def find_run(run_id: str, folder: Path | None = None, gallery: Path | None = None) -> Run | None:
    """The run with this id among the known ones. The id is compared, never joined into a path."""
    return next((run for run in list_runs(folder, gallery) if run.id == run_id), None)


def own_runs(folder: Path | None = None) -> list[Run]:
    """The visitor's own runs, newest first, without the gallery."""
    return [run for run in list_runs(folder) if not run.gallery]


def folders(folder: Path) -> list[Path]:
    """Those in a folder that are called as runs are, by name; none if it cannot be read."""
    try:
        names = sorted(e.name for e in os.scandir(folder) if RUN_ID.fullmatch(e.name) and os_compat.is_folder(e))
    except OSError:
        return []
    return [_inside(str(folder), name) for name in names]


@lru_cache(maxsize=4096)  # with hundreds of runs, making paths takes longer than reading the disk
def _inside(folder: str, name: str) -> Path:
    return Path(folder) / name


def _changed(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
