"""What the experiments of Loss are sent, and may answer."""

from __future__ import annotations

from typing import TypedDict

from ui.components.payloads.base import Base64, Size


class PixelData(TypedDict):
    version: str


class DamageData(TypedDict):
    run: str
    classes: int  # of the pictures
    names: list[str]  # of the pictures
    pictures: Base64  # bytes
    mean: Base64  # floats (n, d)
    pure_mean: Base64  # the same of the pictures made black and white
    decoder: str  # by which name its decoder comes (send_decoder)
    redrawn: bool
    version: str


class SplitLoss(TypedDict):
    """A BCE, and how much of it even a perfect copy costs, nats."""

    floor: float
    total: float


class FloorBar(TypedDict):
    label: str
    grey: SplitLoss
    pure: SplitLoss


class FloorData(TypedDict):
    bars: list[FloorBar]
    version: str


class BoundAnswer(TypedDict):
    wanted: int  # (rolls * 2 + 1 if the picture is black and white) * count + its place


class BoundData(TypedDict):
    run: str
    count: int  # pictures that there are
    rolls: int  # different rolls of the dice
    wanted: int | None  # what is shown, as in the answer; None before anything is asked for
    draws: list[int]
    average: list[float]
    single: list[list[float]]
    floor: float
    picture: Base64  # bytes; "" before anything is asked for
    size: Size
    version: str


class PenaltyData(TypedDict):
    run: str
    pictures: int
    variance: list[float]
    spread: list[float]
    square: list[float]
    version: str


class Stop(TypedDict):
    run: str
    beta: float
    reconstruction: float
    kl: float
    rebuilt: Base64
    invented: Base64


class TradeoffData(TypedDict):
    stops: list[Stop]
    floor: float  # of the reconstruction, nats
    version: str
