"""A run as one file: pack it here, unpack it elsewhere.

An archive is a zip of the run's own files under their own names, without what belongs to a machine (log, lock,
requests, owner). What comes in is hostile until proven otherwise (``vae_core.runs.untrusted``):

- the table of contents is bounded before it is read, and every name must be one of a run's own;
- the settings come first; from them follow the exact shapes, and so the size, of everything else, which is compared
  with what the file declares before a byte of it is unpacked;
- records are checked one by one while they are read, weights in pieces: the first bad one ends it, and what is refused
  never took much time or memory;
- nothing is written before all of it has been checked, and then under an id of our own.

A run on a visitor's own pictures takes along what is known of them (``own_pictures``), and the test pictures only if
its owner says so.

Imports no torch.
"""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import IO, Any

import numpy as np

from vae_core import os_compat
from vae_core.config import Config
from vae_core.runs import moments, own_pictures, schema
from vae_core.runs.run import Run, RunError
from vae_core.runs.unpacking import METRICS, STEPS, Archive
from vae_core.runs.untrusted import MAX_TABLE, reading, tensor_header

MAX_BYTES = 200_000_000  # of an archive, and of what is in it
WAIT_SECONDS = 10.0  # for another import to be read
_one_at_a_time = threading.Lock()


def pack(run: Run, out: IO[bytes], limit: int = MAX_BYTES, *, pictures: bool = False) -> tuple[int, int]:
    """Write a run's finished epochs as one zip. Returns how many epochs kept their weights, of how many.

    ``pictures``: with the test pictures, if they are a visitor's own (all know the others).

    A long run of a large model would be too big for ``unpack``; then an even choice of its epochs keeps its weights and
    means, and all of them their numbers. Raises RunError.
    """
    metrics = run.metrics()
    if not metrics:
        raise RunError(f"The run {run.id} has no finished epoch yet, so there is nothing to export.")
    try:
        files = {**_fixed_files(run, metrics), **own_pictures.parts(run.config.dataset, pictures=pictures)}
        with_means = set(run.latent_epochs())
        epochs = [e for e in run.weight_epochs() if e in with_means]
        sizes = [run.weights_file(e).stat().st_size + run.latents_file(e).stat().st_size for e in epochs]
        room = limit - sum(map(len, files.values())) - MAX_TABLE
        many = min(len(epochs), int(room // max([*sizes, 1])))
        kept = [epochs[i] for i in sorted(set(np.linspace(len(epochs) - 1, 0, max(many, 0)).round().astype(int)))]
        with zipfile.ZipFile(out, "w", allowZip64=False) as bundle:
            for name, content in files.items():
                bundle.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
            for file in (file for e in kept for file in (run.weights_file(e), run.latents_file(e))):
                bundle.writestr(zipfile.ZipInfo(f"{file.parent.name}/{file.name}"), file.read_bytes())
    except OSError as error:
        raise RunError(f"The run {run.id} cannot be exported: {error.strerror}.") from None
    return len(kept), len(metrics)


def _fixed_files(run: Run, metrics: list[dict[str, Any]]) -> dict[str, bytes]:
    """Everything of an archive but the epochs' files."""
    status = run.status()
    settings = schema.config_json(run.config, run.title)
    here = {"pid": 0, "state": status.state if not status.active else "stopped", "epoch": len(metrics) - 1}
    declared = {name: getattr(status, name) for name in ("epochs", "step", "steps_per_epoch", "device", "threads")}
    files = {
        "config.json": json.dumps(settings, ensure_ascii=False).encode(errors="replace"),
        "status.json": json.dumps({**declared, **here, "images_per_second": status.images_per_second}).encode(),
        "metrics.jsonl": _lines(metrics, METRICS),
        "steps.jsonl": _lines([r for r in run.steps() if r["epoch"] < len(metrics)], STEPS),
        "latents/labels.npz": (run.path / "latents" / "labels.npz").read_bytes(),
    }
    for part, moment in moments.kept(run).items():
        files[f"moments/{part:02d}.npz"] = _npz(moment.arrays())
    resume = run.path / "resume.safetensors"
    if len(metrics) <= run.config.epochs and os_compat.exists(resume):
        raw = resume.read_bytes()
        with reading():
            about = json.loads(tensor_header(raw)[0]["__metadata__"]["about"])
            if about["record"]["epoch"] == metrics[-1]["epoch"]:  # a running training may be one ahead
                files["resume.safetensors"] = raw
    return files


def _npz(arrays: dict[str, np.ndarray]) -> bytes:
    raw = io.BytesIO()
    np.savez(raw, **arrays)  # type: ignore[arg-type]
    return raw.getvalue()


def _lines(records: list[dict[str, Any]], names: tuple[str, ...]) -> bytes:
    kept = [{name: record[name] for name in names if name in record} for record in records]
    return "".join(json.dumps(record, allow_nan=False) + "\n" for record in kept).encode()


def unpack(
    file: IO[bytes],
    folder: Path,
    accept: Callable[[Config], None] = lambda config: None,
    limit: int = MAX_BYTES,
    room: Callable[[int, str], AbstractContextManager[None]] = lambda size, dataset: nullcontext(),
    **about: Any,
) -> Run:
    """Make a new run in ``folder`` from an archive.

    Raises Refused with the reason, or RunError where it cannot be kept.

    ``accept`` may raise RunError for settings that this machine does not take. ``room`` is entered with the number of
    bytes and the dataset once all of the file is known to be good, held while the run is written, and may raise
    RunError. Nothing is left behind by a refusal. One file is read at a time.
    """
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise RunError("Another import is being read; try again in a moment.")
    try:
        with ExitStack() as until_done:
            archive = Archive(file, accept, limit, until_done, str(about.get("owner", "")))
            with room(archive.size, archive.config.dataset):
                return archive.write(folder, **about)
    finally:
        _one_at_a_time.release()
