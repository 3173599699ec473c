"""What the encoder's bubble costs more than the one that a picture would choose for itself: the amortisation gap.

The bubbles of the first kept test pictures settle (``vae_core.analysis.settling``), the decoder as it is. Needs the
pictures that the gallery is tested on, which come with what pip installs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vae_core.datasets import registry
from vae_core.measured import gallery

MODELS = ("two-knobs", "lecture")
PICTURES = 300
SEEDS = (0, 1)
AT_ONCE = 25  # pictures


def measure() -> dict[str, Any]:
    return {name: _of(name) for name in MODELS}


def _of(name: str) -> dict[str, Any]:
    settled = [[each for first in range(0, PICTURES, AT_ONCE) for each in _part(name, first, seed)] for seed in SEEDS]
    gaps, moved, saved, wider = np.array(settled).transpose(2, 0, 1)  # (seeds, pictures) each
    mean = gaps.mean(0)
    return {
        "pictures": PICTURES, "seeds": list(SEEDS),
        "gap": float(mean.mean()), "error": float(mean.std(ddof=1) / PICTURES**0.5),
        "gap_by_seed": gaps.mean(1).round(3).tolist(), "median": float(np.median(mean)),
        "reconstruction": float(saved.mean()),
        "moved": float(moved.mean()), "moved_error": float(moved.mean(0).std(ddof=1) / PICTURES**0.5),
        "moved_median": float(np.median(moved)), "std_times": float(np.exp(wider.mean())),
        "gaps": mean.round(3).tolist(),
    }  # fmt: skip


def _part(name: str, first: int, seed: int, count: int = AT_ONCE) -> list[tuple[float, float, float, float]]:
    """Of some pictures of a model: gap, move of the mean in std, nats of reconstruction, log of the std's growth."""
    from vae_core.analysis.settling import settle
    from vae_core.training.checkpoint import load_model

    run = gallery(name)
    images = registry.get(run.config.dataset).load_split("test", None).images
    shown = images[run.test_indices()[first : first + count]]
    model = load_model(run, run.weight_epochs()[-1])
    found = settle(model, shown, run.config.reconstruction, run.config.beta, seed=1_000 * seed + first)
    saved = found.before[:, 0] - found.after[:, 0]
    wider = (found.own_logvar - found.logvar).mean(1) / 2
    return list(zip(*(v.tolist() for v in (found.gap(run.config.beta), found.moved(), saved, wider)), strict=True))
