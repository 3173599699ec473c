"""What the pages about an idea are sent: Autoencoder, Bubbles, Noise, Missions, Glossary."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from ui.components.payloads.base import Base64, Colour, Size


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


class PictureAnswer(TypedDict):
    label: str
    alt: str  # what it shows, for those who hear the page
    png: Base64  # a sheet: its pictures in a line


class PictureAnswersData(TypedDict):
    answers: list[PictureAnswer]
    columns: int
    size: Size
    chosen: int | None
    shown: NotRequired[bool]  # they are only shown, not chosen from
    version: str


class PictureAnswersAnswer(TypedDict):
    choice: int


class GlossaryLinksData(TypedDict):
    asked: str | None


class GlossaryLinksAnswer(TypedDict):
    term: str
