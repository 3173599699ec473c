"""A step of the lecture with every gradient written out: faster than a step through autograd.

``Autoencoder`` and ``losses`` say the same in the lecture's words, and pages and tests use them; here the chain rule is
applied by hand, line by line in the opposite order (tests/core/test_manual_step.py compares them). Why that is faster
on a CPU: fifty calls into torch in place of two hundred, each pass over the pictures once, and the same memory in every
step, so that it stays in the cache. And a graphics card can replay it as it stands, since its addresses never change.

Gradients inside are those of the sum over the batch; the mean is taken where they reach the weights (``share``).
Shapes: b images, d latent, h hidden. Whatever is computed goes to a place of its own, ``out=``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from vae_core import loss_registry
from vae_core.config import Config
from vae_core.model import Autoencoder

threshold_backward = torch.ops.aten.threshold_backward.grad_input  # the gradient of relu


def side_by_side(like: Sequence[Tensor], align: int = 1) -> tuple[Tensor, list[Tensor]]:
    """Zeros in the shapes of some tensors, in one flat tensor, each from a multiple of ``align`` on: it, and they."""
    sizes = [-(-tensor.numel() // align) * align for tensor in like]
    flat = torch.zeros(sum(sizes), device=like[0].device)
    return flat, [part[: t.numel()].view_as(t) for part, t in zip(flat.split(sizes), like, strict=True)]


def fits(model: Autoencoder, config: Config) -> bool:
    """Whether a network is of the lecture's form, and its loss has a gradient by hand."""
    form = ["linear", "relu", "linear"]
    layers = model.architecture
    of_the_lecture = all([layer["type"] for layer in part] == form for part in (layers.encoder, layers.decoder))
    return of_the_lecture and loss_registry.get(config.reconstruction).formulas().value_and_gradient is not None


class Step:
    """Both terms and all gradients of one batch: a call fills ``grad`` of each of the model's weights."""

    def __init__(self, model: Autoencoder, config: Config, most: int, device: torch.device) -> None:
        """``most``: images of the largest batch."""
        self.listen: Callable[[], object] = lambda: None  # called within a step, of which the largest takes seconds
        self.config, self.d, self.pixels = config, model.latent_dim, model.shape.pixels
        formula = loss_registry.get(config.reconstruction).formulas().value_and_gradient
        assert formula is not None  # or ``fits`` said so
        self.value_and_gradient = formula
        self.weights = [p.detach() for p in model.parameters()]  # W1 b1 W2 b2 W3 b3 W4 b4, as in the formulas below
        self.flat, self.gradients = self.side_by_side(self.weights)  # flat: for several processes
        for parameter, gradient in zip(model.parameters(), self.gradients, strict=True):
            parameter.grad = gradient
        widths = self.widths(self.weights[1].numel(), self.weights[3].numel())
        self.room = {name: torch.empty(most, width, device=device) for name, width in widths.items()}
        self.bytes = torch.empty(most, self.pixels, dtype=torch.uint8, device=device)
        self.errors = torch.zeros(most, device=device)  # of the images at each place of a batch, since ``take_sums``
        self.kls = torch.zeros(most, self.d, device=device)  # twice the KL, in the same way
        self._places: dict[int, dict[str, Tensor]] = {}

    def side_by_side(self, weights: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Zeros in the shapes of the weights, in one flat tensor: it, and they."""
        return side_by_side(weights)

    def widths(self, h: int, code: int) -> dict[str, int]:
        """How many numbers of an image each thing holds that a step computes."""
        return {
            "x": self.pixels, "logits": self.pixels, "copy": self.pixels, "spare": self.pixels,
            "h1": h, "h2": h, "dh": h,
            "code": code, "dcode": code, "z": self.d, "std": self.d, "noise": self.d, "dz": self.d,
        }  # fmt: skip

    @property
    def changed(self) -> list[Tensor]:
        """What a step changes besides the weights."""
        return [self.errors, self.kls]

    def numbers(self) -> set[int]:
        """How many numbers of an image each thing holds that a step computes."""
        return {place.shape[1] for place in self.room.values()}

    def take_sums(self) -> Tensor:
        """Both terms summed over all images since the last call: reconstruction and KL, (2,) float64 in nats."""
        sums = torch.stack([self.errors.sum(dtype=torch.float64), self.kls.sum(dtype=torch.float64) / 2])
        self.errors.zero_()
        self.kls.zero_()
        return sums

    def places(self, b: int) -> dict[str, Tensor]:
        """The room that ``b`` images need, made once for each ``b``: every view costs as much as a small product."""
        if b not in self._places:
            at = {name: place[:b] for name, place in self.room.items()}
            at |= {"bytes": self.bytes[:b], "errors": self.errors[:b], "kls": self.kls[:b]}
            at |= {"mean": at["code"][:, : self.d], "logvar": at["code"][:, self.d :]}
            at |= {"dmean": at["dcode"][:, : self.d], "dlogvar": at["dcode"][:, self.d :]}
            self._places[b] = at
        return self._places[b]

    @torch.no_grad()
    def __call__(
        self, images: Tensor, indices: Tensor, eps: Tensor, batch: int | None = None, sums: Tensor | None = None
    ) -> None:
        """Learn from the images (n, pixels) uint8 at ``indices`` (b,), with the noise ``eps`` (b, d).

        ``batch``: the images over which the mean is taken, if these are only a part of them. ``sums``: where to put
        what ``take_sums`` gives after this.
        """
        b, beta, listen = len(indices), self.config.beta, self.listen
        if b == 0:  # this process has no share in the last batch of an epoch
            self.flat.zero_()
            return
        share = 1 / (batch or b)
        at = self.places(b)
        W1, b1, W2, b2, W3, b3, W4, b4 = self.weights
        dW1, db1, dW2, db2, dW3, db3, dW4, db4 = self.gradients

        # Forwards: picture -> code -> picture.
        x = at["x"].copy_(torch.index_select(images, 0, indices, out=at["bytes"])).mul_(1 / 255)  # (b, pixels)
        h1 = torch.addmm(b1, x, W1.t(), out=at["h1"]).relu_()  # (b, h)
        listen()
        code = torch.addmm(b2, h1, W2.t(), out=at["code"])  # (b, 2d): mean and logvar; (b, d) without noise
        mean, logvar = at["mean"], at["logvar"]
        if self.config.is_vae:
            std = torch.mul(logvar, 0.5, out=at["std"]).exp_()  # (b, d)
            noise = torch.mul(eps, std, out=at["noise"])
            z = torch.add(mean, noise, out=at["z"])  # the reparameterisation trick
        else:
            z = code
        h2 = torch.addmm(b3, z, W3.t(), out=at["h2"]).relu_()  # (b, h)
        logits = torch.addmm(b4, h2, W4.t(), out=at["logits"])  # (b, pixels)
        listen()

        # The loss. ``dlogits`` is its gradient by the logits, which starts the way back.
        error, dlogits = self.value_and_gradient(logits, x, at["copy"], at["spare"])
        at["errors"].add_(error)
        listen()

        # Backwards: through ``out = in @ W.t() + b``, dW = dout.t() @ in, db = the sum of dout, din = dout @ W.
        torch.addmm(dW4, dlogits.t(), h2, beta=0, alpha=share, out=dW4)
        torch.sum(dlogits, 0, out=db4).mul_(share)
        listen()
        dh2 = torch.mm(dlogits, W4, out=at["dh"])
        threshold_backward(dh2, h2, 0, grad_input=dh2)
        torch.addmm(dW3, dh2.t(), z, beta=0, alpha=share, out=dW3)
        torch.sum(dh2, 0, out=db3).mul_(share)
        listen()
        dz = torch.mm(dh2, W3, out=at["dz"])
        if self.config.is_vae:
            dcode, more = at["dcode"], std.square_().sub_(1)  # the variance beyond 1
            at["kls"].add_(more).addcmul_(mean, mean).sub_(logvar)  # losses.kl_per_dimension, twice
            torch.add(dz, mean, alpha=beta, out=at["dmean"])  # dKL/dmean = mean
            # dz/dlogvar = noise / 2 and dKL/dlogvar = (variance - 1) / 2
            torch.mul(dz, noise, out=at["dlogvar"]).add_(more, alpha=beta).mul_(0.5)
        else:
            dcode = dz
        torch.addmm(dW2, dcode.t(), h1, beta=0, alpha=share, out=dW2)
        torch.sum(dcode, 0, out=db2).mul_(share)
        dh1 = torch.mm(dcode, W2, out=at["dh"])
        threshold_backward(dh1, h1, 0, grad_input=dh1)
        listen()
        torch.addmm(dW1, dh1.t(), x, beta=0, alpha=share, out=dW1)
        torch.sum(dh1, 0, out=db1).mul_(share)
        if sums is not None:
            sums.copy_(self.take_sums())
