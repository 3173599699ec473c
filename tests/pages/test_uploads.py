"""What is sent to the server's upload address: few bytes are kept at a time, and not for long."""

import io
import threading

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from ui.shell import uploads

SIZE = 100_000


@pytest.fixture
def manager() -> MemoryUploadedFileManager:
    manager = MemoryUploadedFileManager("/upload")
    uploads.keep_within(manager, 2 * SIZE)
    return manager


def send(manager: MemoryUploadedFileManager, session: str, name: str, size: int = SIZE) -> None:
    manager.add_file(session, UploadedFileRec(name, name, "application/zip", bytes(size)))


def kept(manager: MemoryUploadedFileManager, session: str) -> list[str]:
    return list(manager.file_storage.get(session, {}))


def test_a_session_keeps_its_newest_files_up_to_the_size_of_one(manager):
    for k in range(8):
        send(manager, "a", str(k))
    assert kept(manager, "a") == ["6", "7"]
    send(manager, "a", "large", 2 * SIZE)
    assert kept(manager, "a") == ["large"]
    send(manager, "a", "large", 2 * SIZE)
    assert kept(manager, "a") == ["large"], "the same file again"


def test_all_sessions_together_keep_few_files(manager):
    for k in range(50):
        send(manager, str(k), "x", 2 * SIZE)
    assert [k for k in range(50) if kept(manager, str(k))] == list(range(50 - uploads.FILES, 50))
    assert manager._total_bytes == uploads.FILES * 2 * SIZE


def test_even_empty_files_count(manager):
    for k in range(1_000):
        send(manager, str(k % 10), str(k), 0)
    assert manager._file_count <= uploads.FILES * 2 * SIZE / uploads.LEAST


def test_what_nobody_takes_in_is_dropped():
    manager = MemoryUploadedFileManager("/upload")
    dropped, remove = threading.Semaphore(0), manager.remove_file

    def removed(session: str, name: str) -> None:
        remove(session, name)
        dropped.release()

    manager.remove_file = removed
    before = threading.active_count()
    uploads.keep_within(manager, SIZE, seconds=0.01)
    for k in range(5):
        send(manager, str(k), "x", 10)
    assert threading.active_count() <= before + 1, "one thread, however many files"
    assert all(dropped.acquire(timeout=20) for _ in range(5))
    assert not any(kept(manager, str(k)) for k in range(5))


def test_what_was_taken_in_is_dropped_at_once():
    file = io.BytesIO(bytes(SIZE))
    file.file_id = "x"
    uploads.forget(file)
    assert not file.getvalue()
