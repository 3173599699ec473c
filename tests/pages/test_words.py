"""The pages' words can be read at school: grade 9 or below (Flesch & Kincaid 1975), the glossary aside."""

from __future__ import annotations

import re

import pytest

from tests.pages.test_pages import PAGES, show

GRADE = 9.0
FREE = {"glossary"}


def told(app) -> str:
    """All sentences of a page: texts and their tooltips, without markdown, code and formulas."""
    texts = []
    for kind in ("markdown", "caption", "info", "warning", "success"):
        for element in app.get(kind):
            texts += [element.value, getattr(element.proto, "help", "")]
    markup = r"\[([^]]*)\]\([^)]*\)|[*_#`]|:material/\w+:|:[\w-]+\[|\]|\$[^$]*\$"
    plain = [re.sub(markup, r"\1", text) for text in texts]
    sentences = [text.strip() for text in plain if len(text.split()) > 5]
    return " ".join(text if text[-1] in ".!?" else text + "." for text in sentences)


@pytest.mark.parametrize("page", [page for page in PAGES if page not in FREE])
def test_a_page_reads_at_grade_nine_or_below(page):
    import textstat

    words = told(show(page))
    assert len(words.split()) > 15
    grade = textstat.flesch_kincaid_grade(words)
    assert grade <= GRADE, f"grade {grade:.1f}: {words}"
