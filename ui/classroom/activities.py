"""What a room does now: a table of kinds, each with what its teacher and its pupils see.

``rooms.set_activity(code, teacher, {"kind": "predict", ...})`` makes the room do it; all that it needs beyond its kind
stands in the same dictionary, and the functions get it. They run inside a fragment that runs again by itself when the
room changes (``ui/shell/live.py``), so they only draw what is so now. A kind that is not in the table is nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ui.shell.seat import Seat
from vae_core.classroom.rooms import Room


@dataclass(frozen=True)
class Activity:
    """Something a class does together."""

    title: str  # on the button with which a teacher begins it
    icon: str  # of Material Symbols
    words: str  # beside it, one sentence
    begin: Callable[[Seat, Room], None]  # what the teacher sees who has chosen it: what to ask, and a button
    teacher: Callable[[Seat, Room, Mapping[str, Any]], None]  # while the class does it
    pupil: Callable[[Seat, Room, Mapping[str, Any]], None]


ACTIVITIES: dict[str, Activity] = {}


def going_on(room: Room) -> Activity | None:
    """What the room does now; None if it does nothing."""
    return ACTIVITIES.get(str(room.activity.get("kind", "")))
