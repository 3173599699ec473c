"""Optional peers, in an environment of their own (peers.txt): ``PEERS/bin/python benchmarks/peers.py NAME``.

As ``benchmarks.ways``: ``ready``, then an epoch a line. Knows nothing of this project.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np

BATCH, HIDDEN, LATENT, RATE = 256, 400, 20, 1e-3
RAW = Path(os.environ["VAE_DATA_DIR"]) / "MNIST" / "raw"


def read(name: str) -> np.ndarray:
    return np.frombuffer((RAW / name).read_bytes(), np.uint8, offset=16).reshape(-1, 784)


def serve(epoch, quality) -> None:
    print("ready", file=ANSWERS, flush=True)
    for line in sys.stdin:
        if line.strip() == "quality":
            print(quality(), file=ANSWERS, flush=True)
            continue
        started = time.perf_counter()
        epoch()
        print(time.perf_counter() - started, file=ANSWERS, flush=True)


def jax_() -> None:
    """The same model: the whole epoch one compiled scan, Adam by hand, all pictures in memory."""
    import jax
    import jax.numpy as jnp

    images = jnp.asarray(read("train-images-idx3-ubyte"))
    test = jnp.asarray(read("t10k-images-idx3-ubyte"), jnp.float32) / 255
    steps = -(-len(images) // BATCH)

    def layer(key, n_in, n_out):
        bound = n_in**-0.5
        w, b = jax.random.split(key)
        return (
            jax.random.uniform(w, (n_in, n_out), minval=-bound, maxval=bound),
            jax.random.uniform(b, (n_out,), minval=-bound, maxval=bound),
        )

    sizes = [(784, HIDDEN), (HIDDEN, 2 * LATENT), (LATENT, HIDDEN), (HIDDEN, 784)]
    params = [layer(k, *s) for k, s in zip(jax.random.split(jax.random.key(1), 4), sizes, strict=True)]

    def terms(params, x, eps):
        (w1, b1), (w2, b2), (w3, b3), (w4, b4) = params
        mean, logvar = jnp.split(jax.nn.relu(x @ w1 + b1) @ w2 + b2, 2, axis=1)
        logits = jax.nn.relu((mean + eps * jnp.exp(logvar / 2)) @ w3 + b3) @ w4 + b4
        error = jnp.sum(jax.nn.softplus(logits) - x * logits, 1)
        return error + 0.5 * jnp.sum(jnp.exp(logvar) - logvar - 1 + mean**2, 1)

    def loss(params, x, eps, weight):
        return jnp.sum(terms(params, x, eps) * weight) / jnp.sum(weight)

    @jax.jit
    def run(state, key):
        a, b = jax.random.split(key)
        # The last batch is filled up with pictures of weight 0, since a scan's steps are all alike.
        order = jnp.concatenate([jax.random.permutation(a, len(images)), jnp.zeros(steps * BATCH - len(images), int)])
        weight = (jnp.arange(steps * BATCH) < len(images)).astype(jnp.float32)
        eps = jax.random.normal(b, (steps, BATCH, LATENT))

        def step(state, batch):
            params, m, v, t = state
            indices, eps, weight = batch
            value, g = jax.value_and_grad(loss)(params, images[indices].astype(jnp.float32) / 255, eps, weight)
            t = t + 1
            m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
            v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
            rate = RATE / (1 - 0.9**t)
            move = lambda p, m, v: p - rate * m / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)  # noqa: E731
            return (jax.tree.map(move, params, m, v), m, v, t), value

        return jax.lax.scan(step, state, (order.reshape(steps, BATCH), eps, weight.reshape(steps, BATCH)))

    zeros = jax.tree.map(jnp.zeros_like, params)
    box = [(params, zeros, zeros, jnp.zeros((), jnp.float32)), jax.random.key(2)]
    jax.block_until_ready(run(*box))  # compiled before the clock runs

    def epoch() -> None:
        box[1], key = jax.random.split(box[1])
        box[0], values = run(box[0], key)
        jax.block_until_ready(values)

    serve(epoch, lambda: float(jnp.mean(terms(box[0][0], test, jnp.zeros((len(test), LATENT))))))


def pythae_() -> None:
    """pythae's own trainer on its VAE, with the lecture's layers."""
    import tempfile

    import torch
    from pythae.data.datasets import BaseDataset
    from pythae.models import VAE, VAEConfig
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder
    from pythae.trainers import BaseTrainer, BaseTrainerConfig

    class Encoder(BaseEncoder):
        def __init__(self) -> None:
            super().__init__()
            self.fc = torch.nn.Linear(784, HIDDEN)
            self.mean, self.logvar = torch.nn.Linear(HIDDEN, LATENT), torch.nn.Linear(HIDDEN, LATENT)

        def forward(self, x):
            h = torch.relu(self.fc(x.reshape(-1, 784)))
            return ModelOutput(embedding=self.mean(h), log_covariance=self.logvar(h))

    class Decoder(BaseDecoder):
        def __init__(self) -> None:
            super().__init__()
            self.net = torch.nn.Sequential(
                torch.nn.Linear(LATENT, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 784), torch.nn.Sigmoid()
            )

        def forward(self, z):
            return ModelOutput(reconstruction=self.net(z).reshape(-1, 1, 28, 28))

    def pictures(name: str) -> torch.Tensor:
        return torch.from_numpy(read(name).copy()).float().reshape(-1, 1, 28, 28) / 255

    train, test = pictures("train-images-idx3-ubyte"), pictures("t10k-images-idx3-ubyte")
    config = VAEConfig(input_dim=(1, 28, 28), latent_dim=LATENT, reconstruction_loss="bce")
    model = VAE(config, encoder=Encoder(), decoder=Decoder())
    settings = BaseTrainerConfig(
        output_dir=tempfile.mkdtemp(), num_epochs=1, learning_rate=RATE, per_device_train_batch_size=BATCH,
        optimizer_cls="Adam", no_cuda=True,
    )  # fmt: skip
    trainer = BaseTrainer(model, BaseDataset(train, torch.zeros(len(train))), training_config=settings)
    trainer.prepare_training()
    count = iter(range(1, 10_000))

    def quality() -> float:
        with torch.no_grad():
            out = model.encoder(test)
            copy = model.decoder(out.embedding).reconstruction
            error = torch.nn.functional.binary_cross_entropy(copy, test, reduction="sum")
            kl = 0.5 * (out.log_covariance.exp() - out.log_covariance - 1 + out.embedding**2).sum()
            return float(error + kl) / len(test)

    serve(lambda: trainer.train_step(next(count)), quality)


if __name__ == "__main__":
    ANSWERS = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a peer prints is not an answer
    {"jax": jax_, "pythae": pythae_}[sys.argv[1]]()
