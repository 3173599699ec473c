"""How much refusing a run's file may cost: properties, no times."""

from __future__ import annotations

import io
import json
import zipfile
import zlib

import pytest
from core_helpers import assert_one_sentence

from tests.core.archives_made import bundle, content, packed, refused
from vae_core.runs import archive, files, unpacking, untrusted
from vae_core.runs.archive import unpack
from vae_core.runs.run import RunError
from vae_core.runs.untrusted import Refused
from vae_core.training import schedule


def counted(monkeypatch, module: object, name: str) -> list[int]:
    """The calls of a function from now on; the list holds the size of each first argument."""
    calls: list[int] = []
    real = getattr(module, name)

    def count(first, *rest, **options):
        calls.append(len(first) if hasattr(first, "__len__") else 0)
        return real(first, *rest, **options)

    monkeypatch.setattr(module, name, count)
    return calls


@pytest.mark.parametrize("name", ["steps.jsonl", "metrics.jsonl"])
def test_the_first_bad_line_ends_it(good, tmp_path, monkeypatch, name):
    parts = content(good)
    parts[name] = b"{}\n" * (unpacking.TEXTS[name] // 3)
    small = io.BytesIO()
    with zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED) as file:
        for part, raw in parts.items():
            file.writestr(part, raw)
    parsed = counted(monkeypatch, files, "parse")
    refused(small.getvalue(), tmp_path / "runs")
    assert len(parsed) <= 10, "the settings, the status, the epochs, and one line"


def test_no_more_lines_are_read_than_the_epochs_can_have(good, tmp_path, monkeypatch):
    parts = content(good)
    line = json.dumps({"step": 1, "epoch": 1, "reconstruction": 1.0, "kl": 1.0})
    parts["steps.jsonl"] = "".join(line.replace("1,", f"{k},", 1) + "\n" for k in range(1, 9_000)).encode()
    parsed = counted(monkeypatch, files, "parse")
    assert "more lines" in refused(bundle(parts), tmp_path / "runs")
    assert len(parsed) <= 10 + 5 * unpacking.MAX_POINTS
    parts["steps.jsonl"] = b"\n" * 90_000
    assert "more lines" in refused(bundle(parts), tmp_path / "runs")


def test_as_many_lines_as_a_training_writes_are_taken():
    for batches in range(1, 4_000):
        every = max(batches // schedule.WINDOWS_PER_EPOCH, 1)
        written = sum(number % every == 0 or number == batches for number in range(1, batches + 1))
        assert written <= unpacking.MAX_POINTS


def test_nothing_is_written_before_all_of_it_is_known_to_be_good(good, tmp_path, monkeypatch):
    parts = content(good)
    parts["weights/0005.safetensors"] = parts["weights/0005.safetensors"][:-1] + b"x"
    written = counted(monkeypatch, files, "write_atomic")
    asked: list[int] = []
    refused(bundle(parts), tmp_path / "runs", room=asked.append)
    assert not written and not asked


def test_weights_are_looked_at_in_pieces(stopped, tmp_path, monkeypatch):
    monkeypatch.setattr(untrusted, "PIECE", 64)
    pieces: list[int] = []
    real = zlib.crc32
    monkeypatch.setattr(untrusted.zlib, "crc32", lambda raw, crc=0: pieces.append(len(raw)) or real(raw, crc))
    run = unpack(io.BytesIO(packed(stopped)), tmp_path)
    monkeypatch.undo()
    run.check()
    checked = [size for size in pieces if size == 64]
    assert len(checked) > 100, "64 bytes at a time"


def test_one_file_is_read_at_a_time(good, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "WAIT_SECONDS", 0.01)

    class Slow(io.BytesIO):
        def read(self, *arguments):
            with pytest.raises(RunError, match="Another import is being read") as refusal:
                unpack(io.BytesIO(good), tmp_path)
            assert_one_sentence(str(refusal.value).replace("; try", ", try"))
            return b""

    with pytest.raises(Refused):
        unpack(Slow(good), tmp_path)
    unpack(io.BytesIO(good), tmp_path).check()
