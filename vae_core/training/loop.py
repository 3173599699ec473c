"""The training loop: batch, loss, step, record. Reads like the lecture; ``vae_core.train`` is its command line."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vae_core import reconstructions
from vae_core.config import DEVICES, Config, ConfigError
from vae_core.datasets.spec import Dataset, Split
from vae_core.losses import Terms, kl_per_dimension
from vae_core.model import Autoencoder, build
from vae_core.runs import files
from vae_core.runs.run import Run, RunError
from vae_core.training import checkpoint, cuda_step, manual_step
from vae_core.training.adam import Adam
from vae_core.training.autograd_step import AutogradStep
from vae_core.training.cuda_graph import Replay
from vae_core.training.cuda_readback import Late
from vae_core.training.distributed import Ranks
from vae_core.training.manual_step import Step
from vae_core.training.progress import Reporter
from vae_core.training.threads import Governor, cut_evenly

LATENT_IMAGES = 10_000  # kept test images; all of MNIST's
EVALUATION_BATCH = 512  # so that what is computed of it stays in the processor's cache
WINDOWS_PER_EPOCH = 20  # points on the live curve per epoch
STEPS_AT_ONCE = 16  # at most, of which a graphics card is asked in one go
TOO_FAR = "The numbers grew without limit, so this training cannot continue; try a smaller learning rate or beta."
Way = Callable[[Tensor, Tensor], Tensor | None]  # to learn from images at their places (n,) with their dice (n, d)


class TrainingFailed(Exception):
    """The training cannot continue. The message is one sentence for the visitor."""


def pick_device(name: str) -> torch.device:
    """auto, cpu or cuda to a torch device. Raises ConfigError if there is no such device."""
    if name not in DEVICES:
        raise ConfigError(f"Device (device) must be one of {', '.join(DEVICES)}; you gave {name}.")
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigError("Device (device) must be auto or cpu here; torch finds no CUDA graphics card.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def train(run: Run, dataset: Dataset, reporter: Reporter, *, max_threads: int = 1, ranks: Ranks | None = None) -> None:
    """Train a run from its last finished epoch to its end, writing its directory as it goes.

    Raises TrainingFailed, and what ``reporter`` raises when asked to stop.
    """
    ranks = ranks or Ranks()
    config, device = run.config, pick_device(run.config.device)
    train_images, test_images = (_on(device, split) for split in (dataset.train, dataset.test))
    torch.manual_seed(config.seed)
    model = build(config).to(device)
    batch, images = config.batch_size, len(train_images)
    step, optimizer = _learner(model, config, min(batch, images), device)
    if not replays(device):  # a card is only asked to learn, which takes no time; and a recording must not be left
        step.listen = lambda: reporter.listen(pause=False)
    governor = _governor(step, train_images, max_threads if device.type == "cpu" else 1)
    steps_per_epoch = math.ceil(images / batch)
    window = _window(steps_per_epoch)
    reporter.update(device=device_name(device), steps_per_epoch=steps_per_epoch, threads=governor.threads)

    def learn(indices: Tensor, eps: Tensor, sums: Tensor | None = None) -> None:
        """One step: the batch, both terms of the loss and all gradients (manual_step.py), and Adam's move."""
        mine, its_eps = ranks.share(indices, eps)
        step(train_images, mine, its_eps, batch=len(indices), sums=sums)
        ranks.add(step.flat)
        optimizer.step()

    if device.type == "cuda":
        learn = cuda_step.rounded_products()(learn)

    first = (_restore(run, model, optimizer) if ranks.first else 0) + 1
    if ranks.first and first == 0:
        _keep_labels(run, dataset.test)
        _finish_epoch(run, model, optimizer, 0, 0, None, test_images, reporter.working_time(), 0.0, governor, reporter)
    first = max(ranks.hear_first(first), 1)
    ranks.follow_first(*step.weights, *optimizer.tensors)
    order, eps = dice(config, images, first, device)
    steps_per_sum, steps_at_once, ways = window, 1, dict[int, Way]()
    if replays(device) and isinstance(step, Step) and not ranks.several:
        steps_per_sum = math.ceil(window / math.ceil(window / STEPS_AT_ONCE))
        steps_at_once = STEPS_AT_ONCE // steps_per_sum * steps_per_sum
        state, some = (*step.weights, *optimizer.tensors, *step.changed), steps_per_sum * batch
        learn_many = _many(learn, batch, some)
        ways = {n: Replay(learn_many, (order[:n], eps[:n]), state) for n in {*cut(images, steps_at_once * batch)}}
    pieces = plan(images, steps_at_once * batch, steps_per_sum * batch)
    lengths = [length for length, _ in pieces]
    reporter.begin(step=(first - 1) * steps_per_epoch, epoch=first - 1)

    for epoch in range(first, config.epochs + 1):
        started = reporter.working_time()
        curve, late, asked = Curve(reporter, config, images, epoch), Late(), 0
        for (length, parts), indices, its_eps in zip(pieces, order.split(lengths), eps.split(lengths), strict=True):
            clock = time.perf_counter()
            governor.before_step(whole=length >= batch)
            sums = ways.get(length, learn)(indices, its_eps)
            governor.after_step(time.perf_counter() - clock, length)
            if parts:
                if sums is None:
                    sums = step.take_sums()[None]
                    ranks.add(sums)
                late.read(sums, partial(curve.add, parts))
            asked += length
            taken = (epoch - 1) * steps_per_epoch + math.ceil(asked / batch)
            reporter.after_step(taken, epoch, length, governor.threads)  # answers pause and stop
        if epoch < config.epochs:  # drawn while a card is still at work
            order, eps = dice(config, images, epoch + 1, device)
        late.settle()

        seconds = reporter.working_time() - started
        reporter.write_points()  # before the epoch counts as finished, so that none of its points can be lost
        if ranks.first:
            _finish_epoch(
                run, model, optimizer, epoch, taken, record([s / images for s in curve.total], config), test_images,
                started, images / seconds, governor, reporter,
            )  # fmt: skip
        reporter.epoch_done(epoch, taken)


def replays(device: torch.device) -> bool:
    """Whether steps are recorded and replayed: where each call from Python costs more than the work it asks for."""
    return device.type == "cuda"


def _learner(model: Autoencoder, config: Config, most: int, device: torch.device) -> tuple[Step | AutogradStep, Adam]:
    """The step, for batches of ``most`` images, and what moves the weights by its gradients."""
    if not manual_step.fits(model, config):
        return AutogradStep(model, config, device), Adam(model.parameters(), lr=config.learning_rate)
    if cuda_step.fits(model, config) and (graphics := cuda_step.graphics(device)) is not None:
        step = cuda_step.CardStep(model, config, most, device, graphics)
        return step, cuda_step.CardAdam(step, config.learning_rate)
    return Step(model, config, most, device), Adam(model.parameters(), lr=config.learning_rate)


def _window(steps_per_epoch: int) -> int:
    """Steps to a point of the live curve."""
    return max(steps_per_epoch // WINDOWS_PER_EPOCH, 1)


def cut(images: int, length: int) -> list[int]:
    """The lengths of so many images, cut into equal ones and a rest."""
    return [length] * (images // length) + ([images % length] if images % length else [])


def plan(images: int, at_once: int, a_sum: int) -> list[tuple[int, list[int]]]:
    """An epoch's pieces: the images that are asked for at once, and those of each of the sums that are taken then.

    One of the lengths is a multiple of the other. The last piece is a rest, with a sum of its own.
    """
    pieces, since = [], 0  # the last sum
    for left, length in zip(range(images, 0, -at_once), cut(images, at_once), strict=True):
        since += length
        parts = cut(since, a_sum) if since >= a_sum or left == length else []
        pieces.append((length, parts))
        since = 0 if parts else since
    return pieces


def _many(learn: Callable[[Tensor, Tensor, Tensor | None], None], batch: int, a_sum: int) -> Way:
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


class Curve:
    """Both terms over an epoch, from sums over its parts; and points of the live curve, from as many as these take."""

    def __init__(self, reporter: Reporter, config: Config, images: int, epoch: int) -> None:
        self.reporter, self.config, self.epoch, self.images = reporter, config, epoch, images
        self.steps = math.ceil(images / config.batch_size)
        self.total, self._sums = [0.0, 0.0], [0.0, 0.0]  # of the epoch, and since the last point
        self._known = self._before = 0  # images whose sums are known, and those of them before the last point

    def add(self, parts: Sequence[int], sums: Sequence[Sequence[float]]) -> None:
        """Sums of reconstruction and KL over the next parts, of so many images each."""
        for images, found in zip(parts, sums, strict=True):
            self.total = [a + b for a, b in zip(self.total, found, strict=True)]
            self._sums = [a + b for a, b in zip(self._sums, found, strict=True)]
            self._known += images
            since = self._known - self._before
            if since >= _window(self.steps) * self.config.batch_size or self._known == self.images:
                point = record([s / since for s in self._sums], self.config)
                taken = (self.epoch - 1) * self.steps + math.ceil(self._known / self.config.batch_size)
                self.reporter.window(taken, self.epoch, reconstruction=point["reconstruction"], kl=point["kl"])
                self._sums, self._before = [0.0, 0.0], self._known


def dice(config: Config, images: int, epoch: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """The order of an epoch's images (n,), and for each of them in this order its noise (n, d)."""
    generator = torch.Generator(device).manual_seed(_epoch_seed(config.seed, epoch))
    order = torch.randperm(images, generator=generator, device=device)
    return order, torch.randn(images, config.latent_dim, generator=generator, device=device)


def record(means: Sequence[float], config: Config) -> dict[str, float | None]:
    """Reconstruction and KL, nats per image, as they are written. Raises TrainingFailed unless they are finite."""
    terms = Terms(*(float(value) for value in means))
    if not all(math.isfinite(term) for term in terms):
        raise TrainingFailed(TOO_FAR)
    kl = terms.kl if config.is_vae else None
    return {"reconstruction": terms.reconstruction, "kl": kl, "loss": terms.loss(config.beta)}


def _governor(step: Step | AutogradStep, images: Tensor, max_threads: int) -> Governor:
    """As many threads as may be used freely: with any number of them, the bits must be the same."""
    widths = step.numbers()
    batch = min(step.config.batch_size, len(images))
    while max_threads > 1 and not all(cut_evenly(n, widths, max_threads) for n in (batch, EVALUATION_BATCH)):
        max_threads -= 1
    free = max_threads > 1 and _threads_agree(step, images[:batch], max_threads)
    return Governor(max_threads, torch.set_num_threads, free=free)


@torch.no_grad()
def evaluate(
    model: Autoencoder, images: Tensor, config: Config, epoch: int, governor: Governor,
    listen: Callable[[], object] = lambda: None,
) -> tuple[dict[str, Any], Tensor, Tensor | None]:  # fmt: skip
    """The test pass: ``test``, ``test_mean`` and ``kl_per_dimension``; mean and logvar of all images (n, d).

    ``listen`` is called before each batch.
    """
    device, most = images.device, EVALUATION_BATCH if images.device.type == "cpu" else 8 * EVALUATION_BATCH
    generator = torch.Generator(device).manual_seed(_epoch_seed(config.seed, epoch, stream=1))
    noise = torch.randn(len(images), config.latent_dim, generator=generator, device=device)
    errors = torch.zeros(2, dtype=torch.float64, device=device)  # z sampled, mean decoded
    kl = torch.zeros(config.latent_dim, dtype=torch.float64, device=device)
    room = torch.empty(2, min(most, len(images)), images.shape[1], device=device)
    formulas = reconstructions.get(config.reconstruction).formulas()
    means, logvars = [], []
    for batch, eps in zip(images.split(most), noise.split(most), strict=True):
        listen()
        governor.before_step(whole=len(batch) == most)
        x = batch.float().mul_(1 / 255)  # (b, pixels) in [0, 1]
        posterior = model.encode(x)  # mean and logvar, (b, d) each
        for place, z in enumerate((posterior.sample(eps), posterior.mean)):
            logits = model.decode_logits(z)
            if formulas.value_and_gradient is not None:  # into memory that is there
                error, _ = formulas.value_and_gradient(logits, x, *room[:, : len(x)])
            else:
                error = formulas.of_each(logits, x)
            errors[place] += error.sum(dtype=torch.float64)
        kl += kl_per_dimension(posterior).sum(0)
        means.append(posterior.mean)
        logvars.append(posterior.logvar)
    n, kl_mean = len(images), (kl / len(images)).tolist()
    sampled, decoded_mean = (errors / n).tolist()
    found = {
        "test": record((sampled, sum(kl_mean)), config),  # z sampled: the honest ELBO
        "test_mean": record((decoded_mean, sum(kl_mean)), config),  # what the lecture's notebook prints
        "kl_per_dimension": kl_mean if config.is_vae else None,
    }
    logvar = torch.cat([v for v in logvars if v is not None]) if config.is_vae else None
    return found, torch.cat(means), logvar


def _finish_epoch(
    run: Run, model: Autoencoder, optimizer: Adam, epoch: int, step: int,
    train_record: dict[str, float | None] | None, test_images: Tensor, started: float, images_per_second: float,
    governor: Governor, reporter: Reporter,
) -> None:  # fmt: skip
    """Test, then write the epoch's files in an order that no crash can break: metrics last, what resumes before it."""
    tested, mean, logvar = evaluate(model, test_images, run.config, epoch, governor, reporter.listen)
    kept = {"mean": mean, "logvar": logvar}
    halves = {k: v[:LATENT_IMAGES].half().cpu().numpy() for k, v in kept.items() if v is not None}
    if not all(np.isfinite(array).all() for array in halves.values()):
        raise TrainingFailed(TOO_FAR)
    files.write_npz(run.latents_file(epoch), halves)
    checkpoint.save_weights(run, epoch, model)
    line = {
        "epoch": epoch, "train": train_record, "test": tested["test"], "test_mean": tested["test_mean"],
        "seconds": round(reporter.working_time() - started, 3), "images_per_second": round(images_per_second, 1),
        "kl_per_dimension": tested["kl_per_dimension"],
    }  # fmt: skip
    checkpoint.save_resume(run, model, optimizer, step, line)
    files.append_lines(run.path / "metrics.jsonl", [line], durable=True)


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


def _restore(run: Run, model: Autoencoder, optimizer: Adam) -> int:
    """Go back to the last finished epoch and forget what came after it. Returns it, or -1 if there is none."""
    if not (run.path / "resume.safetensors").exists():
        if run.epoch is not None:
            raise RunError(f"The run {run.id} cannot continue: it has no resume.safetensors.")
        files.rewrite_lines(run.path / "steps.jsonl", [])
        files.rewrite_lines(run.path / "metrics.jsonl", [])
        return -1
    _, last = checkpoint.load_resume(run, model, optimizer)
    earlier = [r for r in run.metrics() if r["epoch"] < last["epoch"]]
    if len(earlier) != last["epoch"]:
        raise RunError(f"The run {run.id} cannot continue: metrics.jsonl lacks epochs before {last['epoch']}.")
    files.rewrite_lines(run.path / "metrics.jsonl", [*earlier, last])
    files.rewrite_lines(run.path / "steps.jsonl", [r for r in run.steps() if r["epoch"] <= last["epoch"]])
    return int(last["epoch"])


def _keep_labels(run: Run, test: Split) -> None:
    indices = np.arange(min(LATENT_IMAGES, len(test.labels)))
    kept = {"labels": test.labels[indices], "test_indices": indices.astype(np.uint32)}
    files.write_npz(run.path / "latents" / "labels.npz", kept)


def _on(device: torch.device, split: Split) -> Tensor:
    """All images of a split as one uint8 tensor (n, pixels) on the device."""
    return torch.from_numpy(split.images.copy()).to(device)


def _epoch_seed(seed: int, epoch: int, stream: int = 0) -> int:
    """A seed of its own for each epoch and purpose, so that resuming needs no saved random state."""
    return int(np.random.SeedSequence([seed, epoch, stream]).generate_state(1, np.uint64)[0] >> 1)


def device_name(device: torch.device) -> str:
    """e.g. ``CPU`` or ``CUDA · NVIDIA H200``."""
    return f"CUDA · {torch.cuda.get_device_name(device)}" if device.type == "cuda" else "CPU"
