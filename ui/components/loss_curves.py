"""The live curves of a training, and what they count."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from ui.components.bridge import base64_of, component
from ui.components.payloads import LossCurves, LossCurvesData, LossPanel, Table
from ui.store import tail
from ui.text import glossary
from vae_core.config import Config
from vae_core.runs.films import evenly
from vae_core.runs.run import Run, Status

_curves = component("curves", "train/loss_curves.js")


def loss_curves(payload: LossCurvesData) -> None:
    """Live numbers and curves; each entry of ``turns`` is sent to the part of that name."""
    _curves(key="loss_curves", data=payload)


POINTS = 100  # of a live curve, however long the run
TESTS = 40  # of its rings
FINE = 0.01  # nats: how exactly they travel; a tenth is what one reads


def curves(run: Run, status: Status) -> LossCurves:
    """What ``loss_curves.js`` draws: the same number of points however long the run is; nothing before the start."""
    config, per_epoch = run.config, max(status.steps_per_epoch, 1)
    metrics = tail.metrics(run)
    points = tail.points(run) if status.steps_per_epoch else np.zeros((0, 3))
    names = terms_of(config) if metrics or status.active else []
    terms = 2 if config.is_vae else 1  # the total is their sum, which the browser finds by itself
    steps = (thin(points) / [per_epoch, 1, 1])[:, : terms + 1]
    tests = np.array([[m["epoch"], *_values(m["test"], config)[:terms]] for m in evenly(metrics, TESTS)])
    # Beside a training that has begun, the untrained network's number would only mislead.
    last_test = metrics[-1]["test"] if metrics and (len(metrics) > 1 or not len(steps)) else None
    newest = dict(zip(("reconstruction", "kl"), steps[-1, 1:], strict=False)) if len(steps) else None
    panels: list[LossPanel] = []
    for k, (name, paint) in enumerate(names):
        words = [f"training {_values(newest, config)[k]:.1f}"] if newest else []
        words += [f"test {_values(last_test, config)[k]:.1f}"] if last_test else []
        panels.append({"name": name, "colour": paint, "now": " · ".join(words)})
    return {
        "run": run.id, "panels": panels, "beta": config.beta, "n_epochs": len(metrics),
        "steps": packed(steps, max(config.beta, 1)), "tests": packed(tests.reshape(-1, terms + 1), max(config.beta, 1)),
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
            f" Test pictures, epoch {newest['epoch']}: **{newest['test']['loss']:.1f}** in total with z drawn from the"
            " bubble (the mean and its noise),"
            f" **{newest['test_mean']['loss']:.1f}** when only the bubble’s middle is decoded."
        )
    st.caption(
        words,
        help=glossary.tips(
            "loss",
            "nat",
            before="Summed over all 784 pixels and all numbers of the code, then averaged over pictures. The lecture’s "
            "notebook decodes the mean when it tests. That is easier, so its number is lower than in training.",
        ),
    )


def terms_of(config: Config) -> list[tuple[str, str]]:
    """The names of the panels, and the lecture's colour of each."""
    error = "Reconstruction (BCE)" if config.reconstruction == "bce" else "Reconstruction (squared error)"
    if not config.is_vae:
        return [(error, "decoder")]
    total = "Total: both together" if config.beta == 1 else f"Total: reconstruction + {config.beta:g} × KL"
    return [(error, "decoder"), ("KL penalty", "mean"), (total, "ink")]


def _values(record: dict[str, Any], config: Config) -> list[float]:
    if not config.is_vae:
        return [record["reconstruction"]]
    return [record["reconstruction"], record["kl"], record["reconstruction"] + config.beta * record["kl"]]


def thin(table: np.ndarray) -> np.ndarray:
    """At most POINTS rows of a table (n, columns): means of about equally long stretches.

    The last row stands at the newest step and is as smooth as the others: the last window of an epoch may be a single
    small batch, and a curve that dives at its end would be read as news.
    """
    if len(table) <= POINTS:
        return table
    cuts = np.linspace(0, len(table) - 1, POINTS).round().astype(int)  # the last stretch ends before the newest row
    means = np.add.reduceat(table[:-1], cuts[:-1]) / np.diff(cuts)[:, None]
    return np.vstack([means, [table[-1, 0], *table[cuts[-2] :, 1:].mean(0)]])
