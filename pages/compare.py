"""Compare: two models given the same tasks."""

import streamlit as st

from ui import compare, normal, picker
from ui.components import duel_curves, epoch_slider, image_rows
from ui.guard import plain, through_app
from ui.words import about
from vae_core.datasets.drawing import as_mnist

through_app()

picker.head(
    "Compare two models",
    "Both get the same pictures, the same dice and the same morph. What differs comes from their settings.",
)
about("compare")
left, right = st.columns(2)
with left:
    one = picker.pick_run(default="lecture", title="Model A")
with right:
    other = picker.pick_other(one, default="beta-10", title="Model B")

found = compare.differences(one, other)
if found:
    sentence = "; ".join(f"**{plain(name)}** {plain(a)} against {plain(b)}" for name, a, b in found)
    st.markdown(f"They differ in: {sentence}.")
else:
    st.markdown("They have the same settings. What differs comes from chance, or from when they were stopped.")
duel_curves(compare.curves([one, other]))
st.caption(
    "Test pictures after each epoch, z sampled, nats per picture. A: whole line. B: dashed. "
    "Loss = reconstruction + beta × KL, each with its own beta."
)
for column, run, name in zip(st.columns(2), (one, other), "AB", strict=True):
    with column:
        normal.panel(run, run.status(), name=name, why=False)

epochs = picker.film(one)
epoch_slider(one, epochs)
drawing = st.session_state.get("drawing")
digit = None if drawing is None else as_mnist(drawing)
rows_a, rows_b, left_out = compare.rows(one, other, epochs, digit)
left, right = st.columns(2, gap="medium")
with left:
    st.markdown("#### Model A")
    image_rows("compared_a", one.id, epochs, rows_a)
with right:
    st.markdown("#### Model B")
    image_rows("compared_b", one.id, epochs, rows_b)
if digit is None:
    st.page_link("pages/draw.py", label="Draw a digit, and both will get it too", icon=":material/draw:")
if picker.film(other) != epochs:
    left_out.append("The slider moves A; B stands at the nearest of its epochs that are kept.")
st.caption(" ".join(left_out))
