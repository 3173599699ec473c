"""A random walk through the prior."""

from __future__ import annotations

from ui.components.bridge import base64_of, component, size_of, token
from ui.components.payloads.samples import WalkData
from ui.samples.knobs import frames
from vae_core.runs.run import Run


def walk(run: Run, epochs: list[int], seed: int) -> WalkData:
    """What ``static/samples/walk.js`` plays: the coefficients of the walk, and the code's frame at each epoch."""
    from vae_core.analysis.interpolation import walk_coefficients

    coefficients = walk_coefficients(run.config.latent_dim, seed)
    return {
        "run": run.id, "epochs": epochs, "size": size_of(run), "waves": coefficients.shape[1],
        "latent_dim": run.config.latent_dim,
        "coefficients": base64_of(coefficients, "f4"), **frames(str(run.path), epochs), "seed": seed,
        "version": token(str(run.path), epochs, seed),
    }  # fmt: skip


_wander = component("wander", "samples/walk.js")


def random_walk(payload: WalkData) -> None:
    """``ui.samples.walk.walk``: plays in the browser."""
    _wander(key="random_walk", data=payload)
