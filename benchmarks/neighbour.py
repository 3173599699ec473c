"""Training while another process takes all of one core. Quiet and busy rounds take turns. Needs MNIST."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from benchmarks.table import Table, often, summary
from benchmarks.training import NAMES, started, turns

ROUNDS = often(5, 1)
SETTLE = 5  # epochs of ours before each timed one: over ten seconds, after which it has chosen its threads anew
WAYS = often(("floor", "ours", "eager"), ("floor", "ours"))


@contextmanager
def busy_neighbour() -> Iterator[None]:
    """Something else takes all of one core, as another program does."""
    core = min(os.sched_getaffinity(0))
    spin = f"import os\nos.sched_setaffinity(0, {{{core}}})\nwhile True: pass"
    child = subprocess.Popen([sys.executable, "-c", spin])
    try:
        yield
    finally:
        child.kill()
        child.wait()


def measure(rounds: int = ROUNDS) -> list[Table]:
    quiet: dict[str, list[float]] = {}
    busy: dict[str, list[float]] = {}
    with started(WAYS) as ways:
        turns(ways, 1, warm=0)
        for _ in range(rounds):
            for found, state in ((quiet, nullcontext()), (busy, busy_neighbour())):
                with state:
                    for _ in range(SETTLE):
                        ways["ours"].ask("epoch")
                    for name, seconds in turns(ways, 1, warm=0).items():
                        found.setdefault(name, []).extend(seconds)
    rows = []
    for name in (name for name in (*WAYS, "whole") if busy.get(name)):
        share = statistics.median(quiet[name]) / statistics.median(busy[name])
        rows.append([NAMES[name], summary(quiet[name]), summary(busy[name]), f"{share:.0%}"])
    return [
        Table(
            "With a busy neighbour", "python -m benchmarks neighbour",
            ["", "seconds, quiet", "one core taken", "of the quiet speed"], rows,
            "an epoch of MNIST while another process takes all of one core, and with both free, in turns; ours after "
            f"{SETTLE} epochs in each state, since it looks every ten seconds how many threads are best.",
        )
    ]  # fmt: skip
