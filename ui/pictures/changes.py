"""What the last changes of a set were, in words, so that Undo says what it will take back."""

from __future__ import annotations

import streamlit as st

from vae_core.pictures.sets import UNDO, PictureSet

Change = tuple[str, str, int, int]  # words, job, how many changes of the set it was, pictures


def note(picture_set: PictureSet, words: str, *, job: str = "", pictures: int = 0) -> None:
    """One more change was made. Pictures that came with one job (a folder, a recording) are taken back together."""
    known = _of(picture_set)
    if job and known and known[-1][1] == job:
        _, _, times, before = known.pop()
        known.append((f"{before + pictures:,} pictures added", job, times + 1, before + pictures))
    else:
        known.append((words, job, 1, pictures))
    _keep(picture_set, known)


def next_undo(picture_set: PictureSet) -> str:
    """What Undo would take back; empty if nothing can be."""
    if not picture_set.info.can_undo:
        return ""
    known = _of(picture_set)
    return known[-1][0] if known else "the last change"


def undo(picture_set: PictureSet) -> None:
    """Take it back. Raises SetError."""
    known = _of(picture_set)
    times = known.pop()[2] if known else 1
    for _ in range(times):
        if not picture_set.undo():
            break
    _keep(picture_set, known)


def added(count: int) -> str:
    return "1 picture added" if count == 1 else f"{count:,} pictures added"


def _of(picture_set: PictureSet) -> list[Change]:
    return list(st.session_state.get("own_changes", {}).get(picture_set.id, ()))


def _keep(picture_set: PictureSet, known: list[Change]) -> None:
    """As many as the set itself can take back."""
    while sum(times for _, _, times, _ in known) > UNDO:
        known.pop(0)
    st.session_state["own_changes"] = {**st.session_state.get("own_changes", {}), picture_set.id: known}
