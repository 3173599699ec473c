"""Watches what Python does while hostile bytes are read: code, and writes outside one folder. For tests."""

from __future__ import annotations

import bz2
import io
import lzma
import os
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CODE = ("pickle.find_class", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "subprocess.Popen")
WRITES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "shutil.rmtree")
_allowed: list[Path] = []
_seen: list[str] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if not _allowed:
        return
    if event in CODE:
        _seen.append(f"{event} {arguments!r}")
    elif event == "open" and isinstance(arguments[0], (str, bytes)):
        path, mode, flags = arguments
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) if isinstance(flags, int) else "w" in str(mode):
            _look(event, path)
    elif event in ("os.remove", "os.rmdir") and arguments[1] != -1:
        return  # inside shutil.rmtree, relative to a folder that was looked at
    elif event in WRITES:
        _look(event, *[a for a in arguments[:2] if isinstance(a, (str, bytes, Path))])


def _look(event: str, *paths: object) -> None:
    for path in paths:
        full = os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type]
        if not any(full == str(folder) or full.startswith(f"{folder}{os.sep}") for folder in _allowed):
            _seen.append(f"{event} {full}")


sys.addaudithook(_hook)  # cannot be taken away again; it is idle unless something is watched


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    """Fail if anything inside executes code from data, or writes outside ``folder``."""
    _seen.clear()
    _allowed[:] = [folder]
    try:
        yield
    finally:
        _allowed.clear()
    assert not _seen, _seen[:5]


ODD = (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)  # Python unpacks all it has read of these, whatever size is declared


def oddly_packed(packed: bytes, packing: int) -> bytes:
    """The same zip, its parts packed in a way whose memory has no bounds."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), packing)
    return out.getvalue()


@contextmanager
def nothing_odd_is_unpacked() -> Iterator[None]:
    """Fail if anything inside begins to unpack BZIP2 or LZMA."""

    def begun(*_: object, **__: object) -> None:
        pytest.fail("it began to unpack it")  # no Exception, so that no reader of hostile bytes takes it for one

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bz2, "BZ2Decompressor", begun)
        patch.setattr(lzma, "LZMADecompressor", begun)
        yield
