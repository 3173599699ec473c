"""A step of training in the processor time of one thread: what it costs where neighbours do not let a clock be trusted.

The floor, ours, and the same through autograd take turns in one process, forty steps each. Needs MNIST.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from itertools import cycle

from benchmarks.table import Table, often, summary
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.training import threads

ROUNDS, STEPS = often(11, 3), often(40, 20)
LEARNED = 10  # epochs that all have behind them, when Adam's memory has faded


def measure() -> list[Table]:
    if not registry.is_here("mnist"):
        raise RuntimeError("MNIST is not on this machine (VAE_DATA_DIR).")
    threads.prepare(1)
    import torch

    torch.set_num_threads(1)
    images = torch.from_numpy(registry.load("mnist").train.images.copy())
    work = {"floor": floor(), "ours": by_hand(images), "autograd": by_autograd(images)}
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(ROUNDS + 1):
        for name, step in work.items():
            started = time.thread_time()
            for _ in range(STEPS):
                step()
            if turn:
                seconds[name].append((time.thread_time() - started) / STEPS)
        print(f"round {turn}", file=sys.stderr)
    names = {"floor": "the 11 matrix products", "ours": "Latent Lab", "autograd": "the same through autograd"}
    rows = []
    for name, taken in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(taken, seconds["floor"], strict=True))
        rows.append([names[name], summary([1000 * s for s in taken], "ms"), f"{ratio:.2f}"])
    fading = [1000 * s for s in faded(False)], [1000 * s for s in faded(True)]
    return [
        Table(
            "A step, in processor time of one thread", "python -m benchmarks step", ["", "a step", "times the floor"],
            rows, f"MNIST, the lecture’s settings, {STEPS} steps a turn, {ROUNDS} turns.",
        ),
        Table(
            "Adam’s step when its memory has faded", "python -m benchmarks step", ["numbers below 1e-38", "a step"],
            [["kept", summary(fading[0], "ms")], ["taken as 0 (ours)", summary(fading[1], "ms")]],
            "a quarter of the first layer’s running means below 1e-38, as after ten epochs of MNIST.",
        ),
    ]  # fmt: skip


def floor() -> Callable[[], None]:
    from benchmarks.ways import products

    pairs, places = products()

    def step() -> None:
        import torch

        for (a, b), out in zip(pairs, places, strict=True):
            torch.mm(a, b, out=out)

    return step


def by_hand(images) -> Callable[[], None]:
    import torch

    from vae_core.model import build
    from vae_core.training.adam import Adam
    from vae_core.training.manual_step import Step

    config = Config(dataset="mnist")
    model = build(config)
    optimizer, step = Adam(model.parameters(), lr=config.learning_rate), Step(model, config, 256, torch.device("cpu"))
    batches = cycle(torch.randperm(len(images)).split(256)[:-1])

    def learn() -> None:
        step(images, next(batches), torch.randn(256, config.latent_dim))
        optimizer.step()

    return learn


def by_autograd(images) -> Callable[[], None]:
    import torch

    from vae_core.losses import terms
    from vae_core.model import build
    from vae_core.training.adam import Adam

    config = Config(dataset="mnist")
    model = build(config)
    optimizer = Adam(model.parameters(), lr=config.learning_rate)
    batches = cycle(torch.randperm(len(images)).split(256)[:-1])

    def learn() -> None:
        x = images.index_select(0, next(batches)).float().mul_(1 / 255)
        posterior = model.encode(x)
        loss = terms(model.decode_logits(posterior.sample()), x, posterior).loss(config.beta)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return learn


def faded(flush: bool) -> list[float]:
    """Seconds of Adam's steps with a memory as it is after LEARNED epochs."""
    import torch

    from vae_core.model import build
    from vae_core.training.adam import Adam

    torch.set_flush_denormal(flush)
    model = build(Config(dataset="mnist"))
    optimizer, found = Adam(model.parameters(), lr=1e-3), []
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    quarter = optimizer.means[0].numel() // 4
    optimizer.means[0].view(-1)[:quarter] = torch.tensor(1, dtype=torch.int32).view(torch.float32)  # the smallest
    optimizer.squares[0].fill_(1e-20)
    for _ in range(ROUNDS):
        started = time.thread_time()
        optimizer.step()
        found.append(time.thread_time() - started)
    torch.set_flush_denormal(False)
    return found[1:]
