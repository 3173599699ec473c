"""The latent map: where the encoder puts each test picture, epoch after epoch."""

from functools import partial
from typing import Any

import streamlit as st

from ui.components import browser_decoder, embed, embedding_progress, landmarks, latent_map
from ui.components.bridge import chosen_on, decoder_feed
from ui.components.epoch_slider import epoch_slider
from ui.components.image_rows import image_rows
from ui.components.latent_map import latent_scatter
from ui.components.notebook import show_code
from ui.map import details, story
from ui.map.details import code_chart, run_figures
from ui.shell import browser_input, run_picker
from ui.shell.errors import one_sentence
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.store import cache
from ui.text import glossary
from vae_core.analysis import umap_tsne

through_app()

NARROW = 130  # pixels

bar = page_bar(
    "map",
    "Each dot is a **test picture**, one that the model never trained on. It stands where the **encoder** puts it. "
    "Move the slider: similar pictures form clusters.",
    help=glossary.tips("test", "pca", "umap", "tsne"),
)
run = run_picker.pick_run(bar, default="two-knobs")
path, epochs, d = str(run.path), run_picker.film(run), run.config.latent_dim
count = len(cache.labels(path))
here = cache.originals(run, (0,)) is not None


def choose_view() -> tuple[str, int, int]:
    """The projection, and for two plain numbers of the code, which."""
    if d <= 2:
        return "dims", 0, 1
    bent = umap_tsne.METHODS if count >= umap_tsne.FEWEST else ()
    views = [name for name, view in latent_map.VIEWS.items() if view in (*bent, "pca", "space", "dims")]
    name = bar.segmented_control(
        "Projection", views, key="view", default="PCA", required=True, bind="query-params", width="content",
        label_visibility="collapsed",
    )  # fmt: skip
    view = latent_map.VIEWS.get(name or "PCA", "pca")
    if view != "dims":
        return view, 0, 1
    with st.container(horizontal=True):
        first = st.number_input("Across", 1, d, 1, key="first", bind="query-params", width=NARROW) - 1
        second = st.number_input("Up", 1, d, 2, key="second", bind="query-params", width=NARROW) - 1
    return view, first, second


def follow_choice(choice: Any) -> None:
    """What the visitor picked on the map; the dot lives in its widget, which is in the address."""
    place = browser_input.place(browser_input.by_name(choice, "dot"), count)
    st.session_state["dot"] = None if place is None else place + 1
    st.session_state["group"] = (run.id, browser_input.by_name(choice, "group"))


def dot_typed() -> None:
    st.session_state["group"] = None


@st.fragment
def picked() -> None:
    """What was picked on the map. The map itself need not be sent again when that changes."""
    dot = st.number_input(
        "Test picture", 1, count, None, key="dot", bind="query-params", on_change=dot_typed,
        placeholder="click, or type a number", help="Each dot of the map has a number.",
    )  # fmt: skip
    owner, packed = st.session_state.get("group") or (None, None)
    group = browser_input.places(packed, count) if owner == run.id else None
    chosen_on(
        "latent_scatter", {"dot": dot - 1} if dot else {"group": packed} if group is not None else None, follow_choice
    )
    with one_sentence():
        tell(dot, group)


def tell(dot: int | None, group: Any) -> None:
    """The story of the chosen dot or group."""
    if dot:
        rows, chart = story.of_dot(run, epochs, dot - 1)
        image_rows("story_rows", run.id, epochs, rows)
        code_chart(chart)
        st.caption("The grey band is where most codes should lie: one standard deviation about zero.")
    elif group is not None:
        rows, kinds = story.of_group(run, epochs, group)
        many = f"**{len(group)} picture{'s' if len(group) != 1 else ''}**"
        st.markdown(f"{many}: {kinds}." if kinds else f"{many}.")
        image_rows("story_rows", run.id, epochs, rows)
        st.caption(
            "Both averages are of the same pictures. The average code, decoded, gives one picture instead of many "
            "laid over each other."
        )
    else:
        st.markdown(
            "**Click a dot** to see its picture, what the model makes of it, its code and its neighbours.\n\n"
            "**Circle a group** to see which pictures are in it, and its average."
            + ("\n\nWhat you pick stays marked while the epochs play." if len(epochs) > 1 else "")
        )


@st.fragment
def the_map() -> None:
    with one_sentence():
        show_map(*flat)


def show_map(view: str, first: int, second: int) -> None:
    ready = view not in umap_tsne.METHODS or latent_map.layout_of(run, epochs, view)
    if not ready:
        embedding_progress.for_map(run, epochs, view)
        view = "pca"
    marks = landmarks.on_map(run, epochs, view, first, second)
    dots = latent_map.payload(path, tuple(epochs), view, first, second)
    payload = {
        **latent_map.with_room(dots, [landmarks.places_of(mark, len(dots["axes"])) for mark in marks]),
        "pictures": details.pictures(run, epochs[-1], here),
        "landmarks": marks,
        "redrawn": not here, "anywhere": d == 2, "bubbles": details.bubbles(path, tuple(epochs), view, first, second),
    }  # fmt: skip
    map_column, story_column = st.columns([2.1, 1], gap="medium")
    with map_column:
        latent_scatter(payload, pickable=True)
        with st.container(horizontal=True, vertical_alignment="center"):
            show_code(run, "map")
            shown = "pca" if view == "space" else view  # a page to embed is flat
            html = partial(embed.map_film, run, epochs, shown, first, second)
            embed.button(html, f"map-{run.id}-{shown}", "map_embed")
    with story_column:
        picked()
    if view == "space":
        shares = cache.basis(path, epochs[-1], view).explained or ()
        st.caption(
            f"Drag to turn the map. Its three directions are those in which the {d} numbers of the codes vary most; "
            f"they hold {sum(shares):.0%} of all that varies. A dot that is nearer to you is larger and stronger."
        )
    elif view == "pca" and len(epochs) > 1:
        st.caption(
            "The two directions are chosen once, from the last epoch, and used for every epoch. "
            "So a dot that moves has really moved. In a training that goes on, they stay as they were."
        )
    elif view in umap_tsne.METHODS:
        trust = latent_map.layout_of(run, epochs, view).trust[-1]
        st.caption(
            "This map bends space. Each epoch starts from the next one’s map, so that dots move smoothly. At the last "
            f"epoch its trustworthiness is {trust:.2f} of 1: how far neighbours on the map are neighbours in all {d} "
            "numbers."
        )


flat = choose_view()
with bar:
    epoch_slider(run, epochs)
the_map()
st.fragment(details.picture_feed)(run, epochs[-1], here)
if d == 2:
    st.fragment(decoder_feed)(run.id, epochs, partial(browser_decoder.packed_decoder, str(run.path)))
if not here:
    run_picker.no_originals(run)
separation = (
    f"*Class separation*: for how many of {min(count, umap_tsne.POINTS):,} pictures do the ten nearest codes name the "
    "right class? Pictures of a class look alike, so plain pixels do well at this, too, and even an untrained encoder "
    "keeps some of it. Compare with these. "
)
st.markdown(
    "#### What changes from epoch to epoch" if len(epochs) > 1 else "#### What it has learned, in numbers",
    help=glossary.tips(
        *("kl", "nat"),
        before="All is measured on test pictures. *Loss*: with z sampled, in nats per picture. "
        + separation * (run.dataset.has_classes and count >= details.FEWEST)
        + "*How much each number says*: its KL, in nats; a hollow bar says almost nothing.",
    ),
)
with st.spinner("Finding the neighbours of each picture at each epoch…"):  # a second or two, once
    measured = details.figures(run, epochs)
run_figures(measured)
