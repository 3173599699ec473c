"""A morph of the gallery's emoji model as a film: ``python -m docs.make_morph_gif``. Every frame is the decoder's."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ui.morph import files
from vae_core.analysis.interpolation import interpolate
from vae_core.analysis.sampling import decode
from vae_core.runs.index import find_run
from vae_core.training.checkpoint import load_model

FILE = Path(__file__).parent / "screenshots" / "emoji-morph.gif"
FACES, FRAMES = 4, 12  # the class "Smileys and Emotion"; frames from each to the next


def main() -> None:
    run = find_run("emoji")
    assert run is not None
    last = run.config.epochs
    model, means = load_model(run, last), run.latents(last).mean[run.labels() == FACES]
    redrawn = decode(model, means).astype(float)
    # A face is yellow: red and green, little blue. The four that are most so, the most unlike next to each other.
    yellow = redrawn[..., :2].mean((1, 2, 3)) - redrawn[..., 2].mean((1, 2))
    chosen = np.argsort(yellow)[-4:]
    frames = np.concatenate(
        [
            interpolate(means[a], means[b], FRAMES)[: FRAMES - 1]
            for a, b in zip(chosen, np.roll(chosen, -1), strict=True)
        ]
    )
    FILE.write_bytes(files.gif([("32 numbers, decoded", decode(model, frames))]))
    print(FILE, FILE.stat().st_size)


if __name__ == "__main__":
    main()
