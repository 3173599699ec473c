"""An epoch of each network that is not the lecture's, ours beside plain torch: the same network, batch and pictures.

Both are processes that wait and take turns, an epoch each (``benchmarks.training``). Needs the embedded digits
alone.
"""

from __future__ import annotations

import statistics

from benchmarks.table import Table, often, summary
from benchmarks.training import Way, turns
from vae_core import architecture

ROUNDS = often(8, 2)


def measure(rounds: int = ROUNDS) -> list[Table]:
    rows = []
    for network in (name for name in architecture.TITLES if name != "lecture"):
        ways = {name: Way(name, network) for name in ("ours", "eager")}
        try:
            seconds = turns(ways, rounds)
        finally:
            for way in ways.values():
                way.end()
        ratios = [mine / theirs for mine, theirs in zip(seconds["ours"], seconds["eager"], strict=True)]
        ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        rows.append([network, summary(seconds["ours"]), summary(seconds["eager"]), ratio])
    return [
        Table(
            "An epoch of the other networks", "python -m benchmarks networks",
            ["", "Latent Lab", "plain torch, data in memory", "ours / plain"], rows,
            "4,000 pictures of 28 x 28, batch 256, 20 numbers, on the processor, in turns; the ratio is the median "
            "over rounds. Plain torch uses all cores as it likes.",
        )
    ]  # fmt: skip
