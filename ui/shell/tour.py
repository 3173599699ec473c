"""The guided tour: about five minutes through the pages, hands-on. It can be left and taken up again.

The step is in the address and in the session; the browser keeps it too (``tour_memory.js``), so that a later visit can
continue. The browser puts a light on what a step speaks of and notices when it was done; nobody has to do it in order
to move on. At the end it makes a picture of what the visitor did.
"""

from __future__ import annotations

import streamlit as st

from ui.components.bridge import component
from ui.components.images import sprite
from ui.components.payloads.shared import TourData, TourTraining
from ui.shell import browser_input, visitor
from ui.store import cache, tail
from ui.text.tour_steps import STEPS
from vae_core.runs.index import list_runs
from vae_core.runs.run import RunError

SAMPLES = (2, 10)  # lines, and pictures in each


def bar(page: str) -> None:
    """The tour's card beside a page (its name), while somebody is on the tour."""
    asked = browser_input.from_address("tour")
    number = (
        st.session_state.get("tour") if asked is None else browser_input.number_from_address("tour", len(STEPS) - 1)
    )
    if number is None:
        return
    st.session_state["tour"] = number
    step, here = STEPS[number], page == STEPS[number].page
    go_to = tour_bar(
        {
            "step": number, "of": len(STEPS), "title": step.title, "here": here, "door": False,
            "ways": [
                {
                    "words": way.words, "light": list(way.light), "done": [dict(rule) for rule in way.done],
                    "when": way.when,
                }
                for way in step.ways
            ],
            "keeps": [
                {"name": keep.name, "selector": keep.selector, "words": keep.words, "note": keep.note}
                for keep in step.keeps
            ],
            "training": own_training() if here and number == len(STEPS) - 1 else None,
        }
    )  # fmt: skip
    follow(go_to)


def own_training() -> TourTraining | None:
    """Samples of the visitor's newest training, for the end of the tour: by then it has learned more than was seen.

    The browser takes them if it saw that training in this tour.
    """
    run = next(filter(visitor.owns, list_runs()), None)
    try:
        film = [] if run is None else tail.film_epochs(tail.film(run))
        if run is None or not film or not film[-1]:
            return None
        pictures = cache.samples(str(run.path), film[-1], SAMPLES[0] * SAMPLES[1], 0, 1.0)
    except RunError:
        return None  # it is broken, or being deleted: what was seen of it is kept
    return {
        "run": run.id, "words": f"Samples of my own training, epoch {film[-1]}",
        "picture": sprite(pictures.reshape(*SAMPLES, *pictures.shape[1:])),
    }  # fmt: skip


def door() -> None:
    """The start page's way in: from the beginning, or from where one left."""
    if st.session_state.get("tour") is None and browser_input.from_address("tour") is None:
        follow(tour_bar({"door": True, "of": len(STEPS)}, key="tour_door"))


def follow(number: int | None) -> None:
    """Go where a button of the bar leads: a step's number, or -1 to leave the tour."""
    if number == -1:
        st.session_state["tour"] = None
        browser_input.set_address(tour=None)
        st.rerun()
    if number is not None:
        st.session_state["tour"] = number
        st.switch_page(f"pages/{STEPS[number].page}.py", query_params={**STEPS[number].params, "tour": str(number)})


_tour = component("tour", "shell/tour.js")


def tour_bar(payload: TourData, key: str = "tour_bar") -> int | None:
    """The tour's bar, or the door to it. Returns what was pressed: a step's number, or -1 to leave."""

    def pressed() -> None:
        """Kept at once: another message of the page may end this run before it comes to the bar, and the click is gone
        with it (``SessionState._reset_triggers``)."""
        st.session_state["tour_go"] = browser_input.whole_number(browser_input.sent(key, "go"), -1, payload["of"] - 1)

    _tour(key=key, data=payload, on_go_change=pressed)
    go_to = st.session_state.pop("tour_go", None)
    return go_to if isinstance(go_to, int) else None
