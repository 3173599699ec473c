"""A run is a directory, and the disk is the truth: reading it, finding it, and saying what is wrong with it.

::

    <run_id>/
      config.json       written once, before the start
      status.json       what the trainer is doing; replaced atomically, at least once a second
      control.json      what it has been asked to do (run, pause, step, stop)
      steps.jsonl       losses over short windows of steps, so that curves move within an epoch
      metrics.jsonl     one line an epoch, written last of that epoch's files
      latents/0003.npz  mean and logvar of the same test images every epoch; latents/labels.npz once
      weights/0003.safetensors   half precision; resume.safetensors has the exact ones and Adam's state
      log.txt           what the trainer printed

Only epochs that stand in ``metrics.jsonl`` are shown, so what a page reads never changes. Imports no torch.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import time
import zipfile
import zlib
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from vae_core import storage
from vae_core.config import Config, ConfigError

FORMAT = 1
ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "checkpoints" / "pretrained"
RUN_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
# A trainer writes its status at least once a second, but a step of the largest model takes a few, and a mirror that
# does not answer is given up after ten.
HEARTBEAT_TIMEOUT = 25.0
ACTIVE = ("starting", "running", "paused", "stopping")
RESUMABLE = ("stopped", "interrupted", "failed")
STATES = (*ACTIVE, *RESUMABLE, "finished")


class RunError(Exception):
    """A run that cannot be read or used. The message is one sentence for the visitor."""


def runs_dir() -> Path:
    """Where the user's own runs live: VAE_RUNS_DIR, or ``checkpoints/runs``."""
    return Path(os.environ.get("VAE_RUNS_DIR") or ROOT / "checkpoints" / "runs")


@dataclass(frozen=True)
class Status:
    """What a trainer last said about itself."""

    state: str = "starting"
    epoch: int = 0  # the last finished epoch
    epochs: int = 0
    step: int = 0  # steps taken since the start of the run
    steps_per_epoch: int = 0
    heartbeat: float = 0.0  # seconds since 1970
    device: str = ""
    threads: int = 0
    images_per_second: float = 0.0
    seconds_left: float | None = None
    message: str = ""
    error: str = ""
    pid: int = 0

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def progress(self) -> float:
        """Share of all steps taken, 0 to 1."""
        total = self.epochs * self.steps_per_epoch
        return min(self.step / total, 1.0) if total else 0.0


@dataclass(frozen=True)
class Latents:
    """Where the kept test images stand at one epoch: mean (n, d) and logvar (n, d), None without noise."""

    mean: np.ndarray
    logvar: np.ndarray | None

    @property
    def std(self) -> np.ndarray | None:
        return None if self.logvar is None else np.exp(self.logvar / 2)


@dataclass(frozen=True)
class Run:
    """A handle on one run directory. Nothing is read before it is asked for."""

    path: Path
    gallery: bool = field(default=False, compare=False)

    @property
    def id(self) -> str:
        return self.path.name

    @cached_property
    def config(self) -> Config:
        return self._described[0]

    @property
    def title(self) -> str:
        return self._described[1] or self.config.title

    @cached_property
    def _described(self) -> tuple[Config, str]:
        data = self._read_json("config.json")
        version = data.pop("format", None)
        if version is None:
            raise RunError(f"The file config.json of the run {self.id} is incomplete.")
        if version != FORMAT:
            raise RunError(f"The run {self.id} was written by another version of Latent Lab (format {version}).")
        title = str(data.pop("title", ""))[:80]
        try:
            return Config.from_json(data), title
        except (ConfigError, TypeError) as error:
            raise RunError(f"The settings of the run {self.id} cannot be used: {error}") from None

    def status(self, now: float | None = None) -> Status:
        """The state as a visitor should see it: a silent trainer is ``interrupted``, one asked to stop ``stopping``."""
        data = self._read_json("status.json")
        try:
            status = Status(**{f.name: _typed(data[f.name], f.type) for f in fields(Status) if f.name in data})
            if status.state not in STATES:
                raise TypeError
        except TypeError:
            raise RunError(f"The file status.json of the run {self.id} cannot be read.") from None
        silent = (time.time() if now is None else now) - status.heartbeat > HEARTBEAT_TIMEOUT
        if status.active and (silent or process_is_gone(status.pid)):
            return replace(status, state="interrupted")
        if status.state in ("starting", "running", "paused") and self.control() == "stop":
            return replace(status, state="stopping")
        return status

    def control(self) -> str:
        """The last request: ``run``, ``pause``, ``step`` or ``stop``."""
        try:
            return str(storage.read_json(self.path / "control.json")["request"])
        except (OSError, ValueError, KeyError, TypeError):
            return "run"

    def metrics(self) -> list[dict[str, Any]]:
        """One record per finished epoch, in order from epoch 0."""
        records = self._read_lines("metrics.jsonl")
        if [r.get("epoch") for r in records] != list(range(len(records))):
            raise RunError(f"The epochs in metrics.jsonl of the run {self.id} are not in order.")
        for record in records:
            parts = [record.get("test"), record.get("test_mean"), *([record.get("train")] if record["epoch"] else [])]
            if not all(isinstance(part, dict) and {"reconstruction", "kl", "loss"} <= set(part) for part in parts):
                raise RunError(f"Epoch {record['epoch']} in metrics.jsonl of the run {self.id} is incomplete.")
        return records

    def steps(self) -> list[dict[str, Any]]:
        """Records of ``step``, ``epoch``, ``reconstruction``, ``kl``: means over a few steps, nats per image."""
        records = self._read_lines("steps.jsonl")
        if not all({"step", "epoch", "reconstruction", "kl"} <= set(record) for record in records):
            raise RunError(f"The file steps.jsonl of the run {self.id} cannot be read.")
        return records

    @property
    def epoch(self) -> int | None:
        """The newest finished epoch, or None before the first."""
        records = self.metrics()
        return len(records) - 1 if records else None

    def weight_epochs(self) -> list[int]:
        """Finished epochs whose weights are here (the gallery keeps only some)."""
        return self._epochs_in("weights", ".safetensors")

    def latent_epochs(self) -> list[int]:
        return self._epochs_in("latents", ".npz")

    def weights_file(self, epoch: int) -> Path:
        return self.path / "weights" / f"{epoch:04d}.safetensors"

    def latents_file(self, epoch: int) -> Path:
        return self.path / "latents" / f"{epoch:04d}.npz"

    def latents(self, epoch: int) -> Latents:
        data = self.read_npz(self.latents_file(epoch))
        mean, logvar = data.get("mean"), data.get("logvar")
        if mean is None or mean.ndim != 2 or mean.shape[1] != self.config.latent_dim:
            raise RunError(f"The latent means of epoch {epoch} of the run {self.id} have the wrong shape.")
        return Latents(mean.astype(np.float32), None if logvar is None else logvar.astype(np.float32))

    def labels(self) -> np.ndarray:
        """Class of each kept test image, (n,)."""
        return self._labels_file("labels")

    def test_indices(self) -> np.ndarray:
        """Which rows of the test set the kept images are, (n,)."""
        return self._labels_file("test_indices")

    def _labels_file(self, name: str) -> np.ndarray:
        arrays = self.read_npz(self.path / "latents" / "labels.npz")
        if name not in arrays or arrays[name].ndim != 1:
            raise RunError(f"The file latents/labels.npz of the run {self.id} has no {name}.")
        return arrays[name]

    def check(self) -> None:
        """Raise RunError with the first thing that is wrong, reading headers and directories only."""
        self.config, self.status(), self.steps()
        if self.latent_epochs():
            self.labels(), self.test_indices()
        for epoch in range(len(self.metrics())):
            if not self.gallery and not self.latents_file(epoch).exists():
                raise RunError(f"The run {self.id} lacks its latent means of epoch {epoch}.")
            if not self.gallery and not self.weights_file(epoch).exists():
                raise RunError(f"The run {self.id} lacks its weights of epoch {epoch}.")
        for epoch in self.weight_epochs():
            check_safetensors(self.weights_file(epoch))
        for epoch in self.latent_epochs():
            if not zipfile.is_zipfile(self.latents_file(epoch)):
                raise RunError(f"The file {self.latents_file(epoch).name} of the run {self.id} is damaged.")

    def _epochs_in(self, folder: str, suffix: str) -> list[int]:
        newest = self.epoch
        if newest is None:
            return []
        try:
            names = os.listdir(self.path / folder)
        except FileNotFoundError:
            return []
        found = [int(n[: -len(suffix)]) for n in names if re.fullmatch(r"\d{4}" + re.escape(suffix), n)]
        return sorted(e for e in found if e <= newest)

    def _read_json(self, name: str) -> dict[str, Any]:
        try:
            data = storage.read_json(self.path / name)
        except FileNotFoundError:
            raise RunError(f"The run {self.id} is incomplete: it has no {name}.") from None
        except (OSError, ValueError):
            raise RunError(f"The file {name} of the run {self.id} cannot be read.") from None
        if not isinstance(data, dict):
            raise RunError(f"The file {name} of the run {self.id} cannot be read.")
        return data

    def _read_lines(self, name: str) -> list[dict[str, Any]]:
        try:
            return storage.read_lines(self.path / name)
        except (OSError, ValueError) as error:
            raise RunError(f"The run {self.id} is damaged: {error}.") from None

    def read_npz(self, file: Path) -> dict[str, np.ndarray]:
        try:
            with np.load(file, allow_pickle=False) as data:
                return dict(data)
        except FileNotFoundError:
            raise RunError(f"The run {self.id} has no file {file.parent.name}/{file.name}.") from None
        except (OSError, ValueError, KeyError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error):
            raise RunError(f"The file {file.parent.name}/{file.name} of the run {self.id} is damaged.") from None


def check_safetensors(file: Path) -> None:
    """Raise RunError unless the header of a safetensors file fits its size. Reads the header only."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="numpy"):
            pass
    except (OSError, SafetensorError):
        raise RunError(f"The file weights/{file.name} of the run {file.parent.parent.name} is damaged.") from None


def process_is_gone(pid: int) -> bool:
    """True only if it is certain that no such process runs on this machine (0: not known)."""
    if not pid or os.name == "nt":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        pass
    return False


def new_run_id(config: Config) -> str:
    """A readable id that no other run has, e.g. ``digits-vae-d20-20261122-111500-3f2a``."""
    kind = "vae" if config.is_vae else "ae"
    stamp = time.strftime("%Y%m%d-%H%M%S")
    return f"{config.dataset}-{kind}-d{config.latent_dim}-{stamp}-{os.urandom(2).hex()}"


def create(config: Config, folder: Path, run_id: str | None = None, title: str = "") -> Run:
    """Make a run directory with its settings and a first status. Raises RunError if that cannot be done."""
    run_id = run_id or new_run_id(config)
    if not RUN_ID.fullmatch(run_id):
        raise RunError(f"The run id {run_id!r} must be 1 to 64 small letters, digits, dots, dashes or underscores.")
    if folder == runs_dir() and (GALLERY / run_id).exists():
        raise RunError(f"The gallery has a model called {run_id}; choose another id.")
    run, draft = Run(folder / run_id), Run(folder / f".{run_id}.{os.urandom(4).hex()}.part")
    if run.path.exists():
        raise RunError(f"There is already a run {run_id}; choose another id, or go on with --resume.")
    try:
        draft.path.mkdir(parents=True)  # it gets its name when it is whole
        for folder_of_epochs in ("weights", "latents"):
            (draft.path / folder_of_epochs).mkdir()
        extra = {"title": title} if title else {}
        storage.write_json(draft.path / "config.json", {"format": FORMAT, **extra, **config.to_json()})
        write_status(draft, Status(epochs=config.epochs))
        os.rename(draft.path, run.path)
    except OSError as error:
        shutil.rmtree(draft.path, ignore_errors=True)
        if run.path.exists():  # another was quicker
            raise RunError(f"There is already a run {run_id}; choose another id, or go on with --resume.") from None
        raise RunError(f"No run can be written in {folder}: {error.strerror}.") from None
    return run


def write_status(run: Run, status: Status) -> Status:
    """Replace status.json, with the heartbeat set to now. Returns what was written."""
    status = replace(status, heartbeat=time.time())
    storage.write_json(run.path / "status.json", asdict(status), durable=False)
    return status


def _typed(value: Any, annotation: Any) -> Any:
    """A value of a status field in its type, which is text under postponed evaluation. Raises TypeError."""
    kinds: Any = {"str": str, "int": int, "float": (int, float), "float | None": (int, float, type(None))}[
        str(annotation)
    ]
    if (
        not isinstance(value, kinds)
        or isinstance(value, bool)
        or (isinstance(value, float) and not math.isfinite(value))
    ):
        raise TypeError
    return value


def list_runs(folder: Path | None = None, gallery: Path | None = None) -> list[Run]:
    """All run directories: the visitor's own, newest first, then the gallery in its order. Broken ones included."""
    own = [Run(p) for p in _folders(folder or runs_dir())]
    own.sort(key=lambda run: _changed(run.path / "config.json"), reverse=True)
    shown = [Run(p, gallery=True) for p in _folders(gallery or GALLERY)]
    try:
        order = storage.read_json((gallery or GALLERY) / "index.json")
    except (OSError, ValueError):
        order = []
    shown.sort(key=lambda run: order.index(run.id) if run.id in order else len(order))
    return own + shown


def find(run_id: str, folder: Path | None = None, gallery: Path | None = None) -> Run | None:
    """The run with this id among the known ones. The id is compared, never joined into a path."""
    return next((run for run in list_runs(folder, gallery) if run.id == run_id), None)


def _folders(folder: Path) -> list[Path]:
    try:
        entries = [e for e in os.scandir(folder) if e.is_dir() and RUN_ID.fullmatch(e.name)]
    except OSError:
        return []
    return [folder / e.name for e in sorted(entries, key=lambda e: e.name)]


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
