"""A picture that somebody drops becomes like those that a model knows."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from vae_core.datasets.drawing import as_mnist
from vae_core.datasets.spec import Shape
from vae_core.pictures import fitting, preparing
from vae_core.pictures.fitting import fitted
from vae_core.pictures.preparing import LUMA, Preparation
from vae_core.pictures.reading import read_picture

DIGIT, COLOUR = Shape(1, 28, 28), Shape(3, 64, 64)
SHAPES = [DIGIT, Shape(1, 8, 8), Shape(1, 20, 24), Shape(1, 64, 64), Shape(3, 32, 32), COLOUR, Shape(3, 24, 20)]


def strokes(side: int = 240) -> np.ndarray:
    """A seven, 1 where there is ink, small and away from the middle."""
    ink = np.zeros((side, side), np.float32)
    ink[70:82, 50:120] = 1
    for k in range(90):
        ink[75 + k : 85 + k, 110 - k // 3 : 121 - k // 3] = 1
    return ink


def opened(pixels: np.ndarray, kind: str = "PNG") -> np.ndarray:
    """Brightness (h, w), colours (h, w, 3), or with opacity, through a file."""
    out = io.BytesIO()
    Image.fromarray(np.rint(pixels).clip(0, 255).astype(np.uint8)).save(out, kind)
    return read_picture(out.getvalue())


def paper(ink: np.ndarray, colour: tuple[int, int, int] = (40, 42, 60)) -> np.ndarray:
    """Ink on paper that the light falls on from one side, with grain."""
    rows, columns = np.mgrid[0 : len(ink), 0 : len(ink)] / len(ink)
    light = 215 - 70 * columns - 25 * rows + np.random.default_rng(0).normal(0, 4, ink.shape)
    return light[..., None] * (1 - ink[..., None]) + np.array(colour) * ink[..., None]


def meadow(side: int = 200) -> np.ndarray:
    """Something coloured all over, (side, side, 3)."""
    rows, columns = np.mgrid[0:side, 0:side] / side
    return 128 + 120 * np.stack([np.sin(9 * rows), np.cos(7 * columns), np.sin(5 * rows + 6 * columns)], -1)


@pytest.mark.parametrize("colour", [(40, 42, 60), (190, 30, 40)])
def test_ink_on_a_photo_of_paper_becomes_a_digit(colour):
    found = fitted(opened(paper(strokes(), colour), "JPEG"), DIGIT, light_ground=False)
    clean = as_mnist(np.rint(255 * strokes()).astype(np.uint8))
    assert np.abs(found.picture.astype(float) - clean).mean() < 12, "paper, grain and shadow are gone"
    assert found.picture[:3].max() < 40 and found.picture.max() > 240
    assert found.words == "Made to fit the model: 28 × 28 pixels, grey, turned to light on dark and centred."


@pytest.mark.parametrize("light_ground", [False, True])
@pytest.mark.parametrize("dark_ink", [False, True])
def test_light_and_dark_are_as_the_models(light_ground, dark_ink):
    ink = 255 * strokes()
    found = fitted(opened(255 - ink if dark_ink else ink), DIGIT, light_ground=light_ground)
    assert found.picture[0, 0] == (255 if light_ground else 0)
    assert ("turned to" in found.words) == (dark_ink != light_ground)


def test_a_photo_is_taken_whole_and_as_bright_as_it_is():
    rgba = opened(meadow())
    found = fitted(rgba, DIGIT, light_ground=False)
    expected = np.asarray(
        Image.fromarray((rgba[..., :3] @ LUMA).astype(np.uint8)).resize((28, 28), Image.Resampling.BOX)
    )
    assert np.abs(found.picture.astype(int) - expected).max() <= 1
    assert found.words == "Made to fit the model: 28 × 28 pixels and grey."


def test_colours_stay_and_the_models_ground_shows_through():
    rgba = np.zeros((64, 64, 4), np.uint8)
    rgba[16:48, 16:48] = (200, 30, 40, 255)
    for light_ground, ground in ((True, 255), (False, 0)):
        found = fitted(rgba, COLOUR, light_ground=light_ground)
        assert (found.picture[0, 0] == ground).all() and (found.picture[32, 32] == (200, 30, 40)).all()
        assert found.words.endswith(f"in colour and {'white' if ground else 'black'} where it is transparent.")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("light_ground", [False, True])
def test_it_has_the_models_shape(shape, light_ground):
    for pixels in (255 * strokes(), paper(strokes()), meadow()):
        found = fitted(opened(pixels), shape, light_ground=light_ground)
        assert found.picture.dtype == np.uint8
        assert found.picture.shape == shape.pictures(np.zeros(shape.pixels)).shape
        assert f"{shape.height} × {shape.width} pixels" in found.words


@pytest.mark.parametrize(
    "how",
    [
        Preparation(28, invert=True, centre=True), Preparation(64), Preparation(32, "rgb", ground="black"),
        Preparation(28, "rgb", invert=True),
    ],
)  # fmt: skip
def test_for_a_set_of_ones_own_it_is_prepared_exactly_as_the_set_was(how):
    rgba = opened(255 - 255 * strokes())
    rgba[:9, :, 3] = 0
    found = fitted(rgba, how.shape, light_ground=False, how=how)
    assert how.shape.flat(found.picture[None]).tobytes() == preparing.prepare(rgba[None], how).tobytes()
    assert ("swapped" in found.words, "centred" in found.words) == (how.invert, how.centre)
    assert f"{how.ground} where it is transparent" in found.words and "its set" in found.words


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_nothing_on_it_is_said(grey):
    empty = opened(np.full((50, 50), grey))
    assert fitted(empty, DIGIT, light_ground=False) == (None, fitting.NOTHING)
    assert fitted(empty, DIGIT, light_ground=False, how=Preparation(centre=True)) == (None, fitting.NOTHING)
    assert fitted(empty, COLOUR, light_ground=False).picture is not None
