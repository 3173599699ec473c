"""What only a forger sends into a room: nobody but the teacher steers, nobody outside votes, nothing breaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pages.class_seats import a_drawing, pixels, sit, the_prompt
from tests.pages.test_forged import forged_states, harmless  # noqa: F401 (fixture)
from tests.pages.test_pages import _here, check  # noqa: F401 (fixture)
from ui.classroom import collection, draw, train
from ui.components import votes
from ui.shell.seat import Seat
from ui.understand import class_mission
from vae_core.classroom import codes, drawings, pupils, rooms, voting
from vae_core.classroom.store import ClassroomError, NotAllowed
from vae_core.pictures.sets import SetError
from vae_core.runs.index import find_run


def test_who_is_no_teacher_steers_nothing(teacher, class_of_three):
    forged = replace(teacher, teacher=codes.new_token())
    before = rooms.versions(teacher.code)
    for attempt in (
        lambda: class_mission.ask(forged, "noise-off"), lambda: draw.invite(forged, draw.MODEL, 7),
        lambda: train.ask(forged, "beta", "digits"), lambda: collection.keep(forged),
        lambda: train.start(forged, find_run("lecture").config, "Mine", {}),
    ):  # fmt: skip
        with pytest.raises((ClassroomError, SetError), match="teacher"):
            attempt()
    assert rooms.versions(teacher.code) == before
    desk = sit(forged)  # the page of a forged teacher offers, and refuses in one sentence
    desk.button(key="class_begin_predict").click().run()
    desk.button(key="class_ask").click().run()
    check(desk)
    assert [each.value for each in desk.error] == ["Only this room’s teacher can do that."]
    assert rooms.versions(teacher.code) == before


def test_who_is_no_pupil_answers_nothing(teacher, class_of_three):
    class_mission.ask(teacher, "noise-off")
    asked, stranger = voting.latest(teacher.code, "mission"), codes.new_token()
    with pytest.raises(NotAllowed):
        voting.vote(teacher.code, stranger, asked.id, 0)
    pupils.send_out(teacher.code, teacher.teacher, pupils.find(teacher.code, class_of_three[0].token).id)
    with pytest.raises(NotAllowed):
        voting.vote(teacher.code, class_of_three[0].token, asked.id, 0)
    assert voting.counts(teacher.code, asked.id) == [0, 0, 0]


@pytest.mark.parametrize("activity", [
    {"kind": "predict"}, {"kind": "predict", "question": 99}, {"kind": "predict", "question": "1"},
    {"kind": "draw"}, {"kind": "draw", "prompt": 7, "run": "../../etc"},
    {"kind": "draw", "run": "lecture", "prompt": 1},
    {"kind": "draw", "prompt": 1, "run": "two-knobs", "label": 99}, {"kind": "train"}, {"kind": "train", "run": "gone"},
    {"kind": "train", "question": 5, "run": None}, {"kind": "nothing"}, {"kind": 7},
])  # fmt: skip
def test_an_activity_that_makes_no_sense_ends_in_no_traceback(activity, teacher, class_of_three):
    rooms.set_activity(teacher.code, teacher.teacher, activity)
    for seat in (teacher, class_of_three[0]):
        assert len(sit(seat).error) <= 1


def begin(kind: str, teacher: Seat, pupil: Seat) -> None:
    """Let the room do something, and the pupil have done their part once."""
    if kind == "predict":
        class_mission.ask(teacher, "huge-penalty")
        voting.vote(teacher.code, pupil.token, voting.latest(teacher.code, "mission").id, 1)
    elif kind == "draw":
        draw.invite(teacher, draw.MODEL, 0)
        for k in range(2):
            drawings.add(teacher.code, pupil.token, the_prompt(teacher).id, pixels(a_drawing(k)))
    else:
        train.ask(teacher, "beta", "mnist-5k")
        voting.vote(teacher.code, pupil.token, voting.latest(teacher.code, "beta").id, 1)


@pytest.mark.parametrize("kind", ["predict", "draw", "train"])
def test_what_a_phone_forges_steers_nothing(kind, teacher, class_of_three, harmless):  # noqa: F811
    begin(kind, teacher, class_of_three[0])
    before, forged = rooms.find(teacher.code), 0
    phone = sit(class_of_three[0])
    for states, count in forged_states(phone):
        phone._run(states)
        check(phone)
        forged += count
    after = rooms.find(teacher.code)
    assert forged and (after.activity, after.place, after.follows) == (before.activity, before.place, before.follows)
    assert after.pupil_version == before.pupil_version  # nothing that others see
    assert len(drawings.of_room(teacher.code)) <= 3  # a button may be pressed, once


@pytest.mark.parametrize("kind", ["predict", "draw", "train"])
def test_what_makes_no_sense_from_a_teachers_browser_harms_nothing(kind, teacher, class_of_three, harmless):  # noqa: F811
    begin(kind, teacher, class_of_three[0])
    desk = sit(teacher)
    for states, _ in forged_states(desk):
        desk._run(states)
        check(desk)


def test_labels_are_never_read_as_html():
    written = votes.written(["<b>a</b>", '"onload="x', "b" * 300], [1, 0, 2], "<script>", right=[2], mine=0)
    assert "<b>a" not in written and "<script>" not in written and '"onload' not in written
    assert "right" in written and "your answer" in written  # told in words, too
    many = votes.written([str(k) for k in range(25)], [0] * 25, "A guess")
    assert many.count("listitem") == 25 and 0 < sum(f"<span>{k}</span>" in many for k in range(25)) <= 7
