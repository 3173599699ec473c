"""IDX files for the tests of MNIST and its siblings: a few pictures by chance, packed and put where they belong."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vae_core.datasets.mnist_published import FILES, FOLDERS


def packed(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.astype(np.uint8).tobytes()


def pictures(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    return dice.integers(0, 256, (count, 28, 28), np.uint8), dice.integers(0, 10, count, np.uint8)


def whole_dataset() -> dict[str, bytes]:
    (train, train_labels), (test, test_labels) = pictures(5), pictures(3, seed=1)
    return dict(zip(FILES, map(packed, (train, train_labels, test, test_labels)), strict=True))


def put(folder: Path, files: dict[str, bytes], name: str = "kmnist") -> Path:
    raw = folder / FOLDERS[name] / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (raw / file).write_bytes(content)
    return raw
