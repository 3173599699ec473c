"""Fetch published files from several servers. By the clock, whatever a server does: silent, slow, or without an end.

A request is read by a thread of its own (``_Transfer``), so whoever asked looks up ten times a second: to tell how far
it is, to be stopped, and to leave a server that is not worth waiting for. What has come is kept beside the file's name
(``.partial``), and the next server, or the next attempt, is asked for the rest. Imports no torch.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import os
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from vae_core import os_compat
from vae_core.datasets.spec import DataError
from vae_core.runs import files

CHECKSUMS = "sha256.json"  # written beside what was downloaded, so that later damage is noticed
LOCK = ".download.lock"
GZIP = b"\x1f\x8b"  # how every file here begins, and no page of a network that asks for a login
MOST = 64_000_000  # bytes of a file; the largest here has 26 million, and a server may send without an end


def is_allowed() -> bool:
    """Whether this machine may fetch datasets: not with VAE_DOWNLOAD=0."""
    return os.environ.get("VAE_DOWNLOAD") != "0"


@dataclass(frozen=True)
class Patience:
    """When a server is left for the next. All in seconds, or bytes a second."""

    look: float = 0.1  # between two looks at what has come
    silence: float = 8.0  # without a byte
    settle: float = 8.0  # over which the speed is measured, again and again
    floor: float = 20_000.0  # a slower one is left; MNIST's largest file would take eight minutes
    longest: float = 3 * 3600.0  # that one file may take from a slow server, if no other has it


@dataclass(frozen=True)
class Progress:
    """How far a download is."""

    file: int  # the number of this file, from 1
    files: int
    server: int  # the number of the server that is asked, from 1
    servers: int
    got: int = 0  # bytes of this file
    total: int = 0  # 0 if the server does not say
    waiting: bool = False  # for another process that downloads the same

    def sentence(self, title: str) -> str:
        """For a status line."""
        server = f" (server {self.server} of {self.servers})" if self.server > 1 else ""
        if self.waiting:
            return f"{title} is already being downloaded; waiting for it…"
        if not self.got and self.server > 1:
            return f"Looking for {title}: trying another server ({self.server} of {self.servers})…"
        if not self.got:
            return f"Looking for {title} on the network…"
        size = f"{self.got / 1e6:.1f} of {self.total / 1e6:.1f} MB" if self.total else f"{self.got / 1e6:.1f} MB"
        return f"Downloading {title}, file {self.file} of {self.files}: {size}{server}…"


Tell = Callable[[Progress], None]  # called ten times a second; what it raises ends the download


class Unavailable(DataError):
    """No server gives a file."""


class _Refused(Exception):
    """A server does not give a file; another may."""


class _TooSlow(Exception):
    """A server gives a file, but another may be faster."""


@dataclass
class Download:
    """One dataset being downloaded. Files that match their sums stay, so the next attempt continues from there."""

    title: str
    mirrors: Sequence[str]
    folder: Path
    tell: Tell
    patience: Patience = Patience()

    def fetch(self, resources: Sequence[tuple[str, str]], known: Mapping[str, str]) -> None:
        """Get gzipped files with these MD5 sums and unpack them. ``known``: SHA-256 sums of unpacked ones.

        Raises DataError.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / LOCK)
            self._take(lock, len(resources))
            try:
                for number, (filename, md5) in enumerate(resources, start=1):
                    self._get(filename, md5, known, (number, len(resources)))
            finally:
                lock.release()
        except OSError as error:
            raise DataError(f"{self.title} cannot be stored: {error.strerror or error}.") from None

    def _take(self, lock: FileLock, files: int) -> None:
        """Two processes that write the same files would spoil each other's; the second finds the first one's."""
        while not lock.is_locked:
            try:
                lock.acquire(timeout=0)
            except Timeout:
                self.tell(Progress(1, files, 1, len(self.mirrors), waiting=True))
                time.sleep(self.patience.look)

    def _get(self, filename: str, md5: str, known: Mapping[str, str], place: tuple[int, int]) -> None:
        target = self.folder / filename.removesuffix(".gz")
        sums = {**kept_sums(self.folder), **known}
        with suppress(OSError):
            if hashlib.sha256(target.read_bytes()).hexdigest() == sums.get(target.name):
                return
        unpacked = gzip.decompress(self._from_anywhere(filename, md5, place))
        # The sum first: without its file it harms nobody, while a file without its sum would not be known as whole.
        kept = kept_sums(self.folder) | {target.name: hashlib.sha256(unpacked).hexdigest()}
        files.write_json(self.folder / CHECKSUMS, kept)
        files.write_bytes(target, unpacked)
        self._partial(filename).unlink(missing_ok=True)

    def _partial(self, filename: str) -> Path:
        return self.folder / f"{filename}.partial"

    def _from_anywhere(self, filename: str, md5: str, place: tuple[int, int]) -> bytes:
        """What is whole already; or each server in turn, then again those that were merely slow."""
        with suppress(OSError):
            if _fits(left := self._partial(filename).read_bytes(), md5):
                return left
        slow: list[int] = []
        numbers = range(1, len(self.mirrors) + 1)
        for patient, asked in ((False, numbers), (True, slow)):
            for number in list(asked):
                progress = Progress(*place, number, len(self.mirrors))
                try:
                    return self._from_one(filename, md5, progress, patient)
                except _TooSlow:
                    slow.append(number)
                except _Refused:
                    continue
        why = "the connection broke, or was too slow" if slow else "check the network"
        raise Unavailable(
            f"{self.title} could not be downloaded: none of {len(self.mirrors)} servers gave {filename} ({why})."
        )

    def _from_one(self, filename: str, md5: str, progress: Progress, patient: bool) -> bytes:
        partial = self._partial(filename)
        while True:
            start = _size(partial)
            address = self.mirrors[progress.server - 1] + filename
            try:
                whole = self._read(address, partial, progress, patient)
            finally:
                if not _size(partial):
                    partial.unlink(missing_ok=True)
            data = partial.read_bytes() if os_compat.exists(partial) else b""
            if _fits(data, md5):
                return data
            if not whole:
                raise _TooSlow  # it broke off: another server may continue from there
            partial.unlink(missing_ok=True)
            if not start:  # or else the beginning was another server's, perhaps a wrong one: once more, from the start
                raise _Refused

    def _read(self, address: str, partial: Path, progress: Progress, patient: bool) -> bool:
        """Append to a file what a server sends of its rest. Returns whether the server says that this was all.

        Raises _TooSlow, _Refused, and what ``tell`` raises.
        """
        got, total, limit = _size(partial), 0, self.patience
        came = False  # anything of the file, from this server
        transfer = _Transfer(address, got, timeout=10 * limit.silence)  # only so that its thread ends some day
        clock = _Pace(time.monotonic(), got)
        try:
            with open(partial, "ab") as file:
                while True:
                    before = time.monotonic()
                    self.tell(Progress(*_place(progress), got, total))
                    clock.pause(time.monotonic() - before)  # a visitor's pause is not the server's fault
                    with suppress(queue.Empty):
                        news = transfer.news.get(timeout=limit.look)
                        clock.heard = time.monotonic()
                        if isinstance(news, _Head):
                            total = news.total
                            if not news.resumed:
                                file.truncate(0)
                                got = clock.got = 0
                        elif isinstance(news, bytes):
                            file.write(news)
                            got += len(news)
                            came = True
                        elif news is None:
                            return not total or got >= total
                        elif came:
                            return False  # torn down rather than closed; what came may be all
                        else:
                            raise news
                    if got > MOST:
                        return True
                    clock.check(time.monotonic(), got, total, limit, patient)
        finally:
            transfer.left = True


def _place(progress: Progress) -> tuple[int, int, int, int]:
    return progress.file, progress.files, progress.server, progress.servers


@dataclass
class _Pace:
    """How long a server has been silent, and how fast it sends."""

    heard: float  # when the last byte came
    got: int  # bytes when the measuring of the speed began
    since: float = 0.0  # when that was
    began: float = 0.0

    def __post_init__(self) -> None:
        self.since = self.began = self.heard

    def pause(self, seconds: float) -> None:
        self.heard += seconds
        self.since += seconds
        self.began += seconds

    def check(self, now: float, got: int, total: int, limit: Patience, patient: bool) -> None:
        """Raise _Refused after silence, _TooSlow where another server should be tried."""
        if now - self.heard > limit.silence * (4 if patient else 1):
            if got and not patient:
                raise _TooSlow
            raise _Refused
        if now - self.since < limit.settle:
            return
        speed = (got - self.got) / (now - self.since)
        left = (total - got) / max(speed, 1e-9) if total else 0.0
        if (speed < limit.floor and not patient) or now - self.began + left > limit.longest:
            raise _TooSlow
        self.since, self.got = now, got


@dataclass(frozen=True)
class _Head:
    resumed: bool  # the server sends the rest, and not all again (then its beginning was looked at)
    total: int  # bytes of the whole file, 0 if not said


class _Transfer:
    """One request. Its news come in order: a head, pieces as they arrive, and None at the end; or what went wrong."""

    def __init__(self, address: str, start: int, timeout: float) -> None:
        self.news: queue.SimpleQueue[_Head | bytes | Exception | None] = queue.SimpleQueue()
        self.left = False  # nobody waits any more: the thread ends with the next piece, or with its timeout
        arguments = (address, start, timeout)
        threading.Thread(target=self._run, args=arguments, name="transfer", daemon=True).start()

    def _run(self, address: str, start: int, timeout: float) -> None:
        try:
            request = urllib.request.Request(address, headers={"Range": f"bytes={start}-"} if start else {})
            # urlopen keeps the proxies of its first call for the life of the process.
            with urllib.request.build_opener().open(request, timeout=timeout) as answer:
                resumed = answer.status == 206
                if resumed and not (answer.headers.get("Content-Range") or "").startswith(f"bytes {start}-"):
                    raise ValueError("another range than was asked for")
                rest = max(int(answer.headers.get("Content-Length") or 0), 0)
                total = rest + start * resumed if rest else 0
                first = b"" if resumed else answer.read(len(GZIP))
                if not resumed and first != GZIP:  # for this, nothing that came earlier is thrown away
                    raise ValueError("another thing than the file")
                self.news.put(_Head(resumed, total if total <= MOST else 0))  # more than that is a lie
                if first:
                    self.news.put(first)
                while not self.left and (piece := answer.read1(1 << 16)):  # what has come; read() waits for all of it
                    self.news.put(piece)
                self.news.put(None)
        except urllib.error.HTTPError as error:  # 416: it has no more than what we have, so that is not the file
            error.close()
            started_wrong = error.code == 416 and start
            self.news.put(_Head(False, 0) if started_wrong else _Refused())
            self.news.put(None)
        except (OSError, ValueError, http.client.HTTPException):  # timeouts are OSErrors
            self.news.put(_Refused())


def _fits(data: bytes, md5: str) -> bool:
    return hashlib.md5(data, usedforsecurity=False).hexdigest() == md5


def kept_sums(folder: Path) -> dict[str, str]:
    """SHA-256 of the unpacked files that were downloaded into a folder, by name."""
    try:
        kept = files.read_json(folder / CHECKSUMS)
    except (OSError, ValueError):
        return {}
    good = isinstance(kept, dict) and all(isinstance(value, str) for value in kept.values())
    return dict(kept) if good else {}


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
