"""What the network will see: how the pictures are prepared, all of them so, and those worth a second look."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from ui.components.bridge import component
from ui.components.payloads.pictures import SeenData
from ui.pictures import cards, letters, mine, sheets
from ui.pictures.start_training import held_back
from ui.shell import browser_input
from ui.text import glossary
from vae_core.datasets.own import SIZES
from vae_core.pictures import preparing, variation
from vae_core.pictures.preparing import Preparation
from vae_core.pictures.sets import PictureSet

KEY = "own_seen"
PER_PAGE = 480
PAIRS = 8  # pictures shown before and after
VARIED = (2, 9)  # pictures, and how often each, shown as they are varied
COLOURS = {"grey": "Grey", "rgb": "Colour"}
GROUNDS = {"white": "White", "black": "Black"}
_seen = component("own_seen", "pictures/seen.js")


def preparation_of(picture_set: PictureSet) -> Preparation:
    """What suits the set, and what the visitor has chosen otherwise."""
    guess = sheets.guess(picture_set.path, picture_set.info.token)
    return replace(guess, **_choices(picture_set))


def settings(picture_set: PictureSet) -> None:
    """The fields; a field that was not touched follows the guess as pictures come."""
    now = preparation_of(picture_set)
    fields = {
        "size": (SIZES, now.size), "colour": (tuple(COLOURS), now.colour), "invert": ((False, True), now.invert),
        "centre": ((False, True), now.centre), "ground": (tuple(GROUNDS), now.ground),
    }  # fmt: skip
    transparent = sheets.is_transparent(picture_set.path, picture_set.info.token)
    for name, (_, value) in fields.items():
        st.session_state[f"own_{name}"] = value

    def changed(name: str) -> None:
        value = browser_input.one_of(browser_input.in_widget(f"own_{name}"), fields[name][0])
        if value is not None:
            mine.tried(lambda: picture_set.choose(**{name: value}))

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            "Size in pixels", SIZES, key="own_size", required=True, on_change=changed, args=("size",),
            format_func=lambda side: f"{side} × {side}", help="More pixels show more, and take longer to learn.",
        )  # fmt: skip
        st.segmented_control(
            "Colour", list(COLOURS), key="own_colour", required=True, on_change=changed, args=("colour",),
            format_func=COLOURS.__getitem__,
        )  # fmt: skip
        st.toggle(
            "Swap light and dark", key="own_invert", on_change=changed, args=("invert",),
            help="A network learns light strokes on a dark ground more easily. So dark ink on paper is turned round.",
        )  # fmt: skip
        st.toggle(
            "Centre what is drawn", key="own_centre", on_change=changed, args=("centre",),
            help="All drawings get one size, and stand in the middle. Not for photos.",
        )  # fmt: skip
        if transparent:
            st.segmented_control(
                "Ground", list(GROUNDS), key="own_ground", required=True, on_change=changed, args=("ground",),
                format_func=GROUNDS.__getitem__, help="What shows through where a picture is transparent.",
            )  # fmt: skip


def explained(picture_set: PictureSet) -> str:
    """What is done to the pictures."""
    transparent = sheets.is_transparent(picture_set.path, picture_set.info.token)
    return preparing.explain(preparation_of(picture_set), transparent)


def grid(picture_set: PictureSet) -> None:
    """The component; call it in a fragment."""
    _seen(key=KEY, data=payload(picture_set, preparation_of(picture_set), is_on(picture_set)), on_letter_change=_letter)


def payload(picture_set: PictureSet, preparation: Preparation, vary: bool) -> SeenData:
    """What ``seen.js`` shows."""
    info, labels, ids = picture_set.info, picture_set.labels(), picture_set.ids()
    path, token = picture_set.path, info.token
    order = np.argsort(labels, kind="stable")
    pages = max(-(-len(order) // PER_PAGE), 1)
    page = min(_page(picture_set), pages - 1)
    shown = order[page * PER_PAGE : (page + 1) * PER_PAGE]
    found = sheets.findings(path, token, preparation)
    some = tuple(spread(order, PAIRS))
    few = tuple(spread(order, VARIED[0]))
    size = preparation.size
    return {
        "set": info.id, "token": mine.token(picture_set), "names": list(info.class_names),
        "labels": labels[shown].tolist(), "ids": ids[shown].tolist(),
        "pairs": sheets.before_and_after(path, token, some, preparation), "pair_tile": 64, "pair_count": len(some),
        "sheet": sheets.prepared(path, token, tuple(shown.tolist()), preparation), "tile": size, "wide": sheets.WIDE,
        "empty": ids[found.empty].tolist(), "doubles": [ids[list(group)].tolist() for group in found.duplicates],
        "page": page, "pages": pages, "total": info.count,
        "varied": sheets.varied(path, token, few, preparation, VARIED[1]) if vary else "",
        "varied_wide": VARIED[1], "varied_high": len(few), **letters.last(KEY),
    }  # fmt: skip


def is_on(picture_set: PictureSet) -> bool:
    """Whether this set will be varied: one that is small, unless the visitor has said no."""
    return _copies(picture_set) > 1 and bool(picture_set.manifest.choices.get("vary", True))


def vary_switch(picture_set: PictureSet) -> None:
    """Lets the visitor say no, where a set is small enough to be varied."""
    copies = _copies(picture_set)
    if copies <= 1:
        return
    st.session_state["own_vary"] = is_on(picture_set)

    def changed() -> None:
        value = browser_input.one_of(browser_input.in_widget("own_vary"), (True, False))
        if value is not None:
            mine.tried(lambda: picture_set.choose(vary=value))

    st.toggle(
        f"Vary them: each picture {copies} times, a little moved, turned and zoomed", key="own_vary", on_change=changed,
        help=glossary.tip("variation"),
    )  # fmt: skip


def _copies(picture_set: PictureSet) -> int:
    """How often each training picture will be there."""
    count = picture_set.info.count
    return variation.copies_for(count - held_back(count)) if count else 1


def spread(order: np.ndarray, most: int) -> list[int]:
    """Some of many, evenly, so that each class has its share."""
    return [int(order[k]) for k in np.unique(np.linspace(0, len(order) - 1, min(most, len(order))).astype(int))]


def _choices(picture_set: PictureSet) -> dict[str, Any]:
    """Those that the set keeps, for every visit and every tab."""
    return {name: value for name, value in picture_set.manifest.choices.items() if name != "vary"}


def _page(picture_set: PictureSet) -> int:
    return int(st.session_state.get("own_pages", {}).get(picture_set.id, 0))


def _letter() -> None:
    letter = letters.received(KEY)
    if letter is None:
        return
    for item in letter.items:
        if letter.kind == "page":
            page = browser_input.whole_number(browser_input.by_name(item, "page"), 0, 10**6)
            picture_set = mine.owned(browser_input.by_name(item, "set"))
            if page is not None and picture_set is not None:
                st.session_state["own_pages"] = {**st.session_state.get("own_pages", {}), picture_set.id: page}
        elif letter.kind == "remove":
            mine.tried(cards.act, browser_input.by_name(item, "set"), "remove", item)
