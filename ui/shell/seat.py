"""Whether this visitor is in a room, as its teacher or a pupil, and the thin line that says so on every page.

The browser keeps who it is (``static/shell/seat.js``), so that a reload, another tab or a phone that slept is still the
same pupil; the store says whether it is true. Where the teacher is goes from the teacher's address to the store, and
from there to the pupils' pages while they follow.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from ui.components.bridge import component
from ui.components.payloads.classroom import SeatData, SeatLine
from ui.shell import browser_input, live, url_state
from ui.shell.pages import BY_NAME, PAGES
from vae_core.classroom import codes, pupils, rooms
from vae_core.classroom.rooms import Place, Room
from vae_core.classroom.store import ClassroomError, NotAllowed, RoomGone
from vae_core.jobs.limits import without_paths

KEY = "class_seat_line"
BY_EYE = {"epoch", "scene"}  # choices that the browser follows by itself: no page is drawn anew for them
NOBODY_FOLLOWS = {"room", "present", "tour", "play", "done"}  # choices that are the teacher's alone, as in seat.js
TEACHERS_OWN = {"lesson"}  # pages to which nobody follows: it has the answers
NOT_YET = "Your browser has not answered yet; try again in a moment."


@dataclass(frozen=True)
class Seat:
    """A place in a room."""

    code: str
    token: str  # the browser's own, by which it is a pupil
    teacher: str = ""  # the room's token, if this is its teacher
    name: str = ""  # a pupil's, as they see it themselves

    @property
    def is_teacher(self) -> bool:
        return bool(self.teacher)


def mine() -> Seat | None:
    """This visitor's place in a room; None outside."""
    seat = st.session_state.get("class_seat")
    return seat if isinstance(seat, Seat) else None


def browser() -> str:
    """The token of this visitor's browser, 32 hexadecimal digits; "" until it has answered, or was not asked."""
    return str(st.session_state.get("class_browser", ""))


def open_room() -> None:
    """Open a room, and be its teacher. Raises ClassroomError."""
    opened = rooms.open_room(_known_browser())
    _sit(Seat(opened.room.code, browser(), opened.token))


def join(code: str, name: str = "") -> None:
    """Be a pupil of a room. Raises ClassroomError."""
    pupil = pupils.join(code, _known_browser(), name)
    _sit(Seat(code, browser(), name=pupil.name))


def take_over(code: str, secret: str) -> None:
    """Be a room's teacher on this device too. Raises ClassroomError."""
    me = _known_browser()
    _sit(Seat(code, me, rooms.take_over(code, secret)))


def leave() -> None:
    """Go out of the room; a teacher's room stays open."""
    seat = mine()
    st.session_state["class_seat"] = None
    _keep(left=seat.code if seat else "")
    st.session_state["class_followed"] = None
    if seat and not seat.is_teacher:
        with suppress(ClassroomError):  # it is closed, or they were sent out
            pupils.leave(seat.code, seat.token)


def _known_browser() -> str:
    if not browser():
        raise ClassroomError(NOT_YET)
    return browser()


def _sit(seat: Seat) -> None:
    st.session_state["class_seat"] = seat
    _keep(seat.code, seat.teacher)
    st.session_state["class_followed"] = None


def _keep(room: str = "", teacher: str = "", left: str = "") -> None:
    """What the browser shall keep from now on: a room, or none any more. A tab does so once, by the number."""
    st.session_state["class_keep"] = {"room": room, "teacher": teacher, "left": left, "number": secrets.token_hex(8)}


# ---- the line


def line(page: str) -> None:
    """app.py, before each page: the line of whoever is in a room. ``page`` is the page's name.

    For everybody else it shows nothing, and the browser sends nothing.
    """
    st.fragment(_line)(page)


def _line(page: str) -> None:
    seat, trouble = mine(), str(st.session_state.pop("class_trouble", "") or "")
    room: Room | None = None
    if seat is None:
        live.forget_mine()
    else:
        sign = rooms.note_teacher if seat.is_teacher else pupils.note_here
        live.redraw_when_changed(seat.code, teacher=False, token=seat.teacher or seat.token, sign=sign)
        try:
            room = rooms.find(seat.code)
            if not seat.is_teacher and pupils.find(seat.code, seat.token) is None:
                raise NotAllowed(pupils.SENT_OUT)
        except (RoomGone, NotAllowed) as error:
            trouble, room = f"{seat.code}: {error}", None
            leave()
            live.forget_mine()
            st.session_state["class_turned"] = True
        except ClassroomError as error:
            trouble = str(error)
    if room and seat and not seat.is_teacher:
        _follow(room)
    if room and seat and seat.is_teacher:
        _tell_page(seat, room, page)
    data: SeatData = {
        "ask": page == "classroom" and not browser(),
        "keep": st.session_state.get("class_keep"),
        "line": _words(seat, room, trouble, page),
        "place": _by_eye(seat, room),
        "tell": bool(seat and seat.is_teacher and room and room.follows and page not in TEACHERS_OWN),
    }
    answer = _seat(
        key=KEY, data=data, on_seat_change=_answered, on_place_change=_teacher_went, on_act_change=_pressed,
    )  # fmt: skip
    if not browser() and browser_input.by_name(browser_input.by_name(answer, "seat"), "token"):
        _answered()  # to a server that was restarted a browser says again what it has said, and no callback hears it
        if browser():
            st.rerun()
    if st.session_state.pop("class_turned", False) and page == "classroom":
        st.session_state["class_trouble"] = trouble
        st.rerun()
    if st.session_state.pop("class_to_room", False) and page != "classroom":
        st.switch_page("pages/classroom.py")


_seat = component("class_seat", "shell/seat.js")


def _words(seat: Seat | None, room: Room | None, trouble: str, page: str) -> SeatLine | None:
    if seat is None and not trouble:
        return None
    at_home = seat is not None and room is not None
    return {
        "code": seat.code if at_home and seat else "",
        "teacher": bool(at_home and seat and seat.is_teacher),
        "name": seat.name if at_home and seat else "",
        "follows": bool(room and room.follows),
        "room": page == "classroom",
        "doing": bool(room and room.activity),
        "joins": page == "classroom" or bool(room and page == room.activity.get("kind")),  # "train" is both
        "trouble": without_paths(trouble),
    }


def _by_eye(seat: Seat | None, room: Room | None) -> dict[str, str] | None:
    """What the browser of a pupil who follows goes to by itself."""
    if seat is None or seat.is_teacher or room is None or not room.follows:
        return None
    choices = room.place.choices or {}
    return {name: choices[name] for name in ("run", *sorted(BY_EYE)) if name in choices}


def _follow(room: Room) -> None:
    """Go where the teacher is, if pupils follow and this one has not been brought there yet."""
    before = st.session_state.get("class_followed")
    if not room.follows:
        st.session_state["class_followed"] = None
        return
    if room.place == before or room.place == Place():
        return
    st.session_state["class_followed"] = room.place
    page = next((each for each in PAGES if each.path == room.place.page), None)
    if page is None or (isinstance(before, Place) and _drawn(before) == _drawn(room.place)):
        return
    choices = dict(room.place.choices or {})
    for name, value in choices.items():
        url_state.choose(name, value)
    if "chosen" in choices:
        st.session_state.pop("chosen_sample", None)
    st.switch_page(page.file, query_params=choices)


def _drawn(place: Place) -> Place:
    """A place without what the browser follows by itself."""
    return replace(place, choices={k: v for k, v in (place.choices or {}).items() if k not in BY_EYE})


def _tell_page(seat: Seat, room: Room, page: str) -> None:
    """The teacher has come to another page: pupils go there while the teacher's own is still being drawn.

    What the address says besides, the browser tells once it stands there.
    """
    if page == st.session_state.get("class_page"):
        return
    st.session_state["class_page"] = page
    if not room.follows or page in TEACHERS_OWN:
        return
    choices = browser_input.choices_in_address()
    if run := st.session_state.get("current_run"):
        choices.setdefault("run", str(run))
    followed = {name: value for name, value in choices.items() if name not in NOBODY_FOLLOWS}
    place = Place.read(BY_NAME[page].path, followed)
    if place:
        _try(lambda: rooms.go_to(seat.code, seat.teacher, place))


# ---- what the browser sends


def _answered() -> None:
    """Who the browser says it is, which the store confirms or not."""
    answer = browser_input.sent(KEY, "seat")
    token = browser_input.token(browser_input.by_name(answer, "token"))
    if token is None:
        return
    st.session_state["class_browser"] = token
    code = codes.read_code(browser_input.text(browser_input.by_name(answer, "room"), 20) or "")
    if mine() is None and code:
        _come_back(code, token, browser_input.token(browser_input.by_name(answer, "teacher")) or "")


def _come_back(code: str, token: str, teacher: str) -> None:
    try:
        if teacher and rooms.is_teacher(code, teacher):
            st.session_state["class_seat"] = Seat(code, token, teacher)
        elif pupil := pupils.find(code, token):
            pupils.join(code, token)
            st.session_state["class_seat"] = Seat(code, token, name=pupil.name)
        else:
            _keep(left=code)
    except RoomGone:
        st.session_state["class_trouble"] = f"{code}: {rooms.OVER}"
        _keep(left=code)
    except ClassroomError as error:
        st.session_state["class_trouble"] = str(error)
    st.session_state["class_turned"] = True


def _teacher_went() -> None:
    """The address of the teacher's browser has changed."""
    seat, sent = mine(), browser_input.sent(KEY, "place")
    choices: Any = browser_input.by_name(sent, "choices")
    place = Place.read(browser_input.by_name(sent, "page"), choices if isinstance(choices, Mapping) else None)
    if seat and seat.is_teacher and place and place.page not in {BY_NAME[name].path for name in TEACHERS_OWN}:
        _try(lambda: rooms.go_to(seat.code, seat.teacher, place))


def _pressed() -> None:
    """A button of the line."""
    act, seat = browser_input.sent(KEY, "act"), mine()
    what = browser_input.word(browser_input.by_name(act, "what"), ("leave", "follow", "roam", "room"))
    if what == "room":
        st.session_state["class_to_room"] = True
    elif seat and what == "leave":
        leave()
        st.session_state["class_turned"] = True
    elif seat and what in ("follow", "roam"):
        _try(lambda: rooms.let_follow(seat.code, seat.teacher, what == "follow"))


def _try(act: Any) -> None:
    try:
        act()
    except ClassroomError as error:
        st.session_state["class_trouble"] = str(error)
