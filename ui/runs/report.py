"""A run as one web page that opens anywhere: curves, map, pictures and a morph, without this app and without a network.

The page is ``report.html`` with the script of ``static/runs/report.js`` (``ui.components.offline_page``). A run of ten
epochs makes about 1.5 MB.
"""

from __future__ import annotations

import time
from pathlib import Path

from ui import figures
from ui.components import (
    embed,
    image_picker,
    image_rows,
    loss_curves,
    morph_path,
    offline_page,
    run_status,
)
from ui.components.bridge import STATIC
from ui.components.image_picker import End
from ui.components.image_rows import Row, cell_of
from ui.components.payloads import base
from ui.components.payloads.pages_apart import ReportData
from ui.shell import clock
from ui.store import cache
from vae_core.analysis import curves
from vae_core.config import FIELDS, in_words
from vae_core.runs.films import evenly
from vae_core.runs.run import Run, RunError, Status

TEMPLATE, SCRIPT = Path(__file__).with_name("report.html"), STATIC / "runs" / "report.js"
EPOCHS = 21  # at most, evenly chosen
SAMPLES, FRAMES = 20, 25


def build(run: Run) -> str:
    """The page. Raises RunError if the run has no epoch with weights and means."""
    kept = set(run.latent_epochs())
    epochs = evenly([epoch for epoch in run.weight_epochs() if epoch in kept], EPOCHS)
    if not epochs:
        raise RunError(f"The run {run.id} has nothing to show yet.")
    return offline_page.written(TEMPLATE, SCRIPT, run.title, _data(run, epochs))


def _data(run: Run, epochs: list[int]) -> ReportData:
    path, status = str(run.path), run.status()
    places = cache.examples(path)
    rows, _ = image_rows.test_rows(run, epochs, places)
    view = "dims" if run.config.latent_dim <= 2 else "pca"
    return {
        "title": run.title, "epochs": epochs, "summary": run_status.summary(run, status),
        "settings": _settings(run), "curves": loss_curves.curves(run, status),
        "map": embed.map_of(run, epochs, view), "rows": [row.to_json() for row in rows], "size": cell_of(rows),
        "windows": _windows(run, status),
        "samples": image_rows.sample_row(run, epochs, SAMPLES, 0, columns=10).to_json(),
        "morph": _morph(run, epochs, places),
        "made": clock.when(time.time(), "%Y-%m-%d"),
    }  # fmt: skip


def _windows(run: Run, status: Status) -> list[list[float]]:
    """From where to where each panel of the curves reaches, as in ``figures.loss_curves``."""
    line, rings = figures.curves_of(run, status)
    return [curves.window(line[:, k], rings[:, k]) or [0.0, 1.0] for k in range(1, line.shape[1])]


def _settings(run: Run) -> list[list[str]]:
    config = run.config
    names = [name for name in FIELDS if name not in ("device", *config.unused)]
    return [[FIELDS[name].metadata["label"], in_words(name, getattr(config, name))] for name in names]


def _morph(run: Run, epochs: list[int], places: tuple[int, ...]) -> base.Row | None:
    """Between two of the pictures above it: of the classes that the page of morphs joins, or the first two."""
    labels = list(cache.labels(str(run.path))[list(places)])
    pair = [labels.index(c) for c in run.dataset.morph if c in labels]
    if len(places) < 2:
        return None
    start, end = (End(int(labels[k]), places[k]) for k in (pair if len(pair) == 2 else [0, 1]))
    names = [image_picker.name_of(run, each) for each in (start, end)]
    images = morph_path.walk(str(run.path), tuple(epochs), start, end, FRAMES, "straight")
    return Row("Morph", images, f"Morph from {names[0]} to {names[1]}", "", "decoder", epochs).to_json()
