"""How costly a picture is to describe: its loss above its own floor, among test pictures with about as much grey.

The loss alone follows how much grey a picture has: on the gallery's test pictures its correlation with their own floor
is 0.84 (the lecture's model), and a bar would count as usual because it has hardly any grey. So a picture is compared
with those alone whose floor is nearest to its own. numpy alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vae_core import loss_registry

FEWEST, MOST = 20, 50  # test pictures that one is compared with: a tenth of those there are, within these


def grey(images: np.ndarray) -> np.ndarray:
    """How much grey pictures (n, ...) uint8 have, (n,) in nats: their entropy, which is the floor of the BCE."""
    return loss_registry.entropy(images.reshape(len(images), -1) / 255)


def floor(images: np.ndarray, reconstruction: str) -> np.ndarray:
    """What perfect copies of pictures (n, ...) uint8 cost under a reconstruction term, (n,)."""
    return loss_registry.get(reconstruction).floor(images.reshape(len(images), -1) / 255)


@dataclass(frozen=True)
class Costs:
    """Of n pictures, (n,) each in nats: the loss, what a perfect copy costs, and how much grey there is."""

    loss: np.ndarray
    floor: np.ndarray
    grey: np.ndarray


@dataclass(frozen=True)
class Compared:
    """A picture among the test pictures that are as grey."""

    above: float  # its loss above its own floor, nats
    others: np.ndarray  # (k,) the same of the test pictures that it is compared with
    costlier: float  # the share of these that cost more, 0 to 1


def compared(own: Costs, known: Costs) -> Compared:
    """One picture among the test pictures ``known``."""
    count = min(max(FEWEST, min(MOST, len(known.loss) // 10)), len(known.loss))
    near = np.argsort(np.abs(known.grey - own.grey[0]), kind="stable")[:count]
    above, others = float(own.loss[0] - own.floor[0]), known.loss[near] - known.floor[near]
    return Compared(above, others, float((others > above).mean()))
