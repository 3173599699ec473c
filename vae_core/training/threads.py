"""How many threads a trainer uses: fast on a quiet machine, graceful when a neighbour takes a core.

OpenMP's threads wait for each other by spinning. With both of two cores free that is fastest; when another
process takes one, the spinning burns what is left and an epoch of 2 s takes 20 to 60. So the spin is kept short,
and the number of threads is chosen by timing real steps, again and again. ``prepare`` must run before torch is
imported. The results do not depend on the number of threads (tests/core/test_loop.py
asserts it).
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Iterable
from pathlib import Path

# Long enough to bridge two operations of a step, short enough that a preempted partner costs little. Seconds an
# epoch on two cores, quiet / one core busy: default 2.4 / 20 to 60, 10000 2.2 / 9, 1000 3.0 / 4.2, one thread
# 3.9 / 3.5 (eager loop, MNIST, batch 256).
SPIN_COUNT = "10000"
# Intel's library of matrix products then sums in the same order with any number of threads, at the same speed, also on
# an AMD. Without it one thread had to do with batches of 128 or 1,000, or 64 hidden units (Intel), or with three latent
# numbers (AMD, 10.9 ms a step in place of 6.2), since more would have changed bits.
SAME_SUMS = "AUTO,STRICT"
GRAIN, TURN = 32_768, 2 * 16  # at::internal::GRAIN_SIZE; the most floats to a turn of torch's loops, two vectors
WARM_UP_STEPS = 5
PROBE_STEPS = 8  # steps timed with each number of threads
HOLD_SECONDS = 10.0  # until the choice is made anew
SLOWER = 0.6  # or sooner, when speed falls below this share of what was measured


def prepare(threads: int | None = None, ranks: int = 1) -> int:
    """Set OpenMP's environment for this process, which has not imported torch yet. Returns the most threads to use.

    ``ranks``: processes that share this machine's cores.
    """
    cores = max(min(_cores(), _container_limit()) // ranks, 1)
    # Beyond 8 the matrices of this model are too small to share out.
    most = threads or min(cores, 8)
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(most)
    os.environ.setdefault("GOMP_SPINCOUNT", SPIN_COUNT)
    same_sums()
    return most


def same_sums() -> None:
    """Ask for ``SAME_SUMS``; where there is no such library, nobody hears it."""
    os.environ.setdefault("MKL_CBWR", SAME_SUMS)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _container_limit() -> int:
    """Whole processors that the container may use (cgroup 2: "quota period"), or many if there is no limit."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(int(quota) // int(period), 1)
    except (OSError, ValueError, ZeroDivisionError):  # not Linux, or "max"
        return 1_000_000


def cut_evenly(images: int, widths: Iterable[int], threads: int) -> bool:
    """Whether torch cuts its element-wise passes over a batch into whole turns of its loops.

    It shares out passes over more than GRAIN numbers. What is left of a share beyond whole turns goes through another
    routine, whose exp differs in the last bit; so where the cut falls must not depend on the number of threads.
    """
    for numbers in (images * width for width in widths):
        shares = min(threads, -(-numbers // GRAIN))
        if shares > 1 and -(-numbers // shares) % TURN:
            return False
    return True


class Governor:
    """Chooses between all threads and one by the speed of the steps themselves. Costs nothing but the slower probe."""

    def __init__(self, most: int, use: Callable[[int], object], *, free: bool = True) -> None:
        """``free``: whether all threads and one give the same bits; if not, every step is left to one."""
        self.most, self.use = most, use  # e.g. torch.set_num_threads
        self.candidates = [most, 1] if most > 1 and free else [1]
        self.threads = self._now = self.candidates[0]
        use(self.threads)
        self._rates: dict[int, float] = {}  # threads -> images per second, of the present probe
        self._pace: list[float] = []  # seconds per image of the last steps
        self._held, self._skip = 0.0, WARM_UP_STEPS  # the first steps allocate and page in, and say nothing

    def before_step(self, whole: bool) -> None:
        """Set the threads: the choice, or one for the last, partial batch, where more would change bits."""
        self._use(self.threads if whole else 1)

    def after_step(self, seconds: float, images: int) -> None:
        """Tell how long a step of so many images took."""
        if len(self.candidates) == 1 or self._now != self.threads:
            return
        if self._skip:
            self._skip -= 1
            return
        self._pace.append(seconds / images)
        self._held += seconds
        if len(self._pace) < PROBE_STEPS:
            return
        rate = 1 / max(statistics.median(self._pace), 1e-12)  # the median: one hiccup is not the machine's speed
        self._pace = []
        if len(self._rates) < len(self.candidates):
            self._rates[self.threads] = rate
            rest = [n for n in self.candidates if n not in self._rates]
            self._set(rest[0] if rest else max(self._rates, key=lambda n: self._rates[n]))
            self._held = 0.0
            return
        if self._held > HOLD_SECONDS or rate < SLOWER * self._rates[self.threads]:
            self._rates = {self.threads: rate}
            self._set(next(n for n in self.candidates if n != self.threads))

    def _set(self, threads: int) -> None:
        self.threads = threads
        self._use(threads)

    def _use(self, threads: int) -> None:
        if threads != self._now:
            self._now = threads
            self.use(threads)
