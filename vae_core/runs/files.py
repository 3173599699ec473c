"""Files that are whole or absent: written beside their name, then moved over it. Imports no torch."""

from __future__ import annotations

import json
import os
import re
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from vae_core import os_compat

LEFT_SECONDS = 3600.0  # a part of who knows whom that is older was left behind
HERE = f"{zlib.crc32(os_compat.HOST.encode()):08x}"  # a process number means something on its own machine only
PART = re.compile(rf"\.{HERE}-(\d+)-(\d+)-\d+\.part$")


def write_atomic(path: Path, write: Callable[[IO[bytes]], Any], *, durable: bool = True) -> None:
    """Call ``write`` with a binary file beside ``path``, then move it over ``path``.

    With ``durable`` the bytes reach the disk before the name does, so that a power cut leaves the old
    file or the new one, never half of either. A reader never sees a partial file in any case. The folder is not made:
    a run that was deleted must not come back.
    """
    # A name of its own, since two threads or processes may be writing the same file.
    part = path.with_name(f".{path.name}.{_me(os.getpid())}-{threading.get_ident()}.part")
    try:
        with open(part, "wb") as file:
            write(file)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os_compat.replace(part, path)
    except BaseException:
        with suppress(OSError):  # what went wrong is the news, not what is left of it
            part.unlink(missing_ok=True)
        raise


@lru_cache(maxsize=1)
def _me(pid: int) -> str:
    """Machine, number and birth of this process (a forked one is another), as they stand in the names of its parts."""
    return f"{HERE}-{pid}-{round(100 * os_compat.born(pid))}"


def remove_left_parts(folder: Path) -> None:
    """Remove half-written files that nobody is writing any more: their process is gone; of other machines, old ones."""
    for inside, _, _ in os.walk(folder):
        for part in os_compat.listed(Path(inside), ".*.part"):
            with suppress(OSError):  # another was quicker
                if _is_left(part):
                    os_compat.remove(part)


def _is_left(part: Path) -> bool:
    """Whether nobody will come back to a part."""
    if match := PART.search(part.name):
        return not os_compat.lives(int(match[1]), int(match[2]) / 100)
    return abs(time.time() - part.stat().st_mtime) > LEFT_SECONDS  # from the future is as good as old


def write_bytes(path: Path, data: bytes) -> None:
    write_atomic(path, lambda file: file.write(data))


def write_json(path: Path, data: Any, *, durable: bool = True) -> None:
    text = json.dumps(data, indent=1, allow_nan=False)
    write_atomic(path, lambda file: file.write(text.encode()), durable=durable)


def read_json(path: Path) -> Any:
    """Raises OSError or ValueError."""
    return parse(os_compat.read_bytes(path).decode())


def parse(text: str | bytes) -> Any:
    """JSON from a text that may be anything. Raises ValueError."""
    try:
        return json.loads(text)
    except RecursionError:  # a hundred thousand brackets
        raise ValueError("nested too deeply") from None


def write_npz(path: Path, arrays: dict[str, Any], *, compress: bool = False, durable: bool = True) -> None:
    """Named arrays as a zip with a checksum for each; read with ``allow_pickle=False``."""
    import numpy as np

    save: Any = np.savez_compressed if compress else np.savez
    write_atomic(path, lambda file: save(file, **arrays), durable=durable)


def append_lines(path: Path, records: list[dict[str, Any]], *, durable: bool = False) -> None:
    """Append JSON records, a line each; all of them or, if the disk is full, none."""
    lines, before = "".join(json.dumps(r, allow_nan=False) + "\n" for r in records).encode(), _size(path)
    try:
        with os_compat.patiently(lambda: open(path, "ab"), path, os.W_OK) as file:
            file.write(lines)
            if durable:
                file.flush()
                os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):  # half a line would spoil the next one, too, once there is room again
            os.truncate(path, before)
        raise


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def rewrite_lines(path: Path, records: list[dict[str, Any]]) -> None:
    """Replace all records of a file at once, which also drops a torn last line."""
    text = "".join(json.dumps(r, allow_nan=False) + "\n" for r in records)
    write_bytes(path, text.encode())


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON records of a file. A torn last line is not an error and is left out; a bad line before it is.

    Raises ValueError naming the line.
    """
    try:
        raw = os_compat.read_bytes(path)
    except FileNotFoundError:
        return []
    lines = raw.split(b"\n")
    records = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = parse(line)
            if not isinstance(record, dict):
                raise ValueError
        except ValueError:
            if number == len(lines):  # no newline after it: it was being written when the power went
                break
            raise ValueError(f"line {number} of {path.name} cannot be read") from None
        records.append(record)
    return records


def stamp(path: str) -> tuple[int, ...]:
    """Changes when the file does, or the list of files in a folder."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns
