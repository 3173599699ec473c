"""Train: choose, start, and watch. The training is a process of its own; this page only looks at its run."""

from contextlib import suppress

import streamlit as st

from ui.components import embedding_progress, latent_map, notebook, reference_panel
from ui.components.bridge import redraw_when
from ui.components.latent_map import latent_scatter
from ui.components.loss_curves import curves, explain_numbers, loss_curves
from ui.shell import browser_input, run_picker, seat, visitor
from ui.shell.errors import one_sentence, plain
from ui.shell.page_bar import page_bar
from ui.shell.startup import awake
from ui.shell.streamlit_patches import through_app
from ui.store import cache, run_index, tail
from ui.text import glossary
from ui.train import birth, steering
from ui.train.form import setup_form
from vae_core.analysis import umap_tsne
from vae_core.classroom import pupils
from vae_core.classroom.store import ClassroomError
from vae_core.jobs import warm_worker
from vae_core.runs.index import find_run, list_runs
from vae_core.runs.run import RESUMABLE, Run, RunError, Status

LOOKS, CLASS_LOOKS = 0.5, 2.0  # seconds between two looks at a training, of one page and at least of a class's phones
CLASS_A_SECOND = 18  # looks of a whole class, whose training must not wait for them

through_app()


def watched_run() -> Run | None:
    """The run in the address; without one, a training in progress."""
    asked = browser_input.from_address("run")
    if asked:
        run = find_run(asked)
        if run is None:
            st.warning("The address names a run that is not here. It may have been deleted. Start a new one below.")
        return run
    return None if st.session_state.get("new_training") else active_run()


def active_run() -> Run | None:
    """The visitor's newest training in progress, or else the newest that waits in the queue."""
    waiting = None
    for run in filter(visitor.owns, list_runs()):
        try:
            if run_index.at_rest(run):  # its file need not be read again
                continue
            status = run.status()
        except RunError:
            continue
        if status.active:
            return run
        waiting = waiting or (run if status.state == "queued" else None)
    return waiting


def new_training() -> None:
    st.session_state["new_training"] = True
    browser_input.clear_address()


def watch(run: Run) -> None:
    run_index.check(run)
    before = run.status()
    visitor.note_visit(run)
    if not run.gallery and not visitor.owns(run):
        of_a_class = visitor.LED_BY_TEACHER if before.active else visitor.OF_A_CLASS
        st.info(of_a_class if run.about.room else visitor.NOT_YOURS)
    elif before.state in RESUMABLE:
        warm_worker.keep_one()  # should it go on, a trainer is awake
    # One pace from waking up to the end: a new one needs a rerun of the whole page, in which a click could be lost.
    watches = class_pace()
    every = (watches or LOOKS) if before.active else {"queued": 2.0, "interrupted": 5.0}.get(before.state)

    def keep_pace(status: Status) -> None:
        if (before.active, before.state == "queued") != (status.active, status.state == "queued"):
            st.rerun()

    @st.fragment
    def state() -> None:
        with one_sentence():
            status, asked = look(run)
            redraw_when("state", run.id, steering.structure(status, asked))
            steering.state_bar(run, status, asked, new_training)
            if error := st.session_state.pop("steering_error", None):
                st.error(plain(error))
            keep_pace(status)  # a run at rest is not polled: its button wakes the page

    @st.fragment
    def pictures() -> None:
        with one_sentence():
            status = run.status()
            redraw_when("pictures", run.id, drawn_from(run, status))
            draw(run, status)
            if status.state == "finished" or (status.state == "stopped" and status.epoch > 0):
                doors(run)
            if status.state == "finished":
                finale(run)

    @st.fragment(run_every=every)
    def now() -> None:
        with one_sentence():
            status, asked = look(run)
            if status.active:
                birth.tell(run, most=1 if watches else None)
            turns = {
                "state": steering.structure(status, asked), "pictures": drawn_from(run, status), "test": tested(run),
            }  # fmt: skip
            loss_curves({**steering.numbers(run, status, asked), **curves(run, status), "turns": turns})
            keep_pace(status)

    @st.fragment
    def test() -> None:
        with one_sentence():
            redraw_when("test", run.id, tested(run))
            if tail.metrics(run) or before.active:
                explain_numbers(run)
                reference_panel.panel(run, run.status())

    state()
    pictures()
    now()
    test()


def class_pace() -> float | None:
    """Seconds between two looks of each of thirty phones, or more, that watch the same training; None elsewhere.

    Each phone has a pace of its own: all at the same moment would make the trainer think that a core is taken, and do
    with fewer threads.
    """
    place, pace = seat.mine(), CLASS_LOOKS
    if place is None or place.is_teacher:
        return None
    with suppress(ClassroomError):
        pace = max(CLASS_LOOKS, pupils.here(place.code) / CLASS_A_SECOND)
    return pace * (1 + 0.5 * int(place.token[:4], 16) / 0xFFFF)


def look(run: Run) -> tuple[Status, str]:
    """The state of a run and the last request, read once: what a part says and the token that names it must agree."""
    status = run.status()
    return status, steering.asked_of(run, status)


def tested(run: Run) -> str:
    """What the words about the tests are drawn from: they are drawn again when it has changed."""
    return str(len(tail.metrics(run)))


def drawn_from(run: Run, status: Status) -> str:
    """The same of the pictures. Those of a training as it goes are told the browser beside it."""
    if status.state == "queued":
        return "queued"
    if status.active and birth.is_live(run):
        return "live"
    return f"{tail.film(run)[-1:]} {status.state}" if pictures_can_be_made(status) else "later"


def pictures_can_be_made(status: Status) -> bool:
    """On a server that is just waking up, Pause and Stop of a training must not wait until torch is there."""
    return not status.active or awake()


def draw(run: Run, status: Status) -> None:
    """What the network draws: just now while it learns, and after that all of it as a film."""
    live = status.active and birth.is_live(run)
    if not live and not pictures_can_be_made(status):
        st.caption("The pictures are loading.")
    elif live or tail.film(run):
        data = birth.payload(run, live=live)
        birth.birth(data)
        if not data["originals"] and not live:
            run_picker.no_originals(run)
    elif status.state != "queued":
        st.caption("Pictures appear here as soon as the untrained network has been tested.")


def finale(run: Run) -> None:
    """A finished model of more than two numbers, as UMAP sees it: two directions of twenty say little.

    Of MNIST's, each has 9% of the variance. UMAP is made beside the page.
    """
    epochs = run_picker.film(run)
    if run.config.latent_dim <= 2 or not epochs or len(cache.labels(str(run.path))) < umap_tsne.FEWEST:
        return
    there = latent_map.layout_of(run, epochs, "umap")
    if not there and not visitor.may_map(run):
        return
    st.markdown(
        "#### The map of what it learned",
        help=glossary.tips(
            *("test", "umap"),
            before="Each dot is a test picture. It stands where UMAP puts its mean: beside those most like it.",
        ),
    )
    if there:
        latent_scatter(latent_map.payload(str(run.path), tuple(epochs[-1:]), "umap"))
    else:
        embedding_progress.for_map(run, epochs, "umap", "")


def doors(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for page, label, icon in (
            ("pages/map.py", "Explore its map", "scatter_plot"),
            ("pages/samples.py", "Samples", "grid_view"),
            ("pages/morph.py", "Morph", "animation"),
            ("pages/draw.py", f"Draw {run.dataset.one}", "draw"),
            ("pages/compare.py", "Compare it", "compare_arrows"),
        ):
            st.page_link(page, label=label, icon=f":material/{icon}:", query_params={"run": run.id})
        if tail.film(run):
            notebook.download(run, "notebook_of_training")
    notebook.show_code(run, "training", "loss")


run = watched_run()
if run is not None:
    st.empty()  # sent at once, it takes away the form, in whose place it stands
    st.session_state["current_run"] = run.id
    watch(run)
else:
    with st.container():
        page_bar(
            "train",
            "Pick one, press Start, and watch it learn. An *epoch* is one round through all the pictures. You can "
            "leave the page: training continues.",
        )
        if going_on := active_run():
            with st.container(border=True, horizontal=True, vertical_alignment="center"):
                st.markdown(f"Training in progress: **{plain(going_on.title)}**")
                st.page_link("pages/train.py", label="Watch it", query_params={"run": going_on.id})
        setup_form()
        warm_worker.keep_one()  # while the visitor reads, a trainer wakes up
