"""All runs: what is training, what is finished, what is broken and why; rename, pin, delete, export."""

import streamlit as st

from ui.runs import cards, table
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.store import run_index
from ui.text import glossary
from vae_core.jobs.limits import hosted_limits

through_app()

page_bar(
    "runs",
    "Your runs, newest first, then our gallery. Broken ones are listed with the reason.",
    help=glossary.tips("run", "reconstruction", "kl"),
)
with st.container():  # always there: were it to come and go, all below it would be built anew
    cards.news()
known = run_index.handles()
own = [run for run in known if not run.gallery]
with st.container(horizontal=True, vertical_alignment="center"):
    if not own:
        st.markdown("You have not trained a model yet.", width="content")
        st.page_link("pages/train.py", label="Train one", icon=":material/play_circle:")
    st.page_link("pages/compare.py", label="Compare two models", icon=":material/compare_arrows:")
table.overview(known)
with st.container():
    cards.cards(known)
with st.container():
    cards.trash()
cards.arrivals()
if hosted_limits():
    st.caption(
        "This server is shared. Your runs belong to this browser: others can look at one if you send them its link, "
        "but only you can change it. Export what you want to keep."
    )
