"""Which runs there are and in what state, read again only when something about them has changed."""

from __future__ import annotations

import os
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from ui.shell import visitor
from ui.store import cache, tail
from vae_core.runs import files
from vae_core.runs.index import list_runs
from vae_core.runs.run import RESUMABLE, Run, RunError, Unreadable

FRESH = 1.0  # seconds for which the list made before a page is good for the page itself
_fresh = threading.local()


def handles() -> list[Run]:
    """All runs that the visitor may see, their own first. Nothing is looked at but their settings and names."""
    when, listed = vars(_fresh).pop("listed", (0.0, []))
    if time.monotonic() - when > FRESH:
        listed = _list()
    found = (_cached(str(run.path), run.gallery, of, _stamp_of_about(run)) for run, of in listed)
    return [run for run in found if visitor.can_see(run)]


def _list() -> list[tuple[Run, tuple[int, ...]]]:
    """Every run with the stamp of its settings."""
    return [(run, files.stamp(f"{run.path}/config.json")) for run in list_runs()]


def _stamp_of_about(run: Run) -> tuple[int, ...]:
    path = f"{run.path}/about.json"
    return files.stamp(path) if os.access(path, os.F_OK) else ()  # most runs have none, and an exception is slow


def known_runs() -> list[tuple[Run, str, tuple[int, ...]]]:
    """``handles``, each with what is wrong with it ("" if nothing) and the finished epochs of its film."""
    return [(run, *standing(run)) for run in handles()]


_births: dict[str, tuple[int, ...]] = {}


def forget_replaced() -> None:
    """Empty all caches once a run was replaced by another of the same path; app.py calls it before every page.

    The caches know a run by its path. Ids do not repeat by themselves, but ``--run-id`` can give one again.
    """
    changed, listed = False, _list()
    for run, born in listed:
        if born and not run.gallery:
            changed |= _births.setdefault(str(run.path), born) != born
            _births[str(run.path)] = born
    _fresh.listed = time.monotonic(), listed  # the page that comes next need not look again
    if changed:
        cache.clear()


def check(run: Run) -> None:
    """``run.check()``, made again when the run has changed. Raises RunError."""
    if found := trouble(run):
        raise RunError(found)


def trouble(run: Run) -> str:
    """What is wrong with a run, or nothing."""
    return standing(run)[0]


def standing(run: Run) -> tuple[str, tuple[int, ...]]:
    """What is wrong with a run, or nothing, and the epochs that have both weights and means; none of a broken run.

    The status, which changes all the time, is looked at apart.
    """
    path = str(run.path)
    try:
        wrong, film = _standing(path, run.gallery, _stamp(run, "config.json", "metrics.jsonl", "weights", "latents"))
        wrong = wrong or _trouble_of_status(path, run.gallery, _stamp(run, "status.json"))
    except Unreadable as error:  # for now, so it is not remembered
        return str(error), ()
    return wrong, () if wrong else film


def at_rest(run: Run) -> bool:
    """Whether the last status of a run says that it has ended. Raises RunError."""
    return _last_word(str(run.path), _stamp(run, "status.json")) in (*RESUMABLE, "finished")


@lru_cache(maxsize=2000)
def _last_word(path: str, stamp: tuple[Any, ...]) -> str:
    return Run(Path(path)).status().state


def _stamp(run: Run, *names: str) -> tuple[Any, ...]:
    """Changes when these files of a run do, so that a check is made again then and only then."""
    return tuple(files.stamp(f"{run.path}/{name}") for name in names)


@lru_cache(maxsize=2000)
def _cached(path: str, gallery: bool, of_config: tuple[int, ...], of_about: tuple[int, ...]) -> Run:
    """The run with the settings that it has read already."""
    return Run(Path(path), gallery)


@lru_cache(maxsize=2000)  # Streamlit's own cache takes longer to answer than this check of a short run
def _standing(path: str, gallery: bool, stamp: tuple[Any, ...]) -> tuple[str, tuple[int, ...]]:
    """Raises Unreadable."""
    run = Run(Path(path), gallery)
    try:
        run.config, run.status(), tail.points(run)
        run.check_files(len(tail.metrics(run)), _whole_files(path))
        return "", tuple(tail.film(run))
    except Unreadable:
        raise
    except RunError as error:
        return str(error), ()


@lru_cache(maxsize=2000)
def _whole_files(path: str) -> set[tuple[str, tuple[int, ...]]]:
    """The files of a run that were found whole: a training of hundreds of epochs is not read anew for each of them."""
    return set()


@lru_cache(maxsize=2000)
def _trouble_of_status(path: str, gallery: bool, stamp: tuple[Any, ...]) -> str:
    """Raises Unreadable."""
    try:
        Run(Path(path), gallery).status()
    except Unreadable:
        raise
    except RunError as error:
        return str(error)
    return ""
