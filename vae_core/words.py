"""Counts in words."""

from __future__ import annotations


def many(count: int, one: str, more: str = "") -> str:
    """``1 epoch``, ``2 epochs``, ``1,000 epochs``. ``more``: where it is not ``one`` with an s."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"
