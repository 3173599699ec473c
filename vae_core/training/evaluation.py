"""The test pass, and what is written of losses."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vae_core import loss_registry
from vae_core.config import Config
from vae_core.losses import Terms, kl_per_dimension
from vae_core.model import Autoencoder
from vae_core.training.threads import Governor

EVALUATION_BATCH = 512  # so that what is computed of it stays in the processor's cache
TOO_FAR = "The numbers grew without limit; start a new training with a smaller learning rate or beta."


class TrainingFailed(Exception):
    """The training cannot continue. The message is one sentence for the visitor."""


def record(means: Sequence[float], config: Config) -> dict[str, float | None]:
    """Reconstruction and KL, nats per image, as they are written. Raises TrainingFailed unless they are finite."""
    terms = Terms(*(float(value) for value in means))
    if not all(math.isfinite(term) for term in terms):
        raise TrainingFailed(TOO_FAR)
    kl = terms.kl if config.is_vae else None
    return {"reconstruction": terms.reconstruction, "kl": kl, "loss": terms.loss(config.beta)}


@torch.no_grad()
def evaluate(
    model: Autoencoder, images: Tensor, config: Config, epoch: int, governor: Governor,
    listen: Callable[[], object] = lambda: None,
) -> tuple[dict[str, Any], Tensor, Tensor | None]:  # fmt: skip
    """The test pass: ``test``, ``test_mean`` and ``kl_per_dimension``; mean and logvar of all images (n, d).

    ``listen`` is called before each batch.
    """
    device, most = images.device, EVALUATION_BATCH if images.device.type == "cpu" else 8 * EVALUATION_BATCH
    generator = torch.Generator(device).manual_seed(epoch_seed(config.seed, epoch, stream=1))
    noise = torch.randn(len(images), config.latent_dim, generator=generator, device=device)
    errors = torch.zeros(2, dtype=torch.float64, device=device)  # z sampled, mean decoded
    kl = torch.zeros(config.latent_dim, dtype=torch.float64, device=device)
    room = torch.empty(2, min(most, len(images)), images.shape[1], device=device)
    formulas = loss_registry.get(config.reconstruction).formulas()
    means, logvars = [], []
    for batch, eps in zip(images.split(most), noise.split(most), strict=True):
        listen()
        governor.before_step(whole=len(batch) == most)
        x = batch.float().mul_(1 / 255)  # (b, pixels) in [0, 1]
        posterior = model.encode(x)  # mean and logvar, (b, d) each
        for place, z in enumerate((posterior.sample(eps), posterior.mean)):
            logits = model.decode_logits(z)
            if formulas.value_and_gradient is not None:  # into memory that is there
                error, _ = formulas.value_and_gradient(logits, x, *room[:, : len(x)])
            else:
                error = formulas.of_each(logits, x)
            errors[place] += error.sum(dtype=torch.float64)
        kl += kl_per_dimension(posterior).sum(0)
        means.append(posterior.mean)
        logvars.append(posterior.logvar)
    n, kl_mean = len(images), (kl / len(images)).tolist()
    sampled, decoded_mean = (errors / n).tolist()
    found = {
        "test": record((sampled, sum(kl_mean)), config),  # z sampled: the honest ELBO
        "test_mean": record((decoded_mean, sum(kl_mean)), config),  # what the lecture's notebook prints
        "kl_per_dimension": kl_mean if config.is_vae else None,
    }
    logvar = torch.cat([v for v in logvars if v is not None]) if config.is_vae else None
    return found, torch.cat(means), logvar


def epoch_seed(seed: int, epoch: int, stream: int = 0) -> int:
    """A seed of its own for each epoch and purpose, so that resuming needs no saved random state."""
    return int(np.random.SeedSequence([seed, epoch, stream]).generate_state(1, np.uint64)[0] >> 1)
