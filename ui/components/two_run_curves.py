"""The test curves of two runs on one chart."""

from __future__ import annotations

from ui.components.bridge import component
from ui.components.payloads.shared import TwoRunCurvesData

_duel = component("duel", "components/two_run_curves.js")


def duel_curves(payload: TwoRunCurvesData) -> None:
    """The test curves of two runs on one chart (``ui.compare.tasks.curves``)."""
    _duel(key="duel_curves", data=payload)
