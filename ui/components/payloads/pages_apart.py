"""What a page of its own is written with: a run’s report, and a picture to embed."""

from __future__ import annotations

from typing import TypedDict

from ui.components.payloads.base import Base64, Row, Size
from ui.components.payloads.train_and_map import LossCurves


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
