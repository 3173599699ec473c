"""/bubbles: the canvas, the bubble that settles, and the panels by epoch."""

from __future__ import annotations

import statistics
import zlib

import numpy as np
import torch
from scipy.linalg import orthogonal_procrustes
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from benchmarks.recomputed.loss import HALVES, one_of_each
from benchmarks.recomputed.plain import STANDARD, STEP, Model, bce, measured, rolls
from benchmarks.recomputed.sent import Sent, Table, drawn, numbers, sent_by
from ui.store.gallery import gallery
from ui.understand import bubbles

NAMES = ("two-knobs-beta-0", "two-knobs-beta-0.1", "two-knobs", "two-knobs-beta-4")
START, ROLLS = 2, 64
FORCES = "forces are kept as half floats, and so are the means and weights that they are taken at"


def recomputed(whole: bool) -> tuple[Sent, Table]:
    sent, table, models = sent_by("bubbles"), Table(), [Model(name) for name in NAMES]
    _canvas(sent, table, models, whole)
    _settling(sent, table, whole)
    _panels(sent, table, models, whole)
    return sent, table


def places(model: Model) -> np.ndarray:
    """The bubbles that are shown: the first twelve of each digit of those that are kept."""
    return np.concatenate([np.flatnonzero(model.labels == c)[:12] for c in range(10)])


def shown(model: Model) -> np.ndarray:
    return model.kept()[places(model)]


def forces(model: Model, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By how much the error changes with mean and log variance, (n, 2) each: differences over the rolls."""
    mean, logvar = model.bubbles(pictures)
    eps, x = torch.tensor(rolls(ROLLS, 2, 0)).double(), torch.tensor(pictures).double() / 255

    def error(mean: Tensor, logvar: Tensor) -> Tensor:
        z = mean + eps[:, None] * torch.exp(logvar / 2)
        return bce(model.logits(z), x).mean(0)

    found = np.empty((2, len(x), 2))
    for which in (0, 1):
        for k in (0, 1):
            step = torch.zeros(2, len(x), 2).double()
            step[which, :, k] = STEP
            up, down = (error(mean + s * step[0], logvar + s * step[1]) for s in (1, -1))
            found[which, :, k] = (up - down).numpy() / (2 * STEP)
    return found[0], found[1]


def _canvas(sent: Sent, table: Table, models: list[Model], whole: bool) -> None:
    data, places_of, turned = sent.one("bubble_scene"), [], _turned(models)
    found: dict[str, list] = {name: [] for name in ("means", "logvars", "on_mean", "on_logvar", "turn", "known")}
    for at, (said, model, turn) in enumerate(zip(data["models"], models, turned, strict=True)):
        few = slice(None) if whole else slice(at, None, 24)
        mean, logvar = model.bubbles(shown(model))
        own = [mean.numpy(), logvar.numpy(), *forces(model, shown(model)[few])]
        for name, again, part in zip(found, own, (slice(None), slice(None), few, few), strict=False):
            found[name].append((numbers(said[name], 2)[part], again))
        assert said["beta"] == model.beta
        found["turn"].append((said["turn"], turn.reshape(-1)))
        places_of.append(1.04 * float(mean.norm(dim=1).max()))
        found["known"].append((said["known"], max(12, places_of[-1])))
    _rows(table, found)
    table.compare("how far the canvas reaches", "units of the code", data["reach"], max(places_of), 0.02, HALVES)
    table.compare("classes", "class", numbers(data["labels"], 0, "u1"), models[START].labels[places(models[START])], 0)
    raw = zlib.decompress(sent.parts["pictures of the bubbles"][0])
    again = shown(models[START])
    table.compare("test pictures", "greys of 255", np.frombuffer(raw, np.uint8).reshape(-1, 784), again, 0)
    (name,) = (name for name in sent.heads if name.startswith("decoder"))
    z, model = np.random.default_rng(1).uniform(-5, 5, (300, 2)), models[START]
    seen = drawn(sent.heads[name], sent.parts[name], z)
    table.compare("what the browser’s decoder draws", "greys of 255", seen, model.drawn(z), 1.5,
                  "pixels that stay nearly black are left out")  # fmt: skip


def _rows(table: Table, found: dict[str, list]) -> None:
    for name, what, unit, bound, why in (
        ("means", "means", "units of the code", 0.02, HALVES),
        ("logvars", "log variances", "log variance", 0.2, "kept to 0.4%"),
        ("on_mean", "forces on the means", "nats a unit", 2, FORCES),
        ("on_logvar", "forces on the log variances", "nats a unit", 0.01, FORCES),
        ("turn", "turns of the maps", "cosine", 0.001, HALVES),
        ("known", "how far each decoder is known", "units of the code", 0.02, HALVES),
    ):
        one, other = ([np.ravel(each) for each in side] for side in zip(*found[name], strict=True))
        table.compare(what, unit, np.concatenate(one), np.concatenate(other), bound, why)


def _turned(models: list[Model]) -> list[np.ndarray]:
    """Each map turned onto its neighbour's, from the one that stays outwards."""
    means = [model.bubbles(model.kept())[0].numpy() for model in models]
    turns = [np.eye(2) for _ in models]
    for one, towards in ((3, 2), (1, 2), (0, 1)):
        goal = means[towards] @ turns[towards].T
        turns[one] = orthogonal_procrustes(means[one], goal)[0].T
    return turns


def _settling(sent: Sent, table: Table, whole: bool) -> None:
    data, found = sent.one("settling"), []
    for said, name in zip(data["models"], ("two-knobs", "lecture"), strict=True):
        model = Model(name)
        mean, logvar = model.bubbles(model.kept()[one_of_each(model)])
        assert said["beta"] == model.beta and said["reconstruction"] == model.config["reconstruction"]
        for what, unit, again, bound, why in (
            ("means", "units of the code", mean, 0.02, HALVES),
            ("logvars", "log variance", logvar, 0.1, "kept to 0.4%"),
        ):
            table.compare(f"settling: {what}, {name}", unit, numbers(said[what], model.wide), again, bound, why)
        shipped = measured("amortisation")[name]
        gap = said["measured"]
        error = statistics.stdev(shipped["gaps"]) / len(shipped["gaps"]) ** 0.5
        found += [(gap["gap"], statistics.mean(shipped["gaps"])), (gap["error"], error)]
        assert gap["pictures"] == len(shipped["gaps"])
        if whole:
            few = model.kept()[:10]
            again, why = np.mean([settled(model, picture) for picture in few]), "two descents, each over its own rolls"
            gap_of_few = np.mean(shipped["gaps"][:10])
            table.compare(f"gaps of 10 pictures, {name}", "nats on average", gap_of_few, again, 0.1, why)
    table.compare("the gap and its error", "nats", *zip(*found, strict=True), 0.001, "kept to a thousandth")
    again = Model("two-knobs").kept()[one_of_each(Model("two-knobs"))]
    table.compare("settling: pictures", "greys of 255", numbers(data["pictures"], 784, "u1"), again, 0)


def settled(model: Model, picture: np.ndarray) -> float:
    """What one picture saves by choosing its own bubble: L-BFGS over 512 rolls that stay, and 2,048 others to judge."""
    x = torch.tensor(picture[None]).double() / 255
    start = torch.cat(model.bubbles(picture[None]), 1)[0]

    def loss(bubble: Tensor, eps: Tensor) -> Tensor:
        q = Normal(bubble[: model.wide], torch.exp(bubble[model.wide :] / 2))
        error = bce(model.logits(q.mean + eps * q.stddev), x).mean()
        return error + model.beta * kl_divergence(q, STANDARD).sum()

    def of(seed: int, count: int) -> Tensor:
        half = torch.randn(count, model.wide, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        return torch.cat([half, -half])

    own, few = start.clone().requires_grad_(True), of(1, 256)
    search = torch.optim.LBFGS([own], max_iter=60, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        search.zero_grad()
        value = loss(own, few)
        value.backward()
        return value

    search.step(closure)
    with torch.no_grad():
        return float(loss(start, of(2, 1024)) - loss(own, of(2, 1024)))


def _panels(sent: Sent, table: Table, models: list[Model], whole: bool) -> None:
    """All bubbles together: their moments at every epoch and their density at some, and the film's numbers."""
    data, found = sent.one("bubbles"), {name: [] for name in ("shapes", "cells", "reach", "means", "logvars", "forces")}
    assert data["epochs"] == list(range(21))
    for said, model in zip(data["panels"], models, strict=True):
        assert said["beta"] == model.beta and said["epochs"] == data["epochs"]
        assert (numbers(said["labels"], 0, "u1") == model.labels[places(model)]).all()
        kept = [model.stored(epoch) for epoch in said["epochs"]]
        seen = np.stack([mean[places(model)] for mean, _ in kept])
        found["reach"].append((said["reach"], max(2.5, 1.08 * np.quantile(np.abs(seen), 0.99))))
        raw = zlib.decompress(bubbles._bubbles_of(str(gallery(model.folder.name).path), "")[1])
        film = np.frombuffer(raw, "<f2", 4 * seen.size).astype(float).reshape(4, *seen.shape)
        cells = np.frombuffer(raw, np.uint8, offset=8 * seen.size).reshape(-1, 48, 48)
        for epoch, shape in enumerate(said["shapes"]):
            found["shapes"].append((_ellipse(shape), _moments(*(each[:2000] for each in kept[epoch]))))
        for epoch in (0, 20) if whole else (20,):
            found["cells"].append((cells[epoch], _density(kept[epoch], said["reach"])))
        for epoch in model.epochs if whole else (20,):
            _film(found, film[:, epoch], Model(model.folder.name, epoch), whole)
    for name, what, unit, bound, why in (
        ("shapes", "centre and spread of all bubbles", "units of the code", 1e-5, "rounding"),
        ("cells", "the picture of all bubbles", "steps of 255", 1, "whole steps"),
        ("reach", "how far each panel reaches", "units of the code", 1e-5, "rounding"),
        ("means", "means by epoch", "units of the code", 0.02, HALVES),
        ("logvars", "log variances by epoch", "log variance", 0.2, "kept to 0.4%"),
        ("forces", "forces by epoch", "nats a unit", 2, FORCES),
    ):
        one, other = ([np.ravel(each) for each in side] for side in zip(*found[name], strict=True))
        table.compare(what, unit, np.concatenate(one), np.concatenate(other), bound, why)


def _film(found: dict[str, list], film: np.ndarray, model: Model, whole: bool) -> None:
    few = slice(None) if whole else slice(7, None, 24)
    mean, logvar = model.bubbles(shown(model))
    found["means"].append((film[0], mean.numpy()))
    found["logvars"].append((film[1], logvar.numpy()))
    found["forces"] += list(zip(film[2:, few], forces(model, shown(model)[few]), strict=True))


def _moments(mean: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """Centre and covariance of the mixture, by its second moments."""
    centre = mean.mean(0)
    second = np.mean([np.outer(m, m) + np.diag(np.exp(v)) for m, v in zip(mean, logvar, strict=True)], 0)
    return np.concatenate([centre, (second - np.outer(centre, centre)).ravel()])


def _ellipse(shape: list[float]) -> np.ndarray:
    """Centre and covariance that an ellipse says: its long and its short half axis, and the angle of the long one."""
    x, y, long, short, angle = shape
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    return np.concatenate([[x, y], (long**2 * np.outer(along, along) + short**2 * np.outer(across, across)).ravel()])


def _density(kept: tuple[np.ndarray, np.ndarray], reach: float) -> np.ndarray:
    """The mixture on 48 x 48 cells, as shades: the chance of each cell by torch's distribution functions."""
    mean, logvar = (torch.tensor(each[:2000]) for each in kept)
    edges = torch.linspace(-reach, reach, 49, dtype=torch.float64)
    chance = [Normal(mean[:, k, None], torch.exp(logvar[:, k, None] / 2)).cdf(edges).diff(dim=1) for k in (0, 1)]
    cells = torch.einsum("nx,ny->yx", *chance).flip(0)
    return np.rint(255 * (cells / cells.max()).sqrt().numpy())
