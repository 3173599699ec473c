"""Deleting a set for good, with the datasets frozen from it and the trainings on them. Imports no torch."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from vae_core import os_compat, paths
from vae_core.datasets import own
from vae_core.pictures import sets
from vae_core.pictures.sets import PictureSet
from vae_core.runs import files, lifecycle
from vae_core.runs.index import own_runs
from vae_core.runs.run import Run, RunError

UNUSED_SECONDS = 3600.0  # a version that no run uses goes after so long; freezing makes the same again
AGAIN_SECONDS = 60.0  # the same, once its set is frozen in another way


def runs_of(picture_set: PictureSet, folder: Path | None = None) -> list[Run]:
    """The runs that were trained on a set, as it is now or was."""
    return _made_from(picture_set, own_runs(folder))


def _made_from(picture_set: PictureSet, runs: Iterable[Run]) -> list[Run]:
    """Those of a version of the set, and of its owner: on a shared server a run may name what it never saw."""
    found = [(name, own.manifest_of(name)) for name in sets.versions_of(picture_set.id)]
    owners = {name: manifest.owner for name, manifest in found if manifest is not None}
    return [run for run in runs if owners.get(dataset_of(run)) == run.about.owner]


def training_on(picture_set: PictureSet, folder: Path | None = None) -> list[Run]:
    """The runs on a set that are training, or wait to: until they are stopped, it cannot be deleted."""
    return [run for run in runs_of(picture_set, folder) if _active(run)]


def _active(run: Run) -> bool:
    try:
        status = run.status()
        return status.active or status.state == "queued"
    except RunError:  # a broken one trains no more
        return False


def delete_set(picture_set: PictureSet, folder: Path | None = None) -> list[str]:
    """Delete a set with all made from it, at once and for good; returns the ids of its runs.

    Raises RunError, and deletes nothing, while one of them is training or waits to; SetError if a file is in use.
    """
    folder = folder or paths.runs_dir()
    runs = runs_of(picture_set, folder)
    for run in training_on(picture_set, folder):
        raise RunError(f"“{run.title}” is training on this set, or waits to; stop it first.")
    for run in runs:
        with lifecycle.at_rest(run):  # its trainer may be about to begin, or to end
            pass
    for run in runs:
        lifecycle.remove(lifecycle.delete(run).path)
    for item in lifecycle.trashed(folder):
        if _made_from(picture_set, [item.run]):
            lifecycle.remove(item.path)
    picture_set.delete()
    return [run.id for run in runs]


def dataset_of(run: Run) -> str:
    """The dataset that a run names, also where that is gone, or the run is broken."""
    try:
        return str(files.read_json(run.path / "config.json")["dataset"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def unused_versions(folder: Path, now: float | None = None, set_id: str = "", keep: str = "") -> list[str]:
    """Versions that no run uses, nor one in the trash, nor one that is about to be made on ``keep``; no new ones.

    Of a set that is frozen anew, ``set_id``, they go sooner.
    """
    runs: Iterable[Run] = [*own_runs(folder), *(item.run for item in lifecycle.trashed(folder))]
    used, now = {keep, *(dataset_of(run) for run in runs)}, time.time() if now is None else now
    found = [(name, own.manifest_of(name)) for name in own.versions()]
    return [
        name
        for name, known in found
        if known is not None
        and name not in used
        and abs(now - known.created) > (AGAIN_SECONDS if set_id and known.set_id == set_id else UNUSED_SECONDS)
    ]


def sweep(folder: Path, set_id: str = "", keep: str = "") -> None:
    """Remove the versions of which nobody has any use, and what a crash left half-made; never ``keep``."""
    own.tidy()
    for name in unused_versions(folder, set_id=set_id, keep=keep):
        own.delete_version(name)
    for part in [
        each for folder in (sets.sets_dir(), own.versions_dir()) for each in os_compat.listed(folder, ".*.part")
    ]:
        with suppress(OSError):
            if abs(time.time() - part.stat().st_mtime) > UNUSED_SECONDS:
                os_compat.remove_folder(part)
