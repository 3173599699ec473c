"""The training loop: batch, loss, step, record. Reads like the lecture; ``vae_core.train`` is its command line."""

from __future__ import annotations

import math
from functools import partial

import torch
from torch import Tensor

from vae_core.config import Config
from vae_core.datasets.spec import Dataset
from vae_core.model import build
from vae_core.runs.run import Run
from vae_core.training.cuda_readback import DelayedReadback
from vae_core.training.device import device_name, pick_device, replays
from vae_core.training.distributed import Ranks
from vae_core.training.evaluation import epoch_seed, record
from vae_core.training.learner import Learner
from vae_core.training.moments import Moments
from vae_core.training.progress_and_pause import Reporter
from vae_core.training.schedule import Curve
from vae_core.training.snapshots import Snapshots, images_on


def train(
    run: Run, dataset: Dataset, reporter: Reporter, *, max_threads: int = 1, ranks: Ranks | None = None,
    watched: bool = True,
) -> None:  # fmt: skip
    """Train a run from its last finished epoch to its end, writing its directory as it goes.

    ``watched``: with moments for those who look on (moments.py), which change no bit of it.

    Raises TrainingFailed, and what ``reporter`` raises when asked to stop.
    """
    ranks, config, device = ranks or Ranks(), run.config, pick_device(run.config.device)
    images = images_on(device, dataset.train)
    torch.manual_seed(config.seed)
    model = build(config).to(device)
    learner = Learner(model, config, images, ranks, max_threads)
    if not replays(device):  # a card is only asked to learn, which takes no time; and a recording must not be left
        learner.step.listen = lambda: reporter.listen(pause=False)
    steps, governor, optimizer = learner.steps_per_epoch, learner.governor, learner.optimizer
    reporter.update(device=device_name(device), steps_per_epoch=steps, threads=governor.threads)

    test_images = images_on(device, dataset.test)
    moments = Moments(run, model, dataset.test, test_images, reporter.working_time, on=watched and ranks.first)
    snapshots = Snapshots(run, model, optimizer, dataset.test, test_images, governor, reporter)
    last = ranks.hear_first(snapshots.begin(lambda epoch: moments.begin(epoch * steps, epoch)) if ranks.first else None)
    ranks.follow_first(*learner.step.weights, *optimizer.tensors)
    order, eps = order_and_noise(config, len(images), last + 1, device)
    learner.get_ready(order, eps)
    reporter.begin(step=last * steps, epoch=last)

    for epoch in range(last + 1, config.epochs + 1):
        started, asked = reporter.working_time(), 0
        curve, late = Curve(reporter, config, len(images), epoch), DelayedReadback()
        for indices, its_eps, parts in learner.pieces(order, eps):
            sums = learner.take(indices, its_eps, parts)
            if sums is not None:
                late.read(sums, partial(curve.add, parts))
            asked += len(indices)
            taken = (epoch - 1) * steps + math.ceil(asked / config.batch_size)
            reporter.after_step(taken, epoch, len(indices), governor.threads)  # answers pause and stop
            moments.after_step(taken, epoch - 1 + asked / len(images))
        if epoch < config.epochs:  # drawn while a card is still at work
            order, eps = order_and_noise(config, len(images), epoch + 1, device)
        late.settle()

        speed = len(images) / (reporter.working_time() - started)
        reporter.write_points()  # before the epoch counts as finished, so that none of its points can be lost
        if ranks.first:
            train_record = record([total / len(images) for total in curve.total], config)
            snapshots.keep(epoch, taken, train_record, started, speed)
        reporter.epoch_done(epoch, taken)


def order_and_noise(config: Config, images: int, epoch: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """The order of an epoch's images (n,), and for each of them in this order its noise (n, d)."""
    generator = torch.Generator(device).manual_seed(epoch_seed(config.seed, epoch))
    order = torch.randperm(images, generator=generator, device=device)
    return order, torch.randn(images, config.latent_dim, generator=generator, device=device)
