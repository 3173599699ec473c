"""How good the bound is: importance-weighted draws on the gallery's test pictures (``analysis.likelihood``)."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from vae_core.analysis import likelihood
from vae_core.datasets import registry
from vae_core.measured import gallery
from vae_core.runs.run import Run

MODELS = ("lecture", "two-knobs", "beta-4")
PICTURES, SEEDS = 400, (0, 1)
DRAWS = (1, 5, 50, 500)


def measure() -> dict[str, Any]:
    """For each model, of pictures as they are (``grey``) and pure black and white (``pure``): the bound by draws.

    ``bound``: L_K in nats, the average over the first ``PICTURES`` test pictures and all seeds of the noise; ``error``:
    its standard error over pictures; ``gain``: L_K - L_1 of the same pictures and draws, and ``gain_error``; ``seeds``:
    L_K by seed.
    """
    models = {name: _model(gallery(name)) for name in MODELS}
    return {"pictures": PICTURES, "draws": list(DRAWS), "models": models}


def _model(run: Run) -> dict[str, Any]:
    x = run.dataset.shape.flat(registry.load_test(run.config.dataset).images[:PICTURES]) / np.float32(255)
    return {name: _bounds(run, pictures) for name, pictures in (("grey", x), ("pure", likelihood.pure(x)))}


def _bounds(run: Run, x: np.ndarray) -> dict[str, Any]:
    from safetensors.numpy import load_file

    tensors, term = dict(load_file(run.weights_file(run.weight_epochs()[-1]))), run.config.reconstruction
    draw = partial(likelihood.weights_of, run.architecture, tensors, x, DRAWS[-1], reconstruction=term)
    found = np.stack([draw(seed=seed) for seed in SEEDS])  # (seeds, n, draws)
    each = np.stack([likelihood.bounds(found, k).mean(-1) for k in DRAWS], axis=-1)  # (seeds, n, ks)
    of_picture, gain = each.mean(0), (each - each[..., :1]).mean(0)
    root = np.sqrt(len(x))
    rounded = {
        "bound": of_picture.mean(0), "error": of_picture.std(0, ddof=1) / root,
        "gain": gain.mean(0), "gain_error": gain.std(0, ddof=1) / root, "seeds": each.mean(1),
    }  # fmt: skip
    return {name: np.round(values, 3).tolist() for name, values in rounded.items()}
