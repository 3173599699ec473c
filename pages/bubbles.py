"""Bubbles: the encoder gives each picture a place and a size; two forces decide both."""

import streamlit as st

from ui.components.notebook import show_code
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.store import gallery
from ui.text import claims, glossary
from ui.understand import bubble_scene, bubbles, own_choice

through_app()

page_bar(
    "bubbles",
    "The encoder gives each picture a **bubble**: a place (the mean) and a size (the standard deviation). Two forces "
    "decide both.",
    help=glossary.tips("bubble", "std", "overlap", "beta"),
)
bubble_scene.bubble_scene(bubbles.TWO_KNOBS, "two-knobs")
show_code(gallery.gallery("two-knobs"), "bubble", "loss")
own_choice.own_choice()
st.markdown("#### Side by side, epoch by epoch\nEach panel has a scale of its own.")
bubbles.bubble_panels(bubbles.TWO_KNOBS)
st.markdown(f"#### After {gallery.last(gallery.gallery('two-knobs'))} epochs, all digits")
forces = bubbles.forces_in_words("two-knobs")
ours = bubbles.overlaps("two-knobs")
free, light, held = (bubbles.overlaps(f"two-knobs-beta-{beta}") for beta in ("0", "0.1", "4"))
st.markdown(
    f"**No penalty.** Nothing keeps a bubble large, so it shrinks to a point (std {free.radius:.5f}). Nothing keeps it "
    f"near the others, so the bubbles fly apart, {free.spread:.1f} from the centre: {free.touching or 'none'} of "
    f"{free.shown} overlap with another digit’s. **Small penalty.** A tenth of the lecture’s is enough to hold them: "
    f"{light.spread:.1f} from the centre, std {light.radius:.2f}. **Large penalty.** Bubbles grow, to std "
    f"{held.radius:.2f} from {ours.radius:.2f}, and hardly come nearer ({held.spread:.2f} from the centre, as against "
    f"{ours.spread:.2f}): {held.touching} of {held.shown} overlap, not {ours.touching}, and there the decoder draws "
    "mixtures."
)
st.markdown(
    "**Apart or overlapping?** The lecture pictures bubbles of std 1, pushed apart until they just touch. "
    + claims.tell("bubbles-smaller")
)
st.markdown(
    "**Balance.** With the lecture’s penalty, the picture wants its bubble smaller with a force of "
    f"{forces.shrink:.2f}, and the penalty wants it larger with {forces.swell:.2f}: almost even, and so it keeps its "
    f"size. On the mean, a picture pulls with {forces.pull:.0f} on average, this way and that. "
    f"{claims.tell('outwards')} Each picture alone would still like to move: one encoder serves all "
    "of them, and cannot give each one exactly the place that it wants."
)
st.page_link("pages/noise.py", label="What the bubble does: noise that can learn", icon=":material/casino:")
