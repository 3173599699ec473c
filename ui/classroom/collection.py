"""What a class has drawn, kept as a picture set, and the model of our class."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import streamlit as st
from PIL import Image

from ui.classroom import train
from ui.shell import clock, live, visitor
from ui.shell.class_errors import in_class, tried
from ui.shell.errors import plain
from ui.shell.seat import Seat
from vae_core.classroom import drawings, rooms
from vae_core.classroom.drawings import SIDE, Drawing
from vae_core.classroom.rooms import Room
from vae_core.config import Config
from vae_core.jobs import queue
from vae_core.jobs.limits import hosted_limits
from vae_core.pictures import freezing, preparing, quality, sets
from vae_core.pictures.intake import Limits, Taken
from vae_core.pictures.reading import KEPT
from vae_core.pictures.sets import PictureSet, SetError
from vae_core.words import many

ONE = " Draw at least two different digits: a model that has seen only one can draw only that."
KEPT_ON = "A picture set stays when the room is closed. It holds the drawings and no names."


def collection(seat: Seat) -> None:
    """How much the room has drawn so far, and the buttons."""
    live.redraw_when_changed(seat.code, teacher=True)
    with in_class():
        count = drawings.counts(seat.code)
        if not count:
            return
        named = [f"{plain(each.words)} ({count[each.id]})" for each in drawings.prompts(seat.code) if each.id in count]
        total = sum(count.values())
        missing = quality.FEWEST - total
        with st.container(border=True, key="class_collection"):
            st.markdown("#### The model of our class")
            st.markdown(f"Drawings so far: {', '.join(named)}." + (ONE if len(named) == 1 else ""))
            if missing > 0:
                more = many(missing, "more drawing")
                st.progress(total / quality.FEWEST, text=f"A model can learn from it after {more}.")
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button(
                    "Train it", key="class_train_ours", type="primary", icon=":material/play_arrow:",
                    disabled=missing > 0, on_click=tried, args=(train_ours, seat),
                    help="This also keeps the drawings, without names, as a picture set.",
                )  # fmt: skip
                st.button(
                    "Keep the drawings", key="class_keep_drawings", icon=":material/add_photo_alternate:",
                    on_click=_keep_clicked, args=(seat,), help=KEPT_ON,
                )  # fmt: skip
                if kept := st.session_state.get("class_set"):
                    st.page_link(
                        "pages/pictures.py", label="See the picture set", icon=":material/add_photo_alternate:",
                        query_params={"set": kept},
                    )  # fmt: skip


def _keep_clicked(seat: Seat) -> None:
    tried(keep, seat)


def title_of(room: Room) -> str:
    return f"Class {room.code}, {clock.when(room.opened, '%d %B').lstrip('0')}"


def keep(seat: Seat) -> PictureSet:
    """The teacher's set of all that the room has drawn; what is in it already stays. Raises SetError, RunError,
    ClassroomError."""
    room = rooms.find(seat.code)
    if not rooms.is_teacher(seat.code, seat.teacher):
        raise SetError(rooms.NOT_TEACHER)
    drawn, names = drawings.of_room(seat.code), {each.id: each.words for each in drawings.prompts(seat.code)}
    owner = _owner()
    known = next((s for s in sets.list_sets(owner) if s.info.title == title_of(room)), None)
    there = {picture.name for picture in known.manifest.pictures} if known else set()
    new = [each for each in drawn if name_of(each) not in there]
    _make_room(owner, len(new), is_new=known is None)
    picture_set = known or sets.create(title_of(room), owner)
    hosted = hosted_limits()
    limits = Limits(pictures=hosted.pictures) if hosted else Limits()
    picture_set.add((taken(each, names[each.prompt]) for each in new), limits=limits)
    st.session_state["class_set"] = picture_set.id
    return picture_set


def name_of(drawing: Drawing) -> str:
    return f"drawing {drawing.id}"


def taken(drawing: Drawing, words: str) -> Taken:
    """A drawing as sets keep pictures, white on black; its class is what was to be drawn, “a 7” being a 7."""
    small = np.frombuffer(drawing.pixels, np.uint8).reshape(SIDE, SIDE)
    large = np.asarray(Image.fromarray(small).resize((KEPT, KEPT), Image.Resampling.BICUBIC))
    rgba = np.dstack([large, large, large, np.full_like(large, 255)])
    return Taken(re.sub(r"^an? ", "", words), name_of(drawing), rgba, "drawn")


def _owner() -> str:
    """Who owns the set; "" where everything is everybody's. Raises SetError."""
    if hosted_limits() is None:
        return ""
    if not visitor.me():
        raise SetError(visitor.NOT_KNOWN)
    return visitor.me()


def _make_room(owner: str, count: int, *, is_new: bool) -> None:
    """For so many more pictures, in a new set or one that is there. Raises SetError, RunError."""
    if (limits := hosted_limits()) is None:
        return
    if is_new and len(sets.list_sets(owner)) >= limits.sets:
        raise SetError(f"You may keep {limits.sets} sets on this shared server; delete one first.")
    queue.room_for_pictures(owner, limits, count * KEPT * KEPT * 4)


def train_ours(seat: Seat) -> None:
    """Keep the drawings, and train a model on them that everybody watches."""
    picture_set = keep(seat)
    guessed = preparing.guess(picture_set.sample())
    preparation = preparing.chosen(guessed, size=SIDE, colour="grey", centre=False)
    spec = freezing.freeze(picture_set, preparation)
    config = visitor.within_limits(Config(**freezing.suggested(picture_set, preparation)))
    train.start(seat, replace(config, dataset=spec.name, hidden_dim=None), f"The model of room {seat.code}", {})
