"""A training as it goes: its state in words with the buttons that fit, and the live curves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from ui import glossary, growing, visitor
from ui.components import base64_of
from ui.guard import plain
from vae_core.config import Config
from vae_core.jobs import launcher, queue
from vae_core.jobs.limits import without_paths
from vae_core.runs.run import Run, RunError, Status

IN_USE = 0.05  # nats of KL above which a number of the code is counted as used
POINTS = 100  # of a live curve, however long the run
TESTS = 40  # of its rings
FINE = 0.01  # nats: how exactly they travel; a tenth is what one reads
BADGES = {
    "queued": ("blue", "hourglass_empty"),
    "starting": ("blue", "hourglass_top"), "running": ("green", "play_circle"), "paused": ("orange", "pause_circle"),
    "stopping": ("orange", "stop_circle"), "finished": ("green", "check_circle"), "stopped": ("gray", "stop_circle"),
    "failed": ("red", "error"), "interrupted": ("orange", "power_off"),
}  # fmt: skip


def sentence(status: Status, asked: str) -> str:
    """What is going on, in one or two short sentences."""
    done = f"epoch {status.epoch} of {status.epochs}"
    match status.state:
        case "queued":
            return "Waiting in line."
        case "starting":
            return plain(status.message) or "Waking up …"
        case "running" if asked == "pause":
            return "Pausing …"
        case "running" if asked == "step":
            return f"Learning epoch {min(status.epoch + 1, status.epochs)} of {status.epochs}, then it pauses."
        case "running":
            return f"Learning epoch {min(status.epoch + 1, status.epochs)} of {status.epochs}."
        case "paused":
            return f"Paused at {done}. Nothing is lost."
        case "stopping":
            return "Stopping. Finished epochs are kept."
        case "finished":
            return f"Finished all {status.epochs} epochs."
        case "stopped" if status.epoch == 0:
            return "Stopped before the first epoch was finished. You can go on."
        case "stopped":
            return f"Stopped after {done}. You can explore it, or go on."
        case "failed":
            return plain(status.error) or "The training ended with an error."
        case "interrupted" if status.error:
            return f"{plain(status.error)} It can go on."
        case _:
            return f"The training was cut off after {done}. It can go on from there."


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


def duration(seconds: float) -> str:
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    if seconds < 3600:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def asked_of(run: Run, status: Status) -> str:
    """The last request to a trainer (``Run.control``): read it once for what is drawn and for what names that."""
    return run.control() if status.active else "run"


def state_bar(run: Run, status: Status, asked: str) -> None:
    """The state, its sentence, and the buttons that fit it. It changes only when ``structure`` does."""
    colour, icon = BADGES[status.state]
    words, actions = st.columns([3, 2], vertical_alignment="center")
    with words:
        st.markdown(f":{colour}-badge[:material/{icon}: {status.state}] &nbsp; {sentence(status, asked)}")
    with actions, st.container(key="aside_steering", horizontal=True, horizontal_alignment="right"):
        _buttons(run, status, asked)
    if status.state in ("failed", "interrupted") and (tail := launcher.log_tail(run)):
        with st.expander("What the trainer printed"):
            st.code(without_paths(tail), language=None)


def structure(status: Status, asked: str) -> str:
    """A short name for what the state's bar says and offers: most looks at a running training find it unchanged."""
    return f"{status.state}, {asked}: {sentence(status, asked)}"


def numbers(run: Run, status: Status, asked: str) -> dict[str, Any]:
    """What moves at every look: progress, and in words time left, speed or place in line."""
    stepping = asked == "step"
    waits = visitor.place_in_line(run) if status.state == "queued" else ""
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
        "Go on" if status.epoch else "Try again",
        "resume_training",
        "play_arrow",
        lambda: visitor.steer(run, "again"),
    )
    cancel = ("Leave the line", "cancel_training", "close", lambda: visitor.steer(run, "cancel"))
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


def curves(run: Run, status: Status) -> dict[str, Any]:
    """What ``static/curves.js`` draws: the same number of points however long the run is; nothing before the start."""
    config, per_epoch = run.config, max(status.steps_per_epoch, 1)
    metrics = growing.metrics(run)
    points = growing.points(run) if status.steps_per_epoch else np.zeros((0, 3))
    names = terms_of(config) if metrics or status.active else []
    terms = 2 if config.is_vae else 1  # the total is their sum, which the browser finds by itself
    steps = (thin(points) / [per_epoch, 1, 1])[:, : terms + 1]
    tests = np.array([[m["epoch"], *_values(m["test"], config)[:terms]] for m in choose(metrics)])
    # Beside a training that has begun, the untrained network's number would only mislead.
    last_test = metrics[-1]["test"] if metrics and (len(metrics) > 1 or not len(steps)) else None
    newest = dict(zip(("reconstruction", "kl"), steps[-1, 1:], strict=False)) if len(steps) else None
    panels = []
    for k, (name, paint) in enumerate(names):
        words = [f"training {_values(newest, config)[k]:.1f}"] if newest else []
        words += [f"test {_values(last_test, config)[k]:.1f}"] if last_test else []
        panels.append({"name": name, "colour": paint, "now": " · ".join(words)})
    return {
        "run": run.id, "panels": panels, "beta": config.beta, "n_epochs": len(metrics),
        "steps": packed(steps, max(config.beta, 1)), "tests": packed(tests.reshape(-1, terms + 1), max(config.beta, 1)),
        "epochs_shown": round(max(len(metrics) - 1, steps[-1, 0] if len(steps) else 0, 1), 4),
    }  # fmt: skip


def packed(table: np.ndarray, weight: float = 1.0) -> dict[str, Any]:
    """A table (n, columns) for the browser: 16 bits a number where that shows each to a hundredth, else 32.

    The numbers of a column are steps between its ``low`` and ``high``. ``weight`` is by how much an error would grow.
    """
    if not len(table):
        return {"n": 0}
    low, high = table.min(0), table.max(0)
    if not (high - low).max() * weight / 65535 / 2 <= FINE:  # also where something is not a number
        return {"n": len(table), "f4": base64_of(table.T, "f4")}
    steps = (table - low) / np.where(high > low, high - low, 1) * 65535
    ends = {"low": [round(v, 4) for v in low.tolist()], "high": [round(v, 4) for v in high.tolist()]}
    return {"n": len(table), "u2": base64_of(steps.round().T, "u2"), **ends}


def explain_numbers(run: Run) -> None:
    """What the curves count, and the lecture notebook's own number beside them."""
    metrics, config = growing.metrics(run), run.config
    words = "All losses are in nats per picture; less is better."
    if config.is_vae and len(metrics) > 1:
        newest = metrics[-1]
        words += (
            f" Test pictures, epoch {newest['epoch']}: **{newest['test']['loss']:.1f}** in total with z drawn from the"
            " bubble (the mean and its noise),"
            f" **{newest['test_mean']['loss']:.1f}** when only the bubble’s middle is decoded."
        )
    st.caption(
        words,
        help=glossary.tips(
            "loss",
            "nat",
            before="Summed over all 784 pixels and all numbers of the code, then averaged over pictures. The lecture’s "
            "notebook decodes the mean when it tests. That is easier, so its number is lower than in training.",
        ),
    )


def summary(run: Run, status: Status) -> str:
    """How far a run came and how good it is, in one line: the test with z sampled, nats per image."""
    metrics, words = growing.metrics(run), [f"epoch {status.epoch} of {status.epochs}"]
    if len(metrics) > 1:
        test, used = metrics[-1]["test"], metrics[-1].get("kl_per_dimension")
        words.append(f"test reconstruction {test['reconstruction']:.1f}")
        if run.config.is_vae and used:
            words.append(f"KL {test['kl']:.1f}")
            words.append(f"{sum(kl > IN_USE for kl in used)} of {len(used)} numbers in use")
    return " · ".join(words)


def terms_of(config: Config) -> list[tuple[str, str]]:
    """The names of the panels, and the lecture's colour of each."""
    error = "Reconstruction (BCE)" if config.reconstruction == "bce" else "Reconstruction (squared error)"
    if not config.is_vae:
        return [(error, "decoder")]
    total = "Total: both together" if config.beta == 1 else f"Total: reconstruction + {config.beta:g} × KL"
    return [(error, "decoder"), ("KL penalty", "mean"), (total, "ink")]


def _values(record: dict[str, Any], config: Config) -> list[float]:
    if not config.is_vae:
        return [record["reconstruction"]]
    return [record["reconstruction"], record["kl"], record["reconstruction"] + config.beta * record["kl"]]


def thin(table: np.ndarray) -> np.ndarray:
    """At most POINTS rows of a table (n, columns): means of about equally long stretches.

    The last row stands at the newest step and is as smooth as the others: the last window of an epoch may be a single
    small batch, and a curve that dives at its end would be read as news.
    """
    if len(table) <= POINTS:
        return table
    cuts = np.linspace(0, len(table) - 1, POINTS).round().astype(int)  # the last stretch ends before the newest row
    means = np.add.reduceat(table[:-1], cuts[:-1]) / np.diff(cuts)[:, None]
    return np.vstack([means, [table[-1, 0], *table[cuts[-2] :, 1:].mean(0)]])


def choose(metrics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """At most TESTS of the records, as they are: a test that was measured is not averaged with another."""
    if len(metrics) <= TESTS:
        return metrics
    return [metrics[place] for place in np.unique(np.linspace(0, len(metrics) - 1, TESTS).round().astype(int))]
