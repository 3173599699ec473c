"""Times of day are the visitor's, whatever a browser says of its clock."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from ui.shell import browser_input, clock

MOMENT = 1_800_000_000  # 15 January 2027, 08:00 in Greenwich


@pytest.fixture
def says(monkeypatch):
    def say(zone: object, offset: object = None) -> None:
        monkeypatch.setattr(
            browser_input.st, "context", SimpleNamespace(timezone=zone, timezone_offset=offset), raising=False
        )

    return say


@pytest.mark.parametrize(
    ("zone", "offset", "told"),
    [("Asia/Tokyo", -540, "15 Jan, 17:00"), ("America/New_York", 300, "15 Jan, 03:00"), (None, -330, "15 Jan, 13:30"),
     ("No/Such", 0, "15 Jan, 08:00")],
)  # fmt: skip
def test_a_moment_is_told_by_the_browsers_clock(says, zone, offset, told):
    says(zone, offset)
    assert clock.when(MOMENT) == told


@pytest.mark.parametrize(
    "zone", [None, "", "..", "../../etc/passwd", "/etc/passwd", "Europe", "x" * 2000, 7, "\0", "é"]
)
@pytest.mark.parametrize("offset", [None, "60", 1.5, True, 10**9])
def test_a_forged_zone_counts_as_none(says, zone, offset):
    says(zone, offset)
    assert clock.when(MOMENT) == time.strftime("%d %b, %H:%M", time.localtime(MOMENT))


@pytest.mark.parametrize("moment", [1e20, -1e20, float("nan"), float("inf")])
def test_a_moment_that_there_is_not_is_told_as_such(says, moment):
    says("Asia/Tokyo")
    assert clock.when(moment) == clock.UNKNOWN
