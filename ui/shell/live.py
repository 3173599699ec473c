"""What a room shows is drawn again when the room has changed, and nobody asks while it rests.

Each server has one thread that looks at the versions of its rooms, one query for all of them, and asks Streamlit to run
those fragments again that were drawn from an older version. So a page at rest sends nothing and is sent nothing. A poll
by the browser would be a run of Streamlit's each time, some 10 ms of a processor, thirty times over.

Streamlit has no public way to run a fragment of another session again; what is used of it stands in ``_run_again``.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState, get_script_run_ctx

from vae_core import os_compat
from vae_core.classroom import pupils, rooms
from vae_core.classroom.store import ClassroomError

LOOK = 0.2  # seconds between two looks at the versions
PACE = {"teacher": 0.5, "pupil": 1.0}  # seconds between two drawings of one fragment, at least
SIGNS = pupils.SIGN / 2  # seconds between two looks whose page is open; the store writes down every second sign
TIDY = 600.0  # seconds between two looks for rooms whose day is over
LEFT = 300.0  # seconds after which a page that is gone is forgotten

Sign = Callable[[str, str], object]  # notes that the owner of a token is in a room
State = tuple[int, ...]  # what a fragment was drawn from; () where the room is closed


@dataclass
class _Watch:
    code: str
    who: str  # "teacher": all that changes; "pupil": what pupils see
    token: str  # whose signs of life the page gives; "" for none
    drawn: State
    at: float  # when it was drawn, on the monotonic clock
    sign: Sign = pupils.note_here
    heard: float = field(default_factory=time.monotonic)  # when its page was last connected


_watched: dict[tuple[str, str], _Watch] = {}  # by session and fragment
_lock = threading.Lock()
_wake = threading.Event()
_thread: list[threading.Thread] = []


def redraw_when_changed(code: str, *, teacher: bool, token: str = "", sign: Sign = pupils.note_here) -> None:
    """Call it in a fragment, first of all: it runs again once the room ``code`` has changed.

    A teacher's with every change, a pupil's with what pupils see. Whose ``token`` it is, is there as long as their page
    is open: ``sign`` notes it.
    """
    context, who = get_script_run_ctx(suppress_warning=True), "teacher" if teacher else "pupil"
    if context is None or not _is_server() or not (fragment := ThreadState.get().fragment_id):
        return
    drawn: State = ()
    with suppress(ClassroomError):  # the page says it
        drawn = _states({code}).get(code, {}).get(who, ())
    with _lock:
        _watched[context.session_id, fragment] = _Watch(code, who, token, drawn, time.monotonic(), sign)
        if not _thread or not _thread[0].is_alive():
            _thread[:] = [threading.Thread(target=_look_on, name="rooms", daemon=True)]
            _thread[0].start()
    _wake.set()


def forget_mine() -> None:
    """Call it in a fragment that watches no room any more: nothing has it drawn again."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None and (fragment := ThreadState.get().fragment_id):
        _forget(context.session_id, fragment)


def _is_server() -> bool:
    """Whether this is a server, and no test that runs a page without one."""
    return Runtime.exists() and isinstance(Runtime.instance(), Runtime)


def _states(codes: set[str]) -> dict[str, dict[str, State]]:
    """Of each room that is open what teachers and pupils see, as numbers that change with it."""
    found = {code: rooms.versions(code) for code in codes}
    return {
        code: {"teacher": (both[0], pupils.here(code)), "pupil": (both[1],)} for code, both in found.items() if both
    }


def _look_on() -> None:
    signed = tidied = 0.0
    while True:
        with _lock:
            watched = dict(_watched)
        try:
            now = time.monotonic()
            if now - tidied > TIDY:  # when nobody is in a room, too
                tidied = now
                rooms.remove_expired()
            if not watched or not _is_server():
                _wake.wait(60)
                _wake.clear()
                continue
            if now - signed > SIGNS:
                signed = now
                _give_signs(watched)
            _look(watched)
        except ClassroomError:
            pass  # the pages say it
        except Exception as error:  # this thread must go on
            if _is_server():  # or it ended meanwhile
                os_compat.say(f"A look at the rooms failed: {type(error).__name__}: {error}", error=True)
        time.sleep(LOOK)


def _look(watched: dict[tuple[str, str], _Watch]) -> None:
    """Have those fragments run again that show what is no longer so."""
    states, now, old = _states({watch.code for watch in watched.values()}), time.monotonic(), defaultdict(list)
    for (session_id, fragment), watch in watched.items():
        session = Runtime.instance().get_app_session(session_id)
        if session is None:
            if now - watch.heard > LEFT:
                _forget(session_id, fragment)
            continue
        watch.heard = now
        if watch.drawn != states.get(watch.code, {}).get(watch.who, ()) and now - watch.at >= PACE[watch.who]:
            old[session].append(fragment)
    for session, fragments in old.items():
        session._event_loop.call_soon_threadsafe(_run_again, session, fragments)


def _give_signs(watched: dict[tuple[str, str], _Watch]) -> None:
    """Who has a page open is there."""
    there: set[tuple[Sign, str, str]] = set()
    for (session_id, _), watch in watched.items():  # of several tabs one may be closed
        if watch.token and Runtime.instance().get_app_session(session_id) is not None:
            there.add((watch.sign, watch.code, watch.token))
    for sign, code, token in there:
        with suppress(ClassroomError):  # the room was closed, or they were sent out: their page hears of it
            sign(code, token)


def _forget(session_id: str, fragment: str) -> None:
    with _lock:
        _watched.pop((session_id, fragment), None)


def _run_again(session: AppSession, fragments: list[str]) -> None:
    """On the event loop: run fragments of a session again, unless its script is running now.

    If it is, or if something that it drew has not left yet, another look comes soon: a request that meets one of the
    visitor's own could take the place of that one's page, and what was drawn last be lost. The widgets' values are left
    as they are, as ``st.rerun`` leaves them.
    """
    there = [fragment for fragment in fragments if session.has_fragment(fragment)]
    for fragment in set(fragments) - set(there):
        _forget(session.id, fragment)
    ends = session._state == AppSessionState.SHUTDOWN_REQUESTED
    if not there or ends or session._scriptrunner is not None or not session._browser_queue.is_empty():
        return
    known = session._client_state
    session._create_scriptrunner(
        RerunData(
            query_string=known.query_string, page_script_hash=known.page_script_hash, fragment_id_queue=there,
            is_auto_rerun=True, context_info=known.context_info if known.HasField("context_info") else None,
        )
    )  # fmt: skip
