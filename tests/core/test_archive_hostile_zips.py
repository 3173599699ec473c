"""A run's file that is no honest zip, is too large or cannot be written: refused, and nothing is left behind."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hostile import ODD, nothing_odd_is_unpacked, oddly_packed

from tests.core.archives_made import bundle, content, refused
from vae_core.runs import files
from vae_core.runs.archive import unpack
from vae_core.runs.run import RunError
from vae_core.runs.untrusted import Refused


def test_a_zip_bomb_is_refused_before_it_is_unpacked(good, tmp_path):
    for name, size in (("steps.jsonl", 300_000_000), ("weights/0001.safetensors", 30_000_000)):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            for part, raw in content(good).items():
                if part != name:
                    file.writestr(part, raw)
            with file.open(name, "w") as big:
                for _ in range(size // 1_000_000):
                    big.write(bytes(1_000_000))
        assert len(out.getvalue()) < 2_000_000
        reason = refused(out.getvalue(), tmp_path / "runs")
        assert "would unpack to more than" in reason or "larger than its settings allow" in reason


def test_a_zip_that_lies_about_its_sizes_is_refused(good, tmp_path):
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = bomb.compress(b" " * 20_000_000) + bomb.flush()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for part, whole in content(good).items():
            file.writestr(part, whole if part != "steps.jsonl" else raw)
        info = file.getinfo("steps.jsonl")
        info.compress_type, info.file_size = zipfile.ZIP_DEFLATED, 100
    refused(out.getvalue(), tmp_path / "runs")


def test_links_twins_passwords_and_odd_packing_are_refused(good, tmp_path):
    def with_first(change: Callable[[zipfile.ZipInfo], None], packing: int = zipfile.ZIP_STORED) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as file:
            for part, raw in content(good).items():
                info = zipfile.ZipInfo(part)
                file.writestr(info, raw, packing if part == "steps.jsonl" else zipfile.ZIP_STORED)
                if part == "steps.jsonl":
                    change(info)
        return out.getvalue()

    def link(info: zipfile.ZipInfo) -> None:
        info.external_attr = (stat.S_IFLNK | 0o777) << 16

    def lock(info: zipfile.ZipInfo) -> None:
        info.flag_bits |= 1

    assert "links" in refused(with_first(link), tmp_path / "runs")
    assert "encrypted" in refused(with_first(lock), tmp_path / "runs")
    for packing in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert "unusual" in refused(with_first(lambda info: None, packing), tmp_path / "runs")
    out = io.BytesIO(good)
    with zipfile.ZipFile(out, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("config.json", b"{}")
    assert "twice" in refused(out.getvalue(), tmp_path / "runs")


@pytest.mark.parametrize("packing", ODD)
@pytest.mark.parametrize("part", ["latents/labels.npz", "latents/0001.npz", "moments/01.npz"])
def test_odd_packing_inside_a_part_is_refused_before_it_is_unpacked(good, tmp_path, part, packing):
    parts = content(good)
    parts[part] = oddly_packed(parts[part], packing)
    with nothing_odd_is_unpacked():
        assert "unusual" in refused(bundle(parts), tmp_path / "runs")


def test_an_endless_table_of_contents_is_not_read(tmp_path):
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 65_535, 65_535, 190_000_000, 0, 0)
    assert "too many parts" in refused(bytes(1_000) + end, tmp_path / "runs")
    wide = b"PK\x06\x07" + bytes(16) + b"PK\x05\x06" + bytes(18)
    assert "too many parts" in refused(wide, tmp_path / "runs")


@pytest.mark.parametrize("raw", [b"", b"PK", b"hello", bytes(22), b"PK\x05\x06" + bytes(18), b"\x80\x04." * 99])
def test_what_is_no_archive_is_refused(tmp_path, raw):
    refused(raw, tmp_path / "runs")


def test_a_file_may_be_too_large_and_settings_too_much_for_this_machine(good, tmp_path):
    assert "larger than" in refused(good, tmp_path / "runs", limit=1000)

    def accept(config):
        raise Refused("it is more than this server takes")

    assert "this server" in refused(good, tmp_path / "runs", accept=accept)


def test_a_full_disk_during_an_import_leaves_nothing(good, tmp_path, monkeypatch):
    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_bytes", full)
    with pytest.raises(RunError, match="No space left"):
        unpack(io.BytesIO(good), tmp_path)
    assert os.listdir(tmp_path) == []
