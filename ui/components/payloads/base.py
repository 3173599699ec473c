"""What payloads of many components are made of."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

Base64 = str
Colour = Literal["x", "encoder", "mean", "z", "decoder", "ink", ""]


class Size(TypedDict):
    """Of one picture."""

    channels: int
    height: int
    width: int


class Film(TypedDict):
    """What all that follows the epoch slider has: whose epochs, and which there are."""

    run: str
    epochs: list[int]


class Row(TypedDict):
    label: str
    note: str
    alt: str
    edge: str
    png: Base64  # a sheet: a line for each epoch, or one
    epochs: list[int] | None
    count: int
    columns: int


class Table(TypedDict):
    """Columns of numbers: 16 bits each between its ``low`` and ``high``, or 32."""

    n: int
    u2: NotRequired[Base64]
    f4: NotRequired[Base64]
    low: NotRequired[list[float]]
    high: NotRequired[list[float]]


class Mark(TypedDict):
    """Something beside the dots of a map."""

    name: str
    colour: Colour
    mode: Literal["lines", "markers"]
    walks: bool
    places: list[Base64]  # floats (n, 2), for each epoch or one for all
    dashed: NotRequired[bool]
    title: NotRequired[str]
    size: NotRequired[int]
