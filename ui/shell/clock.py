"""Times of day as the visitor's clock shows them: the server may stand in another part of the world."""

from __future__ import annotations

from datetime import datetime

from ui.shell import browser_input

UNKNOWN = "at an unknown time"


def when(seconds: float, form: str = "%d %b, %H:%M") -> str:
    """A moment, seconds since 1970, in the form of ``strftime``; in the server's zone where the browser says none."""
    try:
        return datetime.fromtimestamp(seconds, browser_input.time_zone()).strftime(form)
    except (OverflowError, OSError, ValueError):  # a file from elsewhere may bear any time
        return UNKNOWN
