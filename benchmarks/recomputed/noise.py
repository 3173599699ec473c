"""/noise: rolls of the dice with both their losses and slopes, and what a picture costs by its variance."""

from __future__ import annotations

import numpy as np
import torch

from benchmarks.recomputed.loss import HALVES, one_of_each
from benchmarks.recomputed.plain import Model, bce, rolls, slope
from benchmarks.recomputed.sent import Sent, Table, drawn, numbers, sent_by

DRAWS = 200


def recomputed(whole: bool) -> tuple[Sent, Table]:
    sent, table, model = sent_by("noise"), Table(), Model("two-knobs")
    data = sent.one("noise")
    shown = model.kept()[one_of_each(model)]
    table.compare("test pictures", "greys of 255", numbers(data["pictures"], 784, "u1"), shown, 0)
    q = model.posterior(shown)
    table.compare("means", "units of the code", numbers(data["mean"], 2), q.mean, 0.02, HALVES)
    table.compare("std", "units of the code", numbers(data["std"], 2), q.stddev, 0.003, HALVES)
    eps = rolls(DRAWS, 2, 0)
    table.compare("the rolls", "noise", numbers(data["eps"], 2), eps, 0)
    _slopes(data, table, model, shown, eps, DRAWS if whole else 20)
    points = model.bubbles(model.kept()[:1500])[0].numpy()
    table.compare("dots of the map", "units of the code", numbers(data["points"], 2), points, 0.02, HALVES)
    table.compare("their classes", "class", numbers(data["labels"], 0, "u1"), model.labels[:1500], 0)
    ends = np.quantile(points, [0.004, 0.996], axis=0).T
    table.compare("range of the map", "units of the code", data["range"], ends, 0.02, HALVES)
    (name,) = (name for name in sent.heads if name.startswith("decoder"))
    seen = drawn(sent.heads[name], sent.parts[name], points[:300])
    table.compare("what the browser’s decoder draws", "greys of 255", seen, model.drawn(points[:300]), 1.5,
                  "pixels that stay nearly black are left out")  # fmt: skip
    _variance(sent, table, model, whole)
    sent.one("shapes_of_noise")
    return sent, table


def _slopes(data: dict, table: Table, model: Model, shown: np.ndarray, eps: np.ndarray, few: int) -> None:
    q, x = model.posterior(shown), torch.tensor(shown).double() / 255
    z = q.mean[:, None] + torch.tensor(eps[:few]).double() * q.stddev[:, None]
    wide = x.repeat_interleave(few, 0)
    loss, away = slope(model, wide, z.reshape(-1, 2))
    sent = numbers(data["loss"], DRAWS)[:, :few], numbers(data["slope"], 2 * DRAWS)[:, : 2 * few]
    table.compare("losses of the rolls", "nats", sent[0], loss.view(10, few), 0.001, "weights are kept as half floats")
    table.compare("slopes of the rolls", "nats a unit", sent[1], away.reshape(10, 2 * few), 0.005,
                  "weights are kept as half floats")  # fmt: skip


def _variance(sent: Sent, table: Table, model: Model, whole: bool) -> None:
    """The error of the first 3 at each variance, over 200 rolls and their opposites."""
    data = sent.one("log_variance")
    three = model.kept()[np.flatnonzero(model.labels == 3)[0]]
    mean, x = model.posterior(three[None]).mean, torch.tensor(three).double() / 255
    half = torch.tensor(rolls(200, 2, 0)).double()
    eps, found = torch.cat([half, -half]), []
    at = range(0, len(data["variances"]), 1 if whole else 9)
    for k in at:
        found.append(float(bce(model.logits(mean + eps * data["variances"][k] ** 0.5), x).mean()))
    assert data["beta"] == model.beta
    table.compare("what a picture costs by its variance", "nats", [data["error"][k] for k in at], found, 0.02, HALVES)
