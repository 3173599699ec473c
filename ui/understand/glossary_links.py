"""Links from one term of the glossary to another."""

from __future__ import annotations

from ui.components.bridge import component
from ui.shell import browser_input
from ui.text import glossary

_glossary = component("glossary", "understand/glossary_links.js")


def glossary_links(asked: str | None) -> None:
    """Makes the links between terms (``a[data-term]``) lead to the term on this page; ``asked``: the one on top."""

    def follow() -> None:
        if term := browser_input.word(browser_input.sent("glossary_links", "term"), glossary.ALL):
            browser_input.set_address(term=term)

    _glossary(key="glossary_links", data={"asked": asked}, on_term_change=follow)
