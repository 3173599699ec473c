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
