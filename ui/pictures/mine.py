"""The visitor's sets of pictures: which there are, which one the page shows, and how many there may be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from ui.shell import browser_input, visitor
from ui.shell.errors import plain
from vae_core.datasets.spec import DataError
from vae_core.jobs import queue
from vae_core.jobs.limits import hosted_limits
from vae_core.pictures import intake, sets
from vae_core.pictures.sets import PictureSet, SetError
from vae_core.runs.run import RunError

FIRST_TITLE = "My pictures"
GONE = "This set is no longer here."


@contextmanager
def said() -> Iterator[None]:
    """What cannot be done with a set is one sentence; what was drawn before it stays."""
    try:
        yield
    except (SetError, DataError, RunError) as error:
        st.error(plain(str(error)))


def tried(action: Any, *arguments: Any) -> None:
    """For a click: what cannot be done is said once the page is drawn again (``trouble``)."""
    try:
        action(*arguments)
    except (SetError, DataError, RunError) as error:
        st.session_state["own_trouble"] = str(error)


def trouble() -> str:
    """What the last click could not do, once."""
    return str(st.session_state.pop("own_trouble", ""))


def all_sets() -> list[PictureSet]:
    """This visitor's sets, what was changed last first."""
    if hosted_limits() is None:
        return sets.list_sets()
    return sets.list_sets(visitor.me()) if visitor.me() else []


def owned(set_id: object) -> PictureSet | None:
    """A set of this visitor's by its id."""
    found = sets.find(set_id) if isinstance(set_id, str) else None
    if found is None or hosted_limits() is None:
        return found
    return found if visitor.me() and found.info.owner == visitor.me() else None


def current() -> PictureSet | None:
    """The set that the page shows: the last chosen, that of the address, the one drawn so far, or the newest."""
    for set_id in (st.session_state.get("own_set"), browser_input.from_address("set"), drawn()):
        if (found := owned(set_id)) is not None:
            return found
    return next(iter(all_sets()), None)


def drawn() -> str:
    """The id of the set for which the whole page was last drawn; empty before, and without a set."""
    return str(st.session_state.get("own_drawn", ""))


def is_gone() -> bool:
    """Whether that set has been deleted since, in another tab or to make room."""
    return bool(drawn()) and owned(drawn()) is None


def begin() -> None:
    """The whole page is drawn from here on, for one set; if the one before is gone, that is said."""
    if is_gone():
        st.session_state.setdefault("own_trouble", GONE)
    now = current()
    st.session_state["own_drawn"] = now.id if now else ""


def whole_page_if_another() -> None:
    """In a part of the page: draw all of it anew if it is about another set by now, or its set is gone."""
    now = current()
    if (now.id if now else "") != drawn():
        st.rerun()


def choose(picture_set: PictureSet | None) -> None:
    st.session_state["own_set"] = picture_set.id if picture_set else None
    if is_gone():  # as the visitor knows who chooses another
        st.session_state["own_drawn"] = ""
    browser_input.set_address(set=picture_set.id if picture_set else None)


def create(title: str = FIRST_TITLE) -> PictureSet:
    """A new set, which the page shows from now on. Raises SetError."""
    may_create()
    limits, known = hosted_limits(), all_sets()
    titles, number, wanted = {each.info.title for each in known}, 2, title
    while wanted in titles:
        wanted, number = f"{title} {number}", number + 1
    made = sets.create(wanted, visitor.me() if limits else "")
    choose(made)
    return made


def may_create() -> None:
    """Raise SetError if this visitor may have no more sets: before anything makes room for one."""
    if (limits := hosted_limits()) is None:
        return
    if not visitor.me():
        raise SetError(visitor.NOT_KNOWN)
    if len(all_sets()) >= limits.sets:
        raise SetError(f"You may keep {limits.sets} sets on this shared server; delete one first.")


def token(picture_set: PictureSet) -> str:
    """Another after each change of the set, and after each choice of how it is prepared."""
    return f"{picture_set.info.token} {sorted(picture_set.manifest.choices.items())}"


def limits() -> intake.Limits:
    """What one set may hold here."""
    hosted = hosted_limits()
    return intake.Limits(pictures=hosted.pictures) if hosted else intake.Limits()


def make_room(size: int) -> None:
    """On a shared server, before so many bytes of pictures are kept. Raises RunError."""
    if limits := hosted_limits():
        queue.room_for_pictures(visitor.me(), limits, size)


def class_named(picture_set: PictureSet | None, name: str) -> str:
    """The name under which a set keeps a class: that of the heap beside classes is empty."""
    if picture_set is None:
        return name
    known = picture_set.manifest
    return known.classes[names.index(name)] if name in (names := sets.shown_names(known)) else name
