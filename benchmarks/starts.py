"""Start pressed again and again on a shared server: ``python -m benchmarks starts``.

One training at a time, a trainer kept ready, and the server's own thread that looks after the queue every second. Each
training is stopped as soon as it has said a word. Counted: how many Starts were lost (the run failed, never began, or
has no time at which its turn began), and how many trainers lived and worked at once, looked at every 2 ms.

What is measured is starting and not learning. So the trainers that are kept ready are the real ones in all that they do
with files and processes, but learn nothing, which saves their import of torch. Real ones, 20 times:
``python -m benchmarks.starts 20 --real``.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.table import Table, often, summary
from vae_core import os_compat
from vae_core.config import Config
from vae_core.jobs import launcher, queue, queue_dispatcher, warm_worker
from vae_core.jobs.limits import Limits
from vae_core.runs import files
from vae_core.runs.run import ACTIVE, Run

PRESSES = often(200, 10)
PATIENCE = 90.0  # seconds until a Start counts as lost


def stand_in() -> int:
    """A spare whose trainings last until they are stopped, and which does not import torch."""
    import types

    import numpy as np

    from vae_core.datasets import registry
    from vae_core.datasets.spec import Dataset, Split

    def train(run: Run, dataset: object, reporter: object, **_: object) -> None:
        reporter.begin(step=0, epoch=0)  # type: ignore[attr-defined]
        while True:
            time.sleep(0.002)
            reporter.after_step(1, 1, 1, 1)  # type: ignore[attr-defined]

    nothing = Split(np.zeros((1, 784), np.uint8), np.zeros(1, np.uint8))
    registry.is_here = lambda *_: True  # type: ignore[assignment]
    registry.fetch = lambda *_, **__: None  # type: ignore[assignment]
    registry.load = lambda name, *_: Dataset(name, nothing, nothing)
    torch = types.ModuleType("torch")
    torch.set_flush_denormal = lambda _: True  # type: ignore[attr-defined]
    parts = {name: types.ModuleType(f"vae_core.training.{name}") for name in ("device", "evaluation", "loop")}
    parts["evaluation"].TrainingFailed = type("TrainingFailed", (Exception,), {})  # type: ignore[attr-defined]
    parts["device"].pick_device = lambda _: types.SimpleNamespace(type="cpu")  # type: ignore[attr-defined]
    parts["loop"].train = train  # type: ignore[attr-defined]
    sys.modules |= {"torch": torch, **{part.__name__: part for part in parts.values()}}
    return warm_worker.main()


class Watcher(threading.Thread):
    """Looks how many of the runs are being trained, by processes that live."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.runs: list[Run] = []
        self.most = self.looks = 0
        self.done = False

    def run(self) -> None:
        while not self.done:
            self.most = max(self.most, sum(map(self.is_trained, self.runs[-3:])))
            self.looks += 1
            time.sleep(0.002)

    @staticmethod
    def is_trained(run: Run) -> bool:
        try:
            told = files.read_json(run.path / "status.json")
        except (OSError, ValueError):
            return False
        return told["state"] in ACTIVE and os_compat.lives(told["pid"], told["born"])


def press(number: int, folder: Path, limits: Limits, watcher: Watcher) -> tuple[str, float]:
    """One Start and its Stop. Returns what was lost, or nothing, and the seconds until the trainer's first word."""
    config = Config(latent_dim=2, hidden_dim=8, batch_size=32, epochs=500, seed=number, device="cpu")
    warm_worker.keep_one()
    wait(lambda: is_idle(warm_worker._waiting[0].pid) if warm_worker._waiting else True)
    began = time.monotonic()
    run = queue.ask(config, f"visitor {number}", limits, folder)
    watcher.runs.append(run)
    if not wait(lambda: run.status().pid or run.status().state == "failed"):
        return f"{run.id}: no word; {run.status()}", time.monotonic() - began
    seconds = time.monotonic() - began
    warm_worker.keep_one()  # the next one wakes up beside
    started = files.read_json(run.path / "queue.json").get("started")
    launcher.request(run, "stop")
    ended = wait(lambda: not run.status().active)
    if not ended or run.status().state != "stopped" or not started:
        return f"{run.id}: {run.status()} {launcher.log_tail(run)}", seconds
    return "", seconds


def wait(condition: object, seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


def is_idle(pid: int) -> bool:
    """Whether a spare waits for its line: it has done something, and does nothing more."""
    import psutil

    try:
        before = sum(psutil.Process(pid).cpu_times()[:2])
        time.sleep(0.1)
        return before > 0.1 and sum(psutil.Process(pid).cpu_times()[:2]) == before
    except psutil.Error:
        return True


def measure(presses: int = PRESSES, *, real: bool = False) -> list[Table]:
    start = os_compat.start
    if not real:
        os_compat.start = lambda module, *told, **options: start(  # type: ignore[assignment]
            "benchmarks.starts" if module == "vae_core.jobs.warm_worker" else module, *told, **options
        )
    lost, seconds, watcher, began = [], [], Watcher(), time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:  # the queue's thread goes on
        folder = Path(name)
        limits = Limits(trainings=1, epochs=500, runs=10_000, all_runs=10_000, batch_size=1)
        queue_dispatcher.keep_going(folder, limits)
        watcher.start()
        for number in range(presses):
            trouble, took = press(number, folder, limits, watcher)
            seconds.append(took)
            if trouble:
                lost.append(trouble)
                print(trouble, file=sys.stderr)
            if number % 20 == 19:
                print(f"{number + 1} Starts, {len(lost)} lost, at most {watcher.most} at once", file=sys.stderr)
        watcher.done = True
        for child in list(warm_worker._waiting):
            warm_worker.dismiss(child)
    os_compat.start = start
    head = [
        "Starts",
        "lost",
        "most trainers at once",
        "looks",
        "from Start to the trainer’s first word",
        "seconds in all",
    ]
    total = f"{time.monotonic() - began:.0f}"
    row = [str(presses), str(len(lost)), str(watcher.most), f"{watcher.looks:,}", summary(seconds), total]
    what = "real trainers" if real else "trainers that learn nothing"
    note = f"a shared server with one training at a time, a trainer kept ready; {what}, stopped at their first word."
    return [Table("Start, pressed again and again", "python -m benchmarks starts", head, [row], note)]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        for table in measure(int(sys.argv[1]), real="--real" in sys.argv):
            print(table.markdown())
    else:  # started as the spare
        sys.exit(stand_in())
