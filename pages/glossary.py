"""Glossary: every term in plain words, with its formula and the pages on which one can touch it."""

import streamlit as st

from ui.shell import browser_input, pages
from ui.shell.errors import plain
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.text import glossary
from ui.text.glossary import Term
from ui.understand.glossary_links import glossary_links
from vae_core.paths import ROOT

through_app()

st.html(ROOT / "static" / "understand" / "glossary.css")
page_bar("glossary", "Every word that these pages use, in plain words, with its formula in the lecture’s colours:")
st.html(
    '<p class="ll-key-of-colours">'
    + " ".join(f'<b class="{name}">{words}</b>' for name, words in glossary.PAINTED.items())
    + "</p>"
)


def index(letters: dict[str, list[str]]) -> None:
    """All terms in short, each a link to its place on the page (``glossary_links.js``)."""
    groups = []
    for letter, keys in letters.items():
        first, *rest = (f'<a href="?term={key}" data-jump="{key}">{glossary.ALL[key].name}</a>' for key in keys)
        groups.append(f"<span><span class='first'><b>{letter}</b>{first}</span>{''.join(rest)}</span>")
    st.html(f'<nav class="ll-index" aria-label="All terms">{"".join(groups)}</nav>')


def entry(key: str, term: Term, *, asked: bool = False) -> None:
    """A term: words and links, and beside them the formula."""
    with st.container(border=asked, key=f"term_{key}{'_asked' if asked else ''}"):
        words, formula = st.columns([3, 2], gap="medium", vertical_alignment="center")
        other = f" :gray[({term.other})]" if term.other else ""
        words.markdown(f"**{term.name}**{other}  \n{term.words}")
        if term.formula:
            formula.latex(term.latex)
        with words, st.container(horizontal=True, gap="small"):
            for page in term.pages:
                st.page_link(f"pages/{page}.py", label=pages.BY_NAME[page].title, icon=":material/touch_app:")
        if term.also:
            near = ", ".join(
                f'<a href="?term={key}" data-term="{key}">{glossary.ALL[key].name}</a>' for key in term.also
            )
            words.html(f'<p class="ll-also">See also: {near}</p>')


asked = browser_input.from_address("term")
if asked in glossary.ALL:
    entry(asked, glossary.ALL[asked], asked=True)
elif asked:
    st.warning(f"There is no term “{plain(asked[:60])}” here. Below are all the terms.")
text = st.text_input("Find a word", key="find", bind="query-params", placeholder="for example: bubble, penalty, noise")
matches = glossary.search(text)
if not matches:
    st.info("No term has these words in it. Try a shorter one.")
index(glossary.index(matches))
for part, terms in matches.items():
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {part}", width="content")
        st.html('<a class="ll-up" href="?" data-jump="">↑ All terms</a>', width="content")
    for key, term in terms.items():
        entry(key, term)
glossary_links(asked)
