"""Training on a graphics card: how fast, and whether it learns what a processor learns.

Needs a CUDA graphics card. Where MNIST is not found (VAE_DATA_DIR), random pictures of its size give the speed alone.
Ours is a real run in a real directory; between two of its epochs each other way trains one, in the same process.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.table import Table, often, summary
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.datasets.spec import Dataset, Split
from vae_core.runs import lifecycle
from vae_core.runs.run import Run
from vae_core.training import threads
from vae_core.training.progress_and_pause import Reporter, Stopped

ROUNDS, WARM = often(21, 5), 2  # epochs of each way, and those before them that are not counted
LONGER, LONG_ROUNDS = 10, often(7, 2)  # times MNIST's pictures, and epochs of them
BATCHES = (256, 512, 1024, 2048, 4096, 8192)
LEARNED = often(5, 2)  # epochs after which the numbers of card and processor are compared
COMMAND = "python -m benchmarks cuda"
NAMES = {
    "ours": "Latent Lab", "whole": "Latent Lab, with test and files", "eager": "plain torch, data on the card",
    "quick": "the same with TF32 and torch’s fused Adam",
}  # fmt: skip


def measure() -> list[Table]:
    threads.prepare()
    import torch

    if not torch.cuda.is_available():
        raise RuntimeError("there is no CUDA graphics card on this machine.")
    torch.set_flush_denormal(True)
    pictures, real = mnist_or_random()
    tables = [epoch_table(pictures, real), batch_table(pictures, real)]
    return [*tables, numbers_table(pictures), resume_table(pictures)] if real else tables


def mnist_or_random() -> tuple[Dataset, bool]:
    """MNIST, or random pictures of its size; and whether it is MNIST."""
    if registry.is_here("mnist"):
        return registry.load("mnist"), True
    dice = np.random.default_rng(0)
    splits = (
        Split(dice.integers(0, 256, (n, 784), dtype=np.uint8), dice.integers(0, 10, n, dtype=np.uint8))
        for n in (60_000, 10_000)
    )
    return Dataset("mnist", *splits), False


# ---- speed


class Turns(Reporter):
    """A training's reporter that lets each other way train an epoch after each of its own."""

    def __init__(self, run: Run, images: int, ways: dict[str, Callable[[], None]]) -> None:
        super().__init__(run)
        self.images, self.ways, self.seconds = images, ways, {name: [] for name in ("ours", "whole", *ways)}
        self.made = time.perf_counter()
        self.ready = 0.0  # seconds until the first step: network, kernels, first test, recordings

    def begin(self, step: int, epoch: int) -> None:
        self.ready = time.perf_counter() - self.made
        super().begin(step, epoch)

    def epoch_done(self, epoch: int, step: int) -> None:
        super().epoch_done(epoch, step)
        last = self.run.metrics()[-1]
        seconds = {"ours": self.images / last["images_per_second"], "whole": last["seconds"]}
        seconds |= {name: timed(way) for name, way in self.ways.items()}
        if epoch > WARM:
            for name, found in seconds.items():
                self.seconds[name].append(found)


def timed(epoch: Callable[[], None]) -> float:
    """Seconds of an epoch on the card, to the end of its last step."""
    import torch

    torch.cuda.synchronize()
    started = time.perf_counter()
    epoch()
    torch.cuda.synchronize()
    return time.perf_counter() - started


def turns(pictures: Dataset, batch: int, names: tuple[str, ...], rounds: int = ROUNDS) -> Turns:
    """Train rounds epochs of ours, and of the others by name, in turns."""
    import torch

    from benchmarks.ways import plain
    from vae_core.training.cuda_step import rounded_products

    images = torch.from_numpy(pictures.train.images.copy()).cuda()
    every = {
        "eager": plain(images, batch)[1],
        "quick": rounded_products()(plain(images, batch, fused=True)[1]),
    }
    with trained(pictures, batch_size=batch, epochs=WARM + rounds) as (run, train):
        reporter = Turns(run, len(images), {name: every[name] for name in names})
        train(reporter)
    print(f"batch {batch}: {milliseconds(reporter.seconds['ours'])}", file=sys.stderr)
    return reporter


@contextmanager
def trained(pictures: Dataset, **settings: Any) -> Iterator[tuple[Run, Callable[[Reporter], None]]]:
    """A run in a directory for the moment, and what trains it with a reporter."""
    from vae_core.training import loop

    with tempfile.TemporaryDirectory() as folder:
        run = lifecycle.create(Config(**{"dataset": "mnist", "device": "cuda", **settings}), Path(folder))
        yield run, lambda reporter: loop.train(run, pictures, reporter, max_threads=threads.prepare())


def milliseconds(seconds: list[float]) -> str:
    return summary([1000 * s for s in seconds], "ms", 1)


def ratio(slow: list[float], fast: list[float]) -> float:
    """The median over rounds of how many times as long the slow one took."""
    return statistics.median(a / b for a, b in zip(slow, fast, strict=True))


def epoch_table(pictures: Dataset, real: bool) -> Table:
    found = turns(pictures, 256, ("eager", "quick"))
    rows = [
        [NAMES[name], milliseconds(seconds), f"{ratio(seconds, found.seconds['ours']):.1f}",
         f"{60_000 / statistics.median(seconds) / 1e6:.2f} million"]
        for name, seconds in found.seconds.items()
    ]  # fmt: skip
    return Table(
        f"An epoch on a graphics card{'' if real else ' (random pictures)'}", COMMAND,
        ["", "an epoch", "times ours", "pictures a second"], rows,
        f"MNIST’s size, the lecture’s settings, batch 256, {ROUNDS} epochs of each in turns; the ratio is the median "
        f"over rounds. Network, kernels, first test and recordings: {found.ready:.1f} s, once.",
    )  # fmt: skip


def batch_table(pictures: Dataset, real: bool) -> Table:
    many, rows = repeated(pictures, LONGER), []
    for batch in BATCHES:
        short, long = turns(pictures, batch, ("quick",)).seconds, turns(many, batch, (), LONG_ROUNDS).seconds
        rows.append(
            [
                f"{batch:,}", millions(60_000, short["ours"]), millions(60_000 * LONGER, long["ours"]),
                f"{ratio(short['quick'], short['ours']):.1f}",
            ]
        )  # fmt: skip
    return Table(
        f"Pictures a second by batch size{'' if real else ' (random pictures)'}", COMMAND,
        ["batch", "epochs of 60,000 pictures", f"epochs of {60_000 * LONGER:,}",
         "times plain torch with TF32 and its fused Adam (60,000)"], rows,
        f"whole epochs, {ROUNDS} and {LONG_ROUNDS}, the lecture’s settings. With large batches an epoch of MNIST takes "
        "three milliseconds, of which it counts what passes before the card is at work and after it is done.",
    )  # fmt: skip


def millions(images: int, seconds: list[float]) -> str:
    return summary([images / s / 1e6 for s in seconds], "million", 1)


def repeated(pictures: Dataset, times: int) -> Dataset:
    images, labels = pictures.train.images, pictures.train.labels
    train = Split(np.tile(images, (times, 1)), np.tile(labels, times))
    return Dataset(pictures.name, train, pictures.test)


# ---- the same numbers


@contextmanager
def replaced(module: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


class Keeps(Reporter):
    """Keeps the exact weights of each epoch."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.weights: list[np.ndarray] = []

    def epoch_done(self, epoch: int, step: int) -> None:
        from vae_core.training.checkpoint import load_tensors

        super().epoch_done(epoch, step)
        tensors = load_tensors(self.run.path / "resume.safetensors")[0]
        kept = [t.numpy().ravel() for name, t in sorted(tensors.items()) if name.startswith("model.")]
        self.weights.append(np.concatenate(kept))


def numbers_table(pictures: Dataset) -> Table:
    """The same dice on all: drawn on the processor, since a card's own are others."""
    import torch

    from vae_core.training import cuda_step, loop

    def dice(config: Config, images: int, epoch: int, device: torch.device) -> tuple[torch.Tensor, ...]:
        return tuple(drawn.to(device) for drawn in ours(config, images, epoch, torch.device("cpu")))

    @contextmanager
    def exact_products() -> Iterator[None]:
        yield

    ours = loop.order_and_noise
    ways = [
        ("processor", {"device": "cpu"}, cuda_step.rounded_products),
        ("card, as it trains", {}, cuda_step.rounded_products),
        ("card, factors not rounded", {}, exact_products),
        ("processor, another seed", {"device": "cpu", "seed": 2}, cuda_step.rounded_products),
    ]
    rows, first = [], None
    for name, settings, products in ways:
        with (
            replaced(loop, "order_and_noise", dice), replaced(cuda_step, "rounded_products", products),
            trained(pictures, epochs=LEARNED, **settings) as (run, train),
        ):  # fmt: skip
            keeper = Keeps(run)
            train(keeper)
            first, last = first or keeper, run.metrics()[-1]
            apart = [float(abs(mine - its).max()) for mine, its in zip(keeper.weights, first.weights, strict=True)]
        losses = [f"{last[part]['loss']:.3f}" for part in ("train", "test_mean")]
        rows.append([name, *losses, *(f"{apart[i]:.1e}" if keeper is not first else "" for i in (0, -1))])
    return Table(
        "The numbers of card and processor", COMMAND,
        ["", "training", "test, mean decoded", "weights after one epoch", f"after {LEARNED}"], rows,
        f"MNIST, the lecture’s settings, {LEARNED} epochs with the same dice; nats per image. Weights: the largest "
        "difference from the processor’s. For its products the card rounds the factors to 11 bits (TF32), in training "
        "alone, not in tests.",
    )  # fmt: skip


class StopsIn(Reporter):
    """Told to stop in the middle of an epoch."""

    def __init__(self, run: Run, epoch: int) -> None:
        super().__init__(run)
        self.stop_in = epoch

    def after_step(self, step: int, epoch: int, images: int, threads: int) -> None:
        super().after_step(step, epoch, images, threads)
        if step > (self.stop_in - 0.5) * self.status.steps_per_epoch:
            raise Stopped


def resume_table(pictures: Dataset) -> Table:
    rows = []
    for batch in (256, 4096):
        found = []
        for stops in (False, True):
            with trained(pictures, epochs=3, batch_size=batch) as (run, train):
                if stops:
                    try:
                        train(StopsIn(run, 2))
                    except Stopped:
                        assert run.epoch == 1
                train(Reporter(run))
                found.append(contents(run))
        apart = sum(found[0].get(name) != found[1].get(name) for name in {*found[0], *found[1]})
        rows.append([f"{batch:,}", str(len(found[0])), str(apart)])
    return Table(
        "Stopped in the middle of its second epoch, and resumed", COMMAND,
        ["batch", "compared", "differ from an uninterrupted run"], rows,
        "to the bit, on the card: the weights of all epochs, Adam’s memory, codes, losses and points of the curve.",
    )  # fmt: skip


def contents(run: Run) -> dict[str, Any]:
    """All that a training computes, without what depends on the clock."""
    from vae_core.training.checkpoint import load_tensors

    found: dict[str, Any] = {"points": run.steps()}
    for record in run.metrics():
        timeless = {name: value for name, value in record.items() if name not in ("seconds", "images_per_second")}
        found[f"epoch {record['epoch']}"] = timeless
    for file in [*run.path.glob("weights/*"), run.path / "resume.safetensors"]:
        found |= {f"{file.name} {name}": t.numpy().tobytes() for name, t in load_tensors(file)[0].items()}
    for file in run.path.glob("latents/*"):
        with np.load(file) as arrays:
            found |= {f"{file.name} {name}": array.tobytes() for name, array in arrays.items()}
    return found
