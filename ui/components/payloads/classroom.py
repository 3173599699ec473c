"""What the line of a room and the page of the class are sent."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class SeatKept(TypedDict):
    """What the browser keeps: the room that it is in, and the teacher's token if it is a teacher's."""

    room: str
    teacher: str


class SeatLine(TypedDict):
    code: str
    teacher: bool
    name: str
    follows: bool
    room: bool  # this is the room's page
    trouble: str  # one sentence


class SeatData(TypedDict):
    ask: bool  # who the browser is
    keep: SeatKept | None
    line: SeatLine | None
    place: dict[str, str] | None  # where the teacher is, of what the browser follows by itself
    tell: bool  # where this browser is: it is the teacher's, and pupils follow


class SeatKnown(SeatKept):
    token: str


class SeatPlace(TypedDict):
    page: str
    choices: dict[str, str]


class SeatAct(TypedDict):
    what: Literal["leave", "follow", "roam", "room"]


class SeatAnswer(TypedDict):
    seat: SeatKnown
    place: SeatPlace
    act: SeatAct


class ClassPerson(TypedDict):
    id: int
    name: str
    hidden: bool
    out: bool
    here: bool


class ClassPeopleData(TypedDict):
    people: list[ClassPerson]
    chosen: int | None
    note: NotRequired[str]


class ClassPeopleAnswer(TypedDict):
    pupil: int
