"""PCA beside the gallery's models: how well each copies with 2 and 20 numbers, and what dice make it draw.

PCA is fitted on the pictures that the models learned from; all are tested on the same 5,000 embedded digits. Its mean
picture and its first 20 fixed pictures ship here. To measure anew takes MNIST, from VAE_DATA_DIR.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vae_core.analysis import clearness, pca_pictures
from vae_core.datasets import registry
from vae_core.measured import gallery
from vae_core.measured.noise_shapes import ROLLS, SEEDS, pixels_of

DATASET = "mnist-55k"
SHIPPED, LOOKED_AT = 20, 120  # fixed pictures that ship; numbers up to which the error is measured
MODELS = {"two-knobs-autoencoder": 2, "two-knobs": 2, "autoencoder": 20, "lecture": 20}
DICE = "mixture"  # the one shape that asks neither for classes nor for a penalty


def digits() -> tuple[np.ndarray, np.ndarray]:
    """The test pictures, (5000, pixels) from 0 to 1, and their classes."""
    test = registry.load_test(DATASET)
    return test.images / np.float32(255), test.labels


def _spread(values: np.ndarray) -> list[float]:
    """A mean over pictures (n,) and its standard error."""
    return [round(float(values.mean()), 4), round(float(values.std(ddof=1) / len(values) ** 0.5), 4)]


def of_model(name: str) -> dict[str, Any]:
    """Half the squared error of a model's copies: of its means, and if it has noise with the noise on."""
    from vae_core.analysis.sampling import encode, noise
    from vae_core.training.checkpoint import load_model

    run, (pictures, _) = gallery(name), digits()
    model = load_model(run, run.weight_epochs()[-1])
    mean, logvar = encode(model, registry.load_test(DATASET).images)

    def error(codes: np.ndarray) -> list[float]:
        return _spread(0.5 * np.square(pixels_of(model, codes) - pictures).sum(1, dtype=np.float64))

    found: dict[str, Any] = {"numbers": mean.shape[1], "error": error(mean)}
    if logvar is not None:
        found["noise_on"] = error(mean + np.exp(logvar / 2) * noise(len(mean), mean.shape[1], 0))
    return found


def of_flat(flat: pca_pictures.Flat, k: int) -> dict[str, Any]:
    """The same of PCA with k numbers; and how clear its copies and its pictures from dice of SHAPES are."""
    pictures, labels = digits()
    codes = flat.codes(pictures, k)
    errors = 0.5 * np.square(flat.drawn(codes) - pictures).sum(1)
    known = clearness.known(codes, labels, flat.drawn)
    assert known is not None
    clear = np.array(clearness.of_rolls(known, flat.drawn, DICE, SEEDS, ROLLS))
    return {
        "numbers": k, "error": _spread(errors),
        "copies": round(clearness.of_copies(known, flat.drawn, ROLLS), 4),
        "dice": [round(float(clear.mean()), 4), round(float(clear.std(ddof=1)), 4)],
    }  # fmt: skip


def measure() -> dict[str, Any]:
    """``errors``: of PCA with 0, 1, 2, ... numbers. ``flat`` by numbers, ``models`` by name, ``basis``."""
    learned = registry.load_train(DATASET).images / np.float32(255)
    whole, _ = pca_pictures.fitted(learned, LOOKED_AT)
    shipped = pca_pictures.of_json(pca_pictures.to_json(pca_pictures.Flat(whole.mean, whole.parts[:SHIPPED])))
    return {
        "basis": pca_pictures.to_json(shipped),
        "errors": pca_pictures.half_squared_errors(whole, digits()[0]).round(3).tolist(),
        "flat": {str(k): of_flat(shipped, k) for k in sorted(set(MODELS.values()))},
        "models": {name: of_model(name) for name in MODELS},
    }
