"""The queue of a shared server. It is no list of its own: a waiting run is a run directory whose state is ``queued``.

So it survives a restart, and several servers on one folder see the same. Who starts the next holds ``.queue.lock``; the
trainer itself holds its run's lock (``shelf.lock_of``); a run is never started twice. ``queue.json`` in a run says when
it was asked for, when its turn began, and which process was started for it. The order is fair: everybody's first
request, then everybody's second.
"""

from __future__ import annotations

import math
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from vae_core import os_compat, paths
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.jobs import launcher
from vae_core.jobs.eviction import DELETED_SECONDS, changed, check_pin, is_looked_at, looked_at, make_room
from vae_core.jobs.limits import Limits, room_on_disk
from vae_core.runs import archive, files, lifecycle
from vae_core.runs.index import own_runs
from vae_core.runs.run import Run, RunError, Status, write_status

__all__ = ["again", "ask", "cancel", "change", "keep_going", "looked_at", "make_room", "put_back", "take_in"]

UNWATCHED_SECONDS = 900.0  # a request that waited so long while nobody looked makes room in a full queue
WAKING_SECONDS = 4.0  # a trainer before its first step
LAST_SECONDS = 120.0  # for a trainer whose turn is over to heed the request to stop


@dataclass(frozen=True)
class Place:
    """The place of a run in the queue."""

    ahead: int  # trainings before it, those that are running included
    seconds: float | None  # until its turn, as far as earlier trainings here say


def ask(config: Config, owner: str, limits: Limits, folder: Path | None = None, *, one_epoch: bool = False) -> Run:
    """Put a new training into the queue, and start it if there is room. Raises RunError with what a limit refuses."""
    folder = folder or paths.runs_dir()
    limits.accept(config)
    with _lock(folder, wait=10):
        _may_wait(folder, owner, limits)
        make_room(folder, owner, limits)
        turn = _next_turn(folder, owner)
        run = lifecycle.create(config, folder, state="queued", owner=owner)
        launcher.request(run, "step" if one_epoch else "run")
        _write(run, asked=time.time(), turn=turn)
    dispatch(folder, limits)
    return run


def again(run: Run, limits: Limits) -> None:
    """Put a run that stopped, failed or was cut off into the queue, to continue. Raises RunError."""
    folder = run.path.parent
    with _lock(folder, wait=10):
        launcher.may_go_on(run)
        limits.accept(run.config)
        _may_wait(folder, run.about.owner, limits)
        launcher.end_hung(run)
        with lifecycle.held(run, seconds=2):  # who trained it is done with its files
            status = launcher.may_go_on(run)
            launcher.request(run, "run")
            try:
                _write(run, asked=time.time(), turn=_next_turn(folder, run.about.owner))
                write_status(run, replace(status, state="queued", message="", error="", pid=0, born=0.0))
            except OSError as error:
                raise RunError(f"The run {run.id} cannot continue: {error.strerror}.") from None
    dispatch(folder, limits)


def cancel(run: Run) -> None:
    """Take a run out of the queue. Raises RunError if its turn has begun."""
    with _lock(run.path.parent, wait=10):
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
    def room(size: int) -> Iterator[None]:
        with _lock(folder, wait=10):
            make_room(folder, owner, limits, size=size)
            yield

    return archive.unpack(file, folder, limits.accept, limits.parcel * 1_000_000, room, owner=owner)


def put_back(item: lifecycle.Trashed, limits: Limits) -> Run:
    """Take a visitor's run back out of the trash. Raises RunError, and then it stays there."""
    folder, owner = item.path.parent.parent, item.run.about.owner
    with _lock(folder, wait=10):
        mine = [run for run in own_runs(folder) if run.about.owner == owner]
        if len(mine) >= limits.runs:  # somebody who takes one back did not choose another to go
            raise RunError(f"You have {limits.runs} runs, and no more are kept for one visitor here; delete one first.")
        make_room(folder, owner, limits, keep=item.path)
        run = lifecycle.restore(item)
        if run.about.pinned and sum(other.about.pinned for other in mine) >= limits.pins:
            lifecycle.note(run, pinned=False)  # others were pinned meanwhile
    return Run(run.path)


def change(run: Run, limits: Limits, *, title: str, pinned: bool) -> None:
    """Give a run a title, pin it or unpin it. Raises RunError if the limits do not let it be pinned."""
    with _lock(run.path.parent, wait=10):
        if pinned and not Run(run.path).about.pinned:
            check_pin(run, limits)
        lifecycle.note(run, title=title, pinned=pinned)


def place(run: Run, limits: Limits) -> Place:
    """The place of a waiting run."""
    known = _known(run.path.parent)
    line, active = _line(known), [(r, s) for r, s in known if s.active]
    ahead = next((k for k, other in enumerate(line) if other.id == run.id), 0)
    pace = _pace(run.path.parent)
    if pace is None:
        return Place(ahead + len(active), None)
    turns = [_left(r, s, pace, limits) for r, s in active] + [_turn(r.config, pace, limits) for r in line[:ahead]]
    return Place(ahead + len(active), sum(turns) / limits.trainings)


def note(run: Run) -> str:
    """Why this server ended a training, in one sentence, or nothing."""
    return str(_read(run).get("note", ""))


# ---- the server's side


def dispatch(folder: Path, limits: Limits) -> list[Run]:
    """Start whoever's turn it is. Returns what was started; nothing if another process is doing it right now."""
    started: list[Run] = []
    try:
        with _lock(folder, wait=0):
            known = _known(folder)
            free = limits.trainings - sum(_is_busy(status) for _, status in known)
            for run in _line(known) if room_on_disk(folder, limits) else []:
                if len(started) >= free:
                    break
                if _begin(run):
                    started.append(run)
    except RunError:
        pass  # the folder cannot be locked just now; the next look comes in a second
    return started


def watch(folder: Path, limits: Limits) -> None:
    """Look after the trainings that are going on: end a turn that is over, and a trainer that hangs."""
    known = _known(folder)
    others = bool(_line(known))
    _ages.forget_all_but({run.path for run, status in known if status.active})
    for run, status in known:
        try:
            if status.state == "interrupted" and launcher.end_hung(run):
                _note_its_end(run)
            elif status.active:
                _end_turn(run, status, limits, others)
        except (RunError, OSError):
            continue  # deleted meanwhile, or the disk is full: the others still need looking after


def _end_turn(run: Run, status: Status, limits: Limits, others: bool) -> None:
    told = _read(run)
    turn = _ages.of(run, "turn", told.get("started"))  # known or not: then it counts from now
    pause = _ages.of(run, "pause", changed(run.path / "control.json")) if status.state == "paused" else 0.0
    if turn > 60 * limits.minutes + LAST_SECONDS:
        if os_compat.end(*_process(status, told)):
            _note_its_end(run)
    elif status.state == "stopping":
        pass  # it was asked already
    elif turn > 60 * limits.minutes:
        _ask_to_stop(run, told, f"This server gives each training {limits.minutes} minutes a turn.")
    elif others and pause > limits.pause:
        _ask_to_stop(run, told, "Others were waiting, so the pause was ended.")


def _ask_to_stop(run: Run, told: dict[str, Any], note: str) -> None:
    """Unless its visitor has started it again meanwhile: then its turn is another one."""
    with _lock(run.path.parent, wait=1):
        if _read(run) == told and run.status().active:
            try:
                _write(run, **told | {"note": note})
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


# ---- within


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


_ages = Ages()


def _known(folder: Path) -> list[tuple[Run, Status]]:
    """All runs that can be read, with their states; a run whose start was lost to a crash waits again."""
    found = []
    for run in own_runs(folder):
        try:
            status, told = run.status(), _read(run)
            if status.state == "interrupted" and not status.pid and "asked" in told:
                # Chosen long ago, and its trainer is still silent: it is slow to start, or there is none.
                status = replace(status, state="starting" if os_compat.lives(*_process(status, told)) else "queued")
            found.append((run, status))
        except RunError:
            continue
    return found


def _is_busy(status: Status) -> bool:
    """Whether a run takes up one of the server's trainings: also while a trainer that fell silent lives still."""
    return status.active or (status.state == "interrupted" and launcher.is_trained_here(status))


def _process(status: Status, told: dict[str, Any]) -> tuple[int, float]:
    """Number and birth of a run's trainer on this machine, as it said itself or else as its server noted; or 0, 0."""
    if status.pid:
        return (status.pid, status.born) if status.host in ("", os_compat.HOST) else (0, 0.0)
    pid, born = told.get("pid"), told.get("born")
    if told.get("host") == os_compat.HOST and isinstance(pid, int) and isinstance(born, (int, float)):
        return pid, float(born)
    return 0, 0.0


def _line(known: list[tuple[Run, Status]]) -> list[Run]:
    """The waiting runs in the order of their turns."""
    waiting = [run for run, status in known if status.state == "queued"]
    return sorted(waiting, key=lambda run: (_turn_of(run), _asked(run), run.id))


def _next_turn(folder: Path, owner: str) -> float:
    """The turn of a visitor's next request: start-time fair queueing (Goyal, Vin & Cheng 1996) with turns of length 1.

    It is the turn that is served now, or the one after the visitor's last, whichever is later. So a second request
    stands behind the first of everybody who comes before it is served, and old turns are no debt once all are served.
    """
    known = _known(folder)
    served = [_turn_of(run) for run, status in known if status.active]
    now = max(served) if served else max((_turn_of(run) + 1 for run, s in known if s.state != "queued"), default=0.0)
    mine = [_turn_of(run) + 1 for run, _ in known if owner and run.about.owner == owner]
    return max([now, *mine])


def _may_wait(folder: Path, owner: str, limits: Limits) -> None:
    line = _line(_known(folder))
    if owner and sum(run.about.owner == owner for run in line) >= limits.waiting:
        raise RunError(f"You already have {limits.waiting} runs in the queue; wait for one, or cancel one.")
    if len(line) >= limits.queue and not _drop_last_unwatched(line):
        raise RunError("The queue of this server is full; try again in a few minutes.")


def _drop_last_unwatched(line: list[Run]) -> bool:
    """Take the last request out of a full queue on whose page nobody looks. Returns whether there was one."""
    why = "The queue was full and nobody looked at this page, so the training lost its place."
    for run in reversed(line):
        if not is_looked_at(run) and not 0 <= time.time() - _asked(run) < UNWATCHED_SECONDS:
            with suppress(OSError, RunError):
                _write(run, **_read(run) | {"note": why})
                write_status(run, replace(run.status(), state="stopped", message="", error="", pid=0, born=0.0))
                return True
    return False


def _begin(run: Run) -> bool:
    """Start a run's trainer; False if there is none now.

    Order matters. All that the limits need is on disk before there is a trainer, whose files nobody touches from then
    on. After a crash anywhere in between, the run waits still, or waits again once its ``starting`` has grown old.
    """
    started, told = time.time(), _read(run)
    try:
        with lifecycle.held(run):
            status = run.status()
            if status.active:  # a trainer that was slow to wake up has just spoken
                return False
            try:
                _write(run, **told | {"started": started})
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
    _ages.of(run, "turn", started)
    with suppress(RunError):  # only for a trainer that is slow to speak for itself
        _write(run, **told | {"started": started, "pid": pid, "born": os_compat.born(pid), "host": os_compat.HOST})
    return True


def _fail(run: Run, sentence: str) -> None:
    """Say why a run could not begin, unless somebody trains it after all: then it has its turn later."""
    with suppress(RunError, OSError), lifecycle.held(run):
        write_status(run, replace(run.status(), state="failed", error=sentence, pid=0, born=0.0))


_paces: dict[Path, tuple[float, float | None]] = {}


def _pace(folder: Path) -> float | None:
    """Seconds that one picture of one epoch takes here, evaluation included: the median of the latest trainings."""
    when, pace = _paces.get(folder, (-math.inf, None))
    if time.monotonic() - when < 20:
        return pace
    measured = []
    for run in own_runs(folder)[:12]:
        try:
            seconds = [record["seconds"] for record in run.metrics()[1:] if "seconds" in record]
            if seconds:
                measured.append(statistics.median(seconds) / registry.get(run.config.dataset).train_size)
        except RunError:
            continue
    pace = statistics.median(measured) if measured else None
    _paces[folder] = time.monotonic(), pace
    return pace


def _turn(config: Config, pace: float, limits: Limits) -> float:
    return min(WAKING_SECONDS + config.epochs * registry.get(config.dataset).train_size * pace, 60.0 * limits.minutes)


def _left(run: Run, status: Status, pace: float, limits: Limits) -> float:
    if status.seconds_left is not None:
        return status.seconds_left
    return (1 - status.progress) * _turn(run.config, pace, limits)


@contextmanager
def _lock(folder: Path, wait: float) -> Iterator[None]:
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


def _read(run: Run) -> dict[str, Any]:
    try:
        data = files.read_json(run.path / "queue.json")
        return data if isinstance(data, dict) else {}
    except (OSError, ValueError):
        return {}


def _asked(run: Run) -> float:
    asked = _read(run).get("asked")
    return float(asked) if isinstance(asked, (int, float)) else changed(run.path / "config.json")


def _turn_of(run: Run) -> float:
    turn = _read(run).get("turn")
    return float(turn) if isinstance(turn, (int, float)) and abs(turn) < 1e9 else 0.0


def _write(run: Run, **told: Any) -> None:
    try:
        files.write_json(run.path / "queue.json", told)
    except OSError as error:
        raise RunError(f"The run {run.id} cannot wait in the queue: {error.strerror}.") from None
