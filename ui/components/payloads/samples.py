"""What the parts of Samples are sent."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from ui.components.payloads.base import Base64, Film, Size


class GridData(Film):
    size: Size
    classes: int
    count: int
    columns: int
    seed: int
    spread: float
    png: Base64
    version: str


class Nearest(TypedDict):
    """The nearest training picture at each epoch, or the nearest test picture where no others are here."""

    png: Base64
    places: list[int]
    classes: list[str]
    away: list[float]
    of: int
    learned: bool
    copies: int  # of each, varied; itself among them
    typical: list[float]


class StoryData(Film):
    size: Size
    count: int
    chosen: int | None
    classic: bool
    farther: Base64  # floats (epochs, count)
    order: Base64  # bytes (epochs, count)
    kinds: Base64  # bytes (epochs, count, classes)
    names: list[str]
    around: int
    nearest: Nearest | None
    real: int
    version: str
    grid: NotRequired[str]


class CodeFrame(TypedDict):
    """Where 0 and 1 of a knob are: floats (epochs, d) each."""

    shift: Base64
    scale: Base64


class KnobsData(Film, CodeFrame):
    size: Size
    order: list[int]
    steps: list[float]
    latent_dim: int
    film: Base64
    use: Base64  # floats (epochs, d)
    in_use: float
    dead: Base64  # bytes (epochs, d)
    classic: bool
    starts: Base64  # floats (epochs, d)
    place: int | None
    offered: list[tuple[int, str]]
    pictures: Base64
    version: str


class KnobsAnswer(TypedDict):
    start: int


class PlaneData(Film, CodeFrame):
    side: int
    size: Size
    film: Base64
    axes: list[list[float]]
    even: bool
    classic: bool
    version: str


class WalkData(Film, CodeFrame):
    size: Size
    waves: int
    latent_dim: int
    coefficients: Base64  # floats (2, waves, d)
    seed: int
    version: str
