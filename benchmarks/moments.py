"""What the pictures cost that a training makes of itself while it learns: epochs with them beside epochs without.

One training, in which they are on for one epoch and off for another, in turns; two processes differ by more than what
is measured here. Each network with two numbers, whose moments have a plane, and with twenty. Needs the embedded digits
alone. A process of its own measures each: ``python -m benchmarks.moments NETWORK NUMBERS``.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from benchmarks.table import HERE, Table, often, summary
from vae_core import architecture

ROUNDS, SECONDS = often(24, 3), 1.0  # pairs of turns, and the length of a turn, at least
WARM = 6  # epochs before the first
CASES = often([(network, numbers) for network in architecture.TITLES for numbers in (2, 20)], [("lecture", 20)])


def measure(rounds: int = ROUNDS) -> list[Table]:
    rows = []
    for network, numbers in CASES:
        command = [sys.executable, "-m", "benchmarks.moments", network, str(numbers), str(rounds)]
        done = subprocess.run(command, cwd=HERE.parent, capture_output=True, check=True, text=True)
        found = json.loads(done.stdout)
        with_them, without = found["with"], found["without"]
        ratios = [100 * (a / b - 1) for a, b in zip(with_them, without, strict=True)]
        error = statistics.stdev(ratios) / len(ratios) ** 0.5
        rows.append([
            f"{network}, {numbers} numbers", summary(with_them), summary(without),
            f"{statistics.fmean(ratios):.1f}% ± {error:.1f}", f"{1000 * found['each']:.1f} ms",
            f"{found['every']:.2f} s",
        ])  # fmt: skip
        print(rows[-1], file=sys.stderr)
    return [
        Table(
            "What a training’s moments cost", "python -m benchmarks moments",
            ["", "an epoch with them", "without", "more", "one moment", "one every"], rows,
            "An epoch with its test and files; 4,000 digits, batch 256, on the processor. The mean over "
            "pairs of turns and its standard error.",
        )
    ]  # fmt: skip


def train(network: str, numbers: int, rounds: int) -> dict[str, object]:
    """Seconds of an epoch in each turn, with moments and without; and what one takes, by the clock."""
    from vae_core.training import threads

    most = threads.prepare()
    import torch

    from vae_core.config import Config
    from vae_core.datasets import registry
    from vae_core.runs import lifecycle
    from vae_core.training import loop
    from vae_core.training.moments import Moments
    from vae_core.training.progress_and_pause import Reporter, Stopped

    torch.set_flush_denormal(True)
    turns: dict[bool, list[float]] = {True: [], False: []}
    took: list[float] = []

    class Turns(Reporter):
        on, began, epochs, length = True, 0.0, 0, 0

        def epoch_done(self, epoch: int, step: int) -> None:
            super().epoch_done(epoch, step)
            now = self.working_time()
            if epoch == WARM:
                self.length = max(round(SECONDS * WARM / now), 1)
                took.clear()
            self.epochs += 1
            if epoch == WARM or (epoch > WARM and self.epochs == self.length):
                if epoch > WARM:
                    turns[self.on].append((now - self.began) / self.epochs)
                # with, without, without, with: what drifts meets both alike
                self.on = (len(turns[True]) + len(turns[False])) % 4 in (0, 3)
                self.began, self.epochs = now, 0
            if len(turns[True]) == len(turns[False]) == rounds:
                raise Stopped

    after_step, take = Moments.after_step, Moments._take

    def in_turns(self: Moments, step: int, epoch: float) -> None:
        if reporter.on:
            after_step(self, step, epoch)

    def timed(self: Moments, step: int, epoch: float, part: int = 0) -> None:
        started = self.clock()
        take(self, step, epoch, part)
        took.append(self.clock() - started)

    Moments.after_step, Moments._take = in_turns, timed  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder:
        config = Config(dataset="mnist-5k", network=network, epochs=500, latent_dim=numbers, device="cpu")
        run = lifecycle.create(config, Path(folder))
        reporter = Turns(run)
        with suppress(Stopped):
            loop.train(run, registry.load(config.dataset), reporter, max_threads=most)
    seconds = reporter.length * sum(turns[True])
    return {
        "with": turns[True], "without": turns[False], "each": statistics.fmean(took), "every": seconds / len(took),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(train(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
