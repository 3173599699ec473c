"""IDX files, the format of MNIST: looked at in a moment, or read whole. Plain or gzipped, as their first bytes say.

An IDX file of bytes is two zeros, the type 8, the number of dimensions, their sizes (big-endian, 4 bytes each), then
the values. What a header promises is believed only once the file has exactly that.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

GZIP = b"\x1f\x8b"
MOST = 1_000_000_000  # bytes of values; MNIST's largest file has 47 million
DIMENSIONS = 3  # of pictures; labels have one


class IdxError(ValueError):
    """What is wrong with a file, as it goes on after "The file ... ": no full stop."""


@dataclass(frozen=True)
class Contents:
    """A whole file."""

    array: np.ndarray  # uint8, of the shape that the header gives
    sha256: str  # of the file, unpacked
    md5: str  # of the file as it stands, if it is gzipped; else empty


def shape_of(path: Path) -> tuple[int, ...]:
    """The sizes of an array, from the header, and held against the length of the file where it is not gzipped.

    Raises IdxError or OSError.
    """
    with open(path, "rb") as file:
        packed = file.read(2) == GZIP
    try:
        with gzip.open(path) if packed else open(path, "rb") as file:
            shape = _header(file.read)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise IdxError("is damaged: it cannot be unpacked") from None
    if not packed:
        _check_length(os.path.getsize(path), shape)
    return shape


def read(path: Path) -> Contents:
    """All of a file. Raises IdxError or OSError."""
    raw = path.read_bytes()
    packed = raw[:2] == GZIP
    shape = shape_of(path)
    if packed:
        md5, raw = hashlib.md5(raw, usedforsecurity=False).hexdigest(), _unpack(path, _length(shape))
    else:
        md5 = ""
    _check_length(len(raw), shape)
    array = np.frombuffer(raw, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)
    return Contents(array, hashlib.sha256(raw).hexdigest(), md5)


def _unpack(path: Path, expected: int) -> bytes:
    """At most one byte more than belongs there, whatever is packed."""
    try:
        with gzip.open(path) as file:
            return file.read(expected + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise IdxError("is damaged: it cannot be unpacked") from None


def _header(read: Callable[[int], bytes]) -> tuple[int, ...]:
    start = read(4)
    if len(start) < 4 or start[:3] != b"\0\0\x08":
        raise IdxError("does not start like an IDX file of bytes")
    if not 1 <= start[3] <= DIMENSIONS:
        raise IdxError(f"says that it has {start[3]} dimensions, where pictures have 3 and labels 1")
    sizes = read(4 * start[3])
    if len(sizes) < 4 * start[3]:
        raise IdxError("is damaged: it ends within its header")
    shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
    if math.prod(shape) > MOST:
        raise IdxError(f"says that it has {' x '.join(map(str, shape))} values, which is too many")
    return shape


def _length(shape: tuple[int, ...]) -> int:
    return 4 + 4 * len(shape) + math.prod(shape)


def _check_length(found: int, shape: tuple[int, ...]) -> None:
    if found != (expected := _length(shape)):
        more = "more" if found > expected else f"{found:,} bytes"
        raise IdxError(f"is damaged: it has {more} where {expected:,} bytes belong")
