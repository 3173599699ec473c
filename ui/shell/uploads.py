"""Uploaded files in the server's memory: few bytes at a time, and not for long.

Streamlit keeps whatever is sent to its upload address for as long as the session lives, whether or not the page has an
uploader, and any number of files. So the manager of these files is told to keep no more of a session than one file may
have, little more of all sessions together, and nothing for longer than the page needs to take it in.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import streamlit as st
from streamlit import config
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from vae_core.jobs.limits import hosted_limits

HELD_SECONDS = 60.0  # the browser asks for the page within a second of its upload
LEAST = 65_536  # bytes that even an empty file counts, so that their number is bounded
FILES = 4  # of the largest size, of all sessions together
OPTION = "server.maxUploadSize"


@st.cache_resource(show_spinner=False)
def limit_uploads() -> None:
    """Once for each server. A version of Streamlit that keeps uploads otherwise is left as it is."""
    manager = getattr(Runtime.instance(), "uploaded_file_mgr", None) if Runtime.exists() else None
    if limits := hosted_limits():
        config.set_option(OPTION, limits.archive)
    if isinstance(manager, MemoryUploadedFileManager):
        keep_within(manager, largest_upload() * 2**20)


def largest_upload() -> int:
    """Megabytes (2**20 bytes) of a file that this server takes."""
    return int(config.get_option(OPTION))


def keep_within(manager: MemoryUploadedFileManager, most: int, seconds: float = HELD_SECONDS) -> None:
    """Have ``manager`` keep ``most`` bytes of a session and ``FILES`` times that of all; the oldest go first."""
    lock, add = threading.RLock(), manager.add_file
    held: dict[tuple[str, str], tuple[int, float]] = {}  # by session and file: bytes, and until when; oldest first

    def drop(place: tuple[str, str]) -> None:
        if held.pop(place, None):
            manager.remove_file(*place)

    def drop_until(limit: int, places: list[tuple[str, str]]) -> None:
        excess = sum(held[place][0] for place in places) - limit
        for place in places:
            if excess > 0:
                excess -= held[place][0]
                drop(place)

    def expire() -> None:
        with lock:
            for place in [place for place, (_, until) in held.items() if until <= time.monotonic()]:
                drop(place)
            if held:
                wake_up(min(until for _, until in held.values()) - time.monotonic())

    def wake_up(after: float) -> None:
        timer = threading.Timer(max(after, 0.0), expire)
        timer.daemon = True
        timer.start()

    def add_file(session_id: str, file: UploadedFileRec) -> None:
        place, size = (session_id, file.file_id), max(len(file.data), LEAST)
        with lock:
            drop(place)
            drop_until(most - size, [other for other in held if other[0] == session_id])
            drop_until(most * FILES - size, list(held))
            if not held:
                wake_up(seconds)
            add(session_id, file)
            held[place] = size, time.monotonic() + seconds

    manager.add_file = add_file  # type: ignore[method-assign]


def forget(file: Any) -> None:
    """Free the memory of an uploaded file that has been taken in."""
    context = get_script_run_ctx()
    manager = getattr(context, "uploaded_file_mgr", None)
    if context is not None and isinstance(manager, MemoryUploadedFileManager):
        manager.remove_file(context.session_id, file.file_id)
    file.seek(0)
    file.truncate(0)  # the page still holds it, for as long as nothing else is asked of it
