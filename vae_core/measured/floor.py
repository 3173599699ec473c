"""What even a perfect copy costs: the floor of BCE by dataset, and the gallery's models above it."""

from __future__ import annotations

from typing import Any

import numpy as np

from vae_core import inference, loss_registry
from vae_core.analysis.likelihood import log_bernoulli, pure
from vae_core.datasets import registry
from vae_core.measured import gallery
from vae_core.runs.run import Run

DATASETS = ("mnist", "mnist-55k", "mnist-5k", "digits", "letters", "emoji")
MODELS = ("autoencoder", "lecture", "two-knobs")
SEEDS = (0, 1, 2)


def measure() -> dict[str, Any]:
    """``datasets``: the floor of the test pictures of each, averaged, and how many there are. ``classes``: that of each
    digit. ``models``: BCE of the copies of all test pictures by some models of the gallery, as they are (``grey``) and
    in pure black and white (``pure``). All in nats a picture, with the standard error over pictures.
    """
    split = registry.load_test("mnist-55k")
    floors = loss_registry.entropy(split.images / 255)
    return {
        "datasets": {name: _floor(name) for name in DATASETS},
        "classes": [round(float(floors[split.labels == c].mean()), 1) for c in range(10)],
        "models": {name: _model(gallery(name), split.images) for name in MODELS},
    }


def _averaged(values: np.ndarray) -> dict[str, float]:
    return {
        "mean": round(float(values.mean()), 2),
        "error": round(float(values.std(ddof=1) / np.sqrt(len(values))), 2),
    }


def _floor(name: str) -> dict[str, Any]:
    images = registry.load_test(name).images
    return {**_averaged(loss_registry.entropy(images.reshape(len(images), -1) / 255)), "pictures": len(images)}


def _model(run: Run, images: np.ndarray) -> dict[str, Any]:
    x = images / np.float32(255)
    return {name: _copies(run, shown) for name, shown in (("grey", x), ("pure", pure(x)))}


def _copies(run: Run, x: np.ndarray) -> dict[str, Any]:
    """BCE of x (n, pixels) with means decoded, and of a VAE also with noise (over all seeds); the floor."""
    from safetensors.numpy import load_file

    tensors = dict(load_file(run.weights_file(run.weight_epochs()[-1])))
    code = inference.run(run.architecture.encoder, tensors, "encoder", x)

    def bce(z: np.ndarray) -> np.ndarray:
        parts = range(0, len(x), 500)
        return np.concatenate([
            -log_bernoulli(inference.run(run.architecture.decoder, tensors, "decoder", z[k : k + 500]), x[k : k + 500])
            for k in parts
        ])  # fmt: skip

    mean = code[:, : run.config.latent_dim]
    found = {"floor": _averaged(loss_registry.entropy(x)), "means": _averaged(bce(mean))}
    if run.config.is_vae:
        std = np.exp(code[:, run.config.latent_dim :] / 2)
        noisy = [
            bce(mean + std * np.random.default_rng(seed).standard_normal(mean.shape, np.float32)) for seed in SEEDS
        ]
        found["noise"] = _averaged(np.mean(noisy, axis=0))
    return found
