"""What components of several pages are sent, and may answer; the tour too."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from ui.components.payloads.base import Base64, Colour, Film, Row, Size


class EpochSliderData(Film):
    losses: list[float]
    of: int


class EpochWordsData(Film):
    texts: list[str]


class ImageRowsData(Film):
    rows: list[Row]
    size: Size
    follow: bool
    version: str


class Landmark(TypedDict):
    """A picture of the visitor's own that stays on the map."""

    name: str
    note: str  # how its place was found
    places: Base64  # floats (epochs, as many as the map has axes)


class DotPictures(TypedDict):
    """Which sheet has the picture of each dot."""

    name: str  # of these pictures
    sheets: Base64  # bytes
    size: Size
    wide: int  # pictures in a line


class PictureCacheData(TypedDict):
    name: str
    sheet: int
    size: Size
    png: Base64


class SheetAnswer(TypedDict):
    sheet: int


class LatentMapHead(Film):
    labels: Base64  # bytes
    names: list[str]
    view: str
    axes: list[str]
    range: list[list[float]]
    layout: dict[str, Any]  # of ui.figures.latent_map
    trace: dict[str, Any]
    pickable: NotRequired[bool]
    pictures: NotRequired[DotPictures]
    redrawn: NotRequired[bool]
    anywhere: NotRequired[bool]
    bubbles: NotRequired[list[Base64] | None]  # half floats (n, 2, 2)
    landmarks: NotRequired[list[Landmark]]


class LinkedDots(TypedDict):
    """Of a map beside another: which dots are the same test picture on both."""

    channel: str  # by which the two hear what is lit
    numbers: Base64  # 16 bits of each dot: the picture's number; 65,535: not on the other map


class LinkedPictures(TypedDict):
    png: Base64  # a sheet: the pictures in the order of their numbers
    wide: int  # pictures in a line of it
    size: Size


class LatentMapData(LatentMapHead):
    points: list[Base64]  # half floats (n, as many as there are axes) for each epoch


class LatentMapSent(LatentMapHead):
    """The head of the message, of which each part has the dots of an epoch, 12 bits a number."""

    corners: list[list[list[float]]]  # of each epoch, between which numbers they lie: [low of each axis, high]


class MiniMapData(Film):
    linked: NotRequired[LinkedDots]
    map: NotRequired[str]  # its key, by which its marks are told
    points: list[Base64]  # half floats (n, 2) for each epoch
    labels: Base64  # bytes
    names: list[str]
    range: list[list[float]]
    caption: str


class DrawingPadData(TypedDict):
    what: str  # to draw, e.g. "a digit"
    png: Base64
    picture: bool  # whether it is a picture, not drawn on the pad
    sum: int  # of what was sent
    refused: int  # the same of the last picture that was not taken
    why: str
    turn: NotRequired[str]  # another one than before: the pad is empty again
    by_hand: NotRequired[bool]  # no pictures can be put on it


class Drawn(TypedDict):
    kind: Literal["pixels", "picture"]
    packed: Base64  # bytes, a square; or the file of a picture
    sum: int  # by which it is known again


class DrawingPadAnswer(TypedDict):
    drawn: Drawn


class Choice(TypedDict):
    """One end of a morph: the visitor's drawing, or a test picture by its class and its number in the test set."""

    drawing: bool
    label: int
    number: int


class PickerEnd(TypedDict):
    title: str
    choice: Choice | None
    tile: Base64  # a PNG, of a picture that is not on the sheet


class PickerClass(TypedDict):
    label: int
    name: str
    numbers: list[int]


class ImagePickerData(TypedDict):
    run: str
    sheet: Base64
    size: Size
    ends: dict[str, PickerEnd]
    redrawn: bool
    classes: list[PickerClass]
    own: bool
    browse: NotRequired[str]


class Picked(TypedDict):
    end: str
    choice: Choice


class ImagePickerAnswer(TypedDict):
    choice: Picked


class DiceShape(TypedDict):
    """A shape that the dice can have."""

    name: str  # one of ``vae_core.analysis.noise_shapes.SHAPES``
    title: str
    note: str


class DiceModel(TypedDict):
    name: str
    colour: Colour
    # By epoch and shape, how clear its pictures are: 0 to 1, and the std from seed to seed. None: being measured.
    clear: dict[str, dict[str, list[float]]] | None


class DiceShapesData(Film):
    shapes: list[DiceShape]
    models: list[DiceModel]
    chosen: str
    only: int | None  # of the Gaussians of the classes the one that is asked for
    classes: list[int]  # which can be asked for
    names: list[str]  # of all classes
    key: str  # by which it is told what was measured later
    version: str


class DiceChoice(TypedDict):
    shape: str
    only: int | None


class DiceShapesAnswer(TypedDict):
    choice: DiceChoice


class CurvePanel(TypedDict):
    title: str
    lines: list[list[float]]
    floor: NotRequired[float]  # what even a perfect copy costs


class TwoRunCurvesData(TypedDict):
    panels: list[CurvePanel]
    names: list[str]


class MeasuredLine(TypedDict):
    name: str
    colour: str  # of static/style.css, without --ll-
    dashed: bool
    xs: list[float]
    ys: list[float]
    spread: list[float]  # to each side; 0 where nothing is known


class MeasuredChart(TypedDict):
    title: str
    words: str
    lines: list[MeasuredLine]


class LongerData(TypedDict):
    charts: list[MeasuredChart]
    version: str


class TourWay(TypedDict):
    words: str
    light: list[str]  # selectors
    done: list[dict[str, Any]]  # rules, as ``tour_witness.js`` has them
    when: str  # a selector


class TourKeep(TypedDict):
    name: str
    selector: str
    words: str
    note: str  # a selector


class TourTraining(TypedDict):
    """What a training of the visitor's draws now."""

    run: str
    words: str
    picture: Base64  # a sheet of samples


class TourData(TypedDict):
    door: bool
    of: int
    step: NotRequired[int]
    title: NotRequired[str]
    ways: NotRequired[list[TourWay]]
    keeps: NotRequired[list[TourKeep]]
    training: NotRequired[TourTraining | None]  # at the last step
    here: NotRequired[bool]


class TourAnswer(TypedDict):
    go: int
