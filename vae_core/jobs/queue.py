"""The queue of a shared server. It is no list of its own: a waiting run is a run directory whose state is ``queued``.

So it survives a restart, and several servers on one folder see the same. The order is fair: everybody's first request,
then everybody's second.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from vae_core import os_compat, paths
from vae_core.config import Config
from vae_core.datasets import own
from vae_core.jobs import launcher
from vae_core.jobs.eviction import check_pin, is_watched, make_room
from vae_core.jobs.limits import Limits
from vae_core.jobs.queue_dispatcher import dispatch
from vae_core.jobs.queue_order import asked_at, known_runs, locked, next_turn, read, waiting_runs, write
from vae_core.runs import archive, lifecycle
from vae_core.runs.index import own_runs
from vae_core.runs.run import Run, RunError, Status, write_status
from vae_core.training import expected_time

NOT_YOUR_PICTURES = "These pictures belong to someone else; choose another dataset."
UNWATCHED_SECONDS = 900.0  # a request that waited so long while nobody looked makes room in a full queue


@dataclass(frozen=True)
class Place:
    """The place of a run in the queue."""

    ahead: int  # trainings before it, those that are running included
    seconds: float | None  # until its turn, as far as earlier trainings here say


def ask(config: Config, owner: str, limits: Limits, folder: Path | None = None, *, one_epoch: bool = False) -> Run:
    """Put a new training into the queue, and start it if there is room. Raises RunError with what a limit refuses."""
    folder = folder or paths.runs_dir()
    limits.accept(config)
    _may_learn_from(config, owner)
    with locked(folder, wait=10):
        lifecycle.check_pictures(config)
        leaving = _who_makes_place(folder, owner, limits)
        make_room(folder, owner, limits, dataset=config.dataset)
        turn = next_turn(folder, owner)
        run = lifecycle.create(config, folder, state="queued", owner=owner)
        try:
            launcher.request(run, "step" if one_epoch else "run")
            write(run, asked=time.time(), turn=turn)
        except RunError:
            lifecycle.remove(run.path)  # what was refused does not wait
            raise
        _take_out_one_of(leaving)
    dispatch(folder, limits)
    return run


def again(run: Run, limits: Limits) -> None:
    """Put a run that stopped, failed or was cut off into the queue, to continue. Raises RunError."""
    folder = run.path.parent
    with locked(folder, wait=10):
        launcher.may_go_on(run)
        limits.accept(run.config)
        _may_learn_from(run.config, run.about.owner)
        leaving = _who_makes_place(folder, run.about.owner, limits)
        launcher.end_hung(run)
        with lifecycle.held(run, seconds=2):  # who trained it is done with its files
            status = launcher.may_go_on(run)
            launcher.request(run, "run")
            try:
                write(run, asked=time.time(), turn=next_turn(folder, run.about.owner))
                write_status(run, replace(status, state="queued", message="", error="", pid=0, born=0.0))
            except OSError as error:
                raise RunError(f"The run {run.id} cannot continue: {error.strerror}.") from None
        _take_out_one_of(leaving)
    dispatch(folder, limits)


def cancel(run: Run) -> None:
    """Take a run out of the queue. Raises RunError if its turn has begun."""
    with locked(run.path.parent, wait=10):
        status = run.status()
        if status.state != "queued":
            raise RunError(f"The run {run.id} is no longer waiting: it is {status.state}.")
        try:
            write_status(run, replace(status, state="stopped", message="", pid=0, born=0.0))
            os_compat.remove(run.path / "queue.json")
        except OSError as error:
            raise RunError(f"The run {run.id} cannot leave the queue: {error.strerror}.") from None


def take_in(file: IO[bytes], owner: str, limits: Limits, folder: Path | None = None) -> Run:
    """Import a run for a visitor; room is made once nothing in the file can be refused. Raises RunError."""
    folder = folder or paths.runs_dir()

    @contextmanager
    def room(size: int, dataset: str) -> Iterator[None]:
        with locked(folder, wait=10):
            make_room(folder, owner, limits, size=size, dataset=dataset)
            yield

    return archive.unpack(file, folder, limits.accept, limits.archive * 1_000_000, room, owner=owner)


def room_for_pictures(owner: str, limits: Limits, size: int) -> None:
    """Make room for so many bytes of a visitor's own pictures. Raises RunError."""
    folder = paths.runs_dir()
    with locked(folder, wait=10):
        make_room(folder, owner, limits, needed=0, size=size)


def put_back(item: lifecycle.Trashed, limits: Limits) -> Run:
    """Take a visitor's run back out of the trash. Raises RunError, and then it stays there."""
    folder, owner = item.path.parent.parent, item.run.about.owner
    with locked(folder, wait=10):
        mine = [run for run in own_runs(folder) if run.about.owner == owner]
        lifecycle.may_come_back(item)
        if len(mine) >= limits.runs:  # somebody who takes one back did not choose another to go
            raise RunError(f"You have {limits.runs} runs, and no more are kept for one visitor here; delete one first.")
        make_room(folder, owner, limits, keep=item.path)
        run = lifecycle.restore(item)
        if run.about.pinned and sum(other.about.pinned for other in mine) >= limits.pins:
            lifecycle.note(run, pinned=False)  # others were pinned meanwhile
    return Run(run.path)


def change(run: Run, limits: Limits, *, title: str, pinned: bool) -> None:
    """Give a run a title, pin it or unpin it. Raises RunError if the limits do not let it be pinned."""
    with locked(run.path.parent, wait=10):
        if pinned and not Run(run.path).about.pinned:
            check_pin(run, limits)
        lifecycle.note(run, title=title, pinned=pinned)


def place(run: Run, limits: Limits) -> Place:
    """The place of a waiting run."""
    known = known_runs(run.path.parent)
    line, active = waiting_runs(known), [(r, s) for r, s in known if s.active]
    ahead = next((k for k, other in enumerate(line) if other.id == run.id), 0)
    turns = [_left(r, s, limits) for r, s in active] + [_turn(r.config, r.path.parent, limits) for r in line[:ahead]]
    known_turns = [turn for turn in turns if turn is not None]
    seconds = sum(known_turns) / limits.trainings if len(known_turns) == len(turns) else None
    return Place(ahead + len(active), seconds)


def note(run: Run) -> str:
    """Why this server ended a training, in one sentence, or nothing."""
    return str(read(run).get("note", ""))


def _may_learn_from(config: Config, owner: str) -> None:
    """Own pictures are private, also to who has read the name of a set in a run that was shared. Raises RunError."""
    if not own.is_open_to(config.dataset, owner):
        raise RunError(NOT_YOUR_PICTURES)


def _who_makes_place(folder: Path, owner: str, limits: Limits) -> list[Run]:
    """Who may have to leave a full queue for one more request, in order; nobody if it is not full.

    Nobody leaves before nothing can refuse that request any more. Raises RunError if it may not wait.
    """
    line = waiting_runs(known_runs(folder))
    if owner and sum(run.about.owner == owner for run in line) >= limits.waiting:
        raise RunError(f"You already have {limits.waiting} runs in the queue; wait for one, or cancel one.")
    if len(line) < limits.queue:
        return []
    now = time.time()
    unwatched = [
        run for run in reversed(line) if not is_watched(run) and not 0 <= now - asked_at(run) < UNWATCHED_SECONDS
    ]
    if not unwatched:
        raise RunError("The queue of this server is full; try again in a few minutes.")
    return unwatched


def _take_out_one_of(leaving: list[Run]) -> None:
    """Take the first out of the queue who can be."""
    why = "The queue was full and nobody looked at this page, so the training lost its place."
    for run in leaving:
        if os_compat.is_missing(run.path):  # deleted just now: that is a place
            return
        with suppress(OSError, RunError):
            write(run, **read(run) | {"note": why})
            write_status(run, replace(run.status(), state="stopped", message="", error="", pid=0, born=0.0))
            return


def _turn(config: Config, folder: Path, limits: Limits) -> float | None:
    """Seconds of a turn, as trainings here say; None where none was like it, or its pictures are gone."""
    try:
        expected = expected_time.of(config, folder=folder)
    except KeyError:
        return None
    return min(expected.seconds, 60.0 * limits.minutes) if expected.measured else None


def _left(run: Run, status: Status, limits: Limits) -> float | None:
    if status.seconds_left is not None:
        return status.seconds_left
    turn = _turn(run.config, run.path.parent, limits)
    return None if turn is None else (1 - status.progress) * turn
