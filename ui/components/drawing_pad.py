"""The drawing pad, and what the visitor has drawn."""

from __future__ import annotations

import zlib

import numpy as np
import streamlit as st
from PIL import Image

from ui.components.bridge import component
from ui.components.images import encoded
from ui.shell import browser_input
from vae_core.datasets.drawing import PAD

_pad = component("pad", "components/drawing_pad.js")


def digit_pad(what: str) -> np.ndarray | None:
    """A pad to draw ``what`` on (``a digit``). Returns what the visitor has drawn, (PAD, PAD) uint8, white on black;
    None if nothing. Kept for the visit."""
    kept = st.session_state.get("drawing")
    image = Image.fromarray(kept) if kept is not None else None
    seen = 0 if kept is None else zlib.adler32(kept.tobytes())  # the pad sends a drawing until it finds it here
    png = "" if image is None else encoded(image, "PNG")
    _pad(key="digit_pad", data={"what": what, "png": png, "sum": seen}, on_pixels_change=_drawn)
    return kept


def _drawn() -> None:
    """Keep what the pad sent, unless it is not a drawing."""
    pixels = browser_input.pixels(browser_input.sent("digit_pad", "pixels"), PAD)
    if pixels is not None:
        st.session_state["drawing"] = pixels if pixels.any() else None
