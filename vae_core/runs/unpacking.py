"""What is in an archive of a run, once every part of it has been checked (``archive``). Imports no torch."""

from __future__ import annotations

import io
import math
import re
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import IO, Any

import numpy as np

from vae_core import zips
from vae_core.architecture import of_config
from vae_core.config import Config, ConfigError
from vae_core.datasets import own, registry
from vae_core.datasets.spec import Split
from vae_core.runs import files, lifecycle, moments, own_pictures, schema
from vae_core.runs.run import Run, RunError, Status, write_status
from vae_core.runs.untrusted import (
    MAX_HEADER,
    MAX_IMAGES,
    PIECE,
    Refused,
    Sizes,
    check_tensors,
    open_zip,
    read_arrays,
    read_part,
    reading,
    resume_shapes,
)

MAX_STEPS_PER_EPOCH = 60_000
MAX_POINTS = 40  # lines of steps.jsonl an epoch: fewer than two of training.schedule.WINDOWS_PER_EPOCH
MAX_LOGVAR = 89.0  # exp of more is too large for 32 bits, so no training could measure its KL
MAX_LINE = {"metrics.jsonl": 4_096, "steps.jsonl": 1_024}  # bytes
FEWEST_IMAGES = 5  # kept test images, as the smallest dataset has them
TEXTS = {
    own_pictures.MANIFEST: 300_000, "config.json": 90_000, "status.json": 65_536,  # 200 classes have long names
    "metrics.jsonl": 2_100_000, "steps.jsonl": 8_000_000,
}  # fmt: skip
OTHERS = ("latents/labels.npz", "resume.safetensors", own_pictures.TEST)
EPOCH_FILE = re.compile(r"(?:weights/(\d{4})\.safetensors|latents/(\d{4})\.npz)")
MOMENTS = {f"moments/{part:02d}.npz": part for part in moments.PARTS}
METRICS = ("epoch", "train", "test", "test_mean", "seconds", "images_per_second", "kl_per_dimension")
STEPS = ("step", "epoch", "reconstruction", "kl")
TERMS = ("reconstruction", "kl", "loss")


class Archive:
    """An archive whose every part has been checked, and nothing of it kept but what is small."""

    def __init__(
        self, file: IO[bytes], accept: Callable[[Config], None], limit: int, until_done: ExitStack, owner: str
    ) -> None:
        with reading():
            size = file.seek(0, io.SEEK_END)
        if size > limit:
            raise Refused(f"it is larger than {limit // 1_000_000} MB")
        self.bundle = open_zip(file, size)
        # Weights hardly get smaller by packing: what unpacks to far more than its size is none.
        self.entries = _entries(self.bundle, min(limit, 2 * size + sum(TEXTS.values())))
        settings = _parsed(self._text("config.json"))
        self.pictures = own_pictures.of_archive(settings, self._own_manifest, owner)
        if self.pictures is not None:
            settings["dataset"] = self.pictures.name
            until_done.enter_context(own.lent(self.pictures.name, self.pictures.manifest))
        self.config, self.title = _settings(settings)
        accept(self.config)
        _fits(self.entries, self.config)
        self.metrics = list(self._metrics())
        if not self.metrics:
            raise Refused("its number of epochs does not fit its settings")
        self.status = _status(self._text("status.json"), self.config, len(self.metrics) - 1)
        self.steps = list(self._steps()) if "steps.jsonl" in self.entries else []
        self.labels = self._labels()
        self.moments = self._moments()
        self.test = self._test_pictures()
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
        with own_pictures.kept(self.pictures, self.test), lifecycle.draft(folder, lifecycle.new_run_id(config)) as run:
            with _writing():
                files.write_json(run.path / "config.json", schema.config_json(config))
                files.rewrite_lines(run.path / "metrics.jsonl", self.metrics)
                files.rewrite_lines(run.path / "steps.jsonl", self.steps)
                files.write_npz(run.path / "latents" / "labels.npz", self.labels)
            write_status(run, self.status)
            if self.moments:
                (run.path / "moments").mkdir()
            for part, moment in self.moments.items():
                moments.write(moments.kept_file(run, part), moment)
            for name in self.kept:
                if name.startswith("weights"):
                    self._copy(name, run.weights_file(int(name[8:12])))
                else:
                    files.write_npz(run.latents_file(int(name[8:12])), self._means(name))
            if "resume.safetensors" in self.entries:
                self._copy("resume.safetensors", run.path / "resume.safetensors")
            lifecycle.note(run, title=title, sparse=len(self.kept) < 2 * len(self.metrics), **about)
            with _in_words_of_an_archive(run):
                Run(run.path).check()
            run_id = run.path.name.removeprefix(".").rsplit(".", 2)[0]
        return Run(folder / run_id)

    def _own_manifest(self) -> bytes:
        if own_pictures.MANIFEST not in self.entries:
            raise Refused("it does not say what is known of its pictures")
        return self._text(own_pictures.MANIFEST)

    def _test_pictures(self) -> Split | None:
        """The test pictures, if they came along; those that were kept have the labels that the run says."""
        if own_pictures.TEST not in self.entries:
            return None
        if self.pictures is None:
            raise Refused("it has parts that no run has")
        shape, count = self.pictures.manifest.shape, self.pictures.manifest.test_size
        raw = read_part(self.bundle, self.entries, own_pictures.TEST)
        sizes: dict[str, Sizes] = {"images": (count, shape.pixels), "labels": (count,)}
        arrays = read_arrays(raw, {"images": "|u1", "labels": "|u1"}, sizes)
        if (arrays["labels"][self.labels["test_indices"]] != self.labels["labels"]).any():
            raise Refused("its test pictures are of other classes than it says")
        if arrays["labels"].max() >= max(len(self.pictures.manifest.class_names), 1):
            raise Refused("it names a class that no dataset has")
        return Split(arrays["images"], arrays["labels"])

    def _copy(self, name: str, target: Path) -> None:
        with self.bundle.open(self.entries[name]) as part:
            files.write_atomic(target, lambda file: shutil.copyfileobj(part, file, PIECE))

    def _text(self, name: str) -> bytes:
        if self.entries[name].file_size > TEXTS[name]:
            raise Refused(f"its part {name} is too large")
        return read_part(self.bundle, self.entries, name)

    def _records(self, name: str, most: int, too_many: str) -> Iterator[dict[str, Any]]:
        """The records of a part, line by line; no line and no number of lines that no run can have."""
        longest = MAX_LINE[name]
        with reading(), self.bundle.open(self.entries[name]) as part:
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
        arrays = read_arrays(read_part(self.bundle, self.entries, "latents/labels.npz"), wanted, (None,))
        labels, indices = arrays["labels"], arrays["test_indices"].astype(np.int64)
        spec = registry.get(self.config.dataset)
        if labels.max() >= len(spec.label_names):
            raise Refused("it names a class that no dataset has")
        if len(labels) < min(FEWEST_IMAGES, spec.test_size):
            raise Refused("it keeps too few test pictures")
        if (np.diff(indices) <= 0).any() or indices[-1] >= spec.test_size:
            raise Refused("it keeps test pictures that its dataset does not have, or one of them twice")
        return arrays

    def _moments(self) -> dict[int, moments.Moment]:
        found, images = {}, len(self.labels["labels"])
        for name, part in MOMENTS.items():
            if name in self.entries:
                raw = read_part(self.bundle, self.entries, name)
                found[part] = moments.parse_kept(raw, self.config, images, part)
        return found

    def _means(self, name: str) -> dict[str, np.ndarray]:
        wanted = {"mean": "<f2", **({"logvar": "<f2"} if self.config.is_vae else {})}
        shape = (len(self.labels["labels"]), self.config.latent_dim)
        arrays = read_arrays(read_part(self.bundle, self.entries, name), wanted, shape)
        # The bits of halves, read as whole numbers, are in the order of what they stand for, which is faster.
        if self.config.is_vae and arrays["logvar"].view("<i2").max() > np.float16(MAX_LOGVAR).view("<i2"):
            raise Refused("its bubbles are larger than any training could have measured")
        return arrays

    def _check_weights(self, name: str) -> None:
        with reading(), self.bundle.open(self.entries[name]) as part:
            wanted = {n: ("F16", shape) for n, shape in of_config(self.config).parameter_shapes.items()}
            check_tensors(part, self.entries[name].file_size, wanted)

    def _check_resume(self) -> None:
        entry = self.entries["resume.safetensors"]
        with reading(), self.bundle.open(entry) as part:
            declared = check_tensors(part, entry.file_size, resume_shapes(self.config))
        if declared.get("record") != self.metrics[-1] or type(declared.get("step")) is not int:
            raise Refused("it would continue from another epoch than its last")


def _terms(record: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """These fields of a record, if no term of the loss is below what rounding can make of 0."""
    if any(record.get(name) is not None and record[name] < -0.01 for name in ("reconstruction", "kl")):
        raise Refused("it holds losses below 0")
    return {name: record[name] for name in names if name in record}


@contextmanager
def _in_words_of_an_archive(run: Run) -> Iterator[None]:
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


def _entries(bundle: zipfile.ZipFile, limit: int) -> dict[str, zipfile.ZipInfo]:
    """The parts by name, if each is a plain one that a run may have."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in bundle.infolist():
        name = info.filename
        if name in found:
            raise Refused("it has the same part twice")
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            raise Refused("it has links or devices in it")
        if name not in (*TEXTS, *OTHERS, *MOMENTS) and not EPOCH_FILE.fullmatch(name):
            raise Refused("it has parts that no run has")
        if not name.isascii() or info.orig_filename != name:
            raise Refused("it has parts with odd names")
        if not zips.is_plain(info):
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
        elif name == own_pictures.TEST:
            spec = registry.get(config.dataset)
            most = min(spec.test_size, MAX_IMAGES) * (spec.shape.pixels + 1) + MAX_HEADER
        elif name == "resume.safetensors":
            most = numbers * 12 + MAX_HEADER
        elif name in MOMENTS:
            most = moments.layout_of(config).most_bytes(MAX_IMAGES)
        else:
            most = (numbers * 2 if name.startswith("weights") else means) + MAX_HEADER
        if info.file_size > most:
            raise Refused(f"its part {name} is larger than its settings allow")


def _parsed(raw: bytes) -> dict[str, Any]:
    with reading():
        return dict(files.parse(raw))


def _settings(data: dict[str, Any]) -> tuple[Config, str]:
    with reading():
        try:
            return schema.described(data)
        except KeyError:
            raise Refused("another version of Latent Lab made it") from None
        except ConfigError as error:
            reason = str(error).split("; you gave")[0].removesuffix(".")
            raise Refused(f"its settings cannot be used ({reason})") from None


def _status(raw: bytes, config: Config, epoch: int) -> Status:
    """The status as ours would be of a run that has ended, with what the file says of speed and device."""
    with reading():
        declared = dict(files.parse(raw))
    names = ("step", "steps_per_epoch", "threads", "images_per_second", "device")
    try:
        kinds = {f.name: f.type for f in fields(Status)}
        known = {name: schema.typed(declared[name], kinds[name]) for name in names if name in declared}
    except TypeError:
        raise Refused("its status.json cannot be read") from None
    status = Status(**{**known, "device": schema.one_line(known.get("device", ""), 60)})
    if not 0 <= status.steps_per_epoch <= MAX_STEPS_PER_EPOCH or not 0 <= status.step <= 500 * MAX_STEPS_PER_EPOCH:
        raise Refused("its number of steps is impossible")
    state = "finished" if epoch == config.epochs else "stopped"
    return replace(status, state=state, epoch=epoch, epochs=config.epochs)
