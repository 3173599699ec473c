"""Fragments of a room are drawn again when the room has changed, and only then; who is looking is there."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSessionState

from ui.shell import live
from vae_core.classroom import codes, pupils, rooms, voting


class Session:
    """As much of Streamlit's session as is used of it."""

    def __init__(self, name: str) -> None:
        self.id, self._scriptrunner, self._state = name, None, AppSessionState.APP_NOT_RUNNING
        self._client_state = ClientState(query_string="run=lecture", page_script_hash="abc")
        self._event_loop = SimpleNamespace(call_soon_threadsafe=lambda f, *arguments: f(*arguments))
        self._browser_queue = SimpleNamespace(is_empty=lambda: True)
        self.fragments, self.ran = {"now", "people"}, []

    def has_fragment(self, fragment: str) -> bool:
        return fragment in self.fragments

    def _create_scriptrunner(self, data) -> None:
        self.ran.append(data)


@pytest.fixture
def here(monkeypatch, tmp_path):
    """A room, a teacher's page of two fragments and a pupil's of one; time that passes when the test says so."""
    monkeypatch.setenv("VAE_RUNS_DIR", str(tmp_path))
    opened = rooms.open_room(codes.new_token())
    code, token = opened.room.code, "d" * 32
    pupils.join(code, token)
    sessions, moment = {"teacher": Session("teacher"), "pupil": Session("pupil")}, [1000.0]
    monkeypatch.setattr(live.Runtime, "instance", lambda: SimpleNamespace(get_app_session=sessions.get))
    monkeypatch.setattr(live.time, "monotonic", lambda: moment[0])
    state = live._states({code})[code]
    watched = {
        ("teacher", "now"): live._Watch(code, "teacher", "", state["teacher"], 0.0),
        ("teacher", "people"): live._Watch(code, "teacher", "", state["teacher"], 0.0),
        ("pupil", "now"): live._Watch(code, "pupil", token, state["pupil"], 0.0),
    }
    monkeypatch.setattr(live, "_watched", watched)
    return SimpleNamespace(
        code=code, teacher=opened.token, token=token, sessions=sessions, moment=moment, watched=watched,
        look=lambda: live._look(dict(watched)), ran=lambda who: [run.fragment_id_queue for run in sessions[who].ran],
    )  # fmt: skip


def test_at_rest_nothing_runs(here):
    for _ in range(5):
        here.look()
    assert not here.ran("teacher") and not here.ran("pupil")


def test_a_vote_draws_the_teachers_page_again_and_no_pupils(here):
    question = voting.ask(here.code, here.teacher, "mission", "x", 3)
    here.look()
    assert here.ran("teacher") == [["now", "people"]] and here.ran("pupil") == [["now"]]
    for watch in here.watched.values():
        watch.drawn = live._states({here.code})[here.code][watch.who]
    voting.vote(here.code, here.token, question.id, 1)
    here.look()
    assert len(here.ran("teacher")) == 2 and len(here.ran("pupil")) == 1


def test_a_run_of_ours_takes_nothing_from_the_visitors_own(here):
    """The widgets stay as they are, so does the page; and while its script runs, ours waits."""
    here.sessions["teacher"]._scriptrunner = object()
    rooms.let_follow(here.code, here.teacher, True)
    here.look()
    assert not here.ran("teacher")
    here.sessions["teacher"]._scriptrunner = None
    here.look()
    (run,) = here.sessions["teacher"].ran
    assert run.widget_states is None and run.is_auto_rerun
    assert (run.query_string, run.page_script_hash) == ("run=lecture", "abc")


def test_a_fragment_is_drawn_no_more_often_than_its_pace(here):
    for watch in here.watched.values():
        watch.at = here.moment[0]
    rooms.let_follow(here.code, here.teacher, True)
    here.moment[0] += live.PACE["teacher"]
    here.look()
    assert here.ran("teacher") and not here.ran("pupil")
    here.moment[0] += live.PACE["pupil"]
    here.look()
    assert here.ran("pupil")


def test_a_room_that_ends_is_heard_of(here):
    rooms.close(here.code, here.teacher)
    here.look()
    assert here.ran("teacher") and here.ran("pupil")


def test_pages_that_are_gone_are_forgotten(here):
    here.sessions["teacher"].fragments = {"now"}
    rooms.let_follow(here.code, here.teacher, True)
    here.look()
    assert here.ran("teacher") == [["now"]] and ("teacher", "people") not in here.watched
    del here.sessions["pupil"]  # a phone sleeps, and comes back
    here.look()
    assert ("pupil", "now") in here.watched
    here.moment[0] += live.LEFT + 1
    here.look()
    assert ("pupil", "now") not in here.watched


def test_who_has_the_page_open_is_there(here, monkeypatch):
    later = [rooms.find(here.code).opened + pupils.AWAY + 1]
    monkeypatch.setattr("vae_core.classroom.store.now", lambda: later[0])
    assert pupils.here(here.code) == 0
    live._give_signs(here.watched)
    assert pupils.here(here.code) == 1
    later[0] += pupils.AWAY + 1
    del here.sessions["pupil"]
    live._give_signs(here.watched)
    assert pupils.here(here.code) == 0


def test_of_two_tabs_one_may_be_closed(here, monkeypatch):
    later = rooms.find(here.code).opened + pupils.AWAY + 1
    monkeypatch.setattr("vae_core.classroom.store.now", lambda: later)
    here.watched["closed", "now"] = here.watched["pupil", "now"]
    live._give_signs(here.watched)
    assert pupils.here(here.code) == 1


def test_a_room_is_the_teachers_as_long_as_their_page_is_open(here, monkeypatch):
    """Others get it, once all rooms are taken, when nobody has been there for long."""
    opened = rooms.find(here.code).opened
    moment, written = [opened], []
    monkeypatch.setattr("vae_core.classroom.store.now", lambda: moment[0])
    monkeypatch.setattr(rooms, "ROOMS", 1)
    here.watched["teacher", "line"] = live._Watch(here.code, "pupil", here.teacher, (1,), 0.0, rooms.note_teacher)
    del here.sessions["pupil"]
    writing = rooms.store.writing
    with monkeypatch.context() as patch:
        patch.setattr(rooms.store, "writing", lambda **how: written.append(moment[0]) or writing(**how))
        while moment[0] < opened + rooms.LEFT + 100:
            moment[0] += live.SIGNS
            live._give_signs(here.watched)
    assert len(written) <= (rooms.LEFT + 100) / rooms.TEACHER_SIGN + 1
    before = rooms.versions(here.code)
    with pytest.raises(rooms.ClassroomError, match="taken"):
        rooms.open_room(codes.new_token())
    assert rooms.versions(here.code) == before  # nothing is drawn again for a sign
    del here.sessions["teacher"]
    moment[0] += rooms.LEFT + 1
    live._give_signs(here.watched)
    assert rooms.open_room(codes.new_token()).room.code != here.code
    assert rooms.versions(here.code) is None
