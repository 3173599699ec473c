"""Let the bubble choose: one picture's mean and std go down the slope of the loss, in the browser, decoder as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import streamlit as st

from ui.components import browser_decoder
from ui.components.bridge import base64_of, component, size_of, versioned
from ui.components.payloads.understand import MeasuredGap, SettlingData, SettlingModel
from ui.shell import browser_input
from ui.shell.errors import one_sentence
from vae_core import measured
from vae_core.runs.run import Run

_settling = component("settling", "components/settling.js")
TERMS = ("bce", "mse")  # whose slopes static/lib/slope.js knows
LAYERS = ("linear", "relu", "reshape", "convolution", "transposed_convolution")  # the same
MOST = 2_000_000  # weights of a decoder that a browser goes through thousands of times


def can_settle(run: Run) -> bool:
    """Whether a run has bubbles, and the browser knows the slopes of its decoder and its reconstruction term."""
    config, layers = run.config, run.architecture.to_json()["decoder"]
    small = sum(layer.get("inputs", 0) * layer.get("outputs", 0) for layer in layers) <= MOST
    known = all(layer["type"] in LAYERS for layer in layers)
    return config.is_vae and config.reconstruction in TERMS and known and small


def gap_of(name: str) -> MeasuredGap | None:
    """What was measured of a gallery model's gap; None of one that was not."""
    found = measured.load("amortisation").get(name)
    return None if found is None else {key: found[key] for key in ("gap", "error", "pictures")}  # type: ignore[return-value]


def model_of(run: Run, epoch: int, title: str, mean: np.ndarray, logvar: np.ndarray) -> SettlingModel:
    """A model at an epoch, with the means and logvars (n, d) that its encoder gives the pictures."""
    return {
        "run": run.id, "title": title, "latent_dim": run.config.latent_dim, "beta": run.config.beta,
        "reconstruction": cast(Any, run.config.reconstruction),
        "means": base64_of(mean, "f4"), "logvars": base64_of(logvar, "f4"),
        "decoder": browser_decoder.name_of(run, epoch), "measured": gap_of(run.id) if run.gallery else None,
    }  # fmt: skip


def data_of(run: Run, models: list[SettlingModel], pictures: np.ndarray, names: list[str], thing: str) -> SettlingData:
    """Pictures (n, height, width) uint8 like those of ``run``, as many as names; ``thing``: what one of them is."""
    return versioned({
        "models": models, "pictures": base64_of(run.dataset.shape.flat(pictures), "u1"), "names": names,
        "size": size_of(run), "thing": thing, "start": min(3, len(names) - 1),
    })  # type: ignore[return-value]  # fmt: skip


@st.fragment
def settling(key: str, data: SettlingData, runs: Sequence[tuple[Run, int]]) -> None:
    """The experiment, for models at an epoch each. The decoder of one comes when Settle is pressed: it is large."""
    _settling(key=key, data=data, on_wanted_change=lambda: None)
    wanted = browser_input.place(browser_input.sent(key, "wanted"), len(runs))
    if wanted is None:
        return
    run, epoch = runs[wanted]
    with one_sentence():
        browser_decoder.send_decoder(f"{key}_decoder", run, epoch)
