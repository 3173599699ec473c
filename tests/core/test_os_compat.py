"""What other systems refuse, and output that cannot take what is printed: simulated here."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys

import psutil
import pytest
from core_helpers import new_run

from vae_core import os_compat, paths
from vae_core.jobs import warm_worker
from vae_core.os_compat import say
from vae_core.runs import files, lifecycle
from vae_core.runs.index import own_runs
from vae_core.runs.run import Run, RunError


class Refusing:
    """A function of the system that refuses its first calls, as Windows does while another has the file open."""

    def __init__(self, function, times: int) -> None:
        self.function, self.left, self.calls = function, times, 0

    def __call__(self, *arguments, **options):
        self.calls += 1
        if self.calls <= self.left:
            raise PermissionError(errno.EACCES, "The process cannot access the file")
        return self.function(*arguments, **options)


@pytest.fixture
def refused(monkeypatch):
    """Make a function refuse so many times."""

    def refuse(owner, name: str, times: int = 3) -> Refusing:
        refusing = Refusing(getattr(owner, name), times)
        monkeypatch.setattr(owner, name, refusing)
        return refusing

    return refuse


# ---- files that others have open


def test_a_file_that_somebody_reads_is_replaced_once_he_has_done(tmp_path, refused):
    files.write_json(tmp_path / "a.json", 1)
    refusing = refused(os, "replace")
    files.write_json(tmp_path / "a.json", 2)
    assert refusing.calls == 4
    assert files.read_json(tmp_path / "a.json") == 2
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_file_that_is_never_let_go_is_an_error_and_leaves_the_old_one(tmp_path, refused, monkeypatch):
    monkeypatch.setattr(os_compat, "PATIENCE", 0.02)
    files.write_json(tmp_path / "a.json", 1)
    refused(os, "replace", times=10**9)
    with pytest.raises(PermissionError):
        files.write_json(tmp_path / "a.json", 2)
    assert files.read_json(tmp_path / "a.json") == 1
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_reader_waits_for_who_replaces(own_run, refused, monkeypatch):
    state = own_run.status().state
    real = type(own_run.path).read_bytes
    calls = []

    def read_bytes(path):
        calls.append(path)
        if calls.count(path) < 3:
            raise PermissionError(errno.EACCES, "The process cannot access the file")
        return real(path)

    monkeypatch.setattr(type(own_run.path), "read_bytes", read_bytes)
    assert own_run.status().state == state
    own_run.check()


def test_lines_are_appended_once_the_file_is_free(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "open", Refusing(open, 3), raising=False)
    files.append_lines(tmp_path / "a.jsonl", [{"a": 1}])
    assert files.read_lines(tmp_path / "a.jsonl") == [{"a": 1}]


def test_a_run_that_is_still_open_somewhere_is_deleted_and_taken_back(own_run, refused):
    refused(os, "rename")
    item = lifecycle.delete(own_run)
    assert not own_run.path.exists()
    refused(os, "rename")
    lifecycle.restore(item).check()


def test_what_may_not_be_written_at_all_is_refused_at_once(tmp_path, refused, monkeypatch):
    """A folder without the right to write, which root has everywhere."""
    refusing = refused(os, "replace", times=10**9)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError):
        files.write_json(tmp_path / "a.json", 1)
    assert refusing.calls == 1


def test_nothing_in_a_run_is_open_while_it_is_renamed(own_run, monkeypatch):
    """Windows would refuse: so the lock that is held meanwhile stands elsewhere."""
    rename, open_then = os.rename, []

    def watched(source, target):
        open_then.extend(f.path for f in psutil.Process().open_files() if f.path.startswith(str(own_run.path)))
        rename(source, target)

    monkeypatch.setattr(os, "rename", watched)
    item = lifecycle.delete(own_run)
    lifecycle.restore(item)
    lifecycle.remove(own_run.path)
    assert open_then == []


def test_the_lock_of_a_run_that_is_gone_is_swept_and_no_other(own_run, runs_dir):
    other = new_run(runs_dir, "other")
    for run in (own_run, other):
        with lifecycle.at_rest(run) if run is own_run else lifecycle.held(run), lifecycle.steering(run):
            pass
    locks = set(os.listdir(runs_dir / lifecycle.LOCKS))
    assert locks == {"mine.lock", "mine~.lock", "other.lock", "other~.lock"}
    lifecycle.delete(own_run)
    with lifecycle.lock_of(own_run):  # somebody holds it still
        lifecycle.sweep(runs_dir)
        assert "mine.lock" in os.listdir(runs_dir / lifecycle.LOCKS)
    lifecycle.sweep(runs_dir)
    assert set(os.listdir(runs_dir / lifecycle.LOCKS)) == {"other.lock", "other~.lock"}


# ---- half-written files


def test_half_written_files_go_when_nobody_writes_them_any_more(own_run, monkeypatch):
    left = {}
    for name, writer in {"ended": ended_process(), "here": (os.getpid(), os_compat.born())}.items():
        monkeypatch.setattr(files, "_me", lambda pid, w=writer: f"{files.HERE}-{w[0]}-{round(100 * w[1])}")
        with pytest.raises(KeyboardInterrupt), monkeypatch.context() as patch:
            patch.setattr(type(own_run.path), "unlink", lambda *_, **__: None)  # killed, and nothing after it is done
            files.write_atomic(own_run.path / "weights" / name, interrupted)
        (left[name],) = own_run.path.rglob(f".{name}.*.part")
    others = own_run.path / ".control.json.0badc0de-12-34-56.part"  # of another machine
    others.touch()
    old = own_run.path / ".status.json.123-456.part"  # of an older version
    old.touch()
    os.utime(old, (1, 1))
    files.remove_left_parts(own_run.path)
    assert set(own_run.path.rglob("*.part")) == {left["here"], others}


def interrupted(file):
    raise KeyboardInterrupt


def ended_process() -> tuple[int, float]:
    child = subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE)
    found = child.pid, os_compat.born(child.pid)
    child.communicate()
    return found


# ---- processes


def test_a_process_is_known_by_its_number_and_its_birth():
    pid, born = ended_process()
    assert born > 0
    assert os_compat.is_gone(pid, born) and os_compat.is_gone(pid) and not os_compat.lives(pid, born)
    assert os_compat.lives(os.getpid(), os_compat.born())
    assert not os_compat.lives(os.getpid(), os_compat.born() + 60)
    assert os_compat.is_gone(os.getpid(), os_compat.born() + 60)
    assert not os_compat.is_gone(os.getpid()) and not os_compat.is_gone(os.getpid(), os_compat.born())
    assert not os_compat.end(os.getpid(), os_compat.born() + 60)  # or this test would be over


@pytest.mark.parametrize("pid", [0, -1, -(10**30), 10**30, 2**22 + 1])
def test_a_number_that_no_process_has_is_no_crash(pid):
    assert not os_compat.lives(pid, 5.0)
    assert not os_compat.end(pid, 5.0)
    assert os_compat.is_gone(pid, 5.0) == (pid > 0)


def test_an_ended_child_that_nobody_has_looked_after_does_not_live():
    child = subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE)
    born = os_compat.born(child.pid)
    child.stdin.close()
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    assert os_compat.is_gone(child.pid, born) and not os_compat.lives(child.pid, born)
    child.wait()


def test_a_birth_does_not_move_with_the_clock(monkeypatch):
    """On Linux both times of psutil's move with it."""
    before, boot, create = os_compat.born(), psutil.boot_time, psutil.Process.create_time
    monkeypatch.setattr(os_compat.sys, "platform", "linux")
    born = os_compat.born()
    monkeypatch.setattr(psutil, "boot_time", lambda: boot() + 3600)
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: create(self) + 3600)
    assert abs(os_compat.born() - born) < 1e-3
    assert before > 0


def test_a_child_is_in_a_session_of_its_own_on_every_system(monkeypatch):
    assert os_compat.session() == {"start_new_session": True}
    monkeypatch.setattr(os_compat, "WINDOWS", True)
    flags = os_compat.session()["creationflags"]
    assert flags & 0x200 and flags & 0x08000000  # a process group of its own, and no window


def test_children_speak_utf8_whatever_the_machine_does(monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "cp932")
    monkeypatch.setenv("PYTHONUTF8", "0")
    found = os_compat.environment({"A": "b"})
    assert (found["PYTHONUTF8"], found["PYTHONIOENCODING"], found["A"]) == ("1", "utf-8:replace", "b")
    assert str(paths.ROOT) in found["PYTHONPATH"].split(os.pathsep)


def test_a_child_of_ours_is_no_rank_of_whoever_started_us(monkeypatch):
    for name in os_compat.OF_TORCHRUN:
        monkeypatch.setenv(name, "1")
    assert not set(os_compat.OF_TORCHRUN) & set(os_compat.environment({}))
    assert os_compat.environment({"RANK": "2"})["RANK"] == "2"  # unless it is meant to be


def test_the_end_is_heard_by_all_signals_that_there_are(monkeypatch):
    heard = []
    monkeypatch.setattr(signal, "SIGBREAK", 21, raising=False)
    monkeypatch.setattr(signal, "signal", lambda number, handler: heard.append((number, handler)))
    told = []
    os_compat.on_request_to_end(lambda: told.append("end"))
    assert {number for number, _ in heard} == {signal.SIGINT, signal.SIGTERM, 21}
    heard[-1][1](21, None)
    assert told == ["end"]


def test_being_last_in_line_is_no_condition(monkeypatch):
    def refuse(*_):
        raise psutil.AccessDenied(1)

    monkeypatch.setattr(psutil.Process, "nice", refuse)
    os_compat.yield_to_others()


def test_a_spare_that_cannot_be_made_is_done_without(monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.delenv("VAE_SPARE")
    monkeypatch.setattr(warm_worker, "_waiting", [])
    monkeypatch.setattr(subprocess, "Popen", refuse)
    warm_worker.keep_one()
    assert warm_worker._waiting == []


# ---- output


class Broken(io.TextIOBase):
    """A stream that takes nothing."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def write(self, text):
        raise self.error

    flush = isatty = fileno = lambda self: self.write("")


ERRORS = [BrokenPipeError(errno.EPIPE, "x"), OSError(errno.ENOSPC, "x"), ValueError("I/O operation on closed file")]


@pytest.mark.parametrize("stream", [None, *map(Broken, ERRORS)], ids=["none", "broken pipe", "full disk", "closed"])
def test_output_that_nobody_takes_is_dropped(monkeypatch, stream):
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    say("epoch 1/2 · running")
    say("epoch 1/2 · running", error=True)
    assert os_compat.is_terminal() is False
    os_compat.steady_output()
    os_compat.close_output()


@pytest.mark.parametrize("encoding", ["cp932", "latin-1", "ascii", "cp1252", "koi8-r"])
def test_what_an_encoding_lacks_is_a_question_mark(monkeypatch, encoding):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    say("[██░░] epoch 1/2 · running")
    text = raw.getvalue().decode(encoding)
    assert text.startswith("[") and "] epoch 1/2 " in text and text.endswith(" running\n")


# ---- names


@pytest.mark.parametrize(
    "name", ["con", "nul", "prn", "aux", "com1", "lpt9", "nul.x", "com3.tar.gz", "a.", "a..", "con."]
)
def test_a_name_that_windows_cannot_have_is_refused_when_a_run_is_made(runs_dir, name):
    with pytest.raises(RunError, match="Windows"):
        new_run(runs_dir, name)
    assert own_runs() == []


@pytest.mark.parametrize("name", ["a ", " a", "a\n", "A", "", ".a", "a/b", "x" * 65])
def test_a_name_that_no_folder_should_have_is_refused(runs_dir, name):
    with pytest.raises(RunError, match="run id"):
        lifecycle.create(new_run(runs_dir, "b").config, runs_dir, name or "/")


@pytest.mark.parametrize("name", ["console", "null", "com", "com12", "a.con", "auxiliary.1", "lpt"])
def test_other_names_are_fine(runs_dir, name):
    assert new_run(runs_dir, name).id == name


def test_a_run_that_has_such_a_name_already_is_listed_and_opens(own_run, runs_dir):
    os.rename(own_run.path, runs_dir / "nul.x")
    (run,) = own_runs()
    assert run == Run(runs_dir / "nul.x")
    run.check()
    lifecycle.delete(run)
