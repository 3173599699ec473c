"""Weights on disk: safetensors, which cannot execute code. A checksum inside notices damaged bytes."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from vae_core.model import Autoencoder, build
from vae_core.runs import files
from vae_core.runs.run import Run, RunError, look_into
from vae_core.training.adam import Adam


def save_tensors(path: Path, tensors: dict[str, Tensor], about: dict[str, Any]) -> None:
    """Write named tensors with a JSON record ``about`` them, whole or not at all."""
    tensors = {name: t.detach().cpu().contiguous() for name, t in tensors.items()}
    files.write_bytes(
        path, save(tensors, {"about": json.dumps(about), "crc32": str(_crc32(tensors, json.dumps(about)))})
    )


def load_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read what ``save_tensors`` wrote. Raises RunError if the file is missing or damaged."""
    run_id = path.parent.parent.name if path.parent.name == "weights" else path.parent.name
    where = f"The file {path.name} of the run {run_id}"
    try:
        look_into(path, run_id)
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
            metadata = file.metadata() or {}
        words, crc32 = metadata.get("about", "{}"), metadata.get("crc32")
        about = json.loads(words)
    except FileNotFoundError:
        raise RunError(f"{where} is not there.") from None
    except (OSError, SafetensorError, ValueError):
        raise RunError(f"{where} is damaged.") from None
    if crc32 != str(_crc32(tensors, words)):
        raise RunError(f"{where} is damaged: its checksum does not fit.")
    return tensors, about


def _crc32(tensors: dict[str, Tensor], words: str) -> int:
    crc = zlib.crc32(words.encode())
    for name in sorted(tensors):
        crc = zlib.crc32(tensors[name].numpy().tobytes(), zlib.crc32(name.encode(), crc))
    return crc


def save_weights(run: Run, epoch: int, model: Autoencoder) -> None:
    """Half precision: 1.3 MB an epoch at the lecture's size, and no visible difference in a picture."""
    halves = {name: t.half() for name, t in model.state_dict().items()}
    save_tensors(run.weights_file(epoch), halves, {"epoch": epoch})


def load_model(run: Run, epoch: int) -> Autoencoder:
    """The network as it was at the end of an epoch, on the CPU, ready to decode. Raises RunError."""
    tensors, _ = load_tensors(run.weights_file(epoch))
    model = build(run.config, run.architecture)
    shapes = {name: t.shape for name, t in model.state_dict().items()}
    if {name: t.shape for name, t in tensors.items()} != shapes:
        raise RunError(f"The weights of epoch {epoch} of the run {run.id} do not fit its settings.")
    model.load_state_dict({name: t.float() for name, t in tensors.items()})
    return model.eval().requires_grad_(False)


def save_resume(run: Run, model: Autoencoder, optimizer: Adam, step: int, record: dict[str, Any]) -> None:
    """Everything that the next epoch depends on: exact weights, Adam's moments, and the epoch's metrics record.

    The random state is not among it: each epoch's shuffle and noise come from (seed, epoch) alone.
    """
    tensors = {f"model.{name}": t for name, t in model.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": torch.as_tensor(value) for name, value in state.items()}
    save_tensors(run.path / "resume.safetensors", tensors, {"step": step, "record": record})


def load_resume(run: Run, model: Autoencoder, optimizer: Adam) -> tuple[int, dict[str, Any]]:
    """Put back what ``save_resume`` kept. Returns the step and the last epoch's metrics record. Raises RunError."""
    tensors, about = load_tensors(run.path / "resume.safetensors")
    try:
        model.load_state_dict({n.removeprefix("model."): t for n, t in tensors.items() if n.startswith("model.")})
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            if name.startswith("optimizer."):
                _, index, key = name.split(".", 2)
                state.setdefault(int(index), {})[key] = tensor
        optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
        return int(about["step"]), dict(about["record"])
    except (RuntimeError, KeyError, ValueError, TypeError):
        raise RunError(f"The file resume.safetensors of the run {run.id} does not fit its settings.") from None
