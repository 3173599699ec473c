"""What Morph and Draw are sent."""

from __future__ import annotations

from typing import TypedDict

from ui.components.payloads.base import Base64, Film, Row, Size


class PlayerData(Film):
    rows: list[Row]
    size: Size
    frames: int
    film: int
    autoplay: bool
    version: str


class LengthsData(Film):
    way: str
    usual: list[tuple[float, float, float]]
    frames: int
    along: dict[str, Base64]  # floats (epochs, frames)
    texts: list[str]


class UnusualView(TypedDict):  # nats above what a perfect copy costs
    counts: list[int]
    low: float
    high: float
    mine: float
    text: str


class UnusualData(Film):
    of: int  # test pictures that are as grey
    thing: str  # what is compared: a drawing, a picture
    views: list[UnusualView]
