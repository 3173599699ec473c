"""Runs that are whole and yet odd, as a stranger's file may bring them: every page opens each of them.

Each run is shown on a third of the views, so that each view meets a third of the runs in half a minute. All of them on
all views: ``VAE_TEST_EVERYTHING=1 python -m pytest tests/pages/test_odd_runs.py``.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import _here, check, show  # noqa: F401 (fixture)
from tests.pages.test_titles import nodes
from vae_core import paths
from vae_core.architecture import of_config
from vae_core.config import Config
from vae_core.datasets.drawing import PAD
from vae_core.runs import files, lifecycle
from vae_core.runs.run import Run, write_status
from vae_core.training.checkpoint import save_tensors

LARGE = 65504.0  # the largest number of half precision, in which weights and means are kept
TINY = Config(dataset="digits", latent_dim=3, hidden_dim=8, epochs=1, batch_size=32, device="cpu")
DIGITS = np.arange(20, dtype=np.uint8) % 10


def codes(count: int, d: int, scale: float = 1.0) -> np.ndarray:
    return scale * np.random.default_rng(0).standard_normal((count, d))


def make(
    run_id: str, config: Config = TINY, labels: np.ndarray = DIGITS, weights: float | None = None,
    mean: float | None = None, logvar: float = -1.0, epochs: int = 2, loss: float = 100.0,
) -> Run:  # fmt: skip
    """A run of numbers that nobody trained; ``weights`` and ``mean`` None: random ones."""
    run = lifecycle.create(config, paths.runs_dir(), run_id)
    n, d, rng = len(labels), config.latent_dim, np.random.default_rng(1)
    files.write_npz(run.path / "latents" / "labels.npz", {"labels": labels, "test_indices": np.arange(n, dtype="<u4")})
    for epoch in range(epochs):
        arrays = {"mean": (codes(n, d) if mean is None else np.full((n, d), mean)).astype("<f2")}
        if config.is_vae:
            arrays["logvar"] = np.full((n, d), logvar, "<f2")
        files.write_npz(run.latents_file(epoch), arrays)
        tensors = {
            name: torch.tensor(rng.normal(0, 0.1, shape) if weights is None else np.full(shape, weights)).half()
            for name, shape in of_config(config).parameter_shapes.items()
        }
        save_tensors(run.weights_file(epoch), tensors, {"epoch": epoch})
    terms: dict[str, Any] = {"loss": loss, "reconstruction": loss, "kl": 1.0 if config.is_vae else None}
    used = [1.0] * d if config.is_vae else None
    files.rewrite_lines(run.path / "metrics.jsonl", [
        {"epoch": e, "train": terms, "test": terms, "test_mean": terms, "kl_per_dimension": used} for e in range(epochs)
    ])  # fmt: skip
    state = "finished" if epochs > config.epochs else "stopped"
    write_status(run, replace(run.status(), state=state, epoch=epochs - 1, epochs=config.epochs))
    return Run(run.path)


ODD: dict[str, dict[str, Any]] = {
    "weights-large": {"weights": LARGE},
    "weights-negative": {"weights": -LARGE},
    "weights-nothing": {"weights": 0.0},
    "weights-large-classic": {"weights": LARGE, "config": replace(TINY, model="autoencoder")},
    "one-picture": {"labels": DIGITS[:1]},
    "two-pictures": {"labels": DIGITS[3:5]},
    "one-class": {"labels": np.full(20, 4, np.uint8)},
    "no-three": {"labels": np.array([0, 8] * 6, np.uint8)},
    "codes-equal": {"mean": 0.5},
    "codes-equal-classic": {"mean": 0.0, "config": replace(TINY, model="autoencoder", latent_dim=2)},
    "codes-large": {"mean": LARGE, "logvar": LARGE},
    "codes-sharp": {"logvar": -LARGE},
    "one-number": {"config": replace(TINY, latent_dim=1)},
    "one-number-classic-one-picture": {
        "config": replace(TINY, latent_dim=1, model="autoencoder"), "labels": DIGITS[:1], "mean": LARGE
    },
    "two-numbers-one-picture": {"config": replace(TINY, latent_dim=2), "labels": DIGITS[:1]},
    "stopped-at-once": {"epochs": 1},
    "loss-large": {"loss": 1e36},
    "squared-error": {"config": replace(TINY, reconstruction="mse", beta=1000.0), "weights": LARGE},
}  # fmt: skip


def browsers_can_read(app: AppTest) -> None:
    """What is sent to components is JSON, which knows no NaN."""
    for node in nodes(app._tree):
        if sent := getattr(getattr(node, "proto", None), "json", ""):
            name = node.proto.component_name
            json.loads(sent, parse_constant=lambda word, name=name: pytest.fail(f"{word} in {name}"))


@pytest.fixture
def drawing() -> np.ndarray:
    pixels = np.zeros((PAD, PAD), np.uint8)
    pixels[20:120, 66:78] = 255
    return pixels


VIEWS: list[tuple[str, dict[str, str]]] = [
    ("train", {}), ("map", {"dot": "1"}), ("map", {"view": "3D"}), ("samples", {"chosen": "1"}),
    ("samples", {"part": "Knobs", "start": "1"}), ("samples", {"part": "Plane"}), ("samples", {"part": "Walk"}),
    ("morph", {"path": "spherical"}), ("draw", {}), ("compare", {"with": "digits"}), ("loss", {}), ("runs", {}),
]  # fmt: skip
SHARE = 1 if os.environ.get("VAE_TEST_EVERYTHING") else 3


@pytest.mark.parametrize("name", ODD)
def test_every_page_opens_an_odd_run(name, drawing):
    run = make(name, **ODD[name])
    run.check()
    for page, params in VIEWS[list(ODD).index(name) % SHARE :: SHARE]:
        app = show(page, run=name, **params)
        check(app)
        if page == "draw":
            app.session_state["drawing"] = drawing
            check(app.run())
        browsers_can_read(app)
        if page == "runs":
            check(app.button(key=f"more_{name}").click().run())


@pytest.mark.parametrize("name", ODD)
def test_an_odd_run_makes_a_report_or_says_why_not(name):
    from ui.runs import report

    run = make(name, **ODD[name])
    assert len(report.build(run)) > 1000


def test_the_folder_of_runs_is_the_tests_own():
    assert paths.runs_dir() != Path("runs")
