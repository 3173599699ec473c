"""The epoch of the whole visit, and a sentence for each."""

from __future__ import annotations

from collections.abc import Sequence

from ui.components.bridge import component
from ui.store import tail
from vae_core.runs.run import Run

_epoch = component("epoch", "components/epoch_slider.js")
_words = component("words", "components/epoch_words.js")


def epoch_slider(run: Run, epochs: Sequence[int]) -> None:
    """The one slider that everything on the page, and on the next pages, follows; over it the run's test loss."""
    metrics = tail.metrics(run)
    losses = [round(float(metrics[epoch]["test"]["loss"]), 4) for epoch in epochs]
    _epoch(key="epoch_slider", data={"run": run.id, "epochs": list(epochs), "losses": losses, "of": run.config.epochs})


def epoch_words(key: str, run_id: str, epochs: Sequence[int], texts: Sequence[str]) -> None:
    """A sentence for each epoch, with **bold** words; only the one of the slider's epoch is seen."""
    _words(key=key, data={"run": run_id, "epochs": list(epochs), "texts": list(texts)})
