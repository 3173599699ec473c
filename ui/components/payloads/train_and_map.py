"""What Start, Train and Map are sent."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from ui.components.payloads.base import Base64, Colour, Film, Size, Table


class Part(TypedDict):
    colour: str
    words: str
    where: str
    code: str


class ScenePicture(TypedDict):
    """A picture for the start page, and what the encoder makes of it."""

    name: str  # its class, or "drawing"
    image: Base64  # bytes
    mean: list[float]
    std: list[float]


class SceneData(TypedDict):
    epochs: list[int]  # that are kept, the last one shown
    points: Base64  # half floats (n, 2)
    labels: Base64  # bytes
    names: list[str]
    reach: list[list[float]]  # what a window shows at least: [[x0, x1], [y0, y1]]
    film_reach: list[list[float]]  # the same while the film plays, in which the dots of early epochs reach farther
    farthest: list[float]  # of all dots of the film, from zero: to the left or right, and up or down
    centres: list[list[float]]  # of the classes
    size: Size
    pictures: list[ScenePicture]
    parts: dict[str, Part]


class LossPanel(TypedDict):
    name: str
    colour: str
    now: str


class LossCurves(TypedDict):
    """The curves alone."""

    run: str
    panels: list[LossPanel]
    beta: float
    n_epochs: int
    steps: Table
    tests: Table
    epochs_shown: float


class NetworkBlock(TypedDict):
    sizes: list[int]  # one number, or channels, height and width
    label: str
    colour: Colour
    beside: NotRequired[bool]  # comes of the same layer as the one before it


class PresetCard(TypedDict):
    name: str
    label: str
    sentence: str
    time: str
    captions: NotRequired[list[str]]  # one for each line of the film; none without its model
    film: NotRequired[Base64]
    size: NotRequired[Size]
    model: NotRequired[str]


class PresetCardsData(TypedDict):
    cards: list[PresetCard]
    columns: int
    rows: int
    chosen: str


class PresetCardsAnswer(TypedDict):
    chosen: str


class NetworkDiagramData(TypedDict):
    blocks: list[NetworkBlock]  # from the picture to its copy
    label: str


class ProgressData(TypedDict):
    """How far a training is; the curves, which are polled, publish it."""

    run: str


class LossCurvesData(LossCurves):
    progress: float
    facts: str
    turns: dict[str, str]


class BirthFilm(TypedDict):
    """What a training drew, from its untrained network on."""

    times: list[float]  # in epochs: 0.25, after a quarter of the first
    rebuilt: Base64  # sheets, with a line for each time
    samples: Base64
    plane: Base64  # "" if the model has none
    points: list[Base64]  # half floats (n, 2)
    windows: list[list[list[float]]]  # of the plane


class BirthData(Film):
    live: bool  # it learns, and what it draws is published
    of: int  # epochs
    latent_dim: int
    names: list[str]
    labels: Base64  # bytes, of the dots
    shown: str  # what the test pictures show
    originals: Base64  # a sheet of one line; "" where they are not here
    copies: int
    samples: int
    size: Size
    seen: Size  # of pictures in a moment
    tile: Size  # of one of the plane's
    side: int  # of these, each way; 0: the model has no plane
    film: BirthFilm | None
    version: str


class BirthMoment(TypedDict):
    """What a network draws just now (``vae_core.runs.moments``)."""

    name: str  # another for each
    epoch: float
    step: int
    rebuilt: Base64  # bytes, as the next two
    samples: Base64
    plane: Base64
    points: Base64  # half floats (n, 2)
    window: list[list[float]] | None


class RunFiguresData(Film):
    in_use: float
    is_vae: bool
    use: list[list[float]]
    loss: list[float]
    separation: list[float]  # empty without classes
    classes: int
    pixels: float | None  # the same of plain pixels


class CodeChartData(Film):
    latent_dim: int
    mean: Base64  # half floats (epochs, d)
    std: Base64 | None
    reach: float
