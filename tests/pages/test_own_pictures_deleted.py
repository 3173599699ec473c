"""Several sets of own pictures: chosen, named and deleted, here or in another tab, and nothing is left half alive."""

from __future__ import annotations

import pytest

from tests.pages.own_pictures_page import click, data_of, is_shown, is_whole, made, picture, send, trouble_of
from tests.pages.test_pages import _here, check, show, words  # noqa: F401 (fixture)
from tests.pages.test_titles import RENDERED
from ui.pictures import mine, shelf
from ui.shell.errors import plain
from vae_core import paths
from vae_core.datasets import own
from vae_core.jobs import launcher
from vae_core.pictures import deleting, sets
from vae_core.runs.index import own_runs

pytestmark = pytest.mark.usefixtures("nothing_trains")


def test_sets_are_chosen_named_added_and_deleted():
    first, second = made({"a": 3}, "One"), made({"b": 2}, "Two")
    app = show("pictures", set=first.id)
    assert app.selectbox(key="own_chosen").value == first.id
    app.selectbox(key="own_chosen").set_value(second.id).run()
    check(app)
    assert data_of(app, "own_studio")["classes"] == ["b"] and second.id in app.query_params["set"]
    app.text_input(key=f"own_title_{second.id}").set_value("  Zwei\n").run()
    assert second.info.title == "Zwei"
    app.selectbox(key="own_chosen").set_value(shelf.NEW).run()
    check(app)
    assert len(sets.list_sets()) == 3 and data_of(app, "own_studio")["count"] == 0


def test_deleting_says_what_goes_with_it_and_is_final():
    made_ = made({"a": 20, "b": 20})
    app = show("pictures")
    app.button(key="own_train").click().run()
    (run,) = own_runs()
    launcher.files.write_json(run.path / "status.json", {"state": "stopped", "epochs": 20})
    app = show("pictures")
    app.button(key="own_delete").click().run()
    check(app)
    assert "40 pictures" in words(app) and "1 training" in words(app) and "final" in words(app)
    app.button(key="own_delete_all").click().run()
    check(app)
    assert not sets.list_sets() and not own.versions() and not own_runs()
    assert not list(paths.runs_dir().glob(".trash/*")) and made_.id


# ---- the dialog that deletes


def test_after_a_set_is_deleted_the_dialog_closes_and_the_page_shows_what_is_left():
    left, gone = made({"a": 3}, "Left"), made({"b": 2}, "Gone")
    app = show("pictures", set=gone.id)
    app.button(key="own_delete").click().run()
    click(app, "own_delete_all")
    assert [each.id for each in sets.list_sets()] == [left.id]
    assert is_whole(app) and not is_shown(app, "own_delete_all") and not trouble_of(app)
    assert app.selectbox(key="own_chosen").value == left.id and data_of(app, "own_cards")["set"] == left.id
    assert "Gone" not in words(app)


def test_a_dialog_whose_set_was_deleted_elsewhere_closes():
    gone = made({"b": 2})
    app = show("pictures")
    app.button(key="own_delete").click().run()
    deleting.delete_set(gone)
    click(app, "own_delete_all")
    assert is_whole(app) and not is_shown(app, "own_delete_all") and data_of(app, "own_studio")["set"] == ""


def test_a_set_on_which_a_run_trains_is_kept_and_the_run_is_named_with_the_way_to_it():
    made({"c": 2}, "Another")
    made_ = made({"a": 20, "b": 20}, "[evil](//evil.example)")
    made({"d": 2}, "Newer")
    app = show("pictures", set=made_.id)
    app.button(key="own_train").click().run()
    (run,) = own_runs()
    app = show("pictures", set=made_.id)
    app.button(key="own_delete").click().run()
    for again in (False, True):
        if again:
            click(app, "own_delete_all")
        check(app)
        assert is_shown(app, "own_delete_all") and made_.info.count == 40
        said = " ".join(each.value for each in [*app.warning, *app.error])
        assert run.id not in said and plain(run.title) in said, again
        (link,) = [each.proto for each in app.get("page_link") if plain(run.title) in each.proto.label]
        assert link.query_string == f"run={run.id}" and not RENDERED.search(link.label)
    assert show("pictures").selectbox(key="own_chosen").value is not None
    click(app, "own_keep")
    assert app.selectbox(key="own_chosen").value == made_.id, "a set that was not deleted stays chosen"
    launcher.files.write_json(run.path / "status.json", {"state": "stopped", "epochs": 20})
    app.button(key="own_delete").click().run()
    click(app, "own_delete_all")
    assert sets.find(made_.id) is None and not is_shown(app, "own_delete_all")


# ---- deleted or changed in another tab


@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.parametrize("component", ["own_cards", "own_seen", "own_studio"])
def test_a_set_that_was_deleted_elsewhere_leaves_nothing_half_alive(component, left):
    for _ in range(left):
        made({"z": 3}, "Another")
    gone = made({"a": 20, "b": 2}, "Gone")
    app = show("pictures", set=gone.id)
    deleting.delete_set(gone)
    kind = {"own_cards": "remove", "own_seen": "page", "own_studio": "class"}[component]
    send(app, component, 1, kind, {"set": gone.id, "ids": [1], "page": 0, "class_name": "a"})
    assert is_whole(app) and "Gone" not in words(app)
    said = [data_of(app, "own_studio")["trouble"], *(error.value for error in app.error)]
    assert "".join(said) == mine.GONE, "one sentence, once"
    now = data_of(app, "own_studio")["set"]
    assert now == (sets.list_sets()[0].id if left else "")
    assert not left or data_of(app, "own_cards")["set"] == app.selectbox(key="own_chosen").value == now
    assert not trouble_of(app.run())


def test_pictures_for_a_set_that_was_deleted_elsewhere_go_into_no_other():
    other, gone = made({"z": 3}, "Another"), made({"a": 2}, "Gone")
    app = show("pictures", set=gone.id)
    deleting.delete_set(gone)
    send(app, "own_studio", 1, "add", picture())
    assert other.info.count == 3 and len(sets.list_sets()) == 2 and is_whole(app)
    assert data_of(app, "own_studio")["count"] == 1 and mine.GONE in trouble_of(app)


def test_a_tab_stays_with_its_set_while_another_is_changed_elsewhere():
    one, two = made({"a": 3}, "One"), made({"b": 3}, "Two")
    app = show("pictures")
    assert data_of(app, "own_studio")["set"] == two.id, "what was changed last comes first"
    one.rename_class("a", "c")
    send(app, "own_studio", 1, "add", picture())
    assert (one.info.count, two.info.count) == (3, 4)


def test_delete_never_asks_about_another_set_than_the_one_beside_the_button():
    made({"z": 3}, "Another")
    gone = made({"a": 2}, "Gone")
    app = show("pictures", set=gone.id)
    deleting.delete_set(gone)
    app.button(key="own_delete").click().run()
    check(app)
    assert not is_shown(app, "own_delete_all") and trouble_of(app).strip() == mine.GONE
