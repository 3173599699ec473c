"""A shared server (``VAE_HOSTED=1``): its limits, and whose a run is. Locally there are none, and every run is yours.

Each limit is a field of ``Limits`` and can be set by the environment, e.g. ``VAE_HOSTED_EPOCHS=50``.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass, fields
from pathlib import Path

from vae_core.config import Config
from vae_core.paths import ROOT, data_dir, runs_dir
from vae_core.runs.run import RunError
from vae_core.words import many

TOKEN = re.compile(r"[0-9a-f]{32}")  # 128 random bits, made and kept by the visitor's browser


@dataclass(frozen=True)
class Limits:
    """What one server gives each visitor, and has in all."""

    trainings: int = 1  # at the same time
    waiting: int = 3  # requests of one visitor in the queue
    queue: int = 100  # requests of all
    minutes: int = 10  # of one turn, pauses included; whoever goes on takes another turn
    pause: int = 60  # seconds of a pause while others wait
    epochs: int = 100
    hidden_dim: int = 1024
    batch_size: int = 16  # at least
    runs: int = 6  # kept for one visitor
    pins: int = 2  # of one visitor
    pin_days: int = 30  # that a pin holds after somebody last looked at the run
    visitor_megabytes: int = 2_000  # of one visitor's runs, and of what they threw away
    all_runs: int = 300
    megabytes: int = 10_000  # of all runs together, and of what was thrown away
    spare: int = 300  # megabytes of the disk that stay free
    archive: int = 50  # megabytes of a file to import
    sets: int = 3  # of own pictures, of one visitor
    pictures: int = 3_000  # in one set

    @property
    def all_pins(self) -> int:
        """How many pins hold at the same time, so that there is always room for somebody new."""
        return self.all_runs // 2

    @property
    def words(self) -> str:
        """What the form says beforehand."""
        return (
            f"On this shared server a training has at most {many(self.epochs, 'epoch')}, a hidden size of "
            f"{self.hidden_dim:,} and {many(self.minutes, 'minute')} a turn; batches have at least {self.batch_size} "
            f"pictures. {_many(self.trainings, 'training runs', 'trainings run')} at a time; the others wait in the "
            f"queue. Your newest {self.runs} runs are kept; pin up to {self.pins} to keep them longer, until nobody "
            f"has looked at them for {_many(self.pin_days, 'day', 'days').lower()}."
        )

    def refusal(self, config: Config) -> str:
        """One sentence on the setting that is too much, or nothing."""
        assert config.hidden_dim is not None
        if config.epochs > self.epochs:
            return f"This shared server trains at most {many(self.epochs, 'epoch')}; you asked for {config.epochs}."
        if config.hidden_dim > self.hidden_dim:
            return f"This shared server takes a hidden size up to {self.hidden_dim}; you asked for {config.hidden_dim}."
        if config.batch_size < self.batch_size:
            return f"This shared server takes batches from {self.batch_size}; you asked for {config.batch_size}."
        return ""

    def accept(self, config: Config) -> None:
        """Raises RunError with the refusal."""
        if words := self.refusal(config):
            raise RunError(words)


def _many(count: int, one: str, more: str) -> str:
    return f"One {one}" if count == 1 else f"{count} {more}"


def hosted_limits() -> Limits | None:
    """The limits of this server, or None where it is not shared."""
    if os.environ.get("VAE_HOSTED", "0") in ("", "0"):
        return None
    given = {f.name: os.environ.get(f"VAE_HOSTED_{f.name.upper()}", "") for f in fields(Limits)}
    return Limits(**{name: int(text) for name, text in given.items() if re.fullmatch(r"\d{1,9}", text)})


# A path from the root with two names at least, on any system; a title such as a/b or /draw is none.
PATH = re.compile(r"""(?<![\w./\\])(?:[A-Za-z]:[\\/]|\\\\|/(?=[^\s/'"]+/))[^\s'"<>|:;,()]+""")


def without_paths(text: str) -> str:
    """A sentence for a visitor: on a shared server, only the last name of a path is shown."""
    if hosted_limits() is None:
        return text
    folders = {str(folder) for folder in (runs_dir(), data_dir(), ROOT, Path.home()) if len(folder.parts) > 1}
    for folder in sorted(folders, key=len, reverse=True):  # these may have spaces in them
        text = re.sub(re.escape(folder) + r"[/\\](?=\w)", "", text)
        text = re.sub(re.escape(folder) + r"(?![\w-])", "the server’s folder", text)
    return PATH.sub(lambda found: re.split(r"[/\\]", found[0].rstrip("/\\"))[-1], text)


def owner_of(token: str) -> str:
    """The owner in a run's about.json: reading it does not give away the token."""
    return hashlib.sha256(f"latent lab {token}".encode()).hexdigest() if TOKEN.fullmatch(token) else ""


def room_on_disk(folder: Path, limits: Limits) -> bool:
    """Whether the disk itself has room left for a training."""
    try:
        return shutil.disk_usage(folder).free > limits.spare * 1_000_000
    except OSError:
        return False


def size_of(folder: Path) -> int:
    """Bytes in a folder, with what is below it."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(path, name)).st_size
            except OSError:
                continue
    return total
