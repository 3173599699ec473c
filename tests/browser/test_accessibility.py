"""Every page, light and wide, dark and narrow: no serious violation by axe-core, nothing wider than the screen, and
nothing at work while it rests."""

from __future__ import annotations

import pytest

from tests.browser.test_browser import FRAMES, PAGES, settle

# What a page shows only after a choice.
CHOSEN = ["latent?run=lecture&view=UMAP&dot=5", "generate?part=Knobs", "?tour=0"]
SERIOUS = ["serious", "critical"]
OURS = {"exclude": [["[data-testid=stSidebar]"]]}  # a phone's menu is Streamlit's: a list with a div in it
MAIN = "document.querySelector('[data-testid=stMain]')"


# What fades in has no contrast yet.
NOTHING_FADES = (
    "document.getAnimations().every((a) => a.playState !== 'running' || a.effect.getTiming().iterations === Infinity)"
)
# As by the browser's "Back": Streamlit's frontend, which costs most of a visit, stays.
GO = "url => { history.pushState({}, '', url); dispatchEvent(new PopStateEvent('popstate', { state: {} })); }"
# axe-core in a page, and of what it finds only what counts: the rest is a megabyte a page.
VIOLATIONS = """async ([axe, where, serious]) => {
  if (!window.axe) (0, eval)(axe);
  const { violations } = await window.axe.run(where, { resultTypes: ["violations"] });
  return violations.filter((v) => serious.includes(v.impact))
    .map((v) => [v.id, v.nodes.map((node) => node.html.slice(0, 200))]);
}"""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1600), ("dark", 380)])
def test_every_page_can_be_used_by_all_and_fits_its_screen(server, open_page, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    found, headings, axe = [], set(), Axe().axe_script
    plain = open_page(server.url + "/noise", scheme=scheme, width=width)
    # Plotly's map in one of them, the plain one in the other.
    mapped = open_page("about:blank", scheme=scheme, width=width, webgl=True) if scheme == "light" else plain
    for page in {plain, mapped}:  # what travels by itself is dim on its way, and stands still for who wants rest
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    settle(plain)
    for path in [*PAGES, *CHOSEN]:
        page = mapped if path.startswith("latent") else plain
        if path in PAGES and page is plain:
            page.evaluate(GO, f"/{path}")
        else:
            page.goto(f"{server.url}/{path}")
        page.wait_for_selector("h1, h2, h3")
        settle(page)
        headings.add(page.locator("h1, h2, h3").first.text_content())
        if page.evaluate(f"{MAIN}.scrollWidth - {MAIN}.clientWidth") > 0:
            found.append((path, "is wider than the screen"))
        if page.locator("[data-testid=stException]").count():
            found.append((path, "shows an exception"))
        page.wait_for_function(NOTHING_FADES)
        if frames := page.evaluate(FRAMES):
            found.append((path, "is asked for frames at rest", *frames))
        for violation in page.evaluate(VIOLATIONS, [axe, OURS, SERIOUS]):
            found.append((path, *violation))
    assert len(headings) == len(PAGES)
    assert not found
