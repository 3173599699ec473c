"""Every page, in light and in dark: axe-core finds no serious violation, and nothing is wider than the screen."""

from __future__ import annotations

import pytest

from tests.browser.test_browser import PAGES, settle

# What a page shows only after a choice.
CHOSEN = ["latent?run=lecture&view=UMAP&dot=5", "generate?part=Knobs", "?tour=0"]
SERIOUS = ("serious", "critical")
MAIN = "document.querySelector('[data-testid=stMain]')"


@pytest.mark.timeout(400)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_violation(server, open_page, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page, found = open_page(server.url, scheme=scheme), []
    for path in [*PAGES, *CHOSEN]:
        page.goto(f"{server.url}/{path}")
        page.wait_for_selector("h1, h2, h3")
        settle(page)
        page.wait_for_timeout(500)
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in SERIOUS:
                found.append((path, violation["id"], [node["html"][:200] for node in violation["nodes"]]))
    assert not found


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("width", "scheme"), [(380, "dark"), (1600, "light")])
def test_a_page_fits_its_screen(server, open_page, width, scheme):
    page, found = open_page(server.url, width=width, scheme=scheme), []
    for path in PAGES:
        page.goto(f"{server.url}/{path}")
        page.wait_for_selector("h1, h2, h3")
        settle(page)
        if page.evaluate(f"{MAIN}.scrollWidth - {MAIN}.clientWidth") > 0:
            found.append((path, "is wider than the screen"))
        if page.locator("[data-testid=stException]").count():
            found.append((path, "shows an exception"))
    assert not found
