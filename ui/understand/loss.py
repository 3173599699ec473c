"""What /loss shows: one pixel, one picture, one bubble, and beta."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ui.components import browser_decoder
from ui.components.bridge import base64_of, component, versioned
from ui.components.images import sprite
from ui.components.payloads.shared import MeasuredChart, MeasuredLine
from ui.store import cache, floors
from ui.store.gallery import gallery, last
from ui.text.evidence import figure
from vae_core import measured
from vae_core.analysis import posterior
from vae_core.runs.run import Run
from vae_core.runs.schema import LARGEST

_pixel = component("pixel", "understand/pixel.js")
_damage = component("damage", "understand/damage.js")
_penalty = component("penalty", "understand/penalty.js")
_tradeoff = component("tradeoff", "understand/tradeoff.js")
_longer = component("longer", "understand/longer.js")


def pixel() -> None:
    """One pixel's two errors; needs no run."""
    _pixel(key="pixel", data={"version": "1"})


def damage(run: Run) -> bool:
    """A rebuilt picture that one damages, and what both losses say. Says whether the originals are here."""
    path, epoch = str(run.path), last(run)
    places = cache.examples(path)
    originals = cache.originals(run, places)
    mean = cache.latents(path, epoch).mean[list(places)]
    shown = originals if originals is not None else cache.decoded_means(path, epoch, places)
    payload = {
        "run": run.id, "classes": len(set(cache.labels(path)[list(places)].tolist())), "names": told_apart(run, places),
        "pictures": base64_of(run.dataset.shape.flat(shown), "u1"), "mean": base64_of(mean, "f4"),
        "pure_mean": base64_of(browser_decoder.encoded(run, epoch, _pure(run.dataset.shape.flat(shown))), "f4"),
        "decoder": browser_decoder.send_decoder("damage_decoder", run, epoch),
        "redrawn": originals is None,
    }  # fmt: skip
    _damage(key="damage", data=versioned(payload))
    return originals is not None


def _pure(images: np.ndarray) -> np.ndarray:
    """Pictures (n, pixels) uint8 made black and white, as ``ink.js`` makes them."""
    return np.where(images >= 128, 255, 0).astype(np.uint8)


def told_apart(run: Run, places: tuple[int, ...]) -> list[str]:
    """A name for each of some kept pictures: its class, numbered where several have it; or where there are none a
    number alone."""
    names = [run.dataset.label_names[label] for label in cache.labels(str(run.path))[list(places)]]
    several = Counter(names)
    seen: Counter[str] = Counter()
    for k, name in enumerate(names):
        seen[name] += 1
        if several[name] > 1:
            names[k] = f"{name} {seen[name]}" if run.dataset.has_classes else str(k + 1)
    return names


def penalty_curves(run: Run) -> posterior.Penalty | None:
    """The penalty's two curves with the run's dimensions on them; None for a model that has no bubbles."""
    latents = cache.latents(str(run.path), last(run))
    if latents.logvar is None:
        return None
    found = posterior.penalty(latents.mean, latents.logvar)
    payload: dict[str, Any] = {"run": run.id, "pictures": len(latents.mean)} | {
        name: np.minimum(getattr(found, name), LARGEST).round(5).tolist() for name in ("variance", "spread", "square")
    }
    _penalty(key="penalty", data=versioned(payload))
    return found


def longer() -> None:
    """What fifty epochs do to samples and to the loss (``measured.longer``)."""
    found = measured.load("longer")
    epochs, runs = [float(epoch) for epoch in found["epochs"]], found["runs"]

    def of_ten(name: str, what: str, colour: str, dashed: bool) -> MeasuredLine:
        each = [figure([value for run in runs for value in run[what][k]], 10) for k in range(len(epochs))]
        ys, spread = [round(value.mean, 3) for value in each], [round(value.spread or 0, 3) for value in each]
        return {"name": name, "colour": colour, "dashed": dashed, "xs": epochs, "ys": ys, "spread": spread}

    def nats(name: str, what: str, dashed: bool) -> MeasuredLine:
        ys = [round(float(np.mean(values)), 3) for values in zip(*(run[what] for run in runs), strict=True)]
        xs = [float(epoch) for epoch in range(1, len(ys) + 1)]
        return {"name": name, "colour": "ink", "dashed": dashed, "xs": xs, "ys": ys, "spread": [0.0] * len(ys)}

    charts: list[MeasuredChart] = [
        {"title": "How clear pictures are", "words": "of the ten copies most like one, how many show the same digit",
         "lines": [of_ten("real codes", "real", "decoder", True), of_ten("samples", "clear", "z", False)]},
        {"title": "The loss", "words": "nats per picture, with the noise on",
         "lines": [nats("test", "test", False), nats("training", "train", True)]},
    ]  # fmt: skip
    _longer(key="longer", data=versioned({"charts": charts}))


def tradeoff(names: tuple[str, ...]) -> list[dict[str, float]]:
    """Reconstruction against KL over the betas of some gallery models, with samples at each. Returns the numbers."""
    stops, numbers = [], []
    for name in names:
        run = gallery(name)
        path, epoch = str(run.path), last(run)
        tested = run.metrics()[epoch]["test"]
        places = cache.examples(path)
        rebuilt, invented = cache.decoded_means(path, epoch, places), cache.samples(path, epoch, 10, 0, 1.0)
        numbers.append({"beta": run.config.beta, "reconstruction": tested["reconstruction"], "kl": tested["kl"]})
        stops.append(
            {**numbers[-1], "run": run.id, "rebuilt": sprite(rebuilt[None]), "invented": sprite(invented[None])}
        )
    _tradeoff(key="tradeoff", data=versioned({"stops": stops, "floor": floors.floor_of(gallery(names[0]))}))
    return numbers
