"""Choices that a link restores and that last for the visit, without a new entry in the browser's history.

Streamlit's own ``bind="query-params"`` makes entries when one comes back to a page, so that Back seems to do nothing.
Here the browser writes the address by itself (``static/address.js``). The server does not hear of that: it knows the
link with which a visitor came, and what was chosen since.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st


def asked_for(name: str) -> str | None:
    """What a link says if it is new, else what was chosen last in this visit, else None."""
    link, state = st.query_params.get(name), st.session_state
    if link and link != state.get(f"link_{name}"):
        state[f"link_{name}"], state[f"chosen_{name}"] = link, link
    return state.get(f"chosen_{name}")


def choose(name: str, value: object) -> None:
    """Let this be the choice from now on."""
    st.session_state[f"chosen_{name}"] = str(value)


def widget(name: str, choices: Sequence[Any], default: Any) -> dict[str, Any]:
    """What a widget needs to follow the choice: ``st.slider("...", **widget("steps", range(5, 22), 9))``."""
    asked = asked_for(name)
    st.session_state[name] = next((choice for choice in choices if str(choice) == asked), default)
    return {"key": name, "on_change": lambda: choose(name, st.session_state[name])}
