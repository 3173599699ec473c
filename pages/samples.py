"""Samples: roll the dice, and let the decoder draw what they mean; then ask about what it drew."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.components import browser_decoder, dice_shapes, embed, mini_map
from ui.components.bridge import chosen_on, decoder_feed, picked, place_in_address, size_of, token
from ui.components.epoch_slider import epoch_slider
from ui.components.mini_map import map_marks, small_map
from ui.components.notebook import show_code
from ui.samples import grid, knobs, plane, shapes, story, walk
from ui.samples.grid import samples_grid
from ui.samples.knobs import latent_knobs
from ui.samples.plane import manifold_grid
from ui.samples.story import sample_story
from ui.samples.walk import random_walk
from ui.shell import browser_input, run_picker, visitor
from ui.shell.errors import one_sentence, plain
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.text import claims, glossary
from vae_core import paths
from vae_core.analysis.reference import IN_USE
from vae_core.datasets import registry
from vae_core.runs.run import Run

through_app()

PARTS = ["Grid", "Knobs", "Plane", "Walk"]  # their names stand in the address
SEEDS = 2**31 - 1
SIDE = 15  # pictures of the plane, each way
NARROW = 164  # pixels: two of them beside each other on a phone

bar = page_bar(
    "samples",
    "No picture goes in here. We roll the dice for the code **z**, and the **decoder** draws what it means. The rolls "
    "stay the same while you move through the epochs.",
)
run = run_picker.pick_run(bar, default="lecture")
epochs, d = run_picker.film(run), run.config.latent_dim
part = bar.segmented_control(
    "What to do", PARTS, key="part", default="Grid", required=True, bind="query-params", label_visibility="collapsed",
    width="content",
)  # fmt: skip
if part == "Plane" and d != 2 and (instead := run_picker.with_two_numbers(run)):
    st.session_state["stands_in"] = (instead.id, run.id)
    browser_input.set_address(run=instead.id)
    st.rerun()
with bar:
    epoch_slider(run, epochs)


def throw() -> None:
    seed = browser_input.whole_number(browser_input.in_widget("seed"), 0, SEEDS) or 0
    st.session_state["seed"] = (seed + 1) % SEEDS


def dice() -> int:
    """The seed and the button that changes it."""
    seed = st.number_input(
        "Seed", 0, SEEDS, key="seed", bind="query-params", width=NARROW,
        help=glossary.tips("seed", before="It is the same for everybody, and for every model of this size."),
    )  # fmt: skip
    st.button("Roll the dice", key="new_samples", icon=":material/casino:", on_click=throw, width=NARROW)
    return int(seed)


@st.fragment
def show_samples() -> None:
    pictures, beside = st.columns([3, 2], gap="large")
    with beside, st.container(horizontal=True, vertical_alignment="bottom"):
        seed = dice()
        count = st.select_slider(
            "How many", [16, 36, 64, 100], value=64, key="count", bind="query-params", width=NARROW
        )  # fmt: skip
        width = st.slider(
            "Std of the rolls", 0.0, 2.0, 1.0, 0.1, key="spread", bind="query-params", width=NARROW,
            help=glossary.tips("std", before="1 is what the model was trained for. Near 0, all rolls are alike; at 2, "
                               "many mean nothing to it."),
        )  # fmt: skip
    with one_sentence():
        shape, only = shapes.choice(run)
        with beside:
            choose_shape(shape, only)
        show_grid(pictures, beside, count, width, seed, dice_shapes.in_code(shape, only))
    with one_sentence():
        shapes.clearness(run, epochs)


def choose_shape(shape: str, only: int | None) -> None:
    st.markdown("**Shape of the dice**", help=glossary.tips("prior", before=f"{shapes.WHY}\n\n{shapes.HOW}"))
    dice_shapes.dice_shapes(shapes.KEY, [run], [run.title], epochs, shape, only)


def show_grid(pictures: DeltaGenerator, beside: DeltaGenerator, count: int, width: float, seed: int, dice: str) -> None:
    shown = shapes.epochs_for(dice, epochs)
    if registry.test_is_here(run.config.dataset) and visitor.may_use(run.config.dataset):
        story.get_ready(run.config.dataset, str(paths.data_dir()))
    version = token(run.path, shown, count, seed, width, dice)
    with pictures:
        samples_grid(
            {
                "run": run.id, "epochs": shown, "size": size_of(run), "count": count,
                "classes": len(run.dataset.class_names),
                "columns": int(count**0.5), "seed": seed,
                "spread": width, "png": grid.grid_film(str(run.path), tuple(shown), count, seed, width, dice),
                "version": version,
            }
        )  # fmt: skip
        show_code(run, "samples")
    with beside:
        show_story(shown, count, width, seed, dice, version)


def choose(place: object) -> None:
    st.session_state["chosen_sample"] = place


@st.fragment
def show_story(epochs: list[int], count: int, width: float, seed: int, dice: str, version: str) -> None:
    """Of the chosen picture. The grid need not be sent again when another is chosen."""
    chosen = browser_input.place(st.session_state.setdefault("chosen_sample", place_in_address("chosen")), count)
    chosen_on("sampling_grid", chosen, choose)
    if chosen is None:
        in_short(run, dice)
    with one_sentence():
        facts = story.story(run, epochs, count, seed, width, chosen, dice)
        sample_story({**facts, "grid": version})
        if chosen is None:
            return
        if facts["nearest"] is None:
            st.caption(f"The nearest training picture cannot be shown. {run_picker.where_originals_are(run)}")
        st.markdown(
            "**Where its code stands on the map**",
            help=glossary.tips(
                *("test", "pca"),
                before="The dots are test pictures, placed by their means. The large orange dot is the code of the "
                "chosen sample, the small ones are the codes of all the others on the grid.",
            ),
        )
        small_map("sample_map", mini_map.payload(str(run.path), tuple(epochs)))
        map_marks("sample_map", grid.marks(run, epochs, count, seed, width, chosen, dice))


def in_short(run: Run, dice: str) -> None:
    st.markdown("**Click on a picture** to see whether it was learned by heart, and what is around its code.")
    if dice != "prior":
        st.markdown(shapes.in_words(run, dice))
    elif run.config.is_vae:
        dice = shapes.in_words(run, dice)
        if run.config.beta == 0:
            st.markdown(
                f"{dice}This model had no **KL penalty** (beta 0) to gather the codes of real pictures there. They "
                "lie far wider, so all rolls land in the middle, where the decoder draws mixtures."
            )
        else:
            st.markdown(
                f"{dice}During training the **KL penalty** pulled the codes of all pictures to that same place, so "
                "most random codes land where the decoder knows what to draw. "
                + claims.tell("most-rolls")
                * (run.id == "lecture")
            )
        if 0 < run.config.beta < 1:
            st.markdown(
                f"This model had little penalty (beta {run.config.beta:g}). Its codes reach farther out, so random "
                "ones sometimes mean nothing."
            )
    else:
        st.markdown(
            "A classic autoencoder has no rule for where codes should lie, so N(0, 1) hardly meets them. Choose dice "
            "that have the shape of its codes."
        )


@st.fragment
def show_knobs() -> None:
    use = (
        "The green bar is how much the model **uses** the number: its KL, measured on test pictures. "
        f"Below {IN_USE} nats the knob is **dead**: it says almost nothing. {claims.tell('dead-knobs')}"
        if run.config.is_vae
        else "The green bar is the **standard deviation** of its codes in that number: a classic autoencoder has no "
        "KL. Below 5% of the widest the knob is **dead**."
    )
    reach = "from −3 to 3" if run.config.is_vae else "three standard deviations to either side of the mean"
    st.markdown(
        f"Each number of the code is a **knob**. Its strip shows what it does, {reach}. {use} "
        "The most used ones come first.",
        help=glossary.tips(
            "kl",
            before="The order is that of the newest epoch, so that no knob jumps while you move through them.",
        ),
    )
    with one_sentence():
        start = picked("latent_knobs", "start", knobs.offered_places(str(run.path)))
        latent_knobs(knobs.knobs(run, epochs, start))
        show_code(run, "numbers")
        if d > knobs.KNOBS:
            st.caption(f"The {knobs.KNOBS} most used of {d} numbers are shown. The others stay where they are.")
        decoder_feed(run.id, epochs, partial(browser_decoder.packed_decoder, str(run.path)))


def stands_in_words() -> None:
    """Which model this one stands in for, and the way back."""
    now, before = st.session_state.get("stands_in", ("", ""))
    other = run_picker.find_ready(before) if now == run.id else None
    if other is None:
        return
    count = other.config.latent_dim
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"The model before this one uses {count} {'number' if count == 1 else 'numbers'}; a plane has two "
            "directions. So this is a model with two: all that it can draw fits on one sheet.",
            width="content",
        )
        st.page_link("pages/samples.py", label=f"Back to {plain(other.title)}", query_params={"run": before})


@st.fragment
def show_plane() -> None:
    if d != 2:
        st.info(
            f"A plane has two directions, and this model uses {d} {'number' if d == 1 else 'numbers'}. There is no "
            "model with two here."
        )
        return
    stands_in_words()
    bar = st.container(horizontal=True, vertical_alignment="center")
    dice_like, even_steps = "As the dice fall", "Even steps"
    even = bar.segmented_control(
        "Steps", [dice_like, even_steps], key="steps", default=dice_like, required=True, bind="query-params",
        label_visibility="collapsed", width="content",
    ) == even_steps  # fmt: skip
    bar.markdown(
        "Even steps from −3 to 3: the rim is shown as large as the middle."
        if even
        else "Each picture stands for the same share of all rolls, so the steps are small in the middle.",
        help="Kingma & Welling 2014, figure 4: even steps from 0 to 1, sent through the normal quantiles.",
        width="content",
    )
    with one_sentence():
        manifold_grid(plane.manifold(run, epochs, SIDE, even))
        with st.container(horizontal=True, vertical_alignment="center"):
            show_code(run, "plane")
            embed.button(
                lambda: embed.plane(run, epochs, partial(plane.drawn, str(run.path), size=SIDE, even=even), SIDE),
                f"plane-{run.id}", "plane_embed",
            )  # fmt: skip
        st.fragment(plane.exact)(run, epochs, SIDE, even)


@st.fragment
def show_walk() -> None:
    st.markdown(
        "A point **wanders** through the space of codes, and the decoder draws what it sees on the way. At every "
        "moment its code is as likely as any roll of the dice.",
        help="Each number of the code follows a sum of ten waves with random heights (a stationary Gaussian process, "
        "Rice 1944). After 90 seconds it is back at its start.\n\n" + glossary.tip("prior"),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = dice()
    with one_sentence():
        random_walk(walk.walk(run, epochs, seed))
        show_code(run, "samples")
        decoder_feed(run.id, epochs, partial(browser_decoder.packed_decoder, str(run.path)))


{"Grid": show_samples, "Knobs": show_knobs, "Plane": show_plane, "Walk": show_walk}[part or "Grid"]()
