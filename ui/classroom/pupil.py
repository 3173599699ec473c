"""What a pupil sees on the page of the class: what the room does now."""

from __future__ import annotations

import streamlit as st

from ui.classroom import activities
from ui.shell import live
from ui.shell.class_errors import in_class, refusal
from ui.shell.errors import plain
from ui.shell.seat import Seat
from vae_core.classroom import rooms
from vae_core.classroom.store import ClassroomError

LOOK_AROUND = (("pages/lecture.py", "Lecture", "school"), ("pages/morph.py", "Morph", "animation"),
               ("pages/missions.py", "Missions", "flag"), ("pages/draw.py", "Draw", "draw"))  # fmt: skip


@st.fragment
def pupil(place: Seat) -> None:
    """The whole page."""
    live.redraw_when_changed(place.code, teacher=False, token=place.token)
    try:
        room = rooms.find(place.code)
    except ClassroomError as error:
        st.info(plain(error))
        return
    activity = activities.going_on(room)
    with st.container(key="class_pupil"):
        if activity is not None:
            refusal()
            with in_class():
                activity.pupil(place, room, room.activity)
        elif room.follows:
            st.markdown(f"#### Hello, {plain(place.name)}")
            st.markdown("Your phone goes where your teacher goes. Look up!")
        else:
            st.markdown(f"#### Hello, {plain(place.name)}")
            st.markdown("You are in. Nothing to do yet: your teacher begins. Meanwhile, look around.")
            with st.container(horizontal=True):
                for page, label, icon in LOOK_AROUND:
                    st.page_link(page, label=label, icon=f":material/{icon}:")
