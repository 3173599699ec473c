"""What travels between Python and the browser: for each component what it is sent, and what it may answer.

``python -m ui.components.payloads_to_typescript`` writes the same as types for JavaScript
(``static/lib/payloads.d.ts``), and a test holds the two together. A text called Base64 holds little-endian numbers:
bytes, half floats or floats, as the comment beside it says. What comes back is checked once more by
``ui.shell.browser_input``: this is only what honest browsers send.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

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


# ---- bridge


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


# ---- what several pages draw


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


# ---- Lecture


class LectureTerm(TypedDict):
    """A piece of a formula."""

    text: str
    colour: Colour
    name: str  # what lights it up; "" for a sign


class LectureBeat(TypedDict):
    words: str  # {colour:words} in the colours of the lecture
    lights: list[str]  # names of terms


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


# ---- Start, Train, Map


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


# ---- Samples


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


# ---- Morph, Draw


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


# ---- Understand


class WhenSeenAnswer(TypedDict):
    wanted: int  # 1: it is seen, and what it needs has not come


class CodesMap(TypedDict):
    run: str
    title: str
    points: Base64  # floats (n, 2)
    labels: Base64  # bytes
    centres: list[tuple[float, float, str]]
    range: list[list[float]]
    gap: float
    wide: float
    far: float
    hole: list[float]
    start: list[float]
    decoder: str  # by which name its decoder comes (send_decoder)


class AutoencoderData(TypedDict):
    maps: list[CodesMap]
    names: list[str]
    dice: Base64  # floats (n, 2)
    version: str


class Sheet(TypedDict):
    title: str
    note: str
    alt: str
    png: Base64  # its pictures in a line
    colour: Colour
    clear: list[float] | None  # how clear such pictures are, 0 to 1, and the std from seed to seed


class HundredData(TypedDict):
    sheets: list[Sheet]
    count: int  # pictures on each
    size: Size
    version: str


class PcaRow(TypedDict):
    label: str
    note: str
    alt: str
    edge: str
    png: Base64  # pictures in a line; "": drawn by the browser


class PcaModel(TypedDict):
    """A model that bends, beside PCA."""

    title: str
    numbers: int
    error: float
    needs: int  # numbers that PCA needs to copy as well
    colour: Colour
    below: bool  # where its name stands


class PcaData(TypedDict):
    rows: list[PcaRow]
    count: int  # pictures in a row
    size: Size
    names: list[str]  # what each shows
    basis: Base64  # half floats: the mean picture, and the fixed ones
    codes: Base64  # floats (count, numbers)
    errors: list[float]  # of PCA with 0, 1, 2, ... numbers
    models: list[PcaModel]
    start: int
    chosen: int
    version: str


class BubblePanel(TypedDict):
    run: str
    title: str
    beta: float
    reach: float
    shapes: list[list[float]]
    labels: Base64  # bytes
    epochs: list[int]


class BubbleModel(TypedDict):
    """A model of two numbers at its last epoch, in its own axes."""

    run: str
    title: str
    beta: float
    turn: list[float]  # a, b, c, d: it is shown with x at a x + b y and y at c x + d y
    means: Base64  # floats (n, 2), as the next three
    logvars: Base64
    on_mean: Base64  # the reconstruction's gradients
    on_logvar: Base64
    decoder: str  # by which name its decoder comes (send_decoder)
    known: float  # how far out that draws what the model draws


class BubbleSceneData(TypedDict):
    models: list[BubbleModel]  # in the order of the slider
    start: int  # where it begins
    names: list[str]
    labels: Base64  # bytes
    size: Size
    redrawn: bool
    reach: float  # of the farthest bubble
    about: str  # how the models' maps are laid onto each other
    version: str


class BubbleSceneAnswer(TypedDict):
    wanted: int  # the model whose decoder is missing


class MeasuredGap(TypedDict):
    gap: float  # nats, on average
    error: float  # its standard error
    pictures: int


class SettlingModel(TypedDict):
    run: str
    title: str
    latent_dim: int
    beta: float
    reconstruction: Literal["bce", "mse"]
    means: Base64  # floats, the encoder's, as many as pictures
    logvars: Base64
    decoder: str  # by which name its decoder comes
    measured: MeasuredGap | None


class SettlingData(TypedDict):
    models: list[SettlingModel]
    pictures: Base64  # bytes
    names: list[str]  # of the pictures
    size: Size
    thing: str
    start: int  # the picture one begins with
    version: str


class SettlingAnswer(TypedDict):
    wanted: int  # the model whose decoder is missing


class TwoSpacesData(TypedDict):
    names: list[str]
    labels: Base64  # bytes, one a picture
    size: Size
    share: float  # of the pictures' variance along the two directions of the space of pictures
    start: int  # the picture that is lit first
    pictures: Base64  # a line of pictures, as the next two
    copies: Base64  # the VAE's, of z
    classics: Base64  # the classic model's
    inputs: Base64  # floats (n, 2) along the two directions, as the next two
    outputs: Base64  # of the VAE's copies
    sheet: Base64  # of what is decoded along the net: its upright lines and then its level ones, so many places each
    codes: Base64  # floats (n, 2): the classic model's, and the VAE's in the next three
    means: Base64
    stds: Base64
    noise: Base64
    reach: float  # how far the net reaches from the middle, each way
    lines: int  # of the net, each way
    fine: int  # places along each
    version: str


class LogVarianceData(TypedDict):
    variances: list[float]
    error: list[float]  # of one picture at each of them, nats
    beta: float
    version: str


class ShapesData(TypedDict):
    version: str


class BubblesData(TypedDict):
    panels: list[BubblePanel]
    epochs: list[int]
    size: int
    names: list[str]
    version: str


class NoiseData(TypedDict):
    run: str
    names: list[str]
    pictures: Base64  # bytes
    mean: Base64  # floats, as the next five
    std: Base64
    eps: Base64
    loss: Base64
    slope: Base64
    points: Base64
    labels: Base64  # bytes
    range: list[list[float]]
    decoder: str  # by which name its decoder comes (send_decoder)
    redrawn: bool
    version: str


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


class PictureAnswer(TypedDict):
    label: str
    alt: str  # what it shows, for those who hear the page
    png: Base64  # a sheet: its pictures in a line


class PictureAnswersData(TypedDict):
    answers: list[PictureAnswer]
    columns: int
    size: Size
    chosen: int | None
    version: str


class PictureAnswersAnswer(TypedDict):
    choice: int


class GlossaryLinksData(TypedDict):
    asked: str | None


class GlossaryLinksAnswer(TypedDict):
    term: str


# ---- Own pictures


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


# ---- a run's report, a page of its own


class ReportMap(TypedDict):
    points: list[Base64]  # half floats (n, 2), for each epoch
    labels: Base64  # bytes (n,)
    names: list[str]
    axes: list[str]
    range: list[list[float]]
    opacity: float


class EmbedSheet(TypedDict):
    """Pictures that move by themselves: at each frame one of each row, or a row's whole line."""

    rows: list[Row]
    size: Size
    frames: int
    lines: bool  # a frame is a whole line of a row's sheet, as a mosaic has it
    back: bool  # it goes there and back


class EmbedData(TypedDict):
    title: str
    note: str
    says: list[str]  # of each frame
    sheet: EmbedSheet | None
    map: ReportMap | None


class ReportData(TypedDict):
    title: str
    epochs: list[int]
    summary: str
    settings: list[list[str]]
    curves: LossCurves
    windows: list[list[float]]  # from where to where each panel of the curves reaches
    map: ReportMap
    rows: list[Row]
    samples: Row
    morph: Row | None
    size: Size
    made: str
