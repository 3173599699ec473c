"""Runs packed as one file for the tests of archives: made, looked into, put together anew, refused."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
import safetensors  # noqa: F401 (its first import writes a cache, which the watch would see)
from core_helpers import assert_one_sentence
from hostile import watched

from vae_core.runs.archive import pack, unpack
from vae_core.runs.run import Run
from vae_core.runs.untrusted import Refused


def packed(run: Run, **options: int) -> bytes:
    out = io.BytesIO()
    pack(run, out, **options)
    return out.getvalue()


class Bytes(bytes):
    def __repr__(self) -> str:  # a failing test prints its arguments
        return f"{len(self)} bytes"


def content(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as file:
        return {name: file.read(name) for name in file.namelist()}


def names_in(bundle: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as file:
        return sorted(file.namelist())


def bundle(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, raw in parts.items():
            file.writestr(zipfile.ZipInfo(name), raw)
    return out.getvalue()


def refused(raw: bytes, folder: Path, **options: object) -> str:
    """The reason of the refusal; nothing may be left behind, run, or be written elsewhere."""
    folder.mkdir(exist_ok=True)
    with watched(folder), pytest.raises(Refused) as refusal:
        unpack(io.BytesIO(raw), folder, **options)  # type: ignore[arg-type]
    assert_one_sentence(refusal.value)
    assert str(refusal.value).startswith("This file cannot be imported: ")
    assert os.listdir(folder) == []
    return str(refusal.value)
