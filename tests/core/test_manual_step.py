"""The step with gradients by hand against the lecture's words and torch's autograd."""

from __future__ import annotations

import pytest
import torch

from vae_core import architecture, loss_registry
from vae_core.architecture import of_config
from vae_core.config import Config
from vae_core.datasets.spec import Shape
from vae_core.losses import per_image, terms
from vae_core.model import Posterior, build
from vae_core.training.learner import step_and_optimizer
from vae_core.training.manual_step import Step, fits
from vae_core.training.progress_and_pause import Stopped

KINDS = {
    "vae": {}, "classic": {"model": "autoencoder"}, "mse": {"reconstruction": "mse"}, "strong": {"beta": 4.0},
    "no penalty": {"beta": 0.0}, "one number": {"latent_dim": 1},
}  # fmt: skip
NETWORKS = {
    "a code as wide as its layers": {"latent_dim": 16, "hidden_dim": 16},
    "the same, classic": {"latent_dim": 16, "hidden_dim": 16, "model": "autoencoder"},
    "deep": {"network": "deep"}, "convolutional": {"network": "convolutional"},
    "convolutional, classic": {"network": "convolutional", "model": "autoencoder", "reconstruction": "mse"},
}  # fmt: skip
CPU = torch.device("cpu")


def prepared(images: int = 12, **settings):
    torch.manual_seed(0)
    config = Config(**{"latent_dim": 3, "hidden_dim": 16, "device": "cpu", **settings})
    model = build(config)
    for p in model.parameters():  # away from the start, where many gradients nearly vanish
        p.data.mul_(3)
    pictures = torch.randint(0, 256, (40, 784), dtype=torch.uint8)
    return config, model, pictures, torch.randperm(40)[:images], torch.randn(images, config.latent_dim)


def by_autograd(config, model, x, eps):
    for p in model.parameters():
        p.grad = None
    posterior = model.encode(x)
    parts = terms(model.decode_logits(posterior.sample(eps)), x, posterior, config.reconstruction)
    parts.loss(config.beta).backward()
    return [part.detach() for part in parts], [p.grad.clone() for p in model.parameters()]


@pytest.mark.parametrize("settings", (KINDS | NETWORKS).values(), ids=KINDS | NETWORKS)
@pytest.mark.parametrize("images", [12, 1])
def test_gradients_and_terms_are_those_of_autograd(settings, images):
    config, model, pictures, indices, eps = prepared(images, **settings)
    parts, expected = by_autograd(config, model, pictures[indices].float() / 255, eps)
    step = Step(model, config, 12, CPU)
    for _ in range(2):  # nothing of a step may be left over in the next
        step(pictures, indices, eps)
        for parameter, gradient in zip(model.parameters(), expected, strict=True):
            torch.testing.assert_close(parameter.grad, gradient, rtol=1e-4, atol=1e-5 * float(gradient.abs().max()))
    reconstruction, kl = (step.take_sums() / (2 * images)).tolist()
    assert step.take_sums().tolist() == [0, 0]
    assert reconstruction == pytest.approx(float(parts[0]), rel=1e-5)
    assert kl == pytest.approx(float(parts[1]), rel=1e-5, abs=1e-6)


def test_parts_of_a_batch_add_up_to_its_gradient():
    """As several processes share a batch."""
    config, model, pictures, indices, eps = prepared()
    step = Step(model, config, 12, CPU)
    step(pictures, indices, eps)
    whole, total = step.flat.clone(), torch.zeros_like(step.flat)
    for part in (slice(0, 5), slice(5, 12)):
        step(pictures, indices[part], eps[part], batch=12)
        total += step.flat
    torch.testing.assert_close(total, whole, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("size", [Shape(3, 33, 21), Shape(1, 8, 8), Shape(3, 64, 64)], ids=str)
def test_convolutions_of_pictures_of_other_sizes_and_of_colours(size):
    config = Config(network="convolutional", latent_dim=3, device="cpu")
    encoder, decoder = architecture.get("convolutional").layers(size, 3, 16, 6)
    torch.manual_seed(0)
    model = build(config, architecture.Architecture(size, tuple(encoder), tuple(decoder)))
    assert fits(model, config, CPU) and not fits(model, config, torch.device("cuda"))
    pictures, eps = torch.randint(0, 256, (6, size.pixels), dtype=torch.uint8), torch.randn(6, 3)
    _, expected = by_autograd(config, model, pictures.float() / 255, eps)
    Step(model, config, 6, CPU)(pictures, torch.arange(6), eps)
    for parameter, gradient in zip(model.parameters(), expected, strict=True):
        torch.testing.assert_close(parameter.grad, gradient, rtol=1e-4, atol=2e-5 * float(gradient.abs().max()))


@pytest.mark.parametrize("model", ["vae", "autoencoder"])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_layers_of_one_width_do_not_share_what_both_need(model, depth):
    config = Config(model=model, latent_dim=8, device="cpu")
    encoder = architecture.perceptron(784, *[8] * depth, 16 if config.is_vae else 8)
    decoder = architecture.perceptron(8, *[8] * depth, 784)
    torch.manual_seed(0)
    network = build(config, architecture.Architecture(Shape(1, 28, 28), tuple(encoder), tuple(decoder)))
    pictures, eps = torch.randint(0, 256, (6, 784), dtype=torch.uint8), torch.randn(6, 8)
    _, expected = by_autograd(config, network, pictures.float() / 255, eps)
    Step(network, config, 6, CPU)(pictures, torch.arange(6), eps)
    for parameter, gradient in zip(network.parameters(), expected, strict=True):
        torch.testing.assert_close(parameter.grad, gradient, rtol=1e-4, atol=2e-5 * float(gradient.abs().max()))


@pytest.mark.parametrize("other", ["windows", "first layer", "last layer"])
def test_a_network_of_other_layers_learns_by_autograd(other):
    config = Config(network="convolutional", latent_dim=3, device="cpu")
    layers = of_config(config)
    if other == "windows":
        encoder, decoder = ([dict(e) for e in part] for part in (layers.encoder, layers.decoder))
        for each in (*encoder, *decoder):
            if "kernel" in each:
                each["kernel"] = 3
            if each["type"] == "transposed_convolution":
                each["output_padding"] = [1, 1]
    elif other == "first layer":
        encoder, decoder = [{"type": "relu"}, *layers.encoder], layers.decoder
    else:
        encoder, decoder = layers.encoder, [*layers.decoder, {"type": "relu"}]
    model = build(config, architecture.Architecture(layers.shape, tuple(encoder), tuple(decoder)))
    assert not fits(model, config, CPU)
    step, _ = step_and_optimizer(model, config, 4, CPU)
    step(torch.randint(0, 256, (4, 784), dtype=torch.uint8), torch.arange(4), torch.randn(4, 3))
    assert all(bool(p.grad.any()) for p in list(model.parameters())[-2:])


@pytest.mark.parametrize("name", list(loss_registry.TITLES))
@pytest.mark.parametrize("size", [1.0, 30.0, 1e3, 1e6])
def test_a_loss_and_its_gradient_at_any_size_of_the_logits(name, size):
    torch.manual_seed(1)
    x, logits = torch.rand(6, 784), (size * torch.randn(6, 784)).requires_grad_()
    expected = per_image(logits, x, Posterior(torch.zeros(6, 1), None), name, 1.0)
    expected.sum().backward()
    value, gradient = (
        loss_registry.get(name).formulas().value_and_gradient(logits.detach().clone(), x, *torch.empty(2, 6, 784))
    )
    torch.testing.assert_close(value, expected.detach(), rtol=2e-5, atol=1e-3)
    torch.testing.assert_close(gradient, logits.grad, rtol=1e-4, atol=1e-6)


def test_within_a_step_one_listens_again_and_again_and_may_leave():
    """The largest step takes seconds, on a busy core ten, and a stop must not wait for its end."""
    config, model, pictures, indices, eps = prepared()
    step, heard = Step(model, config, 12, CPU), []
    step.listen = lambda: heard.append(True)
    step(pictures, indices, eps)
    assert len(heard) >= 5  # once after each of the large products

    def leave() -> None:
        raise Stopped

    step.listen = leave
    with pytest.raises(Stopped):
        step(pictures, indices, eps)
