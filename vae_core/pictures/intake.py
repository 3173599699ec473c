"""Many pictures: uploaded files, zip archives, a folder; one at a time, with its class, or with why it is not taken.

A picture's class is the folder it lies in, at any depth; what lies in no folder has none. Two folders that are called
alike are told apart by their parents. Nothing is ever written under a name from outside. Imports no torch.
"""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np

from vae_core import zips
from vae_core.datasets.own import CLASSES, one_line
from vae_core.pictures import reading
from vae_core.pictures.reading import Unreadable
from vae_core.runs import files

MEGABYTE = 1_000_000
MAX_TABLE = 8 * MEGABYTE  # bytes of a zip's table of contents
SILENT = {"__macosx", "thumbs.db", "desktop.ini"}  # what systems leave in archives and folders
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
PARENTS = 3  # whose names may tell two folders apart
ORDER = "latent-lab.json"  # in an archive that we exported: the names of its folders


@dataclass(frozen=True)
class Limits:
    """What one upload may hold."""

    pictures: int = 8_000
    picture_bytes: int = 30 * MEGABYTE
    megapixels: float = reading.MEGAPIXELS
    all_megapixels: float = 12_000  # decoded for one upload: some minutes, which a bomb of small files would take
    archive_bytes: int = 64 * MEGABYTE
    unpacked_bytes: int = 1_000 * MEGABYTE
    names: int = 20_000  # in an archive or a folder
    classes: int = CLASSES


@dataclass(frozen=True)
class Taken:
    """One picture that was read."""

    class_name: str  # empty: of no class
    name: str  # of its file, as it may be shown
    rgba: np.ndarray  # (64, 64, 4) uint8
    source: str = "file"  # or "drawn", "camera", "pasted"
    note: str = ""  # what is to be said of it


@dataclass(frozen=True)
class Skipped:
    """One file that was not. ``f"{name} {reason}."`` is a sentence."""

    name: str
    reason: str


Item = Taken | Skipped
Entry = tuple[list[str], zipfile.ZipInfo]  # of an archive: the parts of its name, and what the table says


def from_uploads(
    uploads: Iterable[tuple[str, BinaryIO]], limits: Limits | None = None, class_name: str = ""
) -> Iterator[Item]:
    """Pictures and zip archives as they come; ``class_name`` is for those that lie in no folder of an archive."""
    limits = limits or Limits()
    count = _Count(limits)
    for name, file in uploads:
        shown = one_line(re.split(r"[/\\]", name)[-1]) or "a file"
        file.seek(0)
        head = file.read(4)
        file.seek(0)
        if head in ZIP:
            yield from count.through(_from_zip(file, shown, count, class_name))
        else:
            yield from count.through(_from_file(file, shown, count, class_name))
        if count.full:
            return


def from_folder(path: Path, limits: Limits | None = None) -> Iterator[Item]:
    """Pictures in a folder and below it, in the order of their names.

    Raises OSError at once if it cannot be listed; a folder in it that cannot be is left out by name.
    """
    limits = limits or Limits()
    found, closed = _listed(path, limits.names)
    too_many = len(found) > limits.names
    found = sorted(found[: limits.names], key=natural)
    classes = class_names([name.split("/")[:-1] for name in found])
    count = _Count(limits)

    def each() -> Iterator[Item]:
        for name in found:
            shown = one_line(name, 120)
            try:
                if os.path.exists(path / name) and not os.path.isfile(path / name):  # a pipe would keep us waiting
                    continue
                with open(path / name, "rb") as file:
                    yield from _from_file(file, shown, count, classes[tuple(name.split("/")[:-1])])
            except OSError:
                yield Skipped(shown, "cannot be read")
        for name in closed:
            yield Skipped(f"the folder {one_line(name, 120)}", "cannot be opened")
        if too_many:
            yield Skipped("the folder", f"has more than {limits.names:,} files; the rest was left out")

    return count.through(each())


def _listed(path: Path, most: int) -> tuple[list[str], list[str]]:
    """The files in a folder and below it, hardly more than so many, and the folders that cannot be opened."""
    found, closed = list[str](), list[str]()

    def cannot_open(error: OSError) -> None:
        if error.filename is None or Path(error.filename) == path:
            raise error
        closed.append(os.path.relpath(error.filename, path).replace(os.sep, "/"))

    for folder, folders, names in os.walk(path, onerror=cannot_open):
        folders[:] = sorted((name for name in folders if not _silent((name,))), key=natural)
        base = os.path.relpath(folder, path)
        found += [
            name if base == "." else f"{base}/{name}".replace(os.sep, "/") for name in names if not _silent([name])
        ]
        if len(found) > most:
            break
    return found, closed


class _Count:
    """What is left of the limits, in the course of one upload."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.taken, self.classes, self.full = limits, 0, set[str](), False
        self.unpacked, self.megapixels = limits.unpacked_bytes, limits.all_megapixels

    def through(self, items: Iterator[Item]) -> Iterator[Item]:
        """Passes items on until there are as many as the limits allow."""
        for item in items:
            if isinstance(item, Taken):
                if self.taken == self.limits.pictures:
                    self.full = True
                    many = f"{self.taken:,} pictures at most"
                    yield Skipped(item.name, f"and all after it are too many: a set has {many}")
                    return
                if item.class_name not in self.classes and len(self.classes) == self.limits.classes:
                    yield Skipped(item.name, f"would be of one class more than {self.limits.classes}")
                    continue
                self.taken += 1
                self.classes.add(item.class_name)
            yield item

    def item(self, raw: bytes, shown: str, class_name: str) -> Item:
        """One file, read if it may be."""
        if len(raw) > self.limits.picture_bytes:
            return Skipped(shown, f"is larger than {self.limits.picture_bytes // MEGABYTE} MB")
        if self.megapixels <= 0:
            return Skipped(shown, "is too much for one upload; bring fewer or smaller pictures at a time")
        try:
            found = reading.read(raw, self.limits.megapixels)
        except Unreadable as error:
            self.megapixels -= error.megapixels
            return Skipped(shown, error.reason)
        self.megapixels -= found.megapixels
        return Taken(class_name, shown, found.rgba, note=found.note)


def _from_file(file: IO[bytes], shown: str, count: _Count, class_name: str) -> Iterator[Item]:
    """One picture of a file; one byte more than the limit tells that it is too large."""
    yield count.item(file.read(count.limits.picture_bytes + 1), shown, class_name)


# ---- archives


class _Bad(Exception):
    """An archive that is not read at all; the reason goes on a sentence."""


def _from_zip(file: BinaryIO, shown: str, count: _Count, class_name: str) -> Iterator[Item]:
    limits = count.limits
    try:
        bundle = _open_zip(file, limits)
        entries = [(parts_of(name_of(info)), info) for info in bundle.infolist() if not info.is_dir()]
        entries = [(parts, info) for parts, info in entries if not _silent(parts)]
        entries.sort(key=lambda entry: natural("/".join(entry[0])))
        entries, classes = _classes(bundle, entries)
    except _Bad as error:
        yield Skipped(shown, str(error))
        return
    except Exception:  # a hostile table of contents makes zipfile raise almost anything
        yield Skipped(shown, "is a broken or cut-off archive")
        return
    for parts, info in entries:
        where = one_line("/".join(parts), 120) or "a file"
        if reason := _refusal(info, limits, count.unpacked):
            yield Skipped(where, reason)
            continue
        try:
            with bundle.open(info) as part:
                raw = part.read(min(info.file_size, limits.picture_bytes) + 1)
        except Exception:
            yield Skipped(where, "is broken or cut off")
            continue
        count.unpacked -= len(raw)
        yield count.item(raw, where, classes[tuple(parts[:-1])] or class_name)


def _classes(
    bundle: zipfile.ZipFile, entries: list[Entry]
) -> tuple[list[Entry], dict[tuple[str, ...], str]]:  # fmt: skip
    """The pictures, and the class of each folder: as an archive of ours says in so many words, or by their names."""
    classes = class_names(parts[:-1] for parts, _ in entries)
    about = next((entry for entry in entries if entry[0] == [ORDER]), None)
    if about is None or about[1].file_size > MEGABYTE:
        return entries, classes
    try:
        with bundle.open(about[1]) as part:
            listed = files.parse(part.read(about[1].file_size + 1))["classes"]
        said: dict[tuple[str, ...], str] = {
            (str(folder),) if folder else (): one_line(str(name)) for folder, name in listed[:CLASSES]
        }
    except Exception:  # hostile: then it is one more file that is no picture
        return entries, classes
    places = {folder: place for place, folder in enumerate(said)}
    pictures = [entry for entry in entries if entry is not about]
    pictures.sort(key=lambda entry: places.get(tuple(entry[0][:-1]), len(places)))  # stays sorted within a class
    return pictures, classes | {folder: name for folder, name in said.items() if folder in classes}


def _open_zip(file: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    """The archive, once its table of contents is known to be small. Raises _Bad."""
    size = file.seek(0, io.SEEK_END)
    if size > limits.archive_bytes:
        raise _Bad(f"is larger than {limits.archive_bytes // MEGABYTE} MB; pack fewer pictures at a time")
    file.seek(max(size - 65_557 - 20, 0))
    tail = file.read()
    # As zipfile looks for it: at the very end without a comment, or else the last that looks like it.
    at = len(tail) - 22 if tail[-22:-18] == b"PK\x05\x06" and tail[-2:] == b"\0\0" else tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        raise _Bad("is a broken or cut-off archive")
    _, _, _, _, entries, table, _, _ = struct.unpack("<4s4H2LH", tail[at : at + 22])
    if tail[max(at - 20, 0) : at][:4] == b"PK\x06\x07" or table == 0xFFFFFFFF:
        raise _Bad("is an archive of the format for huge ones (zip64); pack fewer pictures at a time")
    if entries > limits.names or table > MAX_TABLE:
        raise _Bad(f"holds more than {limits.names:,} files and folders; pack fewer at a time")
    bundle = zips.ForeignZip(file)
    if len(bundle.infolist()) > limits.names:
        raise _Bad(f"holds more than {limits.names:,} files and folders; pack fewer at a time")
    return bundle


def name_of(info: zipfile.ZipInfo) -> str:
    """The name of a part: many programs write UTF-8 without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename


def _refusal(info: zipfile.ZipInfo, limits: Limits, left: int) -> str:
    """Why a part of an archive is not even unpacked, or nothing."""
    name = info.filename.replace("\\", "/")
    if ".." in name.split("/") or name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "has a path that leads out of the archive"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return "is a link"
    if zips.is_encrypted(info):
        return "is encrypted; pack it without a password"
    if not zips.is_plain(info):
        return "is packed in an unusual way; pack it as a plain zip"
    if info.file_size > limits.picture_bytes:
        return f"is larger than {limits.picture_bytes // MEGABYTE} MB"
    if info.file_size > left:
        return f"would unpack to more than {limits.unpacked_bytes // MEGABYTE:,} MB with what is before it"
    return ""


# ---- names


def parts_of(name: str) -> list[str]:
    """The folders of a name, and the file's own."""
    return [part for part in re.split(r"[/\\]", name) if part not in ("", ".", "..")] or [""]


def _silent(parts: Sequence[str]) -> bool:
    """Whether a file is one that systems make, of which nobody wants to hear."""
    return any((part.startswith(".") and part not in (".", "..")) or part.lower() in SILENT for part in parts)


def natural(name: str) -> list[tuple[bool, int, str]]:
    """Sorts as people do: picture 2 before picture 10."""
    return [
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d{1,15})", name)
    ]


def class_names(folders: Iterable[Sequence[str]]) -> dict[tuple[str, ...], str]:
    """The class of each folder: its own name; with its parents' where two would be called alike, or else a number."""
    different = dict.fromkeys(tuple(folder) for folder in folders)
    found = {folder: one_line(" / ".join(folder[-1:])) for folder in different}
    for depth in range(2, PARENTS + 2):
        for alike in _alike(found):
            found |= {folder: one_line(" / ".join(folder[-depth:])) for folder in alike}
    for alike in _alike(found):
        for number, folder in enumerate(alike[1:], start=2):
            found[folder] = f"{one_line(found[folder], 70)} ({number})"
    return found


def _alike(found: dict[tuple[str, ...], str]) -> list[list[tuple[str, ...]]]:
    by_name: dict[str, list[tuple[str, ...]]] = {}
    for folder, name in found.items():
        by_name.setdefault(name, []).append(folder)
    return [alike for name, alike in by_name.items() if name and len(alike) > 1]
