"""Rooms: opened, found by their code, steered by the teacher, closed. With a room goes all that it holds."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vae_core.classroom import codes, rates, store
from vae_core.classroom.store import ClassroomError, NotAllowed, RoomGone

DAY = 24 * 3600.0  # seconds that a room lives at most
ROOMS = 100  # of one server
# Seconds without a teacher or pupil, after which a room makes room for another: one into which nobody ever came, and
# one with a class, which may have a break.
EMPTY, LEFT = 3600.0, 2 * 3600.0
TEACHER_SIGN = 60.0  # seconds between two signs of a room's teacher that are written down
OPENED_AN_HOUR = 12  # by one browser
TEACHERS = 5  # devices that may steer one room
HANDOVER_SECONDS = 600.0
HANDOVER_TRIES = 300  # a minute, in one room
ACTIVITY = 4000  # characters of what a room does now, as JSON

OVER = "This room is closed. Its code opens nothing any more."
NOT_TEACHER = "Only this room’s teacher can do that."
_PAGE, _NAME = re.compile(r"[a-z_]{0,20}"), re.compile(r"[a-z][a-z0-9_]{0,30}")


@dataclass(frozen=True)
class Place:
    """Where the teacher is: a page's address, and what stands after it (run, epoch, morph, mission, ...)."""

    page: str = ""  # as in the address; "" is the start page
    choices: Mapping[str, str] | None = None

    @staticmethod
    def read(page: object, choices: object) -> Place | None:
        """A place from anywhere; None if it is none: at most 20 choices, of 500 characters each."""
        if not isinstance(page, str) or not _PAGE.fullmatch(page):
            return None
        if not isinstance(choices, Mapping):
            return None
        choices = {name: value for name, value in choices.items() if name not in ("embed", "embed_options")}
        if len(choices) > 20:
            return None
        for name, value in choices.items():
            if not isinstance(name, str) or not _NAME.fullmatch(name):
                return None
            if not isinstance(value, str) or len(value) > 500 or not value.isprintable():
                return None
        return Place(page, dict(choices))


@dataclass(frozen=True)
class Room:
    """A room as it is now."""

    id: int
    code: str
    opened: float
    ends: float  # seconds since 1970
    follows: bool  # whether pupils go where the teacher goes
    place: Place
    activity: Mapping[str, Any]  # what the room does now: {"kind": ..., ...}; {} is nothing
    version: int  # grows with every change
    pupil_version: int  # grows with every change that pupils see: place, activity, questions, prompts

    @property
    def lasting_name(self) -> str:
        """Its code, and a number by which a later room of the same code is told apart."""
        return f"{self.code}-{self.id}"


@dataclass(frozen=True)
class Opened:
    """A new room, and the token with which it is steered: only who opened it ever gets it."""

    room: Room
    token: str


def open_room(opener: str) -> Opened:
    """Open a room for whoever has the browser with the token ``opener``. Raises ClassroomError."""
    remove_expired()
    who = codes.hashed(0, opener)
    with store.writing() as connection:
        full = _count(connection) >= ROOMS
        if full and not _remove_left(connection):
            raise ClassroomError("All rooms of this server are taken; try again later.")
        rates.check(
            connection,
            "open",
            who,
            OPENED_AN_HOUR,
            3600,
            f"You have opened {OPENED_AN_HOUR} rooms within an hour; try again later.",
        )
        rates.note(connection, "open", who, 3600)
        code = _free_code(connection)
        now, token = store.now(), codes.new_token()
        made = connection.execute(
            "INSERT INTO rooms (code, opened, ends, opener) VALUES (?, ?, ?, ?)", (code, now, now + DAY, who)
        )
        assert made.lastrowid is not None
        _add_teacher(connection, made.lastrowid, token)
        opened = Opened(room_in(connection, code), token)
    if full:
        store.wipe()
    return opened


def find(code: str) -> Room:
    """The room of a code as ``codes.read_code`` gives it. Raises RoomGone."""
    with store.reading() as connection:
        return room_in(connection, code)


def find_lasting(name: str) -> Room | None:
    """The room of a ``lasting_name``; None once it is over. Raises ClassroomError."""
    try:
        room = find(name.partition("-")[0])
    except RoomGone:
        return None
    return room if room.lasting_name == name else None


def versions(code: str) -> tuple[int, int] | None:
    """Both versions of a room, by one read of an index; None if there is no such room.

    For whoever asks again and again: nothing has changed as long as they have not.
    """
    with store.reading() as connection:
        row = connection.execute(
            "SELECT version, pupil_version FROM rooms WHERE code=? AND ends>?", (code, store.now())
        ).fetchone()
    return (row["version"], row["pupil_version"]) if row else None


def is_teacher(code: str, token: str) -> bool:
    """Whether a token steers this room."""
    with store.reading() as connection:
        try:
            as_teacher(connection, code, token)
        except (RoomGone, NotAllowed):
            return False
    return True


def note_teacher(code: str, token: str) -> None:
    """A sign of the teacher, whose page is open; written down once a minute. Raises RoomGone, NotAllowed."""
    with store.reading() as connection:
        room = as_teacher(connection, code, token)
        seen = connection.execute("SELECT teacher_seen FROM rooms WHERE id=?", (room.id,)).fetchone()["teacher_seen"]
    if 0 <= store.now() - seen < TEACHER_SIGN:
        return
    with store.writing(durable=False) as connection:
        connection.execute("UPDATE rooms SET teacher_seen=? WHERE id=?", (store.now(), room.id))


def close(code: str, token: str) -> None:
    """Close a room, and delete all that it holds. Raises RoomGone, NotAllowed."""
    with store.writing() as connection:
        room = as_teacher(connection, code, token)
        connection.execute("DELETE FROM rooms WHERE id=?", (room.id,))
    store.wipe()


def go_to(code: str, token: str, place: Place) -> None:
    """The teacher is there now. Raises RoomGone, NotAllowed."""
    with store.writing(durable=False) as connection:
        room = as_teacher(connection, code, token)
        if place == room.place:
            return
        text = json.dumps({"page": place.page, "choices": dict(place.choices or {})})
        connection.execute("UPDATE rooms SET place=? WHERE id=?", (text, room.id))
        changed(connection, room.id, pupils=room.follows)


def let_follow(code: str, token: str, follow: bool) -> None:
    """Whether pupils go where the teacher goes. Raises RoomGone, NotAllowed."""
    with store.writing() as connection:
        room = as_teacher(connection, code, token)
        if follow != room.follows:
            connection.execute("UPDATE rooms SET follows=? WHERE id=?", (follow, room.id))
            changed(connection, room.id)


def set_activity(code: str, token: str, activity: Mapping[str, Any]) -> None:
    """What the room does now, of which only who draws it knows more. Raises RoomGone, NotAllowed."""
    text = json.dumps(dict(activity), allow_nan=False)
    if len(text) > ACTIVITY:
        raise ClassroomError("That is too much to tell a class at once.")
    with store.writing() as connection:
        room = as_teacher(connection, code, token)
        if dict(activity) != dict(room.activity):
            connection.execute("UPDATE rooms SET activity=? WHERE id=?", (text, room.id))
            changed(connection, room.id)


def hand_over(code: str, token: str) -> str:
    """A long code with which, for ten minutes and once, another device becomes a teacher's too.

    Raises RoomGone, NotAllowed.
    """
    secret = codes.new_secret()
    with store.writing() as connection:
        room = as_teacher(connection, code, token)
        connection.execute(
            "INSERT OR REPLACE INTO handovers VALUES (?, ?, ?)",
            (room.id, codes.hashed(room.id, secret), store.now() + HANDOVER_SECONDS),
        )
    return codes.long_code(code, secret)


def take_over(code: str, secret: str) -> str:
    """The token of another device of the teacher's, for both parts of a long code (``codes.read_long_code``).

    Raises RoomGone, NotAllowed.
    """
    with store.writing() as connection:
        room = room_in(connection, code)
        who = str(room.id)
        rates.check(connection, "hand over", who, HANDOVER_TRIES, 60, "Too many tries; wait a minute.")
        rates.note(connection, "hand over", who, 60)
        used = connection.execute(
            "DELETE FROM handovers WHERE room=? AND secret=? AND ends>?",
            (room.id, codes.hashed(room.id, secret), store.now()),
        )
        token = codes.new_token() if used.rowcount else ""
        if token:
            _add_teacher(connection, room.id, token)
    if not token:  # said out here, so that the try stays counted
        raise NotAllowed("This long code is wrong, or it was used, or its ten minutes are over.")
    return token


def remove_expired() -> int:
    """Delete the rooms whose day is over, and return how many they were. Where none ever was, nothing is written."""
    if not store.exists():
        return 0
    with store.writing() as connection:
        removed = _remove_expired(connection)
    if removed:
        store.wipe()
    return removed


# ---- for the other modules of this package, inside a transaction


def room_in(connection: sqlite3.Connection, code: str) -> Room:
    """Raises RoomGone."""
    row = connection.execute("SELECT * FROM rooms WHERE code=? AND ends>?", (code, store.now())).fetchone()
    if row is None:
        raise RoomGone(OVER)
    place = json.loads(row["place"])
    return Room(
        row["id"], row["code"], row["opened"], row["ends"], bool(row["follows"]),
        Place(place.get("page", ""), place.get("choices", {})), json.loads(row["activity"]),
        row["version"], row["pupil_version"],
    )  # fmt: skip


def as_teacher(connection: sqlite3.Connection, code: str, token: str) -> Room:
    """The room, if this token steers it. Raises RoomGone, NotAllowed."""
    room = room_in(connection, code)
    found = connection.execute(
        "SELECT 1 FROM teachers WHERE room=? AND token=?", (room.id, codes.hashed(room.id, token))
    ).fetchone()
    if not found:
        raise NotAllowed(NOT_TEACHER)
    return room


def changed(connection: sqlite3.Connection, room: int, *, pupils: bool = True) -> None:
    """Something in a room is new; with ``pupils`` something that they see, too."""
    connection.execute(
        "UPDATE rooms SET version=version+1, pupil_version=pupil_version+? WHERE id=?", (int(pupils), room)
    )


def _add_teacher(connection: sqlite3.Connection, room: int, token: str) -> None:
    count = connection.execute("SELECT count(*) FROM teachers WHERE room=?", (room,)).fetchone()[0]
    if count >= TEACHERS:
        raise ClassroomError(f"{TEACHERS} devices are teachers of this room already.")
    connection.execute("INSERT INTO teachers VALUES (?, ?)", (room, codes.hashed(room, token)))


def _free_code(connection: sqlite3.Connection) -> str:
    while True:
        code = codes.new_code()
        if not connection.execute("SELECT 1 FROM rooms WHERE code=?", (code,)).fetchone():
            return code


def _count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM rooms").fetchone()[0])


def _remove_left(connection: sqlite3.Connection) -> int:
    """Of the rooms in which nobody has been for long, the one that was left first."""
    return connection.execute(
        "DELETE FROM rooms WHERE id=(SELECT id FROM (SELECT rooms.id,"
        " max(opened, teacher_seen, coalesce(max(seen), 0)) + CASE WHEN max(seen) IS NULL THEN ? ELSE ? END AS until"
        " FROM rooms LEFT JOIN pupils ON pupils.room=rooms.id GROUP BY rooms.id) WHERE until<? ORDER BY until LIMIT 1)",
        (EMPTY, LEFT, store.now()),
    ).rowcount


def _remove_expired(connection: sqlite3.Connection) -> int:
    rates.forget_old(connection)
    return connection.execute("DELETE FROM rooms WHERE ends<=?", (store.now(),)).rowcount
