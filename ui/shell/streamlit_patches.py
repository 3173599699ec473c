"""What Streamlit 1.67 does otherwise than we need, and has no public switch for. Each says what it mends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, wraps
from typing import Any
from weakref import WeakKeyDictionary

import streamlit as st
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import Serialized, SessionState, unpack_widget_state_value
from streamlit.web.server.starlette import starlette_routes

from vae_core import os_compat

AROUND = "app_around"  # in the session once app.py has run


@cache
def keep_what_has_not_left() -> None:
    """app.py, once a process: what a fragment drew stays in line for the browser, though the fragment runs again.

    Streamlit drops it, with the place in which the fragment stands. Where that was its first drawing, which a busy
    server had not yet sent, all that stands after it or in it then comes with numbers that the browser cannot know
    ("Bad delta path"), and the page stands still. There is no public switch.
    """
    clear = ForwardMsgQueue.clear

    def keep(
        queue: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
    ) -> None:
        clear(queue, retain_lifecycle_msgs, fragment_ids_this_run and [])

    ForwardMsgQueue.clear = keep  # type: ignore[method-assign, assignment]


@cache
def keep_to_the_page() -> None:
    """app.py, once a process: a part that stands on every page (``seat.line``) runs on the one that is shown.

    When the page has changed, by ``st.switch_page`` above all, a message that the browser sent from the old one may
    come after that. Streamlit then shows the old page again with that one part and nothing else, and later goes on with
    parts of the new one where nothing stands any more ("Bad delta path"). There is no public switch.
    """
    run = ScriptRunner._run_script
    shown: WeakKeyDictionary[PagesManager, tuple[str, str]] = WeakKeyDictionary()  # by session: a page, and its address

    def run_here(runner: ScriptRunner, asked: RerunData) -> None:
        pages = runner._pages_manager
        page, address = shown.get(pages, (asked.page_script_hash, asked.query_string))
        if asked.fragment_id_queue and asked.page_script_hash != page:
            asked = replace(asked, page_script_hash=page, query_string=address)
        run(runner, asked)
        context = runner._get_script_run_ctx()
        shown[pages] = context.page_script_hash, context.query_string

    ScriptRunner._run_script = run_here  # type: ignore[method-assign, assignment]


@cache
def keep_versions_apart(version: str) -> None:
    """app.py, once a process: our files lie under an address that names their version, and browsers keep them.

    Streamlit serves ``static/`` with nothing that says how long a file is good, and browsers guess: after an update one
    takes a new module and the old one that it imports, and shows nothing. A ``?v=`` does not travel along with relative
    imports; a part of the path does. Under another version there is nothing, so no browser keeps a new file by an old
    name. Where sources are watched somebody changes them, and browsers ask each time.
    """
    find, send = starlette_routes.build_safe_abspath, FileResponse.__call__
    watched = st.get_option("server.fileWatcherType") != "none"
    lasting = "no-cache" if watched else "public, max-age=31536000, immutable"

    @wraps(find)
    def found(component_root: str, relative_url_path: str) -> str | None:
        return find(component_root, relative_url_path.removeprefix(f"{version}/"))

    @wraps(send)
    async def sent(response: FileResponse, scope: Scope, receive: Receive, to: Send) -> None:
        if f"/app/static/{version}/" in scope["path"]:
            response.headers["Cache-Control"] = lasting
        await send(response, scope, receive, to)

    starlette_routes.build_safe_abspath = found
    FileResponse.__call__ = sent


def through_app() -> None:
    """Every page's first line: make sure that ``app.py`` has run around it.

    Until ``st.navigation`` has been called once in the process, Streamlit takes ``pages/`` for its older kind of app:
    the first visitor of a cold server who comes with a deep link would get the bare page, with another menu. There is
    no public switch, so this sets what ``st.navigation`` itself sets, and starts over. Of two first visitors at the
    same moment, the second finds the switch set but was given the bare page all the same: ``AROUND`` tells.
    """
    if PagesManager.uses_pages_directory or not st.session_state.get(AROUND):
        PagesManager.uses_pages_directory = False
        st.rerun()


# Streamlit’s field for whole numbers says the one, and its browser side sends the other.
NUMBERS = {"int_value", "double_value"}
DROPPED = "A browser sent what does not fit a widget of the page; it was dropped. This is said once."


@cache
def keep_out_nonsense() -> None:
    """app.py, once a process: what a browser sends for a widget in another form than the widget's is dropped.

    Streamlit reads it before any line of a page is run, and what is no JSON, or a text for a number, ends that run with
    a traceback. It has no public place to say otherwise.
    """
    take_in, register = SessionState.set_widgets_from_proto, SessionState.register_widget

    def only_what_fits(state: SessionState, sent: WidgetStates) -> None:
        known, kept = state._new_widget_state.widget_metadata, WidgetStates()
        kept.widgets.extend(each for each in sent.widgets if _fits(each, known.get(each.id)))
        if len(kept.widgets) < len(sent.widgets):
            _say_once()
        take_in(state, kept)

    def register_what_fits(state: SessionState, metadata: WidgetMetadata[Any], user_key: str | None) -> Any:
        early = state._new_widget_state.states.get(metadata.id)
        if isinstance(early, Serialized) and not _fits(early.value, metadata):  # sent before the page had the widget
            del state._new_widget_state[metadata.id]
            _say_once()
        return register(state, replace(metadata, deserializer=_Reader.of(metadata)), user_key)

    SessionState.set_widgets_from_proto = only_what_fits  # type: ignore[method-assign, assignment]
    SessionState.register_widget = register_what_fits  # type: ignore[method-assign, assignment]


@cache
def _say_once() -> None:
    """In the server's log: either somebody forges values, or a new Streamlit sends them in a form not known here."""
    os_compat.say(DROPPED, error=True)


@dataclass(frozen=True)
class _Reader:
    """What makes a widget's value of what a browser sent, and the form in which it expects that.

    Streamlit's own note of the form is overwritten with that of whatever came last.
    """

    read: Callable[[Any], Any]
    form: str

    @staticmethod
    def of(metadata: WidgetMetadata[Any]) -> _Reader:
        own = metadata.deserializer
        return own if isinstance(own, _Reader) else _Reader(own, metadata.value_type)

    def __call__(self, value: Any) -> Any:
        """A number that is beyond all bounds is as wrong as a word, which Streamlit leaves out of the address."""
        try:
            return self.read(value)
        except OverflowError as error:
            raise ValueError(str(error)) from None


def _fits(sent: WidgetState, metadata: WidgetMetadata[Any] | None) -> bool:
    """Whether it is of the widget's form, as far as that is known, and can be read."""
    form, reader = sent.WhichOneof("value"), None if metadata is None else _Reader.of(metadata)
    # A field that was emptied sends none.
    if reader is not None and form not in (None, reader.form) and not {form, reader.form} <= NUMBERS:
        return False
    try:
        value = unpack_widget_state_value(sent)
        if form == "json_value" and not isinstance(value, dict):
            return False
        if reader is not None:
            reader(value)
    except Exception:  # readers of JSON and of numbers raise almost anything, RecursionError included
        return False
    return True
