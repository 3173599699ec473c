"""The drawing pad, and what the visitor has drawn or put on it."""

from __future__ import annotations

import zlib

import numpy as np
import streamlit as st
from PIL import Image

from ui.components.bridge import component
from ui.components.images import encoded
from ui.shell import browser_input
from vae_core.datasets.drawing import PAD
from vae_core.pictures import preparing, reading
from vae_core.pictures.reading import Unreadable

KEY = "digit_pad"
PICTURE_BYTES = 400_000  # of one that the browser has made small
MEGAPIXELS = 1  # it has a fifteenth of that
LINKED = 35  # pixels to a side of a drawing that an address holds (static/shell/keepsake.js)

_pad = component("pad", "components/drawing_pad.js")


def digit_pad(what: str, *, turn: str = "", by_hand: bool = False) -> np.ndarray | None:
    """A pad to draw ``what`` on (``a digit``), or to put a picture on, unless it is to be done ``by_hand``.

    For another ``turn`` than the last one the pad is empty again.

    Returns what is on it: a drawing, (PAD, PAD) uint8, white on black; a picture, (64, 64, 4) uint8, as
    ``reading.read_picture`` has it; None if nothing. Kept for the visit, in memory alone. A visit may begin with the
    one of a link.
    """
    if turn and st.session_state.get("drawing_turn") != turn:
        st.session_state["drawing_turn"], st.session_state["drawing"] = turn, None
    kept = st.session_state.setdefault("drawing", _of_link())
    refused, why = st.session_state.get("drawing_refused", (0, ""))
    _pad(
        key=KEY, on_drawn_change=_drawn,
        data={
            "what": what, "png": "" if kept is None else encoded(_shown(kept), "PNG"), "picture": is_picture(kept),
            "sum": _sum(kept),  # the pad sends it until it finds it here
            "refused": refused, "why": why,
            **({"turn": turn, "by_hand": by_hand} if turn else {}),
        },
    )  # fmt: skip
    return kept


def _of_link() -> np.ndarray | None:
    """The drawing that the address holds, as large as the pad."""
    small = browser_input.bits(browser_input.from_address("drawing"), LINKED)
    if small is None or not small.any():
        return None
    return np.asarray(Image.fromarray(small).resize((PAD, PAD), Image.Resampling.BICUBIC))


def is_picture(kept: np.ndarray | None) -> bool:
    """Whether what is on the pad is a picture, not drawn there."""
    return kept is not None and kept.ndim == 3


def _shown(kept: np.ndarray) -> Image.Image:
    """What the pad shows; a picture that is transparent on the ground that suits it."""
    if not is_picture(kept):
        return Image.fromarray(kept)
    ground = preparing.guess(kept[None]).ground
    return Image.fromarray(np.rint(preparing.composed(kept[None], ground)[0]).astype(np.uint8))


def _sum(kept: np.ndarray | None) -> int:
    if kept is None:
        return 0
    return int(st.session_state.get("drawing_sum", 0)) if is_picture(kept) else zlib.adler32(kept.tobytes())


def _drawn() -> None:
    """Keep what the pad sent, unless it is neither a drawing nor a picture."""
    sent = browser_input.sent(KEY, "drawn")
    kind, packed = browser_input.by_name(sent, "kind"), browser_input.by_name(sent, "packed")
    if browser_input.word(kind, ("pixels",)):
        pixels = browser_input.pixels(packed, PAD)
        if pixels is not None:
            st.session_state["drawing"] = pixels if pixels.any() else None
    elif browser_input.word(kind, ("picture",)):
        raw = browser_input.packed(packed, PICTURE_BYTES)
        if raw is not None:
            _read(raw)


def _read(raw: bytes) -> None:
    """Keep a picture, or say why not: what was there then stays."""
    name = zlib.adler32(raw)
    try:
        st.session_state["drawing"] = reading.read_picture(raw, MEGAPIXELS)
        st.session_state["drawing_sum"] = name
    except Unreadable as trouble:
        st.session_state["drawing_refused"] = (name, trouble.reason)
