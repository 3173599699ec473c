"""No visitor is left with the bare page of a cold server."""

from __future__ import annotations

import pytest
from streamlit.runtime.pages_manager import PagesManager

from ui import guard


class Again(Exception):
    pass


@pytest.mark.parametrize(("cold", "session", "over"), [
    (True, {}, True),  # the very first visitor
    (False, {}, True),  # the second, at the same moment: the switch is set already
    (False, {guard.AROUND: True}, False),
])  # fmt: skip
def test_a_page_without_the_app_around_it_starts_over(cold, session, over, monkeypatch):
    def again():
        raise Again

    monkeypatch.setattr(PagesManager, "uses_pages_directory", cold)
    monkeypatch.setattr(guard.st, "session_state", session)
    monkeypatch.setattr(guard.st, "rerun", again)
    if over:
        with pytest.raises(Again):
            guard.through_app()
    else:
        guard.through_app()
    assert not PagesManager.uses_pages_directory


@pytest.mark.parametrize("error", [
    MemoryError(),
    ImportError("libtorch_cpu.so: failed to map segment from shared object: Cannot allocate memory"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:117] data. DefaultCPUAllocator: not enough memory"),
    OSError(12, "Cannot allocate memory"),
])  # fmt: skip
def test_too_little_memory_is_one_sentence_and_other_errors_are_not_hidden(error, monkeypatch):
    shown: list[str] = []
    monkeypatch.setattr(guard.st, "error", shown.append)
    with guard.one_sentence():
        raise RuntimeError("it could not be loaded") from error
    assert len(shown) == 1 and "memory" in shown[0]
    with pytest.raises(ZeroDivisionError), guard.one_sentence():
        raise ZeroDivisionError
    with pytest.raises(RuntimeError), guard.one_sentence():
        raise RuntimeError("a fault of ours")
