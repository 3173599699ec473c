"""Choosing the run that a page shows."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.shell import browser_input, clock, visitor
from ui.shell.errors import plain
from ui.store import run_index, tail
from vae_core.datasets import registry
from vae_core.runs import files
from vae_core.runs.run import Run

MENU = 270  # pixels


def pick_run(bar: DeltaGenerator, default: str, title: str = "Model") -> Run:
    """The run that this page shows, chosen in its bar. Ends the page with one sentence if there is none."""
    known = run_index.known_runs()
    ready = _ready(known)
    if not ready:
        st.info("There is no trained model here yet. Train one: it takes less than a minute.")
        st.page_link("pages/train.py", label="Train a model", icon=":material/play_circle:")
        st.stop()
    _say_if_not_found(known, ready)
    wanted = [browser_input.from_address("run"), st.session_state.get("current_run"), default, *ready]
    # The address is the truth and the widget follows it: another page's widget of the same name starts from nothing.
    st.session_state["run_picker"] = next(run_id for run_id in wanted if run_id in ready)
    chosen = _choice(bar, title, ready, "run_picker", "run")
    st.session_state["current_run"] = (
        chosen  # static/components/epoch_slider.js writes it into the address, and spares the history
    )
    visitor.note_visit(ready[chosen])
    if film(ready[chosen])[-1] == 0:
        st.info("This model has not learned anything yet: what it draws is noise. Let it finish an epoch first.")
    return ready[chosen]


def pick_other(bar: DeltaGenerator, one: Run, default: str, title: str) -> Run:
    """A second run, to compare with the one that ``pick_run`` gave; ``with`` in the address."""
    known = run_index.known_runs()
    ready = _ready(known)
    _say_if_not_found(known, ready, "with")
    asked = [browser_input.from_address("with"), st.session_state.get("other_run")]
    alike = [run.id for run in ready.values() if run.gallery and registry.alike(run.config.dataset, one.config.dataset)]
    alike.sort(key=default.__ne__)  # the default first, if it learned from such pictures
    wanted = [*asked, *alike, default, "lecture", *ready]
    st.session_state["other_picker"] = next(
        run_id for run_id in wanted if (run_id in ready and run_id != one.id) or len(ready) == 1
    )
    chosen = _choice(bar, title, ready, "other_picker", "with")
    if chosen in asked or chosen == browser_input.from_address("with"):
        st.session_state["other_run"] = chosen
    return ready[chosen]


def find_ready(run_id: str) -> Run | None:
    """The run of this name, if pages can show it."""
    return _ready(run_index.known_runs()).get(run_id)


def ready(keep: Callable[[Run], bool]) -> dict[str, Run]:
    """The runs that pages can show, by id, of which ``keep`` is true."""
    return {run_id: run for run_id, run in _ready(run_index.known_runs()).items() if keep(run)}


def with_two_numbers(run: Run) -> Run | None:
    """A model whose code has two numbers, best one of the same pictures: the newest of the visitor's, or ours."""
    found = [each for each in _ready(run_index.known_runs()).values() if _is_plane(each)]
    same = [each for each in found if each.config.dataset == run.config.dataset]
    alike = [each for each in found if registry.alike(each.config.dataset, run.config.dataset)]
    return next(iter([*same, *alike, *(each for each in found if each.gallery)]), None)


def _is_plane(run: Run) -> bool:
    return run.config.is_vae and run.config.latent_dim == 2


def _choice(bar: DeltaGenerator, title: str, ready: dict[str, Run], key: str, name: str) -> str:
    """The menu of models, narrow in the bar, and wide once it is open."""
    return bar.selectbox(
        title, list(ready), key=key, format_func=lambda run_id: label(ready[run_id]), on_change=_picked,
        args=(name, key), label_visibility="collapsed", width=MENU,
    )  # fmt: skip


def _ready(known: list[tuple[Run, str, tuple[int, ...]]]) -> dict[str, Run]:
    """The runs that pages can show, by id."""
    ready: dict[str, Run] = {}
    for run, _, epochs in known:
        if epochs:
            ready.setdefault(run.id, run)
    return ready


def _picked(name: str, key: str) -> None:
    if run_id := browser_input.text(browser_input.in_widget(key)):
        browser_input.set_address(**{name: run_id})


def film(run: Run) -> list[int]:
    """The epochs that pages can show of a run: those with weights and means, evenly thinned if they are many."""
    return tail.film_epochs(tail.film(run))


def label(run: Run) -> str:
    """How a run is called in lists: the gallery by its name, the visitor's own by settings and time."""
    if run.gallery:
        dataset, numbers = registry.TITLES[run.config.dataset], f"{run.config.latent_dim} numbers"
        return " · ".join([run.title, *([] if dataset in run.title else [dataset]), numbers])
    stamp = files.stamp(f"{run.path}/config.json")  # none if it was deleted since the page began
    made = clock.when(stamp[-1] // 10**9) if stamp else "deleted"
    return f"{'Yours' if visitor.owns(run) else 'Shared'}, {made} · {run.title}"


def no_originals(run: Run) -> None:
    """One sentence where the dataset is not on this machine."""
    st.caption(f"You see test pictures as the model redraws them. {where_originals_are(run)}")


def where_originals_are(run: Run) -> str:
    """Of a dataset that is not on this machine: whether its pictures can come, or where they are from."""
    spec = run.dataset
    if not visitor.may_use(spec.name):
        return "Only their owner sees the originals."
    if run.gallery:
        return plain(f"The originals ({spec.source}) do not come with Latent Lab.")
    if spec.fetch is not None:
        return "The originals are not on this machine; they come once you train on them, which downloads them."
    return plain(f"The originals are not on this machine ({spec.title}: {spec.source.rstrip('.')}).")


def _say_if_not_found(known: list[tuple[Run, str, tuple[int, ...]]], ready: dict[str, Run], name: str = "run") -> None:
    asked = browser_input.from_address(name)
    if asked is None or asked in ready:
        return
    troubles = {run.id: trouble for run, trouble, _ in known}
    if troubles.get(asked):
        st.warning(plain(f"{troubles[asked]} Another model is shown."))
    elif asked in troubles:
        st.warning("That run has not finished its first test yet. Another model is shown.")
    else:
        st.warning("The address names a run that is not here. It may have been deleted. Another model is shown.")
