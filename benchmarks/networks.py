"""An epoch of each network that is not the lecture's, ours beside plain torch: the same network, batch and pictures.

Both are processes that wait and take turns, an epoch each (``benchmarks.training``). Needs the embedded digits
alone.
"""

from __future__ import annotations

import statistics

from benchmarks.table import Table, often, summary
from benchmarks.training import NAMES, Way, turns
from vae_core import architecture
from vae_core.config import Config
from vae_core.datasets.spec import Shape
from vae_core.training.expected_time import Pictures, first_guess

ROUNDS = often(8, 1)
COLOURED = often([("convolutional, 64 x 64 in colour", "convolutional", ("colour",))], [])
GREY, COLOUR = Shape(1, 28, 28), Shape(3, 64, 64)


def measure(rounds: int = ROUNDS) -> list[Table]:
    rows = []
    cases = [(name, name, ()) for name in architecture.TITLES if name != "lecture"]
    for title, network, options in (*cases, *COLOURED):
        ways = {name: Way(name, network, *options) for name in ("floor", "ours", "eager")}
        try:
            seconds = turns(ways, rounds)
        finally:
            for way in ways.values():
                way.end()
        ratios = [ratio(seconds["ours"], seconds[other]) for other in ("floor", "eager")]
        guess = first_guess(Config(network=network), Pictures(COLOUR if options else GREY, 4000, 1000))
        guessed = f"{guess / statistics.median(seconds['whole']):.1f}"
        rows.append([title, *(summary(seconds[name]) for name in (*ways, "whole")), *ratios, guessed])
    return [
        Table(
            "An epoch of the other networks", "python -m benchmarks networks",
            ["", *(NAMES[name] for name in ("floor", "ours", "eager", "whole")), "ours / products", "ours / plain",
             "first guess of a form / with moments, test and files"], rows,
            "4,000 pictures, of 28 x 28 if not said otherwise, batch 256, 20 numbers, on the processor, in turns; a "
            "ratio is the median over rounds. Plain torch uses all cores as it likes. The products of convolutions are "
            "those of patches that lie there already.",
        )
    ]  # fmt: skip


def ratio(mine: list[float], theirs: list[float]) -> str:
    """The median over rounds, and the smallest and the largest."""
    found = [a / b for a, b in zip(mine, theirs, strict=True)]
    return f"{statistics.median(found):.2f} ({min(found):.2f}–{max(found):.2f})"
