"""The step that suits a network and a machine, and the pieces in which it is asked for."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from vae_core.config import Config
from vae_core.model import Autoencoder
from vae_core.training import cuda_step, manual_step
from vae_core.training.adam import Adam
from vae_core.training.autograd_step import AutogradStep
from vae_core.training.cuda_graph import Replay
from vae_core.training.device import replays
from vae_core.training.distributed import Ranks
from vae_core.training.evaluation import EVALUATION_BATCH
from vae_core.training.manual_step import Step
from vae_core.training.schedule import cut, plan, window_of
from vae_core.training.threads import Governor, cut_evenly

STEPS_AT_ONCE = 16  # at most, of which a graphics card is asked in one go
LearnStep = Callable[
    [Tensor, Tensor], Tensor | None
]  # to learn from images at their places (n,) with their noise (n, d)


class Learner:
    """Learns from the images (n, pixels) uint8 of a training, some at a time."""

    def __init__(self, model: Autoencoder, config: Config, images: Tensor, ranks: Ranks, max_threads: int) -> None:
        self.config, self.images, self.ranks, device = config, images, ranks, images.device
        self.step, self.optimizer = step_and_optimizer(model, config, min(config.batch_size, len(images)), device)
        self.governor = _governor(self.step, images, max_threads if device.type == "cpu" else 1)
        self.steps_per_epoch = math.ceil(len(images) / config.batch_size)
        self._ways: dict[int, LearnStep] = {}  # recordings, by the images that each takes
        self._lengths, self._parts = list[int](), list[list[int]]()
        if device.type == "cuda":
            self.learn = cuda_step.rounded_products()(self.learn)  # type: ignore[method-assign]

    def learn(self, indices: Tensor, eps: Tensor, sums: Tensor | None = None) -> None:
        """One step: the batch, both terms of the loss and all gradients (manual_step.py), and Adam's move."""
        mine, its_eps = self.ranks.share(indices, eps)
        self.step(self.images, mine, its_eps, batch=len(indices), sums=sums)
        self.ranks.add(self.step.flat)
        self.optimizer.step()

    def get_ready(self, order: Tensor, eps: Tensor) -> None:
        """Choose the pieces of an epoch; on a graphics card, record them. ``order``, ``eps``: any epoch's."""
        images, batch = len(self.images), self.config.batch_size
        steps_per_sum, at_once = window_of(self.steps_per_epoch), 1
        if replays(self.images.device) and isinstance(self.step, Step) and not self.ranks.several:
            steps_per_sum = math.ceil(steps_per_sum / math.ceil(steps_per_sum / STEPS_AT_ONCE))
            at_once = STEPS_AT_ONCE // steps_per_sum * steps_per_sum
            state = (*self.step.weights, *self.optimizer.tensors, *self.step.changed)
            many = _many(self.learn, batch, steps_per_sum * batch)
            self._ways = {n: Replay(many, (order[:n], eps[:n]), state) for n in {*cut(images, at_once * batch)}}
        pieces = plan(images, at_once * batch, steps_per_sum * batch)
        self._lengths, self._parts = [length for length, _ in pieces], [parts for _, parts in pieces]

    def pieces(self, order: Tensor, eps: Tensor) -> Iterator[tuple[Tensor, Tensor, list[int]]]:
        """An epoch in pieces: places of images (b,), their noise (b, d), the images of each sum that is due then."""
        return zip(order.split(self._lengths), eps.split(self._lengths), self._parts, strict=True)

    def take(self, indices: Tensor, eps: Tensor, parts: list[int]) -> Tensor | None:
        """Learn from a piece. Returns both terms summed over each of its parts, (parts, 2); None if none is due."""
        clock, length = time.perf_counter(), len(indices)
        self.governor.before_step(whole=length >= self.config.batch_size)
        sums = self._ways.get(length, self.learn)(indices, eps)
        self.governor.after_step(time.perf_counter() - clock, length)
        if not parts:
            return None
        if sums is None:
            sums = self.step.take_sums()[None]
            self.ranks.add(sums)
        return sums


def step_and_optimizer(
    model: Autoencoder, config: Config, most: int, device: torch.device
) -> tuple[Step | AutogradStep, Adam]:
    """The step, for batches of ``most`` images, and what moves the weights by its gradients."""
    if not manual_step.fits(model, config, device):
        return AutogradStep(model, config, device), Adam(model.parameters(), lr=config.learning_rate)
    if cuda_step.fits(model, config) and (graphics := cuda_step.graphics(device)) is not None:
        step = cuda_step.CardStep(model, config, most, device, graphics)
        return step, cuda_step.CardAdam(step, config.learning_rate)
    return Step(model, config, most, device), Adam(model.parameters(), lr=config.learning_rate)


def _many(learn: Callable[[Tensor, Tensor, Tensor | None], None], batch: int, a_sum: int) -> LearnStep:
    """Learn from several batches, and give the sums of both terms over each ``a_sum`` images, (sums, 2)."""

    def learn_many(indices: Tensor, eps: Tensor) -> Tensor:
        lengths = cut(len(indices), a_sum)
        sums = torch.empty(len(lengths), 2, dtype=torch.float64, device=indices.device)
        for place, part, its_eps in zip(sums, indices.split(lengths), eps.split(lengths), strict=True):
            batches = [*zip(part.split(batch), its_eps.split(batch), strict=True)]
            for number, (some, their_eps) in enumerate(batches, start=1):
                learn(some, their_eps, place if number == len(batches) else None)
        return sums

    return learn_many


def _governor(step: Step | AutogradStep, images: Tensor, max_threads: int) -> Governor:
    """As many threads as may be used freely: with any number of them, the bits must be the same."""
    widths = images.shape[1], step.d  # what lies between is added, multiplied and cut off at 0 alone
    batch = min(step.config.batch_size, len(images))
    while max_threads > 1 and not all(cut_evenly(n, widths, max_threads) for n in (batch, EVALUATION_BATCH)):
        max_threads -= 1
    free = max_threads > 1 and _threads_agree(step, images[:batch], max_threads)
    return Governor(max_threads, torch.set_num_threads, free=free)


def _threads_agree(step: Step | AutogradStep, images: Tensor, most: int) -> bool:
    """Whether the gradients of a batch of images (b, pixels) are the same to the bit with all threads and with one.

    Mostly they are. With some sizes a product is summed in another order; then the choice of the moment must not
    decide, or a resumed run would differ from an uninterrupted one.
    """
    found, everything = [], torch.arange(len(images))
    for threads in (1, most):
        torch.set_num_threads(threads)
        step(images, everything, torch.ones(len(images), step.d))
        found.append(step.flat.clone())
    step.take_sums()
    return torch.equal(*found)
