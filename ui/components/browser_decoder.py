"""A run's decoder for the browser, and for Python without torch."""

from __future__ import annotations

from typing import Any

import numpy as np

from ui.components.bridge import base64_of
from vae_core.runs.run import Run, RunError


def _decoder(run: Run, epoch: int) -> dict[str, np.ndarray]:
    """The decoder's weights, read without torch."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(run.weights_file(epoch))
    except (OSError, SafetensorError):
        raise RunError(f"The weights of epoch {epoch} of the run {run.id} cannot be read.") from None
    names = {"w1": "decoder.0.weight", "b1": "decoder.0.bias", "w2": "decoder.2.weight", "b2": "decoder.2.bias"}
    return {short: tensors[name] for short, name in names.items()}


def decoder(run: Run, epoch: int) -> dict[str, Any]:
    """The decoder for ``static/lib/decoder.js``."""
    weights = {short: base64_of(tensor, "f2") for short, tensor in _decoder(run, epoch).items()}
    return {**weights, "latent_dim": run.config.latent_dim, "hidden_dim": run.config.hidden_dim}


def decoded(run: Run, epoch: int, z: np.ndarray) -> np.ndarray:
    """Codes (n, d) to pictures (n, 784) in [0, 1], without torch, which a first picture must not wait for."""
    w = {short: tensor.astype(np.float32) for short, tensor in _decoder(run, epoch).items()}
    hidden = np.maximum(z.astype(np.float32) @ w["w1"].T + w["b1"], 0)
    return 0.5 + 0.5 * np.tanh(0.5 * (hidden @ w["w2"].T + w["b2"]))  # the sigmoid
