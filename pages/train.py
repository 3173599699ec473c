"""Train: choose, start, and watch. The training is a process of its own; this page only looks at its run."""

import streamlit as st

from ui.components import embedding_progress, latent_map, reference_panel
from ui.components.bridge import redraw_when
from ui.components.epoch_slider import epoch_slider
from ui.components.image_rows import learned as learned_rows
from ui.components.image_rows import show_rows
from ui.components.latent_map import latent_scatter
from ui.components.loss_curves import curves, explain_numbers, loss_curves
from ui.shell import browser_input, run_picker, visitor
from ui.shell.errors import one_sentence, plain
from ui.shell.page_bar import page_bar
from ui.shell.startup import awake
from ui.shell.streamlit_patches import through_app
from ui.store import cache, run_index, tail
from ui.text import glossary, page_intros
from ui.text.page_intros import about
from ui.train import steering
from ui.train.form import setup_form
from vae_core.analysis import umap_tsne
from vae_core.datasets import registry
from vae_core.jobs import warm_worker
from vae_core.runs.index import find_run, list_runs
from vae_core.runs.run import RESUMABLE, Run, RunError, Status

through_app()

SAMPLES, SEED = 10, 0
DOTS = 2_500  # of the map, for each epoch of the film, which is sent again with each new epoch


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
    title, again = st.columns([3, 2], vertical_alignment="center")
    with again, st.container(key="aside_again", horizontal=True, horizontal_alignment="right"):
        st.button("New training", key="new_training_button", icon=":material/add:", on_click=new_training)
    run_index.check(run)
    title.markdown(f"### {plain(run.title)}")
    about(page_intros.TRAIN)
    before = run.status()
    visitor.note_visit(run)
    if not run.gallery and not visitor.owns(run):
        st.info(visitor.NOT_YOURS)
    elif before.state in RESUMABLE:
        warm_worker.keep_one()  # should it go on, a trainer is awake
    # One pace from waking up to the end: a new one needs a rerun of the whole page, in which a click could be lost.
    every = 0.6 if before.active else {"queued": 2.0, "interrupted": 5.0}.get(before.state)

    def keep_pace(status: Status) -> None:
        if (before.active, before.state == "queued") != (status.active, status.state == "queued"):
            st.rerun()

    @st.fragment(run_every=every)
    def now() -> None:
        with one_sentence():
            status, asked = look(run)
            drawn_from = {"state": steering.structure(status, asked), "pictures": newest(run, status)}
            loss_curves({**steering.numbers(run, status, asked), **curves(run, status), "turns": drawn_from})
            keep_pace(status)

    @st.fragment
    def state() -> None:
        with one_sentence():
            status, asked = look(run)
            redraw_when("state", run.id, steering.structure(status, asked))
            steering.state_bar(run, status, asked)
            if error := st.session_state.pop("steering_error", None):
                st.error(plain(error))
            if status.state == "finished" or (status.state == "stopped" and status.epoch > 0):
                doors(run)
            keep_pace(status)  # a run at rest is not polled: its button wakes the page

    @st.fragment
    def pictures() -> None:
        with one_sentence():
            status = run.status()
            redraw_when("pictures", run.id, newest(run, status))
            if tail.metrics(run) or before.active:
                explain_numbers(run)
                reference_panel.panel(run, status)
                if pictures_can_be_made(status):
                    learned(run, so_far=status.state != "finished")
                else:
                    st.caption("The pictures are loading.")

    state()
    now()
    pictures()


def look(run: Run) -> tuple[Status, str]:
    """The state of a run and the last request, read once: what a part says and the token that names it must agree."""
    status = run.status()
    return status, steering.asked_of(run, status)


def newest(run: Run, status: Status) -> str:
    """What the pictures are drawn from: they are drawn again when it has changed."""
    return f"{len(tail.metrics(run))} {tail.film(run)[-1:]}" if pictures_can_be_made(status) else "later"


def pictures_can_be_made(status: Status) -> bool:
    """On a server that is just waking up, Pause and Stop of a training must not wait until torch is there."""
    return not status.active or awake()


def learned(run: Run, *, so_far: bool) -> None:
    """What the model can do at each finished epoch: rebuild test pictures, invent new ones, sort them on a map."""
    epochs = run_picker.film(run)
    if not epochs:
        st.caption("Pictures appear here as soon as the untrained network has been tested.")
        return
    st.markdown("#### What it can do so far" if so_far else "#### What it can do")
    here = registry.test_is_here(run.config.dataset) and visitor.may_use(run.config.dataset)
    rows, complete = learned_rows(str(run.path), tuple(epochs), SAMPLES, SEED, here)
    epoch_slider(run, epochs)
    show_rows("learning_rows", rows)
    if not complete:
        run_picker.no_originals(run)
    st.markdown(
        "#### The map of what it learned",
        help=glossary.tips(
            *("test", "pca", "umap"),
            before="Each dot is a test picture. It stands where the encoder puts its mean. With more than two numbers, "
            "it is seen by PCA, and once the training is over by UMAP.",
        ),
    )
    view = "dims" if run.config.latent_dim <= 2 else "pca" if so_far else finale(run, epochs)
    latent_scatter(latent_map.payload(str(run.path), tuple(epochs), view, most=DOTS))


def finale(run: Run, epochs: list[int]) -> str:
    """How the map of a finished training of more than two numbers is seen: by UMAP, or by PCA until that is made.

    Two directions of twenty say little: 9% of the variance each, in MNIST's. UMAP is made beside the page.
    """
    if len(cache.labels(str(run.path))) < umap_tsne.FEWEST:
        return "pca"
    if latent_map.layout_of(run, epochs, "umap"):
        return "umap"
    embedding_progress.for_map(run, epochs, "umap")
    return "pca"


def doors(run: Run) -> None:
    with st.container(horizontal=True):
        for page, label, icon in (
            ("pages/map.py", "Explore its map", "scatter_plot"),
            ("pages/samples.py", "Samples", "grid_view"),
            ("pages/morph.py", "Morph", "animation"),
            ("pages/draw.py", f"Draw {run.dataset.one}", "draw"),
            ("pages/compare.py", "Compare it", "compare_arrows"),
        ):
            st.page_link(page, label=label, icon=f":material/{icon}:", query_params={"run": run.id})


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
