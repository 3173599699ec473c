"""A run as one file: what is packed comes back, and what is hostile is refused with the reason and leaves nothing."""

from __future__ import annotations

import io
import json
import os
import pickle
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors  # noqa: F401 (its first import writes a cache, which the watch would see)
from core_helpers import assert_one_sentence, differences, keep_lines, new_run, results, train_here
from hostile import ODD, nothing_odd_is_unpacked, oddly_packed, watched
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vae_core.analysis.sampling import decode
from vae_core.runs import archive, files, lifecycle, moments, untrusted
from vae_core.runs.archive import pack, unpack
from vae_core.runs.index import list_runs
from vae_core.runs.run import Run, RunError, Status, write_status
from vae_core.runs.untrusted import Refused
from vae_core.training import loop, schedule
from vae_core.training.checkpoint import load_model
from vae_core.training.progress_and_pause import Reporter, Stopped


def packed(run: Run, **options: int) -> bytes:
    out = io.BytesIO()
    pack(run, out, **options)
    return out.getvalue()


class Bytes(bytes):
    def __repr__(self) -> str:  # a failing test prints its arguments
        return f"{len(self)} bytes"


@pytest.fixture(scope="module")
def good(finished_run) -> bytes:
    return Bytes(packed(finished_run))


@pytest.fixture(scope="module")
def stopped(few_digits, tmp_path_factory) -> Run:
    """A run that stopped after its first of two epochs, and can go on."""
    run = train_here(new_run(tmp_path_factory.mktemp("whole"), epochs=2), few_digits)
    short = new_run(tmp_path_factory.mktemp("stopped"), epochs=2)
    shutil.copytree(run.path, short.path.parent / "whole")

    class StopsAfterOne(Reporter):
        def epoch_done(self, epoch: int, step: int) -> None:
            super().epoch_done(epoch, step)
            raise Stopped

    reporter = StopsAfterOne(short)
    with pytest.raises(Stopped):
        loop.train(short, few_digits, reporter)
    reporter.finish("stopped")
    return short


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


# ---- what is packed comes back


def test_the_moments_of_the_first_epoch_travel(finished_run, good, tmp_path):
    before = moments.kept(finished_run)
    after = moments.kept(unpack(io.BytesIO(good), tmp_path))
    assert list(before) == list(after) == [1, 2, 4, 8, 16]
    for part, mine in before.items():
        assert (after[part].epoch, after[part].step) == (mine.epoch, mine.step)
        for name, array in mine.arrays().items():
            assert np.array_equal(array, after[part].arrays()[name])


def test_a_run_without_moments_travels_too(own_run, tmp_path):
    shutil.rmtree(own_run.path / "moments")
    run = unpack(io.BytesIO(packed(own_run)), tmp_path)
    run.check()
    assert moments.kept(run) == {} and not (run.path / "moments").exists()


def test_a_damaged_moment_is_left_behind(own_run, tmp_path):
    moments.kept_file(own_run, 4).write_bytes(b"")  # as a power cut leaves it
    assert list(moments.kept(unpack(io.BytesIO(packed(own_run)), tmp_path))) == [1, 2, 8, 16]


def test_a_well_made_moment_is_taken(good, tmp_path):
    """So that what is refused below is refused for what was changed."""
    parts = content(good) | {"moments/04.npz": moment()}
    assert moments.kept(unpack(io.BytesIO(bundle(parts)), tmp_path))[4].step == 12


def test_a_finished_run_comes_back_under_an_id_of_its_own(finished_run, good, tmp_path):
    run = unpack(io.BytesIO(good), tmp_path)
    run.check()
    before, after = results(finished_run), results(shelf_copy(run, finished_run))
    assert differences(before, after) == []
    assert run.id != finished_run.id and run.config == finished_run.config
    status = run.status()
    assert (status.state, status.epoch, status.pid, status.device) == ("finished", 5, 0, "CPU")
    assert run.title == finished_run.title and not run.about.title
    assert not {"log.txt", "trainer.lock", "control.json"} & set(os.listdir(run.path))


def shelf_copy(run: Run, original: Run) -> Run:
    """A finished archive leaves out what only a training needs; put it beside, so that all the rest can be compared."""
    if not (run.path / "resume.safetensors").exists():
        shutil.copy(original.path / "resume.safetensors", run.path)
    return run


def test_a_stopped_run_goes_on_elsewhere_to_the_very_same_end(stopped, few_digits, tmp_path):
    run = unpack(io.BytesIO(packed(stopped)), tmp_path)
    assert run.status().state == "stopped"
    train_here(run, few_digits)
    assert differences(results(run), results(Run(stopped.path.parent / "whole"))) == []


def test_every_model_of_the_gallery_can_be_taken_along(tmp_path):
    for run in list_runs(Path("nowhere")):
        mine = unpack(io.BytesIO(packed(run)), tmp_path, owner="x")
        mine.check()
        assert mine.title == run.title and mine.about.owner == "x"
        assert mine.weight_epochs() == [e for e in run.weight_epochs() if e in run.latent_epochs()]


def test_a_long_run_keeps_an_even_choice_of_its_epochs(finished_run, tmp_path):
    epoch = finished_run.weights_file(1).stat().st_size + finished_run.latents_file(1).stat().st_size
    fixed = len(packed(finished_run)) - 6 * epoch
    small = packed(finished_run, limit=fixed + untrusted.MAX_TABLE + 4 * epoch)
    run = unpack(io.BytesIO(small), tmp_path)
    run.check()
    assert run.weight_epochs()[-1] == 5 and len(run.weight_epochs()) in (3, 4)
    assert len(run.metrics()) == 6 and run.about.sparse


def test_titles_travel_and_owners_do_not(own_run, tmp_path):
    lifecycle.note(own_run, title="Für Anna", owner="secret", pinned=True)
    raw = packed(Run(own_run.path))
    assert b"secret" not in raw
    about = unpack(io.BytesIO(raw), tmp_path).about
    assert (about.title, about.owner, about.pinned) == ("Für Anna", "", False)


def test_a_run_in_training_is_exported_as_far_as_it_is_finished(own_run, tmp_path):
    keep_lines(own_run.path / "metrics.jsonl", 3)  # the resume file is now ahead of it
    write_status(own_run, Status(state="running", pid=os.getpid(), epochs=5, steps_per_epoch=90))
    run = unpack(io.BytesIO(packed(own_run)), tmp_path)
    assert (run.epoch, run.status().state) == (2, "stopped")
    assert not (run.path / "resume.safetensors").exists()


def test_a_run_without_an_epoch_is_not_exported(runs_dir):
    with pytest.raises(RunError) as refusal:
        packed(new_run(runs_dir))
    assert_one_sentence(refusal.value)


# ---- hostile files


class Payload:
    def __reduce__(self):
        return os.mkdir, ("it ran",)


def change(name: str, raw: bytes | Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], None]:
    def damage(parts: dict[str, bytes]) -> None:
        parts[name] = raw if isinstance(raw, bytes) else raw(parts[name])

    return damage


def setting(**changes: object) -> Callable[[dict[str, bytes]], None]:
    return change("config.json", lambda raw: json.dumps({**json.loads(raw), **changes}).encode())


def record(number: int, **changes: object) -> Callable[[dict[str, bytes]], None]:
    def damage(raw: bytes) -> bytes:
        lines = [json.loads(line) for line in raw.splitlines()]
        lines[number] |= changes
        return "\n".join(json.dumps(line) for line in lines).encode()

    return change("metrics.jsonl", damage)


def npz(**arrays: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def npy_claiming(shape: tuple[int, ...]) -> bytes:
    """An npz whose array says that it is huge."""
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": "<f2", "fortran_order": False, "shape": shape})
    return bundle({"mean.npy": out.getvalue(), "logvar.npy": out.getvalue()})


def moment(**changes: np.ndarray) -> bytes:
    """A moment of the finished run's first eighth, but for what is changed."""
    return npz(**{
        "clock": np.array([0.13, 12, 1.0]), "rebuilt": np.zeros((10, 784), "u1"),
        "invented": np.zeros((20, 784), "u1"), "mean": np.zeros((N, 3), "f2"), **changes,
    })  # fmt: skip


def tensors_claiming(size: int) -> Callable[[bytes], bytes]:
    return lambda raw: struct.pack("<Q", size) + raw[8:]


def retold(**changes: object) -> Callable[[bytes], bytes]:
    """A safetensors file whose header says something else of one tensor."""

    def damage(raw: bytes) -> bytes:
        (length,) = struct.unpack_from("<Q", raw)
        header = json.loads(raw[8 : 8 + length])
        header["decoder.0.bias"] |= changes
        text = json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + raw[8 + length :]

    return damage


def weights(raw: bytes, number: bytes) -> bytes:
    """A file of weights that are all the same half, with a checksum that fits."""
    header = json.loads(raw[8 : 8 + struct.unpack_from("<Q", raw)[0]])
    words, crc = header["__metadata__"], zlib.crc32(header["__metadata__"]["about"].encode())
    tensors = b""
    for name in sorted(set(header) - {"__metadata__"}):
        first, last = header[name]["data_offsets"]
        part = number * ((last - first) // 2)
        tensors, crc = tensors + part, zlib.crc32(part, zlib.crc32(name.encode(), crc))
    words["crc32"] = str(crc)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + tensors


def remove(name: str) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.pop(name) and None


N = 359  # kept test images of the embedded digits
BAD = {
    "no settings": (remove("config.json"), "lacks config.json"),
    "no labels": (remove("latents/labels.npz"), "lacks latents/labels.npz"),
    "a way out": (change("../../evil.txt", b"x"), "no run has"),
    "an absolute path": (change("/tmp/evil.txt", b"x"), "no run has"),
    "a way out of weights": (change("weights/../../evil.safetensors", b"x"), "no run has"),
    "a drive": (change("C:\\evil.txt", b"x"), "no run has"),
    "a script": (change("weights/0001.pt", pickle.dumps(Payload())), "no run has"),
    "a folder": (change("weights/", b""), "no run has"),
    "a digit of another script": (change("weights/٠٠٠١.safetensors", b""), "odd names|no run has"),
    "settings are a pickle": (change("config.json", pickle.dumps(Payload())), "damaged"),
    "settings are a list": (change("config.json", b"[]"), "another version|damaged"),
    "settings are brackets": (change("config.json", b"[" * 60_000), "damaged"),
    "settings are large": (change("config.json", b" " * 100_000), "too large"),
    "settings of another version": (setting(format=3), "another version"),
    "settings with more": (setting(colour="red"), "settings cannot be used"),
    "settings out of range": (setting(latent_dim=10**9), "settings cannot be used"),
    "settings as text": (setting(hidden_dim="/etc/passwd"), "settings cannot be used"),
    "settings of a larger network": (setting(hidden_dim=4096), "do not fit its settings"),
    "settings of a smaller network": (setting(hidden_dim=1), "larger than its settings|do not fit"),
    "settings without noise": (setting(model="autoencoder"), "fit|names|shapes"),
    "another dataset has its classes": (change("latents/labels.npz", npz(
        labels=np.full(N, 77, np.uint8), test_indices=np.arange(N, dtype=np.uint32))), "class"),
    "metrics out of order": (record(2, epoch=7), "not in order"),
    "metrics of words": (record(2, test={"reconstruction": "a", "kl": 1, "loss": 1}), "incomplete"),
    "metrics without end": (record(2, test={"reconstruction": 1e999, "kl": 1, "loss": 1}), "none|incomplete"),
    "metrics too large": (record(2, kl_per_dimension=[10**60] * 3), "incomplete"),
    "metrics of another size": (record(2, kl_per_dimension=[1.0] * 4), "incomplete"),
    "more epochs than settings": (change("metrics.jsonl", lambda raw: raw * 9), "number of epochs"),
    "no epochs": (change("metrics.jsonl", b""), "number of epochs"),
    "steps of words": (change("steps.jsonl", b'{"step": "1", "epoch": 1, "reconstruction": 1, "kl": 1}\n'), "steps"),
    "status of words": (change("status.json", b'{"step": "many"}'), "status"),
    "status with steps beyond count": (change("status.json", b'{"steps_per_epoch": 99999999}'), "steps"),
    "steps that go back": (change("steps.jsonl", lambda raw: raw + raw.splitlines(True)[0]), "not in order"),
    "steps of an epoch to come": (change(
        "steps.jsonl", lambda raw: raw.replace(b'"epoch": 5', b'"epoch": 6')), "not in order"),
    "losses below 0": (record(2, test={"reconstruction": -1.0, "kl": 1.0, "loss": 0.0}), "below 0"),
    "a line without end": (change("metrics.jsonl", lambda raw: b'{"epoch": 0' + b" " * 20_000 + raw), "too long"),
    "a deep line": (change("metrics.jsonl", b"[" * 2_000 + b"]" * 2_000), "damaged"),
    "a number without end": (change("metrics.jsonl", b'{"epoch": ' + b"9" * 4_000 + b"}"), "damaged|order"),
    "a class too many": (change("latents/labels.npz", npz(
        labels=np.arange(N, dtype=np.uint8) % 11, test_indices=np.arange(N, dtype=np.uint32))), "class"),
    "one picture": (change("latents/labels.npz", npz(
        labels=np.ones(1, np.uint8), test_indices=np.zeros(1, np.uint32))), "too few"),
    "a picture twice": (change("latents/labels.npz", npz(
        labels=np.arange(N, dtype=np.uint8) % 10, test_indices=np.zeros(N, np.uint32))), "twice"),
    "a picture that is not there": (change("latents/labels.npz", npz(
        labels=np.arange(N, dtype=np.uint8) % 10, test_indices=np.arange(N, dtype=np.uint32) + 1)), "does not have"),
    "bubbles beyond measure": (change("latents/0002.npz", npz(
        mean=np.zeros((N, 3), "f2"), logvar=np.full((N, 3), 60_000, "f2"))), "bubbles"),
    "an npz with many parts": (change("latents/0001.npz", bundle({f"{k}.npy": b"" for k in range(500)})), "too many"),
    "pickled means": (change("latents/0001.npz", npz(mean=np.array([Payload()], object))), "names|larger|shapes"),
    "pickled labels": (change("latents/labels.npz", npz(
        labels=np.array([Payload()] * N), test_indices=np.arange(N, dtype=np.uint32))), "larger|shapes"),
    "means of endless size": (change("latents/0001.npz", npy_claiming((10**12, 3))), "shapes"),
    "means of another size": (change("latents/0001.npz", npz(
        mean=np.zeros((N, 4), "f2"), logvar=np.zeros((N, 4), "f2"))), "shapes"),
    "means of fewer images": (change("latents/0001.npz", npz(
        mean=np.zeros((5, 3), "f2"), logvar=np.zeros((5, 3), "f2"))), "shapes"),
    "means that are no numbers": (change("latents/0001.npz", npz(
        mean=np.full((N, 3), np.nan, "f2"), logvar=np.zeros((N, 3), "f2"))), "not numbers"),
    "means are text": (change("latents/0001.npz", b"hello"), "not a run|names"),
    "a moment that no run keeps": (change("moments/03.npz", moment()), "no run has"),
    "a moment of another part": (change("moments/04.npz", moment(clock=np.array([0.6, 9, 1.0]))), "another part"),
    "a moment of no time": (change("moments/04.npz", moment(clock=np.array([np.nan, 9, 1.0]))), "no time"),
    "a moment of half a step": (change("moments/04.npz", moment(clock=np.array([0.13, 9.5, 1.0]))), "no time"),
    "a moment without pictures": (change("moments/04.npz", npz(mean=np.zeros((N, 3), "f2"))), "names"),
    "a moment of larger pictures": (change(
        "moments/04.npz", moment(rebuilt=np.zeros((10, 785), "u1"))), "shapes|larger"),
    "a moment of more pictures": (change(
        "moments/04.npz", moment(invented=np.zeros((21, 784), "u1"))), "shapes|larger"),
    "a moment of fewer dots": (change("moments/04.npz", moment(mean=np.zeros((N - 1, 3), "f2"))), "shapes"),
    "a moment of dots that are no numbers": (change(
        "moments/04.npz", moment(mean=np.full((N, 3), np.inf, "f2"))), "not numbers"),
    "a moment of words": (change("moments/04.npz", moment(rebuilt=np.full((10, 784), "a"))), "shapes|larger"),
    "a pickled moment": (change("moments/04.npz", moment(clock=np.array([Payload()] * 3))), "shapes|larger"),
    "a moment without end": (change("moments/04.npz", moment(more=np.zeros(2_000_000, "u1"))), "larger than"),
    "a moment that is a plane, of three numbers": (change(
        "moments/04.npz", moment(plane=np.zeros((225, 196), "u1"))), "names|larger"),
    "a moment that is text": (change("moments/04.npz", b"hello"), "not a run|names"),
    "header of endless size": (change("weights/0001.safetensors", tensors_claiming(2**63)), "damaged"),
    "weights that overlap": (change("weights/0001.safetensors", retold(data_offsets=[2, 66])), "damaged|fit"),
    "weights of another shape": (change("weights/0001.safetensors", retold(shape=[10**12])), "fit"),
    "weights of another type": (change("weights/0001.safetensors", retold(dtype="F64")), "fit"),
    "weights with a flipped bit": (change(
        "weights/0001.safetensors", lambda raw: raw[:-3] + bytes([raw[-3] ^ 1]) + raw[-2:]), "checksum"),
    "weights that are all the same": (change(
        "weights/0001.safetensors", lambda raw: weights(raw, b"\xff\x7b")), "same"),
    "weights that are all 0": (change("weights/0001.safetensors", lambda raw: weights(raw, b"\0\0")), "same"),
    "weights that are no numbers": (change("weights/0001.safetensors", lambda raw: weights(raw, b"\0\x7e")), "number"),
    "weights with more behind": (change("weights/0001.safetensors", lambda raw: raw + b"more"), "damaged"),
    "weights are a pickle": (change("weights/0001.safetensors", pickle.dumps(Payload())), "damaged"),
}  # fmt: skip


def refused(raw: bytes, folder: Path, **options: object) -> str:
    """The reason of the refusal; nothing may be left behind, run, or be written elsewhere."""
    folder.mkdir(exist_ok=True)
    with watched(folder), pytest.raises(Refused) as refusal:
        unpack(io.BytesIO(raw), folder, **options)  # type: ignore[arg-type]
    assert_one_sentence(refusal.value)
    assert str(refusal.value).startswith("This file cannot be imported: ")
    assert os.listdir(folder) == []
    return str(refusal.value)


@pytest.mark.parametrize("name", BAD)
def test_a_hostile_part_is_refused_with_the_reason(good, tmp_path, name):
    damage, reason = BAD[name]
    parts = content(good)
    damage(parts)
    assert re.search(reason, refused(bundle(parts), tmp_path / "runs"))


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


def test_an_unfinished_run_cannot_smuggle_another_record_into_the_next_training(stopped, tmp_path):
    parts = content(packed(stopped))
    raw = parts["resume.safetensors"]
    (length,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8 : 8 + length])
    about = json.loads(header["__metadata__"]["about"])
    about["record"]["epoch"] = "../../x"
    header["__metadata__"]["about"] = json.dumps(about)
    text = json.dumps(header).encode()
    parts["resume.safetensors"] = struct.pack("<Q", len(text)) + text + raw[8 + length :]
    refused(bundle(parts), tmp_path / "runs")


def test_a_full_disk_during_an_import_leaves_nothing(good, tmp_path, monkeypatch):
    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_bytes", full)
    with pytest.raises(RunError, match="No space left"):
        unpack(io.BytesIO(good), tmp_path)
    assert os.listdir(tmp_path) == []


# ---- how much a refusal may cost: properties, no times


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
    parts[name] = b"{}\n" * (archive.TEXTS[name] // 3)
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
    assert len(parsed) <= 10 + 5 * archive.MAX_POINTS
    parts["steps.jsonl"] = b"\n" * 90_000
    assert "more lines" in refused(bundle(parts), tmp_path / "runs")


def test_as_many_lines_as_a_training_writes_are_taken():
    for batches in range(1, 4_000):
        every = max(batches // schedule.WINDOWS_PER_EPOCH, 1)
        written = sum(number % every == 0 or number == batches for number in range(1, batches + 1))
        assert written <= archive.MAX_POINTS


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


# ---- any bytes at all: together with the next, over 500 examples


fuzz = settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])


def mutated(data: st.DataObject, raw: bytes) -> bytes:
    """Flip, cut, repeat or overwrite at drawn places."""
    out = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(len(out) - 1, 0)))
        match data.draw(st.sampled_from(["flip", "cut", "drop", "insert", "number"])):
            case "flip" if out:
                out[place] ^= data.draw(st.integers(1, 255))
            case "cut":
                del out[place:]
            case "drop":
                del out[place : place + data.draw(st.integers(1, 64))]
            case "insert":
                out[place:place] = data.draw(st.binary(min_size=1, max_size=32))
            case _:
                odd = data.draw(st.sampled_from([0, 1, 2**15, 2**31, 2**32 - 1, 2**63]))
                out[place : place + 8] = struct.pack("<Q", odd)
    return bytes(out)


@fuzz
@given(data=st.data())
def test_any_change_of_an_archive_is_refused_or_harmless(good, tmp_path, data):
    folder = tmp_path / "runs"
    folder.mkdir(exist_ok=True)
    parts = content(good)
    if data.draw(st.booleans()):
        raw = mutated(data, good)
    else:
        name = data.draw(st.sampled_from(sorted(parts)))
        parts[name] = mutated(data, parts[name])
        raw = bundle(parts)
    with watched(folder):
        try:
            run = unpack(io.BytesIO(raw), folder)
        except RunError as error:
            assert_one_sentence(error)
        else:
            read_all(run)
            shutil.rmtree(run.path)
    assert os.listdir(folder) == []


def read_all(run: Run) -> None:
    """All that pages ask of a run."""
    run.check()
    status, metrics, steps = run.status(), run.metrics(), run.steps()
    f"{run.title} {status.progress:.2f} {status.images_per_second:,.0f} {status.seconds_left}"
    for entry in (*steps, *(m["test"] for m in metrics)):
        f"{entry['reconstruction']:.1f}" + (f"{entry['kl']:.1f}" if run.config.is_vae else "")
    for epoch in run.latent_epochs():
        mean = run.latents(epoch).mean
        assert mean.shape == (len(run.labels()), run.config.latent_dim)
    for epoch in run.weight_epochs()[-1:]:
        decode(load_model(run, epoch), np.zeros((1, run.config.latent_dim), np.float32))


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)


@fuzz
@given(data=st.data())
def test_any_change_of_a_run_directory_is_one_sentence(finished_run, good, tmp_path, data):
    folder = tmp_path / "runs"
    shutil.rmtree(folder, ignore_errors=True)
    run = Run(Path(shutil.copytree(finished_run.path, folder / "mine")))
    file = run.path / data.draw(st.sampled_from(names_in(good)))
    if file.suffix in (".json", ".jsonl") and data.draw(st.booleans()):
        lines = [json.loads(line) for line in file.read_text().splitlines()] if file.suffix == ".jsonl" else None
        target = data.draw(st.sampled_from(lines)) if lines else json.loads(file.read_text())
        inner = [target, *(value for value in target.values() if isinstance(value, dict))]
        place = data.draw(st.sampled_from(inner))
        place[data.draw(st.sampled_from(sorted(place)))] = data.draw(ODD)
        text = "\n".join(map(json.dumps, lines)) + "\n" if lines else json.dumps(target)
        file.write_text(text)
    else:
        file.write_bytes(mutated(data, file.read_bytes()))
    with watched(folder):
        try:
            read_all(Run(run.path))
        except RunError as error:
            assert_one_sentence(error)
