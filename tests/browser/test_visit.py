"""How a visit begins: at the newest epoch, and on a shared server with a name."""

from __future__ import annotations

from tests.browser.test_browser import EPOCH_RANGE, SET_RANGE, settle
from tests.browser.test_hosted import shared  # noqa: F401 (fixture)


def test_a_fresh_visit_begins_at_the_newest_epoch_and_the_untrained_model_is_called_so(server, open_page):
    page = open_page(server.url + "/draw?run=lecture")
    page.wait_for_selector(EPOCH_RANGE)
    settle(page)
    untrained = page.locator(".st-key-epoch_slider output >> text=untrained")
    assert not untrained.is_visible()
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 0])
    untrained.wait_for()
    page.wait_for_function("() => location.search.includes('epoch=0')")
    page.reload()  # the address names it
    untrained.wait_for()
    page.goto(server.url + "/draw?run=lecture")
    page.wait_for_selector(EPOCH_RANGE)
    settle(page)
    assert not untrained.is_visible()
    assert page.evaluate("s => { const e = document.querySelector(s); return e.value === e.max; }", EPOCH_RANGE)


def test_what_needs_a_name_waits_for_it_and_an_early_click_is_not_lost(shared, open_page):  # noqa: F811
    page = open_page("about:blank")
    held: list = []
    slow = True
    page.route("**/browser_id.js*", lambda route: held.append(route) if slow else route.continue_())
    page.goto(shared.url + "/runs")
    page.get_by_text("Import a run").click()
    page.get_by_text("Still connecting…").wait_for()
    assert not page.query_selector("[data-testid=stFileUploader]")
    page.get_by_text("Train one").first.click()
    page.click(".st-key-start_training button")
    page.get_by_text("Still connecting; it starts").wait_for()
    slow = False
    for route in held:
        route.continue_()
    page.wait_for_selector(".st-key-stop_training button")
    (run,) = shared.runs()
    assert len(run.about.owner) == 64
