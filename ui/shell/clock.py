"""Times of day as the visitor's clock shows them: the server may stand in another part of the world."""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from ui.shell import browser_input

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = "at an unknown time"


def when(seconds: float, form: str = "%d %b, %H:%M") -> str:
    """A moment, seconds since 1970, in the form of ``strftime``; in the server's zone where the browser says none."""
    return _told(seconds, browser_input.time_zone(), form)


@lru_cache(maxsize=4000)
def _told(seconds: float, zone: tzinfo | None, form: str) -> str:
    try:
        return datetime.fromtimestamp(seconds, zone).strftime(form)
    except (OverflowError, OSError, ValueError):  # a file from elsewhere may bear any time
        return UNKNOWN


def as_here(moments: pd.Series) -> pd.Series:
    """Moments of Greenwich's clock as the times of day of the visitor's, which no table moves any more."""
    return moments.dt.tz_convert(browser_input.time_zone() or datetime.now().astimezone().tzinfo).dt.tz_localize(None)
