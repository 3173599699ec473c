"""The training loop: batch, loss, step, record. Reads like the lecture; ``vae_core.train`` is its command line."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vae_core import checkpoint, data, storage
from vae_core.adam import Adam
from vae_core.config import Config, ConfigError
from vae_core.losses import Terms, kl_per_dimension, terms
from vae_core.model import Autoencoder, build
from vae_core.reporter import Reporter
from vae_core.runs import Run, RunError
from vae_core.threads import Governor, cut_evenly

LATENT_IMAGES = 10_000  # kept test images; all of MNIST's
EVALUATION_BATCH = 2_048
WINDOWS_PER_EPOCH = 20  # points on the live curve per epoch


TOO_FAR = "The numbers grew beyond all bounds, so this training cannot go on; try a smaller learning rate or beta."


class TrainingFailed(Exception):
    """The training cannot go on. The message is one sentence for the visitor."""


def pick_device(name: str) -> torch.device:
    """auto, cpu or cuda to a torch device. Raises ConfigError if there is no such device."""
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigError("Device (device) must be auto or cpu here; torch finds no CUDA graphics card.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def train(run: Run, dataset: data.Dataset, reporter: Reporter, *, max_threads: int = 1) -> None:
    """Train a run from its last finished epoch to its end, writing its directory as it goes.

    Raises TrainingFailed, and what ``reporter`` raises when asked to stop.
    """
    config, device = run.config, pick_device(run.config.device)
    train_images, test_images = (_on(device, split) for split in (dataset.train, dataset.test))
    torch.manual_seed(config.seed)
    model = build(config).to(device)
    optimizer = Adam(model.parameters(), lr=config.learning_rate)
    widths = (data.PIXELS, model.hidden_dim, model.latent_dim)
    while max_threads > 1 and not all(
        cut_evenly(n, widths, max_threads) for n in (config.batch_size, EVALUATION_BATCH)
    ):
        max_threads -= 1
    free = max_threads > 1 and _threads_agree(model, _scaled(train_images[: config.batch_size]), max_threads)
    governor = Governor(max_threads, torch.set_num_threads, free=free)
    steps_per_epoch = math.ceil(len(train_images) / config.batch_size)
    reporter.update(device=device_name(device), steps_per_epoch=steps_per_epoch, threads=governor.threads)

    first = _restore(run, model, optimizer) + 1
    if first == 0:
        _keep_labels(run, dataset.test)
        _finish_epoch(run, model, optimizer, 0, 0, None, test_images, time.perf_counter(), 0.0, governor)
        first = 1
    reporter.begin(step=(first - 1) * steps_per_epoch, epoch=first - 1)

    for epoch in range(first, config.epochs + 1):
        started, paused = time.perf_counter(), reporter.paused_seconds
        window, total = Mean(device), Mean(device)
        generator = torch.Generator(device).manual_seed(_epoch_seed(config.seed, epoch))
        order = torch.randperm(len(train_images), generator=generator, device=device)
        model.train()
        for number, indices in enumerate(order.split(config.batch_size), start=1):
            clock = time.perf_counter()
            governor.before_step(whole=len(indices) == config.batch_size)
            x = _scaled(train_images.index_select(0, indices))  # (b, 784) in [0, 1]
            posterior = model.encode(x)  # mean and logvar, (b, d) each
            eps = torch.randn(posterior.mean.shape, generator=generator, device=device)
            z = posterior.sample(eps)  # (b, d)
            parts = terms(model.decode_logits(z), x, posterior, config.reconstruction)
            loss = parts.loss(config.beta)

            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

            window.add(parts, len(x))
            governor.after_step(time.perf_counter() - clock, len(x))
            step = (epoch - 1) * steps_per_epoch + number
            if number % max(steps_per_epoch // WINDOWS_PER_EPOCH, 1) == 0 or number == steps_per_epoch:
                reporter.window(step, epoch, **_finite(window.terms(config)))
                total.merge(window)
                window = Mean(device)
            reporter.after_step(step, epoch, len(x), governor.threads)  # answers pause and stop

        seconds = time.perf_counter() - started - (reporter.paused_seconds - paused)
        record = total.record(config)
        reporter.write_points()  # before the epoch counts as finished, so that none of its points can be lost
        _finish_epoch(
            run, model, optimizer, epoch, step, record, test_images, started + reporter.paused_seconds - paused,
            len(train_images) / seconds, governor,
        )  # fmt: skip
        reporter.epoch_done(epoch, step)


class Mean:
    """Running mean of both terms over images, kept on the device so that a step need not wait for its numbers."""

    def __init__(self, device: torch.device) -> None:
        self.sums, self.images = torch.zeros(2, dtype=torch.float64, device=device), 0

    def add(self, parts: Terms, images: int) -> None:
        self.sums += torch.stack(parts).detach() * images
        self.images += images

    def merge(self, other: Mean) -> None:
        self.sums += other.sums
        self.images += other.images

    def terms(self, config: Config) -> dict[str, float | None]:
        reconstruction, kl = (self.sums / self.images).tolist()
        return {"reconstruction": reconstruction, "kl": kl if config.is_vae else None}

    def record(self, config: Config) -> dict[str, float | None]:
        reconstruction, kl = (self.sums / self.images).tolist()
        loss = reconstruction + config.beta * kl if config.is_vae else reconstruction
        return {**self.terms(config), "loss": loss}


@torch.no_grad()
def evaluate(
    model: Autoencoder, images: Tensor, config: Config, epoch: int, governor: Governor
) -> tuple[dict[str, Any], Tensor, Tensor | None]:
    """The test pass: ``test``, ``test_mean`` and ``kl_per_dimension``; mean and logvar of all images (n, d)."""
    model.eval()
    device = images.device
    generator = torch.Generator(device).manual_seed(_epoch_seed(config.seed, epoch, stream=1))
    sampled, decoded_mean = Mean(device), Mean(device)
    kl_sums = torch.zeros(config.latent_dim, dtype=torch.float64, device=device)
    means, logvars = [], []
    for batch in images.split(EVALUATION_BATCH):
        governor.before_step(whole=len(batch) == EVALUATION_BATCH)
        x = _scaled(batch)
        posterior = model.encode(x)
        eps = torch.randn(posterior.mean.shape, generator=generator, device=device)
        sampled.add(terms(model.decode_logits(posterior.sample(eps)), x, posterior, config.reconstruction), len(x))
        decoded_mean.add(terms(model.decode_logits(posterior.mean), x, posterior, config.reconstruction), len(x))
        kl_sums += kl_per_dimension(posterior).sum(0)
        means.append(posterior.mean)
        logvars.append(posterior.logvar)
    record = {
        "test": sampled.record(config),  # z sampled: the honest ELBO
        "test_mean": decoded_mean.record(config),  # mean decoded: what the lecture's notebook prints
        "kl_per_dimension": (kl_sums / len(images)).tolist() if config.is_vae else None,
    }
    logvar = torch.cat([v for v in logvars if v is not None]) if config.is_vae else None
    return record, torch.cat(means), logvar


def _finish_epoch(
    run: Run, model: Autoencoder, optimizer: Adam, epoch: int, step: int,
    train_record: dict[str, float | None] | None, test_images: Tensor, started: float, images_per_second: float,
    governor: Governor,
) -> None:  # fmt: skip
    """Test, then write the epoch's files in an order that no crash can break: metrics last, what resumes before it."""
    tested, mean, logvar = evaluate(model, test_images, run.config, epoch, governor)
    for record in (train_record or {}, tested["test"], tested["test_mean"]):
        _finite(record)
    kept = {"mean": mean, "logvar": logvar}
    halves = {k: v[:LATENT_IMAGES].half().cpu().numpy() for k, v in kept.items() if v is not None}
    if not all(np.isfinite(array).all() for array in halves.values()):
        raise TrainingFailed(TOO_FAR)
    storage.write_npz(run.latents_file(epoch), halves)
    checkpoint.save_weights(run, epoch, model)
    record = {
        "epoch": epoch, "train": train_record, "test": tested["test"], "test_mean": tested["test_mean"],
        "seconds": round(time.perf_counter() - started, 3), "images_per_second": round(images_per_second, 1),
        "kl_per_dimension": tested["kl_per_dimension"],
    }  # fmt: skip
    checkpoint.save_resume(run, model, optimizer, step, record)
    storage.append_lines(run.path / "metrics.jsonl", [record], durable=True)


def _threads_agree(model: Autoencoder, x: Tensor, most: int) -> bool:
    """Whether the gradients of a batch x (b, 784) are the same to the bit with all threads and with one.

    Mostly they are. With some sizes a product is summed in another order; then the choice of the moment must not
    decide, or a resumed run would differ from an uninterrupted one.
    """
    found = []
    for threads in (1, most):
        torch.set_num_threads(threads)
        posterior = model.encode(x)
        terms(model.decode_logits(posterior.sample(torch.ones_like(posterior.mean))), x, posterior).loss(1).backward()
        found.append([p.grad for p in model.parameters() if p.grad is not None])
        model.zero_grad()
    return all(torch.equal(one, all_) for one, all_ in zip(*found, strict=True))


def _restore(run: Run, model: Autoencoder, optimizer: Adam) -> int:
    """Go back to the last finished epoch and forget what came after it. Returns it, or -1 if there is none."""
    if not (run.path / "resume.safetensors").exists():
        if run.epoch is not None:
            raise RunError(f"The run {run.id} cannot go on: it has no resume.safetensors.")
        storage.rewrite_lines(run.path / "steps.jsonl", [])
        storage.rewrite_lines(run.path / "metrics.jsonl", [])
        return -1
    _, last = checkpoint.load_resume(run, model, optimizer)
    earlier = [r for r in run.metrics() if r["epoch"] < last["epoch"]]
    if len(earlier) != last["epoch"]:
        raise RunError(f"The run {run.id} cannot go on: metrics.jsonl lacks epochs before {last['epoch']}.")
    storage.rewrite_lines(run.path / "metrics.jsonl", [*earlier, last])
    storage.rewrite_lines(run.path / "steps.jsonl", [r for r in run.steps() if r["epoch"] <= last["epoch"]])
    return int(last["epoch"])


def _keep_labels(run: Run, test: data.Split) -> None:
    indices = np.arange(min(LATENT_IMAGES, len(test.labels)))
    kept = {"labels": test.labels[indices], "test_indices": indices.astype(np.uint32)}
    storage.write_npz(run.path / "latents" / "labels.npz", kept)


def _on(device: torch.device, split: data.Split) -> Tensor:
    """All images of a split as one uint8 tensor (n, 784) on the device."""
    return torch.from_numpy(split.images.copy()).to(device)


def _scaled(images: Tensor) -> Tensor:
    """uint8 0..255 to float 0..1, (b, 784)."""
    return images.float().mul_(1 / 255)


def _epoch_seed(seed: int, epoch: int, stream: int = 0) -> int:
    """A seed of its own for each epoch and purpose, so that resuming needs no saved random state."""
    return int(np.random.SeedSequence([seed, epoch, stream]).generate_state(1, np.uint64)[0] >> 1)


def _finite(record: dict[str, float | None]) -> dict[str, float | None]:
    if not all(value is None or math.isfinite(value) for value in record.values()):
        raise TrainingFailed(TOO_FAR)
    return record


def device_name(device: torch.device) -> str:
    """e.g. ``CPU`` or ``CUDA · NVIDIA H200``."""
    return f"CUDA · {torch.cuda.get_device_name(device)}" if device.type == "cuda" else "CPU"
