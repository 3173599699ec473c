"""A drawing becomes a picture as MNIST's are: in a box of 20, its centre of mass in the middle."""

import numpy as np
import pytest
from PIL import Image

from vae_core.datasets import registry
from vae_core.datasets.drawing import PAD, as_mnist


def stroke(top: int, left: int, height: int, width: int, ink: int = 255) -> np.ndarray:
    pad = np.zeros((PAD, PAD), np.uint8)
    pad[top : top + height, left : left + width] = ink
    return pad


def centre(image: np.ndarray) -> tuple[float, float]:
    axis = np.arange(len(image))
    return np.average(axis, weights=image.sum(1)), np.average(axis, weights=image.sum(0))


@pytest.mark.parametrize("place", [(0, 0), (3, 100), (60, 20)])
@pytest.mark.parametrize("size", [(70, 10), (10, 30), (40, 40), (3, 3)])
@pytest.mark.parametrize("ink", [255, 90])
def test_place_size_and_paleness_of_a_drawing_do_not_matter(place, size, ink):
    image = as_mnist(stroke(*place, *size, ink))
    assert image is not None
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert image.max() == 255
    rows, columns = np.flatnonzero(image.max(1)), np.flatnonzero(image.max(0))
    assert max(len(rows), len(columns)) == 20
    assert centre(image) == pytest.approx((14, 14), abs=0.51)


def test_proportions_are_kept():
    image = as_mnist(stroke(10, 10, 100, 25))
    assert (len(np.flatnonzero(image.max(1))), len(np.flatnonzero(image.max(0)))) == (20, 5)


@pytest.mark.parametrize("ink", [0, 5])
def test_an_empty_pad_is_no_picture(ink):
    assert as_mnist(np.full((PAD, PAD), ink, np.uint8)) is None


def test_a_drawing_whose_weight_lies_on_one_side_stays_inside():
    pad = stroke(0, 0, 140, 4)
    pad[136:, :140] = 255
    image = as_mnist(pad)
    assert image is not None
    assert image[:, 0].sum() + image[0].sum() >= 0
    assert len(np.flatnonzero(image.max(0))) == 20


@pytest.mark.skipif(not registry.is_here("mnist"), reason="the MNIST files are not on this machine (VAE_DATA_DIR)")
def test_mnists_own_digits_come_back_as_they_were():
    originals = registry.load_test("mnist").images[:200].reshape(-1, 28, 28)
    away = []
    for original in originals:
        large = np.asarray(Image.fromarray(original).resize((PAD, PAD), Image.Resampling.NEAREST))
        away.append(np.abs(as_mnist(large).astype(float) - original).mean())
    assert np.median(away) == 0  # most of them exactly; a shift of one pixel costs 16 levels
    assert np.mean(away) < 0.5
