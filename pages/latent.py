"""The latent map: where the encoder puts each test picture, epoch after epoch."""

import streamlit as st

from ui import maps, picker, readers
from ui.components import decoder_feed, epoch_slider, latent_scatter
from ui.guard import through_app

through_app()

picker.head(
    "The map of what it learned",
    "Each dot is a picture the model never trained on. It stands where the **encoder** puts it. "
    "Move the slider: similar pictures find together.",
)
run = picker.pick_run(default="two-knobs")
epochs, d = picker.film(run), run.config.latent_dim

VIEWS = {"pca": "Main directions (PCA)", "dims": "Two of its numbers"}
view, first, second = "dims" if d <= 2 else "pca", 0, 1
if d > 2:
    choose, one, two = st.columns([2, 1, 1], vertical_alignment="bottom")
    view = choose.segmented_control(
        "Seen how?", list(VIEWS), key="view", default="pca", required=True, format_func=VIEWS.__getitem__,
        bind="query-params", help=f"This model uses {d} numbers. A screen has two directions, so one must choose.",
    )  # fmt: skip
    if view == "dims":
        first = one.number_input("Across", 1, d, 1, key="first") - 1
        second = two.number_input("Up", 1, d, 2, key="second") - 1

epoch_slider(run.id, epochs)
here = readers.originals(run, (0,)) is not None
payload = maps.payload(str(run.path), tuple(epochs), view, first, second)
pictures = {"tiles": maps.tiles(str(run.path), epochs[-1], here), "tile": maps.TILE, "tiles_wide": maps.TILES_WIDE}
latent_scatter({**payload, **pictures, "redrawn": not here, "anywhere": d == 2})
if d == 2:
    st.fragment(decoder_feed)(run.id, epochs, lambda epoch: maps.decoder(run, epoch))
if not here:
    picker.no_originals(run)
if view == "pca":
    st.caption(
        "The two directions are chosen once, from the last epoch, and used for every epoch. "
        "So a dot that moves has really moved."
    )
