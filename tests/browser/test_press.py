"""A page that grows while a button is pressed does not take the click away."""

from __future__ import annotations

import pytest

from tests.browser.test_browser import settle

DICE = ".st-key-new_samples button"
SEED = "() => new URLSearchParams(location.search).get('seed')"
GROW = """selector => {
  const button = document.querySelector(selector), block = document.createElement("div");
  block.style.height = "200px";
  button.closest("[data-testid=stVerticalBlock]").before(block);
}"""


@pytest.mark.parametrize("far", [0, 30])
def test_a_button_that_moves_between_press_and_release_is_pressed_unless_the_pointer_moves_too(server, open_page, far):
    page = open_page(server.url + "/generate?run=lecture&seed=5")
    page.wait_for_selector(DICE)
    settle(page)
    page.hover(DICE)
    box = page.locator(DICE).bounding_box()
    page.mouse.down()
    page.evaluate(GROW, DICE)
    assert page.locator(DICE).bounding_box()["y"] > box["y"] + 100
    page.mouse.move(box["x"] + box["width"] / 2 + far, box["y"] + box["height"] / 2)
    page.mouse.up()
    settle(page)
    assert (page.evaluate(SEED) == "5") == bool(far)


def test_a_button_that_stays_is_pressed_once(server, open_page):
    page = open_page(server.url + "/generate?run=lecture&seed=5")
    page.wait_for_selector(DICE)
    settle(page)
    page.evaluate(
        "s => document.querySelector(s).addEventListener('click', () => (window.clicks = 1 + (window.clicks ?? 0)))",
        DICE,
    )
    page.click(DICE)
    settle(page)
    assert page.evaluate("window.clicks") == 1
