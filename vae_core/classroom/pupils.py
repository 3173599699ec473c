"""Who is in a room. A pupil is a browser: two tabs of it, and a phone that comes back, are one."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from dataclasses import dataclass

from vae_core.classroom import codes, rooms, store
from vae_core.classroom.store import ClassroomError, NotAllowed

PUPILS = 100  # in one room
NAME = 20  # characters
AWAY = 30.0  # seconds without a sign, after which a pupil counts as away
SIGN = 12.0  # seconds between two signs of one pupil that are written down

NOT_IN = "You are not in this room; join it first."
SENT_OUT = "The teacher has sent you out of this room."


@dataclass(frozen=True)
class Pupil:
    id: int
    number: int  # in this room, from 1
    name: str
    hidden: bool  # the name, which is then shown to nobody but the teacher
    sent_out: bool
    here: bool

    @property
    def shown(self) -> str:
        """The name as the class sees it."""
        return default_name(self.number) if self.hidden else self.name


def clean_name(text: str) -> str:
    """A name of at most 20 characters, made of letters, digits, spaces, hyphens, apostrophes and abbreviating dots.

    Whatever else there is (markup, pictures, marks heaped on a letter, what turns the direction) is left out; what
    remains may be nothing.
    """
    composed = unicodedata.normalize("NFKC", text[: 20 * NAME])
    kept = "".join(each if _is_of_a_name(each) else " " if each.isspace() else "" for each in composed)
    kept = re.sub(r"\.(?!\s|$)", " ", kept)  # so that no name is an address
    name = " ".join(_few_marks(kept).split())[:NAME].lstrip(" -'’.").rstrip(" -'’")
    return name if any(map(str.isalnum, name)) else ""


def _is_of_a_name(character: str) -> bool:
    return unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lo", "Lm", "Nd", "Mn", "Mc") or character in " -'’."


def _few_marks(text: str) -> str:
    """At most two marks on a letter, and none on what is no letter."""
    kept = ""
    for character in text:
        if unicodedata.category(character).startswith("M"):
            heaped = len(kept) - len(kept.rstrip("".join(c for c in kept if unicodedata.category(c).startswith("M"))))
            if heaped >= 2 or not kept or kept[-1] in " -'’.":
                continue
        kept += character
    return kept


def default_name(number: int) -> str:
    return f"Pupil {number}"


def join(code: str, token: str, name: str = "") -> Pupil:
    """Join a room, or come back to it; a new name takes the place of the old one. Raises RoomGone, ClassroomError.

    ``token``: the browser's own, 32 hexadecimal digits, which nobody can guess.
    """
    if not codes.TOKEN.fullmatch(token):
        raise NotAllowed("Your browser did not say who it is; reload the page.")
    name = clean_name(name)
    with store.writing() as connection:
        room = rooms.room_in(connection, code)
        known = _found(connection, room.id, token)
        if known is None:
            return _new(connection, room.id, token, name)
        if known.sent_out:
            raise NotAllowed(SENT_OUT)
        if name and name != known.name:
            _rename(connection, room.id, known.id, name)
        _sign(connection, room.id, known)
        pupil = _found(connection, room.id, token)
    assert pupil is not None
    return pupil


def find(code: str, token: str) -> Pupil | None:
    """The pupil who has this token, if there is one and they were not sent out. Raises RoomGone."""
    with store.reading() as connection:
        pupil = _found(connection, rooms.room_in(connection, code).id, token)
    return None if pupil is None or pupil.sent_out else pupil


def note_here(code: str, token: str) -> None:
    """A sign of a pupil, written down only every 12 seconds; of one who has left it is none.

    Raises RoomGone, NotAllowed.
    """
    with store.reading() as connection:
        room, pupil = as_pupil(connection, code, token)
        seen = connection.execute("SELECT seen FROM pupils WHERE id=?", (pupil.id,)).fetchone()["seen"]
    if seen == 0 or 0 <= store.now() - seen < SIGN:
        return
    with store.writing(durable=False) as connection:
        _sign(connection, room.id, pupil)


def leave(code: str, token: str) -> None:
    """A pupil goes; their votes and drawings stay until the room is closed, and they may come back."""
    with store.writing() as connection:
        room, pupil = as_pupil(connection, code, token)
        connection.execute("UPDATE pupils SET seen=0 WHERE id=?", (pupil.id,))
        rooms.changed(connection, room.id, pupils=False)


def here(code: str) -> int:
    """How many pupils are there now. Raises RoomGone."""
    with store.reading() as connection:
        room = rooms.room_in(connection, code)
        since = store.now() - AWAY
        row = connection.execute("SELECT count(*) FROM pupils WHERE room=? AND seen>?", (room.id, since)).fetchone()
        return int(row[0])


def everybody(code: str, teacher: str) -> list[Pupil]:
    """All who have joined, for the teacher, in the order of their joining. Raises RoomGone, NotAllowed."""
    with store.reading() as connection:
        room = rooms.as_teacher(connection, code, teacher)
        rows = connection.execute("SELECT * FROM pupils WHERE room=? ORDER BY id", (room.id,))
        return [_pupil(row) for row in rows]


def hide_name(code: str, teacher: str, pupil: int, hidden: bool = True) -> None:
    """Show a pupil's name to nobody but the teacher. Raises RoomGone, NotAllowed."""
    with store.writing() as connection:
        room = rooms.as_teacher(connection, code, teacher)
        connection.execute("UPDATE pupils SET hidden=? WHERE id=? AND room=?", (hidden, pupil, room.id))
        rooms.changed(connection, room.id)


def send_out(code: str, teacher: str, pupil: int) -> None:
    """Send a pupil out, and delete what they drew and answered. Raises RoomGone, NotAllowed."""
    with store.writing() as connection:
        room = rooms.as_teacher(connection, code, teacher)
        sent = connection.execute(
            "UPDATE pupils SET sent_out=1, hidden=1, seen=0 WHERE id=? AND room=?", (pupil, room.id)
        )
        if sent.rowcount:
            connection.execute("DELETE FROM drawings WHERE pupil=?", (pupil,))
            connection.execute("DELETE FROM votes WHERE pupil=?", (pupil,))
            rooms.changed(connection, room.id)
    store.wipe()


def let_in_again(code: str, teacher: str, pupil: int) -> None:
    """Undo ``send_out``, but for what it deleted. Raises RoomGone, NotAllowed."""
    with store.writing() as connection:
        room = rooms.as_teacher(connection, code, teacher)
        connection.execute("UPDATE pupils SET sent_out=0 WHERE id=? AND room=?", (pupil, room.id))
        rooms.changed(connection, room.id)


# ---- for the other modules of this package, inside a transaction


def as_pupil(connection: sqlite3.Connection, code: str, token: str) -> tuple[rooms.Room, Pupil]:
    """The room, and the pupil in it who has this token. Raises RoomGone, NotAllowed."""
    room = rooms.room_in(connection, code)
    pupil = _found(connection, room.id, token)
    if pupil is None or pupil.sent_out:
        raise NotAllowed(NOT_IN if pupil is None else SENT_OUT)
    return room, pupil


def _found(connection: sqlite3.Connection, room: int, token: str) -> Pupil | None:
    row = connection.execute(
        "SELECT * FROM pupils WHERE room=? AND token=?", (room, codes.hashed(room, token))
    ).fetchone()
    return _pupil(row) if row else None


def _pupil(row: sqlite3.Row) -> Pupil:
    here = row["seen"] > store.now() - AWAY
    return Pupil(row["id"], row["number"], row["name"], bool(row["hidden"]), bool(row["sent_out"]), here)


def _new(connection: sqlite3.Connection, room: int, token: str, name: str) -> Pupil:
    here, last = connection.execute(
        "SELECT count(*) FILTER (WHERE NOT sent_out), coalesce(max(number), 0) FROM pupils WHERE room=?", (room,)
    ).fetchone()
    if here >= PUPILS:
        raise ClassroomError(f"This room is full: it has room for {PUPILS}.")
    made = connection.execute(
        "INSERT INTO pupils (room, token, number, name, seen) VALUES (?, ?, ?, '', ?)",
        (room, codes.hashed(room, token), last + 1, store.now()),
    )
    assert made.lastrowid is not None
    _rename(connection, room, made.lastrowid, name or default_name(last + 1))
    pupil = _found(connection, room, token)
    assert pupil is not None
    return pupil


def _rename(connection: sqlite3.Connection, room: int, pupil: int, name: str) -> None:
    """Two of one name are told apart by a number."""
    taken = {
        row["name"].casefold()
        for row in connection.execute("SELECT name FROM pupils WHERE room=? AND id<>?", (room, pupil))
    }
    free, number = name, 2
    while free.casefold() in taken:
        free, number = f"{name[: NAME - 4]} {number}", number + 1
    connection.execute("UPDATE pupils SET name=? WHERE id=?", (free, pupil))
    rooms.changed(connection, room, pupils=False)


def _sign(connection: sqlite3.Connection, room: int, pupil: Pupil) -> None:
    connection.execute("UPDATE pupils SET seen=? WHERE id=?", (store.now(), pupil.id))
    if not pupil.here:  # they have come back
        rooms.changed(connection, room, pupils=False)
