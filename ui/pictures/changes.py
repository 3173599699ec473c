"""What the last changes of a set were, in words, so that Undo says what it will take back.

A set can be open in several tabs. So each change is remembered with its number on the disk (``PictureSet.changes``):
what another tab changed since is "the last change", and is taken back by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from vae_core.pictures.sets import UNDO, PictureSet, SetError
from vae_core.words import many

UNKNOWN = "the last change"  # made in another tab, or in an earlier visit
MOVED_ON = "This set has been changed in another tab since. Look at it, then undo what you want to undo."


@dataclass(frozen=True)
class Change:
    """What this visit did to a set in one go."""

    words: str
    job: str  # pictures of one folder, or one recording, come in several letters
    numbers: tuple[int, ...]  # of the changes on the disk, one after the other
    pictures: int


def note(picture_set: PictureSet, before: int, words: str, *, job: str = "", pictures: int = 0) -> None:
    """One more change was made, where there had been ``before`` edits.

    Pictures that came with one job are taken back together, unless another tab changed something in between.
    """
    if picture_set.manifest.edits != before + 1:  # another tab was as quick: whose is which cannot be told
        return
    known = _of(picture_set)
    numbers: tuple[int, ...] = (before,)
    last = known[-1] if known else None
    if last and job and last.job == job and last.numbers[-1] + 1 == before:
        known.pop()
        numbers, pictures = (*last.numbers, before), last.pictures + pictures
        words = added(pictures)
    known.append(Change(words, job, numbers, pictures))
    _keep(picture_set, known)
    _show(picture_set)


def next_undo(picture_set: PictureSet) -> str:
    """What Undo would take back, which is shown from now on; empty if nothing can be."""
    _show(picture_set)
    if not picture_set.info.can_undo:
        return ""
    change = _last(picture_set)
    return change.words if change else UNKNOWN


def undo(picture_set: PictureSet) -> None:
    """Take back what the page has shown: one's own last change, or one that is not known. Raises SetError."""
    on_disk = picture_set.changes()
    if on_disk[-1:] != _shown(picture_set):
        raise SetError(MOVED_ON)
    change = _last(picture_set)
    for number in reversed(change.numbers if change else on_disk[-1:]):
        if not picture_set.undo(number):
            raise SetError(MOVED_ON)
    _keep(picture_set, _of(picture_set))
    _show(picture_set)


def added(count: int) -> str:
    return f"{many(count, 'picture')} added"


def _last(picture_set: PictureSet) -> Change | None:
    """What this visit did, if it is the last that was done."""
    known, on_disk = _of(picture_set), picture_set.changes()
    return known[-1] if known and known[-1].numbers == on_disk[-len(known[-1].numbers) :] else None


def _of(picture_set: PictureSet) -> list[Change]:
    """What this visit did and can still be taken back as a whole."""
    known, on_disk = st.session_state.get("own_changes", {}).get(picture_set.id, ()), set(picture_set.changes())
    return [change for change in known if on_disk.issuperset(change.numbers)]


def _keep(picture_set: PictureSet, known: list[Change]) -> None:
    st.session_state["own_changes"] = {**st.session_state.get("own_changes", {}), picture_set.id: known[-UNDO:]}


def _show(picture_set: PictureSet) -> None:
    shown = {**st.session_state.get("own_undo", {}), picture_set.id: picture_set.changes()[-1:]}
    st.session_state["own_undo"] = shown


def _shown(picture_set: PictureSet) -> tuple[int, ...]:
    """The change on the disk that was the last when Undo was shown."""
    return tuple(st.session_state.get("own_undo", {}).get(picture_set.id, picture_set.changes()[-1:]))
