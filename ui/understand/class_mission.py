"""Predict together: a mission for the whole room. Votes come in as bars without names, and then all look at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from ui.components import votes
from ui.shell import browser_input, live
from ui.shell.class_errors import in_class, tried
from ui.shell.errors import one_sentence
from ui.shell.seat import Seat
from ui.understand import mission_views, missions, others, picture_findings
from ui.understand.missions import MISSIONS, Mission
from vae_core import paths
from vae_core.classroom import pupils, rooms, voting
from vae_core.classroom.rooms import Room
from vae_core.classroom.voting import Question

KIND = "predict"


def question_of(room: Room) -> Question | None:
    """What the room is asked, or was asked last; None while it does something else. Raises ClassroomError."""
    number = room.activity.get("question")
    if room.activity.get("kind") != KIND or not isinstance(number, int):
        return None
    found = voting.question(room.code, number)
    return found if found.subject in MISSIONS and found.count == MISSIONS[found.subject].count else None


# ---- the teacher


def begin(seat: Seat, room: Room) -> None:
    """Which mission, before the first was asked."""
    _choice(seat, None)


def teacher(seat: Seat, room: Room, activity: Mapping[str, Any]) -> None:
    """The mission, the bars as they grow, and Look; then the next one."""
    asked = question_of(room)
    if asked is None:
        return _choice(seat, None)
    st.html(paths.ROOT / "static" / "understand" / "missions.css")
    mission = MISSIONS[asked.subject]
    with st.container(border=True, key="class_mission"), one_sentence():
        st.markdown(f"#### {mission.name}")
        st.markdown(mission.question)
        if asked.is_open and mission.pictures is not None:
            picture_findings.show("class_answers", mission.pictures, str(paths.GALLERY))
        st.fragment(_bars)(seat, asked)
        if asked.is_open:
            st.button(
                "Look", key="class_look", type="primary", icon=":material/visibility:", on_click=tried,
                args=(voting.close, seat.code, seat.teacher, asked.id),
                help="Nobody can answer any more, and everybody sees what the models did.",
            )  # fmt: skip
        else:
            mission_views.tell(mission, None, mission_views.seen(asked.subject))
            page, label = mission.then
            st.page_link(f"pages/{page}.py", label=label, icon=":material/touch_app:", query_params=mission.params)
    _choice(seat, asked)


def _choice(seat: Seat, asked: Question | None) -> None:
    names = list(MISSIONS)
    following = names[(names.index(asked.subject) + 1) % len(names)] if asked else names[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        # Its key says what is suggested, so that it moves on once a mission was asked.
        chosen = st.selectbox(
            "The next mission" if asked else "Mission", names, names.index(following), width=320,
            key=f"class_mission_{asked.id if asked else 0}", format_func=lambda name: MISSIONS[name].name,
        )  # fmt: skip
        st.button(
            "Ask the class", key="class_ask", type="secondary" if asked and asked.is_open else "primary",
            icon=":material/campaign:", on_click=tried, args=(ask, seat, chosen),
        )  # fmt: skip
    if chosen in MISSIONS and not (asked and asked.is_open):  # what it asks, before a class is asked; one at a time
        st.caption(MISSIONS[chosen].question)


def ask(seat: Seat, name: str) -> None:
    """Open a mission for the room. Raises ClassroomError."""
    if name in MISSIONS:
        asked = voting.ask(seat.code, seat.teacher, "mission", name, MISSIONS[name].count)
        rooms.set_activity(seat.code, seat.teacher, {"kind": KIND, "question": asked.id})


def _bars(seat: Seat, asked: Question) -> None:
    live.redraw_when_changed(seat.code, teacher=True)
    with in_class():
        counts, here = voting.counts(seat.code, asked.id), pupils.here(seat.code)
        show_bars(asked, counts, f"{sum(counts)} of {max(here, sum(counts))} have answered")


def show_bars(asked: Question, counts: list[int], title: str, mine: int | None = None) -> None:
    """Whose pictures an answer shows, and which is right, is told once the class has looked."""
    mission = MISSIONS[asked.subject]
    if asked.is_open:
        names = list(mission.answers) if mission.guess is None else others.labels(mission)
        votes.bars(names, counts, title, mine=mine)
    else:
        right = others.right_places(mission, missions.right(asked.subject))
        votes.bars(others.labels(mission), counts, title, right=right, mine=mine)


# ---- a pupil


def pupil(seat: Seat, room: Room, activity: Mapping[str, Any]) -> None:
    """The question, and what one has answered; after Look what the class did and what the models did."""
    asked = question_of(room)
    if asked is None:
        return
    st.html(paths.ROOT / "static" / "understand" / "missions.css")
    mission, mine = MISSIONS[asked.subject], voting.answer_of(seat.code, seat.token, asked.id)
    with st.container(border=True, key="class_mission"), one_sentence():
        st.markdown(f"#### {mission.name}")
        st.markdown(mission.question)
        if asked.is_open:
            _answer(seat, asked, mission, mine)
        else:
            counts = voting.counts(seat.code, asked.id)
            show_bars(asked, counts, "What your class has answered", mine)
            answer = None if mine is None else mission.answer_at(mine)
            mission_views.tell(mission, answer, mission_views.seen(asked.subject))


def _answer(seat: Seat, asked: Question, mission: Mission, mine: int | None) -> None:
    key = f"class_answer_{asked.id}"
    first = None if mine is None else mission.answer_at(mine)
    voted = partial(_vote, seat, asked, key)
    if mission.guess:  # a slider stands somewhere before anybody has touched it
        mission_views.choose(key, mission, first=first)
        st.button("Send" if mine is None else "Change it", key="class_send", type="primary", on_click=voted)
    else:
        mission_views.choose(key, mission, first=first, changed=voted)
    if first is None:
        st.caption("Nobody sees who answered what." if mission.guess else "Choose one. Nobody sees who chose what.")
    else:
        words = mission.answers[first] if mission.guess is None else mission.in_words(first)
        st.markdown(f":material/check: Your answer: **{words}**. You can change it until the class looks.")


def _vote(seat: Seat, asked: Question, key: str) -> None:
    """What stands in the widget ``key``, if it is an answer at all."""
    mission = MISSIONS[asked.subject]
    if mission.pictures is not None:
        answer = picture_findings.chosen_in(key)
    else:
        answer = browser_input.whole_number(browser_input.in_widget(key), 0, 999)
    if answer is not None and mission.allows(answer):
        tried(voting.vote, seat.code, seat.token, asked.id, mission.place(answer))
