"""“Show me the code” in the lecture: for each scene the lines of its model's notebook that do what it shows."""

from __future__ import annotations

from ui.components.payloads.lecture import LectureCode
from ui.lecture.measured import CLASSIC, VAE
from ui.store.gallery import gallery
from vae_core.notebook import document

# Whose notebook, and which of ``document.TOPICS``.
SHOWN = {
    "copying": (CLASSIC, "network"), "hole": (CLASSIC, "plane"), "bubble": (VAE, "bubble"), "noise": (VAE, "noise"),
    "forces": (VAE, "loss"), "penalty": (VAE, "loss"), "together": (VAE, "map"), "training": (VAE, "training"),
    "samples": (VAE, "samples"), "morph": (VAE, "morph"),
}  # fmt: skip


def lines_of(scene: str) -> LectureCode | None:
    """None where the notebook has nothing of the sort. Raises RunError."""
    name, topic = SHOWN[scene]
    run = gallery(name)
    found = document.excerpt(run, topic)
    return None if found is None else {"model": run.title, "part": found.part, "lines": found.text}
