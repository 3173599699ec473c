"""The page for own pictures: no set, a small one, a large one, a shared server, and what is refused."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test, local_script_runner

from tests.pages.test_forged import registered
from tests.pages.test_pages import _here, check, show, words  # noqa: F401 (fixture)
from tests.pages.test_titles import RENDERED, markdown_of, nodes
from ui.pictures import cards, changes, letters, mine, seen, shelf
from ui.shell import visitor
from ui.shell.errors import plain
from vae_core import paths
from vae_core.datasets import own
from vae_core.jobs import launcher, queue_dispatcher
from vae_core.pictures import deleting, freezing, intake, preparing, sets
from vae_core.pictures.intake import Taken
from vae_core.pictures.sets import PictureSet
from vae_core.runs.index import own_runs
from vae_core.runs.run import RunError

ME, OTHER = "a" * 64, "b" * 64


@pytest.fixture(autouse=True)
def nothing_trains(monkeypatch):
    monkeypatch.setattr(launcher, "spawn", lambda run: None)


@pytest.fixture
def shared(monkeypatch):
    """A shared server on which this visitor is known and nobody runs the queue."""
    monkeypatch.setenv("VAE_HOSTED", "1")
    monkeypatch.setattr(queue_dispatcher, "keep_going", lambda *_: None)
    monkeypatch.setattr(visitor, "me", lambda: ME)


def stroke(number: int) -> np.ndarray:
    """(64, 64, 4): a bright bar on black, another for each number."""
    rgba = np.zeros((64, 64, 4), np.uint8)
    rgba[..., 3] = 255
    chance = np.random.default_rng(number)
    top, left = chance.integers(4, 30, 2)
    rgba[top : top + chance.integers(8, 28), left : left + chance.integers(4, 28), :3] = 255
    return rgba


def made(counts: dict[str, int], title: str = "Strokes", owner: str = "") -> PictureSet:
    made = sets.create(title, owner)
    names = [name for name, count in counts.items() for _ in range(count)]
    made.add(Taken(name, f"{k}.png", stroke(k), "drawn") for k, name in enumerate(names))
    return made


def png(number: int = 0) -> str:
    out = io.BytesIO()
    Image.fromarray(stroke(number)).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def picture(number: int = 0, **changes: Any) -> dict[str, Any]:
    return {"class_name": "Bars", "source": "drawn", "name": "a drawing", "picture": png(number), **changes}


def post(app: AppTest, component: str, number: int, kind: str, *items: Any, stream: str = "") -> AppTest:
    """As the component sends a letter."""
    (wid,) = [
        wid for wid, each in registered(app).items() if component in wid and each.value_type == "json_trigger_value"
    ]
    letter = {"stream": stream or component, "number": number, "kind": kind, "items": list(items)}
    sent = json.dumps([{"event": "letter", "value": letter}])
    app._run(WidgetStates(widgets=[WidgetState(id=wid, json_trigger_value=sent)]))
    check(app)
    return app


def data_of(app: AppTest, component: str) -> dict[str, Any]:
    """What a component was sent last."""
    for node in nodes(app._tree):
        if getattr(getattr(node, "proto", None), "component_name", "") == f"latent_lab_{component}":
            return dict(json.loads(node.proto.json))
    raise AssertionError(f"no {component} on the page")


def is_shown(app: AppTest, key: str) -> bool:
    return any(button.key == key for button in app.button)


def trouble_of(app: AppTest) -> str:
    """What went wrong, wherever it is said: AppTest runs all parts of a page, of which the first says it."""
    return " ".join([data_of(app, "own_studio")["trouble"], *(error.value for error in app.error)])


# ---- no set


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


# ---- a set


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


# ---- several sets


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


# ---- training


def test_train_freezes_the_set_and_starts_with_settings_that_suit_it():
    made_ = made({"a": 20, "b": 20})
    app = show("pictures")
    app.button(key="own_train").click().run()
    check(app)
    (run,) = own_runs()
    (name,) = own.versions()
    wanted = freezing.suggested(made_, preparing.guess(made_.rgba()))
    assert run.config.dataset == name and {key: getattr(run.config, key) for key in wanted} == wanted
    assert app.session_state["current_run"] == run.id, "the page shows it"
    assert not show("pictures").error, "and the set can be changed and trained on again"


def test_nineteen_pictures_are_too_few():
    made({"a": 10, "b": 9})
    app = show("pictures")
    assert not is_shown(app, "own_train") and "1 more is" in app.get("progress")[0].proto.text


def test_all_settings_leads_to_the_form_with_the_set_chosen():
    made({"a": 20, "b": 20})
    app = show("pictures")
    app.button(key="own_all_settings").click().run()
    check(app)
    (name,) = own.versions()
    assert app.selectbox(key="dataset").value == name and app.session_state["network"] == "deep"
    assert "Strokes" in words(app) and "It takes" in words(app)
    app.button(key="start_training").click().run()
    check(app)
    assert [run.config.dataset for run in own_runs()] == [name]


def test_another_dataset_can_be_chosen_after_a_link_to_the_form():
    name = freezing.freeze(made({"a": 20, "b": 20}), preparing.Preparation()).name
    app = show("train", dataset=name)
    assert app.selectbox(key="dataset").value == name
    app.selectbox(key="dataset").set_value("mnist-5k").run()
    assert app.selectbox(key="dataset").value == "mnist-5k"
    assert show("train", dataset="own-" + "0" * 16).selectbox(key="dataset").value == "mnist-5k"


# ---- a shared server


def test_a_shared_server_says_its_limits_beforehand(shared):
    app = show("pictures")
    check(app)
    assert "3 sets" in words(app) and "3,000 pictures" in words(app) and "Only you see your pictures" in words(app)


def test_others_sets_are_neither_seen_nor_changed(shared):
    theirs = made({"a": 25}, "Secret", OTHER)
    app = show("pictures", set=theirs.id)
    check(app)
    assert data_of(app, "own_studio")["set"] == "" and "Secret" not in words(app)
    with pytest.raises(sets.SetError):
        cards.act(theirs.id, "remove_class", {"class_name": "a"})
    post(app, "own_studio", 1, "add", picture())
    assert theirs.info.count == 25 and len(sets.list_sets(ME)) == 1
    post(app, "own_cards", 1, "remove", {"set": theirs.id, "ids": theirs.ids().tolist()})
    assert theirs.info.count == 25
    assert sets.list_sets(ME)[0].id not in (None, theirs.id)


def test_others_pictures_are_not_trained_on(shared):
    name = freezing.freeze(made({"a": 20, "b": 20}, "Secret", OTHER), preparing.Preparation()).name
    app = show("train", dataset=name)
    check(app)
    assert app.selectbox(key="dataset").value != name and "Secret" not in words(app)
    assert not visitor.may_use(name) and name not in visitor.own_datasets()
    from vae_core.config import Config

    with pytest.raises(RunError, match="someone else"):
        visitor.start(Config(dataset=name), one_epoch=False)


def test_a_visitor_has_so_many_sets_and_a_set_so_many_pictures(shared, monkeypatch):
    monkeypatch.setenv("VAE_HOSTED_SETS", "1")
    monkeypatch.setenv("VAE_HOSTED_PICTURES", "4")
    made({"a": 3}, owner=ME)
    app = show("pictures")
    app.selectbox(key="own_chosen").set_value(shelf.NEW).run()
    check(app)
    assert len(sets.list_sets()) == 1 and "1 set" in data_of(app, "own_studio")["trouble"]
    post(app, "own_studio", 1, "add", *(picture(k) for k in range(3)))
    sent = data_of(app, "own_studio")
    assert sets.list_sets()[0].info.count == 4 and sent["taken"] == 1 and "at most" in sent["skipped"][0][1]


def test_what_comes_before_the_browser_has_said_its_name_waits(shared, monkeypatch):
    monkeypatch.setattr(visitor, "me", lambda: "")
    app = post(show("pictures"), "own_studio", 1, "add", picture())
    assert not sets.list_sets() and data_of(app, "own_studio")["done"] == 0, "it will be sent again"


# ---- in small


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


def test_a_set_holds_what_the_intake_holds_locally():
    assert mine.limits() == intake.Limits()


# ---- a part of the page, drawn again by itself as a browser asks for it


def click(app: AppTest, key: str) -> AppTest:
    """Click a button as a browser does: only the part of the page that it is in runs again."""
    return in_its_part(app, WidgetState(id=app.button(key=key).proto.id, trigger_value=True))


def in_its_part(app: AppTest, sent: WidgetState) -> AppTest:
    part = registered(app)[sent.id].fragment_id
    assert part, "not in a part of its own"

    class SamePages(PagesManager):  # a session keeps them
        def __init__(self, *given: Any, **named: Any):
            super().__init__(*given, **named)
            self._set_pages(app._registered_pages)

    with pytest.MonkeyPatch.context() as patch:
        whole = local_script_runner.RerunData
        patch.setattr(app_test, "PagesManager", SamePages)
        patch.setattr(local_script_runner, "RerunData", lambda **given: whole(**given, fragment_id=part))
        app._run(WidgetStates(widgets=[sent]))
    check(app)
    return app


def is_whole(app: AppTest) -> bool:
    """Whether all of the page was drawn, and not a part of it."""
    return any(each.value.startswith("## Own pictures") for each in app.markdown)


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


def send(app: AppTest, component: str, number: int, kind: str, *items: Any) -> AppTest:
    """``post``, after which only the part of the page with this component runs again."""
    (wid,) = [
        wid for wid, each in registered(app).items() if component in wid and each.value_type == "json_trigger_value"
    ]
    letter = {"stream": component, "number": number, "kind": kind, "items": list(items)}
    sent = json.dumps([{"event": "letter", "value": letter}])
    return in_its_part(app, WidgetState(id=wid, json_trigger_value=sent))


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


def test_undo_names_the_new_name_of_a_set():
    made_ = made({"a": 4}, "Old")
    app = show("pictures")
    post(app, "own_cards", 1, "remove", {"set": made_.id, "ids": made_.ids().tolist()[:1]})
    app.text_input(key=f"own_title_{made_.id}").set_value("New").run()
    assert data_of(app, "own_cards")["undo"] == "“Old” renamed to “New”"
    post(app, "own_cards", 2, "undo", {"set": made_.id})
    assert made_.info.title == "Old" and data_of(app, "own_cards")["undo"] == "1 picture removed"


# ---- what is said of how they are prepared


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
