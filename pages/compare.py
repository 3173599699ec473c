"""Compare: two models given the same tasks."""

import streamlit as st

from ui.compare import maps, table, tasks
from ui.components import reference_panel
from ui.components.epoch_slider import epoch_slider
from ui.components.image_rows import image_rows
from ui.components.two_run_curves import duel_curves
from ui.shell import run_picker
from ui.shell.errors import plain
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.store import floors
from ui.text import claims, glossary

through_app()

bar = page_bar(
    "compare",
    "Both get the same pictures, the same rolls of the dice and the same morph. Any difference comes from their "
    "settings, their seed, or how long each trained.",
)
one = run_picker.pick_run(bar, default="lecture", title="Model A")
other = run_picker.pick_other(bar, one, default="beta-10", title="Model B")
epochs = run_picker.film(one)
with bar:
    epoch_slider(one, epochs)

differing = tasks.differences(one, other)
if differing:
    sentence = "; ".join(f"**{plain(name)}** {plain(a)} against {plain(b)}" for name, a, b in differing)
    st.markdown(f"They differ in: {sentence}.")
else:
    st.markdown("They have the same settings. Any difference comes from chance, or from when they were stopped.")
maps.side_by_side(one, other, epochs)

drawing = st.session_state.get("drawing")
drawn = drawing is not None and drawing.any()
rows_a, rows_b, left_out = tasks.rows(one, other, epochs, drawing if drawn else None)
left, right = st.columns(2, gap="medium")
with left:
    st.markdown("#### Model A")
    image_rows("compared_a", one.id, epochs, rows_a)
with right:
    st.markdown("#### Model B")
    image_rows("compared_b", one.id, epochs, rows_b)
if not drawn:
    st.page_link("pages/draw.py", label="Draw your own, and both will get it too", icon=":material/draw:")
if run_picker.film(other) != epochs:
    left_out.append("The slider moves A; B shows the nearest of its epochs that are kept.")
st.caption(" ".join(left_out))
if one.config.is_vae != other.config.is_vae and any(row.label == "Morph" for row in rows_a):
    st.caption(claims.tell("fair-compare"))

st.markdown("#### Their losses")
curves = tasks.curves([one, other])
duel_curves(curves)
st.caption(
    "Test pictures after each epoch, z sampled, nats per picture. A: solid line. B: dashed. Loss = reconstruction + "
    "beta × KL, each with its own beta. "
    + any("floor" in panel for panel in curves["panels"])
    * f"Hatched, and first in each sum: {floors.GREY}. Compare the rest."
    + f" {tasks.are_comparable(one, other)}",
    help=glossary.tips("test", "nat", "kl"),
)
table.side_by_side(one, other)
for column, run, name in zip(st.columns(2), (one, other), "AB", strict=True):
    with column:
        reference_panel.panel(run, run.status(), name=name, why=False)
