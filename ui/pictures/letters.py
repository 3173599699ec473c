"""Letters: what the page's components send, each until it is told to have come. All of it may be forged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui.components.payloads.pictures import LettersRead
from ui.shell import browser_input, visitor
from vae_core.datasets.own import one_line
from vae_core.pictures import reading
from vae_core.pictures.intake import Skipped, Taken
from vae_core.pictures.reading import Unreadable
from vae_core.pictures.sets import SOURCES

MOST = 200  # things in a letter
PICTURE_BYTES = 400_000  # of one that the browser has made small
STREAMS = 8  # of which the last letter is remembered


@dataclass(frozen=True)
class Letter:
    """One letter: ``kind`` says what its items are."""

    stream: str
    number: int
    kind: str
    items: list[Any]


def received(component: str) -> Letter | None:
    """The letter that a component has just sent, unless it came before or is none; the component is then told that it
    came. Who is not known yet will send it again."""
    letter = _sent(component)
    if letter is None or not visitor.is_known():
        return None
    streams = dict(st.session_state.get("own_streams", {}))
    st.session_state["own_streams"] = {**streams, component: letter.stream}
    known = _read()
    known.pop(letter.stream, None)
    known[letter.stream] = letter.number
    while len(known) > STREAMS:
        del known[next(iter(known))]
    st.session_state["own_letters"] = known
    return letter


def _sent(component: str) -> Letter | None:
    sent = browser_input.sent(component, "letter")
    stream = browser_input.text(browser_input.by_name(sent, "stream"), 16)
    number = browser_input.whole_number(browser_input.by_name(sent, "number"), 1, 10**9)
    kind = browser_input.text(browser_input.by_name(sent, "kind"), 40)
    items = browser_input.listed(browser_input.by_name(sent, "items"), MOST)
    if not stream or number is None or not kind or items is None:
        return None
    return Letter(stream, number, kind, items) if number > _read().get(stream, 0) else None


def last(component: str) -> LettersRead:
    """What a component's data say of its letters: the last one that came, ``stream`` and ``done``."""
    stream = dict(st.session_state.get("own_streams", {})).get(component, "")
    return {"stream": stream, "done": _read().get(stream, 0)}


def _read() -> dict[str, int]:
    return dict(st.session_state.get("own_letters", {}))


def pictures(letter: Letter) -> Iterator[Taken | Skipped]:
    """The pictures in a letter, decoded one at a time, or why not."""
    for item in letter.items:
        name = name_of(browser_input.by_name(item, "name")) or "a picture"
        class_name = name_of(browser_input.by_name(item, "class_name"))
        source = browser_input.word(browser_input.by_name(item, "source"), SOURCES) or "file"
        raw = browser_input.packed(browser_input.by_name(item, "picture"), PICTURE_BYTES)
        if raw is None:
            yield Skipped(name, "did not arrive whole")
            continue
        try:
            yield Taken(class_name, name, reading.read_picture(raw), source)
        except Unreadable as error:
            yield Skipped(name, error.reason)


def name_of(value: object) -> str:
    """A name as it may be shown; empty for what is none."""
    return one_line(browser_input.text(value) or "")


def ids(value: object) -> list[int]:
    """Ids of pictures; what is none is left out."""
    found = browser_input.listed(value, 8_000) or []
    return [i for each in found if (i := browser_input.whole_number(each, 0, 2**53)) is not None]
