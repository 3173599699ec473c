"""A class trains together: it votes on one setting, one training runs for all, and only the teacher steers it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pages.class_seats import again, html_of, made_run, sit
from tests.pages.test_forged import harmless  # noqa: F401 (fixture)
from tests.pages.test_pages import _here, check, finished, set_state, show, words  # noqa: F401 (fixtures)
from ui.classroom import train
from ui.shell import visitor
from ui.shell.errors import plain
from vae_core.classroom import codes, rooms, voting
from vae_core.classroom.store import ClassroomError
from vae_core.runs import lifecycle
from vae_core.runs.index import find_run
from vae_core.runs.run import Run, RunError


def test_a_class_votes_and_one_training_runs_for_all(teacher, class_of_three, monkeypatch):
    started = []
    monkeypatch.setattr(visitor, "start", lambda config, one_epoch: started.append(config) or made_run(config))
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
    monkeypatch.setattr(visitor, "start", lambda config, one_epoch: started.append(config) or made_run(config))
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
