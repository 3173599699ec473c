"""The ways in: what the browser sends of drawings, camera and files, and what it cannot open itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from ui.components.bridge import component
from ui.components.payloads.pictures import StudioData
from ui.pictures import changes, letters, mine
from ui.shell import browser_input, uploads, visitor
from vae_core.jobs.limits import hosted_limits
from vae_core.pictures import intake
from vae_core.pictures.adding import BYTES
from vae_core.pictures.intake import Skipped, Taken
from vae_core.pictures.sets import Report

KEY = "own_studio"
NAMED = 200  # skipped files that the page can name
_studio = component("own_studio", "pictures/studio.js")


def studio() -> None:
    """The component with the three ways in; call it in a fragment. Its letters are read before the fragment runs."""
    picture_set = mine.current()
    info = picture_set.info if picture_set else None
    report = _report()
    data: StudioData = {
        "set": info.id if info else "", "token": mine.token(picture_set) if picture_set else "",
        "count": info.count if info else 0, "classes": list(info.class_names) if info else [],
        "taken": report["taken"], "skipped": report["skipped"], "skipped_count": report["skipped_count"],
        "uploads": _uploads(), "largest": min(uploads.largest_upload() * 2**20, mine.limits().archive_bytes),
        "trouble": mine.trouble(), **letters.last(KEY),
    }  # fmt: skip
    _studio(key=KEY, data=data, on_letter_change=_letter)
    key = f"picture_upload_{_uploads()}"  # another after each file, or the field would list them all
    st.file_uploader(
        "Zip archives and TIFF", ["zip", "tif", "tiff"], accept_multiple_files=True, key=key,
        on_change=_uploaded, args=(key,), label_visibility="collapsed",
    )  # fmt: skip


def _letter() -> None:
    """Take in what a letter brings, once. Who is not known yet will send it again."""
    letter = letters.received(KEY)
    if letter is None:
        return
    if letter.kind == "class":
        name = letters.name_of(browser_input.by_name(letter.items[-1] if letter.items else None, "class_name"))
        st.session_state["own_upload_class"] = name
    elif letter.items:
        mine.tried(_add, letters.pictures(letter), letter.kind, len(letter.items))


def _uploaded(key: str) -> None:
    """Take in what came by Streamlit’s own field: archives, and what only the server can open."""
    files = browser_input.uploaded_files(key)
    if not files or not visitor.is_known():
        return
    try:
        name = str(st.session_state.get("own_upload_class", ""))
        given: list[tuple[str, Any]] = [(file.name, file) for file in files]
        mine.tried(_add, intake.from_uploads(given, mine.limits(), name), "upload", mine.limits().pictures)
    finally:
        for file in files:
            uploads.forget(file)
        st.session_state["own_uploads"] = _uploads() + 1


def _add(items: Any, job: str, most: int) -> None:
    """Add pictures, so many at most, to the set, or to the first one. Raises SetError, and RunError without room."""
    picture_set = mine.current()
    if mine.is_gone():  # never into another than the one that is shown
        picture_set, st.session_state["own_trouble"] = None, f"{mine.GONE} What you add now is in a new one."
    room = mine.limits().pictures - (picture_set.info.count if picture_set else 0)
    if picture_set is None:
        mine.may_create()
    mine.make_room(min(most, room) * BYTES)
    if picture_set is None:
        picture_set = mine.create()

    def in_its_classes() -> Any:
        for item in items:
            yield replace(item, class_name=mine.class_named(picture_set, item.class_name)) if _is_taken(item) else item

    before = picture_set.manifest.edits
    report = picture_set.add(in_its_classes(), limits=mine.limits())
    if report.taken:
        grouped = job if job.startswith("add ") else ""
        changes.note(picture_set, before, changes.added(report.taken), job=grouped, pictures=report.taken)
    _tell(report)


def _is_taken(item: Taken | Skipped) -> bool:
    return isinstance(item, Taken)


def _report() -> dict[str, Any]:
    return dict(st.session_state.get("own_report") or {"taken": 0, "skipped": [], "skipped_count": 0})


def _tell(report: Report) -> None:
    """What became of all that came in this visit; the browser knows where its own files begin."""
    before = _report()
    named = [*before["skipped"], *([each.name, each.reason] for each in report.skipped)]
    st.session_state["own_report"] = {
        "taken": before["taken"] + report.taken, "skipped": named[: NAMED * 10],
        "skipped_count": before["skipped_count"] + report.skipped_count,
    }  # fmt: skip


def _uploads() -> int:
    return int(st.session_state.get("own_uploads", 0))


def limits_in_words() -> str:
    """What a shared server says beforehand; nothing locally."""
    limits = hosted_limits()
    if limits is None:
        return ""
    return (
        f"This server is shared. Only you see your pictures. You may keep {limits.sets} sets here, with "
        f"{limits.pictures:,} pictures each. What nobody uses is deleted when the server is full, so export what you "
        "want to keep."
    )
