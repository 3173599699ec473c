"""Where a training computes."""

from __future__ import annotations

import torch

from vae_core.config import DEVICES, ConfigError


def pick_device(name: str) -> torch.device:
    """auto, cpu or cuda to a torch device. Raises ConfigError if there is no such device."""
    if name not in DEVICES:
        raise ConfigError(f"Device (device) must be one of {', '.join(DEVICES)}; you gave {name}.")
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigError("Device (device) must be auto or cpu here; torch finds no CUDA graphics card.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def device_name(device: torch.device) -> str:
    """e.g. ``CPU`` or ``CUDA · NVIDIA H200``."""
    return f"CUDA · {torch.cuda.get_device_name(device)}" if device.type == "cuda" else "CPU"


def replays(device: torch.device) -> bool:
    """Whether steps are recorded and replayed: where each call from Python costs more than the work it asks for."""
    return device.type == "cuda"
