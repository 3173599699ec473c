"""Draw: the visitor's own digit, as the model sees it."""

import numpy as np
import streamlit as st

from ui import drawn, maps, picker, readers
from ui.components import Row, digit_pad, epoch_slider, image_rows, latent_scatter
from ui.guard import one_sentence, through_app
from vae_core import data
from vae_core.drawing import as_mnist

through_app()

DRAWS = 10

picker.head(
    "Draw your own",
    "Draw a digit. The **encoder** says where it belongs, and the **decoder** draws it again from that.",
)
run = picker.pick_run(default="lecture")
path, epochs, names = str(run.path), picker.film(run), data.CLASS_NAMES[run.config.dataset]


@st.fragment
def board() -> None:
    pad, seen = st.columns([1, 2.4], gap="large")
    with pad:
        pixels = digit_pad()
    image = None if pixels is None else as_mnist(pixels)
    with seen, one_sentence():
        if image is None:
            st.info("Draw a digit on the black square, with the mouse or a finger.", icon=":material/draw:")
        else:
            answer(image)


def answer(image: np.ndarray) -> None:
    epoch_slider(run.id, epochs)
    views = [drawn.look(path, epoch, image.tobytes(), DRAWS) for epoch in epochs]
    near = drawn.neighbours(path, epochs[-1], views[-1].mean)
    pictures = readers.originals(run, near)
    redrawn = pictures is None
    if pictures is None:
        pictures = readers.decoded_means(path, epochs[-1], near)
    wide = DRAWS
    rows = [
        Row("Your drawing", image[None, None], "Your drawing, centred and scaled as MNIST is", "centred, 28 × 28",
            "x", columns=wide),
        Row("Rebuilt", np.stack([v.rebuilt[None] for v in views]), "Your drawing rebuilt", "from its mean", "decoder",
            epochs, columns=wide),
    ]  # fmt: skip
    if run.config.is_vae:
        rows.append(
            Row("Imagined again", np.stack([v.imagined for v in views]), "Pictures decoded from its bubble",
                "from its bubble", "z", epochs)
        )  # fmt: skip
    rows.append(
        Row("Most alike", pictures[None], "The test pictures whose codes are nearest",
            "as redrawn" if redrawn else "test pictures", "mean")
    )  # fmt: skip
    image_rows("drawn_rows", run.id, epochs, rows)
    if not redrawn and (found := drawn.how_unusual(path, epochs[-1], image)):
        loss, harder = found
        st.markdown(
            f"Its loss is **{loss:.0f} nats**. Of the test pictures, **{harder:.0%}** have a higher one: "
            + ("to this model, your drawing looks like any other." if harder > 0.1 else "it has hardly seen the like.")
        )
    labels = [names[label] for label in readers.labels(path)[list(near)]]
    most = max(set(labels), key=labels.count)
    st.markdown(f"Of the {len(near)} test pictures with the nearest codes, **{labels.count(most)} are a {most}**.")
    st.markdown(
        "#### Where it stands on the map",
        help="The green dot is the mean that the encoder gives your drawing. The orange line is its bubble: one "
        "standard deviation of the noise around it.",
    )
    view = "dims" if run.config.latent_dim <= 2 else "pca"
    basis = maps.view_of(readers.latents(path, epochs[-1]).mean, view)
    means, outlines = zip(*(drawn.bubble(basis, v) for v in views), strict=True)
    marks = [maps.mark("its bubble", "z", outlines, lines=True), maps.mark("your drawing", "mean", means)]
    latent_scatter({**maps.payload(path, tuple(epochs), view), "marks": marks})


board()
