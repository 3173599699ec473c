"""Each link of the lesson opens just the state that it promises, and both sheets print on one page."""

from __future__ import annotations

import base64
import re

import pytest

from tests.browser.test_browser import settle
from ui.lesson import plan, sheets

PAPERS = {"A4": (8.27, 11.69), "Letter": (8.5, 11.0)}  # inches


def test_each_link_opens_its_state(server, open_page):
    page = open_page(server.url + "/lesson", width=1280, height=900)
    settle(page)
    links = [link for step in plan.STEPS for link in step.links]
    shown = page.locator("[data-testid=stLinkButton] a")
    assert [shown.nth(k).get_attribute("href") for k in range(shown.count())] == [link.address for link in links]
    with page.context.expect_page() as opened:  # beside the lesson, which stays
        shown.first.click()
    opened.value.wait_for_selector(links[0].shows)
    opened.value.close()
    for link in links[1:]:
        page.goto(f"{server.url}/{link.address}")
        page.wait_for_selector(link.shows)


@pytest.mark.parametrize("make", [sheets.worksheet, sheets.answers], ids=["worksheet", "answers"])
def test_a_sheet_prints_on_one_page_of_either_paper(chromium, tmp_path, make):
    file = tmp_path / "sheet.html"
    file.write_text(make(), encoding="utf-8")
    context = chromium.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(file.as_uri())
    session = context.new_cdp_session(page)
    for width, height in PAPERS.values():
        printed = session.send("Page.printToPDF", {"paperWidth": width, "paperHeight": height, "printBackground": True})
        pdf = base64.b64decode(printed["data"])
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    context.close()
