"""What needs the pictures that the gallery's models learned from: VAE_DATA_DIR with MNIST.

Training pictures tested once more with the final weights (the figure of a training is taken on the way, from weights
that are still worse), and what a classifier says of invented pictures. Five seeds of the noise, five classifiers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vae_core.datasets import registry
from vae_core.measured import gallery
from vae_core.measured.clearness import DICE, Judge, prior
from vae_core.runs.run import Run

if TYPE_CHECKING:
    import torch

SEEDS = range(5)
SURE = 0.9  # a classifier counts as sure from this probability on
ROUNDS = 4  # epochs of a classifier


def again(run: Run) -> dict[str, Any]:
    """The loss of training and of test pictures with the final weights, nats per picture, by seed of the noise."""
    from vae_core.analysis.sampling import sampled_losses
    from vae_core.training.checkpoint import load_model

    model, config = load_model(run, run.epoch or 0), run.config
    parts = {"train": registry.load_train(config.dataset).images, "test": registry.load_test(config.dataset).images}
    found: dict[str, Any] = {"on_the_way": round(run.metrics()[-1]["train"]["loss"], 3)}
    for name, images in parts.items():
        pieces = np.array_split(images, max(1, len(images) // 5_000))
        found[name] = [
            round(float(np.mean([sampled_losses(model, piece, config.reconstruction, config.beta, seed=100 * seed + k)
                                 .mean() for k, piece in enumerate(pieces)])), 3)
            for seed in SEEDS
        ]  # fmt: skip
    return found


def classifier(seed: int) -> torch.nn.Module:
    """A network of one hidden layer that names the digit of a picture, trained on the same pictures as the models."""
    import torch

    split = registry.load_train("mnist-55k")
    torch.manual_seed(seed)
    net = torch.nn.Sequential(torch.nn.Linear(784, 200), torch.nn.ReLU(), torch.nn.Linear(200, 10))
    adam = torch.optim.Adam(net.parameters(), 1e-3)
    images, labels = torch.from_numpy(split.images), torch.from_numpy(split.labels.astype(np.int64))
    for _ in range(ROUNDS):
        for places in torch.randperm(len(images)).split(256):
            loss = torch.nn.functional.cross_entropy(net(images[places].float() / 255), labels[places])
            adam.zero_grad()
            loss.backward()
            adam.step()
    return net.eval()


def sure() -> dict[str, Any]:
    """By classifier: how often it is right about test pictures, and of how many pictures of the lecture's model it is
    sure: invented ones, and those from codes of real pictures."""
    import torch

    run = gallery("lecture")
    judge, test = Judge(run, run.weight_epochs()[-1]), registry.load_test("mnist-55k")
    found: dict[str, list[float]] = {"right": [], "invented": [], "real": []}
    for seed in SEEDS:
        net = classifier(seed)
        with torch.inference_mode():
            right = net(torch.from_numpy(test.images).float() / 255).argmax(1).numpy() == test.labels
            found["right"].append(round(float(right.mean()), 4))
            for name, codes in (("invented", prior(judge, seed)), ("real", judge.real(seed))):
                chances = net(torch.from_numpy(judge.pictures(codes))).softmax(1).max(1).values
                found[name].append(round(float((chances > SURE).float().mean()), 4))
    return {"threshold": SURE, "pictures": DICE, **found}


def measure() -> dict[str, Any]:
    models = {name: again(gallery(name)) for name in ("lecture", "beta-0", "autoencoder")}
    return {"again": models, "sure": sure()}
