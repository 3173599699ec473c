"""What the pictures cost that a training makes of itself while it learns: an epoch with them beside one without.

Both are processes that wait and take turns (``benchmarks.training``), so long at a time that each turn has several
moments. Each network once with two numbers, whose moments have a plane, and once with twenty. Needs the embedded digits
alone; the lecture's network learns from MNIST where that is here.
"""

from __future__ import annotations

import statistics
import sys

from benchmarks.table import Table, summary
from benchmarks.training import Way
from vae_core import architecture
from vae_core.datasets import registry

ROUNDS, SECONDS = 10, 2.0  # of a turn, at least


def measure(rounds: int = ROUNDS) -> list[Table]:
    rows = []
    for network in architecture.TITLES:
        if network == "lecture" and not registry.is_here("mnist"):
            print("left out: the lecture’s network, without MNIST", file=sys.stderr)
            continue
        for numbers in (2, 20):
            seen, unseen = paired(network, numbers, rounds)
            ratios = [100 * (a / b - 1) for a, b in zip(seen, unseen, strict=True)]
            cost = f"{statistics.median(ratios):.1f}% ({min(ratios):.1f}–{max(ratios):.1f})"
            rows.append([f"{network}, {numbers} numbers", summary(seen), summary(unseen), cost])
            print(rows[-1], file=sys.stderr)
    return [
        Table(
            "What a training’s moments cost", "python -m benchmarks moments",
            ["", "an epoch with them", "without", "more"], rows,
            "Training alone, without tests and files of epochs; batch 256, in turns of two seconds and more; the "
            "last column is the median over rounds.",
        )
    ]  # fmt: skip


def paired(network: str, numbers: int, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of an epoch, with moments and without, of each round."""
    ways = [Way(name, network, str(numbers)) for name in ("ours", "unwatched")]
    found: tuple[list[float], list[float]] = [], []
    try:
        epochs = max(round(SECONDS / min(way.ask("epoch")[0] for way in ways for _ in range(3))), 1)
        for number in range(rounds):
            for k in (0, 1) if number % 2 else (1, 0):  # neither always comes first
                found[k].append(statistics.fmean(ways[k].ask("epoch")[0] for _ in range(epochs)))
    finally:
        for way in ways:
            way.end()
    return found
