"""What codes of the gallery's models are like: their shape, their bubbles, unused numbers, and how classes part.

Needs the gallery and the 5,000 digits that come with the packages. What depends on chance is measured with ten seeds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vae_core.analysis import posterior
from vae_core.analysis.density import kinds_around
from vae_core.analysis.interpolation import traverse
from vae_core.analysis.knn import neighbour_accuracy
from vae_core.analysis.reference import IN_USE
from vae_core.datasets import registry
from vae_core.measured import gallery
from vae_core.measured.clearness import DICE, KNOWN, SEEDS, Judge, prior
from vae_core.runs.run import Run

VAES = ("lecture", "beta-4", "beta-10", "two-knobs")
BETAS = ("two-knobs-beta-0", "two-knobs-beta-0.1", "two-knobs", "two-knobs-beta-4")  # of two numbers
ROLLS = 32  # of the noise for each picture, over which the force on its mean is averaged
AROUND = 15  # nearest codes that say whether a place lies between classes, as on /generate
MIXED = 2_000  # bubbles in the bubble of bubbles, as on /bubbles


def shape(run: Run) -> dict[str, Any]:
    """The bubble of bubbles in two moments, and how large a bubble is (median over pictures and numbers)."""
    kept = run.latents(run.weight_epochs()[-1])
    assert kept.logvar is not None and kept.std is not None
    _, covariance = posterior.aggregate(kept.mean[:MIXED], kept.logvar[:MIXED])
    std = np.sqrt(np.diag(covariance))
    apart = np.abs(covariance / np.outer(std, std) - np.eye(len(std)))
    found = {"std": [std.min(), std.max()], "correlation": apart.max(), "bubble": np.median(kept.std)}
    return {name: np.round(value, 4).tolist() for name, value in found.items()}


def unused(run: Run, epoch: int) -> dict[str, Any]:
    """Of the numbers below IN_USE nats: how many, and how much the pixel that changes most changes (0 to 1) when one is
    turned from -3 to 3 and the others stay at 0; on average and at most."""
    from vae_core.analysis import sampling
    from vae_core.training.checkpoint import load_model

    model, kl = load_model(run, epoch), np.array(run.metrics()[epoch]["kl_per_dimension"])
    changes = []
    for dim in np.flatnonzero(kl < IN_USE):
        strip = sampling.decode(model, traverse(np.zeros(len(kl)), int(dim), np.linspace(-3, 3, 9))) / 255
        changes.append(float(np.ptp(strip, axis=0).max()))
    return {
        "count": len(changes),
        "of": len(kl),
        "mean": round(float(np.mean(changes)), 4),
        "most": round(max(changes), 4),
    }


def separation(run: Run) -> dict[str, Any]:
    """Class separation, as on the map, by kept epoch, and of the plain pixels of the same pictures."""
    places, labels = run.test_indices()[:KNOWN], run.labels()[:KNOWN]
    pixels = registry.load_test(run.config.dataset).images[places] / np.float32(255)
    by_epoch = {str(e): neighbour_accuracy(run.latents(e).mean[:KNOWN], labels) for e in run.latent_epochs()}
    return {
        "pixels": round(neighbour_accuracy(pixels, labels), 4), **{e: round(value, 4) for e, value in by_epoch.items()}
    }  # fmt: skip


def outwards(run: Run) -> dict[str, Any]:
    """The reconstruction's force on the means of all test pictures, in nats per unit: its part away from the centre
    with the standard error over pictures, and its length; and the penalty's force, which points inwards."""
    from vae_core.analysis.autograd_gradients import forces
    from vae_core.training.checkpoint import load_model

    epoch = run.weight_epochs()[-1]
    model, images = load_model(run, epoch), registry.load_test(run.config.dataset).images[run.test_indices()]
    mean = run.latents(epoch).mean.astype(np.float64)
    pieces = np.array_split(images, 20)
    on_mean = np.concatenate([forces(model, each, run.config.reconstruction, ROLLS)[0] for each in pieces])
    away = np.linalg.norm(mean, axis=1)
    parts = -(on_mean * mean).sum(1) / away
    found = {
        "outward": parts.mean(), "error": parts.std(ddof=1) / len(parts) ** 0.5,
        "pull": np.linalg.norm(on_mean, axis=1).mean(), "inward": run.config.beta * away.mean(),
    }  # fmt: skip
    return {"pictures": len(images), "rolls": ROLLS, **{name: round(float(value), 3) for name, value in found.items()}}


def seen_bubbles(run: Run) -> dict[str, Any]:
    """The bubbles that /bubbles shows: their median std, root mean square distance from the centre, how many overlap by
    more than half with one of another class, and the mean forces on their size, in nats per unit of log variance."""
    forces, kept, labels = posterior.stored_forces(run), run.latents(run.weight_epochs()[-1]), run.labels()
    assert forces is not None and kept.logvar is not None
    mean, logvar, labels = kept.mean[forces.places], kept.logvar[forces.places], labels[forces.places]
    pairs = posterior.overlap(mean[:, None], logvar[:, None], mean, logvar)
    found = {
        "std": np.median(np.sqrt(np.exp(logvar).mean(1))), "away": np.sqrt(np.square(mean).sum(1).mean()),
        "shrink": forces.on_logvar[-1].sum(1).mean(), "swell": run.config.beta * (1 - np.exp(logvar)).sum(1).mean() / 2,
    }  # fmt: skip
    touching = int(((pairs > 0.5) & (labels[:, None] != labels)).any(1).sum())
    return {"shown": len(labels), "touching": touching, **{name: round(float(v), 4) for name, v in found.items()}}


def holes(run: Run) -> float:
    """Of the places between the codes of a map of two numbers (no farther out than 97 in 100 codes), the share in a
    hole: farther from all codes than 99 in 100 of those from each other, as on /autoencoder."""
    mean = run.latents(run.weight_epochs()[-1]).mean[:KNOWN]
    away = posterior.nearest(mean, posterior.between(mean, inside=0.97))
    return round(float((away > np.quantile(posterior.gaps(mean), 0.99)).mean()), 4)


def between(judge: Judge) -> dict[str, Any]:
    """How clear samples are whose codes lie between classes (no class has half of the AROUND nearest), and the others;
    and the chance that one of the first is less clear than one of the others. By seed."""
    found: dict[str, list[float]] = {"share": [], "between": [], "others": [], "chance": []}
    for seed in SEEDS:
        z = prior(judge, seed)
        clear = judge.clear(z)
        mixed = kinds_around(z, judge.mean, judge.labels, 10, AROUND).max(1) * 2 < AROUND
        pairs = clear[mixed][:, None] - clear[~mixed]
        values = mixed.mean(), clear[mixed].mean(), clear[~mixed].mean(), (pairs < 0).mean() + (pairs == 0).mean() / 2
        for name, value in zip(found, values, strict=True):
            found[name].append(round(float(value), 4))
    return {"dice": DICE, **found}


def measure() -> dict[str, Any]:
    lecture = gallery("lecture")
    return {
        "shape": {name: shape(gallery(name)) for name in VAES},
        "unused": {"untrained": unused(lecture, 0), "beta-4": unused(gallery("beta-4"), 10)},
        "separation": {name: separation(gallery(name)) for name in ("lecture", "two-knobs")},
        "bubbles": {f"{run.config.beta:g}": seen_bubbles(run) for run in map(gallery, BETAS)},
        "holes": {name: holes(gallery(name)) for name in ("two-knobs-autoencoder", "two-knobs")},
        "outwards": outwards(gallery("two-knobs")),
        "between": between(Judge(lecture, lecture.weight_epochs()[-1])),
    }
