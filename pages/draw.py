"""Draw: the visitor's own digit, as the model sees it."""

import numpy as np
import streamlit as st

from ui import address, drawn, glossary, maps, picker, picking, readers, smallmaps
from ui.components import (
    Row,
    digit_pad,
    digit_picker,
    epoch_slider,
    epoch_words,
    image_rows,
    map_marks,
    small_map,
    unusual_chart,
)
from ui.guard import one_sentence, through_app
from ui.words import about
from vae_core.datasets import registry
from vae_core.datasets.drawing import as_mnist

through_app()

DRAWS = 10

picker.head(
    "Draw your own",
    "Draw a digit, with the mouse, a pen or a finger. The **encoder** says where it belongs, and the **decoder** "
    "draws it again from that.",
)
about("draw")
run = picker.pick_run(default="lecture")
path, epochs, names = str(run.path), picker.film(run), registry.get(run.config.dataset).class_names


@st.fragment
def board() -> None:
    if st.session_state.pop("to_morph", False):
        st.switch_page("pages/morph.py", query_params={"run": run.id})
    epoch_slider(run, epochs)
    pad, chart, again = st.columns(3, gap="medium")
    with pad:
        st.markdown("**1.** You draw")
        pixels = digit_pad()
    image = None if pixels is None else as_mnist(pixels)
    seed = st.session_state.get("seed_of_drawing", 0)
    with one_sentence():
        looks = [] if image is None else [drawn.look(path, e, image.tobytes(), DRAWS, seed) for e in epochs]
        with again:
            st.markdown("**3.** The decoder redraws it")
            redrawn(looks)
        with chart:
            st.markdown(
                "**2.** The encoder places it",
                help=glossary.tips(
                    *("mean", "std"),
                    before="The green dot is the mean, the green line the bubble: one "
                    "standard deviation about the mean.",
                )
                if run.config.is_vae
                else "The green dot is its code.",
            )
            small_map("draw_map", smallmaps.payload(path, tuple(epochs)))
            map_marks("draw_map", marks(looks))
        if image is not None:
            answer(image, looks)
        else:
            drawn.test_losses(path, epochs)  # what a drawing is compared with, ready before the first stroke ends


def redrawn(looks: list[drawn.Look]) -> None:
    if looks:
        images = np.stack([look.rebuilt[None] for look in looks])
        row = Row("Rebuilt", images, "Your drawing rebuilt from its mean", "", "decoder", epochs)
    else:
        row = Row("Rebuilt", np.zeros((1, 1, 28, 28), np.uint8), "Nothing yet", "", "decoder")
    image_rows("drawn_rebuilt", run.id, epochs, [row])
    st.caption("Rebuilt from the mean alone." if looks else "Nothing yet: draw a digit on the first square.")


def marks(looks: list[drawn.Look]) -> list[dict]:
    if not looks:
        return []
    basis = smallmaps.basis(path, epochs[-1])
    found = [drawn.bubble(basis, look) for look in looks]
    means, outlines = ([smallmaps.on_map(basis, places) for places in each] for each in zip(*found, strict=True))
    dot = {**maps.mark("your drawing", "mean", means), "title": ""}
    return [maps.mark("its bubble", "mean", outlines, lines=True), dot] if run.config.is_vae else [dot]


def answer(image: np.ndarray, looks: list[drawn.Look]) -> None:
    near = [drawn.neighbours(path, e, look.mean) for e, look in zip(epochs, looks, strict=True)]
    originals = [readers.originals(run, places) for places in near]
    here = originals[0] is not None
    alike = [
        readers.decoded_means(path, e, places) if images is None else images
        for e, places, images in zip(epochs, near, originals, strict=True)
    ]
    rows = [
        Row("Your drawing", image[None, None], "Your drawing, centred and scaled as MNIST is",
            "as it goes in: 28 × 28", "x", columns=DRAWS),
        Row("Most alike", np.stack(alike), "The test pictures whose codes are nearest",
            "nearest codes" if here else "nearest codes, as redrawn", "mean", epochs),
    ]  # fmt: skip
    if run.config.is_vae:
        imagined = np.stack([look.imagined for look in looks])
        rows.insert(
            1, Row("Imagined again", imagined, "Pictures decoded from its bubble", "from its bubble", "z", epochs)
        )
    image_rows("drawn_rows", run.id, epochs, rows)
    said, dice = st.columns([3, 1], vertical_alignment="center")
    with said:
        labels = [[names[label] for label in readers.labels(path)[list(places)]] for places in near]
        epoch_words("drawn_words", run.id, epochs, [nearest(each) for each in labels])
    if run.config.is_vae:
        dice.button(
            "Imagine it again", key="new_dice", icon=":material/casino:", on_click=throw, width="stretch",
            help=glossary.tips("bubble", before="New dice: other codes from the same bubble."),
        )  # fmt: skip
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(
            "#### How unusual is it?",
            help=glossary.tips(
                "elbo",
                before="The loss of each test picture"
                + (", with codes drawn from its bubble," if run.config.is_vae else "")
                + " and where your drawing’s lies among them.",
            ),
        )
        compared = drawn.unusual(path, epochs, image)
        if compared is None and drawn.test_losses(path, epochs) is not None:
            st.caption("This model’s losses are beyond all numbers, so there is nothing to compare.")
        elif compared is None:
            st.caption(
                "To say so, the test pictures are needed. They are not on this machine; training on them brings them."
            )
        else:
            unusual_chart(compared)
    with right:
        st.markdown("#### Morph it into …")
        ends = picking.payload(run, epochs[-1], {"end": "a …"}, {"end": None}, own=False, browse="8")
        digit_picker("draw_picker", ends, morph_into)


def nearest(labels: list[str]) -> str:
    most = max(set(labels), key=labels.count)
    return f"Of the {len(labels)} test pictures with the nearest codes, **{labels.count(most)} are a {most}**."


def morph_into(which: str, choice: str) -> None:
    address.choose("start", picking.DRAWING)
    address.choose("end", choice)
    st.session_state["to_morph"] = True


def throw() -> None:
    st.session_state["seed_of_drawing"] = st.session_state.get("seed_of_drawing", 0) + 1


board()
