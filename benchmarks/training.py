"""An epoch of training, ours beside the others'; and what each has learned after ten.

Every way is a process of its own, waiting; they take turns, an epoch each, so that a noisy machine disturbs all alike.
Needs MNIST under VAE_DATA_DIR. The peers take part where VAE_PEERS_PYTHON names the Python of their environment.
"""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from benchmarks.table import HERE, Table, often, summary
from vae_core import paths
from vae_core.datasets import registry

ROUNDS, LEARNED = often(10, 2), 10  # epochs of each way; the test loss is asked after LEARNED
NAMES = {
    "floor": "the matrix products alone", "ours": "Latent Lab", "whole": "Latent Lab, with moments, test and files",
    "eager": "plain torch, data in memory", "notebook": "the lecture’s notebook", "examples": "pytorch/examples",
    "jax": "JAX, jit and scan", "pythae": "pythae",
}  # fmt: skip


class Way:
    """A process that trains an epoch when asked."""

    def __init__(self, name: str, *options: str) -> None:
        peers, self.name = os.environ.get("VAE_PEERS_PYTHON"), name
        command = [sys.executable, "-m", "benchmarks.ways", name, *options]
        if name in ("jax", "pythae"):
            if not peers:
                raise RuntimeError("VAE_PEERS_PYTHON is not set")
            command = [peers, str(HERE / "peers.py"), name]
        # Each decides about its threads itself, whatever was measured in this process before.
        free = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_", "MKL_"))}
        environment = {**free, "VAE_DATA_DIR": str(paths.data_dir())}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=environment, cwd=HERE.parent,
        )  # fmt: skip
        if self._line() != "ready":
            raise RuntimeError(f"{name} does not start here")

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def ask(self, what: str) -> list[float]:
        assert self.process.stdin is not None
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        return [float(word) for word in self._line().split()]

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def turns(ways: dict[str, Way], rounds: int, warm: int = 1) -> dict[str, list[float]]:
    """Seconds of each epoch, by name; the first warm ones are not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in [*ways, "whole"]}
    for turn in range(rounds + warm):
        for name, way in ways.items():
            said = way.ask("epoch")
            if turn >= warm:
                seconds[name].append(said[0])
                seconds["whole"] += said[1:]
        print(f"round {turn + 1}: " + ", ".join(f"{n} {v[-1]:.2f} s" for n, v in seconds.items() if v), file=sys.stderr)
    return seconds


@contextmanager
def started(names: Iterable[str]) -> Iterator[dict[str, Way]]:
    """The ways that can be had here. Raises RuntimeError without MNIST."""
    if not registry.is_here("mnist"):
        raise RuntimeError("MNIST is not on this machine (VAE_DATA_DIR).")
    ways: dict[str, Way] = {}
    try:
        for name in names:
            try:
                ways[name] = Way(name)
            except (RuntimeError, OSError) as lacking:
                print(f"left out: {lacking}", file=sys.stderr)
        yield ways
    finally:
        for way in ways.values():
            way.end()


def measure(rounds: int = ROUNDS) -> list[Table]:
    with started(name for name in NAMES if name != "whole") as ways:
        quiet = turns(ways, rounds, warm=0)
        learned = {name: way.ask("quality")[0] for name, way in ways.items()} if rounds == LEARNED else {}
    return [epoch_table(quiet, learned)]


def epoch_table(quiet: dict[str, list[float]], learned: dict[str, float]) -> Table:
    rows = []
    for name in (name for name in NAMES if quiet.get(name)):
        ratios = [mine / least for mine, least in zip(quiet[name], quiet["floor"], strict=True)]
        test = learned.get(name, math.nan)
        rows.append(
            [
                NAMES[name], summary(quiet[name]), f"{statistics.median(ratios):.2f}",
                "" if math.isnan(test) else f"{test:.1f}",
            ]
        )  # fmt: skip
    return Table(
        "An epoch of training", "python -m benchmarks training",
        ["", "seconds", "times the floor", f"test loss after {LEARNED} epochs"], rows,
        "MNIST, the lecture’s settings, on the processor, all in turns. The floor is the 11 matrix products of each "
        "step; the ratio is the median over rounds. Test loss: mean decoded, nats per image, so that nobody is fast by "
        "learning less. Moments: what one watches while it learns, a thirtieth of the time.",
        [(NAMES[n], statistics.median(v), min(v), max(v)) for n, v in quiet.items() if v and n != "whole"],
        "s", "training.svg",
    )  # fmt: skip
