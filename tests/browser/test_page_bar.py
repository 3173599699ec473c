"""The bar at the head of each page: low, always in sight, and close above what one looks at."""

from __future__ import annotations

import pytest

from tests.browser.test_browser import EPOCH_RANGE, settle

BAR = ".st-key-page_bar"
LOOKED_AT = {
    "latent": ".st-key-latent_scatter",
    "generate": ".st-key-sampling_grid",
    "morph": ".st-key-morph_picker",
    "draw": ".st-key-digit_pad",
    "bubbles": ".ll",
    "noise": ".ll",
    "autoencoder": ".ll",
}
TOPS = """all => all.filter(e => !e.closest('.st-key-page_bar, [class*=unseen]'))
  .map(e => e.getBoundingClientRect()).filter(box => box.height > 20).map(box => box.top)"""
UNDER_MENU = "s => document.querySelector(s).getBoundingClientRect().bottom - 60"
SCROLL = "() => document.querySelector('[data-testid=stMain]').scrollTo(0, 500)"


def box(page, selector):
    return page.locator(selector).first.bounding_box()


@pytest.mark.parametrize("address", LOOKED_AT)
def test_what_one_looks_at_begins_close_below_a_bar_that_stays(server, open_page, address):
    page = open_page(f"{server.url}/{address}", width=1280, height=800)
    page.wait_for_selector(f"{BAR} h2")
    settle(page)
    assert box(page, BAR)["height"] <= 57  # with its line
    tops = page.eval_on_selector_all(LOOKED_AT[address], TOPS)
    assert min(tops) <= 150
    if address == "draw":  # the drawing, the copy and the whole map beside each other
        beside = [box(page, part) for part in (".st-key-drawn_rebuilt", ".st-key-draw_map canvas")]
        assert max(each["y"] for each in beside) <= 150 and beside[1]["y"] + beside[1]["height"] <= 800
    page.evaluate(SCROLL)
    page.wait_for_function(f"() => document.querySelector('{BAR}').getBoundingClientRect().top === 60")


def test_on_a_phone_the_models_line_stays(server, open_page):
    page = open_page(server.url + "/generate", width=390, height=844)
    page.wait_for_selector(EPOCH_RANGE)
    settle(page)
    page.evaluate(SCROLL)
    page.wait_for_function(f"() => document.querySelector('{BAR}').getBoundingClientRect().top < 0")
    assert page.evaluate(UNDER_MENU, BAR) <= 56
    for each in (f"{BAR} .st-key-run_picker", f"{BAR} .play"):
        assert 58 <= box(page, each)["y"] < 116


def test_what_am_i_looking_at_is_an_icon_with_a_name(server, open_page):
    page = open_page(server.url + "/bubbles", width=1280, height=800)
    button = page.get_by_role("button", name="What am I looking at?")
    button.wait_for()
    settle(page)
    assert button.bounding_box()["width"] < 60
    button.click()
    page.get_by_text("Four models learned the same digits").wait_for()


def test_a_model_with_one_epoch_says_why_nothing_plays(server, open_page):
    page = open_page(server.url + "/latent?run=beta-4", width=1280, height=800)
    page.wait_for_selector(f"{BAR} output >> text=only this epoch is kept")
    assert not page.locator(f"{BAR} .play").is_visible()
