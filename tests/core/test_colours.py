"""The classes' colours can be told apart: on both grounds, by every kind of eye, and from the lecture's colours."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import colours
from vae_core.paths import ROOT

NAMED = colours.named((ROOT / "static" / "style.css").read_text(encoding="utf-8"))
# The least distance of any two of the ten in OKLab. Petroff's ten and the lifted ones had 0.093 and 0.085 in normal
# vision, and 0.052 and 0.029 in the worst of the others.
LEAST = {"light": {"normal": 0.13, "others": 0.1}, "dark": {"normal": 0.14, "others": 0.114}}
LEAST_OF_47 = {"normal": 0.055, "others": 0.038}  # as many as the largest set has; before, 0.007 and 0.002


@pytest.mark.parametrize("vision", colours.VISIONS)
@pytest.mark.parametrize("ground", colours.GROUNDS)
def test_ten_classes_can_be_told_apart_by_all_eyes(ground, vision):
    ten = colours.classes(NAMED[ground])[: colours.CHOSEN]
    least, one, two = colours.least_distance(ten, vision)
    assert least >= LEAST[ground]["normal" if vision == "normal" else "others"], (ten[one], ten[two])


@pytest.mark.parametrize("vision", colours.VISIONS)
@pytest.mark.parametrize("ground", colours.GROUNDS)
def test_many_classes_have_colours_of_their_own(ground, vision):
    many = colours.classes(NAMED[ground])
    assert len(many) == 48
    assert colours.least_distance(many[:47], vision)[0] >= LEAST_OF_47["normal" if vision == "normal" else "others"]


@pytest.mark.parametrize("ground", colours.GROUNDS)
def test_dots_stand_out_from_what_is_behind_them(ground):
    """3 to 1, as WCAG 2.2 asks of what is no text (1.4.11)."""
    names = NAMED[ground]
    for colour in colours.classes(names):
        assert min(colours.contrast(colour, names[behind]) for behind in colours.BEHIND) >= 3, colour


@pytest.mark.parametrize(("count", "least"), [(10, 0.075), (48, 0.045)])
@pytest.mark.parametrize("ground", colours.GROUNDS)
def test_no_class_looks_like_one_of_the_lectures_colours(ground, count, least):
    names = NAMED[ground]
    things = [names[thing] for thing in colours.THINGS]
    assert colours.least_distance(colours.classes(names)[:count], "normal", things)[0] >= least


def test_the_measure_is_oklab_and_machados_eyes():
    """Ottosson's own numbers for white and for CIE XYZ (1, 0, 0); greys stay grey in every eye; WCAG's 21 to 1."""
    np.testing.assert_allclose(colours.oklab(np.ones((1, 3))), [[1, 0, 0]], atol=1e-3)
    xyz = np.array([[3.2404542, -0.9692660, 0.0556434]])  # X alone, as linear sRGB
    np.testing.assert_allclose(colours.oklab(xyz), [[0.450, 1.236, -0.019]], atol=2e-3)
    for vision in colours.VISIONS:
        np.testing.assert_allclose(colours.seen(["808080"], vision)[0, 1:], 0, atol=2e-3)
    red, green = "c00000", "5a6c00"
    assert colours.least_distance([red, green], "deutan")[0] < 0.5 * colours.least_distance([red, green], "normal")[0]
    assert colours.contrast("000000", "ffffff") == pytest.approx(21)
