"""The guided tour: about five minutes through the pages, hands-on. It can be left and taken up again.

The step is in the address and in the session; the browser keeps it too (``tour.js``), so that a later visit can
continue. The browser notices when a step's task is done; nobody has to do it in order to move on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from ui.components.bridge import component
from ui.components.payloads import TourData
from ui.shell import browser_input


@dataclass(frozen=True)
class Step:
    page: str  # its file in pages/
    title: str
    words: str  # what to do, and what to look at
    done: Mapping[str, Any]  # how ``static/shell/tour.js`` notices that it was done
    params: Mapping[str, str] = field(default_factory=dict)


STEPS = (
    Step("start", "One picture, two numbers", "Press **Roll again** three times. The orange ring jumps around in its "
         "bubble, and what the decoder draws changes only a little.",
         {"attribute": "throws", "selector": ".ll-living .map", "least": 3}),
    Step("train", "Watch one learn", "Press **Start** at the end of the form. The first curve falls: the copies get "
         "better. The penalty rises, because codes that say more cost more. You can move on while it learns.",
         {"selector": ".st-key-loss_curves canvas"}),
    Step("map", "Every picture has its place", "Take the **epoch slider** back to “untrained”, then press ▶. The "
         "classes separate by themselves, though nobody told the model what a 3 is.",
         {"epochs": [0, 3], "run": "two-knobs"}, {"run": "two-knobs"}),
    Step("map", "Who is this dot?", "**Click a dot.** You see its picture, what the model makes of it, and its "
         "neighbours. Then point at an empty place: the decoder draws there, too.",
         {"address": "dot"}, {"run": "two-knobs"}),
    Step("samples", "Pictures from nothing", "Press **Roll the dice**. No picture goes in: random numbers become "
         "digits, because training pulled all codes to where the rolls land.",
         {"click": ".st-key-new_samples button"}, {"run": "lecture"}),
    Step("morph", "A 3 becomes an 8", "Move the **slider** under the pictures. Mixing pixels gives a double exposure; "
         "walking through the codes gives digits all the way.",
         {"moved": ".st-key-morph_player input[type=range]"}, {"run": "lecture"}),
    Step("autoencoder", "Why the noise?", "**Drag the ring** on the classic autoencoder’s map into empty space: it "
         "never learned what belongs there. The VAE’s map has fewer holes.",
         {"selector": ".st-key-holes [data-z]", "changed": "z"}),
    Step("bubbles", "Two forces", "Take the **epoch slider** back, then press ▶. Without a penalty the bubbles shrink "
         "and fly apart. With a large one they pile up on each other.",
         {"selector": ".st-key-bubbles [data-epoch]", "changed": "epoch"}),
    Step("loss", "The price of order", "Scroll to the end and move **beta**. More penalty: tidier codes, worse "
         "pictures. Each point is a real, trained model.",
         {"selector": ".st-key-tradeoff [data-beta]", "changed": "beta"}),
    Step("missions", "Predict, then look", "Choose an answer to one **mission** and press **Look**. A wrong guess "
         "teaches more than a right one. The other missions will wait for you.",
         {"click": ".st-key-commit_mission button"}),
    Step("draw", "Now you", "**Draw a digit.** The model says where it belongs, draws it again, and imagines others. "
         "That is the end of the tour: every page in the menu is yours now.",
         {"selector": ".st-key-drawn_rows canvas"}, {"run": "lecture"}),
)  # fmt: skip


def bar(page: str) -> None:
    """The tour's bar above a page (its name), while somebody is on the tour."""
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
            "step": number, "of": len(STEPS), "title": step.title, "words": step.words, "done": dict(step.done),
            "here": here, "door": False,
        }
    )  # fmt: skip
    follow(go_to)


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
    pressed = _tour(key=key, data=payload, on_go_change=lambda: None)
    return browser_input.whole_number(browser_input.by_name(pressed, "go"), -1, payload["of"] - 1)
