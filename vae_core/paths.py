"""Where things are: the project, its gallery, the visitor's runs, the datasets. Imports nothing."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "checkpoints" / "pretrained"


def runs_dir() -> Path:
    """Where the user's own runs live: VAE_RUNS_DIR, or ``checkpoints/runs``."""
    return Path(os.environ.get("VAE_RUNS_DIR") or ROOT / "checkpoints" / "runs")


def data_dir() -> Path:
    """Where datasets are looked for and put: VAE_DATA_DIR, or ``data`` in the project."""
    return Path(os.environ.get("VAE_DATA_DIR") or ROOT / "data")


def pictures_dir() -> Path:
    """Where the visitors' own pictures live, beside their runs: ``sets/`` and ``versions/`` are in it."""
    return runs_dir() / ".pictures"


def classroom_file() -> Path:
    """The one file of all rooms, beside the runs."""
    return runs_dir() / ".classroom" / "classroom.sqlite"
