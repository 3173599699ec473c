"""A run as one file: pack it here, unpack it elsewhere.

A parcel is a zip of the run's own files under their own names, without what belongs to a machine (log, lock, requests,
owner). What comes in is hostile until proven otherwise:

- the table of contents is bounded before it is read, and every name must be one of a run's own;
- the settings come first; from them follow the exact shapes, and so the size, of everything else, which is compared
  with what the file declares before a byte of it is unpacked;
- JSON, npz and safetensors are read by hand or by readers that cannot execute code (no pickle);
- what is written is made anew from the numbers that were read, under an id of our own.

Imports no torch.
"""

from __future__ import annotations

import io
import json
import math
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np

from vae_core import runs, shelf, storage
from vae_core.config import Config, ConfigError
from vae_core.runs import FORMAT, Run, RunError, network_shapes

MAX_BYTES = 200_000_000  # of a parcel, and of what is in it
MAX_IMAGES = 10_000  # kept test images; training.LATENT_IMAGES
MAX_TABLE = 400_000  # bytes of a zip's table of contents: 501 epochs need 100,000
MAX_HEADER = 65_536  # bytes of JSON before the tensors
MAX_STEPS_PER_EPOCH = 60_000
TEXTS = {"config.json": 65_536, "status.json": 65_536, "metrics.jsonl": 4_000_000, "steps.jsonl": 8_000_000}
EPOCH_FILE = re.compile(r"(?:weights/(\d{4})\.safetensors|latents/(\d{4})\.npz)")
METRICS = ("epoch", "train", "test", "test_mean", "seconds", "images_per_second", "kl_per_dimension")
STEPS = ("step", "epoch", "reconstruction", "kl")


class Refused(RunError):
    """A parcel that cannot be taken in; the message is one sentence with the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"This file cannot be imported: {reason}.")


# ---- packing


def pack(run: Run, out: IO[bytes], limit: int = MAX_BYTES) -> tuple[int, int]:
    """Write a run's finished epochs as one zip. Returns how many epochs kept their weights, of how many.

    A long run of a large model would be too big for ``unpack``; then an even choice of its epochs keeps its weights and
    means, and all of them their numbers. Raises RunError.
    """
    metrics = run.metrics()
    if not metrics:
        raise RunError(f"The run {run.id} has no finished epoch yet, so there is nothing to export.")
    try:
        files = _fixed_files(run, metrics)
        with_means = set(run.latent_epochs())
        epochs = [e for e in run.weight_epochs() if e in with_means]
        sizes = [run.weights_file(e).stat().st_size + run.latents_file(e).stat().st_size for e in epochs]
        room = limit - sum(map(len, files.values())) - MAX_TABLE
        many = min(len(epochs), int(room // max([*sizes, 1])))
        kept = [epochs[i] for i in sorted(set(np.linspace(len(epochs) - 1, 0, max(many, 0)).round().astype(int)))]
        with zipfile.ZipFile(out, "w", allowZip64=False) as bundle:
            for name, content in files.items():
                bundle.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
            for file in (file for e in kept for file in (run.weights_file(e), run.latents_file(e))):
                bundle.writestr(zipfile.ZipInfo(f"{file.parent.name}/{file.name}"), file.read_bytes())
    except OSError as error:
        raise RunError(f"The run {run.id} cannot be exported: {error.strerror}.") from None
    return len(kept), len(metrics)


def _fixed_files(run: Run, metrics: list[dict[str, Any]]) -> dict[str, bytes]:
    """Everything of a parcel but the epochs' files."""
    status = run.status()
    settings = {"format": FORMAT, "title": run.title, **run.config.to_json()}
    here = {"pid": 0, "state": status.state if not status.active else "stopped", "epoch": len(metrics) - 1}
    told = {name: getattr(status, name) for name in ("epochs", "step", "steps_per_epoch", "device", "threads")}
    files = {
        "config.json": json.dumps(settings).encode(),
        "status.json": json.dumps({**told, **here, "images_per_second": status.images_per_second}).encode(),
        "metrics.jsonl": _lines(metrics, METRICS),
        "steps.jsonl": _lines([r for r in run.steps() if r["epoch"] < len(metrics)], STEPS),
        "latents/labels.npz": (run.path / "latents" / "labels.npz").read_bytes(),
    }
    resume = run.path / "resume.safetensors"
    if len(metrics) <= run.config.epochs and resume.exists():
        raw = resume.read_bytes()
        with _reading():
            about = json.loads(_header(raw)[0]["__metadata__"]["about"])
            if about["record"]["epoch"] == metrics[-1]["epoch"]:  # a running training may be one ahead
                files["resume.safetensors"] = raw
    return files


def _lines(records: list[dict[str, Any]], names: tuple[str, ...]) -> bytes:
    kept = [{name: record[name] for name in names if name in record} for record in records]
    return "".join(json.dumps(record, allow_nan=False) + "\n" for record in kept).encode()


# ---- unpacking


def unpack(
    file: IO[bytes],
    folder: Path,
    accept: Callable[[Config], None] = lambda config: None,
    limit: int = MAX_BYTES,
    **about: Any,
) -> Run:
    """Make a new run in ``folder`` from a parcel. Raises Refused with the reason, or RunError where it cannot be kept.

    ``accept`` may raise RunError for settings that this machine does not take. Nothing is left behind by a refusal.
    """
    with _reading():
        size = file.seek(0, io.SEEK_END)
    if size > limit:
        raise Refused(f"it is larger than {limit // 1_000_000} MB")
    bundle = _open(file, size)
    entries = _entries(bundle, limit)
    config, title = _settings(_text(bundle, entries, "config.json"))
    accept(config)
    _fits(entries, config)
    metrics = _records(_text(bundle, entries, "metrics.jsonl"), METRICS)
    if not 0 < len(metrics) <= config.epochs + 1:
        raise Refused("its number of epochs does not fit its settings")
    steps = _records(_text(bundle, entries, "steps.jsonl"), STEPS) if "steps.jsonl" in entries else []
    labels = _arrays(_bytes(bundle, entries, "latents/labels.npz"), {"labels": "|u1", "test_indices": "<u4"}, (None,))
    count = len(labels["labels"])
    kept = [name for name in entries if EPOCH_FILE.fullmatch(name) and int(name[8:12]) < len(metrics)]
    whole = len(kept) == 2 * len(metrics)
    with shelf.draft(folder, shelf.new_run_id(config)) as run:
        with _writing():
            storage.write_json(run.path / "config.json", {"format": FORMAT, **config.to_json()})
            storage.rewrite_lines(run.path / "metrics.jsonl", metrics)
            storage.rewrite_lines(run.path / "steps.jsonl", steps)
            storage.write_npz(run.path / "latents" / "labels.npz", labels)
        with _in_words_of_a_parcel(run):
            _status(_text(bundle, entries, "status.json"), run, len(metrics) - 1)
        for name in kept:
            raw = _bytes(bundle, entries, name)
            if name.startswith("weights"):
                _check_tensors(raw, {n: ("F16", s) for n, s in network_shapes(config).items()})
                storage.write_bytes(run.weights_file(int(name[8:12])), raw)
            else:
                wanted = {"mean": "<f2", **({"logvar": "<f2"} if config.is_vae else {})}
                means = _arrays(raw, wanted, (count, config.latent_dim))
                storage.write_npz(run.latents_file(int(name[8:12])), means)
        if "resume.safetensors" in entries:
            raw = _bytes(bundle, entries, "resume.safetensors")
            told = _check_tensors(raw, _resume_shapes(config))
            if told.get("record") != metrics[-1] or type(told.get("step")) is not int:
                raise Refused("it would go on from another epoch than its last")
            storage.write_bytes(run.path / "resume.safetensors", raw)
        shelf.note(run, title="" if title == config.title else title, sparse=not whole, **about)
        with _in_words_of_a_parcel(run):
            Run(run.path).check()
        run_id = run.path.name.removeprefix(".").rsplit(".", 2)[0]
    return Run(folder / run_id)


@contextmanager
def _reading() -> Iterator[None]:
    """Whatever a reader raises on hostile bytes is one refusal."""
    try:
        yield
    except RunError:
        raise
    except Exception:  # zip, npy and JSON readers raise almost anything, RecursionError and MemoryError included
        raise Refused("it is damaged") from None


@contextmanager
def _in_words_of_a_parcel(run: Run) -> Iterator[None]:
    """What is wrong with the run that is being made is wrong with the file; the run has no name yet."""
    try:
        yield
    except Refused:
        raise
    except RunError as error:
        reason = str(error).replace(f" of the run {run.id}", "").replace(f"he run {run.id}", "he run")
        raise Refused(reason[0].lower() + reason[1:].removesuffix(".")) from None


@contextmanager
def _writing() -> Iterator[None]:
    """JSON that cannot be written again (NaN, say) is a refusal; trouble with the disk is not."""
    try:
        yield
    except (ValueError, TypeError, RecursionError):
        raise Refused("it holds numbers that are none") from None


def _open(file: IO[bytes], size: int) -> zipfile.ZipFile:
    """The zip, once its table of contents is known to be small. Python would read millions of entries first."""
    with _reading():
        file.seek(max(size - 22 - 20, 0))
        end = file.read()
    locator, record = end[:-22], end[-22:]
    if len(record) < 22 or record[:4] != b"PK\x05\x06" or record[20:] != b"\0\0":
        raise Refused("it is not a run that Latent Lab exported")
    if locator[:4] == b"PK\x06\x07" or int.from_bytes(record[12:16], "little") > MAX_TABLE:
        raise Refused("it has too many parts")
    with _reading():
        return zipfile.ZipFile(file)


def _entries(bundle: zipfile.ZipFile, limit: int) -> dict[str, zipfile.ZipInfo]:
    """The parts by name, if each is a plain one that a run may have."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in bundle.infolist():
        name = info.filename
        if name in found:
            raise Refused("it has the same part twice")
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            raise Refused("it has links or devices in it")
        if name not in (*TEXTS, "latents/labels.npz", "resume.safetensors") and not EPOCH_FILE.fullmatch(name):
            raise Refused("it has parts that no run has")
        if not name.isascii() or info.orig_filename != name:
            raise Refused("it has parts with odd names")
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("it is encrypted, or packed in an unusual way")
        found[name] = info
    if sum(info.file_size for info in found.values()) > limit:
        raise Refused(f"it would unpack to more than {limit // 1_000_000} MB")
    missing = {"config.json", "status.json", "metrics.jsonl", "latents/labels.npz"} - set(found)
    if missing:
        raise Refused(f"it lacks {min(missing)}")
    return found


def _fits(entries: dict[str, zipfile.ZipInfo], config: Config) -> None:
    """Compare declared sizes with what the settings allow."""
    numbers = sum(math.prod(shape) for shape in network_shapes(config).values())
    means = MAX_IMAGES * config.latent_dim * 2 * 2
    for name, info in entries.items():
        if name in TEXTS:
            most = TEXTS[name]
        elif name == "latents/labels.npz":
            most = MAX_IMAGES * 5 + 4_096
        elif name == "resume.safetensors":
            most = numbers * 12 + MAX_HEADER
        else:
            most = (numbers * 2 if name.startswith("weights") else means) + MAX_HEADER
        if info.file_size > most:
            raise Refused(f"its part {name} is larger than its settings allow")


def _bytes(bundle: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], name: str) -> bytes:
    """A part, of its declared size at most; the zip's checksum must fit."""
    with _reading(), bundle.open(entries[name]) as part:
        raw = part.read(entries[name].file_size + 1)
        if len(raw) != entries[name].file_size:
            raise Refused("its parts are of another size than it says")
        return raw


def _text(bundle: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], name: str) -> bytes:
    if entries[name].file_size > TEXTS[name]:
        raise Refused(f"its part {name} is too large")
    return _bytes(bundle, entries, name)


def _settings(raw: bytes) -> tuple[Config, str]:
    with _reading():
        data = dict(storage.parse(raw))
    if data.pop("format", None) != FORMAT:
        raise Refused("another version of Latent Lab made it")
    title = runs.one_line(str(data.pop("title", "")))
    with _reading():
        try:
            return Config.from_json(data), title
        except ConfigError as error:
            reason = str(error).split("; you gave")[0].removesuffix(".")
            raise Refused(f"its settings cannot be used ({reason})") from None


def _records(raw: bytes, names: tuple[str, ...]) -> list[dict[str, Any]]:
    with _reading():
        records = [storage.parse(line) for line in raw.splitlines() if line.strip()]
        return [{name: record[name] for name in names if name in record} for record in records]


def _status(raw: bytes, run: Run, epoch: int) -> None:
    """The status as ours would be of a run that has ended, with what the file says of speed and device."""
    with _reading():
        told = dict(storage.parse(raw))
    known = {f: told[f] for f in ("step", "steps_per_epoch", "threads", "images_per_second", "device") if f in told}
    storage.write_json(run.path / "status.json", {**known, "epochs": run.config.epochs})
    status = run.status()
    state = "finished" if epoch == run.config.epochs else "stopped"
    if not 0 <= status.steps_per_epoch <= MAX_STEPS_PER_EPOCH:
        raise Refused("its number of steps cannot be")
    device = runs.one_line(status.device, 60)
    runs.write_status(run, replace(status, state=state, epoch=epoch, device=device, message="", error="", pid=0))


def _arrays(raw: bytes, wanted: dict[str, str], shape: tuple[int | None, ...]) -> dict[str, np.ndarray]:
    """The arrays of an npz with exactly these names, types and shape; ``None`` is any size up to MAX_IMAGES."""
    bundle = _open(io.BytesIO(raw), len(raw))
    infos = {info.filename: info for info in bundle.infolist()}
    if set(infos) != {f"{name}.npy" for name in wanted} or len(bundle.infolist()) != len(infos):
        raise Refused("its arrays have other names")
    found: dict[str, np.ndarray] = {}
    for name, kind in wanted.items():
        info = infos[f"{name}.npy"]
        numbers = math.prod(MAX_IMAGES if n is None else n for n in shape)
        if info.flag_bits & 1 or info.file_size > numbers * np.dtype(kind).itemsize + 4_096:
            raise Refused("its arrays are larger than its settings allow")
        content = io.BytesIO(_bytes(bundle, infos, f"{name}.npy"))
        with _reading():
            if np.lib.format.read_magic(content) != (1, 0):
                raise Refused("its arrays are of another version")
            size, by_columns, dtype = np.lib.format.read_array_header_1_0(content, max_header_size=1_024)
            rest = content.read()
        wrong = len(size) != len(shape) or any(n not in (None, m) for n, m in zip(shape, size, strict=True))
        if wrong or by_columns or dtype != np.dtype(kind) or len(rest) != math.prod(size) * dtype.itemsize:
            raise Refused("its arrays have other shapes than its settings say")
        array = np.frombuffer(rest, dtype).reshape(size)
        if len(array) > MAX_IMAGES or not np.isfinite(array).all():
            raise Refused("its arrays hold too much, or what is no number")
        found[name] = array
    if len({len(array) for array in found.values()}) != 1 or not len(next(iter(found.values()))):
        raise Refused("its arrays do not fit together")
    return found


def _resume_shapes(config: Config) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Names, types and shapes in ``resume.safetensors`` (vae_core.checkpoint)."""
    shapes: dict[str, tuple[str, tuple[int, ...]]] = {}
    for number, (name, shape) in enumerate(network_shapes(config).items()):
        shapes |= {f"model.{name}": ("F32", shape), f"optimizer.{number}.step": ("F32", ())}
        shapes |= {f"optimizer.{number}.{moment}": ("F32", shape) for moment in ("exp_avg", "exp_avg_sq")}
    return shapes


def _header(raw: bytes) -> tuple[dict[str, Any], int]:
    """The JSON before the tensors of a safetensors file, and where the tensors begin."""
    (length,) = struct.unpack_from("<Q", raw)
    if length > MAX_HEADER or 8 + length > len(raw):
        raise ValueError
    return dict(storage.parse(raw[8 : 8 + length])), 8 + length


def _check_tensors(raw: bytes, wanted: dict[str, tuple[str, tuple[int, ...]]]) -> dict[str, Any]:
    """Refuse a safetensors file unless it holds exactly these tensors, whole; returns what it says about itself."""
    with _reading():
        header, start = _header(raw)
        words = header.pop("__metadata__")
        found = {name: (entry["dtype"], tuple(entry["shape"])) for name, entry in header.items()}
        places = {
            name: (int(entry["data_offsets"][0]), int(entry["data_offsets"][1])) for name, entry in header.items()
        }
        about, crc32 = str(words["about"]), str(words["crc32"])
    if found != wanted:
        raise Refused("its weights do not fit its settings")
    end, crc = 0, zlib.crc32(about.encode(errors="replace"))
    for first, last in sorted(places.values()):
        if first != end or last < first:
            raise Refused("its weights are damaged")
        end = last
    for name in sorted(places):
        kind, shape = wanted[name]
        part = raw[start + places[name][0] : start + places[name][1]]
        if len(part) != math.prod(shape) * (2 if kind == "F16" else 4):
            raise Refused("its weights are damaged")
        if not np.isfinite(np.frombuffer(part, "<f2" if kind == "F16" else "<f4")).all():
            raise Refused("its weights hold what is no number")
        crc = zlib.crc32(part, zlib.crc32(name.encode(), crc))
    if start + end != len(raw) or str(crc) != crc32:
        raise Refused("its weights are damaged: the checksum does not fit")
    with _reading():
        return dict(storage.parse(about))
