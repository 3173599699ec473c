"""A class draws together: the drawings fill the map, the odd ones stand out, and all of them can be trained on."""

from __future__ import annotations

import numpy as np
import pytest

from tests.pages.class_seats import a_drawing, again, made_run, pixels, scribble, send, sent, sit, the_prompt
from tests.pages.test_pages import _here, check, words  # noqa: F401 (fixture)
from ui.classroom import collection, draw
from ui.classroom.placed import by_cost, placed
from ui.shell import visitor
from ui.shell.errors import plain
from ui.shell.seat import Seat
from vae_core.classroom import drawings, rooms
from vae_core.pictures import quality
from vae_core.runs.index import find_run
from vae_core.runs.run import Run


@pytest.fixture
def drawing_room(teacher, class_of_three) -> Seat:
    draw.invite(teacher, draw.MODEL, 0)
    return teacher


def test_a_pupil_draws_sees_the_copy_and_the_map_fills(drawing_room, class_of_three):
    phone, desk = sit(class_of_three[0]), sit(drawing_room)
    assert "Everybody draws a 0" in words(phone) and "No drawing yet" in words(desk)
    phone.button(key="class_send_drawing").click().run()
    check(phone)
    assert "draw something first" in phone.error[0].value
    for lean in (0, 8):
        phone.session_state["drawing"] = a_drawing(lean)
        phone.button(key="class_send_drawing").click().run()
        check(phone)
        assert not phone.error
        again(phone)
        assert phone.session_state["drawing"] is None  # the pad is empty again
    assert "2 are on the map" in words(phone)
    assert "2 drawings." in words(again(desk))
    (shown,) = sent(desk, "class_map")
    assert len(shown["drawings"]) == 2 and shown["label"] == 0


def test_a_photo_on_the_pad_is_no_drawing(drawing_room, class_of_three):
    phone = sit(class_of_three[0])
    phone.session_state["drawing"] = np.full((64, 64, 4), 200, np.uint8)
    phone.button(key="class_send_drawing").click().run()
    check(phone)
    assert "draw something first" in phone.error[0].value
    assert drawings.of_prompt(drawing_room.code, the_prompt(drawing_room).id) == []


def test_a_drawing_that_came_too_late_is_one_sentence(drawing_room, class_of_three):
    phone = sit(class_of_three[0])
    phone.session_state["drawing"] = a_drawing()
    drawings.close_prompt(drawing_room.code, drawing_room.teacher, the_prompt(drawing_room).id)
    phone.button(key="class_send_drawing").click().run()
    check(phone)
    assert [each.value for each in phone.error] == [plain("This drawing came too late: the class has gone on.")]


def test_digits_are_more_usual_than_scribbles_and_lie_among_their_kind(drawing_room, class_of_three):
    prompt = the_prompt(drawing_room)
    digits = [drawings.add(drawing_room.code, class_of_three[0].token, prompt.id, pixels(a_drawing(k))) for k in (0, 5)]
    odd = [drawings.add(drawing_room.code, class_of_three[1].token, prompt.id, pixels(scribble(k))) for k in (1, 2)]
    run = find_run(draw.MODEL)
    found = placed(run, run.epoch, drawings.of_prompt(drawing_room.code, prompt.id))
    assert [each.drawing.id for each in found] == [*digits, *odd]
    usual, unusual = by_cost(found, 2)
    assert {each.drawing.id for each in usual} == set(digits) and {each.drawing.id for each in unusual} == set(odd)
    assert [each.label for each in found[:2]] == [0, 0]
    alone = placed(run, run.epoch, [found[0].drawing])[0]
    assert (alone.code == found[0].code).all() and alone.dear == found[0].dear  # with others or alone
    assert by_cost(found[:1], 4) == ([], [])


def test_the_teacher_morphs_two_and_takes_one_off(drawing_room, class_of_three):
    prompt = the_prompt(drawing_room)
    first, second = (
        drawings.add(drawing_room.code, seat.token, prompt.id, pixels(drawn))
        for seat, drawn in zip(class_of_three, (a_drawing(), scribble(3)), strict=False)
    )
    desk = sit(drawing_room)
    ends = [desk.selectbox(key=f"class_{which}_{prompt.id}") for which in ("from", "to")]
    assert [end.value for end in ends] == [first, second]  # from the most usual to the most unusual
    assert sent(desk, "player")
    for odd in ("-1", "true", '"1"', "1e9", str(second + 7)):
        send(desk, "class_map", f'{{"drawing": {odd}}}')
        assert not [each for each in desk.button if each.key == "class_remove"]
    send(desk, "class_map", f'{{"drawing": {second}}}')
    desk.button(key="class_remove").click().run()
    check(desk)
    assert [each.id for each in drawings.of_prompt(drawing_room.code, prompt.id)] == [first]


def test_the_collection_is_kept_once_without_names_and_trained_on(drawing_room, class_of_three, monkeypatch):
    prompt, started = the_prompt(drawing_room), []
    for k in range(quality.FEWEST - 1):
        drawings.add(drawing_room.code, class_of_three[k % 3].token, prompt.id, pixels(a_drawing(k)))
    desk = sit(drawing_room)
    assert desk.button(key="class_train_ours").disabled
    desk.button(key="class_keep_drawings").click().run()
    check(desk)
    draw.invite(drawing_room, draw.MODEL, 7)
    drawings.add(drawing_room.code, class_of_three[0].token, the_prompt(drawing_room).id, pixels(scribble(1)))
    monkeypatch.setattr(visitor, "start", lambda config, one_epoch: started.append(config) or made_run(config))
    again(desk).button(key="class_train_ours").click().run()
    check(desk)
    picture_set = collection.keep(drawing_room)  # again: nothing comes twice
    info = picture_set.info
    assert (info.count, info.class_names, info.counts) == (quality.FEWEST, ("0", "7"), (quality.FEWEST - 1, 1))
    assert not any(seat.name in each.name for seat in class_of_three for each in picture_set.manifest.pictures)
    (config,) = started
    assert config.dataset.startswith("own-") and config.latent_dim == 2
    room = rooms.find(drawing_room.code)
    assert room.activity["kind"] == "train"
    run = Run(next(iter((find_run(room.activity["run"]),))).path)
    assert run.title == f"The model of room {drawing_room.code}" and run.about.room == room.lasting_name
    rooms.close(drawing_room.code, drawing_room.teacher)
    assert picture_set.info.count == quality.FEWEST  # kept beyond the room
