"""Draw: the visitor's own picture, as the model sees it."""

import numpy as np
import streamlit as st

from ui.components import drawing_view, image_picker, landmarks, latent_map, mini_map
from ui.components.drawing_pad import digit_pad
from ui.components.epoch_slider import epoch_slider, epoch_words
from ui.components.image_picker import digit_picker
from ui.components.image_rows import Row, image_rows
from ui.components.mini_map import map_marks, small_map
from ui.components.notebook import show_code
from ui.components.payloads.base import Mark
from ui.draw import own_choice, unusual
from ui.draw.unusual import unusual_chart
from ui.shell import browser_input, run_picker, url_state
from ui.shell.errors import one_sentence, plain
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.store import cache, costs
from ui.text import glossary

through_app()

DRAWS = 10

bar = page_bar(
    "draw",
    "Draw with the mouse, a pen or a finger, or use a picture. The **encoder** says where it belongs, and the "
    "**decoder** redraws it from that alone.",
)
run = run_picker.pick_run(bar, default="lecture")
shape = run.dataset.shape
path, epochs, names = str(run.path), run_picker.film(run), run.dataset.label_names
with bar:
    epoch_slider(run, epochs)


@st.fragment
def board() -> None:
    """What one draws and what the model makes of it beside its place on the map; below, what is like it."""
    if st.session_state.pop("to_morph", False):
        st.switch_page("pages/morph.py", query_params={"run": run.id})
    with st.container(key="draw_board"):  # static/page.css lays it out
        answered, place, alike = (st.container(key=f"draw_{part}") for part in ("answered", "place", "alike"))
    pad, again = answered.container(key="draw_pair").columns(2, gap="medium")
    with pad:
        drawn = drawing_view.called(st.session_state.get("drawing")) == "drawing"
        pixels = digit_pad(run.dataset.one)
        st.markdown("**1.** You draw" if drawn else "**1.** Your picture")
    image = None if pixels is None else drawing_view.as_picture(run, epochs[-1], pixels)
    seed, thing = st.session_state.get("seed_of_drawing", 0), drawing_view.called(pixels)
    with one_sentence():
        looks = [] if image is None else [drawing_view.look(path, e, image.tobytes(), DRAWS, seed) for e in epochs]
        near = [drawing_view.neighbours(path, e, look.mean) for e, look in zip(epochs, looks, strict=False)]
        with again:
            redrawn(looks, thing)
            st.markdown("**2.** The model’s copy")
            answer(near)
            show_code(run, "rebuild")
        with answered:
            if words := drawing_view.made_fit(run, epochs[-1], pixels):
                st.caption(words)
        with place:
            in_its_place(looks, thing)
        if image is None:
            costs.test_losses(path, epochs)  # what a drawing is compared with, ready before the first stroke ends
            return
        with alike:
            st.markdown("**3.** What is like it")
            likenesses(image, looks, near, thing)
        with place:
            landmark()
        rare, more = st.columns(2, gap="medium")
        with rare:
            how_unusual(image, thing)
        with more:
            morphs()
        own_choice.own_choice(run, epochs, looks, image, thing)


def redrawn(looks: list[drawing_view.Look], thing: str) -> None:
    if looks:
        images = np.stack([look.rebuilt[None] for look in looks])
        row = Row("Rebuilt", images, f"Your {thing} rebuilt from its mean", "", "decoder", epochs)
    else:
        empty = shape.pictures(np.zeros((1, 1, shape.pixels), np.uint8))
        row = Row("Rebuilt", empty, "Nothing yet", "", "decoder")
    image_rows("drawn_rebuilt", run.id, epochs, [row])


def answer(near: list[tuple[int, ...]]) -> None:
    """What the nearest test pictures show, in one sentence for each epoch."""
    if not near:
        st.markdown(f"Nothing yet: draw {run.dataset.one} on the first square, or use a picture.")
    elif run.dataset.has_classes:
        told = min(DRAWS, max(len(cache.labels(path)) // 3, 1))  # of few, all would be the nearest
        labels = [[names[label] for label in cache.labels(path)[list(places[:told])]] for places in near]
        epoch_words("drawn_words", run.id, epochs, [unusual.verdict(each) for each in labels])


def in_its_place(looks: list[drawing_view.Look], thing: str) -> None:
    """The map with the drawing's mean and its bubble, at each epoch, wherever that is."""
    dots = mini_map.payload(path, tuple(epochs))
    if not looks:
        small_map("draw_map", dots)
        map_marks("draw_map", [])
        return about_the_place(looks)
    basis = mini_map.basis(path, epochs[-1])
    bubbles = [unusual.bubble(basis, look) for look in looks]
    means, outlines = ([mini_map.on_map(basis, places) for places in each] for each in zip(*bubbles, strict=True))
    small_map("draw_map", mini_map.with_room(dots, np.concatenate(means)))
    dot: Mark = {**latent_map.mark(f"your {thing}", "mean", means), "title": ""}
    bubble = [latent_map.mark("its bubble", "mean", outlines, lines=True)] if run.config.is_vae else []
    map_marks("draw_map", [*bubble, dot])
    about_the_place(looks)


def about_the_place(looks: list[drawing_view.Look]) -> None:
    st.markdown(
        "**4.** Where the encoder places it" if looks else "Where the encoder will place it",
        help=glossary.tips(
            *("mean", "std"),
            before="The green dot is the mean, the green line the bubble: one standard deviation about the mean.",
        )
        if run.config.is_vae
        else "The green dot is its code.",
    )


def likenesses(image: np.ndarray, looks: list[drawing_view.Look], near: list[tuple[int, ...]], thing: str) -> None:
    """What goes in, what its bubble says, and the test pictures whose codes are nearest."""
    originals = [cache.originals(run, places) for places in near]
    here = originals[0] is not None
    alike = [
        cache.decoded_means(path, e, places) if images is None else images
        for e, places, images in zip(epochs, near, originals, strict=True)
    ]
    rows = [
        Row(f"Your {thing}", image[None, None], f"Your {thing} as it goes in",
            f"as it goes in: {shape.height} × {shape.width}", "x", columns=DRAWS),
        Row("Most alike", np.stack(alike), "The test pictures whose codes are nearest",
            "nearest codes" if here else "nearest codes, as redrawn", "mean", epochs, DRAWS),
    ]  # fmt: skip
    if run.config.is_vae:
        imagined = np.stack([look.imagined for look in looks])
        about = "Pictures decoded from its bubble", "from its bubble"
        rows.insert(1, Row("Imagined again", imagined, *about, "z", epochs, DRAWS))
    image_rows("drawn_rows", run.id, epochs, rows)
    if run.config.is_vae:
        st.button(
            "Imagine it again", key="new_dice", icon=":material/casino:", on_click=throw,
            help=glossary.tips("bubble", before="Roll the dice again: other codes from the same bubble."),
        )  # fmt: skip


def how_unusual(image: np.ndarray, thing: str) -> None:
    st.markdown(
        "#### How costly is it to describe?",
        help=glossary.tips(
            *("elbo", "nat"),
            before=f"The loss of your {thing}"
            + (", with codes drawn from its bubble," if run.config.is_vae else "")
            + " less what even a perfect copy would cost. It is compared with test pictures that have about as much "
            "grey, since more grey mostly costs more. It is no proof: a plain upright line passes for a 1.",
        ),
    )
    compared = unusual.unusual(path, epochs, image, thing)
    if compared is None and costs.test_losses(path, epochs) is not None:
        st.caption("This model’s losses have grown without limit, so there is nothing to compare.")
    elif compared is None:
        st.caption(f"This needs the test pictures. {run_picker.where_originals_are(run)}")
    else:
        unusual_chart(compared)
        st.caption(unusual.how_well())


def morphs() -> None:
    st.markdown("#### Morph it into…")
    last = names[run.dataset.morph[1]] if run.dataset.morph[1] < len(names) else names[-1]
    title = {"end": "Class" if run.dataset.has_classes else "Picture"}
    ends = image_picker.payload(run, epochs[-1], title, {"end": None}, own=False, browse=last)
    digit_picker("draw_picker", ends, morph_into)


def landmark() -> None:
    """A name for what is on the pad, under which it stays on the map; those that stay there, to be taken away."""
    st.session_state["landmark_name"] = browser_input.text(browser_input.in_widget("landmark_name")) or ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Name it", key="landmark_name", max_chars=landmarks.LONGEST, width=220, placeholder="for example: my first",
            help="It stays on the map’s page under this name, through all epochs and for every model.",
        )  # fmt: skip
        st.button("Keep it on the map", key="keep_landmark", icon=":material/flag:", on_click=keep)
        for each in landmarks.kept():
            st.button(
                plain(each.name), key=f"remove_{each.name}", icon=":material/close:", on_click=landmarks.remove,
                args=(each.name,), help="Take it off the map.",
            )  # fmt: skip
    if landmarks.kept():
        st.page_link("pages/map.py", label="See it on the map", icon=":material/scatter_plot:",
                     query_params={"run": run.id})  # fmt: skip


def keep() -> None:
    pixels = st.session_state.get("drawing")
    if pixels is not None:
        landmarks.keep(browser_input.text(browser_input.in_widget("landmark_name")) or "", pixels)
        st.session_state["landmark_name"] = ""


def morph_into(which: str, choice: str) -> None:
    url_state.choose("start", image_picker.DRAWING)
    url_state.choose("end", choice)
    st.session_state["to_morph"] = True


def throw() -> None:
    st.session_state["seed_of_drawing"] = st.session_state.get("seed_of_drawing", 0) + 1


board()
