"""Files are whole or absent, whatever happens while they are written."""

from __future__ import annotations

import errno
import io
import json
import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core.runs import files

RECORDS = [{"epoch": 0, "loss": 1.5}, {"epoch": 1, "name": "zwölf ⅔"}, {"epoch": 2, "list": [1, None, "a\nb"]}]


class PowerCut(BaseException):
    """Not an Exception: nobody may swallow it."""


@pytest.mark.parametrize("trouble", [ValueError, OSError, KeyboardInterrupt, PowerCut])
@pytest.mark.parametrize("before", [b"old", None])
def test_a_failure_while_writing_leaves_the_old_file_and_nothing_else(tmp_path, trouble, before):
    file = tmp_path / "a.bin"
    if before is not None:
        file.write_bytes(before)

    def write(part):
        part.write(b"half of the new")
        raise trouble

    with pytest.raises(trouble):
        files.write_atomic(file, write)
    assert [f.name for f in tmp_path.iterdir()] == (["a.bin"] if before is not None else [])
    assert before is None or file.read_bytes() == before


def test_a_failure_while_moving_leaves_nothing_behind(tmp_path):
    (tmp_path / "a").mkdir()  # a file cannot be moved over a folder
    with pytest.raises(OSError):
        files.write_atomic(tmp_path / "a", lambda part: part.write(b"x"))
    assert [f.name for f in tmp_path.iterdir()] == ["a"]


def test_writing_leaves_one_file_and_makes_no_folder(tmp_path):
    file = tmp_path / "a.json"
    for data in ({"a": 1}, {"a": 2}):
        files.write_json(file, data)
        assert files.read_json(file) == data
    assert [f.name for f in tmp_path.iterdir()] == ["a.json"]
    with pytest.raises(FileNotFoundError):
        files.write_json(tmp_path / "deleted" / "a.json", {})
    assert not (tmp_path / "deleted").exists()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_json_does_not_have_are_refused_and_the_old_file_stays(tmp_path, value):
    file = tmp_path / "a.json"
    files.write_json(file, {"loss": 1.0})
    with pytest.raises(ValueError):
        files.write_json(file, {"loss": value})
    with pytest.raises(ValueError):
        files.append_lines(file, [{"loss": value}])
    assert files.read_json(file) == {"loss": 1.0}


def test_a_reader_never_sees_half_a_file(tmp_path):
    file, size, done = tmp_path / "a.json", 20_000, threading.Event()
    files.write_json(file, [0] * size, durable=False)

    def write():
        for n in range(60):
            files.write_json(file, [n] * size, durable=False)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        seen = files.read_json(file)
        assert len(seen) == size and len(set(seen)) == 1
    writer.join()


def test_two_visitors_may_write_the_same_file_at_once(tmp_path):
    """Streamlit has a thread for each visitor: two of them may ask the same trainer for something together."""
    file, both_are_writing, failures = tmp_path / "control.json", threading.Barrier(2, timeout=10), []

    def visitor(text):
        def write(part):
            part.write(text)
            both_are_writing.wait()

        try:
            files.write_atomic(file, write)
        except OSError as error:
            failures.append(error)

    visitors = [threading.Thread(target=visitor, args=[text]) for text in (b"pause", b"stop!")]
    for thread in visitors:
        thread.start()
    for thread in visitors:
        thread.join()
    assert file.read_bytes() in (b"pause", b"stop!")
    assert not failures
    assert [f.name for f in tmp_path.iterdir()] == ["control.json"]


def test_appended_lines_come_back_in_order(tmp_path):
    file = tmp_path / "a.jsonl"
    assert files.read_lines(file) == []
    files.append_lines(file, RECORDS[:1])
    files.append_lines(file, [])
    files.append_lines(file, RECORDS[1:], durable=True)
    assert files.read_lines(file) == RECORDS


def test_a_torn_last_line_is_left_out_at_every_cut(tmp_path):
    file = tmp_path / "a.jsonl"
    files.append_lines(file, RECORDS)
    whole = file.read_bytes()
    ends = [n + 1 for n, byte in enumerate(whole) if byte == ord("\n")]
    for cut in range(len(whole) + 1):
        file.write_bytes(whole[:cut])
        read = files.read_lines(file)
        # A record counts once its last brace is there; the newline after it adds nothing.
        assert read == RECORDS[: sum(end - 1 <= cut for end in ends)], cut


@given(st.lists(st.dictionaries(st.text(), st.none() | st.integers() | st.text()), min_size=1), st.data())
def test_cutting_any_file_gives_a_beginning_of_its_records(tmp_path_factory, records, data):
    file = tmp_path_factory.mktemp("lines") / "a.jsonl"
    files.append_lines(file, records)
    whole = file.read_bytes()
    file.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    read = files.read_lines(file)
    assert read == records[: len(read)]


@pytest.mark.parametrize("bad", [b"{", b"[1]", b"12", b"\xff\xfe", b'{"a": 1} {"a": 2}', b"\0\0\0"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_line_before_the_last_is_an_error_that_names_it(tmp_path, bad, place):
    lines = [json.dumps(record).encode() for record in RECORDS]
    lines[place] = bad
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    with pytest.raises(ValueError, match=rf"line {place + 1} of a\.jsonl"):
        files.read_lines(tmp_path / "a.jsonl")


@pytest.mark.parametrize("torn", [b'{"epoch": 3, "lo', b"\0\0\0\0", "{ä".encode()[:2]])
def test_rewriting_drops_the_torn_line_so_that_one_can_append_again(tmp_path, torn):
    file = tmp_path / "a.jsonl"
    files.append_lines(file, RECORDS[:2])
    file.write_bytes(file.read_bytes() + torn)
    files.rewrite_lines(file, files.read_lines(file))
    files.append_lines(file, RECORDS[2:])
    assert files.read_lines(file) == RECORDS


def test_an_append_that_fails_half_way_leaves_no_half_line_for_the_next(tmp_path, monkeypatch):
    """As on a full disk: some bytes are written, then none; later there is room again."""
    file = tmp_path / "a.jsonl"
    files.append_lines(file, RECORDS[:1])

    class Full(io.FileIO):
        def write(self, data):
            super().write(bytes(data)[:7])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(files, "open", Full, raising=False)
        with pytest.raises(OSError):
            files.append_lines(file, RECORDS[1:])
    files.append_lines(file, RECORDS[1:])
    assert files.read_lines(file) == RECORDS
