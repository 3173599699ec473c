"""The one file of all rooms, ``classroom.sqlite``: connections, migrations, and errors as one sentence.

Several servers on one folder read and write it (SQLite's write-ahead log). Whoever reads sees a whole state; whoever
writes has the file alone, for a few milliseconds. What a function of this package returns from is on the disk: it
outlives the process and, where ``durable``, the power.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from vae_core import paths

PATIENCE = 5.0  # seconds for others who are writing
IDLE = 8  # connections that are kept for whoever comes next

# Each brings the file from one version (user_version) to the next. What has been shipped is never changed.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE rooms (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            code TEXT NOT NULL UNIQUE,
            opened REAL NOT NULL,
            ends REAL NOT NULL,
            opener TEXT NOT NULL,
            version INTEGER NOT NULL DEFAULT 1,
            pupil_version INTEGER NOT NULL DEFAULT 1,
            follows INTEGER NOT NULL DEFAULT 0,
            place TEXT NOT NULL DEFAULT '{}',
            activity TEXT NOT NULL DEFAULT '{}')""",
        """CREATE TABLE teachers (
            room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
            token TEXT NOT NULL,
            PRIMARY KEY (room, token)) WITHOUT ROWID""",
        """CREATE TABLE handovers (
            room INTEGER PRIMARY KEY REFERENCES rooms ON DELETE CASCADE,
            secret TEXT NOT NULL,
            ends REAL NOT NULL)""",
        """CREATE TABLE pupils (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
            token TEXT NOT NULL,
            number INTEGER NOT NULL,
            name TEXT NOT NULL,
            hidden INTEGER NOT NULL DEFAULT 0,
            sent_out INTEGER NOT NULL DEFAULT 0,
            seen REAL NOT NULL,
            UNIQUE (room, token))""",
        "CREATE INDEX pupils_seen ON pupils (room, seen)",
        """CREATE TABLE questions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
            topic TEXT NOT NULL,
            subject TEXT NOT NULL,
            count INTEGER NOT NULL,
            is_open INTEGER NOT NULL DEFAULT 1)""",
        "CREATE INDEX questions_of_room ON questions (room, topic)",
        """CREATE TABLE votes (
            question INTEGER NOT NULL REFERENCES questions ON DELETE CASCADE,
            pupil INTEGER NOT NULL REFERENCES pupils ON DELETE CASCADE,
            answer INTEGER NOT NULL,
            PRIMARY KEY (question, pupil)) WITHOUT ROWID""",
        "CREATE INDEX votes_of_pupil ON votes (pupil)",
        """CREATE TABLE prompts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
            words TEXT NOT NULL,
            is_open INTEGER NOT NULL DEFAULT 1)""",
        "CREATE INDEX prompts_of_room ON prompts (room)",
        """CREATE TABLE drawings (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            prompt INTEGER NOT NULL REFERENCES prompts ON DELETE CASCADE,
            pupil INTEGER NOT NULL REFERENCES pupils ON DELETE CASCADE,
            pixels BLOB NOT NULL CHECK (length(pixels) = 784))""",
        "CREATE INDEX drawings_of_prompt ON drawings (prompt)",
        "CREATE INDEX drawings_of_pupil ON drawings (pupil)",
        """CREATE TABLE rates (
            what TEXT NOT NULL,
            who TEXT NOT NULL,
            since REAL NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (what, who)) WITHOUT ROWID""",
        """CREATE TABLE visitors_answers (
            subject TEXT NOT NULL,
            visitor TEXT NOT NULL,
            answer INTEGER NOT NULL,
            PRIMARY KEY (subject, visitor)) WITHOUT ROWID""",
        "CREATE INDEX visitors_counts ON visitors_answers (subject, answer)",
    ),
    (  # when a teacher's page was last open; of rooms that are open already nobody knows it
        "ALTER TABLE rooms ADD COLUMN teacher_seen REAL NOT NULL DEFAULT 0",
        "UPDATE rooms SET teacher_seen=CAST(strftime('%s', 'now') AS REAL)",
    ),
)


class ClassroomError(Exception):
    """Something that a room cannot do. Its text is one sentence for whoever asked."""


class RoomGone(ClassroomError):
    """There is no such room: it was never opened, was closed, or its day is over."""


class NotAllowed(ClassroomError):
    """Whoever asked has not the right to it."""


def now() -> float:
    """Seconds since 1970."""
    return time.time()


def exists() -> bool:
    """Whether there is a file yet; one that cannot be looked at counts as missing."""
    return os.path.exists(paths.classroom_file())


@contextmanager
def reading() -> Iterator[sqlite3.Connection]:
    """One state of the file for all that is read inside. Raises ClassroomError.

    Where there is none yet, that of an empty one: who only looks leaves nothing behind.
    """
    with _connection(create=False) as connection, _transaction(connection, "BEGIN"):
        yield connection


@contextmanager
def writing(*, durable: bool = True) -> Iterator[sqlite3.Connection]:
    """All that is written inside, or nothing of it. Raises ClassroomError.

    What is not ``durable`` may be lost with the machine's power, never by the end of a process.
    """
    with _alone, _connection(create=True) as connection:
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        with _transaction(connection, "BEGIN IMMEDIATE"):
            yield connection


def wipe() -> None:
    """Let nothing of what was deleted stay in the log beside the file, if nobody reads it just now."""
    with suppress(ClassroomError), _alone, _connection(create=False) as connection:
        for _ in range(5):
            if not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                return
            time.sleep(0.02)  # somebody reads just now


# ---- connections

_alone = threading.RLock()  # threads of one server queue here; SQLite's own waiting is by guesses of its clock
_idle: dict[tuple[int, Path], list[tuple[sqlite3.Connection, object]]] = {}
_lock = threading.Lock()


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _connection(*, create: bool) -> Iterator[sqlite3.Connection]:
    """A connection that is this thread's alone. Streamlit has a thread for each drawing of a page, so they are kept."""
    path = paths.classroom_file()
    key = (os.getpid(), path)  # a child that was forked must not use its parent's
    try:
        if not create and not exists():
            with closing(_opened(":memory:")) as connection:
                yield connection
            return
        connection, file = _taken(key)
        try:
            yield connection
        except sqlite3.Error:
            connection.close()  # it may be of a file that is broken
            raise
        except BaseException:  # a refusal: the connection is as good as before
            _give_back(key, connection, file)
            raise
        _give_back(key, connection, file)
    except sqlite3.Error as error:
        raise ClassroomError(sentence(error)) from error
    except OSError as error:
        raise ClassroomError(f"The folder of the rooms cannot be used: {error.strerror}.") from error


def _taken(key: tuple[int, Path]) -> tuple[sqlite3.Connection, object]:
    file = _which(key[1])
    while True:
        with _lock:
            idle = _idle.get(key)
            found = idle.pop() if idle else None
        if found is None:
            return _connected(key[1])
        if file is not None and found[1] == file:
            return found
        found[0].close()  # the file was moved away, or replaced, under it


def _give_back(key: tuple[int, Path], connection: sqlite3.Connection, file: object) -> None:
    with _lock:
        idle = _idle.setdefault(key, [])
        if len(idle) < IDLE:
            idle.append((connection, file))
            return
    connection.close()


def _which(path: Path) -> object:
    """Which file it is that stands there now."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _connected(path: Path) -> tuple[sqlite3.Connection, object]:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _opened(path)
    return connection, _which(path)


def _opened(path: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten
        _write_ahead(connection)
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Of several that do this to a new file at the same moment, SQLite refuses some without any patience."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def _migrate(connection: sqlite3.Connection) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    with _transaction(connection, "BEGIN IMMEDIATE"):
        version = _version(connection)  # another may have been quicker
        if version > len(MIGRATIONS):
            raise ClassroomError("The file of the rooms was written by a newer Latent Lab; update this one.")
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def sentence(error: sqlite3.Error) -> str:
    """What an error of SQLite's means for whoever is in a room."""
    words = str(error).lower()
    if "locked" in words or "busy" in words:
        return "The server is busy with the class right now; try again in a moment."
    if "full" in words:
        return "The server’s disk is full, so nothing new can be kept in a room."
    if "readonly" in words or "unable to open" in words:
        return f"The server may not write {paths.classroom_file()}, so there are no rooms."
    if "malformed" in words or "not a database" in words or "no such" in words:
        return f"The file of the rooms is damaged. Move {paths.classroom_file()} away, and open a new room."
    return f"The file of the rooms cannot be used ({error})."
