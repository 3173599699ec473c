"""Our products of convolutions are torch's, with any window that they say they know, and of any number of threads."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch.nn import functional as F

from vae_core.convolutions import TransposedConvolution, Window, correlate, grow, pictures, shrink

WINDOWS = [
    *(Window.grows((h, w), 4, 2, 1, more) for (h, w), more in product([(7, 7), (1, 5)], [(0, 0), (1, 0), (1, 1)])),
    Window.grows((3, 4), 4, 2, 2, (0, 0)), Window.grows((3, 2), 6, 3, 1, (1, 0)), Window.grows((4, 4), 6, 3, 2, (2, 1)),
    Window.grows((2, 3), 2, 1, 1, (0, 0)),
]  # fmt: skip


def three(window: Window, images: int = 5):
    """Smaller pictures, larger ones, and weights between them."""
    torch.manual_seed(0)
    small, large = torch.randn(images, 6, *window.small), torch.randn(images, 3, *window.large)
    return small, large, torch.randn(6, 3, window.kernel, window.kernel, requires_grad=True)


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_they_are_torchs(window):
    assert window.fits
    small, large, weights = three(window)
    larger = F.conv_transpose2d(
        small, weights, torch.arange(3.0), window.stride, window.padding,
        [w - Window.grows(window.small, *window[:3], (0, 0)).large[k] for k, w in enumerate(window.large)],
    )  # fmt: skip
    smaller = F.conv2d(large, weights, torch.arange(6.0), window.stride, window.padding)
    assert larger.shape == large.shape and smaller.shape == small.shape
    into = pictures(5, 3, window.large).fill_(torch.nan)
    with torch.no_grad():
        torch.testing.assert_close(grow(small, weights, torch.arange(3.0), window, into), larger)
        torch.testing.assert_close(shrink(large, weights, torch.arange(6.0), window), smaller)
        found = torch.full_like(weights, torch.nan)
        for _ in range(2):  # nothing of one call may be left over in the next
            correlate(large, small, 0.5, window, found)
    (expected,) = torch.autograd.grad((0.5 * smaller * small).sum(), weights)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_the_gradient_of_the_weights_has_the_same_bits_with_any_number_of_threads():
    window, many, found = Window.grows((14, 14), 4, 2, 1, (0, 0)), torch.get_num_threads(), []
    small, large, weights = three(window, 64)
    try:
        for count in (1, 2, 3):
            torch.set_num_threads(count)
            found.append(torch.empty_like(weights))
            with torch.no_grad():
                correlate(large, small, 1.0, window, found[-1])
            assert torch.get_num_threads() == count
    finally:
        torch.set_num_threads(many)
    assert torch.equal(found[0], found[1]) and torch.equal(found[0], found[2])


@pytest.mark.parametrize(
    "window",
    [
        Window.grows((5, 5), *others)
        for others in ((3, 2, 1, (1, 1)), (4, 2, 0, (0, 0)), (4, 2, 0, (1, 1)), (5, 2, 2, (0, 0)))
    ],
    ids=str,
)
def test_what_they_do_not_know_is_left_to_torch(window):
    assert not window.fits
    layer = TransposedConvolution(6, 3, window.kernel, window.stride, window.padding)
    small, *_ = three(window)
    with torch.no_grad():
        again = layer(small)
    torch.testing.assert_close(again, layer(small).detach(), rtol=0, atol=0)


def test_the_layer_without_gradients_is_the_layer_with_them():
    layer = TransposedConvolution(6, 3, 4, 2, 1, (1, 0))
    small = torch.randn(4, 6, 5, 8)
    with torch.no_grad():
        again = layer(small)
    torch.testing.assert_close(again, layer(small).detach())
    assert again.shape == (4, 3, 11, 16)
