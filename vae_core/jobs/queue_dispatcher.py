"""The server's side of the queue: starts whoever's turn it is, ends a turn that is over and a trainer that hangs.

Who starts the next holds ``.queue.lock``; the trainer itself holds its run's lock; a run is never started twice.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from vae_core import os_compat
from vae_core.jobs import launcher, queue_seen
from vae_core.jobs.eviction import DELETED_SECONDS, changed
from vae_core.jobs.limits import Limits, room_on_disk
from vae_core.jobs.queue_order import is_busy, known_runs, locked, process_of, read, waiting_runs, write
from vae_core.runs import lifecycle
from vae_core.runs.run import Run, RunError, Status, write_status

LAST_SECONDS = 120.0  # for a trainer whose turn is over to heed the request to stop


class Ages:
    """How long ago things began that carry the time of their beginning.

    A clock that is wrong, or is set, must neither cut a turn short nor let it last for ever. So a time is compared with
    the clock only when it is first seen; from then on counts a clock that nobody sets. One from the future, or none,
    counts as just now.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[Path, str], tuple[Any, float, float]] = {}

    def of(self, run: Run, what: str, began: Any) -> float:
        """Seconds since it began."""
        known, now = self._seen.get((run.path, what)), time.monotonic()
        if known is None or known[0] != began:
            past = time.time() - began if isinstance(began, (int, float)) else 0.0
            known = self._seen[run.path, what] = began, max(past, 0.0), now
        return known[1] + now - known[2]

    def forget_all_but(self, paths: set[Path]) -> None:
        self._seen = {key: known for key, known in list(self._seen.items()) if key[0] in paths}


ages = Ages()


def dispatch(folder: Path, limits: Limits) -> list[Run]:
    """Start whoever's turn it is. Returns what was started; nothing if another process is doing it right now."""
    started: list[Run] = []
    try:
        with locked(folder, wait=0):
            known = known_runs(folder)
            free = limits.trainings - sum(is_busy(status) for _, status in known)
            for run in waiting_runs(known) if room_on_disk(folder, limits) else []:
                if len(started) >= free:
                    break
                if _begin(run):
                    started.append(run)
    except RunError:
        pass  # the folder cannot be locked just now; the next look comes in a second
    return started


def may_begin(folder: Path, limits: Limits) -> bool:
    """Whether somebody waits and may have a turn: only then need all runs be read, and the queue be locked."""
    seen = queue_seen.look(folder)
    return bool(seen.waiting) and sum(is_busy(status) for _, status in seen.others) < limits.trainings


def watch(folder: Path, limits: Limits) -> None:
    """Look after the trainings that are going on: end a turn that is over, and a trainer that hangs."""
    known = known_runs(folder)
    others = bool(waiting_runs(known))
    ages.forget_all_but({run.path for run, status in known if status.active})
    for run, status in known:
        try:
            if status.state == "interrupted" and launcher.end_hung(run):
                _note_its_end(run)
            elif status.active:
                _end_turn(run, status, limits, others)
        except (RunError, OSError):
            continue  # deleted meanwhile, or the disk is full: the others still need looking after


def _end_turn(run: Run, status: Status, limits: Limits, others: bool) -> None:
    entry = read(run)
    turn = ages.of(run, "turn", entry.get("started"))  # known or not: then it counts from now
    pause = ages.of(run, "pause", changed(run.path / "control.json")) if status.state == "paused" else 0.0
    if turn > 60 * limits.minutes + LAST_SECONDS:
        if os_compat.end(*process_of(status, entry)):
            _note_its_end(run)
    elif status.state == "stopping":
        pass  # it was asked already
    elif turn > 60 * limits.minutes:
        _ask_to_stop(run, entry, f"This server gives each training {limits.minutes} minutes a turn.")
    elif others and pause > limits.pause:
        _ask_to_stop(run, entry, "Others were waiting, so the pause was ended.")


def _ask_to_stop(run: Run, entry: dict[str, Any], note: str) -> None:
    """Unless its visitor has started it again meanwhile: then its turn is another one."""
    with locked(run.path.parent, wait=1):
        if read(run) == entry and run.status().active:
            try:
                write(run, **entry | {"note": note})
            finally:  # said or not
                launcher.request(run, "stop")


def _note_its_end(run: Run) -> None:
    """Write why a trainer was ended, on its behalf, unless the run continues by now."""
    with lifecycle.held(run, seconds=1):
        status = run.status()
        if status.state == "interrupted":
            words = "The trainer stopped responding and was ended; finished epochs are kept."
            write_status(run, replace(status, error=words))


def keep_going(folder: Path, limits: Limits) -> threading.Thread:
    """A thread of the server that runs the queue for as long as the server lives."""

    def work() -> None:
        turn = 0
        while True:
            try:
                if turn % 15 == 0 or may_begin(folder, limits):
                    dispatch(folder, limits)
                if turn % 5 == 0:
                    watch(folder, limits)
                if turn % 600 == 0:
                    lifecycle.sweep(folder, DELETED_SECONDS)
            except Exception as error:  # a queue that stopped for ever would be worse than any one trouble
                os_compat.say(f"queue: {type(error).__name__}: {error}")
            turn += 1
            time.sleep(1)

    thread = threading.Thread(target=work, name="queue", daemon=True)
    thread.start()
    return thread


def _begin(run: Run) -> bool:
    """Start a run's trainer; False if there is none now.

    Order matters. All that the limits need is on disk before there is a trainer, whose files nobody touches from then
    on. After a crash anywhere in between, the run waits still, or waits again once its ``starting`` has grown old.
    """
    started, entry = time.time(), read(run)
    try:
        with lifecycle.held(run):
            status = run.status()
            if status.active:  # a trainer that was slow to wake up has just spoken
                return False
            try:
                write(run, **entry | {"started": started})
                write_status(run, replace(status, state="starting", message="Starting…", pid=0, born=0.0))
            except OSError as error:
                raise RunError(f"The training could not be started: {error.strerror}.") from None
    except RunError as error:
        _fail(run, str(error))
        return False
    try:
        pid = launcher.spawn(run)
    except RunError as error:
        _fail(run, str(error))
        return False
    ages.of(run, "turn", started)
    with suppress(RunError):  # only for a trainer that is slow to speak for itself
        write(run, **entry | {"started": started, "pid": pid, "born": os_compat.born(pid), "host": os_compat.HOST})
    return True


def _fail(run: Run, sentence: str) -> None:
    """Say why a run could not begin, unless somebody trains it after all: then it has its turn later."""
    with suppress(RunError, OSError), lifecycle.held(run):
        write_status(run, replace(run.status(), state="failed", error=sentence, pid=0, born=0.0))
