"""A class in one room: one projector, thirty phones, one model."""

import streamlit as st

from ui.classroom import activities
from ui.classroom.activities import Activity
from ui.classroom.entrance import elsewhere, entrance, other_room
from ui.classroom.pupil import pupil
from ui.classroom.teacher import teacher
from ui.shell import seat
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.understand import class_mission
from vae_core.paths import ROOT

activities.ACTIVITIES.update(
    predict=Activity(
        "Predict together", "flag", "A mission for all: answers come in as bars without names, then everybody looks.",
        class_mission.begin, class_mission.teacher, class_mission.pupil,
    ),
)  # fmt: skip

through_app()
st.html(ROOT / "static" / "classroom" / "classroom.css")
place = seat.mine()
page_bar(
    "classroom",
    "**One room, one projector, a phone each.** A class predicts, draws and decides together on one model.",
)
if place is None:
    entrance()
elif place.is_teacher:
    teacher(place)
elif other := other_room(place):
    elsewhere(place, other)
else:
    pupil(place)
