"""Our products of convolutions are torch's, with any window that they say they know, and of any number of threads."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch.nn import functional as F

from vae_core.convolutions import Correlate, TransposedConvolution, Window, grow, pictures, shrink

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
            Correlate(5, 3, window)(large, small, 0.5, found)
    (expected,) = torch.autograd.grad((0.5 * smaller * small).sum(), weights)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_a_batch_of_any_size_and_in_pieces(monkeypatch):
    window = WINDOWS[0]
    monkeypatch.setattr("vae_core.convolutions.PATCHES", 1)
    correlate = Correlate(40, 3, window)
    assert correlate.chunk == 8
    for images in (40, 16, 13, 1):
        small, large, weights = three(window, images)
        found = torch.empty_like(weights)
        with torch.no_grad():
            correlate(large, small, 1.0, found)
        smaller = F.conv2d(large, weights, None, window.stride, window.padding)
        (expected,) = torch.autograd.grad((smaller * small).sum(), weights)
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


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
