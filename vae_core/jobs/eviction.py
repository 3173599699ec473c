"""Room on a shared server: what goes when a new run comes, and what stays.

What is to go is chosen first, and only if that is enough does any of it go. The trash goes before any run, its oldest
part first. Of runs, first those of visitors who never came back, then of those who were here longest ago. A run stays
while it is training, waiting, being looked at, or while its pin holds. A disk that is short for another reason (a log,
a neighbour) costs nobody a run: only the trash is emptied for it.

Sets of own pictures, and the datasets frozen from them, count as their owner's. A dataset that no run uses goes with
the trash; sets of others go last, those first that were changed longest ago.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from vae_core import paths
from vae_core.datasets import own
from vae_core.jobs.limits import Limits, size_of
from vae_core.pictures import deleting, sets
from vae_core.runs import lifecycle
from vae_core.runs.index import own_runs
from vae_core.runs.run import Run, RunError

LOOKED_SECONDS = 900.0  # a run whose page was drawn so lately does not make room for another
DELETED_SECONDS = 3600.0  # a shared disk keeps what was deleted for an hour
BACK_SECONDS = 3600.0  # who looks at a run this long after it was made has come back
DAY = 24 * 3600.0
MEGABYTE = 1_000_000

FULL = "This server is full: everything on it is pinned, busy or being looked at; try again later."


def make_room(
    folder: Path,
    owner: str,
    limits: Limits,
    needed: int = 1,
    size: int = 0,
    keep: Path | None = None,
    dataset: str = "",
) -> None:
    """Remove what has to go so that ``needed`` more runs, ``size`` more bytes in all, fit.

    ``keep`` (of the trash) and ``dataset`` (which the new run is on) are left alone.
    Raises RunError, and removes nothing, if that would not be enough. The caller holds the queue's lock.
    """
    lifecycle.sweep(folder, DELETED_SECONDS, keep)
    if folder == paths.runs_dir():
        deleting.sweep(folder, keep=dataset)
    for last in (False, False, False, True):  # again if something was deleted, or grew, meanwhile
        going = _Plan(folder, owner, limits, keep).make(needed, size)
        if not going:
            return
        if last:
            raise RunError(FULL)
        for path in going:
            lifecycle.remove(path)


def check_pin(run: Run, limits: Limits) -> None:
    """Raise RunError unless a visitor may pin one more run, and the pin would hold."""
    known = own_runs(run.path.parent)
    pinned = sum(other.about.pinned for other in known if other.about.owner == run.about.owner and other.id != run.id)
    if pinned >= limits.pins:
        raise RunError(f"On this shared server you can pin {limits.pins} runs; unpin one first.")
    note_visit(run)
    if run.path not in _held(known, limits, new=run):
        raise RunError("No more runs can be pinned on this server now; export this one to keep it.")


def note_visit(run: Run) -> None:
    """Somebody sees this run now; remembered once a minute."""
    if not run.gallery and not _within(60, run.path / ".seen"):
        with suppress(OSError), open(run.path / ".seen", "wb"):  # only a courtesy
            pass


def is_watched(run: Run) -> bool:
    """Whether a page of it was drawn lately."""
    return _within(LOOKED_SECONDS, run.path / ".seen")


def pin_holds(run: Run, limits: Limits) -> bool:
    """Whether a run is pinned, and was looked at lately enough for that to count."""
    return run.about.pinned and time.time() - _last_visit(run) < limits.pin_days * DAY


def _held(known: list[Run], limits: Limits, new: Run | None = None) -> set[Path]:
    """The runs that stay because of their pin: at most ``limits.all_pins``, those of who came back before others'."""
    visits = _Visits(known)
    pinned = [run for run in known if pin_holds(run, limits) or (new and run.path == new.path)]
    return {run.path for run in sorted(pinned, key=visits.stay, reverse=True)[: limits.all_pins]}


class _Visits:
    """When each visitor was last here, and whether more than once, as far as their runs say."""

    def __init__(self, known: list[Run]) -> None:
        self._last: dict[str, float] = {}
        self._back: set[str] = set()
        for run in known:
            who, made, seen = self._who(run), _created(run), _last_visit(run)
            self._last[who] = max(self._last.get(who, 0.0), seen)
            if seen - made > BACK_SECONDS:
                self._back.add(who)

    def stay(self, run: Run) -> tuple[bool, float, float]:
        """Sorts runs: the first goes first."""
        who = self._who(run)
        return who in self._back, self._last.get(who, 0.0), _created(run)

    @staticmethod
    def _who(run: Run) -> str:
        return run.about.owner or f"run {run.id}"


class _Plan:
    """What is to go. Nothing is removed here."""

    def __init__(self, folder: Path, owner: str, limits: Limits, keep: Path | None) -> None:
        self.limits, self.keep, self.folder = limits, keep, folder
        self.known = own_runs(folder)[::-1]  # oldest first, as all that follow
        self.stalest = sorted(self.known, key=_Visits(self.known).stay)
        self.mine = [run for run in self.known if run.about.owner == owner]
        trash = lifecycle.trashed(folder)[::-1]
        self.trash = [item.path for item in trash]
        self.my_trash = [item.path for item in trash if item.run.about.owner == owner]
        self.pinned = _held(self.known, limits)
        self.my_pictures, self.others_sets = _pictures(owner) if folder == paths.runs_dir() else ([], [])
        self.going: dict[Path, int] = {}  # bytes of each
        self._may: dict[Path, bool] = {}

    def make(self, needed: int, size: int) -> list[Path]:
        """What has to go, in order. Raises RunError if it would not be enough."""
        limits, mine = self.limits, [run.path for run in self.mine]
        taken = "All your runs are pinned, busy or were looked at just now; unpin or delete one first."
        much = (
            f"Your runs and pictures hold the {limits.visitor_megabytes:,} MB that one visitor has here; "
            "unpin or delete some first."
        )
        space = f"The space for runs on this server ({limits.megabytes:,} MB) is used up; try again later."
        disk = "The disk of this server is full; try again later."

        self._choose(self.mine, len(mine) + needed - limits.runs, taken)
        self._choose(self.stalest, len(self.known) + needed - limits.all_runs - len(self.going), FULL)

        # What a visitor threw away still counts as theirs, until it is gone for good.
        held = sum(map(size_of, [*mine, *self.my_trash, *self.my_pictures])) - self._freed([*mine, *self.my_trash])
        self._choose_bytes(self.my_trash, self.mine, held + size - limits.visitor_megabytes * MEGABYTE, much)
        used = size_of(self.folder) - self._freed(self.going)
        lacking = used + size - limits.megabytes * MEGABYTE + 1
        self._choose_bytes(self.trash, self.stalest, lacking, space, self.others_sets)
        free = _free(self.folder) + self._freed(self.going)
        self._choose_bytes(self.trash, [], limits.spare * MEGABYTE + size - free + 1, disk)
        return list(self.going)

    def _choose(self, candidates: list[Run], lacking: int, refusal: str) -> None:
        """So many of the runs."""
        for run in candidates:
            if lacking > 0 and self._may_go(run):
                self.going[run.path] = size_of(run.path)
                lacking -= 1
        if lacking > 0:
            raise RunError(refusal)

    def _choose_bytes(
        self, trash: list[Path], candidates: list[Run], lacking: int, refusal: str, last: Iterable[Path] = ()
    ) -> None:
        """From the trash, then of the runs, then what comes last, until so many bytes are found."""
        for path in trash:
            if lacking > 0 and path not in self.going and path != self.keep:
                self.going[path] = size_of(path)
                lacking -= self.going[path]
        for run in candidates:
            if lacking > 0 and self._may_go(run):
                self.going[run.path] = size_of(run.path)
                lacking -= self.going[run.path]
        for path in last:
            if lacking > 0:
                self.going[path] = size_of(path)
                lacking -= self.going[path]
        if lacking > 0:
            raise RunError(refusal)

    def _freed(self, paths: Iterable[Path]) -> int:
        return sum(self.going.get(path, 0) for path in paths)

    def _may_go(self, run: Run) -> bool:
        if run.path in self.going or run.path in self.pinned or is_watched(run):
            return False
        if run.path not in self._may:
            self._may[run.path] = _rests(run)
        return self._may[run.path]


def _pictures(owner: str) -> tuple[list[Path], list[Path]]:
    """The folders of one's own sets and of the datasets made from them; sets of others that may go, in order."""
    mine = [own.folder_of(name) for name in own.versions(owner)]
    others: list[Path] = []
    for found in sets.list_sets()[::-1]:
        if found.manifest.owner == owner:
            mine.append(found.path)
        elif abs(time.time() - found.manifest.changed) > LOOKED_SECONDS:
            others.append(found.path)
    return mine, others


def _rests(run: Run) -> bool:
    try:
        if run.status().state == "queued":
            return False
    except RunError:
        pass  # broken: it may go
    try:
        with lifecycle.at_rest(run):
            return True
    except RunError:
        return False


def _free(folder: Path) -> int:
    """Free bytes of the disk, 0 if unknown."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def _within(seconds: float, path: Path) -> bool:
    """Whether a file was changed so lately. A time to come (a clock that was wrong) is not lately."""
    return -5 <= time.time() - changed(path) < seconds


def _created(run: Run) -> float:
    return changed(run.path / "config.json")


def _last_visit(run: Run) -> float:
    """When a run was last looked at, or else made."""
    seen, now = max(changed(run.path / ".seen"), _created(run)), time.time()
    return seen if seen <= now + 5 else 0.0


def changed(path: Path) -> float:
    """When a file was last changed, in seconds since 1970; 0 if it is not there."""
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
