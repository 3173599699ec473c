"""The one file of all rooms: many at once, servers that are killed, and files that are damaged, locked or full."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from test_classroom import ANYBODY, joined

from vae_core import os_compat, paths
from vae_core.classroom import codes, drawings, pupils, rooms, store, voting
from vae_core.classroom.store import ClassroomError, NotAllowed, RoomGone


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_RUNS_DIR", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture
def opened():
    return rooms.open_room(codes.new_token())


# ---- many at once


def test_two_hundred_join_at_once(opened):
    """Of 200 for one room 100 come in, and the others hear why not; of 50 for each of four all do."""
    code = opened.room.code
    four = [rooms.open_room(codes.new_token()).room.code for _ in range(4)]

    def come(where: str) -> str:
        try:
            pupils.join(where, codes.new_token(), "Max")
            return "in"
        except ClassroomError as error:
            return str(error)

    with ThreadPoolExecutor(40) as everybody:
        heard = list(everybody.map(come, [code] * 200))
        assert heard.count("in") == pupils.PUPILS
        assert {words for words in heard if words != "in"} == {"This room is full: it has room for 100."}
        assert set(everybody.map(come, four * 50)) == {"in"}
    assert pupils.here(four[0]) == 50


def test_a_server_has_so_many_rooms_and_a_browser_opens_so_many(monkeypatch):
    me = codes.new_token()
    for _ in range(rooms.OPENED_AN_HOUR):
        rooms.open_room(me)
    with pytest.raises(ClassroomError, match="try again later"):
        rooms.open_room(me)
    monkeypatch.setattr(rooms, "ROOMS", rooms.OPENED_AN_HOUR + 1)
    rooms.open_room(codes.new_token())
    with pytest.raises(ClassroomError, match="taken"):
        rooms.open_room(codes.new_token())


def test_rooms_in_which_nobody_has_been_for_long_make_room_one_by_one(monkeypatch):
    """The one first that was left first; those that a class may come back to, and those with a teacher, stay."""
    begin = moment = store.now()
    monkeypatch.setattr(store, "now", lambda: moment)
    monkeypatch.setattr(rooms, "ROOMS", 4)
    joined_early, empty, joined_late, prepared = (rooms.open_room(codes.new_token()) for _ in range(4))

    def there() -> list[bool]:
        return [rooms.versions(each.room.code) is not None for each in (joined_early, empty, joined_late, prepared)]

    def opens() -> bool:
        try:
            return bool(rooms.open_room(codes.new_token()))
        except ClassroomError as error:
            assert "taken" in str(error)
            return False

    pupils.join(joined_early.room.code, ANYBODY)
    moment = begin + 1800
    pupils.join(joined_late.room.code, ANYBODY)
    moment = begin + rooms.EMPTY - 60
    rooms.note_teacher(prepared.room.code, prepared.token)  # opened for a lesson that is still to come
    assert not opens()
    moment = begin + rooms.EMPTY + 60
    assert opens() and there() == [True, False, True, True] and not opens()
    moment = begin + 2 * rooms.EMPTY - 50
    assert opens() and there() == [True, False, True, False] and not opens()
    moment = begin + rooms.LEFT + 5
    assert opens() and there() == [False, False, True, False] and not opens()


def test_one_stranger_holds_all_rooms_no_longer_than_a_few_hours(monkeypatch):
    moment = store.now()
    monkeypatch.setattr(store, "now", lambda: moment)
    monkeypatch.setattr(rooms, "ROOMS", 5)
    for _ in range(5):
        pupils.join(rooms.open_room(codes.new_token()).room.code, ANYBODY)
    moment += rooms.LEFT + 1
    assert rooms.open_room(codes.new_token())


def test_a_file_of_an_earlier_version_is_brought_along(folder):
    """With its rooms; nobody knows when their teachers were there, so they count as having been there just now."""
    paths.classroom_file().parent.mkdir(parents=True)
    now = time.time()
    with contextlib.closing(sqlite3.connect(paths.classroom_file())) as old:
        for statement in store.MIGRATIONS[0]:
            old.execute(statement)
        old.execute("PRAGMA user_version=1")
        rows = [(1, "BDHJ", now - 20_000, now + 60_000, "me"), (2, "BDHK", now - 100, now + 80_000, "you")]
        old.executemany("INSERT INTO rooms (id, code, opened, ends, opener) VALUES (?, ?, ?, ?, ?)", rows)
        old.execute("INSERT INTO teachers VALUES (1, ?)", (codes.hashed(1, ANYBODY),))
        old.commit()
    assert rooms.find("BDHJ").opened == pytest.approx(now - 20_000) and rooms.is_teacher("BDHJ", ANYBODY)
    rooms.note_teacher("BDHJ", ANYBODY)
    with store.reading() as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(store.MIGRATIONS)
        seen = [row[0] for row in connection.execute("SELECT teacher_seen FROM rooms ORDER BY id")]
    assert all(abs(each - now) < 60 for each in seen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rooms, "ROOMS", 2)
        assert "taken" in one_sentence(lambda: rooms.open_room(codes.new_token()))


VOTER = """
import sys
from vae_core.classroom import voting
code, question, *tokens = sys.argv[1:]
for k in range(10**6):
    token, answer = tokens[k % len(tokens)], k // len(tokens) % 100
    voting.vote(code, token, int(question), answer)
    print(token, answer, flush=True)
"""


def voter(*arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", VOTER, *arguments], env=os_compat.environment({}), stdout=subprocess.PIPE, text=True
    )


KILLS = int(os.environ.get("VAE_TEST_KILLS", "10"))  # all hundred: VAE_TEST_KILLS=100


@pytest.mark.timeout(60 + 5 * KILLS)
def test_no_confirmed_vote_is_lost_when_servers_are_killed(opened):
    """Two processes write to one folder, and one after the other is killed in the middle of it."""
    code, teacher = opened.room.code, opened.token
    question = voting.ask(code, teacher, "mission", "x", 100)
    both = [joined(code, 2), joined(code, 2)]
    for kill in range(KILLS):
        writers = [voter(code, str(question.id), *tokens) for tokens in both]
        confirmed: dict[str, int] = {}
        for writer in writers:  # both have begun
            note(confirmed, writer.stdout.readline())
        time.sleep(0.002 * (kill % 10))
        for writer in writers:
            writer.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        for writer in writers:
            for line in writer.stdout:
                note(confirmed, line)
            writer.wait()
            writer.stdout.close()
        for token, answer in confirmed.items():  # the one after it may have been written, and not yet be confirmed
            assert voting.answer_of(code, token, question.id) in (answer, (answer + 1) % 100)
        assert len(confirmed) <= sum(voting.counts(code, question.id)) <= 4
    with store.reading() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def note(confirmed: dict[str, int], line: str) -> None:
    if line.endswith("\n"):
        token, answer = line.split()
        confirmed[token] = int(answer)


def test_two_servers_see_one_room(opened):
    code = opened.room.code
    script = f"""
from vae_core.classroom import pupils, rooms
pupils.join({code!r}, {"a" * 32!r}, "Ada")
rooms.let_follow({code!r}, {opened.token!r}, True)
"""
    before = rooms.versions(code)
    subprocess.run([sys.executable, "-c", script], env=os_compat.environment({}), check=True)
    assert rooms.versions(code)[0] > before[0] and rooms.find(code).follows
    assert [pupil.name for pupil in pupils.everybody(code, opened.token)] == ["Ada"]


def test_many_servers_make_the_file_at_the_same_moment(folder):
    script = "from vae_core.classroom import codes, rooms; print(rooms.open_room(codes.new_token()).room.code)"
    servers = [
        subprocess.Popen(
            [sys.executable, "-c", script], env=os_compat.environment({}), stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    made = [server.communicate()[0].strip() for server in servers]
    assert len(set(made)) == 4 and all(rooms.find(code) for code in made)


# ---- a file that is damaged, locked, or of another version


def one_sentence(do) -> str:
    with pytest.raises(ClassroomError) as caught:
        do()
    words = str(caught.value)
    assert words.endswith(".") and "\n" not in words and "Traceback" not in words
    return words


@pytest.mark.parametrize("where", ["beginning", "middle", "all"])
def test_a_damaged_file_is_one_sentence_and_a_new_one_begins_where_it_was(opened, where):
    code = opened.room.code
    joined(code, 50)
    store.wipe()
    file = paths.classroom_file()
    for each in store._idle.values():
        while each:
            each.pop()[0].close()
    raw = bytearray(file.read_bytes())
    begin, end = {"beginning": (0, 100), "middle": (4096, len(raw)), "all": (0, len(raw))}[where]
    raw[begin:end] = os.urandom(end - begin)
    file.write_bytes(raw)
    assert "damaged" in one_sentence(lambda: pupils.join(code, ANYBODY))
    file.unlink()
    for left in file.parent.iterdir():
        left.unlink()
    assert rooms.open_room(codes.new_token()).room.code


def test_a_file_that_was_moved_away_under_a_server_is_not_written_any_more(opened, tmp_path):
    file = paths.classroom_file()
    file.rename(tmp_path / "away.sqlite")
    for left in file.parent.iterdir():
        left.unlink()
    with pytest.raises(RoomGone):
        rooms.find(opened.room.code)
    assert rooms.open_room(codes.new_token()).room.code and file.exists()


def test_a_file_that_another_holds_is_one_sentence(opened, monkeypatch):
    monkeypatch.setattr(store, "PATIENCE", 0.05)
    for each in store._idle.values():
        while each:
            each.pop()[0].close()
    with contextlib.closing(sqlite3.connect(paths.classroom_file(), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "busy" in one_sentence(lambda: pupils.join(opened.room.code, ANYBODY))
        assert rooms.find(opened.room.code)  # whoever only looks need not wait
        other.execute("ROLLBACK")
    assert pupils.join(opened.room.code, ANYBODY)


def test_a_newer_file_is_left_alone(opened):
    with contextlib.closing(sqlite3.connect(paths.classroom_file())) as newer:
        newer.execute(f"PRAGMA user_version={len(store.MIGRATIONS) + 1}")
    for each in store._idle.values():
        while each:
            each.pop()[0].close()
    assert "newer" in one_sentence(lambda: rooms.find(opened.room.code))


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_may_not_be_written_is_one_sentence(folder):
    folder.mkdir()
    folder.chmod(0o500)
    one_sentence(lambda: rooms.open_room(codes.new_token()))
    folder.chmod(0o700)


def test_a_file_where_the_folder_should_be_is_one_sentence(folder):
    folder.write_text("no folder")
    one_sentence(lambda: rooms.open_room(codes.new_token()))


def test_a_disk_that_is_full_is_one_sentence_and_loses_nothing(opened):
    code, teacher = opened.room.code, opened.token
    tokens = joined(code, 20)
    prompt = drawings.invite(code, teacher, "a 7")
    kept = 0
    with store.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 3}")
    words = ""
    for token in tokens * 3:
        try:
            drawings.add(code, token, prompt.id, os.urandom(784))
            kept += 1
        except ClassroomError as error:
            words = str(error)
            break
    assert "full" in words
    assert len(drawings.of_room(code)) == kept


def test_what_went_wrong_inside_leaves_nothing_half_written(opened):
    code = opened.room.code

    class Stop(Exception):
        pass

    def half():
        with store.writing() as connection:
            connection.execute("UPDATE rooms SET follows=1")
            raise Stop

    with pytest.raises(Stop):
        half()
    assert not rooms.find(code).follows


def test_threads_share_few_connections(opened):
    code = opened.room.code
    barrier = threading.Barrier(20)

    def look(_):
        barrier.wait()
        return [rooms.versions(code) for _ in range(20)]

    with ThreadPoolExecutor(20) as threads:
        assert len({each for found in threads.map(look, range(20)) for each in found}) == 1
    assert sum(map(len, store._idle.values())) <= store.IDLE * len(store._idle)


def test_a_refusal_costs_no_connection(opened):
    for _ in range(3):
        with pytest.raises(NotAllowed):
            rooms.close(opened.room.code, "0" * 32)
    with store._lock:
        free = [len(idle) for (_, path), idle in store._idle.items() if path == paths.classroom_file()]
    made: list[object] = []
    connected = store._connected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_connected", lambda path: made.append(path) or connected(path))
        for _ in range(20):
            with pytest.raises(RoomGone):
                rooms.find("BDHJ" if opened.room.code != "BDHJ" else "BDHK")
    assert free == [1] and made == []
