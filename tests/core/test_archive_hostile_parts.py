"""A run's file with one part that is not what it says: refused with the reason, and nothing is left behind."""

from __future__ import annotations

import io
import json
import os
import pickle
import re
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest

from tests.core.archives_made import bundle, content, packed, refused
from vae_core.runs import moments
from vae_core.runs.archive import unpack


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


def test_a_well_made_moment_is_taken(good, tmp_path):
    """So that what is refused below is refused for what was changed."""
    parts = content(good) | {"moments/04.npz": moment()}
    assert moments.kept(unpack(io.BytesIO(bundle(parts)), tmp_path))[4].step == 12


@pytest.mark.parametrize("name", BAD)
def test_a_hostile_part_is_refused_with_the_reason(good, tmp_path, name):
    damage, reason = BAD[name]
    parts = content(good)
    damage(parts)
    assert re.search(reason, refused(bundle(parts), tmp_path / "runs"))


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
