"""What a class draws: pictures of 28 x 28 pixels, each for a prompt such as “Everybody, a 7”."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from vae_core.classroom import pupils, rates, rooms, store
from vae_core.classroom.store import ClassroomError

SIDE = 28
BYTES = SIDE * SIDE
A_MINUTE = 20  # drawings of one pupil
KEPT = 60  # of one pupil: the newest
PROMPTS = 100  # of one room
WORDS = 60  # characters of a prompt


@dataclass(frozen=True)
class Prompt:
    id: int
    words: str  # what is to be drawn: "a 7"
    is_open: bool


@dataclass(frozen=True)
class Drawing:
    id: int
    prompt: int
    pupil: int
    by: str  # the pupil's name, as the class sees it
    pixels: bytes  # 784, line by line, 0 black to 255 white


def invite(code: str, teacher: str, words: str) -> Prompt:
    """Let everybody draw something; the prompt before is closed. Raises RoomGone, NotAllowed, ClassroomError."""
    words = " ".join(words.split())
    if not words or len(words) > WORDS:
        raise ClassroomError(f"Say in at most {WORDS} characters what everybody should draw.")
    with store.writing() as connection:
        room = rooms.as_teacher(connection, code, teacher)
        if connection.execute("SELECT count(*) FROM prompts WHERE room=?", (room.id,)).fetchone()[0] >= PROMPTS:
            raise ClassroomError("This room has reached its limit of things to draw; open a new room.")
        connection.execute("UPDATE prompts SET is_open=0 WHERE room=?", (room.id,))
        made = connection.execute("INSERT INTO prompts (room, words) VALUES (?, ?)", (room.id, words))
        assert made.lastrowid is not None
        rooms.changed(connection, room.id)
        return _prompt(connection, room.id, made.lastrowid)


def close_prompt(code: str, teacher: str, number: int) -> None:
    """Take no more drawings for a prompt. Raises RoomGone, NotAllowed, ClassroomError."""
    with store.writing() as connection:
        room = rooms.as_teacher(connection, code, teacher)
        if _prompt(connection, room.id, number).is_open:
            connection.execute("UPDATE prompts SET is_open=0 WHERE id=?", (number,))
            rooms.changed(connection, room.id)


def prompts(code: str) -> list[Prompt]:
    """All that this room has drawn, the oldest first. Raises RoomGone."""
    with store.reading() as connection:
        room = rooms.room_in(connection, code)
        rows = connection.execute("SELECT * FROM prompts WHERE room=? ORDER BY id", (room.id,))
        return [Prompt(row["id"], row["words"], bool(row["is_open"])) for row in rows]


def add(code: str, pupil: str, prompt: int, pixels: bytes) -> int:
    """Keep a pupil's (their token) drawing, and return its id. Confirmed once it returns.

    Of one pupil the newest 60 are kept. Raises RoomGone, NotAllowed, ClassroomError.
    """
    if len(pixels) != BYTES:
        raise ClassroomError(f"A drawing has {SIDE} x {SIDE} pixels.")
    if not any(pixels):
        raise ClassroomError("This drawing is empty; draw something first.")
    with store.reading() as connection:  # a refusal must cost nothing that others wait for
        _may_add(connection, code, pupil, prompt)
    with store.writing() as connection:
        room, who = _may_add(connection, code, pupil, prompt)
        rates.note(connection, "draw", str(who.id), 60)
        made = connection.execute(
            "INSERT INTO drawings (prompt, pupil, pixels) VALUES (?, ?, ?)", (prompt, who.id, pixels)
        )
        connection.execute(
            "DELETE FROM drawings WHERE id IN"
            " (SELECT id FROM drawings WHERE pupil=? ORDER BY id DESC LIMIT -1 OFFSET ?)",
            (who.id, KEPT),
        )
        rooms.changed(connection, room.id, pupils=False)
    assert made.lastrowid is not None
    return made.lastrowid


def of_prompt(code: str, prompt: int, after: int = 0) -> list[Drawing]:
    """The drawings for a prompt, the oldest first; with ``after`` only those after that id. Raises RoomGone."""
    with store.reading() as connection:
        room = rooms.room_in(connection, code)
        return list(_drawings(connection, "prompts.room=? AND prompt=? AND drawings.id>?", (room.id, prompt, after)))


def of_pupil(code: str, pupil: str, prompt: int) -> list[Drawing]:
    """A pupil's own (their token) for a prompt, the oldest first. Raises RoomGone, NotAllowed."""
    with store.reading() as connection:
        _, who = pupils.as_pupil(connection, code, pupil)
        return list(_drawings(connection, "pupils.id=? AND prompt=?", (who.id, prompt)))


def of_room(code: str) -> list[Drawing]:
    """All drawings of a room, the oldest first. Raises RoomGone."""
    with store.reading() as connection:
        return list(_drawings(connection, "prompts.room=?", (rooms.room_in(connection, code).id,)))


def counts(code: str) -> dict[int, int]:
    """How many drawings a room has of each prompt that has any. Raises RoomGone."""
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT prompt, count(*) FROM drawings JOIN prompts ON prompts.id=prompt"
            " WHERE prompts.room=? GROUP BY prompt",
            (rooms.room_in(connection, code).id,),
        )
        return {int(prompt): int(count) for prompt, count in rows}


def remove(code: str, teacher: str, drawing: int) -> None:
    """Delete a drawing. Raises RoomGone, NotAllowed."""
    with store.writing() as connection:
        room = rooms.as_teacher(connection, code, teacher)
        connection.execute(
            "DELETE FROM drawings WHERE id=? AND prompt IN (SELECT id FROM prompts WHERE room=?)", (drawing, room.id)
        )
        rooms.changed(connection, room.id)


def _may_add(connection: sqlite3.Connection, code: str, token: str, prompt: int) -> tuple[rooms.Room, pupils.Pupil]:
    room, who = pupils.as_pupil(connection, code, token)
    if not _prompt(connection, room.id, prompt).is_open:
        raise ClassroomError("This drawing came too late: the class has gone on.")
    refusal = f"You have drawn {A_MINUTE} pictures in a minute; go on in a moment."
    rates.check(connection, "draw", str(who.id), A_MINUTE, 60, refusal)
    return room, who


def _prompt(connection: sqlite3.Connection, room: int, number: int) -> Prompt:
    row = connection.execute("SELECT * FROM prompts WHERE id=? AND room=?", (number, room)).fetchone()
    if row is None:
        raise ClassroomError("This room has no such thing to draw.")
    return Prompt(row["id"], row["words"], bool(row["is_open"]))


def _drawings(connection: sqlite3.Connection, where: str, what: tuple[int, ...]) -> Iterator[Drawing]:
    rows = connection.execute(
        "SELECT drawings.id AS id, prompt, pupil, pixels, name, hidden, number FROM drawings"
        " JOIN prompts ON prompts.id=prompt JOIN pupils ON pupils.id=pupil"
        f" WHERE {where} ORDER BY drawings.id",
        what,
    )
    for row in rows:
        by = pupils.default_name(row["number"]) if row["hidden"] else row["name"]
        yield Drawing(row["id"], row["prompt"], row["pupil"], by, row["pixels"])
