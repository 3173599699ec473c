"""The test curves of two runs on one chart."""

from __future__ import annotations

from typing import Any

from ui.components.bridge import component

_duel = component("duel", "components/two_run_curves.js")


def duel_curves(payload: dict[str, Any]) -> None:
    """The test curves of two runs on one chart (``ui.compare.tasks.curves``)."""
    _duel(key="duel_curves", data=payload)
