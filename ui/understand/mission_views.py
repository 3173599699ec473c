"""A mission as one sees it, alone or in a class: its answers to choose from, and what the models really did."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui.store import cache
from ui.text import glossary
from ui.understand import missions, picture_findings
from ui.understand.findings import Seen
from ui.understand.missions import MISSIONS, Mission
from vae_core import paths

Changed = Callable[[], None]


def choose(key: str, mission: Mission, *, first: int | None = None, changed: Changed | None = None) -> int | None:
    """The answers, and the one that is chosen; before the first touch ``first``. ``changed`` is called after each."""
    if mission.pictures:
        return picture_findings.ask(key, mission.pictures, str(paths.GALLERY), first=first, changed=changed)
    if mission.guess:
        g = mission.guess
        start = (g.low + g.high) // (2 * g.step) * g.step if first is None else first
        return int(st.slider(g.label, g.low, g.high, start, g.step, key=key, on_change=changed))
    chosen: int | None = st.radio(
        "Your answer", range(len(mission.answers)), index=first, format_func=mission.answers.__getitem__, key=key,
        on_change=changed,
    )  # fmt: skip
    return chosen


def tell(mission: Mission, answer: int | None, seen: Seen) -> None:
    """What is right, what was measured, and why. ``answer``: what was said before; None if nothing."""
    _verdict(mission, answer, seen.right)
    st.markdown(
        f"**What we measured.** {seen.sentence}", help=glossary.tip("nat") if " nats" in seen.sentence else None
    )
    missions.draw(seen)
    if mission.explained(seen):
        st.markdown(f"**Why?** {mission.why}")


def _verdict(mission: Mission, answer: int | None, right: int) -> None:
    true = mission.in_words(right)
    if answer is None:
        st.info(f"It is **{true}**." if mission.guess else f"What we see: **{true}**.", icon=":material/flag:")
        return
    mine, is_right = mission.in_words(answer), mission.is_right(answer, right)
    show, icon = (st.success, ":material/check:") if is_right else (st.error, ":material/close:")
    if mission.guess:
        words = f"You said {mine}; it is **{true}**."
        show(f"**Right**, or near enough. {words}" if is_right else f"**Not quite.** {words}", icon=icon)
    elif is_right:
        show(f"**Right.** {true}.", icon=icon)
    else:
        show(f"**Not quite.** You said: {mine}. What we see: **{true}**.", icon=icon)


def seen(name: str) -> Seen:
    """What the runs show in a mission, measured once a gallery: a class looks at the same moment."""
    return _seen(name, str(paths.GALLERY))


@cache.of_pictures(32, of=lambda *_: paths.GALLERY / "lecture")
def _seen(name: str, gallery: str) -> Seen:
    return MISSIONS[name].look()
