"""/loss: the damaged picture, the floor, the penalty, beta, the bound, and fifty epochs."""

from __future__ import annotations

import statistics

import numpy as np
import torch
from torch.distributions import Normal

from benchmarks.recomputed import plain
from benchmarks.recomputed.plain import STANDARD, Model, bce, digits, measured, rolls
from benchmarks.recomputed.sent import Sent, Table, drawn, numbers, pictures, sent_by
from ui.store.gallery import gallery
from ui.understand import bound

HALVES = "means and weights are kept as half floats"
BETAS = ("beta-0", "beta-0.1", "lecture", "beta-4", "beta-10")
BARS = (("autoencoder", False), ("lecture", False), ("lecture", True), ("two-knobs", True))  # noise on?


def recomputed(whole: bool) -> tuple[Sent, Table]:
    sent, table = sent_by("loss"), Table()
    _damage(sent, table)
    _floors(sent, table, whole)
    _penalty(sent, table)
    _betas(sent, table, whole)
    _bound(sent, table)
    _longer(sent, table)
    if whole:
        _bound_of_many(table)
    return sent, table


def one_of_each(model: Model) -> list[int]:
    """The first kept test picture of each digit."""
    return [int(np.flatnonzero(model.labels == c)[0]) for c in range(10)]


def _damage(sent: Sent, table: Table) -> None:
    data, model = sent.one("damage"), Model("lecture")
    shown = model.kept()[one_of_each(model)]
    table.compare("test pictures", "greys of 255", numbers(data["pictures"], 784, "u1"), shown, 0)
    mean = model.bubbles(shown)[0].numpy()
    table.compare("means of the pictures", "units of the code", numbers(data["mean"], 20), mean, 0.02, HALVES)
    pure = np.where(shown > 127, 255, 0).astype(np.uint8)
    again = model.bubbles(pure)[0].numpy()
    table.compare("the same in black and white", "units of the code", numbers(data["pure_mean"], 20), again, 1e-4)
    (name,) = (name for name in sent.heads if name.startswith("decoder"))
    seen = drawn(sent.heads[name], sent.parts[name], mean)
    table.compare("what the browser’s decoder draws", "greys of 255", seen, model.drawn(mean), 1e-3)


def _floors(sent: Sent, table: Table, whole: bool) -> None:
    """Errors of all 5,000 copies; but for ``whole`` in black and white, and with noise, one model each."""
    bars, totals, again, floors = sent.one("floor")["bars"], [], [], []
    x = torch.tensor(digits()[0]).float() / 255
    for bar, (name, noisy) in zip(bars, BARS, strict=True):
        for ink, shown in (("grey", x), ("pure", (x > 0.5).float())):
            floors.append((bar[ink]["floor"], float(plain.floor(shown.double()).mean())))
            totals.append(bar[ink]["total"])
            if whole or (name, ink) == ("lecture", "grey"):
                again.append((totals[-1], _error(Model(name), shown, noisy)))
    table.compare("the floor", "nats", *zip(*floors, strict=True), 0.006, "kept to a hundredth")
    table.compare("errors of copies", "nats", *zip(*again, strict=True), 0.01, "kept to a hundredth")


def _error(model: Model, x: torch.Tensor, noisy: bool) -> float:
    mean, logvar = model.bubbles((255 * x).numpy(), torch.float32)
    if not noisy:
        return float(bce(model.logits(mean), x).double().mean())
    each = []
    for seed in range(3):
        eps = torch.tensor(np.random.default_rng(seed).standard_normal(tuple(mean.shape), np.float32))
        each.append(float(bce(model.logits(mean + eps * torch.exp(logvar / 2)), x).double().mean()))
    return statistics.mean(each)


def _penalty(sent: Sent, table: Table) -> None:
    data, model = sent.one("penalty"), Model("lecture")
    q, kl = model.posterior(model.kept()), model.kl(model.kept()).mean(0)
    variance, spread, square = (numbers_of(data[name]) for name in ("variance", "spread", "square"))
    assert data["pictures"] == len(model.places)
    table.compare("KL of each number", "nats", (spread + square) / 2, kl, 0.003, HALVES)
    table.compare("variance of each number", "variance", variance, q.variance.mean(0), 0.001, HALVES)
    table.compare("squared mean of each number", "squared units", square, q.mean.square().mean(0), 0.003, HALVES)


def numbers_of(values: list[float]) -> np.ndarray:
    return np.asarray(values, float)


def _betas(sent: Sent, table: Table, whole: bool) -> None:
    """The tests of five trainings with their own rolls of the dice, and two strips of pictures of each."""
    data, terms, rebuilt, invented = sent.one("tradeoff"), [], [], []
    x = torch.tensor(digits()[0])
    for stop, name in zip(data["stops"], BETAS, strict=True):
        model = Model(name)
        assert stop["beta"] == model.beta
        copies = model.drawn(model.bubbles(model.kept()[one_of_each(model)])[0])
        rebuilt.append((pictures(stop["rebuilt"]), copies))
        invented.append((pictures(stop["invented"]), model.drawn(rolls(10, 20, 0))))
        sent_terms = stop["reconstruction"], stop["kl"]
        if whole or name == "lecture":
            mean, logvar = model.bubbles(x.numpy(), torch.float32)
            seed = np.random.SeedSequence([model.config["seed"], model.epoch, 1]).generate_state(1, np.uint64)[0] >> 1
            eps = torch.randn(mean.shape, generator=torch.Generator().manual_seed(int(seed)))
            error = bce(model.logits(mean + eps * torch.exp(logvar / 2)), x.float() / 255).double().mean()
            terms.append((sent_terms, (float(error), float(model.kl(x.numpy()).sum(1).mean()))))
    table.compare("error and KL of five trainings", "nats", *zip(*terms, strict=True), 0.01, HALVES)
    table.compare("copies", "greys of 255", *zip(*rebuilt, strict=True), 3, HALVES)
    table.compare("samples", "greys of 255", *zip(*invented, strict=True), 0.51, "whole greys")
    table.compare("their floor", "nats", data["floor"], plain.floor(x.double() / 255).mean(), 0.006)


def weights(model: Model, picture: np.ndarray, eps: np.ndarray) -> torch.Tensor:
    """log p(x|z) p(z) / q(z|x) of a picture (784,) bytes at some draws (k, d) from its bubble."""
    q, x = model.posterior(picture[None]), torch.tensor(picture).double() / 255
    z = q.mean + torch.tensor(eps).double() * q.stddev
    return -bce(model.logits(z), x) + (STANDARD.log_prob(z) - q.log_prob(z)).sum(-1)


def _bound(sent: Sent, table: Table) -> None:
    """One picture, grey and black and white, as the page answers once it is asked."""
    data, model, run = sent.one("bound"), Model("lecture"), gallery("lecture")
    draws, three = data["draws"], model.kept()[one_of_each(model)[3]]
    assert data["wanted"] is None and not data["average"] and not data["single"] and not data["picture"]
    assert data["floor"] == 0
    found, again, floors = [], [], []
    for shown in (three, np.where(three > 127, 255, 0).astype(np.uint8)):
        average, single, least = bound.estimates(str(run.path), model.epoch, shown.tobytes(), 7)
        eps = np.random.default_rng(7).standard_normal((1, draws[-1], 20), np.float32)[0]
        logs = weights(model, shown, eps)
        each = [(torch.logsumexp(logs.view(-1, k), 1) - np.log(k)).numpy() for k in draws]
        found += [*average, *(value for values in single for value in values)]
        again += [*(values.mean() for values in each), *(value for values in each for value in values[:50])]
        floors.append((least, float(plain.floor(torch.tensor(shown[None]).double() / 255)[0])))
    table.compare("the bound of a picture, by draws", "nats", found, again, 0.006, "kept to a hundredth")
    table.compare("its floor", "nats", *zip(*floors, strict=True), 0.006, "kept to a hundredth")


def _bound_of_many(table: Table) -> None:
    """The measured table, which stands in the page's words: 400 pictures, 500 draws, two seeds."""
    shipped, found, again = measured("bound"), [], []
    x = torch.tensor(digits()[0][: shipped["pictures"]]).float() / 255
    for name, of in shipped["models"].items():
        model = Model(name)
        for ink, shown in (("grey", x), ("pure", (x > 0.5).float())):
            by_seed = [_bounds(model, shown, seed, shipped["draws"]) for seed in (0, 1)]
            found.append(of[ink]["bound"])
            again.append(np.mean(by_seed, 0))
    table.compare("the bound of 400 pictures, by draws", "nats", found, again, 0.005, "kept to a thousandth")


def _bounds(model: Model, x: torch.Tensor, seed: int, draws: list[int]) -> list[float]:
    mean, logvar = model.bubbles((255 * x).numpy(), torch.float32)
    noise = np.random.default_rng(seed).standard_normal((len(x), draws[-1], model.wide), np.float32)
    sums = np.zeros(len(draws))
    for k in range(len(x)):
        q = Normal(mean[k].double(), torch.exp(logvar[k].double() / 2))
        z = q.mean + torch.tensor(noise[k]).double() * q.stddev
        logs = -bce(model.logits(z.float()), x[k]).double() + (STANDARD.log_prob(z) - q.log_prob(z)).sum(-1)
        sums += [float((torch.logsumexp(logs.view(-1, n), 1) - np.log(n)).mean()) for n in draws]
    return (sums / len(x)).tolist()


def _longer(sent: Sent, table: Table) -> None:
    """Only the averages: the weights of these trainings do not ship."""
    shipped, found, again = measured("longer"), [], []
    clear, loss = sent.one("longer")["charts"]
    for chart, kinds, of_ten in ((clear, ("real", "clear"), True), (loss, ("test", "train"), False)):
        for line, kind in zip(chart["lines"], kinds, strict=True):
            each = list(zip(*(run[kind] for run in shipped["runs"]), strict=True))
            for k, (at, y, spread) in enumerate(zip(line["xs"], line["ys"], line["spread"], strict=True)):
                assert at == (shipped["epochs"][k] if of_ten else k + 1)
                values = [10 * v for seeds in each[k] for v in seeds] if of_ten else list(each[k])
                found += [y, spread]
                again += [statistics.mean(values), statistics.stdev(values) if of_ten else 0]
    table.compare("averages over long trainings", "nats, or of 10", found, again, 0.001, "kept to a thousandth")
