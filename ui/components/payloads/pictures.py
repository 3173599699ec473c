"""What the pages of a visitor’s own pictures are sent, and may answer."""

from __future__ import annotations

from typing import Any, TypedDict

from ui.components.payloads.base import Base64


class Letter(TypedDict):
    """What the page's components send (``static/pictures/mailbox.js``): until they are told that it has come."""

    stream: str  # of this visit
    number: int  # counted from 1
    kind: str
    items: list[Any]  # SentPicture, or what was done to the set


class SentPicture(TypedDict):
    class_name: str
    source: str
    name: str
    picture: Base64  # a PNG, WebP or JPEG


class LettersRead(TypedDict):
    """What its component's data say of its letters."""

    stream: str  # of the last letter that came
    done: int  # its number


class StudioData(LettersRead):
    set: str  # its id; "" while there is none
    token: str  # another after each change
    count: int
    classes: list[str]
    taken: int  # in this visit
    skipped: list[tuple[str, str]]  # names and reasons
    skipped_count: int
    uploads: int  # files that came by the server's own field
    largest: int  # bytes of such a file
    trouble: str


class StudioAnswer(TypedDict):
    letter: Letter


class ClassCard(TypedDict):
    name: str
    count: int
    ids: list[int]  # of the pictures that are shown, in order
    at: int  # the first's place on the sheet


class CardsData(LettersRead):
    set: str
    token: str
    classes: list[ClassCard]
    heap: bool  # no classes: all of one heap
    sheet: Base64  # a WebP
    tile: int  # pixels to a side
    wide: int  # pictures to a line of the sheet
    open: int  # the class of which all are shown; -1: none
    page: int  # of those, counted from 0
    per_page: int
    undo: str  # what would be taken back; "" if nothing


class CardsAnswer(TypedDict):
    letter: Letter


class SeenData(LettersRead):
    set: str
    token: str
    pairs: Base64  # a WebP of two lines: before, and after
    pair_tile: int
    pair_count: int
    sheet: Base64  # a PNG
    tile: int
    wide: int
    ids: list[int]
    names: list[str]  # of the classes
    labels: list[int]
    empty: list[int]  # ids
    doubles: list[list[int]]  # ids of pictures that are nearly the same
    page: int
    pages: int
    total: int
    varied: Base64  # a PNG, a line for each picture; "" if they are not varied
    varied_wide: int
    varied_high: int


class SeenAnswer(TypedDict):
    letter: Letter
