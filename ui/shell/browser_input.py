"""The one door for what comes from a browser: what components send, what is in a widget's key, and the address.

All of it can be forged, or be left over from another page. ``sent``, ``in_widget`` and ``asked`` give the raw value,
and a check takes it if it is exactly what it should be: ``True``, ``2.0`` and ``"2"`` are no place. What is anything
else counts as nothing (None), as if it had never been sent. No other module of ``ui`` and ``pages`` reads the address
or the state of a component.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta, timezone, tzinfo
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from vae_core.jobs.limits import TOKEN

T = TypeVar("T")
LONGEST = 1000  # characters of a choice in the address, or of a text that a component sends


def sent(component: str, name: str) -> object:
    """What a component of this key has sent under a name; None before it has sent anything."""
    state = st.session_state.get(component)
    return state.get(name) if isinstance(state, Mapping) else None


def in_widget(key: str) -> object:
    """The value of a widget of this key; None if the page has no such widget any more."""
    return st.session_state.get(key)


def uploaded(key: str) -> UploadedFile | None:
    """The file in an uploader of this key."""
    file = st.session_state.get(key)
    return file if isinstance(file, UploadedFile) else None


def uploaded_files(key: str) -> list[UploadedFile]:
    """The files in an uploader of this key that takes several."""
    files = st.session_state.get(key)
    return [file for file in files if isinstance(file, UploadedFile)] if isinstance(files, list) else []


def from_address(name: str) -> str | None:
    """What the address says of a name."""
    return text(st.query_params.get(name))


def number_from_address(name: str, most: int = 10**8) -> int | None:
    """A whole number of the address from 0 to ``most``, in plain digits."""
    found = from_address(name) or ""
    return whole_number(int(found), 0, most) if re.fullmatch(r"[0-9]{1,9}", found) else None


def page_address() -> str:
    """The address of this page, as the browser has it, without what stands after the path; "" for what is none."""
    found = text(st.context.url) or ""
    try:
        parts = urlsplit(found)
        whole = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port)
    except ValueError:  # half a bracket, a port that no machine has
        return ""
    return found if whole and found.isascii() and found.isprintable() else ""  # a browser has written out all else


def time_zone() -> tzinfo | None:
    """The zone of the browser's clock; None where it says none, or one that there is not."""
    name = text(st.context.timezone) or ""
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_+/-]{0,63}", name):
        with suppress(KeyError, ValueError, OSError):  # also where this machine has no list of zones
            return ZoneInfo(name)
    minutes = whole_number(st.context.timezone_offset, -24 * 60 + 1, 24 * 60 - 1)  # west of Greenwich, and only now
    return None if minutes is None else timezone(timedelta(minutes=-minutes))


def choices_in_address() -> dict[str, str]:
    """All that the address says, as far as the server has heard."""
    return {name: value for name in st.query_params if (value := from_address(name)) is not None}


def set_address(**choices: str | None) -> None:
    """Let the address name these choices (None: no longer)."""
    for name, value in choices.items():
        if value is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = value


def clear_address() -> None:
    st.query_params.clear()


def whole_number(value: object, low: int, high: int) -> int | None:
    """A whole number from ``low`` to ``high``, both included."""
    return value if type(value) is int and low <= value <= high else None


def place(value: object, count: int) -> int | None:
    """A place among ``count`` things, counted from 0."""
    return whole_number(value, 0, count - 1)


def epoch(value: object, epochs: Sequence[int]) -> int | None:
    """The epoch of a film, not empty, that is nearest to the one meant: a film that grows is thinned again."""
    meant = whole_number(value, 0, 10**8)
    return None if meant is None else min(epochs, key=lambda each: abs(each - meant))


def one_of(value: object, choices: Iterable[T]) -> T | None:
    """One of some choices, in its own type."""
    return next((choice for choice in choices if type(choice) is type(value) and choice == value), None)


def word(value: object, words: Container[str]) -> str | None:
    """One of some words."""
    return value if isinstance(value, str) and value in words else None


def text(value: object, longest: int = LONGEST) -> str | None:
    """A text of at most so many characters."""
    return value if isinstance(value, str) and len(value) <= longest else None


def token(value: object) -> str | None:
    """128 bits as 32 hexadecimal digits."""
    return value if isinstance(value, str) and TOKEN.fullmatch(value) else None


def pixels(value: object, side: int) -> np.ndarray | None:
    """A square drawing (side, side) uint8 from base64; all black for an empty text."""
    if value == "" and isinstance(value, str):
        return np.zeros((side, side), np.uint8)
    raw = _unpacked(value, side * side)
    return None if raw is None or len(raw) != side * side else np.frombuffer(raw, np.uint8).reshape(side, side)


def bits(value: object, side: int) -> np.ndarray | None:
    """A square drawing (side, side) uint8, 0 or 255, from a bit a pixel in the base64 of addresses."""
    count = -(-side * side // 8)
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_-]+", value):
        return None
    raw = _unpacked(value.replace("-", "+").replace("_", "/") + "=" * (-len(value) % 4), count)
    if raw is None or len(raw) != count:
        return None
    return np.unpackbits(np.frombuffer(raw, np.uint8))[: side * side].reshape(side, side) * np.uint8(255)


def packed(value: object, most: int) -> bytes | None:
    """From 1 to ``most`` bytes from base64: a picture's file, which nothing has looked at yet."""
    return _unpacked(value, most) or None


def listed(value: object, most: int) -> list[Any] | None:
    """A list of at most so many things, each still to be checked."""
    return value if isinstance(value, list) and len(value) <= most else None


def places(value: object, count: int) -> np.ndarray | None:
    """Places among ``count`` things from base64 of 16 bits each: sorted, without doubles, at least one."""
    raw = _unpacked(value, 2 * count)
    if not raw or len(raw) % 2:
        return None
    found = np.unique(np.frombuffer(raw, "<u2"))
    return found.astype(int) if found[-1] < count else None


def _unpacked(value: object, most: int) -> bytes | None:
    """Base64 of at most so many bytes."""
    if not isinstance(value, str) or len(value) > -(-most // 3) * 4:
        return None
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) <= most else None


def by_name(value: object, name: str) -> object:
    """A part of what a component sent as a whole."""
    return value.get(name) if isinstance(value, Mapping) else None
