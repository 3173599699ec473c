"""The live curves of a training, and what they count."""

from __future__ import annotations

import numpy as np
import streamlit as st

from ui import figures
from ui.components.bridge import base64_of, component
from ui.components.payloads.base import Table
from ui.components.payloads.train_and_map import LossCurves, LossCurvesData, LossPanel
from ui.store import tail
from ui.text import glossary
from vae_core.analysis.curves import terms
from vae_core.runs.run import Run, Status

_curves = component("curves", "train/loss_curves.js")


def loss_curves(payload: LossCurvesData) -> None:
    """Live numbers and curves; each entry of ``turns`` is sent to the part of that name."""
    _curves(key="loss_curves", data=payload)


FINE = 0.01  # nats: how exactly they travel; a tenth is what one reads


def curves(run: Run, status: Status) -> LossCurves:
    """What ``loss_curves.js`` draws: the same number of points however long the run is; nothing before the start."""
    config, metrics = run.config, tail.metrics(run)
    names = figures.panels(config) if metrics or status.active else []
    sent = 3 if config.is_vae else 2  # columns; the total is a sum that the browser finds by itself
    line, rings = figures.curves_of(run, status)
    steps, tests = line[:, :sent], rings[:, :sent]
    # Beside a training that has begun, the untrained network's number would only mislead.
    last_test = metrics[-1]["test"] if metrics and (len(metrics) > 1 or not len(steps)) else None
    panels: list[LossPanel] = []
    for k, (name, paint) in enumerate(names, start=1):
        words = [f"training {line[-1, k]:.1f}"] if len(line) else []
        words += [f"test {terms(last_test, config)[k - 1]:.1f}"] if last_test else []
        panels.append({"name": name, "colour": paint, "now": " · ".join(words)})
    return {
        "run": run.id, "panels": panels, "beta": config.beta, "n_epochs": len(metrics),
        "steps": packed(steps, max(config.beta, 1)), "tests": packed(tests, max(config.beta, 1)),
        "epochs_shown": round(max(len(metrics) - 1, steps[-1, 0] if len(steps) else 0, 1), 4),
    }  # fmt: skip


def packed(table: np.ndarray, weight: float = 1.0) -> Table:
    """A table (n, columns) for the browser: 16 bits a number where that shows each to a hundredth, else 32.

    The numbers of a column are steps between its ``low`` and ``high``. ``weight`` is by how much an error would grow.
    """
    if not len(table):
        return {"n": 0}
    low, high = table.min(0), table.max(0)
    if not (high - low).max() * weight / 65535 / 2 <= FINE:  # also where something is not a number
        return {"n": len(table), "f4": base64_of(table.T, "f4")}
    steps = (table - low) / np.where(high > low, high - low, 1) * 65535
    return {
        "n": len(table), "u2": base64_of(steps.round().T, "u2"),
        "low": [round(v, 4) for v in low.tolist()], "high": [round(v, 4) for v in high.tolist()],
    }  # fmt: skip


def explain_numbers(run: Run) -> None:
    """What the curves count, and the lecture notebook's own number beside them."""
    metrics, config = tail.metrics(run), run.config
    words = "All losses are in nats per picture; less is better."
    if config.is_vae and len(metrics) > 1:
        newest = metrics[-1]
        words += (
            f" Test pictures, epoch {newest['epoch']}: **{newest['test']['loss']:.1f}** in total with the noise on"
            " (z drawn from the bubble),"
            f" **{newest['test_mean']['loss']:.1f}** with it off (the bubble’s middle)."
        )
    st.caption(
        words,
        help=glossary.tips(
            "loss",
            "nat",
            before=f"Summed over all {run.dataset.shape.pixels} pixels and all numbers of the code, then averaged over "
            "pictures. The lecture’s notebook decodes the mean when it tests. That is easier, so its number is lower "
            "than in training.",
        ),
    )
