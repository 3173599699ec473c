"""The page for own pictures changes a set, and undo says what it takes back; also with two tabs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pages.own_pictures_page import data_of, made, picture, post, trouble_of
from tests.pages.test_pages import _here, check, show  # noqa: F401 (fixture)
from tests.pages.test_titles import RENDERED, markdown_of
from ui.pictures import cards, changes, seen
from vae_core.pictures import sets

pytestmark = pytest.mark.usefixtures("nothing_trains")


def test_the_cards_change_the_set_and_undo_says_what_it_takes_back():
    made_ = made({"a": 4, "b": 3})
    app = show("pictures")
    ids = made_.ids().tolist()

    def do(kind: str, **item: Any) -> str:
        do.number += 1
        post(app, "own_cards", do.number, kind, {"set": made_.id, **item})
        return str(data_of(app, "own_cards")["undo"])

    do.number = 0
    assert do("rename", class_name="a", to="Ä 日本") == "“a” renamed to “Ä 日本”"
    assert do("move", ids=ids[:2], to="new") == "2 pictures moved to “new”"
    assert do("remove", ids=ids[2:3]) == "1 picture removed"
    assert dict(zip(made_.info.class_names, made_.info.counts, strict=True)) == {"Ä 日本": 1, "b": 3, "new": 2}
    assert do("merge", class_name="new", to="b") == "“new” merged into “b”"
    assert do("remove_class", class_name="b") == "“b” removed"
    assert made_.info.count == 1
    assert do("undo") == "“new” merged into “b”"
    for _ in range(4):
        do("undo")
    assert dict(zip(made_.info.class_names, made_.info.counts, strict=True)) == {"a": 4, "b": 3}
    assert data_of(app, "own_cards")["undo"] == "the last change", "what came before this visit"


def test_pictures_of_one_folder_are_taken_back_together():
    app = post(show("pictures"), "own_studio", 1, "add", picture(1))
    for number in (2, 3, 4):
        post(app, "own_studio", number, "add file 7", picture(10 + number), picture(20 + number))
    (made_,) = sets.list_sets()
    assert made_.info.count == 7 and data_of(app, "own_cards")["undo"] == "6 pictures added"
    post(app, "own_cards", 1, "undo", {"set": made_.id})
    assert made_.info.count == 1 and data_of(app, "own_cards")["undo"] == "1 picture added"


def test_what_cannot_be_changed_is_one_sentence():
    made_ = made({"a": 2, "b": 2})
    app = show("pictures")
    post(app, "own_cards", 1, "rename", {"set": made_.id, "class_name": "a", "to": "b"})
    assert "already" in trouble_of(app) and made_.info.class_names == ("a", "b")
    post(app, "own_cards", 2, "remove", {"set": made_.id, "ids": [99]})
    assert "no longer in this set" in trouble_of(app)
    post(app, "own_cards", 3, "remove", {"set": "0" * 12, "ids": [1]})
    assert "no longer here" in trouble_of(app) and made_.info.count == 4


def test_a_large_set_is_sent_in_parts():
    names = {f"class {k}": 60 for k in range(50)}
    made_ = made(names)
    app = show("pictures")
    check(app)
    sent, grid = data_of(app, "own_cards"), data_of(app, "own_seen")
    assert sum(len(each["ids"]) for each in sent["classes"]) <= cards.ON_ALL + len(names) * cards.ON_ONE[0]
    assert [each["count"] for each in sent["classes"]] == [60] * 50
    assert len(grid["ids"]) == seen.PER_PAGE and grid["pages"] == -(-3000 // seen.PER_PAGE)
    assert not grid["varied"] and "own_vary" not in [toggle.key for toggle in app.toggle]
    assert len(sent["sheet"]) + len(grid["sheet"]) + len(grid["pairs"]) < 2_000_000
    post(app, "own_cards", 1, "open", {"set": made_.id, "class_name": "class 7", "page": 0})
    sent = data_of(app, "own_cards")
    assert sent["open"] == 7 and len(sent["classes"][7]["ids"]) == 60
    post(app, "own_seen", 1, "page", {"set": made_.id, "page": 10**6})
    assert data_of(app, "own_seen")["page"] == grid["pages"] - 1


def test_a_heap_without_classes_is_one_card_that_can_get_a_name():
    made_ = made({"": 5})
    app = show("pictures")
    assert data_of(app, "own_cards")["heap"]
    post(app, "own_cards", 1, "rename", {"set": made_.id, "class_name": cards.HEAP, "to": "all"})
    assert made_.info.class_names == ("all",)


def test_a_hostile_title_or_class_is_only_text():
    evil = ":smile: $x$ :red[evil] a -> b **b** [evil](//evil.example)"
    made({evil[:40]: 25, "www.evil.example": 3}, title=evil)
    app = show("pictures")
    app.button(key="own_delete").click().run()
    check(app)
    for text in markdown_of(app):
        assert "evil" not in text or not RENDERED.search(text), text


# ---- undo


def test_undo_remembers_no_more_than_a_set_can_take_back():
    made_ = made({"a": 1})

    class Session(dict):
        pass

    session = Session()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(changes.st, "session_state", session)
        for k in range(30):
            before = made_.manifest.edits
            made_.rename(f"title {k}")
            changes.note(made_, before, f"change {k}")
        assert len(session["own_changes"][made_.id]) == sets.UNDO
        changes.undo(made_)
        assert made_.info.title == "title 28" and changes.next_undo(made_) == "change 28"


def test_undo_names_the_new_name_of_a_set():
    made_ = made({"a": 4}, "Old")
    app = show("pictures")
    post(app, "own_cards", 1, "remove", {"set": made_.id, "ids": made_.ids().tolist()[:1]})
    app.text_input(key=f"own_title_{made_.id}").set_value("New").run()
    assert data_of(app, "own_cards")["undo"] == "“Old” renamed to “New”"
    post(app, "own_cards", 2, "undo", {"set": made_.id})
    assert made_.info.title == "Old" and data_of(app, "own_cards")["undo"] == "1 picture removed"


# ---- two tabs


def test_undo_of_one_tab_never_takes_back_unseen_what_another_did():
    made_ = made({"a": 4, "b": 4})
    ids = made_.ids().tolist()
    here, there = show("pictures", set=made_.id), show("pictures", set=made_.id)
    post(here, "own_cards", 1, "remove", {"set": made_.id, "ids": ids[:1]})
    post(there, "own_cards", 1, "rename", {"set": made_.id, "class_name": "b", "to": "c"})
    assert data_of(here, "own_cards")["undo"] == "1 picture removed", "it has not been drawn since"
    post(here, "own_cards", 2, "undo", {"set": made_.id})
    assert made_.info.class_names == ("a", "c") and made_.info.count == 7, "nothing was taken back"
    assert changes.MOVED_ON in trouble_of(here) and data_of(here, "own_cards")["undo"] == changes.UNKNOWN
    post(here, "own_cards", 3, "undo", {"set": made_.id})
    assert made_.info.class_names == ("a", "b") and made_.info.count == 7, "the last change alone"
    assert data_of(here, "own_cards")["undo"] == "1 picture removed"
    post(here, "own_cards", 4, "undo", {"set": made_.id})
    assert made_.info.count == 8
    assert data_of(there.run(), "own_cards")["undo"] == changes.UNKNOWN, "its own change is undone already"


def test_a_job_into_which_another_tab_came_is_taken_back_in_parts():
    made_ = made({"a": 4})
    here, there = show("pictures", set=made_.id), show("pictures", set=made_.id)
    for number in (1, 2):
        post(here, "own_studio", number, "add file 7", picture(number))
    post(there, "own_cards", 1, "rename", {"set": made_.id, "class_name": "a", "to": "c"})
    post(here, "own_studio", 3, "add file 7", picture(5), picture(6))
    seen_ = []
    for number in (1, 2, 3):
        seen_.append((data_of(here, "own_cards")["undo"], made_.info.count, made_.info.class_names[0]))
        post(here, "own_cards", number, "undo", {"set": made_.id})
    assert seen_ == [("2 pictures added", 8, "c"), (changes.UNKNOWN, 6, "c"), ("2 pictures added", 6, "a")]
    assert made_.info.count == 4
