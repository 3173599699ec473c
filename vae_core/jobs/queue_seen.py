"""The queue as it is told: thirty pages that wait ask for it every two seconds, beside whoever is training.

A file that has not changed is not read again, which its stamp says. That is good enough to tell, and to look whether
there is anything to decide; whatever decides holds the queue's lock and reads the disk (``queue_order``).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vae_core.jobs.queue_order import in_order, or_waits_again, read
from vae_core.runs import files, index
from vae_core.runs.run import Run, RunError, Status

_seen: dict[Path, dict[Path, _Read]] = {}  # by folder of runs, by run


@dataclass(frozen=True)
class _Read:
    """What was read of a run, and the stamps of its status and its ``queue.json`` before that."""

    of_status: tuple[int, ...]
    of_entry: tuple[int, ...]
    run: Run  # with the settings that it has read
    said: Status | None  # None: it could not be read
    entry: dict[str, Any]

    @property
    def rests(self) -> bool:
        """Whether it is none of the queue's before its status changes."""
        return self.said is not None and self.said.state in ("finished", "stopped", "failed")

    @property
    def is_whole(self) -> bool:
        """Whether all that is there could be read. Else it is tried again: what hindered it may pass."""
        return self.said is not None and bool(self.entry or not self.of_entry)


@dataclass(frozen=True)
class Seen:
    """The runs that matter to the queue; all others are at rest."""

    waiting: list[Run] = field(default_factory=list)  # in the order of their turns
    others: list[tuple[Run, Status]] = field(default_factory=list)  # training, or silent

    @property
    def active(self) -> list[tuple[Run, Status]]:
        return [(run, status) for run, status in self.others if status.active]


def look(folder: Path) -> Seen:
    """The queue of a folder of runs."""
    before = _seen.get(folder, {})
    now = _seen[folder] = {path: _read(path, before.get(path)) for path in index.folders(folder)}
    waiting, others = [], []
    for known in now.values():
        said = known.said
        if said is None or known.rests:
            continue
        asked = known.run.control() if said.active else "run"
        status = or_waits_again(Run.as_seen(said, asked), known.entry)
        if status.state == "queued":
            waiting.append((known.run, known.entry))
        else:
            others.append((known.run, status))
    return Seen(in_order(waiting), others)


def _read(path: Path, before: _Read | None) -> _Read:
    """A run as it was read before, or anew if its files have changed. Their stamps come first, so none is too new."""
    of_status = files.stamp(f"{path}/status.json")
    if before is not None and before.of_status == of_status and before.rests:  # most do: one look at each is enough
        return before
    of_entry = files.stamp(f"{path}/queue.json")
    if before is not None and (before.of_status, before.of_entry) == (of_status, of_entry) and before.is_whole:
        return before
    run, said = Run(path), None
    with suppress(RunError):
        said = run.read_status()
    return _Read(of_status, of_entry, run, said, {} if said is None else read(run))
