"""Bubbles: the encoder gives each picture a place and a size; two forces decide both."""

import streamlit as st

from ui.shell import run_picker
from ui.shell.streamlit_patches import through_app
from ui.store import gallery
from ui.text import glossary
from ui.text.page_intros import looking_at
from ui.understand import bubbles

through_app()

run_picker.head(
    "Bubbles",
    "The encoder does not put a picture at a point. It gives it a **bubble**: a place (the mean) and a size (the "
    "standard deviation). Two forces decide where bubbles go and how large they grow.",
    help=glossary.tips("bubble", "std", "overlap", "beta"),
)
looking_at(
    "Four models learned the same digits with two numbers each; only **beta**, the weight of the penalty, differs. "
    "Each bubble is a test picture, coloured by its digit. Move the epoch, and watch the bubbles shrink, fly apart or "
    "pile up. Drag the orange ring into two bubbles at once: the decoder has to draw both.",
    "**Overlap** is the Bhattacharyya coefficient, ∫√(p·q): 0 for bubbles that are apart, 1 for the same bubble. A "
    "bubble counts as overlapping if its overlap with some shown bubble of *another* digit is above one half.\n\n"
    "**The arrows** are real gradients: of the reconstruction term (averaged over 64 rolls of the noise) and of beta "
    "· KL, with respect to the mean, in nats per unit of the map, flipped so that they point downhill. For the "
    "penalty this is simply beta · mean. *Shrinks* and *swells* are the same for the size (the gradient with respect "
    "to log variance, both numbers of a bubble added). Three pictures of each digit get arrows; the numbers are "
    "averages over all that are shown.\n\n"
    "**All together** mixes the bubbles of 2,000 test pictures in equal parts: the lecture’s *bubble of bubbles*. If "
    "it looks like N(0, 1), the rolls of the dice find pictures everywhere.\n\n"
    "The gallery keeps the decoder of the last epoch only, so the ring decodes there. Twelve pictures of each digit "
    "are shown.",
)
bubbles.bubble_panels(bubbles.TWO_KNOBS)
st.markdown(f"#### After {gallery.last(gallery.gallery('two-knobs'))} epochs, all digits")
forces = bubbles.forces_in_words("two-knobs")
free, light, held = (bubbles.overlaps(f"two-knobs-beta-{beta}") for beta in ("0", "0.1", "4"))
st.markdown(
    f"**No penalty.** Nothing keeps a bubble large, so it shrinks to a point (std {free.radius:.3f}). Nothing keeps it "
    f"near the others, so the bubbles fly apart, {free.spread:.1f} from the centre: {free.touching or 'none'} of "
    f"{free.shown} overlap with another digit’s. **Small penalty.** A tenth of the lecture’s is enough to hold them: "
    f"{light.spread:.1f} from the centre, std {light.radius:.2f}. **Large penalty.** Bubbles are pushed to the centre "
    f"and kept large: {held.touching} of {held.shown} overlap, and the decoder draws mixtures there."
)
st.markdown(
    "**Balance.** With the lecture’s penalty, the picture wants its bubble smaller with a force of "
    f"{forces.shrink:.2f}, and the penalty wants it larger with {forces.swell:.2f}: almost even, and so it keeps its "
    f"size. On the mean, a picture pulls with {forces.pull:.0f} on average, this way and that. Of all these pulls "
    f"together, {forces.outward:.1f} ± {forces.outward_error:.1f} is left that points outwards, against "
    f"{forces.inward:.1f} inwards by the penalty. Each picture alone would still like to move: one encoder serves all "
    "of them, and cannot give each one exactly the place that it wants."
)
st.page_link("pages/noise.py", label="What the bubble does: noise that can learn", icon=":material/casino:")
