"""A picture of a page as a web page of its own, to embed anywhere: it plays offline, and asks nobody.

The morph at one epoch, the plane of two numbers through the epochs, and the film of the map. The page is ``embed.html``
with the script of ``static/components/embed.js`` (``ui.components.offline_page``); it is at most about 2 MB.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from ui.components import latent_map, offline_page
from ui.components.bridge import STATIC
from ui.components.image_rows import Row, cell_of
from ui.components.payloads.pages_apart import EmbedData, ReportMap
from vae_core.runs.films import evenly
from vae_core.runs.run import Run

TEMPLATE, SCRIPT = Path(__file__).with_name("embed.html"), STATIC / "components" / "embed.js"
POINTS = 3_000  # of a map
MAPS, PLANES = 21, 9  # epochs at most, evenly chosen


def button(make: Callable[[], str], name: str, key: str, *, wide: bool = False) -> None:
    """To download the page that ``make`` writes when it is pressed; ``name`` is the file's, without its ending.

    ``wide``: as one of several large buttons; else as a quiet one below a picture.
    """
    st.download_button(
        "Web page (HTML)", make, f"{name}.html", "text/html", key=key, icon=":material/code_blocks:",
        on_click="ignore", type="secondary" if wide else "tertiary", width="stretch" if wide else "content",
        help="One web page that plays by itself. It opens anywhere, without this app and without a network. Put it on "
        "a page of yours with an iframe.",
    )  # fmt: skip


def morph(run: Run, epoch: int, title: str, panels: Sequence[Row]) -> str:
    """A morph there and back: of each row the frames of one epoch, (1, frames, height, width)."""
    frames = panels[0].images.shape[1]
    data: EmbedData = {
        "title": title, "note": f"{run.title}, epoch {epoch}",
        "says": [f"{round(100 * k / max(frames - 1, 1))}%" for k in range(frames)], "map": None,
        "sheet": {
            "rows": [row.to_json() for row in panels], "size": cell_of(panels), "frames": frames, "lines": False,
            "back": True,
        },
    }  # fmt: skip
    return offline_page.written(TEMPLATE, SCRIPT, title, data)


def plane(run: Run, epochs: Sequence[int], drawn: Callable[[int], np.ndarray], side: int) -> str:
    """What the decoder draws on the plane of two numbers, from epoch to epoch. ``drawn``: of an epoch, (side * side,
    height, width) uint8, or with colours."""
    chosen, title = evenly(epochs, PLANES), "The plane: what the decoder draws at each place"
    row = Row("", np.stack([drawn(epoch) for epoch in chosen]), title, edge="decoder", columns=side)
    data: EmbedData = {
        "title": title, "note": run.title, "says": [_epoch(each, chosen) for each in chosen], "map": None,
        "sheet": {
            "rows": [row.to_json()], "size": cell_of([row]), "frames": len(chosen), "lines": True, "back": False,
        },
    }  # fmt: skip
    return offline_page.written(TEMPLATE, SCRIPT, title, data)


def map_film(run: Run, epochs: Sequence[int], view: str, first: int = 0, second: int = 1) -> str:
    """The map's dots, travelling from epoch to epoch. Raises RunError as ``latent_map.payload``."""
    chosen, title = evenly(epochs, MAPS), "The map: where the encoder puts each test picture"
    seen = latent_map.payload(str(run.path), tuple(chosen), view, first, second, POINTS)["epochs"]
    data: EmbedData = {
        "title": title, "note": run.title, "says": [_epoch(each, seen) for each in seen], "sheet": None,
        "map": map_of(run, chosen, view, first, second),
    }  # fmt: skip
    return offline_page.written(TEMPLATE, SCRIPT, title, data)


def map_of(run: Run, epochs: Sequence[int], view: str, first: int = 0, second: int = 1) -> ReportMap:
    """The map of a view (``latent_map.payload``) for a page that opens anywhere, with as many dots as it can hold."""
    whole = latent_map.payload(str(run.path), tuple(epochs), view, first, second, POINTS)
    return {
        "points": whole["points"], "labels": whole["labels"], "names": whole["names"], "axes": whole["axes"],
        "range": whole["range"], "opacity": whole["trace"]["marker"]["opacity"],
    }  # fmt: skip


def _epoch(epoch: int, epochs: Sequence[int]) -> str:
    return f"epoch {epoch} of {epochs[-1]}" if epoch else "untrained"
