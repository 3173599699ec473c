"""No visitor is left with the bare page of a cold server."""

from __future__ import annotations

import pytest
from streamlit.runtime.pages_manager import PagesManager

from ui.shell import errors, streamlit_patches
from ui.shell.pages import PAGES
from vae_core.paths import ROOT


class Again(Exception):
    pass


@pytest.mark.parametrize(("cold", "session", "over"), [
    (True, {}, True),  # the very first visitor
    (False, {}, True),  # the second, at the same moment: the switch is set already
    (False, {streamlit_patches.AROUND: True}, False),
])  # fmt: skip
def test_a_page_without_the_app_around_it_starts_over(cold, session, over, monkeypatch):
    def again():
        raise Again

    monkeypatch.setattr(PagesManager, "uses_pages_directory", cold)
    monkeypatch.setattr(errors.st, "session_state", session)
    monkeypatch.setattr(errors.st, "rerun", again)
    if over:
        with pytest.raises(Again):
            streamlit_patches.through_app()
    else:
        streamlit_patches.through_app()
    assert not PagesManager.uses_pages_directory


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_cold_server_finds_each_address_among_the_files(page):
    """Else Streamlit lays "Page not found" over the page of the first visitor who comes with a link to it."""
    for name in {page.name, page.address or page.name}:
        assert "\nthrough_app()\n" in (ROOT / "pages" / f"{name}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("error", [
    MemoryError(),
    ImportError("libtorch_cpu.so: failed to map segment from shared object: Cannot allocate memory"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:117] data. DefaultCPUAllocator: not enough memory"),
    OSError(12, "Cannot allocate memory"),
])  # fmt: skip
def test_too_little_memory_is_one_sentence_and_other_errors_are_not_hidden(error, monkeypatch):
    shown: list[str] = []
    monkeypatch.setattr(errors.st, "error", shown.append)
    with errors.one_sentence():
        raise RuntimeError("it could not be loaded") from error
    assert len(shown) == 1 and "memory" in shown[0]
    with pytest.raises(ZeroDivisionError), errors.one_sentence():
        raise ZeroDivisionError
    with pytest.raises(RuntimeError), errors.one_sentence():
        raise RuntimeError("a fault of ours")
