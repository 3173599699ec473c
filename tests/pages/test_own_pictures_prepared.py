"""The page for own pictures says how they are prepared, keeps what is chosen otherwise, and marks what is odd."""

from __future__ import annotations

import numpy as np
import pytest

from tests.pages.own_pictures_page import data_of, made, picture, post, stroke
from tests.pages.test_pages import _here, check, show, words  # noqa: F401 (fixture)
from ui.pictures import seen
from vae_core.datasets import own
from vae_core.pictures import freezing, preparing
from vae_core.pictures.intake import Taken
from vae_core.pictures.sets import PictureSet

pytestmark = pytest.mark.usefixtures("nothing_trains")


def test_a_small_set_says_how_it_is_prepared_held_back_and_how_long_it_takes():
    made({"a": 20, "b": 20})
    app = show("pictures")
    check(app)
    said = words(app)
    assert "5 of the 40 are held back as test pictures" in said
    assert "28 x 28 pixels, grey" in said and "a guess" in said and "35 pictures, varied to" in said
    assert app.toggle(key="own_vary").value and app.segmented_control(key="own_size").value == 28
    sent = data_of(app, "own_seen")
    assert sent["total"] == len(sent["ids"]) == 40 and sent["varied"]
    app.toggle(key="own_vary").set_value(False).run()
    check(app)
    assert not data_of(app, "own_seen")["varied"] and "varied to" not in words(app)


def test_what_is_chosen_otherwise_than_guessed_stays_as_pictures_come():
    app = post(show("pictures"), "own_studio", 1, "add", *(picture(k) for k in range(3)))
    assert app.segmented_control(key="own_size").value == 28
    app.segmented_control(key="own_size").set_value(64).run()
    post(app, "own_studio", 2, "add", picture(9))
    assert app.segmented_control(key="own_size").value == 64 and data_of(app, "own_seen")["tile"] == 64


def test_another_tab_and_a_later_visit_find_what_was_chosen():
    made({"a": 20, "b": 20})
    app = show("pictures")
    app.segmented_control(key="own_size").set_value(64).run()
    app.toggle(key="own_invert").set_value(True).run()
    app.toggle(key="own_vary").set_value(False).run()
    later = show("pictures")
    check(later)
    assert later.segmented_control(key="own_size").value == 64 and data_of(later, "own_seen")["tile"] == 64
    assert later.toggle(key="own_invert").value and not later.toggle(key="own_vary").value
    assert not any(each.key == "own_ground" for each in later.segmented_control), "nothing of it is transparent"


def test_the_ground_can_be_chosen_where_it_shows_through():
    clear = stroke(1)
    clear[:8, :, 3] = 0
    made_ = made({"a": 4})
    made_.add([Taken("a", "clear", clear, "file")])
    app = show("pictures")
    guessed = app.segmented_control(key="own_ground").value
    other = "white" if guessed == "black" else "black"
    app.segmented_control(key="own_ground").set_value(other).run()
    check(app)
    assert seen.preparation_of(made_).ground == other == made_.manifest.choices["ground"]
    assert f"transparent parts are {other}" in words(app)


def test_what_is_nearly_empty_or_there_twice_is_marked():
    made_ = made({"a": 20})
    made_.add([Taken("a", "again", stroke(3), "file"), Taken("a", "nothing", np.zeros((64, 64, 4), np.uint8), "file")])
    sent = data_of(show("pictures"), "own_seen")
    ids = made_.ids().tolist()
    assert sent["empty"] == [ids[21]] and any({ids[3], ids[20]} <= set(group) for group in sent["doubles"])


@pytest.mark.parametrize("transparent", [False, True])
def test_neither_digits_nor_transparent_parts_are_spoken_of_where_there_are_none(transparent):
    made_ = made({"Leaves": 20, "Shells": 20})
    if transparent:  # one of them, and not one that a sample need find
        odd = stroke(99)
        odd[:2, :2, 3] = 0
        made_.add([Taken("Leaves", "odd", odd, "file")])
    app = show("pictures")
    helps = " ".join(str(getattr(each, "help", "") or "") for each in [*app.toggle, *app.get("segmented_control")])
    said = f"{words(app)} {helps}"
    assert "digit" not in said.lower() and "scaled to one size and centred" in said
    assert ("transparent" in said) == transparent
    frozen = own.manifest_of(freezing.freeze(made_, seen_as(made_)).name)
    assert ("transparent" in frozen.preparation) == transparent


def seen_as(picture_set: PictureSet) -> preparing.Preparation:
    return preparing.guess(picture_set.rgba())
