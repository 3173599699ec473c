"""axe-core finds no serious violation on any page, in light and in dark."""

from __future__ import annotations

import pytest

from tests.browser.test_browser import PAGES, settle

# What a page shows only after a choice.
CHOSEN = ["latent?run=lecture&view=UMAP&dot=5", "?tour=0"]
SERIOUS = ("serious", "critical")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, *CHOSEN])
def test_no_serious_violation(server, open_page, path, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(f"{server.url}/{path}", scheme=scheme)
    page.wait_for_selector("h1, h2, h3")
    settle(page)
    page.wait_for_timeout(1000)
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in SERIOUS]
    assert not found, [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found]
