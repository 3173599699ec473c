"""Who is looking, on a shared server: whose a run is, what one may see and change. Locally everything is yours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from ui.components.bridge import visitor_token
from ui.shell import browser_input, seat
from vae_core import paths
from vae_core.classroom import rooms
from vae_core.classroom.store import ClassroomError
from vae_core.config import Config
from vae_core.datasets import own
from vae_core.jobs import eviction, launcher, queue, queue_dispatcher
from vae_core.jobs.limits import hosted_limits, owner_of
from vae_core.runs.run import Run, RunError
from vae_core.words import many

NOT_KNOWN = "Still connecting; try again in a moment."
OF_A_CLASS = "This is your class’s model."
LED_BY_TEACHER = f"{OF_A_CLASS} Your teacher controls the training."
NOT_YOURS = "This run belongs to someone else: you can look at it, but not change it."


def meet() -> None:
    """app.py, on a shared server: learn the browser's name once a visit, and keep the queue going."""
    limits = hosted_limits()
    if limits is None:
        return
    _queue(str(paths.runs_dir()))
    slot = st.container()  # always there: were it to vanish, the page below would be built anew
    if not me():
        with slot:
            token = visitor_token()
        if token:  # the page below goes on as this visitor's; to start it over would lose a click that came along
            st.session_state["visitor"] = owner_of(token)


@st.cache_resource(show_spinner=False)
def _queue(folder: str) -> object:
    limits = hosted_limits()
    assert limits is not None
    return queue_dispatcher.keep_going(Path(folder), limits)


def me() -> str:
    """Who this visitor is; "" until the browser has answered."""
    return str(st.session_state.get("visitor", ""))


def is_known() -> bool:
    """Whether it is clear who this visitor is; on a shared server, once the browser has answered."""
    return hosted_limits() is None or bool(me())


def owns(run: Run) -> bool:
    """Whether this visitor may steer, rename, pin and delete a run; of a room that is still open its teacher alone."""
    if run.gallery:
        return False
    if run.about.room:
        try:
            if room := rooms.find_lasting(run.about.room):
                place = seat.mine()
                return place is not None and place.code == room.code and rooms.is_teacher(room.code, place.teacher)
        except ClassroomError:
            return False  # nobody can say who its teacher is
    return hosted_limits() is None or (bool(me()) and run.about.owner == me())


def may_map(run: Run) -> bool:
    """Whether this visitor may have a bent map of a run made: half a minute of the server's work, kept with the run."""
    return hosted_limits() is None or owns(run)


def can_see(run: Run) -> bool:
    """Whether a run is among those offered: on a shared server one's own, and those that a link has named."""
    if run.gallery or owns(run):
        return True
    named = [browser_input.from_address(name) for name in ("run", "with")]
    return run.id in (*named, st.session_state.get("current_run"), st.session_state.get("other_run"))


def own_datasets() -> list[str]:
    """The visitor's own pictures as they were frozen for trainings, newest first."""
    if hosted_limits() is None:
        return own.versions()
    return own.versions(me()) if me() else []


def may_use(dataset: str) -> bool:
    """Whether a dataset is open to all, or this visitor's own: to be trained on, and to be shown."""
    return hosted_limits() is None or own.is_open_to(dataset, me() or None)


def within_limits(config: Config) -> Config:
    """Suggested settings, no more than a shared server trains."""
    limits = hosted_limits()
    if limits is None:
        return config
    epochs, batch = min(config.epochs, limits.epochs), max(config.batch_size, limits.batch_size)
    return replace(config, epochs=epochs, batch_size=batch)


def start(config: Config, *, one_epoch: bool) -> Run:
    """Start a training, or put it into the queue. Raises RunError."""
    limits = hosted_limits()
    if not may_use(config.dataset):
        raise RunError(queue.NOT_YOUR_PICTURES)
    if limits is None:
        return launcher.start(config, one_epoch=one_epoch)
    if not me():
        raise RunError(NOT_KNOWN)
    return queue.ask(config, me(), limits, one_epoch=one_epoch)


def steer(run: Run, what: str) -> None:
    """``run``, ``pause``, ``step``, ``stop``, ``cancel``, or ``again`` after an end. Raises RunError."""
    if not owns(run):
        raise RunError(NOT_YOURS if not run.gallery else "The gallery’s models cannot be changed.")
    limits = hosted_limits()
    if what == "cancel":
        queue.cancel(run)
    elif what != "again":
        launcher.request(run, what)
    elif limits is None:
        launcher.resume(run)
    else:
        queue.again(run, limits)


def place_in_queue(run: Run) -> str:
    """The place of a waiting run in the queue, in words."""
    limits = hosted_limits()
    if limits is None:
        return (
            "It waits in the queue of a shared server, which this is not. Leave the queue, and start it again to train "
            "here."
        )
    if owns(run):
        eviction.note_visit(run)  # whoever waits on this page keeps their place in a full queue
    where = queue.place(run, limits)
    if where.ahead == 0:
        return "You are next."
    words = f"{many(where.ahead, 'training is', 'trainings are')} ahead of yours"
    return f"{words}: {_about(where.seconds)}." if where.seconds is not None else f"{words}."


def _about(seconds: float) -> str:
    if seconds < 45:
        return "less than a minute"
    return f"about {max(round(seconds / 60), 1)} min"


def note_visit(run: Run) -> None:
    """Remember on a shared server that somebody sees this run, so that it does not make room for another."""
    if hosted_limits() is not None:
        eviction.note_visit(run)
