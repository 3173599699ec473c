"""What a run keeps of each epoch, and how it goes on from the last one that is whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vae_core import os_compat
from vae_core.datasets.spec import Split
from vae_core.model import Autoencoder
from vae_core.runs import files
from vae_core.runs.run import Run, RunError
from vae_core.training import checkpoint
from vae_core.training.adam import Adam
from vae_core.training.evaluation import TOO_FAR, TrainingFailed, evaluate
from vae_core.training.progress_and_pause import Reporter
from vae_core.training.threads import Governor

LATENT_IMAGES = 10_000  # kept test images; all of MNIST's


class Snapshots:
    """Tests a model after each epoch, and writes what is kept of it."""

    def __init__(
        self, run: Run, model: Autoencoder, optimizer: Adam, test: Split, images: Tensor, governor: Governor,
        reporter: Reporter,
    ) -> None:  # fmt: skip
        """``images``: those of ``test``, (n, pixels) uint8 on the model's device."""
        self.run, self.model, self.optimizer, self.test, self.images = run, model, optimizer, test, images
        self.governor, self.reporter = governor, reporter

    def begin(self, look: Callable[[int], object] = lambda epoch: None) -> int:
        """The last finished epoch, with model and optimizer as they were then; a new run's is the untrained net, 0.

        ``look`` is called with it as soon as the model is so: testing takes longer.
        """
        last = self._restore()
        if last is None:
            self._keep_labels()
        look(last or 0)
        if last is None:
            self.keep(0, 0, None, self.reporter.working_time(), 0.0)
        return last or 0

    def keep(
        self, epoch: int, step: int, train: dict[str, float | None] | None, started: float, images_per_second: float
    ) -> None:
        """Test, then write the epoch's files in an order that no crash can break: metrics last, what resumes before it.

        ``train``: the epoch's ``record``; ``started``: when it began, by ``Reporter.working_time``.
        """
        run, reporter = self.run, self.reporter
        tested, mean, logvar = evaluate(self.model, self.images, run.config, epoch, self.governor, reporter.listen)
        kept = {"mean": mean, "logvar": logvar}
        halves = {k: v[:LATENT_IMAGES].half().cpu().numpy() for k, v in kept.items() if v is not None}
        if not all(np.isfinite(array).all() for array in halves.values()):
            raise TrainingFailed(TOO_FAR)
        files.write_npz(run.latents_file(epoch), halves)
        checkpoint.save_weights(run, epoch, self.model)
        line: dict[str, Any] = {
            "epoch": epoch, "train": train, "test": tested["test"], "test_mean": tested["test_mean"],
            "seconds": round(reporter.working_time() - started, 3), "images_per_second": round(images_per_second, 1),
            "kl_per_dimension": tested["kl_per_dimension"],
        }  # fmt: skip
        checkpoint.save_resume(run, self.model, self.optimizer, step, line)
        files.append_lines(run.path / "metrics.jsonl", [line], durable=True)

    def _restore(self) -> int | None:
        """Go back to the last finished epoch and forget what came after it. Returns it, or None if there is none."""
        run = self.run
        if os_compat.is_missing(run.path / "resume.safetensors"):
            if run.epoch is not None:
                raise RunError(f"The run {run.id} cannot continue: it has no resume.safetensors.")
            files.rewrite_lines(run.path / "steps.jsonl", [])
            files.rewrite_lines(run.path / "metrics.jsonl", [])
            return None
        _, last = checkpoint.load_resume(run, self.model, self.optimizer)
        earlier = [r for r in run.metrics() if r["epoch"] < last["epoch"]]
        if len(earlier) != last["epoch"]:
            raise RunError(f"The run {run.id} cannot continue: metrics.jsonl lacks epochs before {last['epoch']}.")
        files.rewrite_lines(run.path / "metrics.jsonl", [*earlier, last])
        files.rewrite_lines(run.path / "steps.jsonl", [r for r in run.steps() if r["epoch"] <= last["epoch"]])
        return int(last["epoch"])

    def _keep_labels(self) -> None:
        indices = np.arange(min(LATENT_IMAGES, len(self.test.labels)))
        kept = {"labels": self.test.labels[indices], "test_indices": indices.astype(np.uint32)}
        files.write_npz(self.run.path / "latents" / "labels.npz", kept)


def images_on(device: torch.device, split: Split) -> Tensor:
    """All images of a split as one uint8 tensor (n, pixels) on the device."""
    return torch.from_numpy(split.images.copy()).to(device)
