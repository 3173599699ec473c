"""The loss: two terms, one pixel, one picture, one bubble, and beta as the scale between them."""

import streamlit as st

from ui.components.notebook import show_code
from ui.shell import run_picker
from ui.shell.errors import one_sentence
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.text import claims, glossary
from ui.understand import bound, loss
from vae_core.analysis.reference import IN_USE

through_app()

bar = page_bar(
    "loss",
    "One number says how badly a model does: **loss = reconstruction + beta × KL**. All learning is about making it "
    "smaller.",
    help=glossary.tips("bce", "mse", "kl", "beta", "nat"),
)

run = run_picker.pick_run(bar, default="lecture")
st.markdown("#### 1. One pixel")
st.markdown(
    "Choose how white the pixel is, then drag the guess. Being *sure and wrong* is what **BCE** punishes: near the "
    "wrong end it rises without limit. The **squared error** never costs more than one half."
)
loss.pixel()

st.markdown("#### 2. A whole picture")
st.markdown(
    "Here is what the model makes of a test picture. Damage it, and see what each loss says. A *shift* looks harmless "
    "to us, and yet it costs: both losses go pixel by pixel, and know nothing of shapes. Some of the BCE is **the "
    "unavoidable cost of grey**: make the picture black and white, and it is gone."
)
complete = loss.damage(run)
show_code(run, "loss")
if not complete:
    run_picker.no_originals(run)

st.markdown("#### 3. What even a perfect copy costs")
bars = bound.floor_bars()["bars"]
noisy, two = bars[2]["grey"], bars[3]["grey"]
st.markdown(
    f"Copies of the gallery’s test pictures. A copy that is right to the last pixel still costs "
    f"**{noisy['floor']:.1f} nats**, so compare what is left above it. With two numbers BCE is "
    f"{two['total'] / noisy['total']:.1f} times as large as with 20, and the error is "
    f"**{(two['total'] - two['floor']) / (noisy['total'] - noisy['floor']):.1f} times** as large. Black and "
    "white, the floor falls to 0 and all of BCE is error, a larger one: these models have only learned from greys."
)
bound.floors()
st.markdown(
    "**Why?** BCE takes the guess as the chance that a pixel is *white*. A pixel of one half grey is neither white nor "
    "black, so even the best guess is surprised, by 0.69 nats. The chances of black and white add up to 1 and leave "
    "nothing for the greys: on grey pictures BCE is a good error to learn from, but it is not the chance of anything."
)

st.markdown("#### 4. The penalty")
before = st.container()
with one_sentence():
    curves = loss.penalty_curves(run)
    if curves is None:
        st.info("This model is a classic autoencoder: it has no bubbles, and pays no penalty. Choose a VAE above.")
    else:
        unused = int((curves.kl < IN_USE).sum())
        words = (
            f"{unused} of its {len(curves.kl)} numbers pay almost nothing: they say almost nothing about the picture."
            * bool(unused)
        )
        before.markdown(
            "A bubble costs nothing only at mean 0 and variance 1. A small one costs, because it says a lot about its "
            f"picture; so does one far from the centre. Each circle is one number of the code. {words}",
            help="A circle stands at the variance averaged over the test pictures, and as high as what they pay on "
            "average. That is a little above the curve, because the pictures differ. On the right it stands at the "
            "root of the average of mean².",
        )

st.markdown("#### 5. Beta, the scale between the two")
st.markdown("Each point is a real, trained model. Move **beta**, and watch both strips of pictures.")
numbers = loss.tradeoff(("beta-0", "beta-0.1", "lecture", "beta-4", "beta-10"))
free, lecture, huge = numbers[0], numbers[2], numbers[-1]
st.markdown(
    "Five models, alike but for beta, measured on all test pictures, with z drawn at random. From beta 0 to 1 the KL "
    f"falls from {free['kl']:.0f} to {lecture['kl']:.0f} nats, and the pictures get worse by only "
    f"{lecture['reconstruction'] - free['reconstruction']:.0f}: a bargain, and many samples become digits. From 1 to "
    f"{huge['beta']:g} the KL falls by {lecture['kl'] - huge['kl']:.0f} more, and costs "
    f"{huge['reconstruction'] - lecture['reconstruction']:.0f}. The dashed line shows what each model aimed for: under "
    "its own beta, no other model of the five lies below it."
)

st.markdown("#### 6. How good is the bound?")
bound.page(run)

st.markdown("#### 7. How long to train?")
loss.longer()
st.markdown(f"{claims.tell('longer')} Measured on the lecture’s model, trained five times as long.")
st.markdown(claims.tell("overfitting"))
