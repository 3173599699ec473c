"""What a convolution between larger and smaller pictures asks for, ours beside torch's: ``python -m benchmarks
convolutions``. On one thread, and on both of two; 256 pictures, as in a step of training."""

from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks.table import Table, often, summary
from vae_core.training import threads

ROUNDS, WARM, IMAGES = often(25, 5), 3, 256
SIZES = {"digits, 16 x 7 x 7 and 32 channels": (32, 16, 7), "digits, to the picture": (16, 1, 14),
         "64 x 64 in colour, to the picture": (8, 3, 32)}  # fmt: skip


def measure() -> list[Table]:
    most = threads.prepare(2)
    import torch

    rows = []
    for title, sizes in SIZES.items():
        ways = pairs(*sizes)
        for count in range(1, most + 1):
            torch.set_num_threads(count)
            for what, both in ways.items():
                rows.append([title, what, str(count), *(summary(timed(way), "ms", 1) for way in both)])
    return [
        Table(
            "Convolutions", "python -m benchmarks convolutions", ["", "", "threads", "Latent Lab", "torch"], rows,
            f"{IMAGES} pictures, windows of 4 x 4 with stride 2. Ours of the weights’ gradient is torch’s for "
            "each half of the pictures, so that it does not depend on the number of threads.",
        )
    ]  # fmt: skip


def pairs(small: int, large: int, side: int) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """Ours and torch's, for so many channels of smaller pictures (side x side) and of larger ones."""
    import torch
    from torch.nn import functional as F

    from vae_core.convolutions import Window, correlate, grow, pictures

    window = Window.grows((side, side), 4, 2, 1, (0, 0))
    smaller, larger = torch.randn(IMAGES, small, side, side), torch.randn(IMAGES, large, *window.large)
    weights, out = torch.randn(small, large, 4, 4), pictures(IMAGES, large, window.large)
    last = [pictures(IMAGES, *sizes).copy_(of) for of, sizes in
            ((smaller, (small, window.small)), (larger, (large, window.large)))]  # fmt: skip
    gradient = torch.empty_like(weights)
    of_torch = torch.ops.aten.convolution_backward
    return {
        "larger pictures": (
            lambda: grow(last[0], weights, None, window, out), lambda: F.conv_transpose2d(smaller, weights, None, 2, 1)
        ),
        "the weights’ gradient": (
            lambda: correlate(last[1], last[0], 1.0, window, gradient),
            lambda: of_torch(smaller, larger, weights, None, [2, 2], [1, 1], [1, 1], False, [0, 0], 1,
                             [False, True, False]),
        ),
    }  # fmt: skip


def timed(way: Callable[[], object]) -> list[float]:
    """Milliseconds of each time but the first few."""
    found = []
    for _ in range(ROUNDS + WARM):
        started = time.perf_counter()
        way()
        found.append(1000 * (time.perf_counter() - started))
    return found[WARM:]
