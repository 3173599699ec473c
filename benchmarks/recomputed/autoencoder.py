"""/autoencoder: a hundred pictures from dice, the two spaces, the two maps with their holes, the strips, and PCA."""

from __future__ import annotations

import base64

import numpy as np
from scipy.linalg import sqrtm
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from benchmarks.recomputed.loss import HALVES, one_of_each
from benchmarks.recomputed.plain import Model, digits, measured, rolls
from benchmarks.recomputed.sent import Fields, Sent, Table, numbers, pictures, sent_by
from ui.store import cache
from ui.store.gallery import gallery
from ui.understand import pca
from vae_core.datasets import registry

PAIR, SMALL = ("autoencoder", "lecture"), ("two-knobs-autoencoder", "two-knobs")
CODES = 2_000  # on which dice are measured, and the pictures of as many others that are compared


def recomputed(whole: bool) -> tuple[Sent, Table]:
    sent, table = sent_by("autoencoder"), Table()
    _hundred(sent, table)
    _clear(sent, table, whole)
    _two_spaces(sent, table)
    _maps(sent, table)
    _strips(sent, table)
    _flat(sent, table, whole)
    return sent, table


def codes(model: Model) -> np.ndarray:
    """The middles of the bubbles of the kept test pictures, (2000, d)."""
    return model.bubbles(model.kept())[0].numpy()


def _hundred(sent: Sent, table: Table) -> None:
    """The pictures, from the app's own mixtures (tests/core/test_noise_shapes.py holds these against scikit-learn's);
    and another visit with dice whose shape is computed here."""
    seen = []
    for sheet, name in zip(sent.one("hundred")["sheets"], PAIR, strict=True):
        z = cache.codes(str(gallery(name).path), 10, 100, 0, 1.0, "mixture")
        seen.append((pictures(sheet["png"]), Model(name).drawn(z)))
        rows = measured("noise_shapes")["models"][name]
        table.compare(f"clearness under {name}", "of 10", 10 * numbers_of(sheet["clear"]), 10 * numbers_of(
            rows["10"]["mixture"]), 0)  # fmt: skip
    table.compare("a hundred pictures of each", "greys of 255", *zip(*seen, strict=True), 0.51, "whole greys")
    other = sent_by("autoencoder", dice="correlated").one("hundred")
    seen = []
    for sheet, name in zip(other["sheets"], PAIR, strict=True):
        seen.append((pictures(sheet["png"]), Model(name).drawn(correlated(codes(Model(name)), rolls(100, 20, 0)))))
    table.compare("the same with correlations", "greys of 255", *zip(*seen, strict=True), 3, HALVES)


def numbers_of(values: list[float]) -> np.ndarray:
    return np.asarray(values, float)


def correlated(known: np.ndarray, eps: np.ndarray) -> np.ndarray:
    return known.mean(0) + eps @ np.real(sqrtm(np.cov(known.T, bias=True)))


def by_class(known: np.ndarray, labels: np.ndarray, eps: np.ndarray, seed: int) -> np.ndarray:
    """One Gaussian a class, chosen by its share of the codes."""
    turn = np.random.default_rng([seed, 2**32 - 1]).random(len(eps))
    share = np.bincount(labels, minlength=10).cumsum() / len(labels)
    which = np.minimum((turn[:, None] >= share).sum(1), 9)
    parts = [known[labels == c] for c in range(10)]
    roots = [np.real(sqrtm(np.cov(part.T, bias=True))) for part in parts]
    return np.stack([parts[c].mean(0) + e @ roots[c] for c, e in zip(which, eps, strict=True)])


def _clear(sent: Sent, table: Table, whole: bool) -> None:
    """How clear pictures from four shapes of dice are. (The fifth, ten Gaussians, depends on where they start.)"""
    found, again = [], []
    for model, name in zip(sent.one("dice_shapes")["models"], PAIR, strict=True):
        for epoch in sorted(map(int, set(model["clear"]) - {"0"})) if whole else (10,):
            of = model["clear"][str(epoch)]
            judge = _Judge(Model(name, epoch))
            for shape in ("prior", "spread", "correlated", "classes") if whole else (("prior",) * (name == "lecture")):
                found.append(10 * np.asarray(of[shape]))
                again.append(10 * np.asarray(judge.clear(shape)))
            assert set(of) == {"prior", "spread", "correlated", "classes", "mixture"}
            assert dict.__getitem__(of, "mixture") == measured("noise_shapes")["models"][name][str(epoch)]["mixture"]
        for of in (model["clear"], *model["clear"].values()):
            of.read.update(of)
    table.compare("clearness of pictures from dice", "of 10", found, again, 0.005, "a neighbour more or less of 5,000")


class _Judge:
    """What pictures of a model are held against: 2,000 rebuilt test pictures that its dice do not know."""

    def __init__(self, model: Model) -> None:
        pictures, labels = digits()
        self.model, self.labels = model, labels[:CODES]
        self.codes = model.bubbles(pictures[:CODES])[0].numpy()
        rebuilt = np.rint(model.drawn(model.bubbles(pictures[CODES : 2 * CODES])[0]))
        self.others, self.near = labels[CODES : 2 * CODES], NearestNeighbors(n_neighbors=10, algorithm="brute")
        self.near.fit(rebuilt.astype(np.float32))

    def clear(self, shape: str) -> list[float]:
        """Mean and spread over ten seeds of 500 rolls each, as a share."""
        each = [self._of(self._dice(shape, seed)) for seed in range(10)]
        return [float(np.mean(each)), float(np.std(each, ddof=1))]

    def _dice(self, shape: str, seed: int) -> np.ndarray:
        eps = rolls(500, self.codes.shape[1], seed)
        if shape == "prior":
            return eps
        if shape == "spread":
            return self.codes.mean(0) + eps * self.codes.std(0)
        if shape == "correlated":
            return correlated(self.codes, eps)
        return by_class(self.codes, self.labels, eps, seed)

    def _of(self, z: np.ndarray) -> float:
        near = self.near.kneighbors(np.rint(self.model.drawn(z)).astype(np.float32), return_distance=False)
        return float(np.mean([np.bincount(self.others[each]).max() for each in near]) / 10)


def _two_spaces(sent: Sent, table: Table) -> None:
    data, (classic, vae) = sent.one("two_spaces"), (Model(name) for name in SMALL)
    x = vae.kept() / 255
    flat = PCA(2, svd_solver="full").fit(x)
    signs = np.sign(flat.components_.sum(1))

    def seen(shown: np.ndarray) -> np.ndarray:
        return flat.transform(shown) * signs

    mean, std = (part.numpy() for part in (vae.posterior(vae.kept()).mean, vae.posterior(vae.kept()).stddev))
    noise = np.random.default_rng(0).standard_normal((200, 2), np.float32)
    copies, code = vae.drawn(mean[:200] + noise * std[:200]), classic.bubbles(classic.kept()[:200])[0].numpy()
    table.compare("share that two directions show", "share", data["share"], flat.explained_variance_ratio_.sum(), 1e-5)
    for name, again, bound, why in (
        ("inputs", seen(x[:200]), 1e-4, "rounding"), ("outputs", seen(copies / 255), 0.02, HALVES),
        ("codes", code, 0.02, HALVES), ("means", mean[:200], 0.02, HALVES), ("stds", std[:200], 0.003, HALVES),
        ("noise", noise, 0, "rounding"),
    ):  # fmt: skip
        unit = "lengths of a picture" if name in ("inputs", "outputs") else "units of the code"
        table.compare(f"two spaces: {name}", unit, numbers(data[name], 2), again, bound, why)
    reach = float(np.quantile(vae.bubbles(vae.kept(5_000))[0].abs(), 0.98))
    table.compare("how far the net reaches", "units of the code", data["reach"], reach, 0.02, HALVES)
    net = data["reach"] * np.stack(np.meshgrid(*(np.linspace(-1, 1, k) for k in (13, 49)), indexing="ij"), -1)
    both = np.concatenate([net.reshape(-1, 2), net[:, :, ::-1].reshape(-1, 2)])
    table.compare("the net", "lengths of a picture", numbers(data["sheet"], 2), seen(vae.drawn(both) / 255), 1e-3)
    assert (numbers(data["labels"], 0, "u1") == vae.labels[:200]).all()
    table.compare("test pictures", "greys of 255", pictures(data["pictures"]), vae.kept()[:200], 0)
    lossy = [(pictures(data["copies"]), copies), (pictures(data["classics"]), classic.drawn(code))]
    one, other = zip(*lossy, strict=True)
    away = np.abs(np.subtract(one, other)).mean((1, 2))
    table.compare("copies, on average", "greys of 255", away, [0, 0], 3, "sent as WebP, which blurs a little")


def _maps(sent: Sent, table: Table) -> None:
    """The distances of every pair, and the strangest place of a grid that no code is near, by brute force."""
    data = sent.one("holes")
    table.compare("a hundred rolls", "noise", numbers(data["dice"], 2), rolls(100, 2, 0), 0)
    found = []
    for said, name in zip(data["maps"], SMALL, strict=True):
        model = Model(name)
        z, place = codes(model), numbers(said["points"], 2)
        scale = np.abs(z).max()
        table.compare(f"dots of {name}", "units of the code", place, z, round(0.002 * scale, 3), HALVES)
        assert (numbers(said["labels"], 0, "u1") == model.labels[:CODES]).all()
        gaps = cdist(place, place)
        np.fill_diagonal(gaps, np.inf)
        gaps = gaps.min(1)
        far = float(np.quantile(gaps, 0.99))
        found += [(said["gap"], np.median(gaps)), (said["wide"], np.quantile(gaps, 0.9)), (said["far"], far)]
        found += list(zip(np.ravel(said["range"]), np.quantile(place, [0.004, 0.996], axis=0).T.ravel(), strict=True))
        middles = [np.median(place[model.labels[:CODES] == c], axis=0) for c in range(10)]
        found += list(zip(np.ravel([each[:2] for each in said["centres"]]), np.ravel(middles), strict=True))
        three = np.flatnonzero(model.labels[:CODES] == 3)
        first = three[np.linalg.norm(place[three] - middles[3], axis=1).argmin()]
        found += list(zip(said["start"], place[first], strict=True))
        found += list(zip(said["hole"], _hole(model, place, far), strict=True))
    table.compare("distances, middles and holes of both maps", "units of the code", *zip(*found, strict=True), 1e-4)


def _hole(model: Model, place: np.ndarray, far: float) -> np.ndarray:
    turn = 2 * np.pi * np.arange(72) / 72
    directions = np.stack([np.cos(turn), np.sin(turn)])
    low, high = np.quantile(place, [1 - 0.97, 0.97], axis=0)
    grid = np.stack(np.meshgrid(*(np.linspace(low[k], high[k], 60) for k in (0, 1))), -1).reshape(-1, 2)
    inside = grid[(grid @ directions <= np.quantile(place @ directions, 0.97, axis=0)).all(1)]
    away = cdist(inside, place).min(1)
    empty = inside[away > far] if (away > far).any() else inside[[away.argmax()]]
    return empty[cdist(model.drawn(empty), model.drawn(place)).min(1).argmax()]


def _strips(sent: Sent, table: Table) -> None:
    """Copies, random codes and the way from a 3 to an 8."""
    rows, dice = (message["rows"] for message in sent.components["rows"])
    sheets, again = [pictures(row["png"]) for row in rows], []
    models = [Model(name) for name in PAIR]
    places = one_of_each(models[0])
    table.compare("strips: test pictures", "greys of 255", sheets[0], models[0].kept()[places], 0)
    again += [model.drawn(codes(model)[places]) for model in models]
    spread, eps = codes(models[0]), rolls(10, 20, 0)
    again += [models[0].drawn(spread.mean(0) + spread.std(0) * eps), models[1].drawn(eps)]
    t = np.linspace(0, 1, 10)[:, None]
    for model in models:
        three, eight = codes(model)[places[3]], codes(model)[places[8]]
        again.append(model.drawn((1 - t) * three + t * eight))
    table.compare("strips: copies, random codes, from 3 to 8", "greys of 255", sheets[1:], again, 3, HALVES)
    drawn = []
    for row, name in zip(dice[1:], PAIR, strict=True):
        z = cache.codes(str(gallery(name).path), 10, 10, 0, 1.0, "mixture")
        drawn.append((pictures(row["png"]), Model(name).drawn(z)))
    table.compare("strips: ten Gaussians", "greys of 255", *zip(*drawn, strict=True), 0.51, "whole greys")
    machine = pca.dice_of_pca(10).reshape(10, -1)
    table.compare("strips: PCA’s", "greys of 255", pictures(dice[0]["png"]), machine, 0)


def _flat(sent: Sent, table: Table, whole: bool) -> None:
    data, x = sent.one("pca"), digits()[0] / 255
    mean, *parts = np.frombuffer(base64.b64decode(data["basis"]), "<f2").reshape(-1, 784).astype(float)
    shown = Model("lecture").kept()[one_of_each(Model("lecture"))]
    table.compare("PCA: codes", "units of the code", numbers(data["codes"], 20), (shown / 255 - mean) @ np.stack(
        parts).T, 1e-4)  # fmt: skip
    errors = [_half(np.clip(mean + (x - mean) @ np.stack(parts[:k]).T @ np.stack(parts[:k]), 0, 1) if k else
                    np.broadcast_to(mean, x.shape), x) for k in range(21)]  # fmt: skip
    table.compare("PCA: errors with 0 to 20 numbers", "half squared error", data["errors"][:21], errors, 0.002,
                  "fixed pictures are kept as half floats")  # fmt: skip
    own, again = [], []
    for said, name in zip(data["models"], (*SMALL, *PAIR), strict=True):
        model = Model(name)
        assert said["numbers"] == model.wide
        own.append(said["error"])
        again.append(_half(model.drawn(model.bubbles(digits()[0])[0]) / 255, x))
        assert said["needs"] == int(np.argmax(np.asarray(data["errors"]) <= said["error"]))
    table.compare("errors of the models beside it", "half squared error", own, again, 0.002, "whole greys")
    _copies(data, table, shown)
    if whole and registry.is_here("mnist"):
        _from_training(data, table, x)


def _half(copies: np.ndarray, x: np.ndarray) -> float:
    return float(0.5 * np.square(copies - x).sum(1).mean())


def _copies(data: Fields, table: Table, shown: np.ndarray) -> None:
    first, flat, *rows = data["rows"]
    table.compare("PCA: test pictures", "greys of 255", pictures(first["png"]), shown, 0)
    assert flat["png"] == ""  # the browser adds it up
    seen = [(pictures(row["png"]), Model(name).drawn(Model(name).bubbles(shown)[0]))
            for row, name in zip(rows, (*SMALL, *PAIR), strict=True)]  # fmt: skip
    table.compare("PCA: copies of the models", "greys of 255", *zip(*seen, strict=True), 3, HALVES)


def _from_training(data: Fields, table: Table, x: np.ndarray) -> None:
    """scikit-learn's PCA of the 55,000 pictures that the models learned from."""
    learned = registry.load_train("mnist-55k").images / np.float64(255)
    flat = PCA(120, svd_solver="covariance_eigh").fit(learned)
    z = flat.transform(x)
    errors = [_half(np.clip(flat.mean_ + z[:, :k] @ flat.components_[:k], 0, 1), x) for k in range(121)]
    table.compare("PCA: errors with 0 to 120 numbers", "half squared error", data["errors"], errors, 0.002,
                  "kept to a thousandth")  # fmt: skip
    kept = np.frombuffer(base64.b64decode(data["basis"]), "<f2").reshape(-1, 784).astype(float)
    signs = np.sign((kept[1:] * flat.components_[:20]).sum(1))[:, None]
    again = np.concatenate([flat.mean_[None], signs * flat.components_[:20]])
    table.compare("PCA: fixed pictures", "share of white", kept, again, 0.001, "kept as half floats")
