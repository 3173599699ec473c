"""How well the cost of a drawing (``analysis.cost``) tells scribbles from test pictures, on the gallery's models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from vae_core.analysis import cost
from vae_core.datasets import registry
from vae_core.datasets.drawing import PAD, as_mnist
from vae_core.measured import gallery
from vae_core.runs.run import Run

MODELS = ("lecture", "two-knobs", "autoencoder", "beta-4")
COMPARED = 1_000  # test pictures among which a drawing is placed; the digits tested are others
SCRIBBLES, DIGITS, SEEDS = 300, 1_000, (0, 1, 2)
DRAWS = 10  # codes drawn for the loss of one drawing
RESAMPLES = 500

UNUSUAL = 0.1  # where at most this share of as grey test pictures costs more, a picture is called unusual

Stroke = Sequence[tuple[float, float]]
# What one draws to try the page out, none of it a digit: lines on the pad, and a disc.
SHAPES: dict[str, tuple[Stroke, ...]] = {
    "bar": (((20, 70), (120, 70)),),
    "L": (((45, 20), (45, 120), (100, 120)),),
    "plus": (((70, 20), (70, 120)), ((20, 70), (120, 70))),
}
ONE: tuple[Stroke, ...] = (((75, 20), (65, 120)),)  # a plain line that might be a 1


def drawn(strokes: Sequence[Stroke], width: int = 12) -> np.ndarray:
    """Strokes on the pad, as a model gets them, (28, 28) uint8."""
    pad = Image.new("L", (PAD, PAD))
    pen = ImageDraw.Draw(pad)
    for stroke in strokes:
        pen.line(list(stroke), fill=255, width=width, joint="curve")
        for x, y in stroke:
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
    return _picture(pad)


def blob() -> np.ndarray:
    pad = Image.new("L", (PAD, PAD))
    ImageDraw.Draw(pad).ellipse((40, 40, 100, 100), fill=255)
    return _picture(pad)


def _picture(pad: Image.Image) -> np.ndarray:
    picture = as_mnist(np.asarray(pad))
    assert picture is not None
    return picture


def shapes() -> dict[str, np.ndarray]:
    return {name: drawn(strokes) for name, strokes in SHAPES.items()} | {"blob": blob()}


def scribbles(count: int = SCRIBBLES, seed: int = 0) -> np.ndarray:
    """Lines through two to six random places, with pens of many widths, (count, 28, 28) uint8."""
    rng = np.random.default_rng(seed)
    return np.stack([
        drawn([[(x, y) for x, y in rng.uniform(15, 125, (rng.integers(2, 7), 2))]], int(rng.integers(6, 18)))
        for _ in range(count)
    ])  # fmt: skip


def auc(odd: np.ndarray, usual: np.ndarray) -> float:
    """The share of pairs in which the odd one has the smaller value; a tie counts half."""
    below, equal = (usual[:, None] > odd).mean(), (usual[:, None] == odd).mean()
    return float(below + equal / 2)


def measure() -> dict[str, Any]:
    """For each model: the share of as grey test pictures that cost more than each of the four ``shapes`` and than
    ``ONE`` (averaged over seeds of the noise); the shares of scribbles and of test digits that are called unusual; the
    AUC of scribbles against digits, with a standard error from resampling both, that of the loss alone, and that of the
    loss above the floor.
    """
    return {
        "scribbles": SCRIBBLES, "digits": DIGITS,
        "models": {name: _model(gallery(name)) for name in MODELS},
    }  # fmt: skip


def placed(run: Run, images: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Of pictures (n, 28, 28) uint8: the share of as grey test pictures that cost more, (n,), and their losses (n,)."""
    from vae_core.analysis.sampling import sampled_losses
    from vae_core.training.checkpoint import load_model

    model, config = load_model(run, run.weight_epochs()[-1]), run.config
    others = registry.load_test(config.dataset).images[:COMPARED]
    known = sampled_losses(model, others, config.reconstruction, config.beta, seed=seed)
    mine = sampled_losses(model, images, config.reconstruction, config.beta, DRAWS, seed + 100)

    def costs(losses: np.ndarray, of: np.ndarray) -> cost.Costs:
        return cost.Costs(losses.astype(np.float64), cost.floor(of, config.reconstruction), cost.grey(of))

    those, own = costs(known, others), costs(mine, images)
    each = (cost.Costs(own.loss[k : k + 1], own.floor[k : k + 1], own.grey[k : k + 1]) for k in range(len(images)))
    return np.array([cost.compared(one, those).costlier for one in each]), mine


def _model(run: Run) -> dict[str, Any]:
    digits = registry.load_test(run.config.dataset).images[COMPARED : COMPARED + DIGITS].reshape(-1, 28, 28)
    named, odd = shapes() | {"one": drawn(ONE)}, scribbles()
    together = np.concatenate([np.stack(list(named.values())), odd, digits])
    found = [placed(run, together, seed) for seed in SEEDS]
    share, loss = np.mean([f[0] for f in found], axis=0), np.mean([f[1] for f in found], axis=0)
    n, split = len(named), len(named) + len(odd)
    scribbled, usual, above = share[n:split], share[split:], loss - cost.floor(together, run.config.reconstruction)
    rng = np.random.default_rng(0)
    again = [auc(rng.choice(scribbled, len(scribbled)), rng.choice(usual, len(usual))) for _ in range(RESAMPLES)]
    return {
        "shapes": {name: round(float(share[k]), 3) for k, name in enumerate(named) if name != "one"},
        "one": round(float(share[n - 1]), 3),
        "unusual_scribbles": round(float((scribbled <= UNUSUAL).mean()), 3),
        "unusual_digits": round(float((usual <= UNUSUAL).mean()), 3),
        "auc": round(auc(scribbled, usual), 3), "auc_error": round(float(np.std(again)), 3),
        "auc_by_seed": [round(auc(f[0][n:split], f[0][split:]), 3) for f in found],
        "loss_auc": round(auc(-loss[n:split], -loss[split:]), 3),
        "above_auc": round(auc(-above[n:split], -above[split:]), 3),
    }  # fmt: skip
