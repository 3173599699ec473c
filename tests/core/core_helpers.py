"""What several of the core's tests need."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vae_core import paths
from vae_core.config import Config
from vae_core.datasets.spec import Dataset, Split
from vae_core.runs import files, lifecycle
from vae_core.runs.run import Run
from vae_core.training import loop
from vae_core.training.progress_and_pause import Reporter


def bug(reason: str, raises: type[BaseException] = AssertionError) -> pytest.MarkDecorator:
    """Marks a test that asserts the right behaviour where vae_core lacks it. Strict: the mark must go with the bug."""
    return pytest.mark.xfail(strict=True, raises=raises, reason=f"BUG: {reason}")


TINY = {"latent_dim": 2, "hidden_dim": 8, "batch_size": 32, "epochs": 2, "device": "cpu"}


def assert_one_sentence(message: object) -> None:
    text = str(message)
    assert text.endswith(".") and "\n" not in text, f"not a sentence: {text!r}"
    assert not re.search(r"[.!?] +[A-Z]", text), f"more than one sentence: {text!r}"


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 40.0) -> Any:
    """Poll until the condition holds, and return what it gave."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.005)
    raise AssertionError(f"waited {seconds:g} s in vain: {what}")


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "vae_core.train", *map(str, arguments)]


def trainer(*arguments: object, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end in a process of its own, with changes to the environment (None: without it)."""
    environment = {name: value for name, value in {**os.environ, **changes}.items() if value is not None}
    return subprocess.run(
        command(*arguments), cwd=paths.ROOT, env=environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def assert_mistake(done: subprocess.CompletedProcess[str]) -> str:
    """Exit status 2 and one sentence on one line; returns the sentence."""
    assert done.returncode == 2, (done.returncode, done.stderr)
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert_one_sentence(lines[0])
    return lines[0]


def shortened(dataset: Dataset, train: int, test: int) -> Dataset:
    return Dataset(
        dataset.name,
        Split(dataset.train.images[:train], dataset.train.labels[:train]),
        Split(dataset.test.images[:test], dataset.test.labels[:test]),
    )


def train_here(run: Run, dataset: Dataset, max_threads: int = 1) -> Run:
    """Train a run in this process, from wherever it stands to its end."""
    reporter = Reporter(run)
    loop.train(run, dataset, reporter, max_threads=max_threads)
    reporter.finish("finished")
    return run


def new_run(folder: Path, run_id: str = "a", **settings: Any) -> Run:
    return lifecycle.create(Config(**{**TINY, **settings}), folder, run_id)


def files_in(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def results(run: Run) -> dict[str, Any]:
    """All that a training computes, exactly, without what depends on the clock."""
    from vae_core.training.checkpoint import load_tensors

    found: dict[str, Any] = {}
    for record in run.metrics():
        found[f"metrics of epoch {record['epoch']}"] = {
            name: value for name, value in record.items() if name not in ("seconds", "images_per_second")
        }
    for file in sorted([*run.path.glob("weights/*"), run.path / "resume.safetensors"]):
        tensors = load_tensors(file)[0]
        found[file.name] = {name: (tuple(t.shape), t.numpy().tobytes()) for name, t in tensors.items()}
    for file in sorted(run.path.glob("latents/*")):
        with np.load(file) as arrays:
            found[file.name] = {name: (a.shape, a.dtype.str, a.tobytes()) for name, a in arrays.items()}
    found["steps.jsonl"] = run.steps()
    return found


def differences(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    """Names of what is not the same in both; short, where a whole dump of weights would drown the message."""
    return sorted(name for name in {*first, *second} if first.get(name) != second.get(name))


def keep_lines(file: Path, count: int) -> None:
    files.rewrite_lines(file, files.read_lines(file)[:count])
