"""Choosing the shape of the dice, with a bar for how clear the pictures are that come of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from ui.components.bridge import component, publish, versioned
from ui.components.payloads.shared import DiceModel, DiceShape, DiceShapesData
from ui.shell import browser_input
from ui.store import cache
from vae_core import measured
from vae_core.analysis import noise_shapes
from vae_core.runs.run import Run

TITLES = {
    "prior": "N(0, 1)", "spread": "Each number’s spread", "correlated": "With correlations",
    "classes": "One Gaussian a class", "mixture": "Ten Gaussians",
}  # fmt: skip
SEEDS, ROLLS = 4, 200  # of a visitor's own run, which is measured while they look
_shapes = component("dice_shapes", "components/dice_shapes.js")


def offered(path: str) -> tuple[str, ...]:
    """The shapes that can be measured on the codes of a run."""
    return noise_shapes.offered(cache.labels(path)[: cache.COMMON], len(Run(Path(path)).dataset.class_names))


def classes_of(path: str) -> list[int]:
    """Which classes can be asked for."""
    return noise_shapes.known_classes(cache.labels(path)[: cache.COMMON])


def chosen(key: str, path: str, default: str) -> tuple[str, int | None]:
    """The shape that is chosen, and of ``classes`` the one that is asked for; first as the address says."""
    choice = browser_input.sent(key, "choice")
    if choice is None:
        name, only = browser_input.from_address("dice"), browser_input.number_from_address("class")
    else:
        name, only = (browser_input.by_name(choice, part) for part in ("shape", "only"))  # type: ignore[assignment]
    shape = browser_input.word(name, offered(path)) or default
    return shape, browser_input.one_of(only, classes_of(path)) if shape == "classes" else None


def in_code(shape: str, only: int | None) -> str:
    """As ``cache.codes`` knows it."""
    return shape if only is None else f"{shape}-{only}"


def figures(run: Run, shape: str) -> int:
    """How many numbers are measured on the codes of a run for a shape."""
    path, d = str(run.path), run.config.latent_dim
    if shape == "classes":
        return noise_shapes.figures(shape, d, len(classes_of(path)))
    return noise_shapes.figures(shape, d, cache.gaussians(path))


def title(run: Run, shape: str) -> str:
    count = cache.gaussians(str(run.path))
    if shape == "mixture" and count < noise_shapes.MOST:
        return f"{count} Gaussians" if count > 1 else "One Gaussian"
    return TITLES[shape]


def _listed(run: Run) -> list[DiceShape]:
    found: list[DiceShape] = []
    for name in offered(str(run.path)):
        count = figures(run, name)
        note = f"{count:,} numbers measured" if count else "nothing measured"
        found.append({"name": name, "title": title(run, name), "note": note})
    return found


def shipped(run: Run) -> dict[str, dict[str, list[float]]] | None:
    """How clear the pictures of a model of the gallery are, by epoch and shape, with the std; None of other runs."""
    models = measured.load("noise_shapes")["models"] if run.gallery else {}
    if run.id not in models:
        return None
    found = {epoch: {k: v for k, v in row.items() if k != "copies"} for epoch, row in models[run.id].items()}
    return {"0": {}, **found}  # an untrained model draws one haze, of which nothing is clear


@st.cache_data(show_spinner=False, max_entries=100)
def measure(path: str, epoch: int) -> dict[str, list[float]]:
    """The same of any run at an epoch, with fewer rolls; empty where its pictures are too few, or of one class."""
    from vae_core.analysis import clearness
    from vae_core.analysis.sampling import decode

    def pixels_of(codes: np.ndarray) -> np.ndarray:
        return decode(model, codes).reshape(len(codes), -1) / np.float32(255)

    model, mean = cache.model(path, epoch), cache.latents(path, epoch).mean[: 2 * clearness.LEARNED]
    found = clearness.known(mean, cache.labels(path)[: len(mean)], pixels_of)
    if found is None or epoch == 0 or len(Run(Path(path)).dataset.class_names) < 2:
        return {}
    return clearness.table(found, pixels_of, SEEDS, ROLLS)


def tell(key: str, run: Run, epoch: int) -> None:
    """Measure a run at an epoch, if that is not known already, and let the chooser of this key show it."""
    if shipped(run) is None:
        publish(f"{key}_told", f"clear of {key}", {str(epoch): measure(str(run.path), epoch)})


def dice_shapes(
    key: str, runs: Sequence[Run], names: Sequence[str], epochs: list[int], shape: str, only: int | None
) -> None:
    """The chooser; what is chosen is in ``chosen(key, ...)`` at the next run of the fragment."""
    first = runs[0]
    colours: tuple[Any, ...] = ("decoder",) if len(runs) == 1 else ("encoder", "decoder")
    models: list[DiceModel] = [
        {"name": name, "colour": colour, "clear": shipped(run)}
        for run, name, colour in zip(runs, names, colours, strict=True)
    ]
    data: dict[str, Any] = {
        "run": runs[-1].id, "epochs": epochs, "shapes": _listed(first), "models": models, "chosen": shape,
        "only": only, "classes": classes_of(str(first.path)) if "classes" in offered(str(first.path)) else [],
        "names": list(first.dataset.label_names), "key": key,
    }  # fmt: skip
    payload: DiceShapesData = versioned(data)  # type: ignore[assignment]
    _shapes(key=key, data=payload, on_choice_change=lambda: None)
