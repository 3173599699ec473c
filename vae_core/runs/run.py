"""A run is a directory, and the disk is the truth: read it, find it, and report what is wrong with it.

Making and changing one is in ``vae_core/runs/lifecycle.py``.

::

    <run_id>/
      config.json       written once, before the start
      status.json       what the trainer is doing; replaced atomically, at least once a second
      control.json      what it has been asked to do (run, pause, step, stop)
      queue.json        on a shared server: when it was asked for, when its turn began
      about.json        what people made of it: title, pin, whose it is; absent until then
      steps.jsonl       losses over short windows of steps, so that curves move within an epoch
      metrics.jsonl     one line an epoch, written last of that epoch's files
      latents/0003.npz  mean and logvar of the same test images every epoch; latents/labels.npz once
      weights/0003.safetensors   half precision; resume.safetensors has the exact ones and Adam's state
      moment-0.npz      while it trains, with moment-1.npz in turn: what it draws now (vae_core/runs/moments.py)
      moments/04.npz    the same after 1, 2, 4, 8 and 16 32nds of the first epoch
      log.txt           what the trainer printed

Only epochs that stand in ``metrics.jsonl`` are shown, so what a page reads never changes. Imports no torch.
"""

from __future__ import annotations

import os
import re
import time
import zipfile
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from vae_core import os_compat
from vae_core.architecture import Architecture, of_config
from vae_core.config import Config, ConfigError
from vae_core.datasets import registry
from vae_core.datasets.spec import DatasetSpec
from vae_core.os_compat import HOST
from vae_core.runs import files, schema

RUN_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
# No folder on Windows can be called so, nor end with a dot; whoever shares a run may share it with somebody there.
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?|.*\.")
# A trainer writes its status at least once a second, but a step of the largest model takes a few, and a mirror that
# does not answer is given up after ten.
HEARTBEAT_TIMEOUT = 25.0
CLOCK_TOLERANCE = 5.0  # seconds that another machine's clock may be ahead
ACTIVE = ("starting", "running", "paused", "stopping")
RESUMABLE = ("stopped", "interrupted", "failed")
OF_EPOCH = {"weights": r"\d{4}\.safetensors", "latents": r"\d{4}\.npz"}  # the files of epochs, by their folder
STATES = ("queued", *ACTIVE, *RESUMABLE, "finished")  # queued: on a shared server


class RunError(Exception):
    """A run that cannot be read or used. The message is one sentence for the visitor."""


class Unreadable(RunError):
    """A file that cannot be read now, and may be whole: nobody may remember that."""

    def __init__(self, name: str, run_id: str, error: OSError) -> None:
        why = error.strerror or error
        super().__init__(f"The file {name} of the run {run_id} cannot be read now ({why}); try again in a moment.")


@dataclass(frozen=True)
class Status:
    """The last status that a trainer wrote."""

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
    born: float = 0.0  # when that process began (``portable.born``): its number alone may become another's
    host: str = ""  # the machine on which that is a process

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
class About:
    """What people made of a run. Never decides over a training, so an unreadable file means the defaults."""

    title: str = ""
    pinned: bool = False
    sparse: bool = False  # came without the weights and means of some epochs, as the gallery's do
    owner: str = ""  # on a shared server: the SHA-256 of the visitor's token
    room: str = ""  # the lasting name of the room that it was started for


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
        return self.about.title or self._described[1] or self.config.title

    @property
    def about(self) -> About:
        """``said``, or the defaults while it cannot be read."""
        try:
            return self.said
        except Unreadable:
            return About()

    @cached_property
    def said(self) -> About:
        """What people made of the run. Raises Unreadable, so that nothing is changed in what was not read."""
        try:
            data = files.read_json(self.path / "about.json")
            about = About(**{f.name: data[f.name] for f in fields(About) if f.name in data})
            kinds = {"title": str, "pinned": bool, "sparse": bool, "owner": str, "room": str}
            if not all(isinstance(getattr(about, name), kind) for name, kind in kinds.items()):
                raise TypeError
            return replace(about, title=schema.one_line(about.title))
        except (OSError, ValueError, TypeError) as error:
            if isinstance(error, OSError) and os_compat.is_passing(error):
                raise Unreadable("about.json", self.id, error) from None
            return About()

    @cached_property
    def _described(self) -> tuple[Config, str]:
        data = self._read_json("config.json")
        if "format" not in data:
            raise RunError(f"The file config.json of the run {self.id} is incomplete.")
        try:
            return schema.described(data)
        except KeyError as error:
            version = error.args[0]
            raise RunError(
                f"The run {self.id} was written by another version of Latent Lab (format {version})."
            ) from None
        except (ConfigError, TypeError) as error:
            raise RunError(f"The settings of the run {self.id} cannot be used: {error}") from None

    @property
    def dataset(self) -> DatasetSpec:
        return registry.get(self.config.dataset)

    @cached_property
    def architecture(self) -> Architecture:
        return of_config(self.config)

    def status(self, now: float | None = None) -> Status:
        """The state as a visitor should see it: a silent trainer is ``interrupted``, one asked to stop ``stopping``."""
        # Before the status: a trainer that ends writes its last status, then takes the request away.
        asked = self.control()
        return self.as_seen(self.read_status(), asked, now)

    def read_status(self) -> Status:
        """The last status that its trainer wrote, as it stands there."""
        data = self._read_json("status.json")
        try:
            status = Status(**{f.name: schema.typed(data[f.name], f.type) for f in fields(Status) if f.name in data})
            if status.state not in STATES:
                raise TypeError
        except TypeError:
            raise RunError(f"The file status.json of the run {self.id} cannot be read.") from None
        return status

    @staticmethod
    def as_seen(status: Status, asked: str, now: float | None = None) -> Status:
        """What a visitor should see of a status that was written, and of what the trainer was asked."""
        silent = not is_fresh(status.heartbeat, HEARTBEAT_TIMEOUT, now)
        here = status.host in ("", HOST)  # another machine on the same folder has other processes
        if status.active and (silent or (here and os_compat.is_gone(status.pid, status.born))):
            return replace(status, state="interrupted")
        if status.state in ("starting", "running", "paused") and asked == "stop":
            return replace(status, state="stopping")
        return status

    def control(self) -> str:
        """The last request: ``run``, ``pause``, ``step`` or ``stop``."""
        try:
            return str(files.read_json(self.path / "control.json")["request"])
        except (OSError, ValueError, KeyError, TypeError):
            return "run"

    def metrics(self) -> list[dict[str, Any]]:
        """One record per finished epoch, in order from epoch 0."""
        lines = self._read_lines("metrics.jsonl")
        self.check_epochs(lines)
        return lines

    def check_epochs(self, lines: list[dict[str, Any]], first: int = 0) -> None:
        """Raise RunError unless these lines of metrics.jsonl are whole, and of the epochs from ``first`` on."""
        for epoch, record in enumerate(lines, start=first):
            if record.get("epoch") != epoch or not schema.is_whole_number(record["epoch"]):
                raise RunError(f"The epochs in metrics.jsonl of the run {self.id} are not in order.")
        for record in lines:
            if not schema.is_whole_epoch(record, self.config):
                raise RunError(f"Epoch {record['epoch']} in metrics.jsonl of the run {self.id} is incomplete.")

    def steps(self) -> list[dict[str, Any]]:
        """Records of ``step``, ``epoch``, ``reconstruction``, ``kl``: means over a few steps, nats per image."""
        lines = self._read_lines("steps.jsonl")
        self.check_points(lines)
        return lines

    def check_points(self, lines: list[dict[str, Any]]) -> None:
        """Raise RunError unless these lines of steps.jsonl can be drawn."""
        if not all(schema.is_whole_point(record, self.config) for record in lines):
            raise RunError(f"The file steps.jsonl of the run {self.id} cannot be read.")

    @property
    def epoch(self) -> int | None:
        """The newest finished epoch, or None before the first."""
        lines = self.metrics()
        return len(lines) - 1 if lines else None

    def weight_epochs(self) -> list[int]:
        """Finished epochs whose weights are here (the gallery keeps only some)."""
        return self.kept("weights", len(self.metrics()))

    def latent_epochs(self) -> list[int]:
        return self.kept("latents", len(self.metrics()))

    def weights_file(self, epoch: int) -> Path:
        return self.path / "weights" / f"{epoch:04d}.safetensors"

    def latents_file(self, epoch: int) -> Path:
        return self.path / "latents" / f"{epoch:04d}.npz"

    def latents(self, epoch: int) -> Latents:
        data = self.read_npz(self.latents_file(epoch))
        mean, logvar = data.get("mean"), data.get("logvar")
        shape = (len(self.labels()), self.config.latent_dim)
        if not all(a is None or (a.shape == shape and a.dtype.kind == "f") for a in (mean, logvar)) or mean is None:
            raise RunError(f"The latent means of epoch {epoch} of the run {self.id} have the wrong shape.")
        return Latents(mean.astype(np.float32), None if logvar is None else logvar.astype(np.float32))

    def labels(self) -> np.ndarray:
        """Class of each kept test image, (n,)."""
        found = self._labels_file("labels")
        if found.size and found.max() >= len(self.dataset.label_names):
            raise RunError(f"The file latents/labels.npz of the run {self.id} names a class that no dataset has.")
        return found

    def test_indices(self) -> np.ndarray:
        """Which test pictures the kept images are, (n,)."""
        return self._labels_file("test_indices")

    def _labels_file(self, name: str) -> np.ndarray:
        arrays = self.read_npz(self.path / "latents" / "labels.npz")
        found = arrays.get(name)
        if found is None or found.ndim != 1 or found.dtype.kind not in "ui" or (found.size and found.min() < 0):
            raise RunError(f"The file latents/labels.npz of the run {self.id} has no {name}.")
        return found

    def check(self) -> None:
        """Raise RunError with the first thing that is wrong, reading headers and directories only."""
        self.config, self.status(), self.steps()
        self.check_files(len(self.metrics()), set())

    def check_files(self, epochs: int, whole: set[tuple[str, tuple[int, ...]]]) -> None:
        """Raise RunError unless the files of the first so many epochs are here, and none is damaged.

        ``whole``: which files, each with its stamp, were found so before; these are not opened again. It grows.
        """
        weights, latents = self.kept("weights", epochs), self.kept("latents", epochs)
        if latents and len(self.labels()) != len(self.test_indices()):
            raise RunError(f"The file latents/labels.npz of the run {self.id} does not fit together.")
        if not self.gallery and not self.said.sparse:
            for kept, what in ((latents, "latent means"), (weights, "weights")):
                if missing := sorted({*range(epochs)} - {*kept}):
                    raise RunError(f"The run {self.id} lacks its {what} of epoch {missing[0]}.")
        for file in [*map(self.weights_file, weights), *map(self.latents_file, latents)]:
            if (now := (str(file), files.stamp(str(file)))) in whole:
                continue
            if file.suffix == ".safetensors":
                check_weights(file, self)
            elif not self._is_zip(file):
                raise RunError(f"The file {file.name} of the run {self.id} is damaged.")
            whole.add(now)

    def kept(self, folder: str, epochs: int) -> list[int]:
        """Those of the first so many epochs that have a file in ``weights`` or ``latents``."""
        try:
            names = os.listdir(self.path / folder)
        except OSError as error:
            if os_compat.is_passing(error):
                raise Unreadable(folder, self.id, error) from None
            return []
        found = [int(name[:4]) for name in names if re.fullmatch(OF_EPOCH[folder], name)]
        return sorted(epoch for epoch in found if epoch < epochs)

    def _is_zip(self, file: Path) -> bool:
        try:
            with os_compat.open_to_read(file) as opened:
                return zipfile.is_zipfile(opened)
        except OSError as error:
            if os_compat.is_passing(error):
                raise Unreadable(f"latents/{file.name}", self.id, error) from None
            return False

    def _read_json(self, name: str) -> dict[str, Any]:
        try:
            data = files.read_json(self.path / name)
        except FileNotFoundError:
            raise RunError(f"The run {self.id} is incomplete: it has no {name}.") from None
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and os_compat.is_passing(error):
                raise Unreadable(name, self.id, error) from None
            raise RunError(f"The file {name} of the run {self.id} cannot be read.") from None
        if not isinstance(data, dict):
            raise RunError(f"The file {name} of the run {self.id} cannot be read.")
        return data

    def _read_lines(self, name: str) -> list[dict[str, Any]]:
        try:
            return files.read_lines(self.path / name)
        except OSError as error:
            if os_compat.is_passing(error):
                raise Unreadable(name, self.id, error) from None
            raise RunError(f"The file {name} of the run {self.id} cannot be read.") from None
        except ValueError as error:
            raise RunError(f"The run {self.id} is damaged: {error}.") from None

    def read_npz(self, file: Path) -> dict[str, np.ndarray]:
        try:
            with os_compat.patiently(lambda: np.load(file, allow_pickle=False), file) as data:
                return dict(data)
        except FileNotFoundError:
            raise RunError(f"The run {self.id} has no file {file.parent.name}/{file.name}.") from None
        except Exception as error:  # damaged bytes make zip and npy readers raise almost anything, MemoryError included
            if isinstance(error, OSError) and os_compat.is_passing(error):
                raise Unreadable(f"{file.parent.name}/{file.name}", self.id, error) from None
            raise RunError(f"The file {file.parent.name}/{file.name} of the run {self.id} is damaged.") from None


def check_weights(file: Path, run: Run) -> None:
    """Raise RunError unless a file of weights fits its size and the run's settings. Reads the header only."""
    from safetensors import SafetensorError, safe_open

    try:
        look_into(file, run.id)
        with safe_open(file, framework="numpy") as tensors:
            names = tensors.keys()
            found = {name: tuple(tensors.get_slice(name).get_shape()) for name in names}
    except (OSError, SafetensorError, ValueError):
        raise RunError(f"The file weights/{file.name} of the run {run.id} is damaged.") from None
    if found != run.architecture.parameter_shapes:
        raise RunError(f"The file weights/{file.name} of the run {run.id} does not fit its settings.")


def look_into(file: Path, run_id: str) -> None:
    """Raises Unreadable if a file cannot be opened now, which safetensors takes for missing, or FileNotFoundError."""
    try:
        os_compat.open_to_read(file).close()
    except OSError as error:
        if os_compat.is_passing(error):
            name = f"weights/{file.name}" if file.parent.name == "weights" else file.name
            raise Unreadable(name, run_id, error) from None
        raise


def is_fresh(when: float, seconds: float, now: float | None = None) -> bool:
    """Whether a time (seconds since 1970) lies so few seconds back. What comes from the future tells nothing."""
    return -CLOCK_TOLERANCE <= (time.time() if now is None else now) - when <= seconds


def check_id(run_id: str) -> None:
    """Raise RunError unless a new run may be called so, on every system."""
    if not RUN_ID.fullmatch(run_id):
        raise RunError(f"The run id {run_id!r} must be 1 to 64 small letters, digits, dots, dashes or underscores.")
    if RESERVED.fullmatch(run_id):
        raise RunError(f"No folder can be called {run_id!r} on Windows; choose another run id.")


def write_status(run: Run, status: Status) -> Status:
    """Replace status.json, with the heartbeat set to now. Returns what was written."""
    status = replace(status, heartbeat=time.time())
    files.write_json(run.path / "status.json", asdict(status), durable=False)
    return status
