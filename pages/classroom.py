"""A class in one room: one projector, thirty phones, one model."""

import streamlit as st

from ui.classroom import activities, draw, train
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
    draw=Activity(
        "Draw together", "draw", "“Everybody, a 7”: all drawings appear on one map, and a model can learn from them.",
        draw.begin, draw.teacher, draw.pupil,
    ),
    train=Activity(
        "Train together", "how_to_vote", "The class votes on one setting. One training runs for all, and all watch it.",
        train.begin, train.teacher, train.pupil,
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
