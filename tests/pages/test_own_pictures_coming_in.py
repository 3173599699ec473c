"""The page for own pictures takes pictures in: drawn, uploaded, zipped; each once, and what is none is named."""

from __future__ import annotations

import io

import numpy as np
import pytest

from tests.pages.own_pictures_page import data_of, is_shown, made, picture, png, post, stroke
from tests.pages.test_pages import _here, check, show  # noqa: F401 (fixture)
from ui.pictures import letters, mine, shelf
from vae_core import paths
from vae_core.pictures import intake, sets

pytestmark = pytest.mark.usefixtures("nothing_trains")


def test_without_a_set_there_are_the_ways_in_and_nothing_to_fill_in():
    app = show("pictures")
    check(app)
    assert data_of(app, "own_studio")["set"] == ""
    assert not app.selectbox and not app.text_input and not is_shown(app, "own_train")
    assert not paths.pictures_dir().exists(), "looking makes nothing"


def test_the_first_drawing_makes_a_set():
    app = post(show("pictures"), "own_studio", 1, "add", picture())
    (made,) = sets.list_sets()
    assert (made.info.title, made.info.class_names, made.info.count) == (mine.FIRST_TITLE, ("Bars",), 1)
    assert np.abs(made.rgba([0])[0].astype(int) - stroke(0)).max() <= 2
    sent = data_of(app, "own_studio")
    assert (sent["set"], sent["classes"], sent["done"], sent["taken"]) == (made.id, ["Bars"], 1, 1)
    assert app.selectbox(key="own_chosen").value == made.id
    assert not is_shown(app, "own_train") and "20 pictures" in app.get("progress")[0].proto.text


def test_a_letter_that_comes_twice_counts_once():
    app = post(show("pictures"), "own_studio", 1, "add", picture(1), picture(2))
    post(app, "own_studio", 1, "add", picture(1), picture(2))
    assert sets.list_sets()[0].info.count == 2
    post(app, "own_studio", 2, "add", picture(3))
    post(app, "own_studio", 1, "add", picture(4), stream="another")  # another page of the same visit
    assert sets.list_sets()[0].info.count == 4


def test_what_is_no_picture_is_named_with_the_reason_and_the_rest_is_kept():
    odd = [
        picture(name="broken.png", picture=png()[:60]), picture(name="text.png", picture="AAAA"),
        picture(name="huge.png", picture="A" * 4 * letters.PICTURE_BYTES), picture(name="none.png", picture=None),
        7, None, [], picture(5),
    ]  # fmt: skip
    app = post(show("pictures"), "own_studio", 1, "add", *odd)
    assert sets.list_sets()[0].info.count == 1
    sent = data_of(app, "own_studio")
    assert (sent["taken"], sent["skipped_count"]) == (1, 7)
    assert [name for name, _ in sent["skipped"]][:4] == ["broken.png", "text.png", "huge.png", "none.png"]
    assert all(reason for _, reason in sent["skipped"])


def test_names_from_a_browser_are_one_line_and_lead_nowhere():
    post(
        show("pictures"), "own_studio", 1, "add", picture(class_name="../../etc\n\x00", name="/etc/passwd", source="x")
    )
    (made,) = sets.list_sets()
    assert made.info.class_names == ("../../etc",) and made.manifest.pictures[0].source == "file"
    outside = [path for path in paths.pictures_dir().rglob("*") if "etc" in path.name or "passwd" in path.name]
    assert not outside


def test_a_zip_is_taken_in_and_what_is_in_it_is_named():
    out = io.BytesIO()
    shelf.export.to_zip(made({"a": 3, "β": 2}, "To export"), out)
    sets.list_sets()[0].delete()
    app = show("pictures")
    key = app.file_uploader[0].key
    app.file_uploader(key=key).set_value([("set.zip", out.getvalue(), "application/zip")]).run()
    check(app)
    (again,) = sets.list_sets()
    assert (again.info.class_names, again.info.counts) == (("a", "β"), (3, 2))
    sent = data_of(app, "own_studio")
    assert (sent["taken"], sent["uploads"]) == (5, 1)
    check(app.run())
    assert again.info.count == 5, "a file is taken in once"


def test_a_set_holds_what_the_intake_holds_locally():
    assert mine.limits() == intake.Limits()
