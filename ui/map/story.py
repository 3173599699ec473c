"""What the map shows about one dot, or about a circled group, at every epoch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ui.components.bridge import base64_of
from ui.components.drawing_view import neighbours
from ui.components.image_rows import Row
from ui.components.payloads.train_and_map import CodeChartData
from ui.shell.errors import plain
from ui.store import cache
from vae_core.runs.run import Run

NEAR = 10  # neighbours of a dot that are shown
SOME = 10  # pictures of a group that are shown
REACH = 4.0  # of the chart of a code; nearly all of a Gaussian lies within


def of_dot(run: Run, epochs: Sequence[int], place: int) -> tuple[list[Row], CodeChartData]:
    """The rows of a kept test picture (itself if it is here, rebuilt, its neighbours), and the chart of its code."""
    path, name = str(run.path), kind(run, place)
    number = f"Test picture {place + 1}"
    original = cache.originals(run, (place,))
    rebuilt = np.stack([cache.decoded_means(path, epoch, (place,)) for epoch in epochs])
    near = [neighbours(path, epoch, cache.latents(path, epoch).mean[place], NEAR + 1) for epoch in epochs]
    others = [tuple(p for p in places if p != place)[:NEAR] for places in near]
    pictures = [_pictures(run, epochs[-1], places) for places in others]
    shown = ", ".join(filter(None, (number, name)))
    rows = [] if original is None else [Row("Its picture", original[None], shown, name, "x", columns=3)]
    rows += [
        Row("Rebuilt", rebuilt, f"{number} rebuilt", "from its mean", "decoder", epochs, columns=3),
    ]  # fmt: skip
    if others[0]:  # a run may keep a single picture
        rows.append(Row("Nearest codes", np.stack(pictures), "The test pictures whose codes are nearest",
                        "other test pictures", "mean", epochs, columns=5))  # fmt: skip
    latents = [cache.latents(path, epoch) for epoch in epochs]
    means = np.stack([known.mean[place] for known in latents])
    stds = [known.std[place] for known in latents if known.std is not None]
    chart: CodeChartData = {
        "run": run.id, "epochs": list(epochs), "latent_dim": run.config.latent_dim, "mean": base64_of(means, "f2"),
        "std": base64_of(np.stack(stds), "f2") if stds else None,
        "reach": max(REACH, float(np.ceil(np.abs(means[-1]).max()))),
    }  # fmt: skip
    return rows, chart


def of_group(run: Run, epochs: Sequence[int], places: np.ndarray) -> tuple[list[Row], str]:
    """The rows of a circled group (average picture, its middle decoded, some of it).

    And in markdown which classes are in it; "" where classes say nothing.
    """
    from vae_core.analysis.sampling import decode

    path, known = str(run.path), cache.labels(str(run.path))[places]
    chosen = tuple(int(p) for p in places[np.linspace(0, len(places) - 1, min(SOME, len(places))).astype(int)])
    everything = _pictures(run, epochs[-1], tuple(int(p) for p in places))
    average = np.rint(everything.mean(0, keepdims=True)).astype(np.uint8)
    middles = np.stack([cache.latents(path, epoch).mean[places].mean(0, keepdims=True) for epoch in epochs])
    decoded = np.stack([decode(cache.model(path, e), middle) for e, middle in zip(epochs, middles, strict=True)])
    rows = [
        Row("Average picture", average[None], "The average of the group’s pictures", "pixel by pixel", "x", columns=3),
        Row("Average code", decoded, "The average of the group’s codes, decoded", "decoded", "decoder", epochs,
            columns=3),
        Row("Some of them", _pictures(run, epochs[-1], chosen)[None], "Pictures of the group", "", "mean", columns=5),
    ]  # fmt: skip
    if not run.dataset.has_classes:
        return rows, ""
    names = run.dataset.class_names
    counted = Counter(names[label] for label in known).most_common()
    shares = [(name, number / len(known)) for name, number in counted]
    return rows, ", ".join(f"**{plain(name)}** ({share:.0%})" for name, share in shares if share >= 0.005)


def kind(run: Run, place: int) -> str:
    """The class of a kept picture; "" where classes say nothing."""
    return run.dataset.class_names[cache.labels(str(run.path))[place]] if run.dataset.has_classes else ""


def _pictures(run: Run, epoch: int, places: tuple[int, ...]) -> np.ndarray:
    """The pictures of some kept places: originals, or as the newest epoch redraws them."""
    originals = cache.originals(run, places)
    return cache.decoded_means(str(run.path), epoch, places) if originals is None else originals
