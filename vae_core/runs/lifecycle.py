"""Making and changing runs: create, rename, pin, delete and take back. Reading them is in ``vae_core/runs/run.py``.

A deleted run goes into ``.trash`` inside the runs folder under ``<run_id>~<when>`` and is removed for good after
``KEPT_SECONDS``. Nothing here touches a run that is training, no text from outside becomes a path. Imports no torch.

Who changes what a trainer depends on holds the run's lock in ``.locks``. It stands outside the run's own folder, since
Windows renames no folder in which a file is open.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from vae_core import os_compat
from vae_core.config import Config
from vae_core.datasets import own, registry
from vae_core.paths import GALLERY, runs_dir
from vae_core.runs import files, schema
from vae_core.runs.run import RUN_ID, Run, RunError, Status, check_id, write_status

TRASH, LOCKS = ".trash", ".locks"
KEPT_SECONDS = 24 * 3600.0
DRAFT_SECONDS = 3600.0  # a half-made run that is older was left behind by a crash
TRASHED = re.compile(rf"({RUN_ID.pattern})~(\d{{1,12}})")


def new_run_id(config: Config) -> str:
    """A readable id that no other run has, e.g. ``digits-vae-d20-20261122-111500-3f2a``."""
    kind = "vae" if config.is_vae else "ae"
    stamp = time.strftime("%Y%m%d-%H%M%S")
    beginning = registry.get(config.dataset).slug or config.dataset
    return f"{beginning}-{kind}-d{config.latent_dim}-{stamp}-{os.urandom(2).hex()}"


def create(
    config: Config, folder: Path, run_id: str | None = None, title: str = "", state: str = "starting", **about: Any
) -> Run:
    """Make a run directory with its settings and a first status. Raises RunError if that cannot be done."""
    with _known(config):
        run_id = run_id or new_run_id(config)
    check_id(run_id)
    with _known(config), draft(folder, run_id) as run:
        files.write_json(run.path / "config.json", schema.config_json(config, title))
        write_status(run, Status(state=state, epochs=config.epochs))
        if about:
            note(run, **about)
    return Run(folder / run_id)


def check_pictures(config: Config) -> None:
    """Raise RunError if a training would find no pictures: those of a visitor may have been deleted meanwhile."""
    with _known(config):
        registry.get(config.dataset)
    if own.NAME.fullmatch(config.dataset) and not own.has(config.dataset, "train"):  # a run may still tell of it
        raise RunError(own.GONE)


@contextmanager
def _known(config: Config) -> Iterator[None]:
    """That its dataset is no longer known is one sentence."""
    try:
        yield
    except KeyError as error:
        if error.args != (config.dataset,):
            raise
        raise RunError(own.GONE) from None


@contextmanager
def draft(folder: Path, run_id: str) -> Iterator[Run]:
    """A directory to fill, which gets its name when it is whole. Raises RunError if the name is taken or cannot be."""
    if folder == runs_dir() and os_compat.exists(GALLERY / run_id):
        raise RunError(f"The gallery has a model called {run_id}; choose another id.")
    made, target = Run(folder / f".{run_id}.{os.urandom(4).hex()}.part"), folder / run_id
    taken = f"There is already a run {run_id}; choose another id, or continue with --resume."
    if os_compat.exists(target):
        raise RunError(taken)
    try:
        made.path.mkdir(parents=True)
        for name in ("weights", "latents"):
            (made.path / name).mkdir()
        yield made
        os_compat.rename(made.path, target)
    except OSError as error:
        if os_compat.exists(target):  # another was quicker
            raise RunError(taken) from None
        raise RunError(f"No run can be written in {folder}: {error.strerror}.") from None
    finally:
        os_compat.remove_folder(made.path)


def rename(run: Run, title: str) -> None:
    """Give a run a title of one line; an empty one brings back the settings' own. Raises RunError."""
    note(run, title=schema.one_line(title))


def pin(run: Run, pinned: bool) -> None:
    """A pinned run comes first, and never makes room for another. Raises RunError."""
    note(run, pinned=pinned)


def note(run: Run, **changes: Any) -> None:
    """Change fields of a run's ``About``. Raises RunError."""
    if run.gallery:
        raise RunError("The gallery’s models cannot be changed.")
    try:
        files.write_json(run.path / "about.json", asdict(replace(Run(run.path).said, **changes)))
    except OSError as error:
        raise RunError(f"The run {run.id} cannot be changed: {error.strerror}.") from None


@dataclass(frozen=True)
class Trashed:
    """A deleted run that can still be taken back."""

    path: Path
    id: str
    when: float  # seconds since 1970

    @property
    def run(self) -> Run:
        return Run(self.path)


def delete(run: Run) -> Trashed:
    """Move a run into the trash. Raises RunError if it is training, or if that cannot be done."""
    if run.gallery:
        raise RunError("The gallery’s models cannot be deleted.")
    with at_rest(run):
        trash, now = run.path.parent / TRASH, int(time.time())
        try:
            trash.mkdir(exist_ok=True)
            while os_compat.exists(target := trash / f"{run.id}~{now}"):
                now += 1
            os_compat.rename(run.path, target)
        except OSError as error:
            raise RunError(f"The run {run.id} cannot be deleted: {error.strerror}.") from None
    return Trashed(target, run.id, float(now))


@contextmanager
def at_rest(run: Run) -> Iterator[None]:
    """Hold a run's lock, so that no trainer can begin. Raises RunError if one is at work or waking up."""
    busy = f"The run {run.id} is training; stop it first."
    try:
        if run.status().active:
            raise RunError(busy)
    except RunError as error:
        if str(error) == busy:
            raise
        # A broken status is no reason to keep a broken run for ever; the lock below still guards it.
    with held(run):
        yield


def lock_of(run: Run, kind: str = "", seconds: float = 0) -> FileLock:
    """The lock of a run's trainer, or another ``kind``; taking it gives up after so many seconds. Raises OSError."""
    folder = run.path.parent / LOCKS
    folder.mkdir(exist_ok=True)
    return FileLock(folder / f"{run.id}{kind}.lock", timeout=seconds)


@contextmanager
def held(run: Run, seconds: float = 0) -> Iterator[None]:
    """Hold a run's lock, whatever its status says. Raises RunError if it is another's for so many seconds."""
    try:
        lock = lock_of(run, seconds=seconds)
        lock.acquire()
    except Timeout:
        raise RunError(f"The run {run.id} is training; stop it first.") from None
    except OSError as error:
        raise RunError(f"The run {run.id} cannot be changed: {error.strerror}.") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def steering(run: Run) -> Iterator[None]:
    """Held while a request is read and replaced, so that none that comes between is lost. Never waits for long."""
    lock = None
    with suppress(OSError, Timeout):
        lock = lock_of(run, "~", seconds=1)  # no run's id has it
        lock.acquire()
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def trashed(folder: Path) -> list[Trashed]:
    """What can be taken back, newest first."""
    try:
        names = os.listdir(folder / TRASH)
    except OSError:
        return []
    found = [(name, TRASHED.fullmatch(name)) for name in names]
    return sorted(
        (Trashed(folder / TRASH / name, match[1], float(match[2])) for name, match in found if match),
        key=lambda item: item.when,
        reverse=True,
    )


def may_come_back(item: Trashed) -> Path:
    """Where a deleted run would be again. Raises RunError if another has its id by now, or it is gone for good."""
    target = item.path.parent.parent / item.id
    if os_compat.exists(target):
        raise RunError(f"There is another run {item.id} by now.")
    if os_compat.is_missing(item.path):
        raise RunError(f"The run {item.id} is no longer in the trash.")
    return target


def restore(item: Trashed) -> Run:
    """Put a deleted run back where it was. Raises RunError if another has its id by now."""
    target = may_come_back(item)
    try:
        os_compat.rename(item.path, target)
    except FileNotFoundError:
        raise RunError(f"The run {item.id} is no longer in the trash.") from None
    except OSError as error:
        raise RunError(f"The run {item.id} cannot be put back: {error.strerror}.") from None
    return Run(target)


def sweep(folder: Path, kept: float = KEPT_SECONDS, keep: Path | None = None) -> None:
    """Remove for good what has been in the trash for long, but for ``keep``, and what a crash left half-made."""
    now = time.time()
    for item in trashed(folder):
        if abs(now - item.when) > kept and item.path != keep:  # of the future: a clock was wrong
            remove(item.path)
    for rest in [*os_compat.listed(folder, ".*.part"), *os_compat.listed(folder / TRASH, "*.gone")]:
        try:
            old = abs(now - rest.stat().st_mtime) > DRAFT_SECONDS
        except OSError:
            continue
        if old and not os.path.islink(rest):
            os_compat.remove_folder(rest)
    for file in os_compat.listed(folder / LOCKS, "*.lock"):
        _sweep_lock(file)


def _sweep_lock(file: Path) -> None:
    """Remove the lock of a run that is no more. Who waits for it meanwhile finds it gone and makes another."""
    run = file.parent.parent / file.name.removesuffix(".lock").removesuffix("~")
    if not os_compat.is_missing(run):
        return
    with suppress(OSError, Timeout), FileLock(file, timeout=0):
        if os_compat.is_missing(run):  # as long as the lock is held, no trainer can begin in a run that has come back
            file.unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Remove a directory for good, under another name first, so that nobody finds half of it."""
    trash = path.parent if path.parent.name == TRASH else path.parent / TRASH
    gone = trash / f"{path.name}.{os.urandom(4).hex()}.gone"
    try:
        trash.mkdir(exist_ok=True)
    except OSError:  # the disk is full: where it is, as what was half-made
        gone = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    try:
        os_compat.rename(path, gone)
    except OSError:
        return
    os_compat.remove_folder(gone)
