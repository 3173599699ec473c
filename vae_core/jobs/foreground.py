"""A training in a process of its own that is waited for, as the command line carries it out. Imports no torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from vae_core import os_compat
from vae_core.config import Config
from vae_core.runs.run import Run


class NotTrained(Exception):
    """A training ended without a result; it has said on the terminal why. ``code`` is its exit status."""

    def __init__(self, code: int) -> None:
        super().__init__(f"its training ended with {code}; the line before says why")
        self.code = code


def train(config: Config, folder: Path, name: str, *, quiet: bool = False) -> Run:
    """The run ``name`` in ``folder``, trained to its end; ``quiet``: without lines of progress. Raises NotTrained."""
    options = [f"--{key.replace('_', '-')}={value}" for key, value in config.to_json().items()]
    command = [sys.executable, "-m", "vae_core.train", "--runs-dir", str(folder), "--run-id", name, *options]
    output = subprocess.DEVNULL if quiet else None
    done = subprocess.run(command, check=False, stdout=output, env=os_compat.environment({}))
    if done.returncode:
        raise NotTrained(done.returncode)
    return Run(folder / name)
