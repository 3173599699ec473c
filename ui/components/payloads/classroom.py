"""What the line of a room and the page of the class are sent."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from ui.components.payloads.base import Base64, Size


class SeatKept(TypedDict):
    """What the browser keeps: the room that it is in, and the teacher's token if it is a teacher's."""

    room: str
    teacher: str


class SeatKeep(SeatKept):
    left: str  # the room that was left, if none is kept any more
    number: str  # a tab does each once


class SeatLine(TypedDict):
    code: str
    teacher: bool
    name: str
    follows: bool
    room: bool  # this is the room's page
    doing: bool  # the class does something
    joins: bool  # and so does this page: the room's, or that of the training which all watch
    trouble: str  # one sentence


class SeatData(TypedDict):
    ask: bool  # who the browser is
    keep: SeatKeep | None
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


class ClassDrawing(TypedDict):
    id: int
    x: float  # on the map
    y: float
    words: str  # for those who hear the page, and under the pointer


class ClassMapData(TypedDict):
    """The map of a model of two numbers, and the drawings of a class at their places."""

    points: Base64  # half floats (n, 2)
    labels: Base64  # bytes
    names: list[str]
    label: int | None  # the class that was to be drawn
    range: list[list[float]]
    drawings: list[ClassDrawing]  # the newest last
    png: Base64  # a sheet of them
    columns: int  # of the sheet
    size: Size
    chosen: int | None
    version: str


class ClassMapAnswer(TypedDict):
    drawing: int
