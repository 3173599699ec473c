"""What the bridge between Python and the browser carries (``static/bridge``)."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from ui.components.payloads.base import Base64, Film


class PublishData(TypedDict):
    name: str
    value: Any


class SelectionData(TypedDict):
    name: str
    chosen: Any


class SelectionAnswer(TypedDict):
    picked: Any  # a place of the grid (-1: none), or DotPicked


class DotPicked(TypedDict):
    """On the map: a dot, a circled group, or nothing."""

    dot: NotRequired[int]
    group: NotRequired[Base64]  # places, 16 bits each


class RefreshData(TypedDict):
    name: str
    token: str


class RefreshAnswer(TypedDict):
    asked: str


class SettledEpochData(Film):
    epoch: int


class EpochAnswer(TypedDict):
    epoch: int


class UrlChoicesData(TypedDict):
    choices: dict[str, str]


class BrowserIdAnswer(TypedDict):
    token: str  # 32 hexadecimal digits
