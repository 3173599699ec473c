"""A training in progress: its state in words, with the buttons that fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from ui.components.bridge import component
from ui.components.run_status import BADGES, duration
from ui.shell import visitor
from ui.shell.errors import plain
from ui.shell.page_bar import about, below, titled_bar
from ui.text import page_intros
from vae_core.jobs import launcher, queue
from vae_core.jobs.limits import without_paths
from vae_core.runs.run import Run, RunError, Status

IN_BAR = 75  # characters of a sentence that has its place in the bar
_progress = component("training_progress", "train/progress.js")


def sentence(status: Status, asked: str) -> str:
    """What is going on, in one or two short sentences."""
    done = f"epoch {status.epoch} of {status.epochs}"
    match status.state:
        case "queued":
            return "Waiting in the queue."
        case "starting":
            return plain(status.message) or "Starting…"
        case "running" if asked == "pause":
            return "Pausing…"
        case "running" if asked == "step":
            return f"Learning epoch {min(status.epoch + 1, status.epochs)} of {status.epochs}, then it pauses."
        case "running":
            return f"Learning epoch {min(status.epoch + 1, status.epochs)} of {status.epochs}."
        case "paused":
            return f"Paused at {done}. Nothing is lost."
        case "stopping":
            return "Stopping. Finished epochs are kept."
        case "finished":
            return f"Finished all {status.epochs} epochs." if status.epochs > 1 else "Finished its one epoch."
        case "stopped" if status.epoch == 0:
            return "Stopped before the first epoch was finished. You can continue."
        case "stopped":
            return f"Stopped after {done}. You can explore it, or continue."
        case "failed":
            return plain(status.error) or "The training ended with an error."
        case "interrupted" if status.error:
            return f"{plain(status.error)} You can continue."
        case _:
            return f"The training was cut off after {done}. You can continue from there."


def facts(status: Status, *, stepping: bool = False) -> str:
    """Time left, speed and device, as far as they are known."""
    parts = []
    if status.state == "running" and status.seconds_left is not None and not stepping:
        parts.append(f"{duration(status.seconds_left)} left")
    if status.images_per_second and status.state in ("running", "finished"):
        parts.append(f"{status.images_per_second:,.0f} pictures per second")
    if status.device:
        parts.append(f"on the {'processor (CPU)' if status.device == 'CPU' else status.device}")
    return " · ".join(parts)


def asked_of(run: Run, status: Status) -> str:
    """The last request to a trainer (``Run.control``): read it once, for the drawing and for its token."""
    return run.control() if status.active else "run"


def state_bar(run: Run, status: Status, asked: str, new: Callable[[], None]) -> None:
    """The page's bar: what it is called, its state, its sentence, how far it is, and the buttons that fit.

    It changes only when ``structure`` does. ``new`` leads to another training.
    """
    colour, icon = BADGES[status.state]
    words = sentence(status, asked)
    long = len(words) > IN_BAR
    with titled_bar(plain(run.title)):
        st.markdown(f":{colour}-badge[:material/{icon}: {status.state}] {'' if long else words}", width="stretch")
        _progress(key="training_progress", data={"run": run.id})
        _buttons(run, status, asked)
        of_a_class = run.about.room and not visitor.owns(run)  # who only watches starts none beside it
        if not of_a_class and st.button("New training", key="new_training_button", icon=":material/add:"):
            new()
            st.rerun()  # of the page, not of this part alone
        about(page_intros.TRAIN)
    if long:
        below(words)
    if status.state in ("failed", "interrupted") and (tail := launcher.log_tail(run)):
        with st.expander("What the trainer printed"):
            st.code(without_paths(tail), language=None)


def structure(status: Status, asked: str) -> str:
    """A short name for what the state's bar says and offers: most looks at a running training find it unchanged."""
    return f"{status.state}, {asked}: {sentence(status, asked)}"


def numbers(run: Run, status: Status, asked: str) -> dict[str, Any]:
    """What moves at every look: progress, and in words time left, speed or place in the queue."""
    stepping = asked == "step"
    waits = visitor.place_in_queue(run) if status.state == "queued" else ""
    return {
        "progress": round(status.progress if status.state != "finished" else 1.0, 4),
        "facts": waits or queue.note(run) or facts(status, stepping=stepping),
    }


def _buttons(run: Run, status: Status, asked: str) -> None:
    stop = ("Stop", "stop_training", "stop", lambda: visitor.steer(run, "stop"))
    resume = ("Resume", "resume_training", "play_arrow", lambda: visitor.steer(run, "run"))
    on = ("Don’t pause", "resume_training", "play_arrow", lambda: visitor.steer(run, "run"))
    step = ("One epoch", "step_training", "skip_next", lambda: visitor.steer(run, "step"))
    pause = ("Pause", "pause_training", "pause", lambda: visitor.steer(run, "pause"))
    again = (
        "Continue" if status.epoch else "Try again",
        "resume_training",
        "play_arrow",
        lambda: visitor.steer(run, "again"),
    )
    cancel = ("Leave the queue", "cancel_training", "close", lambda: visitor.steer(run, "cancel"))
    offered: list[tuple[str, str, str, Callable[[], Any]]] = {
        "queued": [cancel], "starting": [stop],
        "running": [on, stop] if asked == "step" else [pause, stop],
        "paused": [resume, step, stop],
        "stopped": [again], "failed": [again], "interrupted": [again],
    }.get(status.state, [])  # fmt: skip
    if not visitor.owns(run):
        return
    for label, key, icon, action in offered:
        st.button(label, key=key, icon=f":material/{icon}:", on_click=_try, args=(action,))


def _try(action: Callable[[], Any]) -> None:
    try:
        action()
    except RunError as error:
        st.session_state["steering_error"] = str(error)
