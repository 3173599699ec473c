"""Convolutions on a processor, where torch's own are slow or depend on the number of threads.

The three products of a convolution that makes pictures smaller and of a transposed one that makes them larger are the
same three: ``shrink``, ``grow``, and ``correlate`` for the gradient of the weights. Pictures are (b, channels, height,
width) with their channels last in memory. Only windows twice as wide as their stride, as all networks here have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PIECES = 2  # into which a batch is cut for the gradient of the weights, with any number of threads


class Window(NamedTuple):
    """Of both convolutions between larger pictures and smaller ones; the weights (small, large, kernel, kernel)."""

    kernel: int
    stride: int
    padding: int
    large: tuple[int, int]  # height and width of the larger pictures
    small: tuple[int, int]

    @classmethod
    def grows(cls, small: tuple[int, int], kernel: int, stride: int, padding: int, more: tuple[int, int]) -> Window:
        """Of a transposed convolution of pictures of this size. ``more``: its ``output_padding``."""
        height, width = ((s - 1) * stride - 2 * padding + kernel + m for s, m in zip(small, more, strict=True))
        return cls(kernel, stride, padding, (height, width), small)

    @property
    def fits(self) -> bool:
        """Whether the functions here know such a window."""
        reach = (self.small[0] + 1) * self.stride - self.padding, (self.small[1] + 1) * self.stride - self.padding
        within = self.large[0] <= reach[0] and self.large[1] <= reach[1]
        return self.kernel == 2 * self.stride and 0 < self.padding <= self.stride and within


def pictures(most: int, channels: int, size: Sequence[int]) -> Tensor:
    """Memory for pictures (most, channels, *size), their channels last."""
    return torch.empty(most, channels, *size, memory_format=torch.channels_last)


def shrink(large: Tensor, weights: Tensor, bias: Tensor | None, window: Window) -> Tensor:
    """The convolution: (b, channels, *window.large) to (b, channels, *window.small)."""
    weights = weights.contiguous(memory_format=torch.channels_last)
    return F.conv2d(large, weights, bias, window.stride, window.padding)


def grow(small: Tensor, weights: Tensor, bias: Tensor | None, window: Window, out: Tensor) -> Tensor:
    """The transposed convolution: (b, channels, *window.small) to (b, channels, *window.large), which is ``out``.

    A window of twice the stride lays two rows and two columns of smaller pictures over every cell of stride x stride
    pixels. So it is a convolution of 2 x 2 that gives all pixels of a cell at once, as channels (sub-pixel
    convolution: Shi et al. 2016), and those are then put in their places. torch's own takes two to four times as long.
    """
    s, channels = window.stride, weights.shape[1]  # cells: (b, h + 1, w + 1, s * s * channels)
    cells = F.conv2d(small, _of_cells(weights, s), None, 1, 1).permute(0, 2, 3, 1)
    into, nothing = out.permute(0, 2, 3, 1), cells.new_zeros(channels)
    for number in range(s * s):
        (row, y, h), (column, x, w) = (
            _first(place, window.padding, s, size) for place, size in zip(divmod(number, s), window.large, strict=True)
        )
        pixels = cells[:, y : y + h, x : x + w, number * channels : (number + 1) * channels]
        torch.add(pixels, nothing if bias is None else bias, out=into[:, row::s, column::s])
    return out


class TransposedConvolution(nn.ConvTranspose2d):
    """torch's, but quicker on a processor where no gradient is asked for."""

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        if torch.is_grad_enabled() or x.device.type != "cpu" or x.dim() != 4 or output_size is not None:
            return super().forward(x, output_size)
        window = Window.grows((x.shape[2], x.shape[3]), self.kernel_size[0], self.stride[0], int(self.padding[0]),
                              (self.output_padding[0], self.output_padding[1]))  # fmt: skip
        if not window.fits:
            return super().forward(x)
        return grow(x, self.weight, self.bias, window, pictures(len(x), self.out_channels, window.large))


def _of_cells(weights: Tensor, s: int) -> Tensor:
    """The weights (small, large, 2s, 2s) as those of a convolution of 2 x 2, (s * s * large, small, 2, 2)."""
    inputs, outputs = weights.shape[:2]
    apart = weights.view(inputs, outputs, 2, s, 2, s).flip(2, 4)  # cell, pixel in it, of rows and of columns
    found = apart.permute(3, 5, 1, 0, 2, 4).reshape(s * s * outputs, inputs, 2, 2)
    return found.contiguous(memory_format=torch.channels_last)


def _first(place: int, padding: int, s: int, size: int) -> tuple[int, int, int]:
    """Of the pixels at a place within their cells: the first row, the cell that has it, and how many there are."""
    cell = -(-max(padding - place, 0) // s)
    row = s * cell - padding + place
    return row, cell, -(-(size - row) // s)


def correlate(large: Tensor, small: Tensor, share: float, window: Window, out: Tensor) -> None:
    """Fill ``out`` (small, large, kernel, kernel) with the gradient of the weights, times ``share``.

    What smaller pictures and the patches of larger ones have in common. torch has each thread add up a part of it, so
    that bits depend on their number. Here a batch is always cut into the same pieces, a thread does all of a piece, and
    the pieces are added in their order. No way of ours by products of matrices was as fast.
    """
    pieces = large.chunk(PIECES), small.chunk(PIECES)
    with _one_thread() as many:
        first, *others = (_team().map if many > 1 else map)(partial(_of_piece, window=window, weights=out), *pieces)
    for other in others:
        first.add_(other)
    torch.mul(first, share, out=out)


def _of_piece(large: Tensor, small: Tensor, window: Window, weights: Tensor) -> Tensor:
    torch.set_num_threads(1)  # each thread of a team has a number of its own
    _, found, _ = torch.ops.aten.convolution_backward(
        small, large, weights, None, [window.stride] * 2, [window.padding] * 2, [1, 1], False, [0, 0], 1,
        [False, True, False],
    )  # fmt: skip
    return found


@cache
def _team() -> ThreadPoolExecutor:
    """torch lets go of Python's lock while it computes, so that these do work side by side."""
    return ThreadPoolExecutor(PIECES)


@contextmanager
def _one_thread() -> Iterator[int]:
    """torch has one thread inside; to tell it so costs next to nothing beside a convolution. How many it had."""
    many = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield many
    finally:
        torch.set_num_threads(many)
