"""What one picture costs by the variance of its bubble: a step can push the variance below zero, its logarithm not.

The model of two numbers at its last epoch; the mean stays, both numbers of the bubble get the same variance.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vae_core.datasets import registry
from vae_core.measured import gallery

MODEL = "two-knobs"
DIGIT = 3
ROLLS = 400
VARIANCES = (0.0, *(float(f"{10**k:.4g}") for k in np.linspace(-4, 0.4, 45)))


def measure() -> dict[str, Any]:
    """``error``: the reconstruction term at each of ``variances``, nats, averaged over the same rolls."""
    import torch

    from vae_core.analysis.autograd_gradients import slopes
    from vae_core.analysis.sampling import noise
    from vae_core.training.checkpoint import load_model

    run = gallery(MODEL)
    epoch = run.weight_epochs()[-1]
    model, latents = load_model(run, epoch), run.latents(epoch)
    assert latents.logvar is not None
    place = int(np.flatnonzero(run.labels() == DIGIT)[0])
    image = registry.get(run.config.dataset).load_split("test", None).images[run.test_indices()[place]]
    x = torch.tensor(model.shape.flat(image[None])).float() / 255
    half = noise(ROLLS // 2, 2, 0)
    eps = torch.from_numpy(np.concatenate([half, -half]))
    mean = torch.from_numpy(latents.mean[place].astype(np.float32))
    errors, scatter = [], []
    for variance in VARIANCES:
        loss, _ = slopes(model, x.expand(ROLLS, -1), mean + eps * variance**0.5, run.config.reconstruction)
        pairs = loss.view(2, -1).mean(0)
        errors.append(round(float(pairs.mean()), 3))
        scatter.append(round(float(pairs.std() / len(pairs) ** 0.5), 3))
    return {
        "model": MODEL, "place": place, "digit": DIGIT, "rolls": ROLLS, "beta": run.config.beta,
        "own": float(np.exp(latents.logvar[place]).mean()), "mean": latents.mean[place].tolist(),
        "variances": list(VARIANCES), "error": errors, "standard_error": scatter,
    }  # fmt: skip
