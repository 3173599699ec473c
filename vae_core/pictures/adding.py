"""Pictures on their way into a set: written row after row, counted, and said of each file that is not taken why.

Rows are only ever added to a file of pictures, and the manifest that names them comes after them. What nobody can see
or take back any more is left out when the file is written anew (``tidy``). Imports no torch.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import numpy as np

from vae_core import os_compat
from vae_core.datasets.own import one_line
from vae_core.pictures import set_manifest
from vae_core.pictures.intake import Limits, Skipped, Taken
from vae_core.pictures.reading import KEPT
from vae_core.pictures.set_manifest import SOURCES, Manifest, Picture
from vae_core.runs import files
from vae_core.words import many

SHAPE = (KEPT, KEPT, 4)
BYTES = KEPT * KEPT * 4  # of a picture
HEADER = 128  # bytes before the first picture in a file
BLOCK = 64  # pictures that are written at once
SHOWN = 200  # skipped files that a report names
LOST = 256  # rows of no use that are put up with
PICTURES = re.compile(r"pictures(?:-(\d+))?\.npy")


@dataclass(frozen=True)
class Report:
    """What became of an upload."""

    taken: int
    skipped: list[Skipped]  # the first SHOWN of them
    skipped_count: int
    notes: list[Skipped] = field(default_factory=list)  # of pictures that were taken, e.g. only the first of a film
    ids: list[int] = field(default_factory=list)  # of what was taken

    def sentence(self) -> str:
        """Both counts in words, and the reason of the first that was skipped."""
        words = f"{many(self.taken, 'picture was', 'pictures were')} added."
        if self.skipped_count:
            first = self.skipped[0]
            words += f" {many(self.skipped_count, 'file was', 'files were')} left out: {first.name} {first.reason}"
            words += "." if self.skipped_count == 1 else ", and others."
        if self.notes:
            words += f" Of {many(len(self.notes), 'animation', 'animations')}, {self.notes[0].reason}."
        return words


# ---- files of pictures


def pictures_file(folder: Path, known: Manifest) -> Path:
    """Where the rows of a manifest are."""
    return folder / (f"pictures-{known.file}.npy" if known.file else "pictures.npy")


def header(rows: int) -> bytes:
    """The beginning of a file of pictures, always of the same length."""
    text = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({rows}, {KEPT}, {KEPT}, 4), }}"
    return b"\x93NUMPY\x01\x00" + (HEADER - 10).to_bytes(2, "little") + text.ljust(HEADER - 11).encode() + b"\n"


def rows_of(folder: Path, known: Manifest) -> np.ndarray:
    """All rows (rows, 64, 64, 4) of a manifest's file, mapped, not read. Raises OSError or ValueError."""
    if not known.rows:
        return np.zeros((0, *SHAPE), np.uint8)
    rows: np.ndarray = np.memmap(pictures_file(folder, known), np.uint8, "r", HEADER, (known.rows, *SHAPE))
    return rows


def tidy(folder: Path, known: Manifest, earlier: list[Path]) -> Manifest:
    """Write the pictures anew if many rows are of no use: not in the set, nor in what can be taken back.

    Each manifest says in which file its rows are, so that one who is killed in the middle leaves all of them true.
    Raises OSError or ValueError.
    """
    before = {file: set_manifest.read(file) for file in earlier}
    used = sorted({p.row for m in (known, *before.values()) if m.file == known.file for p in m.pictures})
    if known.rows - len(used) <= max(LOST, len(used) // 4):
        return known
    there = [int(found[1] or 0) for name in os.listdir(folder) if (found := PICTURES.fullmatch(name))]
    new, rows = {row: place for place, row in enumerate(used)}, rows_of(folder, known)

    def moved(old: Manifest) -> Manifest:
        pictures = tuple(p._replace(row=new[p.row]) for p in old.pictures)
        return replace(old, pictures=pictures, rows=len(used), file=max(there) + 1)

    _write_rows(pictures_file(folder, moved(known)), rows, used)
    for file, old in before.items():
        if old.file == known.file:
            set_manifest.write(file, moved(old))
        else:
            os_compat.remove(file)
    set_manifest.write(folder / "manifest.json", moved(known))
    del rows
    with suppress(OSError):  # another still reads it
        os_compat.remove(pictures_file(folder, known))
    return moved(known)


def _write_rows(file: Path, rows: np.ndarray, used: list[int]) -> None:
    def write(out: IO[bytes]) -> None:
        out.write(header(len(used)))
        for start in range(0, len(used), BLOCK):
            out.write(rows[used[start : start + BLOCK]].tobytes())

    files.write_atomic(file, write)


# ---- adding


class Adding:
    """One stream of pictures on its way into a set; the caller holds the set's lock."""

    def __init__(self, folder: Path, known: Manifest, limits: Limits) -> None:
        self.folder, self.known, self.limits = folder, known, limits
        self.classes = list(self.known.classes)
        self.pictures = list(self.known.pictures)
        self.next = self.known.next
        self.row = self.known.rows
        self.block: list[np.ndarray] = []
        self.skipped: list[Skipped] = []
        self.skipped_count = 0
        self.notes: list[Skipped] = []
        self.ids: list[int] = []

    def all_of(
        self, items: Iterable[Taken | Skipped], put: Callable[[Manifest], None], progress: Callable[[int], object]
    ) -> Report:
        """Write the pictures, then ``put`` the manifest with them. Raises OSError."""
        file = pictures_file(self.folder, self.known)
        with os_compat.patiently(lambda: open(file, "r+b"), file, os.W_OK) as out:
            out.truncate(HEADER + self.row * BYTES)  # what somebody who was killed left behind
            out.seek(0, os.SEEK_END)
            for item in items:
                if isinstance(item, Taken) and len(self.pictures) >= self.limits.pictures:
                    many = f"{self.limits.pictures:,} pictures at most"
                    self._skip(Skipped(item.name, f"and all after it are too many: a set has {many}"))
                    break  # the rest need not be read
                self._take(item)
                if len(self.block) == BLOCK:
                    self._write_block(out)
                    progress(len(self.ids))
            self._write_block(out)
            out.flush()
            os.fsync(out.fileno())
            if self.ids:
                put(self._manifest())
            out.seek(0)  # for other readers of the file; ours know how many rows there are
            out.write(header(self.row))
        progress(len(self.ids))
        return Report(len(self.ids), self.skipped, self.skipped_count, self.notes, self.ids)

    def _manifest(self) -> Manifest:
        classes, pictures = tuple(self.classes), tuple(self.pictures)
        return replace(self.known, next=self.next, rows=self.row, classes=classes, pictures=pictures)

    def _take(self, item: Taken | Skipped) -> None:
        if isinstance(item, Skipped):
            self._skip(item)
            return
        if item.rgba.shape != SHAPE or item.rgba.dtype != np.uint8:
            raise ValueError(f"a picture of shape {item.rgba.shape}")
        name = one_line(item.class_name)
        if name not in self.classes:
            if len(self.classes) >= self.limits.classes:
                self._skip(Skipped(item.name, f"would be of one class more than {self.limits.classes}"))
                return
            self.classes.append(name)
        shown, source = one_line(item.name, 60), item.source if item.source in SOURCES else "file"
        row = self.row + len(self.block)
        self.pictures.append(Picture(self.next, row, self.classes.index(name), shown, source))
        self.ids.append(self.next)
        self.next += 1
        self.block.append(item.rgba)
        if item.note and len(self.notes) < SHOWN:
            self.notes.append(Skipped(shown, item.note))

    def _skip(self, item: Skipped) -> None:
        self.skipped_count += 1
        if len(self.skipped) < SHOWN:
            self.skipped.append(item)

    def _write_block(self, out: IO[bytes]) -> None:
        if self.block:
            out.write(np.stack(self.block).tobytes())
            self.row += len(self.block)
            self.block = []
