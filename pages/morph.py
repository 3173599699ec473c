"""Morph: from one picture to another, through the latent space."""

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from ui.components import drawing_view, embed, image_picker, mini_map, morph_path
from ui.components.bridge import address, settled_epoch
from ui.components.drawing_pad import digit_pad
from ui.components.epoch_slider import epoch_slider
from ui.components.image_picker import End, digit_picker
from ui.components.image_rows import Row
from ui.components.mini_map import map_marks, small_map
from ui.components.morph_player import morph_player
from ui.components.notebook import show_code
from ui.morph import files, morph
from ui.morph.morph import morph_lengths
from ui.shell import run_picker
from ui.shell.errors import one_sentence
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.shell.url_state import choose, last_choice, widget
from ui.text import claims

through_app()

TITLES = {"start": "From", "end": "To"}

bar = page_bar(
    "morph",
    "Both pictures become codes. We walk from one code to the other in small steps, and **decode** each step.",
)
run = run_picker.pick_run(bar, default="lecture")
path, epochs = str(run.path), run_picker.film(run)
with bar:
    epoch_slider(run, epochs)


@st.fragment
def morphing() -> None:
    (start, end), named = choose_ends()
    seen, lengths_column = st.columns([2.1, 1], gap="medium")
    with lengths_column:
        chart = st.container()
        way = st.segmented_control(
            "Path", list(morph_path.PATHS), required=True, format_func=morph_path.PATHS.__getitem__,
            **widget("path", list(morph_path.PATHS), "straight"),
            help="Straight is the shortest path from one code to the other, as in the lecture. Spherical goes on an "
            "arc around the centre of all codes. With many numbers, most codes keep about the same distance from the "
            "centre, and the straight path cuts through the inside, where there are few.",
        )  # fmt: skip
        st.caption(f"{claims.tell('path')} {claims.tell('fair')}")
        steps = st.slider(
            "Steps in the film strip", 5, 21, **widget("steps", range(5, 22), 9),
            help="How many pictures the strip shows, here and in its file.",
        )  # fmt: skip
    address(**named, path=way, steps=steps)
    frames = morph.frames_for(steps)
    with one_sentence():
        rows, complete = morph.rows(run, epochs, start, end, frames, way)
        with seen:
            morph_player(run.id, epochs, rows, film=steps, autoplay=True)
            download_buttons(rows, partial(files.file_name, run, start=start, end=end, way=way), steps)
            show_code(run, "morph")
            if not complete:
                run_picker.no_originals(run)
        with chart:
            dots = mini_map.payload(path, tuple(epochs))
            small_map("morph_map", {**dots, "caption": f"{dots['caption']}. Dashed: the other path"})
            basis = mini_map.basis(path, epochs[-1])
            map_marks("morph_map", morph.marks(run, epochs, basis, start, end, frames, way))
        with lengths_column:
            morph_lengths(morph.lengths(run, epochs, start, end, frames, way))


def choose_ends() -> tuple[tuple[End, End], dict[str, str]]:
    """Both ends, from the address or else from earlier in the visit, and how the address names them."""
    asked = {which: last_choice(which) for which in TITLES}
    pixels = st.session_state.get("drawing")
    image = None if pixels is None else drawing_view.as_picture(run, epochs[-1], pixels)
    both = image_picker.both_ends(run, epochs[-1], list(asked.values()), image)
    ends = dict(zip(TITLES, both, strict=True))
    chosen = image_picker.payload(run, epochs[-1], TITLES, ends, own=True)
    for which, each in chosen["ends"].items():
        if asked[which] == image_picker.DRAWING:  # chosen, though nothing may be drawn yet
            each["choice"] = image_picker.OWN
    digit_picker("morph_picker", chosen, choose)
    if image_picker.DRAWING in asked.values():
        left, right = st.columns(2)
        with left if asked["start"] == image_picker.DRAWING else right:
            with st.container(key="morph_pad"):
                digit_pad(run.dataset.one)
            if pixels is None:
                st.caption(f"Draw {run.dataset.one} on the black square. Until then, a test picture stands in for it.")
            elif words := drawing_view.made_fit(run, epochs[-1], pixels):
                st.caption(words)
    return (ends["start"], ends["end"]), {
        which: image_picker.address(each["choice"]) for which, each in chosen["ends"].items()
    }


@st.fragment
def download_buttons(rows: list[Row], name: partial[str], steps: int) -> None:
    """The morph as files, at the epoch at which the visitor rests; made when they are asked for."""
    epoch = settled_epoch("morph_unseen", run.id, epochs)
    line = epochs.index(epoch)
    panels: list[tuple[str, np.ndarray]] = [(r.label, r.images[line if r.epochs else 0]) for r in rows]
    moving, still, page = st.columns(3)
    moving.download_button(
        "Film (GIF)", partial(files.gif, panels), name(epoch, kind="gif"), "image/gif", key="morph_gif",
        icon=":material/download:", on_click="ignore", width="stretch",
    )  # fmt: skip
    still.download_button(
        "Strip (PNG)", partial(files.strip, panels, steps), name(epoch, kind="png"), "image/png", key="morph_png",
        icon=":material/download:", on_click="ignore", width="stretch",
    )  # fmt: skip
    with page:
        shown = [replace(row, images=images[None], epochs=None) for row, (_, images) in zip(rows, panels, strict=True)]
        html = partial(embed.morph, run, epoch, rows[0].alt, shown)
        embed.button(html, name(epoch, kind="html").removesuffix(".html"), "morph_embed", wide=True)


morphing()
