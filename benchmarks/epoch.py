"""An epoch of training, ours against the usual way: ``VAE_DATA_DIR=... python -m benchmarks.epoch [rounds]``.

The usual way is the lecture notebook's: torchvision's Dataset, ToTensor, a DataLoader, a plain optimizer. Both train
 the same network on MNIST at the lecture's settings. They take turns, so that a noisy machine disturbs both alike.
Needs MNIST on disk.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from vae_core import data, shelf, threads
from vae_core.config import Config


def usual(config: Config) -> Callable[[], float]:
    """One epoch through Dataset, ToTensor and DataLoader. Returns a function that trains it and says the seconds."""
    import torch
    from torchvision import datasets, transforms

    from vae_core.losses import terms
    from vae_core.model import build

    mnist = datasets.MNIST(data.data_dir(), transform=transforms.ToTensor())
    loader = torch.utils.data.DataLoader(mnist, batch_size=config.batch_size, shuffle=True)
    model = build(config)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate)

    def epoch() -> float:
        started = time.perf_counter()
        for images, _ in loader:
            x = images.view(-1, data.PIXELS)
            posterior = model.encode(x)
            loss = terms(model.decode_logits(posterior.sample()), x, posterior).loss(config.beta)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return time.perf_counter() - started

    return epoch


def ours(config: Config, dataset: data.Dataset, folder: Path, most_threads: int) -> tuple[float, float]:
    """One epoch of a real run: seconds of training alone, and with evaluation and all files."""
    from vae_core.reporter import Reporter
    from vae_core.training import train

    run = shelf.create(config, folder)
    train(run, dataset, Reporter(run), max_threads=most_threads)
    record = run.metrics()[1]
    return len(dataset.train.labels) / record["images_per_second"], record["seconds"]


def main(rounds: int) -> None:
    most = threads.prepare()
    import torch

    torch.set_num_threads(most)
    config = Config(dataset="mnist", epochs=1, device="cpu")
    dataset, epoch_of_the_usual = data.load("mnist"), usual(config)
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds):
            there = epoch_of_the_usual()
            here, whole = ours(config, dataset, Path(folder), most)
            torch.set_num_threads(most)
            results.append((there, here, whole))
            print(f"round {turn + 1}: usual {there:.2f} s, ours {here:.2f} s ({whole:.2f} s with evaluation and files)")
    there, here, whole = (statistics.median(column) for column in zip(*results, strict=True))
    ratios = sorted(r[0] / r[1] for r in results)
    print(f"median: usual {there:.2f} s, ours {here:.2f} s, {whole:.2f} s with evaluation and files")
    print(f"ratio of training alone: {statistics.median(ratios):.2f} (from {ratios[0]:.2f} to {ratios[-1]:.2f})")
    print(f"torch {torch.__version__}, {most} threads, {os.cpu_count()} cores")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
