"""How often somebody may do something. Refusing costs one read."""

from __future__ import annotations

import sqlite3

from vae_core.classroom import store
from vae_core.classroom.store import ClassroomError


def check(connection: sqlite3.Connection, what: str, who: str, most: int, seconds: float, refusal: str) -> None:
    """Raises ClassroomError with ``refusal`` if ``who`` has done ``what`` as often as is allowed in so many seconds."""
    row = connection.execute("SELECT since, count FROM rates WHERE what=? AND who=?", (what, who)).fetchone()
    if row and row["count"] >= most and 0 <= store.now() - row["since"] < seconds:
        raise ClassroomError(refusal)


def note(connection: sqlite3.Connection, what: str, who: str, seconds: float) -> None:
    """``who`` has done ``what`` once more."""
    now = store.now()
    connection.execute(
        "INSERT INTO rates VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET"
        " count = CASE WHEN since BETWEEN ? AND ? THEN count + 1 ELSE 1 END,"
        " since = CASE WHEN since BETWEEN ? AND ? THEN since ELSE ? END",
        (what, who, now, now - seconds, now, now - seconds, now, now),
    )


def forget_old(connection: sqlite3.Connection, seconds: float = 3600.0) -> None:
    connection.execute("DELETE FROM rates WHERE since NOT BETWEEN ? AND ?", (store.now() - seconds, store.now() + 60))
