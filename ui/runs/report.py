"""A run as one web page that opens anywhere: curves, map, pictures and a morph, without this app and without a network.

The page is ``report.html`` with the styles of ``static/style.css``, the script of ``static/runs/report.js`` and the
run's data written into it; it carries a policy that forbids every request. A run of ten epochs makes about 1.5 MB.
"""

from __future__ import annotations

import base64
import html
import json
import re
import time
from pathlib import Path

import numpy as np

from ui import figures
from ui.components import image_picker, image_rows, latent_map, loss_curves, morph_path, payloads, run_status
from ui.components.bridge import STATIC, base64_of
from ui.components.image_picker import End
from ui.components.image_rows import Row, cell_of
from ui.components.payloads import ReportData, ReportMap
from ui.runs import report_script
from ui.store import cache
from vae_core.analysis import curves
from vae_core.config import FIELDS, in_words
from vae_core.runs.films import evenly
from vae_core.runs.run import Run, RunError, Status

TEMPLATE, SCRIPT = Path(__file__).with_name("report.html"), STATIC / "runs" / "report.js"
EPOCHS = 21  # at most, evenly chosen
POINTS = 3_000  # of the map
SAMPLES, FRAMES = 20, 25


def build(run: Run) -> str:
    """The page. Raises RunError if the run has no epoch with weights and means."""
    kept = set(run.latent_epochs())
    epochs = evenly([epoch for epoch in run.weight_epochs() if epoch in kept], EPOCHS)
    if not epochs:
        raise RunError(f"The run {run.id} has nothing to show yet.")
    text = json.dumps(_data(run, epochs), allow_nan=False).replace("<", "\\u003c")  # no way out of the script element
    parts = {
        "title": html.escape(run.title), "style": (STATIC / "style.css").read_text(encoding="utf-8"),
        "data": text, "script": report_script.plain_script(SCRIPT),
    }  # fmt: skip
    return re.sub(r"{{(\w+)}}", lambda place: parts[place[1]], TEMPLATE.read_text(encoding="utf-8"))


def _data(run: Run, epochs: list[int]) -> ReportData:
    path, status = str(run.path), run.status()
    places = cache.examples(path)
    rows, _ = image_rows.test_rows(run, epochs, places)
    return {
        "title": run.title, "epochs": epochs, "summary": run_status.summary(run, status),
        "settings": _settings(run), "curves": loss_curves.curves(run, status),
        "map": _map(run, epochs), "rows": [row.to_json() for row in rows], "size": cell_of(rows),
        "windows": _windows(run, status),
        "samples": image_rows.sample_row(run, epochs, SAMPLES, 0, columns=10).to_json(),
        "morph": _morph(run, epochs, places),
        "made": time.strftime("%Y-%m-%d"),
    }  # fmt: skip


def _windows(run: Run, status: Status) -> list[list[float]]:
    """From where to where each panel of the curves reaches, as in ``figures.loss_curves``."""
    line, rings = figures.curves_of(run, status)
    return [curves.window(line[:, k], rings[:, k]) or [0.0, 1.0] for k in range(1, line.shape[1])]


def _settings(run: Run) -> list[list[str]]:
    config = run.config
    names = [name for name in FIELDS if name not in ("device", *config.unused)]
    return [[FIELDS[name].metadata["label"], in_words(name, getattr(config, name))] for name in names]


def _map(run: Run, epochs: list[int]) -> ReportMap:
    view = "dims" if run.config.latent_dim <= 2 else "pca"
    whole = latent_map.payload(str(run.path), tuple(epochs), view)
    points = [np.frombuffer(base64.b64decode(text), "<f2").reshape(-1, 2)[:POINTS] for text in whole["points"]]
    labels = np.frombuffer(base64.b64decode(whole["labels"]), np.uint8)[:POINTS]
    return {
        "points": [base64_of(part, "f2") for part in points], "labels": base64_of(labels, "u1"),
        "names": whole["names"], "axes": whole["axes"], "range": whole["range"],
        "opacity": whole["trace"]["marker"]["opacity"],
    }  # fmt: skip


def _morph(run: Run, epochs: list[int], places: tuple[int, ...]) -> payloads.Row | None:
    """Between two of the pictures above it: of the classes that the page of morphs joins, or the first two."""
    labels = list(cache.labels(str(run.path))[list(places)])
    pair = [labels.index(c) for c in run.dataset.morph if c in labels]
    if len(places) < 2:
        return None
    start, end = (End(int(labels[k]), places[k]) for k in (pair if len(pair) == 2 else [0, 1]))
    names = [image_picker.name_of(run, each) for each in (start, end)]
    images = morph_path.walk(str(run.path), tuple(epochs), start, end, FRAMES, "straight")
    return Row("Morph", images, f"Morph from {names[0]} to {names[1]}", "", "decoder", epochs).to_json()
