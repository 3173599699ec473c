"""A class in one room: one projector, thirty phones."""

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
        "Predict together", "flag",
        "Ask everybody the same question. Answers appear as bars without names. Then you all look.",
        class_mission.begin, class_mission.teacher, class_mission.pupil,
    ),
    draw=Activity(
        "Draw together", "draw",
        "Everybody draws a 7, say. All drawings appear on one map, and a model can learn from them.",
        draw.begin, draw.teacher, draw.pupil,
    ),
    train=Activity(
        "Train together", "how_to_vote", "The class votes on one setting. Then everybody watches the same training.",
        train.begin, train.teacher, train.pupil,
    ),
)  # fmt: skip

through_app()
st.html(ROOT / "static" / "classroom" / "classroom.css")
place = seat.mine()
page_bar(
    "classroom",
    "**One projector, a phone each.** Your class predicts, draws and votes together.",
)
if place is None:
    entrance()
elif place.is_teacher:
    teacher(place)
elif other := other_room(place):
    elsewhere(place, other)
else:
    pupil(place)
