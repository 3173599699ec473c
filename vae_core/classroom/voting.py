"""Questions to a class, and its answers: one of each pupil, which may be changed until the question is closed."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from vae_core.classroom import codes, pupils, rooms, store
from vae_core.classroom.store import ClassroomError

CHOICES = 200  # answers to choose from, at most
QUESTIONS = 200  # in one room
VISITORS = 20_000  # answers to one mission that are kept of visitors outside rooms
CLOSED = "This question is closed; your last answer counts."


@dataclass(frozen=True)
class Question:
    id: int
    topic: str  # "mission", or what the class decides: "beta", "latent_dim", "epochs", ...
    subject: str  # of a mission its name; of a decision its choices, as who asks wrote them
    count: int  # answers are the numbers from 0 to count - 1
    is_open: bool


def ask(code: str, teacher: str, topic: str, subject: str, count: int) -> Question:
    """Ask the class something; other open questions of this topic are closed. Raises RoomGone, NotAllowed."""
    if not 1 <= count <= CHOICES or len(topic) > 40 or len(subject) > 1000:
        raise ClassroomError("This is no question for a class.")
    with store.writing() as connection:
        room = rooms.as_teacher(connection, code, teacher)
        asked = connection.execute("SELECT count(*) FROM questions WHERE room=?", (room.id,)).fetchone()[0]
        if asked >= QUESTIONS:
            raise ClassroomError("This room has reached its limit of questions; open a new room.")
        connection.execute("UPDATE questions SET is_open=0 WHERE room=? AND topic=?", (room.id, topic))
        made = connection.execute(
            "INSERT INTO questions (room, topic, subject, count) VALUES (?, ?, ?, ?)", (room.id, topic, subject, count)
        )
        assert made.lastrowid is not None
        rooms.changed(connection, room.id)
        return _question(connection, room.id, made.lastrowid)


def question(code: str, number: int) -> Question:
    """A question of this room by its id. Raises RoomGone, ClassroomError."""
    with store.reading() as connection:
        return _question(connection, rooms.room_in(connection, code).id, number)


def latest(code: str, topic: str) -> Question | None:
    """The last question of a topic. Raises RoomGone."""
    with store.reading() as connection:
        room = rooms.room_in(connection, code)
        row = connection.execute(
            "SELECT max(id) AS id FROM questions WHERE room=? AND topic=?", (room.id, topic)
        ).fetchone()
        return _question(connection, room.id, row["id"]) if row["id"] is not None else None


def close(code: str, teacher: str, number: int, *, closed: bool = True) -> bool:
    """Take no more answers, or with ``closed=False`` take them again. Whether that was new: of two devices that close
    a question at once, one has done it. Raises RoomGone, NotAllowed, ClassroomError."""
    with store.writing() as connection:
        room = rooms.as_teacher(connection, code, teacher)
        if _question(connection, room.id, number).is_open != closed:
            return False
        connection.execute("UPDATE questions SET is_open=? WHERE id=?", (not closed, number))
        rooms.changed(connection, room.id)
        return True


def vote(code: str, pupil: str, number: int, answer: int) -> None:
    """A pupil (their token) answers; what they answered before no longer counts. Confirmed once it returns.

    Raises RoomGone, NotAllowed, and ClassroomError if the question is closed or has no such answer.
    """
    with store.writing() as connection:
        room, who = pupils.as_pupil(connection, code, pupil)
        asked = _question(connection, room.id, number)
        if not asked.is_open:
            raise ClassroomError(CLOSED)
        if type(answer) is not int or not 0 <= answer < asked.count:
            raise ClassroomError("This answer is none of those to choose from.")
        if _answer(connection, number, who.id) == answer:
            return
        connection.execute("INSERT OR REPLACE INTO votes VALUES (?, ?, ?)", (number, who.id, answer))
        rooms.changed(connection, room.id, pupils=False)


def answer_of(code: str, pupil: str, number: int) -> int | None:
    """What a pupil has answered. Raises RoomGone, NotAllowed."""
    with store.reading() as connection:
        _, who = pupils.as_pupil(connection, code, pupil)
        return _answer(connection, number, who.id)


def counts(code: str, number: int) -> list[int]:
    """How many gave each answer, ``count`` numbers. Raises RoomGone, ClassroomError."""
    with store.reading() as connection:
        asked = _question(connection, rooms.room_in(connection, code).id, number)
        rows = connection.execute("SELECT answer, count(*) FROM votes WHERE question=? GROUP BY answer", (number,))
        return _counted(rows, asked.count)


# ---- visitors outside rooms


def note_visitor(subject: str, visitor: str, answer: int) -> None:
    """A visitor (their browser's token) has answered a mission; their first answer counts."""
    who = codes.hashed(0, visitor)[:16]
    with store.writing(durable=False) as connection:
        known = connection.execute("SELECT count(*) FROM visitors_answers WHERE subject=?", (subject,)).fetchone()[0]
        if known < VISITORS:
            connection.execute("INSERT OR IGNORE INTO visitors_answers VALUES (?, ?, ?)", (subject, who, answer))


def visitors_counts(subject: str, count: int) -> list[int]:
    """How many visitors gave each of ``count`` answers to a mission."""
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT answer, count(*) FROM visitors_answers WHERE subject=? GROUP BY answer", (subject,)
        )
        return _counted(rows, count)


def _counted(rows: sqlite3.Cursor, count: int) -> list[int]:
    found = [0] * count
    for answer, votes in rows:
        if 0 <= answer < count:
            found[answer] = votes
    return found


def _question(connection: sqlite3.Connection, room: int, number: int) -> Question:
    row = connection.execute("SELECT * FROM questions WHERE id=? AND room=?", (number, room)).fetchone()
    if row is None:
        raise ClassroomError("There is no such question in this room.")
    return Question(row["id"], row["topic"], row["subject"], row["count"], bool(row["is_open"]))


def _answer(connection: sqlite3.Connection, number: int, pupil: int) -> int | None:
    row = connection.execute("SELECT answer FROM votes WHERE question=? AND pupil=?", (number, pupil)).fetchone()
    return row["answer"] if row else None
