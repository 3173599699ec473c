"""A run's decoder for the browser, and for Python without torch."""

from __future__ import annotations

import numpy as np

from ui.components.bridge import base64_of, size_of
from ui.components.payloads import Decoder
from vae_core import inference
from vae_core.runs.run import Run, RunError


def _weights(run: Run, epoch: int) -> dict[str, np.ndarray]:
    """All weights of an epoch by torch's names, read without torch. Raises RunError."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return dict(load_file(run.weights_file(epoch)))
    except (OSError, SafetensorError):
        raise RunError(f"The weights of epoch {epoch} of the run {run.id} cannot be read.") from None


def decoder(run: Run, epoch: int) -> Decoder:
    """The decoder for ``static/lib/decoder.js``: its layers, and the weights of each by its place."""
    weights = {name: tensor for name, tensor in _weights(run, epoch).items() if name.startswith("decoder.")}
    return {
        "layers": run.architecture.to_json()["decoder"], "size": size_of(run), "latent_dim": run.config.latent_dim,
        "weights": {name.removeprefix("decoder."): base64_of(tensor, "f2") for name, tensor in weights.items()},
    }  # fmt: skip


def decoded(run: Run, epoch: int, z: np.ndarray) -> np.ndarray:
    """Codes (n, d) to pictures (n, pixels) in [0, 1], without torch, which a first picture must not wait for."""
    layers = run.architecture.decoder
    return inference.sigmoid(inference.run(layers, _weights(run, epoch), "decoder", z.astype(np.float32)))


def encoded(run: Run, epoch: int, images: np.ndarray) -> np.ndarray:
    """Images (n, pixels) uint8 to their means (n, d), without torch."""
    code = inference.run(run.architecture.encoder, _weights(run, epoch), "encoder", images / np.float32(255))
    return code[:, : run.config.latent_dim]
