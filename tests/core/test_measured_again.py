"""What ships of forces, of trained pictures and of a classifier, measured again by another way on a part of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.distributions import kl_divergence

from benchmarks.recomputed.plain import STANDARD, Model, bce, digits, rolls
from vae_core import measured
from vae_core.datasets import registry

FEW = 120  # pictures whose pull is taken over as many rolls as was measured


def losses(model: Model, pictures: np.ndarray, seed: int) -> np.ndarray:
    """The loss of each picture (n, 784) bytes with one roll of the dice each, (n,) nats."""
    x = torch.tensor(pictures).float() / 255
    mean, logvar = model.bubbles(pictures, torch.float32)
    if not model.vae:
        return bce(model.logits(mean), x).numpy()
    std = torch.exp(logvar / 2)
    error = bce(model.logits(mean + std * torch.tensor(rolls(len(x), model.wide, seed))), x)
    kl = kl_divergence(torch.distributions.Normal(mean, std), STANDARD).sum(1)
    return (error + model.beta * kl).numpy()


@pytest.mark.parametrize("name", ["lecture", "beta-0", "autoencoder"])
def test_the_test_losses_that_ship_are_those_of_the_weights(name):
    shipped, model = measured.load("learned_from")["again"][name], Model(name)
    assert losses(model, digits()[0], 0).mean() == pytest.approx(shipped["test"][0], abs=0.005)
    assert len(shipped["test"]) == len(shipped["train"]) == 5 and np.ptp(shipped["test"]) < 0.3


@pytest.mark.skipif(not registry.is_here("mnist-55k"), reason="MNIST is not on this machine (VAE_DATA_DIR)")
@pytest.mark.parametrize("name", ["lecture", "beta-0", "autoencoder"])
def test_the_training_losses_that_ship_are_those_of_training_pictures(name):
    some = registry.load_train("mnist-55k").images[:5_000].reshape(-1, 784)
    found = losses(Model(name), some, 0)
    error = found.std() / len(found) ** 0.5
    assert abs(found.mean() - np.mean(measured.load("learned_from")["again"][name]["train"])) < 4 * error < 3


def classifier(pictures: np.ndarray, labels: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """From pictures (n, 784), 0 to 255, to the chances of each digit (n, 10)."""
    torch.manual_seed(3)
    net = torch.nn.Sequential(torch.nn.Linear(784, 200), torch.nn.ReLU(), torch.nn.Linear(200, 10))
    adam = torch.optim.Adam(net.parameters(), 1e-3)
    x, y = torch.tensor(pictures).float() / 255, torch.tensor(labels.astype(int))
    for _ in range(25):
        for places in torch.randperm(len(x)).split(100):
            loss = torch.nn.functional.cross_entropy(net(x[places]), y[places])
            adam.zero_grad()
            loss.backward()
            adam.step()
    return lambda seen: net(torch.tensor(seen).float() / 255).softmax(1).detach().numpy()


def test_another_classifier_is_as_seldom_sure_of_invented_pictures():
    """One that learned from 3,000 embedded digits, where MNIST's others may not be at hand: nearly as good."""
    shipped, model, (pictures, labels) = measured.load("learned_from")["sure"], Model("lecture"), digits()
    net = classifier(pictures[2_000:], labels[2_000:])
    q = model.posterior(pictures[:500])
    seen = {"invented": rolls(500, 20, 0), "real": q.mean + torch.tensor(rolls(500, 20, 1)) * q.stddev}
    sure = {name: (net(model.drawn(z)).max(1) > shipped["threshold"]).mean() for name, z in seen.items()}
    assert (net(pictures[:2_000]).argmax(1) == labels[:2_000]).mean() > 0.9 < min(shipped["right"])
    assert sure["real"] == pytest.approx(np.mean(shipped["real"]), abs=0.15)
    ratio = np.mean(shipped["invented"]) / np.mean(shipped["real"])
    assert sure["invented"] / sure["real"] == pytest.approx(ratio, abs=0.15) and ratio < 0.6


def slopes(model: Model, pictures: np.ndarray, eps: np.ndarray) -> np.ndarray:
    """The reconstruction's slope on the means of pictures (n, 784), averaged over rolls eps (k, 2), (n, 2)."""
    mean, logvar = model.bubbles(pictures, torch.float32)
    mean.requires_grad_(True)
    z = mean + torch.tensor(eps)[:, None] * torch.exp(logvar / 2)
    error = bce(model.logits(z.flatten(0, 1)), torch.tensor(pictures).float().repeat(len(eps), 1) / 255)
    (slope,) = torch.autograd.grad(error.sum() / len(eps), mean)
    return slope.numpy()


def test_the_forces_outwards_that_ship_are_those_of_the_weights():
    shipped, model = measured.load("spaces")["outwards"], Model("two-knobs")
    pictures = model.kept(5_000)
    assert shipped["pictures"] == len(pictures)
    mean = model.bubbles(pictures)[0].numpy()
    away = np.linalg.norm(mean, axis=1)
    assert model.beta * away.mean() == pytest.approx(shipped["inward"], abs=2e-3)
    parts = -(slopes(model, pictures, rolls(2, 2, 9)) * mean).sum(1) / away  # all pictures, two other rolls each
    error = parts.std() / len(parts) ** 0.5
    assert abs(parts.mean() - shipped["outward"]) < 4 * error < 4 * 2 * shipped["error"]
    pull = np.linalg.norm(slopes(model, pictures[:FEW], rolls(shipped["rolls"], 2, 0)), axis=1)
    assert abs(pull.mean() - shipped["pull"]) < 4 * pull.std() / FEW**0.5 < shipped["pull"]


@pytest.mark.parametrize("beta", ["0", "0.1", "1", "4"])
def test_the_penaltys_swelling_that_ships_is_the_slope_of_torchs_kl(beta):
    shipped = measured.load("spaces")["bubbles"][beta]
    model = Model("two-knobs" if beta == "1" else f"two-knobs-beta-{beta}")
    places = np.concatenate([np.flatnonzero(model.labels == c)[:12] for c in range(10)])
    mean, logvar = model.bubbles(digits()[0][model.places[places]])
    logvar.requires_grad_(True)
    q = torch.distributions.Normal(mean, torch.exp(logvar / 2))
    (slope,) = torch.autograd.grad(-model.beta * kl_divergence(q, STANDARD).sum(), logvar)
    assert shipped["shown"] == len(places)
    assert shipped["swell"] == pytest.approx(slope.sum(1).mean().item(), abs=2e-3)
    std = np.median(q.variance.mean(1).sqrt().detach().numpy())
    assert shipped["std"] == pytest.approx(std, rel=0.04, abs=1e-4)  # log variances are kept to 0.4%
