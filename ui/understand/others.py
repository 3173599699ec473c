"""What visitors outside rooms have answered to a mission so far: counts alone, shown once one has answered oneself."""

from __future__ import annotations

import secrets
from contextlib import suppress

import streamlit as st

from ui.components import votes
from ui.shell import visitor
from ui.understand.missions import Mission
from vae_core.classroom import voting
from vae_core.classroom.store import ClassroomError


def others(name: str, mission: Mission, answer: int, right: int) -> None:
    """The bars. The visitor's own answer, if it was given in this visit, is among them: one of each."""
    browser, given = _who(), st.session_state.get("mission_answered")
    with suppress(ClassroomError):  # what others said can be missed
        if browser and isinstance(given, tuple) and given[0] == name:
            voting.note_visitor(name, browser, mission.place(given[1]))
            st.session_state["mission_answered"] = None
        bars(name, mission, answer, right)


def _who() -> str:
    """Whose answer it is: a browser's on a shared server, which knows it by now, and elsewhere a visit's.

    To ask the browser here would draw the page again just when the visitor goes on, and cost them that click.
    """
    return visitor.me() or str(st.session_state.setdefault("mission_visit", secrets.token_hex(16)))


def bars(name: str, mission: Mission, answer: int, right: int) -> None:
    counts = voting.visitors_counts(name, mission.count)
    if count := sum(counts):
        title = "What visitors here have answered so far: " + ("one answer" if count == 1 else f"{count:,} answers")
        votes.bars(labels(mission), counts, title, right=right_places(mission, right), mine=mission.place(answer))


def labels(mission: Mission) -> list[str]:
    """What stands beside the bars."""
    return [mission.in_words(mission.answer_at(place)) for place in range(mission.count)]


def right_places(mission: Mission, right: int) -> list[int]:
    return [place for place in range(mission.count) if mission.is_right(mission.answer_at(place), right)]
