"""A step with every gradient written out: faster than a step through autograd.

``Autoencoder`` and ``losses`` say the same in the lecture's words, and pages and tests use them; here the chain rule is
applied by hand, in the opposite order (tests/core/test_manual_step.py compares them; the layers are in
``manual_layers``). Why that is faster on a CPU: fifty calls into torch in place of two hundred, each pass over the
pictures once, and the same memory in every step, so that it stays in the cache. And a graphics card can replay it as it
stands, since its addresses never change.

Gradients inside are those of the sum over the batch; the mean is taken where they reach the weights (``share``).
Shapes: b images, d latent. Whatever is computed goes to a place of its own, ``out=``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from vae_core import loss_registry
from vae_core.config import Config
from vae_core.model import Autoencoder
from vae_core.training.manual_layers import Part, Room, known


def side_by_side(like: Sequence[Tensor], align: int = 1) -> tuple[Tensor, list[Tensor]]:
    """Zeros in the shapes of some tensors, in one flat tensor, each from a multiple of ``align`` on: it, and they."""
    sizes = [-(-tensor.numel() // align) * align for tensor in like]
    flat = torch.zeros(sum(sizes), device=like[0].device)
    return flat, [part[: t.numel()].view_as(t) for part, t in zip(flat.split(sizes), like, strict=True)]


def fits(model: Autoencoder, config: Config, device: torch.device) -> bool:
    """Whether the layers of a network, and its loss, have their gradients by hand on a device.

    Those of convolutions were written for processors; on a card, cuDNN's are better.
    """
    layers, windows = model.architecture, device.type == "cpu"
    parts = (layers.encoder, (layers.shape.pixels,)), (layers.decoder, (model.latent_dim,))
    if not all(known(part, start, windows=windows) for part, start in parts):
        return False
    return loss_registry.get(config.reconstruction).formulas().value_and_gradient is not None


class Step:
    """Both terms and all gradients of one batch: a call fills ``grad`` of each of the model's weights."""

    def __init__(self, model: Autoencoder, config: Config, most: int, device: torch.device) -> None:
        """``most``: images of the largest batch."""
        self.listen: Callable[[], object] = lambda: None  # called within a step, of which the largest takes seconds
        self.config, self.d, self.pixels = config, model.latent_dim, model.shape.pixels
        formula = loss_registry.get(config.reconstruction).formulas().value_and_gradient
        assert formula is not None  # or ``fits`` said so
        self.value_and_gradient = formula
        self.weights = [p.detach() for p in model.parameters()]  # W1 b1 W2 b2 ..., of the encoder and the decoder
        self.flat, self.gradients = self.side_by_side(self.weights)  # flat: for several processes
        for parameter, gradient in zip(model.parameters(), self.gradients, strict=True):
            parameter.grad = gradient
        self.errors = torch.zeros(most, device=device)  # of the images at each place of a batch, since ``take_sums``
        self.kls = torch.zeros(most, self.d, device=device)  # twice the KL, in the same way
        self.bytes = torch.empty(most, self.pixels, dtype=torch.uint8, device=device)
        self.make_room(model, most, device)

    def side_by_side(self, weights: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Zeros in the shapes of the weights, in one flat tensor: it, and they."""
        return side_by_side(weights)

    def make_room(self, model: Autoencoder, most: int, device: torch.device) -> None:
        """For all that a step computes."""
        layers, room = model.architecture, Room(most, device)
        left = [*self.weights], [*self.gradients]
        self.encoder = Part(layers.encoder, (self.pixels,), *left, room)
        self.decoder = Part(layers.decoder, (self.d,), *left, room)
        self.x, self.copy, self.spare = (room.keep(self.pixels) for _ in range(3))
        self.std, self.noise, self.z = (room.keep(self.d) for _ in range(3))
        self.dcode = room.keep(2 * self.d)

    @property
    def changed(self) -> list[Tensor]:
        """What a step changes besides the weights."""
        return [self.errors, self.kls]

    def take_sums(self) -> Tensor:
        """Both terms summed over all images since the last call: reconstruction and KL, (2,) float64 in nats."""
        sums = torch.stack([self.errors.sum(dtype=torch.float64), self.kls.sum(dtype=torch.float64) / 2])
        self.errors.zero_()
        self.kls.zero_()
        return sums

    @torch.no_grad()
    def __call__(
        self, images: Tensor, indices: Tensor, eps: Tensor, batch: int | None = None, sums: Tensor | None = None
    ) -> None:
        """Learn from the images (n, pixels) uint8 at ``indices`` (b,), with the noise ``eps`` (b, d).

        ``batch``: the images over which the mean is taken, if these are only a part of them. ``sums``: where to put
        what ``take_sums`` gives after this.
        """
        b, d, beta = len(indices), self.d, self.config.beta
        if b == 0:  # this process has no share in the last batch of an epoch
            self.flat.zero_()
            return
        share = 1 / (batch or b)

        # Forwards: picture -> code -> picture.
        x = self.x[b].copy_(torch.index_select(images, 0, indices, out=self.bytes[:b])).mul_(1 / 255)  # (b, pixels)
        code = self.encoder.forwards(x, self.listen)  # (b, 2d): mean and logvar; (b, d) without noise
        if self.config.is_vae:
            mean, logvar = code[:, :d], code[:, d:]
            std = torch.mul(logvar, 0.5, out=self.std[b]).exp_()  # (b, d)
            noise = torch.mul(eps, std, out=self.noise[b])
            z = torch.add(mean, noise, out=self.z[b])  # the reparameterisation trick
        else:
            z = code
        logits = self.decoder.forwards(z, self.listen)  # (b, pixels)

        # The loss. ``dlogits`` is its gradient by the logits, which starts the way back.
        error, dlogits = self.value_and_gradient(logits, x, self.copy[b], self.spare[b])
        self.errors[:b].add_(error)
        self.listen()

        # Backwards, in the opposite order.
        dz = self.decoder.backwards(dlogits, share, self.listen, wanted=True)
        if self.config.is_vae:
            dcode, more = self.dcode[b], std.square_().sub_(1)  # the variance beyond 1
            self.kls[:b].add_(more).addcmul_(mean, mean).sub_(logvar)  # losses.kl_per_dimension, twice
            torch.add(dz, mean, alpha=beta, out=dcode[:, :d])  # dKL/dmean = mean
            # dz/dlogvar = noise / 2 and dKL/dlogvar = (variance - 1) / 2
            torch.mul(dz, noise, out=dcode[:, d:]).add_(more, alpha=beta).mul_(0.5)
        else:
            dcode = dz
        self.encoder.backwards(dcode, share, self.listen, wanted=False)
        if sums is not None:
            sums.copy_(self.take_sums())
