"""What the teacher of a room sees: how to come in, what the room does, who is there."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from ui.classroom import activities
from ui.classroom.entrance import lesson
from ui.classroom.invitation import invitation
from ui.components.bridge import component
from ui.shell import browser_input, live, seat
from ui.shell.class_errors import in_class, refusal, tried
from ui.shell.errors import plain
from ui.shell.seat import Seat
from vae_core.classroom import pupils, rooms, store
from vae_core.classroom.rooms import Room
from vae_core.classroom.store import ClassroomError

KEPT = (
    "Nicknames, answers and drawings stay on this server until you close the room, for {hours} at most. "
    "What you keep or train stays, without names."
)


def teacher(place: Seat) -> None:
    """The whole page."""
    with st.container(key="class_board"):
        with st.container(key="class_now"):
            _now(place)
        with st.container(key="class_aside"):
            invitation(place.code)
            with st.container(key="class_desk"):
                _people(place)
                _steering(place)


@st.fragment
def _now(place: Seat) -> None:
    """What the room does, or what it could do."""
    live.redraw_when_changed(place.code, teacher=False)  # what grows with each vote is a fragment of its own
    refusal()
    if (room := _room(place)) is None:
        return
    activity = activities.going_on(room)
    if activity is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="class_doing"):
            st.markdown(f"#### :material/{activity.icon}: {activity.title}", width="stretch")
            st.button(
                "Finish", key="class_end", icon=":material/stop:", on_click=_end, args=(place,),
                help="Phones go back to waiting. A training continues.",
            )  # fmt: skip
        with in_class():
            activity.teacher(place, room, room.activity)
        return
    chosen = st.session_state.get("class_begins")
    if isinstance(chosen, str) and chosen in activities.ACTIVITIES:
        st.button(
            "Back", key="class_back", icon=":material/arrow_back:", on_click=_begin, args=(None,), type="tertiary"
        )
        st.markdown(f"#### :material/{activities.ACTIVITIES[chosen].icon}: {activities.ACTIVITIES[chosen].title}")
        with in_class():
            activities.ACTIVITIES[chosen].begin(place, room)
        return
    st.markdown("#### What will the class do?")
    for name, each in activities.ACTIVITIES.items():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{each.title}.** {each.words}", width="stretch")
            st.button(
                "Choose", key=f"class_begin_{name}", icon=f":material/{each.icon}:", on_click=_begin, args=(name,)
            )
    st.markdown("Or tick **Pupils follow me** at the bottom: their phones open each page that you open.")
    lesson()


def _begin(name: str | None) -> None:
    st.session_state["class_begins"] = name


def _end(place: Seat) -> None:
    _begin(None)
    tried(rooms.set_activity, place.code, place.teacher, {})


@st.fragment
def _people(place: Seat) -> None:
    """Who is there, and what can be done about one of them."""
    live.redraw_when_changed(place.code, teacher=True)
    refusal()
    try:
        everybody = pupils.everybody(place.code, place.teacher)
    except ClassroomError:
        return  # the rest of the page says it
    here = sum(each.here for each in everybody)
    away = sum(not each.here and not each.sent_out for each in everybody)
    st.markdown(f"**{here} here**" + (f", {away} away" if away else ""))
    if not everybody:
        st.caption("Nobody yet. Pupils scan the square, or open this address and type the four letters.")
        return
    ids = {each.id: each for each in everybody}
    chosen = ids.get(st.session_state.get("class_chosen") or -1)
    _class_people(
        key="class_people",
        data={
            "people": [
                {"id": each.id, "name": each.name, "hidden": each.hidden, "out": each.sent_out, "here": each.here}
                for each in everybody
            ],
            "chosen": chosen.id if chosen else None,
        },
        on_pupil_change=_chose,
    )
    if chosen:
        with st.container(horizontal=True, vertical_alignment="center", key="class_one"):
            st.markdown(f"**{plain(chosen.name)}**", width="content")
            for label, key, act in _acts(place, chosen):
                st.button(label, key=key, on_click=tried, args=act)
    st.caption(_about(chosen))


def _about(chosen: pupils.Pupil | None) -> str:
    """What can be done about one of them, said before it is done: what is deleted does not come back."""
    if chosen is None:
        return "Choose a name to hide it, or to send someone out."
    if chosen.sent_out:
        return "What they drew and answered is deleted."
    return "Sending someone out also deletes what they drew and answered."


_class_people = component("class_people", "classroom/people.js")


def _acts(place: Seat, one: pupils.Pupil) -> list[tuple[str, str, tuple[Any, ...]]]:
    """What can be done about a pupil: words, the button's key, a function and what it is given."""
    who = (place.code, place.teacher, one.id)
    if one.sent_out:
        return [("Let in again", "class_let_in", (pupils.let_in_again, *who))]
    hide = "Show the name" if one.hidden else "Hide the name"
    return [
        (hide, "class_hide", (pupils.hide_name, *who, not one.hidden)),
        ("Send out", "class_send_out", (pupils.send_out, *who)),
    ]


def _chose() -> None:
    number = browser_input.whole_number(browser_input.sent("class_people", "pupil"), 0, 2**53)
    st.session_state["class_chosen"] = None if number == st.session_state.get("class_chosen") else number


@st.fragment
def _steering(place: Seat) -> None:
    """Hand the room over, close it, and what is kept."""
    refusal()
    if seat.mine() != place:  # it was closed just now, or is another one
        st.rerun()
    if (room := _room(place)) is None:
        return
    with st.container(horizontal=True, key="class_steering"):
        st.button(
            "Use a second device",
            key="class_hand_over",
            icon=":material/devices:",
            on_click=_ask,
            args=("handing", True),
        )
        st.button("Close the room", key="class_close", icon=":material/close:", on_click=_ask, args=("closing", True))
    if st.session_state.get("class_handing"):
        with st.container(border=True, key="class_secret"):
            st.markdown("Whoever types this code becomes a teacher of this room. Is the projector off?")
            with st.container(horizontal=True):
                st.button("Show the code", key="class_show_code", type="primary", on_click=_hand_over, args=(place,))
                st.button("Cancel", key="class_hand_not", on_click=_ask, args=("handing", False))
    if long := st.session_state.pop("class_long_code", None):
        st.markdown(f"On your other device, open Classroom and type this as the code, within ten minutes: **{long}**")
    if st.session_state.get("class_closing"):
        with st.container(border=True, key="class_sure"):
            st.markdown(
                "Close the room for everybody? Nicknames, answers and drawings that you did not keep are deleted."
            )
            with st.container(horizontal=True):
                st.button("Yes, close it", key="class_close_now", type="primary", on_click=_close, args=(place,))
                st.button("No", key="class_close_not", on_click=_ask, args=("closing", False))
    hours = max(math.ceil((room.ends - store.now()) / 3600), 1)
    st.caption(KEPT.format(hours=f"{hours} more hours" if hours > 1 else "one more hour"))
    st.caption("Press **P** for presenter mode: no menus, larger type. **P** again ends it.")


def _hand_over(place: Seat) -> None:
    def show() -> None:
        st.session_state["class_long_code"] = rooms.hand_over(place.code, place.teacher)

    _ask("handing", False)
    tried(show)


def _ask(what: str, ask: bool) -> None:
    """Whether the teacher is asked once more before this."""
    st.session_state[f"class_{what}"] = ask


def _close(place: Seat) -> None:
    def close() -> None:
        rooms.close(place.code, place.teacher)
        seat.leave()

    _ask("closing", False)
    tried(close)


def _room(place: Seat) -> Room | None:
    try:
        return rooms.find(place.code)
    except ClassroomError as error:
        st.info(plain(error))
        return None
