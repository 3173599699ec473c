"""Latent Lab: train a variational autoencoder while you watch, and walk through what it learned."""

from pathlib import Path

import streamlit as st

from ui.components import bridge
from ui.shell import prefetch, seat, tour, uploads, visitor
from ui.shell.errors import one_sentence
from ui.shell.pages import PAGES
from ui.shell.startup import one_thread, warm_up
from ui.shell.streamlit_patches import (
    AROUND,
    keep_out_nonsense,
    keep_to_the_page,
    keep_versions_apart,
    keep_what_has_not_left,
)
from ui.store.run_index import forget_replaced

keep_out_nonsense()
keep_what_has_not_left()
keep_to_the_page()
keep_versions_apart(bridge.VERSION)
HERE = Path(__file__).parent / "static"
st.set_page_config(page_title="Latent Lab", page_icon=str(HERE / "icon.svg"), layout="wide")
st.html(HERE / "page.css")
known = {
    page.name: st.Page(
        page.file, title=page.title, icon=f":material/{page.icon}:", url_path=page.address or None,
        default=page is PAGES[0],
    )
    for page in PAGES
}  # fmt: skip
sections = {page.section: [known[each.name] for each in PAGES if each.section == page.section] for page in PAGES}
page = st.navigation(sections, position="top")
st.session_state[AROUND] = True
bridge.mark_when_settled()
tour.bar(next(name for name, each in known.items() if each is page))
visitor.meet()
seat.line(next(name for name, each in known.items() if each is page))
one_thread()
uploads.limit_uploads()
forget_replaced()
with one_sentence():
    page.run()
warm_up()
prefetch.keep_going()
