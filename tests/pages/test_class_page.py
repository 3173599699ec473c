"""The page of a class, and the line of whoever is in a room: who steers, who follows, and what is said otherwise."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_forged import FORGED, component_states, registered
from tests.pages.test_pages import _here, check, show, words  # noqa: F401 (fixture)
from ui.classroom import invitation
from ui.shell import browser_input, pages, seat
from ui.shell.seat import Seat
from vae_core import paths
from vae_core.classroom import codes, drawings, pupils, rooms, voting
from vae_core.classroom.rooms import Place

BROWSER = "b" * 32


def visit(page: str = "classroom", place: Seat | None = None, **params: str) -> AppTest:
    """A visitor whose browser has said who it is, perhaps in a room already."""
    app = show(page, **params)
    app.session_state["class_browser"] = place.token if place else BROWSER
    app.session_state["class_seat"] = place
    return app.run()


def click(app: AppTest, key: str) -> AppTest:
    return next(button for button in app.button if button.key == key).click().run()


def sent(app: AppTest, component: str) -> dict:
    """What a component of ours was sent."""
    found = [
        json.loads(each.proto.json)
        for each in app.get("bidi_component")
        if each.proto.component_name.endswith(component) and each.proto.json
    ]
    return found[-1] if found else {}


@pytest.fixture
def opened():
    return rooms.open_room(codes.new_token())


@pytest.fixture
def teacher(opened) -> Seat:
    return Seat(opened.room.code, "c" * 32, opened.token)


@pytest.fixture
def pupil(opened) -> Seat:
    name = pupils.join(opened.room.code, "d" * 32, "Ada").name
    return Seat(opened.room.code, "d" * 32, name=name)


def test_a_room_is_opened_joined_and_closed():
    app = click(visit(), "class_open_button")
    check(app)
    place = app.session_state["class_seat"]
    assert place.is_teacher and place.code in " ".join(each.proto.body for each in app.get("html"))
    assert place.teacher not in str(app.query_params)
    phone = visit(place=None, room=place.code)
    phone.session_state["class_browser"] = "e" * 32
    next(box for box in phone.text_input if box.key == "class_nickname").set_value("<b>Zoë</b> www.evil.com")
    click(phone, "class_join_button")
    check(phone)
    assert phone.session_state["class_seat"] == Seat(place.code, "e" * 32, name="bZoëb www evil.")
    assert "1 here" in words(app.run()).replace("*", "")
    click(app, "class_close")
    assert rooms.find(place.code)  # asked twice
    click(app, "class_close_now")
    check(app)
    assert app.session_state["class_seat"] is None and rooms.versions(place.code) is None
    phone.run()
    check(phone)
    assert phone.session_state["class_seat"] is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "four letters"),
        ("<b>", "four letters"),
        ("BDH", "four letters"),
        ("bd hj", "No room with the code BDHJ"),
        ("qqqq", "No room with the code QQQQ"),  # as they were typed
    ],
)
def test_a_code_that_opens_nothing_is_one_sentence(typed, said):
    app = visit()
    next(box for box in app.text_input if box.key == "class_code").set_value(typed)
    click(app, "class_find")
    check(app)
    assert said in words(app) and any(button.key == "class_find" for button in app.button)
    assert app.session_state["class_seat"] is None


def test_a_teacher_finds_the_lesson_before_a_room_is_open_and_is_told_what_sending_out_deletes(teacher, pupil):
    assert "A lesson of 45 minutes" in " ".join(link.proto.label for link in visit().get("page_link"))
    app = visit(place=teacher)
    assert "Choose a name" in words(app) and "deletes" not in words(app)
    app.session_state["class_chosen"] = pupils.everybody(teacher.code, teacher.teacher)[0].id
    assert "deletes what they drew and answered" in words(app.run())


def test_a_browser_that_has_not_answered_is_asked_to_try_again():
    app = show("classroom")
    click(app, "class_open_button")
    check(app)
    assert seat.NOT_YET in words(app)


def test_another_device_becomes_the_teachers_by_the_long_code(teacher):
    app = click(visit(place=teacher), "class_hand_over")
    assert "Is the projector off?" in words(app) and "class_long_code" not in app.session_state
    app = click(app, "class_show_code")
    long = app.session_state["class_long_code"] if "class_long_code" in app.session_state else words(app)
    letters = next(part for part in long.split("**") if codes.read_long_code(part))
    other = visit()
    next(box for box in other.text_input if box.key == "class_code").set_value(letters.lower())
    click(other, "class_find")
    check(other)
    place = other.session_state["class_seat"]
    assert place.is_teacher and place.teacher != teacher.teacher


def test_phones_go_where_the_teacher_goes_while_they_follow(teacher, pupil):
    phone = visit("start", pupil)
    rooms.go_to(teacher.code, teacher.teacher, Place("latent", {"run": "beta-4", "epoch": "3"}))
    assert sent(phone.run(), "class_seat")["place"] is None  # they roam
    rooms.let_follow(teacher.code, teacher.teacher, True)
    phone.run()
    check(phone)
    assert phone.session_state["current_run"] == "beta-4"
    assert sent(phone, "class_seat")["place"] == {"run": "beta-4", "epoch": "3"}
    rooms.go_to(teacher.code, teacher.teacher, Place("missions", {"mission": "in-use"}))
    phone.run()
    check(phone)
    assert phone.session_state["chosen_mission"] == "in-use"
    rooms.go_to(teacher.code, teacher.teacher, Place("no_such_page", {"x": "<b>"}))
    phone.run()
    check(phone)


def test_the_teachers_page_is_told_as_it_begins(teacher):
    rooms.let_follow(teacher.code, teacher.teacher, True)
    check(visit("morph", teacher, run="lecture", room=teacher.code, tour="0"))
    assert rooms.find(teacher.code).place == Place("morph", {"run": "lecture"})


def test_nobody_follows_to_the_lesson_which_has_the_answers(monkeypatch, teacher):
    rooms.let_follow(teacher.code, teacher.teacher, True)
    rooms.go_to(teacher.code, teacher.teacher, Place("morph", {"run": "lecture"}))
    app = visit("lesson", teacher)
    check(app)
    assert not sent(app, "class_seat")["tell"]
    called(monkeypatch, teacher, place={"page": "lesson", "choices": {}})
    assert rooms.find(teacher.code).place == Place("morph", {"run": "lecture"})


def test_who_is_sent_out_hears_it_once(teacher, pupil):
    phone = visit(place=pupil)
    number = pupils.everybody(teacher.code, teacher.teacher)[0].id
    app = visit(place=teacher)
    app.session_state["class_chosen"] = number
    click(app.run(), "class_send_out")
    check(app)
    phone.run()
    check(phone)
    assert phone.session_state["class_seat"] is None
    assert "sent you out" in json.dumps(sent(phone, "class_seat"))
    assert not [each for each in app.button if each.key == "class_send_out"]


def test_a_pupil_may_leave_and_come_back(teacher, pupil):
    app = visit("start", pupil)
    app.session_state["class_seat"] = pupil
    seen = sent(app.run(), "class_seat")["line"]
    assert (seen["code"], seen["name"], seen["teacher"]) == (pupil.code, "Ada", False)
    pupils.leave(pupil.code, pupil.token)
    assert pupils.here(pupil.code) == 0
    assert pupils.join(pupil.code, pupil.token).name == "Ada"


def called(monkeypatch, who: Seat | None, /, **values: object) -> dict:
    """The session after the line's callbacks have heard these values."""
    session: dict = {"class_seat": who}
    monkeypatch.setattr(seat.st, "session_state", session)
    monkeypatch.setattr(browser_input, "sent", lambda key, name: values.get(name))
    for callback in (seat._answered, seat._teacher_went, seat._pressed):
        callback()
    return session


ODD = [json.loads(text) for text in FORGED if "ud800" not in text]


def test_a_forged_message_steers_nothing(monkeypatch, teacher, pupil):
    before = rooms.find(teacher.code)
    elsewhere = {"page": "train", "choices": {"run": "x"}}
    for place in (None, pupil, Seat(teacher.code, "e" * 32, "f" * 32)):  # nobody, a pupil, one who made up a token
        called(monkeypatch, place, place=elsewhere, act={"what": "follow"})
        assert rooms.find(teacher.code) == before
    for odd in ODD:
        called(monkeypatch, teacher, seat=odd, place=odd, act=odd)
        called(monkeypatch, None, seat={"token": odd, "room": odd, "teacher": odd}, place={"page": odd, "choices": odd})
        called(monkeypatch, teacher, place={"page": "train", "choices": {"run": odd}}, act={"what": odd})
    assert not rooms.find(teacher.code).follows


def test_a_browser_is_who_the_store_says_it_is(monkeypatch, teacher, pupil):
    def said(**who: str) -> Seat | None:
        return called(monkeypatch, None, seat={"token": "e" * 32, "room": teacher.code, "teacher": "", **who}).get(
            "class_seat"
        )

    assert said() is None  # never joined
    assert said(teacher="f" * 32) is None  # made up
    assert said(teacher=pupil.token, token=pupil.token) == pupil  # a pupil, and no teacher
    assert said(teacher=teacher.teacher) == Seat(teacher.code, "e" * 32, teacher.teacher)
    assert said(token=pupil.token) == pupil
    rooms.close(teacher.code, teacher.teacher)
    assert said(teacher=teacher.teacher) is None and said(token=pupil.token) is None


@pytest.mark.parametrize("who", ["teacher", "pupil"])
def test_odd_values_on_the_page_of_a_room_harm_nothing(who, request, teacher, pupil):
    from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

    app = visit(place=request.getfixturevalue(who))
    for value in FORGED[::4]:
        states = WidgetStates()
        for wid, metadata in registered(app).items():
            events = list(metadata.callbacks or {})
            if metadata.value_type == "json_value" and events:
                states.widgets.append(WidgetState(id=wid, json_value=component_states(events, value)))
        app._run(states)
        check(app)
    assert rooms.find(teacher.code)


def test_a_damaged_file_is_a_sentence_on_the_page_and_nothing_on_the_others(teacher):
    file = paths.classroom_file()
    for left in file.parent.iterdir():
        left.unlink()
    file.write_bytes(b"no database" * 1000)
    page = visit(place=teacher)
    check(page)
    assert "damaged" in words(page) + json.dumps(sent(page, "class_seat"))
    check(visit("runs", teacher))
    click(visit(), "class_open_button")


def test_a_link_leads_a_phone_to_this_machine_and_not_to_itself(monkeypatch):
    monkeypatch.setattr(invitation, "_in_this_network", lambda: "192.168.1.5")
    for address, expected in (
        ("http://localhost:8501/class", "http://192.168.1.5:8501/class?room=BDHJ"),
        ("http://127.0.0.1:8501/class?room=X", "http://192.168.1.5:8501/class?room=BDHJ"),
        ("https://some.space.example/class", "https://some.space.example/class?room=BDHJ"),
        ("https://host.example/base/class", "https://host.example/base/class?room=BDHJ"),
        ("http://[2001:db8::1]:8501/class", "http://[2001:db8::1]:8501/class?room=BDHJ"),
    ):
        monkeypatch.setattr(browser_input, "page_address", lambda address=address: address)
        assert invitation.link("BDHJ") == expected
    assert invitation.is_near("http://192.168.1.5:8501/class") and not invitation.is_near("https://a.example/class")
    monkeypatch.setattr(invitation, "_in_this_network", lambda: "")
    monkeypatch.setattr(browser_input, "page_address", lambda: "http://localhost:8501/class")
    assert not invitation.reaches_phones(invitation.link("BDHJ"))


NO_ADDRESSES = (
    "http://[x/", "http://a:99999999/", "http://a:x/class", "http://a:0/", "http://", "javascript:alert(1)//a.b/c",
    "\0", "http://a\u2100b/", "http://a.b/" + 900 * "€", "http://a.b/" + 1000 * "a", 7, None,
)  # fmt: skip


@pytest.mark.parametrize("forged", NO_ADDRESSES)
def test_a_forged_address_of_the_page_still_makes_a_link(monkeypatch, forged):
    monkeypatch.setattr(browser_input.st, "context", SimpleNamespace(url=forged))
    assert browser_input.page_address() == ""
    address = invitation.link("BDHJ")
    assert invitation.is_near(address) in (True, False) and invitation.reaches_phones(address) in (True, False)
    assert invitation.segno.make(address, error="m")


@pytest.mark.parametrize("real", ["http://localhost:8501/class", "https://vae.example/a/class", "http://[::1]:8501/"])
def test_a_true_address_of_the_page_is_taken_as_it_is(monkeypatch, real):
    monkeypatch.setattr(browser_input.st, "context", SimpleNamespace(url=real))
    assert browser_input.page_address() == real


def test_the_link_of_another_room_asks_first(pupil):
    other = rooms.open_room(codes.new_token()).room.code
    phone = visit(place=pupil, room=other)
    check(phone)
    assert other in words(phone) and phone.session_state["class_seat"] == pupil
    click(phone, "class_move")
    check(phone)
    assert phone.session_state["class_seat"] is None and other in words(phone)


def test_what_a_class_has_done_is_seen_by_nobody_outside(teacher, pupil):
    prompt = drawings.invite(teacher.code, teacher.teacher, "a 7")
    drawings.add(teacher.code, pupil.token, prompt.id, b"\1" * 784)
    question = voting.ask(teacher.code, teacher.teacher, "mission", "in-use", 21)
    voting.vote(teacher.code, pupil.token, question.id, 3)
    outside = visit(room=teacher.code)
    check(outside)
    assert "Ada" not in words(outside)


def test_a_cold_server_knows_every_address():
    """Streamlit looks for a file of an address's name before ``app.py`` has run for the first time."""
    assert all((paths.ROOT / "pages" / f"{page.address or page.name}.py").exists() for page in pages.PAGES)
