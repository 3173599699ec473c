"""Readers of files from elsewhere: zip, npz and safetensors, by hand or by readers that cannot execute code.

What a file declares is bounded before it is read, and whatever a reader raises on hostile bytes is one refusal. Imports
no torch.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import numpy as np

from vae_core import zips
from vae_core.architecture import of_config
from vae_core.config import Config
from vae_core.runs import files
from vae_core.runs.run import RunError

MAX_IMAGES = 10_000  # kept test images; training.snapshots.LATENT_IMAGES
MAX_TABLE = 400_000  # bytes of a zip's table of contents: 501 epochs need 100,000
MAX_INNER_TABLE = 4_096  # the same of an npz, with its two arrays
MAX_HEADER = 16_384  # bytes of JSON before the tensors
PIECE = 1 << 20  # bytes that are looked at at a time


class Refused(RunError):
    """An archive that cannot be taken in; the message is one sentence with the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"This file cannot be imported: {reason}.")


@contextmanager
def reading() -> Iterator[None]:
    """Whatever a reader raises on hostile bytes is one refusal."""
    try:
        yield
    except RunError:
        raise
    except zips.Odd:
        raise Refused("it is encrypted, or packed in an unusual way") from None
    except Exception:  # zip, npy and JSON readers raise almost anything, RecursionError and MemoryError included
        raise Refused("it is damaged") from None


def open_zip(file: IO[bytes], size: int, most: int = MAX_TABLE) -> zipfile.ZipFile:
    """The zip, once its table of contents is known to be small. Python would read millions of entries first."""
    with reading():
        file.seek(max(size - 22 - 20, 0))
        end = file.read()
    locator, record = end[:-22], end[-22:]
    if len(record) < 22 or record[:4] != b"PK\x05\x06" or record[20:] != b"\0\0":
        raise Refused("it is not a run that Latent Lab exported")
    if locator[:4] == b"PK\x06\x07" or int.from_bytes(record[12:16], "little") > most:
        raise Refused("it has too many parts")
    with reading():
        return zips.ForeignZip(file)


def read_part(bundle: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], name: str) -> bytes:
    """A part, of its declared size at most; the zip's checksum must fit."""
    with reading(), bundle.open(entries[name]) as part:
        raw = part.read(entries[name].file_size + 1)
        if len(raw) != entries[name].file_size:
            raise Refused("its parts do not have the size that it says")
        return raw


Sizes = tuple[int | None, ...]


def read_arrays(raw: bytes, wanted: dict[str, str], shape: Sizes | dict[str, Sizes]) -> dict[str, np.ndarray]:
    """The arrays of an npz with exactly these names and types, and of this shape, or each of its own.

    ``None`` is any size up to MAX_IMAGES; first sizes that are so must agree.
    """
    shapes = shape if isinstance(shape, dict) else dict.fromkeys(wanted, shape)
    bundle = open_zip(io.BytesIO(raw), len(raw), MAX_INNER_TABLE)
    infos = {info.filename: info for info in bundle.infolist()}
    if set(infos) != {f"{name}.npy" for name in wanted} or len(bundle.infolist()) != len(infos):
        raise Refused("its arrays have other names")
    found: dict[str, np.ndarray] = {}
    for name, kind in wanted.items():
        info, expected = infos[f"{name}.npy"], shapes[name]
        numbers = math.prod(MAX_IMAGES if n is None else n for n in expected)
        if info.file_size > numbers * np.dtype(kind).itemsize + 4_096:
            raise Refused("its arrays are larger than its settings allow")
        content = io.BytesIO(read_part(bundle, infos, f"{name}.npy"))
        with reading():
            if np.lib.format.read_magic(content) != (1, 0):
                raise Refused("its arrays are of another version")
            size, by_columns, dtype = np.lib.format.read_array_header_1_0(content, max_header_size=1_024)
            rest = content.read()
        wrong = len(size) != len(expected) or any(n not in (None, m) for n, m in zip(expected, size, strict=True))
        if wrong or by_columns or dtype != np.dtype(kind) or len(rest) != math.prod(size) * dtype.itemsize:
            raise Refused("its arrays have other shapes than its settings say")
        array = np.frombuffer(rest, dtype).reshape(size)
        if len(array) > MAX_IMAGES or (kind == "<f2" and array.size and (array.view("<u2") & 0x7FFF).max() >= 0x7C00):
            raise Refused("its arrays hold values that are too large, or not numbers")
        found[name] = array
    free = {len(array) for name, array in found.items() if shapes[name][0] is None}
    if len(free) > 1 or not all(len(array) for array in found.values()):
        raise Refused("its arrays do not fit together")
    return found


def resume_shapes(config: Config) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Names, types and shapes in ``resume.safetensors`` (vae_core.training.checkpoint)."""
    shapes: dict[str, tuple[str, tuple[int, ...]]] = {}
    for number, (name, shape) in enumerate(of_config(config).parameter_shapes.items()):
        shapes |= {f"model.{name}": ("F32", shape), f"optimizer.{number}.step": ("F32", ())}
        shapes |= {f"optimizer.{number}.{moment}": ("F32", shape) for moment in ("exp_avg", "exp_avg_sq")}
    return shapes


def tensor_header(raw: bytes) -> tuple[dict[str, Any], int]:
    """The JSON before the tensors of a safetensors file, and where the tensors begin."""
    (length,) = struct.unpack_from("<Q", raw)
    if length > MAX_HEADER or 8 + length > len(raw):
        raise ValueError
    return dict(files.parse(raw[8 : 8 + length])), 8 + length


def check_tensors(part: IO[bytes], size: int, wanted: dict[str, tuple[str, tuple[int, ...]]]) -> dict[str, Any]:
    """Refuse a safetensors file unless it holds exactly these tensors, whole; returns what it says about itself."""
    with reading():
        first = part.read(8)
        header, start = tensor_header(first + part.read(min(int.from_bytes(first, "little"), MAX_HEADER + 1)))
        words = header.pop("__metadata__")
        found = {name: (entry["dtype"], tuple(entry["shape"])) for name, entry in header.items()}
        places = {name: tuple(map(int, entry["data_offsets"])) for name, entry in header.items()}
        about, crc32 = str(words["about"]), str(words["crc32"])
        about_json = dict(files.parse(about))
    if found != wanted:
        raise Refused("its weights do not fit its settings")
    end, crc = 0, zlib.crc32(about.encode(errors="replace"))
    for name in sorted(wanted):  # the order in which safetensors writes tensors of one type
        kind, shape = wanted[name]
        length = math.prod(shape) * (2 if kind == "F16" else 4)
        if places[name] != (end, end + length):
            raise Refused("its weights are damaged")
        crc = _check_tensor(part, name, length, kind, zlib.crc32(name.encode(), crc))
        end += length
    with reading():
        if start + end != size or part.read(1) or str(crc) != crc32:  # at its end, the zip's checksum is compared, too
            raise Refused("its weights are damaged: the checksum does not fit")
    return about_json


def _check_tensor(part: IO[bytes], name: str, length: int, kind: str, crc: int) -> int:
    """Look at the next so many bytes of a file, the numbers of a tensor. Returns the checksum so far."""
    half = kind == "F16"
    number = np.dtype("<u2" if half else "<u4")
    infinite, unsigned = (0x7C00, 0x7FFF) if half else (0x7F800000, 0x7FFFFFFF)
    ends: list[int] = []  # the least and the largest of each piece, without their signs
    left = length
    while left:
        raw = part.read(min(left, PIECE))
        if not raw or len(raw) % number.itemsize:
            raise Refused("its weights are damaged")
        sizes = np.frombuffer(raw, number) & unsigned
        ends += [int(sizes.min()), int(sizes.max())]
        if ends[-1] >= infinite:  # or NaN, which is above it
            raise Refused("its weights hold values that are not numbers")
        crc, left = zlib.crc32(raw, crc), left - len(raw)
    if min(ends) == max(ends) and name.endswith(".weight") and length >= 16 * number.itemsize:
        raise Refused("its weights are all the same number, which no training leaves behind")
    return crc
