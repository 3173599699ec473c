"""Autoencoder or VAE?: trained alike, both good at copying; one needs to be told where to look for new pictures."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from ui.components import image_picker, morph_path
from ui.components.image_rows import Row, image_rows, in_words
from ui.components.notebook import show_code
from ui.shell import run_picker
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.store import cache, floors, gallery
from ui.text import claims, glossary
from ui.understand import autoencoder, dice, pca, two_spaces

through_app()

page_bar(
    "autoencoder",
    "Two machines learned the same pictures; only one has noise and a penalty. Both copy well. Ask them for "
    "something *new*.",
    help=glossary.tips("autoencoder", "vae", "hole", "mnist"),
)
classic, vae = gallery.gallery("autoencoder"), gallery.gallery("lecture")


@st.fragment
def new_pictures() -> None:
    seed = st.session_state.get("seed_of_hundred", 0)
    left, right = st.columns([3, 7], gap="large")
    with left:
        shape, only = dice.choose(classic, vae)
        st.button("Roll the dice again", key="new_hundred", icon=":material/casino:", on_click=roll)
        st.markdown(dice.SAME)
    with right:
        dice.hundred(classic, vae, seed, shape, only)
        st.markdown(dice.lesson(), help=dice.HELP)


def roll() -> None:
    st.session_state["seed_of_hundred"] = st.session_state.get("seed_of_hundred", 0) + 1


new_pictures()
with st.container(horizontal=True):
    show_code(classic, "samples", "network", key="code_classic", label="Code of the classic model")
    show_code(vae, "samples", "network", key="code_vae", label="Code of the VAE")
two_spaces.two_spaces(gallery.gallery("two-knobs-autoencoder"), gallery.gallery("two-knobs"))
st.markdown("#### Why? The same with two numbers, on a map", help=glossary.tips("code", "hole"))
autoencoder.holes(gallery.gallery("two-knobs-autoencoder"), gallery.gallery("two-knobs"))
lost, kinds, _ = autoencoder.dice_on_the_map(str(gallery.gallery("two-knobs-autoencoder").path))
its_lost, its_kinds, _ = autoencoder.dice_on_the_map(str(gallery.gallery("two-knobs").path))
reach, out = autoencoder.beyond_the_dice(str(gallery.gallery("two-knobs-autoencoder").path))
_, its_out = autoencoder.beyond_the_dice(str(gallery.gallery("two-knobs").path))
st.markdown(
    "Look at the numbers on the axes. The VAE’s codes stay around zero, because the penalty holds them there. The "
    "noise gives each picture a small *area*, so together they leave few gaps. The classic model’s codes may lie "
    f"anywhere. **Roll the dice**: 100 rolls reach {reach:.1f} from the middle. On the classic map {100 * out:.0f}% of "
    f"the test pictures lie farther out than all of them; on the VAE’s {100 * its_out:.0f}%. So such dice "
    "never reach much of what the classic model knows. Near the middle, where they land, holes are few on both maps: "
    f"{lost} and {its_lost} of the 100 rolls fall into one, and {kinds} and {its_kinds} of the 10 digits come up at "
    "least twice. The decoder always draws *something*, even in a hole: a scribble, or the digit next door, stretched."
)

st.markdown("#### Measured, with twenty numbers", help=glossary.tips("latent-dim", "test", "nat"))
left, right = st.container(key="twenty").columns([3, 2], gap="large")
places = cache.examples(str(vae.path))
epochs = {run.id: gallery.last(run) for run in (classic, vae)}
originals = cache.originals(vae, places)
digits = in_words(vae, places)
rows = [] if originals is None else [Row("Test pictures", originals[None], f"Test pictures of {digits}", edge="x")]


def both(what: str, alt: str, edge: str, pictures: Callable[[str, int], np.ndarray]) -> None:
    """A row of each model."""
    for run, name in ((classic, "Classic"), (vae, "VAE")):
        images = pictures(str(run.path), epochs[run.id])
        rows.append(Row(f"{name}: {what}", images[None], f"{name} model, {alt}", edge=edge))


both("rebuilt", f"rebuilt: {digits}", "decoder", lambda path, epoch: cache.decoded_means(path, epoch, places))
both("random codes", "ten random codes decoded", "z", lambda path, epoch: cache.samples(path, epoch, 10, 0, 1.0))
start, end = image_picker.End(3, places[3]), image_picker.End(8, places[8])
both(
    "from 3 to 8", "from a 3 to an 8", "z",
    lambda path, epoch: morph_path.walk(path, (epoch,), start, end, 10, "straight")[0],
)  # fmt: skip
with left:
    image_rows("side_by_side", vae.id, [epochs[vae.id]], rows, follow=False)
    if originals is None:
        run_picker.no_originals(vae)
a, b = (autoencoder.dice_report(str(run.path)) for run in (classic, vae))
table = {
    "Error of a rebuilt test picture in nats, noise off": (f"{a['error']:.1f}", f"{b['error']:.1f}"),
    "The same, noise on": ("–", f"{b['error_with_noise']:.1f}"),
    "Random codes that fall into a hole": (f"{a['lost']:.0f}%", f"{b['lost']:.0f}%"),
    "How clear a digit is, out of 10: rebuilt pictures": (f"{a['copies']:.1f}", f"{b['copies']:.1f}"),
    "· random pictures": (f"{a['random']:.1f}", f"{b['random']:.1f}"),
    "· the same, dice shaped like its codes": (f"{a['correlated']:.1f}", f"{b['correlated']:.1f}"),
    "· halfway, straight path": (f"{a['straight']:.1f}", f"{b['straight']:.1f}"),
    "· halfway, spherical path": (f"{a['round']:.1f}", f"{b['round']:.1f}"),
}
with right:
    st.markdown(
        "| measured | classic | VAE |\n|---|---:|---:|\n"
        + "\n".join(f"| {what} | {mine} | {its} |" for what, (mine, its) in table.items())
    )
    with st.expander("How this is measured", icon=":material/help:"):
        st.markdown(
            "*How clear*: for each picture we take the ten most similar rebuilt test pictures, and count how many "
            "show the same digit. A clear digit has many, a scribble few. *Random codes*: for the VAE from N(0, 1); "
            "for the classic model with the mean and standard deviation of its own codes, each number by itself. "
            "*Dice shaped like its codes* also know how the numbers go together (their covariance). *A hole* is a "
            "place farther from all codes that the decoder meets in training than 99 of 100 of those are from each "
            "other. The VAE’s decoder meets points of bubbles, so these count, not the means. 500 pictures "
            "for each figure, with ten seeds of the dice: another seed’s figure differs by about 0.1, or 3%."
        )
st.markdown(
    f"**Copies.** {claims.tell('copies')} {floors.in_words(floors.floor_of(vae))}\n\n"
    f"**New pictures.** {claims.tell('dice')}\n\n"
    f"**Halfway.** {claims.tell('halfway')} {claims.tell('path')}"
)

st.markdown("#### Without the bend: PCA", help=glossary.tips("pca", "code"))
pca.ladder()
st.markdown(f"{pca.in_figures()}\n\n**Why?** {pca.WHY}")
left, right = st.columns([3, 2], gap="large")
with left:
    image_rows("pca_dice", vae.id, [epochs[vae.id]], pca.dice_rows(), follow=False)
right.markdown(pca.dice_in_figures())
with st.container(horizontal=True):
    st.page_link("pages/samples.py", label="Samples of the classic model", icon=":material/grid_view:",
                 query_params={"run": "autoencoder"})  # fmt: skip
    st.page_link("pages/bubbles.py", label="Why the VAE has fewer holes: bubbles", icon=":material/bubble_chart:")
