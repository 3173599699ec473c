"""What a class does together: it predicts, draws and trains. Nobody but the teacher steers, nobody votes twice."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from tests.pages.test_forged import forged_states, harmless, is_component, registered  # noqa: F401 (fixture)
from tests.pages.test_pages import _here, check, finished, set_state, show, words  # noqa: F401 (fixtures)
from tests.pages.test_titles import nodes
from ui.classroom import collection, draw, train
from ui.classroom.placed import by_cost, placed
from ui.components import votes
from ui.shell import visitor
from ui.shell.errors import plain
from ui.shell.seat import Seat
from ui.understand import class_mission
from ui.understand.missions import MISSIONS
from vae_core.classroom import codes, drawings, pupils, rooms, voting
from vae_core.classroom.store import ClassroomError, NotAllowed
from vae_core.datasets.drawing import PAD, as_mnist
from vae_core.pictures import quality
from vae_core.pictures.sets import SetError
from vae_core.runs import lifecycle
from vae_core.runs.index import find_run
from vae_core.runs.run import Run, RunError


@pytest.fixture
def teacher() -> Seat:
    opened = rooms.open_room(codes.new_token())
    return Seat(opened.room.code, codes.new_token(), opened.token)


@pytest.fixture
def class_of_three(teacher) -> list[Seat]:
    tokens = [codes.new_token() for _ in range(3)]
    return [Seat(teacher.code, token, name=pupils.join(teacher.code, token).name) for token in tokens]


def sit(seat: Seat) -> AppTest:
    """The page of the class as whoever has this seat sees it."""
    app = show("classroom")
    app.session_state["class_seat"] = seat
    app.session_state["class_browser"] = seat.token
    app.run()
    check(app)
    return app


def again(app: AppTest) -> AppTest:
    """As the thread that looks at the rooms would have it drawn."""
    app.run()
    check(app)
    return app


def html_of(app: AppTest) -> str:
    """All HTML but styles."""
    return " ".join(each.proto.body for each in app.get("html") if "<style>" not in each.proto.body)


def sent(app: AppTest, component: str) -> list[Any]:
    """What a component of this name was sent."""
    found = [node.proto for node in nodes(app._tree) if is_component(node)]
    return [json.loads(each.json) for each in found if each.component_name.endswith(component)]


def send(app: AppTest, key: str, value: str) -> None:
    """What a browser sends for a component."""
    (wid,) = [wid for wid, each in registered(app).items() if wid.endswith(key) and each.callbacks]
    kind = registered(app)[wid].value_type
    if kind == "json_trigger_value":
        event, sent = next(iter(json.loads(value).items()))
        value = json.dumps([{"event": event, "value": sent}])
    app._run(WidgetStates(widgets=[WidgetState(id=wid, **{kind: value})]))
    check(app)


def a_drawing(lean: int = 0) -> np.ndarray:
    """Something like a 0 on the pad, (PAD, PAD) uint8."""
    pad = Image.new("L", (PAD, PAD))
    ImageDraw.Draw(pad).ellipse((40 + lean, 20, 100 + lean // 2, 120), outline=255, width=11)
    return np.asarray(pad)


def scribble(seed: int) -> np.ndarray:
    pad, dice = Image.new("L", (PAD, PAD)), np.random.default_rng(seed)
    ImageDraw.Draw(pad).line([tuple(p) for p in dice.integers(10, PAD - 10, (14, 2)).tolist()], fill=255, width=9)
    return np.asarray(pad)


def pixels(drawn: np.ndarray) -> bytes:
    image = as_mnist(drawn)
    assert image is not None
    return image.tobytes()


# ---- predict


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


# ---- what only a forger sends


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


# ---- draw


@pytest.fixture
def drawing_room(teacher, class_of_three) -> Seat:
    draw.invite(teacher, draw.MODEL, 0)
    return teacher


def the_prompt(teacher: Seat) -> drawings.Prompt:
    return drawings.prompts(teacher.code)[-1]


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
    monkeypatch.setattr(visitor, "start", lambda config, one_epoch: started.append(config) or _made(config))
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


def _made(config) -> Run:
    from vae_core import paths

    return lifecycle.create(config, paths.runs_dir())


# ---- train


def test_a_class_votes_and_one_training_runs_for_all(teacher, class_of_three, monkeypatch):
    started = []
    monkeypatch.setattr(visitor, "start", lambda config, one_epoch: started.append(config) or _made(config))
    desk = sit(teacher)
    desk.button(key="class_begin_train").click().run()
    desk.selectbox(key="class_dataset").set_value("mnist-5k").run()
    desk.button(key="class_let_vote").click().run()
    check(desk)
    asked = voting.latest(teacher.code, "beta")
    phones = [sit(seat) for seat in class_of_three]
    for phone, answer in zip(phones, (3, 3, 0), strict=True):
        phone.radio(key=f"class_vote_{asked.id}").set_value(answer).run()
        check(phone)
    assert "Your vote: **beta 4**" in words(phones[0])
    again(desk)
    assert "3 of 3 have voted" in html_of(desk)
    assert [each.key for each in desk.button if each.key.startswith("class_train_")] == ["class_train_3"]
    desk.button(key="class_train_3").click().run()
    check(desk)
    (config,) = started
    assert (config.beta, config.dataset, config.hidden_dim) == (4.0, "mnist-5k", 400)
    run_id = rooms.find(teacher.code).activity["run"]
    again(phones[0])
    assert phones[0].query_params["run"] == run_id  # the phone has gone to the training's page
    with pytest.raises(ClassroomError, match="closed"):
        voting.vote(teacher.code, class_of_three[2].token, asked.id, 1)


def test_where_no_training_can_start_the_vote_goes_on(teacher, class_of_three, harmless):  # noqa: F811
    train.ask(teacher, "beta", "mnist-5k")
    asked = voting.latest(teacher.code, "beta")
    voting.vote(teacher.code, class_of_three[0].token, asked.id, 3)
    desk = sit(teacher)
    desk.button(key="class_train_3").click().run()
    check(desk)
    assert [each.value for each in desk.error] == ["Not now."]
    voting.vote(teacher.code, class_of_three[1].token, asked.id, 3)
    assert "2 of 3 have voted" in html_of(again(desk)) and "run" not in rooms.find(teacher.code).activity


def test_a_tie_is_the_teachers_to_break():
    assert train.winners([0, 2, 1, 2, 0]) == [1, 3] and train.winners([0, 0]) == []
    assert [train.in_words("latent_dim", n) for n in (1, 2)] == ["1 number", "2 numbers"]
    assert train.in_words("epochs", 1) == "1 epoch" and train.in_words("beta", 0.1) == "beta 0.1"


@pytest.mark.parametrize("setting", train.BALLOTS)
def test_every_choice_of_a_vote_can_be_trained(setting, teacher, class_of_three, monkeypatch):
    started = []
    monkeypatch.setattr(visitor, "start", lambda config, one_epoch: started.append(config) or _made(config))
    for place, choice in enumerate(train.BALLOTS[setting].choices):
        train.ask(teacher, setting, "digits")
        room = rooms.find(teacher.code)
        vote = train.vote_of(room, room.activity)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(train.st, "session_state", {})
            train.decide(teacher, vote, place)
        assert getattr(started[-1], setting) == choice
        run = find_run(rooms.find(teacher.code).activity["run"])
        assert train.decided(vote, run) == [place]


@pytest.mark.parametrize("hosted", [False, True])
def test_who_watches_a_classs_training_steers_nothing(finished, teacher, class_of_three, hosted, monkeypatch):  # noqa: F811
    lifecycle.note(finished, room=rooms.find(teacher.code).lasting_name, owner="a" * 64)
    set_state(finished, "running")
    run = Run(finished.path)
    if hosted:
        monkeypatch.setenv("VAE_HOSTED", "1")
        monkeypatch.setattr("vae_core.jobs.queue_dispatcher.keep_going", lambda *_: None)
    for seat, steers in ((class_of_three[0], False), (None, False), (teacher, True)):
        app = show("train", run="mine")
        app.session_state["class_seat"] = seat
        app.run()
        check(app)
        assert bool([b.key for b in app.button if b.key and b.key.endswith("_training")]) == steers
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("ui.shell.seat.mine", lambda seat=seat: seat)
            assert visitor.owns(run) == steers
            if not steers:
                assert plain(visitor.LED_BY_TEACHER) in plain(words(app))
                with pytest.raises(RunError):
                    visitor.steer(run, "stop")
    monkeypatch.setattr("ui.shell.seat.mine", lambda: replace(teacher, teacher=codes.new_token()))
    assert not visitor.owns(run)
    monkeypatch.setattr("ui.shell.seat.mine", lambda: None)
    monkeypatch.setattr(visitor, "me", lambda: "a" * 64)
    rooms.close(teacher.code, teacher.teacher)
    assert visitor.owns(run)  # as before there were rooms


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
