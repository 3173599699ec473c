"""A class predicts together: asked, answered, changed and looked at, one vote each; and what visitors answered."""

from __future__ import annotations

import pytest

from tests.pages.class_seats import again, html_of, send, sent, sit
from tests.pages.test_pages import _here, check, show, words  # noqa: F401 (fixture)
from ui.understand import class_mission
from ui.understand.missions import MISSIONS
from vae_core.classroom import codes, voting


def test_a_mission_is_asked_answered_changed_and_looked_at(teacher, class_of_three):
    desk = sit(teacher)
    desk.button(key="class_begin_predict").click().run()
    desk.selectbox(key="class_mission_0").set_value("noise-off").run()
    assert MISSIONS["noise-off"].question in words(desk)  # before the class sees it
    desk.button(key="class_ask").click().run()
    check(desk)
    assert MISSIONS["noise-off"].question in words(desk) and "0 of 3 have answered" in html_of(desk)
    one, other, _ = [sit(seat) for seat in class_of_three]
    asked = voting.latest(teacher.code, "mission")
    assert asked is not None
    key = f"class_answer_{asked.id}"
    for phone, answer in ((one, 0), (other, 2), (other, 0), (one, 2), (one, 2)):
        phone.radio(key=key).set_value(answer).run()
        check(phone)
    assert "Your answer: **Worse**" in words(one)
    assert voting.counts(teacher.code, asked.id) == [1, 0, 1]
    again(desk)
    assert "2 of 3 have answered" in html_of(desk) and 'class="right"' not in html_of(desk)
    assert not any(seat.name in html_of(desk) for seat in class_of_three)
    desk.button(key="class_look").click().run()
    check(desk)
    assert MISSIONS["noise-off"].why in words(desk)
    one.radio(key=key).set_value(1).run()  # on its way while the class looked
    check(one)
    assert voting.counts(teacher.code, asked.id) == [1, 0, 1]
    assert MISSIONS["noise-off"].why in words(again(one)) and "Not quite" in one.error[-1].value
    assert "You: " not in html_of(one) and 'class="mine"' in html_of(one)
    assert "**Right.**" in again(other).success[0].value
    assert "What we see" in sit(class_of_three[2]).info[0].value  # who has said nothing is told what is right


def test_a_guess_is_sent_once_it_is_meant(teacher, class_of_three):
    class_mission.ask(teacher, "in-use")
    phone = sit(class_of_three[0])
    asked = voting.latest(teacher.code, "mission")
    assert asked is not None and asked.count == 21
    phone.slider(key=f"class_answer_{asked.id}").set_value(13).run()
    assert sum(voting.counts(teacher.code, asked.id)) == 0
    phone.button(key="class_send").click().run()
    check(phone)
    assert voting.counts(teacher.code, asked.id)[13] == 1
    assert "13 of 20" in words(phone)
    assert sit(class_of_three[0]).slider[0].value == 13  # a phone that slept and came back


def test_two_tabs_of_one_phone_are_one_vote(teacher, class_of_three):
    class_mission.ask(teacher, "noise-off")
    asked = voting.latest(teacher.code, "mission")
    one, other = sit(class_of_three[0]), sit(class_of_three[0])
    for tab, answer in ((one, 0), (other, 2), (one, 1)):
        tab.radio(key=f"class_answer_{asked.id}").set_value(answer).run()
        check(tab)
    assert voting.counts(teacher.code, asked.id) == [0, 1, 0]
    assert "Your answer: **About the same**" in words(again(other))


def test_who_looks_around_is_told_that_the_class_is_at_work(teacher, class_of_three):
    app = show("loss")
    app.session_state["class_seat"] = class_of_three[0]
    for begun in (False, True):
        if begun:
            class_mission.ask(teacher, "noise-off")
        check(app.run())
        (line,) = [each["line"] for each in sent(app, "class_seat")]
        assert line["doing"] == begun


@pytest.mark.parametrize("name", MISSIONS)
def test_every_mission_can_be_asked_in_a_class(name, teacher, class_of_three):
    mission = MISSIONS[name]
    assert [mission.place(mission.answer_at(place)) for place in range(mission.count)] == list(range(mission.count))
    assert all(mission.allows(mission.answer_at(place)) for place in range(mission.count))
    class_mission.ask(teacher, name)
    phone = sit(class_of_three[0])
    assert mission.question in words(phone) and mission.why not in words(phone)
    asked = voting.latest(teacher.code, "mission")
    voting.vote(teacher.code, class_of_three[0].token, asked.id, mission.count - 1)
    voting.close(teacher.code, teacher.teacher, asked.id)
    assert mission.why in words(again(phone))


def test_an_answer_among_pictures_comes_from_the_component(teacher, class_of_three):
    class_mission.ask(teacher, "huge-penalty")
    phone = sit(class_of_three[0])
    asked = voting.latest(teacher.code, "mission")
    for odd in ("4", "-1", "true", '"0"', "null", "[0]"):
        send(phone, f"class_answer_{asked.id}", f'{{"choice": {odd}}}')
        assert sum(voting.counts(teacher.code, asked.id)) == 0
    send(phone, f"class_answer_{asked.id}", '{"choice": 3}')
    assert voting.counts(teacher.code, asked.id) == [0, 0, 0, 1]


# ---- missions outside rooms


def test_visitors_see_what_others_answered_once_they_have_answered():
    for answer in (0, 0, 2):
        voting.note_visitor("noise-off", codes.new_token(), answer)
    app = show("missions", mission="noise-off")
    assert "answered so far" not in html_of(app)
    app.radio(key="answer_noise-off").set_value(1).run()
    app.button(key="commit_mission").click().run()
    check(app)
    for _ in range(2):
        again(app)
    assert "4 answers" in html_of(app) and voting.visitors_counts("noise-off", 3) == [2, 1, 1]


def test_what_a_link_brings_along_is_nobodys_answer():
    check(show("missions", mission="noise-off", done="noise-off.1"))
    assert voting.visitors_counts("noise-off", 3) == [0, 0, 0]
