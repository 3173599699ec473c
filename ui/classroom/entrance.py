"""The way in, for whoever is in no room: open one, or join one by its code."""

from __future__ import annotations

import streamlit as st

from ui.shell import browser_input, seat
from ui.shell.class_errors import refusal, tried
from ui.shell.errors import plain
from ui.shell.seat import Seat
from vae_core.classroom import codes, pupils, rooms
from vae_core.classroom.store import ClassroomError, RoomGone

KEPT = (
    "Nicknames and answers are deleted when the teacher closes the room, after a day at most. So are drawings, unless "
    "the teacher keeps them, without names, to train a model. Nothing else is asked for."
)
NO_ROOM = "No room with the code {} is open. Check the four letters on the projector."
NO_CODE = "A code has four letters, like BDHJ. Look at the projector again."


def entrance() -> None:
    """Two ways: open a room, or say which one to join."""
    code = codes.read_code(browser_input.from_address("room") or "")
    refusal()
    if code:
        _door(code)
        return
    with st.container(key="class_ways"):
        with st.container(border=True, key="class_join"), st.form("class_code_form", border=False):
            st.markdown("#### Join a room")
            st.text_input("Code", key="class_code", max_chars=40, placeholder="The four letters on the projector")
            st.form_submit_button("Go on", key="class_find", on_click=_find, type="primary", width="stretch")
        with st.container(border=True, key="class_open"):
            st.markdown("#### For teachers")
            st.markdown("You get a code for your pupils, and choose what they do together.")
            st.button(
                "Open a room", key="class_open_button", icon=":material/meeting_room:", width="stretch",
                on_click=tried, args=(seat.open_room,),
            )  # fmt: skip
            lesson()
    st.caption(KEPT)


def lesson() -> None:
    """The link for a teacher who has nothing prepared."""
    st.page_link("pages/lesson.py", label="A lesson of 45 minutes, ready to teach", icon=":material/menu_book:")


def other_room(place: Seat) -> str | None:
    """The code of a link to another room than the one that a pupil is in."""
    code = codes.read_code(browser_input.from_address("room") or "")
    return code if code != place.code else None


def elsewhere(place: Seat, code: str) -> None:
    """A pupil of one room has opened the link of another."""
    st.markdown(f"You are in room **{place.code}**. This link is for room **{code}**.")
    with st.container(horizontal=True):
        st.button(f"Go to {code}", key="class_move", type="primary", on_click=seat.leave)
        st.button(f"Stay in {place.code}", key="class_other", on_click=_another)


def _door(code: str) -> None:
    """The room is known; how does one want to be called?"""
    try:
        rooms.find(code)
    except RoomGone:
        st.info(NO_ROOM.format(code))
        st.button("Another code", key="class_other", on_click=_another)
        return
    except ClassroomError as error:
        st.info(plain(error))
        st.button("Another code", key="class_other", on_click=_another)
        return
    with st.container(key="class_door"), st.form("class_join_form"):
        st.markdown(f"#### Join room **{code}**")
        st.text_input(
            "Nickname, if you like",
            key="class_nickname",
            max_chars=pupils.NAME,
            placeholder="No need for your real name",
        )
        st.form_submit_button(
            "Join", key="class_join_button", on_click=_join, args=(code,), type="primary", width="stretch"
        )
        st.caption(KEPT)
    st.button("Another code", key="class_other", on_click=_another, type="tertiary")


def _find() -> None:
    tried(_go_in, browser_input.text(browser_input.in_widget("class_code"), 100) or "")


def _go_in(typed: str) -> None:
    """To the door of a room, or to the teacher's side of it. Raises ClassroomError."""
    if long := codes.read_long_code(typed):
        seat.take_over(*long)
    elif code := codes.read_code(typed):
        try:
            rooms.find(code)
        except RoomGone:  # in the letters that were typed: those that look like others were read as these
            raise ClassroomError(NO_ROOM.format("".join(filter(str.isalnum, typed)).upper())) from None
        browser_input.set_address(room=code)
    else:
        raise ClassroomError(NO_CODE)


def _another() -> None:
    browser_input.set_address(room=None)


def _join(code: str) -> None:
    tried(seat.join, code, browser_input.text(browser_input.in_widget("class_nickname"), 200) or "")
