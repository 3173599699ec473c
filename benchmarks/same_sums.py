"""Which settings may use both of two cores without changing a bit, and what three latent numbers then take:
``python -m benchmarks same_sums``. Each half in a process of its own, with ``threads.SAME_SUMS`` and without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from itertools import product

from benchmarks.table import HERE, Table, often, summary

NETWORKS = "lecture", "deep"
BATCHES = often((8, 32, 50, 64, 100, 128, 200, 256, 300, 512, 1000, 1024), (64, 256))
HIDDEN, LATENT = (16, 64, 100, 256, 400, 1000), (2, 3, 20, 50)
STEPS = often(120, 20)


def measure() -> list[Table]:
    free = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "MKL_"))}
    rows = []
    for title, choice in (("as the processor likes", {"MKL_CBWR": ""}), ("one order (ours)", {})):
        command = [sys.executable, "-m", "benchmarks.same_sums"]
        done = subprocess.run(command, env=free | choice, cwd=HERE.parent, check=True, capture_output=True, text=True)
        alone, of, milliseconds = json.loads(done.stdout)
        rows.append([title, f"{alone} of {of}", summary(milliseconds, "ms", 1)])
    return [
        Table(
            "One order of sums", "python -m benchmarks same_sums",
            ["", "settings that one core must do", "a step with 3 latent numbers"], rows,
            f"Batches of {BATCHES[0]} to {BATCHES[-1]:,}, {HIDDEN[0]} to {HIDDEN[-1]:,} hidden units, {LATENT[0]} to "
            f"{LATENT[-1]} latent numbers, lecture’s network and deep. The step: lecture’s, batch 256.",
        )
    ]  # fmt: skip


def main() -> None:
    from vae_core.training import threads

    threads.prepare(2)
    import torch

    from vae_core.config import Config
    from vae_core.model import build
    from vae_core.training.learner import _governor, step_and_optimizer

    images = torch.randint(0, 256, (BATCHES[-1], 784), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))

    def of(config: Config):
        return step_and_optimizer(build(config), config, config.batch_size, torch.device("cpu"))

    settings = [*product(NETWORKS, BATCHES, HIDDEN, LATENT)]
    alone = 0
    for network, batch, hidden, latent in settings:
        config = Config(network=network, batch_size=batch, hidden_dim=hidden, latent_dim=latent)
        alone += _governor(of(config)[0], images, 2).candidates == [1]

    step, optimizer = of(Config(latent_dim=3))
    torch.set_num_threads(_governor(step, images, 2).candidates[0])
    indices, eps, milliseconds = torch.arange(256), torch.ones(256, 3), []
    for _ in range(STEPS):
        started = time.perf_counter()
        step(images, indices, eps)
        optimizer.step()
        milliseconds.append(1000 * (time.perf_counter() - started))
    print(json.dumps([alone, len(settings), milliseconds[STEPS // 4 :]]))


if __name__ == "__main__":
    main()
