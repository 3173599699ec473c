"""All runs: what is going on, what is finished, what is broken and why."""

import streamlit as st

from ui import live, picker, readers
from ui.guard import one_sentence, plain, through_app

through_app()

picker.head("Runs", "Your trainings, newest first, then our gallery. Broken ones are listed with the reason.")

known = readers.known_runs()
own = [(run, trouble) for run, trouble in known if not run.gallery]
gallery = [(run, trouble) for run, trouble in known if run.gallery]
if not own:
    st.info("You have not trained a model yet.")
    st.page_link("pages/train.py", label="Train one", icon=":material/play_circle:")
for title, part in (("Yours", own), ("Gallery", gallery)):
    if part:
        st.markdown(f"#### {title}")
    for run, trouble in part:
        with st.container(border=True), one_sentence():
            words, links = st.columns([3, 2], vertical_alignment="center")
            if trouble:
                words.markdown(f":red-badge[:material/error: broken] &nbsp; **{plain(run.id)}**  \n{plain(trouble)}")
                continue
            status = run.status()
            colour, icon = live.BADGES[status.state]
            badge = "" if run.gallery else f":{colour}-badge[:material/{icon}: {status.state}] &nbsp; "
            words.markdown(f"{badge}**{plain(picker.label(run))}**  \n:gray[{live.summary(run, status)}]")
            with links, st.container(horizontal=True, horizontal_alignment="right"):
                st.page_link("pages/train.py", label="Curves", query_params={"run": run.id})
                if picker.film(run):
                    st.page_link("pages/latent.py", label="Map", query_params={"run": run.id})
                    st.page_link("pages/generate.py", label="Samples", query_params={"run": run.id})
                    st.page_link("pages/morph.py", label="Morph", query_params={"run": run.id})
