"""What /loss, /bubbles, /noise and /autoencoder send is what a second computation finds (``benchmarks.recomputed``)."""

from __future__ import annotations

import pytest

from benchmarks.recomputed import sent
from benchmarks.recomputed.__main__ import FILE, PAGES
from tests.pages.test_pages import _here  # noqa: F401  (the visitor's runs, kept apart)


@pytest.mark.parametrize("page", PAGES)
def test_every_number_of_a_page_is_that_of_a_second_computation(page):
    found, table = PAGES[page].recomputed(whole=False)
    assert {row.what: row.largest for row in table if row.largest > row.bound} == {}
    assert sent.not_compared(found) == []
    assert sum(row.count for row in table) > 10_000


def test_a_number_that_nobody_looked_at_is_found():
    data = sent.Fields({"title": "x", "models": [{"beta": 1.0, "kl": 2.0}, {"beta": 2.0, "kl": 3.0}], "reach": 4.0})
    assert data["models"][0]["beta"] and sent.not_compared(sent.Sent({"a": [data]}, {}, {})) == [
        ".models.beta", ".models.kl", ".reach",
    ]  # fmt: skip


def test_what_was_found_of_every_number_is_written_down():
    """Written anew by ``python -m benchmarks.recomputed``."""
    text = FILE.read_text("utf-8")
    assert all(f"## /{page}" in text for page in PAGES)
    rows = [
        line.split("|")[4:6]
        for line in text[text.index("## /") :].splitlines()
        if line.count("|") == 7 and "---" not in line
    ]
    differences = [(float(each[0]), float(each[1])) for each in rows if each[0].strip() != "largest difference"]
    assert len(differences) > 70 and all(largest <= bound for largest, bound in differences)
