"""What the lecture’s walk is sent."""

from __future__ import annotations

from typing import TypedDict

from ui.components.payloads.base import Base64, Colour, Size


class LectureTerm(TypedDict):
    """A piece of a formula."""

    text: str
    colour: Colour
    name: str  # what lights it up; "" for a sign


class LectureBeat(TypedDict):
    words: str  # {colour:words} in the colours of the lecture
    lights: list[str]  # names of terms


class LectureCode(TypedDict):
    model: str
    part: str  # of its notebook
    lines: str


class LectureScene(TypedDict):
    name: str  # of its module
    title: str
    beats: list[LectureBeat]
    formula: list[LectureTerm]
    spoken: str
    shows: str
    measured: str
    door: str  # a page
    address: str  # its address
    label: str
    code: LectureCode | None  # the lines that do what it shows


class LectureDigit(TypedDict):
    """A test picture, and its bubble."""

    name: str
    image: Base64  # bytes
    mean: list[float]
    std: list[float]


class LectureClassic(TypedDict):
    """The model that only copies: the codes of test pictures, and the way of ours into a hole."""

    points: Base64  # half floats (n, 2)
    centres: list[list[float]]
    code: list[float]
    hole: list[float]
    walk: Base64  # bytes: what is drawn on the way


class LectureBubbles(TypedDict):
    """The bubbles of some test pictures under one beta."""

    beta: float
    mean: Base64  # half floats (n, 2), as the next
    logvar: Base64


class LectureForces(TypedDict):
    labels: Base64  # bytes (n,), of the bubbles
    ours: int  # which of them is our picture
    mean: Base64  # half floats (n, 2): where the reconstruction pulls each mean, in nats per unit
    betas: list[LectureBubbles]  # none, the lecture's, a large one


class LectureTraining(TypedDict):
    kept: list[int]  # the epochs of the sheets
    reconstruction: list[float]  # of the test pictures, after each epoch
    kl: list[float]
    rebuilt: Base64  # bytes: our picture, at each kept epoch


class LectureData(TypedDict):
    scenes: list[LectureScene]
    size: Size
    names: list[str]
    labels: Base64  # bytes (n,), of all test pictures that are shown
    means: Base64  # half floats (n, 2), as the next
    logvars: Base64
    centres: list[list[float]]
    digit: LectureDigit
    other: LectureDigit
    place: int  # of the digit among the test pictures
    classic: LectureClassic
    forces: LectureForces
    rolls: Base64  # floats (n, 2)
    training: LectureTraining


class LectureAnswer(TypedDict):
    go: str  # a door was opened: the name of a page
