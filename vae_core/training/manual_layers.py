"""Layers with their gradients by hand: what each gives forwards, and the chain rule backwards.

``dout`` is the gradient by what a layer gave, ``din`` the one by what it took. Gradients are those of the sum over the
batch; the mean is taken where they reach the weights (``share``). All that is computed goes to the same memory in
every step, so that it stays in the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import torch
from torch import Tensor

from vae_core import convolutions
from vae_core.architecture import Layer as Record
from vae_core.architecture import Sizes, sizes_through, weights_of
from vae_core.convolutions import Window

Listen = Callable[[], object]  # called between layers, since a step of the largest network takes seconds
threshold_backward = torch.ops.aten.threshold_backward.grad_input  # the gradient of relu


class Kept:
    """Memory for at most so many pictures, and the part of it that a batch needs, cut once for each size."""

    def __init__(self, whole: Tensor) -> None:
        self.whole, self._cut = whole, dict[int, Tensor]()

    def __getitem__(self, b: int) -> Tensor:
        if b not in self._cut:
            self._cut[b] = self.whole[:b]
        return self._cut[b]


class Room:
    """Memory for what a step computes. That for gradients is shared by layers that do not need it at once."""

    def __init__(self, most: int, device: torch.device) -> None:
        """``most``: pictures of the largest batch."""
        self.most, self.device = most, device
        self._lent: dict[tuple[int, int], Kept] = {}
        self._lends = 0

    def keep(self, width: int) -> Kept:
        return Kept(torch.empty(self.most, width, device=self.device))

    def lend(self, width: int) -> Kept:
        """For the ``din`` of a layer: another memory than was lent just before and is just after, for its ``dout``."""
        self._lends += 1
        which = width, self._lends % 2
        if which not in self._lent:
            self._lent[which] = self.keep(width)
        return self._lent[which]


class Layer(Protocol):
    def forwards(self, x: Tensor) -> Tensor: ...

    def backwards(self, dout: Tensor, share: float, wanted: bool) -> Tensor:
        """Fill the gradients of the weights. Returns ``din``, or anything if it is not wanted."""


class Linear:
    """out = x @ W.t() + b, so dW = dout.t() @ x, db = the sum of dout, din = dout @ W."""

    def __init__(self, weights: Sequence[Tensor], gradients: Sequence[Tensor], room: Room) -> None:
        (self.W, self.b), (self.dW, self.db) = weights, gradients
        self.out, self.din = room.keep(len(self.W)), room.lend(self.W.shape[1])

    def forwards(self, x: Tensor) -> Tensor:
        self.x = x
        return torch.addmm(self.b, x, self.W.t(), out=self.out[len(x)])

    def backwards(self, dout: Tensor, share: float, wanted: bool) -> Tensor:
        torch.addmm(self.dW, dout.t(), self.x, beta=0, alpha=share, out=self.dW)
        torch.sum(dout, 0, out=self.db).mul_(share)
        return torch.mm(dout, self.W, out=self.din[len(dout)]) if wanted else dout


class ReLU:
    """Where the layer before it gave something above 0, that; elsewhere 0. In the same memory, also backwards."""

    def forwards(self, x: Tensor) -> Tensor:
        self.out = x.relu_()
        return self.out

    def backwards(self, dout: Tensor, share: float, wanted: bool) -> Tensor:
        found: Tensor = threshold_backward(dout, self.out, 0, grad_input=dout)
        return found


class Reshape:
    """Rows (b, numbers) to pictures (b, channels, height, width), whose channels are last in memory; or back."""

    def __init__(self, shape: Sizes, room: Room, *, back: bool) -> None:
        channels, *size = shape
        self.shape, self.back = shape, back
        self.pictures = Kept(convolutions.pictures(room.most, channels, size))
        self.rows = room.keep(channels * size[0] * size[1])

    def forwards(self, x: Tensor) -> Tensor:
        return self._to_rows(x) if self.back else self._to_pictures(x)

    def backwards(self, dout: Tensor, share: float, wanted: bool) -> Tensor:
        if not wanted:
            return dout
        return self._to_pictures(dout) if self.back else self._to_rows(dout)

    def _to_pictures(self, rows: Tensor) -> Tensor:
        return self.pictures[len(rows)].copy_(rows.view(len(rows), *self.shape))

    def _to_rows(self, pictures: Tensor) -> Tensor:
        found = self.rows[len(pictures)]
        found.view(pictures.shape).copy_(pictures)
        return found


class Convolution:
    """Larger pictures to smaller ones; transposed, smaller to larger, which is also the way back of the first."""

    def __init__(
        self, weights: Sequence[Tensor], gradients: Sequence[Tensor], room: Room, window: Window, *, transposed: bool
    ) -> None:
        (self.W, self.b), (self.dW, self.db) = weights, gradients
        self.window, self.transposed, channels = window, transposed, self.W.shape[1]
        self.large = Kept(convolutions.pictures(room.most, channels, window.large))

    def forwards(self, x: Tensor) -> Tensor:
        self.x = x
        return self._grow(x, self.b) if self.transposed else self._shrink(x, self.b)

    def backwards(self, dout: Tensor, share: float, wanted: bool) -> Tensor:
        large, small = (dout, self.x) if self.transposed else (self.x, dout)
        convolutions.correlate(large, small, share, self.window, self.dW)
        _sum_channels(dout, share, self.db)
        if not wanted:
            return dout
        return self._shrink(dout, None) if self.transposed else self._grow(dout, None)

    def _shrink(self, pictures: Tensor, bias: Tensor | None) -> Tensor:
        return convolutions.shrink(pictures, self.W, bias, self.window)

    def _grow(self, pictures: Tensor, bias: Tensor | None) -> Tensor:
        return convolutions.grow(pictures, self.W, bias, self.window, self.large[len(pictures)])


def _sum_channels(dout: Tensor, share: float, db: Tensor) -> None:
    """Over the batch first, and then over the places: so no thread has a part of one sum alone."""
    b, channels, height, width = dout.shape
    places = dout.permute(0, 2, 3, 1).reshape(b, -1).sum(0)
    torch.sum(places.view(height * width, channels), 0, out=db).mul_(share)


def window_of(layer: Record, sizes: Sizes, after: Sizes) -> Window:
    """Of a convolution or transposed convolution between these sizes of a picture."""
    large, small = (after, sizes) if layer["type"] == "transposed_convolution" else (sizes, after)
    return Window(layer["kernel"], layer["stride"], layer["padding"], (large[1], large[2]), (small[1], small[2]))


def known(layers: Sequence[Record], start: Sizes, *, windows: bool) -> bool:
    """Whether a part of a network consists of layers that are known here; with ``windows``, convolutions too."""
    sizes = sizes_through(layers, start)
    # What a part is given, and what it gives, is used outside of it and changed there.
    if not layers or "relu" in (layers[0]["type"], layers[-1]["type"]):
        return False
    for layer, before, after in zip(layers, sizes[:-1], sizes[1:], strict=True):
        kind = layer["type"]
        if kind in ("convolution", "transposed_convolution"):
            if not windows or not window_of(layer, before, after).fits:
                return False
        elif kind == "reshape":
            if not windows or {len(before), len(after)} != {1, 3}:
                return False
        elif kind not in ("linear", "relu"):
            return False
    return True


class Part:
    """The layers of an encoder or a decoder."""

    def __init__(self, records: Sequence[Record], start: Sizes, weights: list[Tensor], gradients: list[Tensor],
                 room: Room) -> None:  # fmt: skip
        """``weights``, ``gradients``: of the whole network; those of this part are taken out of them."""
        sizes = sizes_through(records, start)
        self.layers, self.first = list[Layer](), [bool(weights_of(record)) for record in records].index(True)
        for record, before, after in zip(records, sizes[:-1], sizes[1:], strict=True):
            kind = record["type"]
            if kind == "relu":
                self.layers.append(ReLU())
            elif kind == "reshape":
                back = len(before) == 3
                self.layers.append(Reshape(before if back else after, room, back=back))
            else:
                its = [weights.pop(0), weights.pop(0)], [gradients.pop(0), gradients.pop(0)]
                if kind == "linear":
                    self.layers.append(Linear(*its, room))
                else:
                    window, transposed = window_of(record, before, after), kind == "transposed_convolution"
                    self.layers.append(Convolution(*its, room, window, transposed=transposed))

    def forwards(self, x: Tensor, listen: Listen) -> Tensor:
        for layer in self.layers:
            x = layer.forwards(x)
            listen()
        return x

    def backwards(self, dout: Tensor, share: float, listen: Listen, *, wanted: bool) -> Tensor:
        """``wanted``: whether anybody needs the gradient by what the first layer took."""
        for place, layer in reversed([*enumerate(self.layers)]):
            dout = layer.backwards(dout, share, wanted or place > self.first)
            listen()
        return dout
