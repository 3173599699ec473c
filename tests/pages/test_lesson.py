"""The lesson: its minutes, its sheets and its document, and that what it says was measured."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from tests.pages.test_pages import _here, check, show, words  # noqa: F401  (the visitor's runs, kept apart)
from ui.lesson import document, plan, sheets
from ui.shell import pages
from ui.store.gallery import gallery, last
from ui.text import claims
from ui.understand import missions

LINKS = [link for step in plan.STEPS for link in step.links]


def test_it_takes_a_lesson_and_begins_with_a_guess():
    assert sum(step.minutes for step in plan.STEPS) == plan.MINUTES
    assert plan.starts()[0] == 0 and plan.starts()[-1] + plan.STEPS[-1].minutes == plan.MINUTES
    assert all(step.say() and step.pupils_do for step in plan.STEPS)
    assert sum(len(step.thoughts) for step in plan.STEPS) >= 10


def test_the_page_says_all_of_it_and_its_links_open_the_app():
    app = show("lesson")
    check(app)
    text = words(app)
    for step in plan.STEPS:
        assert step.title in text and step.say() in text and step.pupils_do in text
        assert all(thought.pupils in text and thought.answer() in text for thought in step.thoughts)
    assert [button.proto.url for button in app.get("link_button")] == [link.address for link in LINKS]


def test_the_document_is_up_to_date():
    """Written anew by ``python -m ui.lesson.document``."""
    assert document.FILE.read_text(encoding="utf-8") == document.text()
    assert all(f"({document.SERVER}{link.address})" in document.text() for link in LINKS)


def test_what_a_teacher_takes_home_leads_back_to_their_own_app():
    taken = document.text("http://192.0.2.7:8911/")
    assert all(f"(http://192.0.2.7:8911/{link.address})" in taken for link in LINKS)
    assert document.SERVER not in taken and "python -m ui" not in taken and "truth.md" not in taken


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.address)
def test_a_link_is_understood_by_its_page(link):
    """What the browser alone decides: tests/browser/test_lesson_links.py."""
    app = show(link.page, **link.params)
    check(app)
    assert not app.warning and not app.error
    if "run" in link.params and link.page != "bubbles":
        assert app.selectbox(key="run_picker").value == link.params["run"]
    for name in {"path", "part"} & set(link.params):
        assert app.session_state[name] == link.params[name]
    if "mission" in link.params:
        assert f"#### {missions.MISSIONS[link.params['mission']].name}" in words(app)


def test_each_step_of_the_sheet_is_asked_for_in_the_lesson():
    asked = re.findall(r"\(sheet, (\d)\)", " ".join(step.pupils_do for step in plan.STEPS))
    headings = re.findall(r"<h2>(\d)\. ", sheets.worksheet())
    assert asked == headings == [str(k) for k in range(1, 9)]


def test_the_worksheet_gives_nothing_away_and_the_answers_give_all():
    empty, full = sheets.worksheet(), sheets.answers()
    assert 'class="filled"' not in empty and "blank" not in full.split("</style>")[1]
    right = missions.MISSIONS["two-numbers"].in_words(missions.right("two-numbers"))
    assert right in full and right not in empty
    assert claims.tell("lesson-dice") in full
    for page in (empty, full):
        assert "default-src 'none'" in page and "<script" not in page and "http://" not in page
        assert re.findall(r"{{\w+}}", page) == []
    marks = re.findall(r'<td class="mark"><span class="filled">(\w+)</span>', full)
    assert marks == [str(right).lower() for _, right in sheets.TRUE_OR_FALSE]


def test_numbers_in_it_are_measured():
    """Whatever has a unit, or is a share, comes from a claim."""
    said = " ".join(step.say() + " ".join(thought.answer() for thought in step.thoughts) for step in plan.STEPS)
    told = " ".join(claim.told() for key, claim in claims.CLAIMS.items() if key.startswith("lesson-"))
    for number in re.findall(r"\d[\d.]*(?:%| nats| of 10\b| of \d+)", said):
        assert number in told, number
    unsaid = [key for key in claims.CLAIMS if key.startswith("lesson-") and claims.tell(key) not in said]
    assert not unsaid


def test_4_and_9_lie_closest_together():
    """So says the lesson, of the map of two numbers."""
    run = gallery("two-knobs")
    codes, labels = run.latents(last(run)).mean, run.labels()
    middles = np.stack([np.median(codes[labels == c], axis=0) for c in range(10)])
    away = {pair: np.linalg.norm(middles[pair[0]] - middles[pair[1]]) for pair in combinations(range(10), 2)}
    assert min(away, key=away.__getitem__) == (4, 9)


def test_every_page_of_the_lesson_is_a_page():
    assert {link.page for link in LINKS} <= set(pages.BY_NAME)
