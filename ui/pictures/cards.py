"""Class cards: name, count, a few pictures each, and what one can do with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from ui.components.bridge import component
from ui.components.payloads.pictures import CardsData, ClassCard
from ui.pictures import changes, letters, mine, sheets
from ui.shell import browser_input
from vae_core.pictures.reading import KEPT
from vae_core.pictures.sets import PictureSet, SetError
from vae_core.words import many

KEY = "own_cards"
ON_ALL = 1_200  # pictures on all cards together
ON_ONE = (6, 24)  # on a card, at least and at most
PER_PAGE = 240  # of a class of which all are shown
MANY = 12  # classes from which on their pictures are sent at half the size
HEAP = "Pictures"  # the card of pictures without classes
_cards = component("own_cards", "pictures/cards.js")


def cards(picture_set: PictureSet) -> None:
    """The component; call it in a fragment."""
    _cards(key=KEY, data=payload(picture_set), on_letter_change=_letter)


def payload(picture_set: PictureSet) -> CardsData:
    """What ``cards.js`` shows."""
    info, labels, ids = picture_set.info, picture_set.labels(), picture_set.ids()
    names = info.class_names or (HEAP,)
    low, high = ON_ONE
    most = int(np.clip(ON_ALL // len(names), low, high))
    open_, page = _opened(picture_set, names)
    classes: list[ClassCard] = []
    shown: list[int] = []
    for place, name in enumerate(names):
        mine_ = np.flatnonzero(labels == place)[::-1]  # the newest first
        some = mine_[page * PER_PAGE : (page + 1) * PER_PAGE] if place == open_ else mine_[:most]
        classes.append({"name": name, "count": len(mine_), "ids": ids[some].tolist(), "at": len(shown)})
        shown += some.tolist()
    tile = KEPT if len(names) <= MANY else KEPT // 2
    ground = sheets.guess(picture_set.path, info.token).ground
    return {
        "set": info.id, "token": mine.token(picture_set), "classes": classes, "heap": not info.class_names,
        "sheet": sheets.kept(picture_set.path, info.token, tuple(shown), tile, ground),
        "tile": tile, "wide": sheets.WIDE, "open": open_, "page": page, "per_page": PER_PAGE,
        "undo": changes.next_undo(picture_set), **letters.last(KEY),
    }  # fmt: skip


def _opened(picture_set: PictureSet, names: tuple[str, ...]) -> tuple[int, int]:
    """The place of the class of which all pictures are shown, or -1, and which page of them."""
    set_id, name, page = st.session_state.get("own_open") or ("", "", 0)
    if set_id != picture_set.id or name not in names:
        return -1, 0
    place = names.index(name)
    count = int((picture_set.labels() == place).sum())
    return place, min(page, max(-(-count // PER_PAGE) - 1, 0))


def _letter() -> None:
    """Do once what was asked for on the cards."""
    letter = letters.received(KEY)
    if letter is None:
        return
    for item in letter.items:
        mine.tried(act, browser_input.by_name(item, "set"), letter.kind, item)


def act(set_id: object, kind: str, item: object) -> None:
    """One change of the visitor's own set. Raises SetError with what cannot be."""
    picture_set = mine.owned(set_id)
    if picture_set is None:
        raise SetError(mine.GONE)
    if kind in ACTIONS:
        before = picture_set.manifest.edits
        if words := ACTIONS[kind](picture_set, item):
            changes.note(picture_set, before, words)


def _class(item: object, name: str = "class_name") -> str:
    return letters.name_of(browser_input.by_name(item, name))


def _raw_class(picture_set: PictureSet, item: object) -> str:
    """Of a heap without classes the card has a name, and the heap none."""
    name = _class(item)
    return "" if not picture_set.info.class_names and name == HEAP else name


def _rename(picture_set: PictureSet, item: object) -> str:
    name, new = _raw_class(picture_set, item), _class(item, "to")
    if name == new:
        return ""
    picture_set.rename_class(name, new)
    _follow(picture_set, name or HEAP, new)
    return f"“{name or HEAP}” renamed to “{new}”"


def _merge(picture_set: PictureSet, item: object) -> str:
    name, into = _class(item), _class(item, "to")
    picture_set.merge_classes([name], into)
    return f"“{name}” merged into “{into}”"


def _move(picture_set: PictureSet, item: object) -> str:
    moved, to = letters.ids(browser_input.by_name(item, "ids")), _class(item, "to")
    picture_set.move(moved, to)
    return f"{many(len(moved), 'picture')} moved to “{to}”"


def _remove(picture_set: PictureSet, item: object) -> str:
    gone = letters.ids(browser_input.by_name(item, "ids"))
    picture_set.remove(gone)
    return f"{many(len(gone), 'picture')} removed"


def _remove_class(picture_set: PictureSet, item: object) -> str:
    name = _raw_class(picture_set, item)
    picture_set.remove_class(name)
    return f"“{name or HEAP}” removed"


def _undo(picture_set: PictureSet, item: object) -> None:
    changes.undo(picture_set)


def _open(picture_set: PictureSet, item: object) -> None:
    """Show all of a class, a page of them; or no longer."""
    name, page = _class(item), browser_input.whole_number(browser_input.by_name(item, "page"), 0, 10**6)
    st.session_state["own_open"] = None if page is None else (picture_set.id, name, page)


def _follow(picture_set: PictureSet, name: str, new: str) -> None:
    set_id, open_, page = st.session_state.get("own_open") or ("", "", 0)
    if (set_id, open_) == (picture_set.id, name):
        st.session_state["own_open"] = (picture_set.id, new, page)


# Each returns what it changed in words, or nothing.
ACTIONS: dict[str, Any] = {
    "rename": _rename, "merge": _merge, "move": _move, "remove": _remove, "remove_class": _remove_class,
    "undo": _undo, "open": _open,
}  # fmt: skip
