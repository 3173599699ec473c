"""Every page, light and wide, dark and narrow: no serious violation by axe-core, and nothing wider than the screen."""

from __future__ import annotations

import pytest

from tests.browser.test_browser import PAGES, settle

# What a page shows only after a choice.
CHOSEN = ["latent?run=lecture&view=UMAP&dot=5", "generate?part=Knobs", "?tour=0"]
SERIOUS = ("serious", "critical")
OURS = {"exclude": [["[data-testid=stSidebar]"]]}  # a phone's menu is Streamlit's: a list with a div in it
MAIN = "document.querySelector('[data-testid=stMain]')"


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1600), ("dark", 380)])
def test_every_page_can_be_used_by_all_and_fits_its_screen(server, open_page, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    page, found = open_page(server.url, scheme=scheme, width=width), []
    for path in [*PAGES, *CHOSEN]:
        page.goto(f"{server.url}/{path}")
        page.wait_for_selector("h1, h2, h3")
        settle(page)
        if page.evaluate(f"{MAIN}.scrollWidth - {MAIN}.clientWidth") > 0:
            found.append((path, "is wider than the screen"))
        if page.locator("[data-testid=stException]").count():
            found.append((path, "shows an exception"))
        page.wait_for_timeout(500)  # what fades in has no contrast yet
        for violation in Axe().run(page, OURS).response["violations"]:
            if violation["impact"] in SERIOUS:
                found.append((path, violation["id"], [node["html"][:200] for node in violation["nodes"]]))
    assert not found
