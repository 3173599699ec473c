"""Choices that a link restores and that last for the visit, without a new entry in the browser's history.

Streamlit's own ``bind="query-params"`` makes entries when one comes back to a page, so that Back seems to do nothing.
Here the browser writes the address by itself (``url_choices.js``). Of that the server hears late or not at all, so
only the link with which a visitor came counts, and then what was chosen since.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from ui.shell import browser_input


def last_choice(name: str) -> str | None:
    """The last choice of this visit, or else that of the link with which the visit began, or else None."""
    return st.session_state.setdefault(f"chosen_{name}", browser_input.from_address(name))


def choose(name: str, value: object) -> None:
    """Let this be the choice from now on."""
    st.session_state[f"chosen_{name}"] = str(value)


def widget(name: str, choices: Sequence[Any], default: Any) -> dict[str, Any]:
    """What a widget needs to follow the choice: ``st.slider("...", **widget("steps", range(5, 22), 9))``."""
    asked = last_choice(name)
    st.session_state[name] = next((choice for choice in choices if str(choice) == asked), default)

    def changed() -> None:
        if (choice := browser_input.one_of(browser_input.in_widget(name), choices)) is not None:
            choose(name, choice)

    return {"key": name, "on_change": changed}
