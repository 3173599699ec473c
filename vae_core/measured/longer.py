"""Do more epochs improve the samples? The lecture's model trained five times as long.

Kept are numbers alone, by epoch: the loss of training and test pictures, and how clear samples and pictures from real
codes are (five seeds of the dice). Its first ten epochs are the gallery's. Needs MNIST in VAE_DATA_DIR, and time.
VAE_LONGER may name a folder with the runs ``longer-<seed>``, or where they are to be kept.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from vae_core import os_compat
from vae_core.gallery import PIECES
from vae_core.jobs.foreground import train
from vae_core.measured.clearness import Judge, prior
from vae_core.runs.run import Run

EPOCHS, SEEDS, DICE_SEEDS = 50, range(1, 3), range(5)
LOOKED_AT = (1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 35, 40, 45, 50)  # epochs whose samples are judged


def trained(seed: int, folder: Path) -> Run:
    """The run of a seed, trained if it is not there yet."""
    name = f"longer-{seed}"
    if not os_compat.exists(folder / name / "metrics.jsonl"):
        config = replace(PIECES[0].config, epochs=EPOCHS, seed=seed)
        return train(config, folder, name)
    return Run(folder / name)


def curve(run: Run) -> dict[str, Any]:
    """By epoch: losses of each, and at LOOKED_AT how clear copies and samples are."""
    records = run.metrics()[1:]
    clear, real = [], []
    for epoch in LOOKED_AT:
        judge = Judge(run, epoch)
        clear.append([round(float(judge.clear(prior(judge, seed)).mean()), 4) for seed in DICE_SEEDS])
        real.append([round(float(judge.clear(judge.real(seed)).mean()), 4) for seed in DICE_SEEDS])
    return {
        "train": [round(record["train"]["loss"], 3) for record in records],
        "test": [round(record["test"]["loss"], 3) for record in records],
        "clear": clear, "real": real,
    }  # fmt: skip


def measure() -> dict[str, Any]:
    """By training (SEEDS), ``curve``."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(os.environ.get("VAE_LONGER") or temporary)
        runs = [curve(trained(seed, folder)) for seed in SEEDS]
    return {"epochs": list(LOOKED_AT), "seeds": list(SEEDS), "runs": runs}
