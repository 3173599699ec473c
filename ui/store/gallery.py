"""The gallery's models, which several pages explain themselves by."""

from __future__ import annotations

from vae_core import os_compat, paths
from vae_core.runs.run import Run, RunError


def gallery(name: str) -> Run:
    """A model of the gallery. Raises RunError if it is not there, or not whole."""
    run = Run(paths.GALLERY / name, gallery=True)
    if not os_compat.exists(run.path):
        raise RunError(f"This page needs the gallery’s model {name}, which is missing from checkpoints/pretrained.")
    run.check()
    if not run.weight_epochs():
        raise RunError(f"The gallery’s model {name} has no weights.")
    return run


def last(run: Run) -> int:
    return run.weight_epochs()[-1]
