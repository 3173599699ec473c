"""A run as one file: pack it here, unpack it elsewhere.

A parcel is a zip of the run's own files under their own names, without what belongs to a machine (log, lock, requests,
owner). What comes in is hostile until proven otherwise:

- the table of contents is bounded before it is read, and every name must be one of a run's own;
- the settings come first; from them follow the exact shapes, and so the size, of everything else, which is compared
  with what the file declares before a byte of it is unpacked;
- JSON, npz and safetensors are read by hand or by readers that cannot execute code (no pickle);
- records are checked one by one while they are read, weights in pieces: the first bad one ends it, and what is refused
  never took much time or memory;
- nothing is written before all of it has been checked, and then under an id of our own.

Imports no torch.
"""

from __future__ import annotations

import io
import json
import math
import re
import shutil
import stat
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import fields, replace
from pathlib import Path
from typing import IO, Any

import numpy as np

from vae_core.architecture import of_config
from vae_core.config import Config, ConfigError
from vae_core.datasets import registry
from vae_core.runs import files, lifecycle, schema
from vae_core.runs.run import Run, RunError, Status, write_status

MAX_BYTES = 200_000_000  # of a parcel, and of what is in it
MAX_IMAGES = 10_000  # kept test images; training.LATENT_IMAGES
MAX_TABLE = 400_000  # bytes of a zip's table of contents: 501 epochs need 100,000
MAX_INNER_TABLE = 4_096  # the same of an npz, with its two arrays
MAX_HEADER = 16_384  # bytes of JSON before the tensors
MAX_STEPS_PER_EPOCH = 60_000
MAX_POINTS = 40  # lines of steps.jsonl an epoch: fewer than two of training.WINDOWS_PER_EPOCH
MAX_LOGVAR = 89.0  # exp of more is too large for 32 bits, so no training could measure its KL
MAX_LINE = {"metrics.jsonl": 4_096, "steps.jsonl": 1_024}  # bytes
FEWEST_IMAGES = 10  # kept test images that a page can make a picture of
PIECE = 1 << 20  # bytes that are looked at at a time
WAIT_SECONDS = 10.0  # for another import to be read
TEXTS = {"config.json": 65_536, "status.json": 65_536, "metrics.jsonl": 2_100_000, "steps.jsonl": 8_000_000}
EPOCH_FILE = re.compile(r"(?:weights/(\d{4})\.safetensors|latents/(\d{4})\.npz)")
METRICS = ("epoch", "train", "test", "test_mean", "seconds", "images_per_second", "kl_per_dimension")
STEPS = ("step", "epoch", "reconstruction", "kl")
TERMS = ("reconstruction", "kl", "loss")
_one_at_a_time = threading.Lock()


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
    settings = schema.config_json(run.config, run.title)
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
    room: Callable[[int], AbstractContextManager[None]] = lambda size: nullcontext(),
    **about: Any,
) -> Run:
    """Make a new run in ``folder`` from a parcel. Raises Refused with the reason, or RunError where it cannot be kept.

    ``accept`` may raise RunError for settings that this machine does not take. ``room`` is entered with the number of
    bytes once all of the file is known to be good, held while the run is written, and may raise RunError. Nothing is
    left behind by a refusal. One file is read at a time.
    """
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise RunError("Another import is being read; try again in a moment.")
    try:
        parcel = _Parcel(file, accept, limit)
        with room(parcel.size):
            return parcel.write(folder, **about)
    finally:
        _one_at_a_time.release()


class _Parcel:
    """A parcel whose every part has been checked, and nothing of it kept but what is small."""

    def __init__(self, file: IO[bytes], accept: Callable[[Config], None], limit: int) -> None:
        with _reading():
            size = file.seek(0, io.SEEK_END)
        if size > limit:
            raise Refused(f"it is larger than {limit // 1_000_000} MB")
        self.bundle = _open(file, size)
        # Weights hardly get smaller by packing: what unpacks to far more than its size is none.
        self.entries = _entries(self.bundle, min(limit, 2 * size + sum(TEXTS.values())))
        self.config, self.title = _settings(self._text("config.json"))
        accept(self.config)
        _fits(self.entries, self.config)
        self.metrics = list(self._metrics())
        if not self.metrics:
            raise Refused("its number of epochs does not fit its settings")
        self.status = _status(self._text("status.json"), self.config, len(self.metrics) - 1)
        self.steps = list(self._steps()) if "steps.jsonl" in self.entries else []
        self.labels = self._labels()
        self.kept = [n for n in self.entries if EPOCH_FILE.fullmatch(n) and int(n[8:12]) < len(self.metrics)]
        for name in self.kept:
            self._check_weights(name) if name.startswith("weights") else self._means(name)
        if "resume.safetensors" in self.entries:
            self._check_resume()

    @property
    def size(self) -> int:
        """Bytes, unpacked."""
        return sum(info.file_size for info in self.entries.values())

    def write(self, folder: Path, **about: Any) -> Run:
        """Make the run. Raises RunError where it cannot be kept."""
        config, title = self.config, "" if self.title == self.config.title else self.title
        with lifecycle.draft(folder, lifecycle.new_run_id(config)) as run:
            with _writing():
                files.write_json(run.path / "config.json", schema.config_json(config))
                files.rewrite_lines(run.path / "metrics.jsonl", self.metrics)
                files.rewrite_lines(run.path / "steps.jsonl", self.steps)
                files.write_npz(run.path / "latents" / "labels.npz", self.labels)
            write_status(run, self.status)
            for name in self.kept:
                if name.startswith("weights"):
                    self._copy(name, run.weights_file(int(name[8:12])))
                else:
                    files.write_npz(run.latents_file(int(name[8:12])), self._means(name))
            if "resume.safetensors" in self.entries:
                self._copy("resume.safetensors", run.path / "resume.safetensors")
            lifecycle.note(run, title=title, sparse=len(self.kept) < 2 * len(self.metrics), **about)
            with _in_words_of_a_parcel(run):
                Run(run.path).check()
            run_id = run.path.name.removeprefix(".").rsplit(".", 2)[0]
        return Run(folder / run_id)

    def _copy(self, name: str, target: Path) -> None:
        with self.bundle.open(self.entries[name]) as part:
            files.write_atomic(target, lambda file: shutil.copyfileobj(part, file, PIECE))

    def _text(self, name: str) -> bytes:
        if self.entries[name].file_size > TEXTS[name]:
            raise Refused(f"its part {name} is too large")
        return _bytes(self.bundle, self.entries, name)

    def _records(self, name: str, most: int, too_many: str) -> Iterator[dict[str, Any]]:
        """The records of a part, line by line; no line and no number of lines that no run can have."""
        longest = MAX_LINE[name]
        with _reading(), self.bundle.open(self.entries[name]) as part:
            lines = io.BufferedReader(part, 65_536)  # type: ignore[type-var]  # has all that is needed of a raw file
            for number in range(most + 1):
                line = lines.readline(longest + 1)
                if not line:
                    return
                if number == most:
                    raise Refused(too_many)
                if len(line) > longest:
                    raise Refused(f"its part {name} has a line that is too long")
                if line.strip():
                    yield dict(files.parse(line))

    def _metrics(self) -> Iterator[dict[str, Any]]:
        too_many = "its number of epochs does not fit its settings"
        for epoch, record in enumerate(self._records("metrics.jsonl", self.config.epochs + 1, too_many)):
            if not schema.is_whole_number(record.get("epoch")) or record["epoch"] != epoch:
                raise Refused("the epochs in its metrics.jsonl are not in order")
            if not schema.is_whole_epoch(record, self.config):
                raise Refused(f"epoch {epoch} in its metrics.jsonl is incomplete")
            kept = {name: record[name] for name in METRICS if name in record}
            for part in ("train", "test", "test_mean"):
                if isinstance(kept.get(part), dict):
                    kept[part] = _terms(kept[part], TERMS)
            yield kept

    def _steps(self) -> Iterator[dict[str, Any]]:
        last, epochs = 0, len(self.metrics) - 1
        too_many = "its steps.jsonl has more lines than its epochs can have"
        for record in self._records("steps.jsonl", epochs * MAX_POINTS, too_many):
            if not schema.is_whole_point(record, self.config):
                raise Refused("its steps.jsonl cannot be read")
            if not (last < record["step"] and 1 <= record["epoch"] <= epochs):
                raise Refused("the steps in its steps.jsonl are not in order")
            last = record["step"]
            yield _terms(record, STEPS)

    def _labels(self) -> dict[str, np.ndarray]:
        wanted = {"labels": "|u1", "test_indices": "<u4"}
        arrays = _arrays(_bytes(self.bundle, self.entries, "latents/labels.npz"), wanted, (None,))
        labels, indices = arrays["labels"], arrays["test_indices"].astype(np.int64)
        if labels.max() >= len(registry.get(self.config.dataset).class_names):
            raise Refused("it names a class that no dataset has")
        if len(labels) < FEWEST_IMAGES or len(np.unique(labels)) < 2:
            raise Refused("it keeps too few test pictures, or those of one class alone")
        if (np.diff(indices) <= 0).any() or indices[-1] >= registry.get(self.config.dataset).test_size:
            raise Refused("it keeps test pictures that its dataset does not have, or one of them twice")
        return arrays

    def _means(self, name: str) -> dict[str, np.ndarray]:
        wanted = {"mean": "<f2", **({"logvar": "<f2"} if self.config.is_vae else {})}
        shape = (len(self.labels["labels"]), self.config.latent_dim)
        arrays = _arrays(_bytes(self.bundle, self.entries, name), wanted, shape)
        # The bits of halves, read as whole numbers, are in the order of what they stand for, which is faster.
        if self.config.is_vae and arrays["logvar"].view("<i2").max() > np.float16(MAX_LOGVAR).view("<i2"):
            raise Refused("its bubbles are larger than any training could have measured")
        return arrays

    def _check_weights(self, name: str) -> None:
        with _reading(), self.bundle.open(self.entries[name]) as part:
            wanted = {n: ("F16", shape) for n, shape in of_config(self.config).parameter_shapes.items()}
            _check_tensors(part, self.entries[name].file_size, wanted)

    def _check_resume(self) -> None:
        entry = self.entries["resume.safetensors"]
        with _reading(), self.bundle.open(entry) as part:
            told = _check_tensors(part, entry.file_size, _resume_shapes(self.config))
        if told.get("record") != self.metrics[-1] or type(told.get("step")) is not int:
            raise Refused("it would continue from another epoch than its last")


def _terms(record: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """These fields of a record, if no term of the loss is below what rounding can make of 0."""
    if any(record.get(name) is not None and record[name] < -0.01 for name in ("reconstruction", "kl")):
        raise Refused("it holds losses below 0")
    return {name: record[name] for name in names if name in record}


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
        raise Refused("it holds values that are not numbers") from None


def _open(file: IO[bytes], size: int, most: int = MAX_TABLE) -> zipfile.ZipFile:
    """The zip, once its table of contents is known to be small. Python would read millions of entries first."""
    with _reading():
        file.seek(max(size - 22 - 20, 0))
        end = file.read()
    locator, record = end[:-22], end[-22:]
    if len(record) < 22 or record[:4] != b"PK\x05\x06" or record[20:] != b"\0\0":
        raise Refused("it is not a run that Latent Lab exported")
    if locator[:4] == b"PK\x06\x07" or int.from_bytes(record[12:16], "little") > most:
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
    numbers = sum(math.prod(shape) for shape in of_config(config).parameter_shapes.values())
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
            raise Refused("its parts do not have the size that it says")
        return raw


def _settings(raw: bytes) -> tuple[Config, str]:
    with _reading():
        data = dict(files.parse(raw))
    with _reading():
        try:
            return schema.described(data)
        except KeyError:
            raise Refused("another version of Latent Lab made it") from None
        except ConfigError as error:
            reason = str(error).split("; you gave")[0].removesuffix(".")
            raise Refused(f"its settings cannot be used ({reason})") from None


def _status(raw: bytes, config: Config, epoch: int) -> Status:
    """The status as ours would be of a run that has ended, with what the file says of speed and device."""
    with _reading():
        told = dict(files.parse(raw))
    names = ("step", "steps_per_epoch", "threads", "images_per_second", "device")
    try:
        kinds = {f.name: f.type for f in fields(Status)}
        known = {name: schema.typed(told[name], kinds[name]) for name in names if name in told}
    except TypeError:
        raise Refused("its status.json cannot be read") from None
    status = Status(**{**known, "device": schema.one_line(known.get("device", ""), 60)})
    if not 0 <= status.steps_per_epoch <= MAX_STEPS_PER_EPOCH or not 0 <= status.step <= 500 * MAX_STEPS_PER_EPOCH:
        raise Refused("its number of steps is impossible")
    state = "finished" if epoch == config.epochs else "stopped"
    return replace(status, state=state, epoch=epoch, epochs=config.epochs)


def _arrays(raw: bytes, wanted: dict[str, str], shape: tuple[int | None, ...]) -> dict[str, np.ndarray]:
    """The arrays of an npz with exactly these names, types and shape; ``None`` is any size up to MAX_IMAGES."""
    bundle = _open(io.BytesIO(raw), len(raw), MAX_INNER_TABLE)
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
        if len(array) > MAX_IMAGES or (kind == "<f2" and array.size and (array.view("<u2") & 0x7FFF).max() >= 0x7C00):
            raise Refused("its arrays hold values that are too large, or not numbers")
        found[name] = array
    if len({len(array) for array in found.values()}) != 1 or not len(next(iter(found.values()))):
        raise Refused("its arrays do not fit together")
    return found


def _resume_shapes(config: Config) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Names, types and shapes in ``resume.safetensors`` (vae_core.training.checkpoint)."""
    shapes: dict[str, tuple[str, tuple[int, ...]]] = {}
    for number, (name, shape) in enumerate(of_config(config).parameter_shapes.items()):
        shapes |= {f"model.{name}": ("F32", shape), f"optimizer.{number}.step": ("F32", ())}
        shapes |= {f"optimizer.{number}.{moment}": ("F32", shape) for moment in ("exp_avg", "exp_avg_sq")}
    return shapes


def _header(raw: bytes) -> tuple[dict[str, Any], int]:
    """The JSON before the tensors of a safetensors file, and where the tensors begin."""
    (length,) = struct.unpack_from("<Q", raw)
    if length > MAX_HEADER or 8 + length > len(raw):
        raise ValueError
    return dict(files.parse(raw[8 : 8 + length])), 8 + length


def _check_tensors(part: IO[bytes], size: int, wanted: dict[str, tuple[str, tuple[int, ...]]]) -> dict[str, Any]:
    """Refuse a safetensors file unless it holds exactly these tensors, whole; returns what it says about itself."""
    with _reading():
        first = part.read(8)
        header, start = _header(first + part.read(min(int.from_bytes(first, "little"), MAX_HEADER + 1)))
        words = header.pop("__metadata__")
        found = {name: (entry["dtype"], tuple(entry["shape"])) for name, entry in header.items()}
        places = {name: tuple(map(int, entry["data_offsets"])) for name, entry in header.items()}
        about, crc32 = str(words["about"]), str(words["crc32"])
        told = dict(files.parse(about))
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
    with _reading():
        if start + end != size or part.read(1) or str(crc) != crc32:  # at its end, the zip's checksum is compared, too
            raise Refused("its weights are damaged: the checksum does not fit")
    return told


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
