"""Small things that a visitor to the lecture's ideas would miss: the way on, a word where nothing happens, keys."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser.test_browser import SET_RANGE, pixels, settle
from tests.browser.test_ideas import drag
from ui.components import browser_decoder
from ui.store import cache
from ui.store.gallery import gallery, last
from vae_core.analysis import settling


def test_the_way_on_stays_in_sight_when_a_step_was_done_far_down(server, open_page):
    for width in (1280, 390):
        page = open_page(server.url + "/loss?tour=8")
        page.set_viewport_size({"width": width, "height": 760})
        page.wait_for_selector(".st-key-tradeoff [data-ready='1']")
        settle(page)
        page.focus(".st-key-tradeoff input[type=range]")
        page.keyboard.press("Home")
        page.wait_for_selector(".st-key-tour_bar .done >> text=Done")
        page.locator(".st-key-tradeoff .invented").scroll_into_view_if_needed()
        box = page.locator(".st-key-tour_bar button.next").bounding_box()
        assert 0 < box["y"] < 760 - box["height"], width
        page.click(".st-key-tour_bar button.next")
        page.wait_for_url("**/missions*")
        page.close()


def test_one_digit_alone_overlaps_with_no_other(server, open_page):
    page = open_page(server.url + "/bubbles?digits=3&epoch=2.5")  # no such epoch: the last one
    settle(page)  # what comes above would push them out of sight again
    page.locator(".st-key-bubbles").scroll_into_view_if_needed()  # they come once they are seen
    page.wait_for_selector("section[data-run=two-knobs-beta-4][data-epoch='20'][data-shown='12'][data-touching='0']")
    page.click(".digits button >> nth=9")
    page.wait_for_selector("section[data-run=two-knobs-beta-4][data-shown='24']:not([data-touching='0'])")


def test_a_number_of_the_code_is_picked_by_keyboard(server, open_page):
    page = open_page(server.url + "/loss?run=lecture")
    page.wait_for_selector(".st-key-penalty .facts >> text=20 circles")
    settle(page)
    page.focus(".st-key-penalty .which input")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector(".st-key-penalty .facts >> text=number 3: v =")
    page.keyboard.press("Home")
    page.wait_for_selector(".st-key-penalty .facts >> text=20 circles")


COLOURED = """() => {
    const canvas = document.querySelector('.st-key-pixel .chart');
    if (!canvas?.width) return false;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((v, i) => i % 4 === 0 && data[i + 3] > 200 && data[i + 1] - v > 90);
}"""


def test_a_chart_has_its_colours_though_the_style_comes_late(server, open_page):
    page, held = open_page("about:blank"), []
    page.route("**/style.css*", lambda route: held.append(route))
    page.goto(server.url + "/loss")
    # All else that the chart needs is here, and there were two frames to draw it in.
    page.wait_for_function("performance.getEntriesByType('resource').some((e) => e.name.includes('/pixel.js'))")
    page.evaluate("() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")
    assert held
    for route in held:
        route.continue_()
    page.unroute("**/style.css*")
    page.wait_for_function(COLOURED)


def test_a_bubble_settles_and_what_it_saves_is_what_torch_finds(server, open_page):
    page = open_page(server.url + "/bubbles")
    scene = ".st-key-settling .ll-settling"
    page.click(f"{scene} .pictures button >> nth=7")
    settle(page)
    page.click(f"{scene} .go")
    page.wait_for_selector(f"{scene}[data-steps='180'] .go:disabled", timeout=180_000)
    settle(page)
    run = gallery("two-knobs")
    places = cache.examples(str(run.path))
    found = settling.settle(cache.model(str(run.path), last(run)), cache.originals(run, places)[7:8], "bce", 1.0)
    shown = {name: float(page.locator(scene).get_attribute(f"data-{name}")) for name in ("gap", "error", "moved")}
    assert shown["gap"] > 0 and shown["gap"] == pytest.approx(found.gap(1.0)[0], abs=6 * shown["error"] + 0.2)
    assert shown["moved"] == pytest.approx(found.moved()[0], abs=0.25)
    mean = found.own_mean
    assert np.abs(pixels(page, f"{scene} .new") / 255 - browser_decoder.decoded(run, last(run), mean)).mean() < 0.02
    page.click(f"{scene} .back")
    page.wait_for_selector(f"{scene}[data-steps='0']")


def test_a_step_pushes_the_variance_below_zero_and_never_its_logarithm(server, open_page):
    page = open_page(server.url + "/noise")
    scene = ".st-key-log_variance .ll"
    page.wait_for_selector(f"{scene}[data-variance='1']")
    for _ in range(20):
        page.click(f"{scene} .down")
    shown = page.locator(scene)
    assert 1 <= int(shown.get_attribute("data-broke")) < 20
    assert shown.get_attribute("data-variance") == "NaN" and float(shown.get_attribute("data-logarithm")) < 0
    assert "no number" in page.locator(f"{scene} [data-says=variance] .facts").text_content()
    assert "no number" not in page.locator(f"{scene} [data-says=logarithm] .facts").text_content()
    page.click(f"{scene} .anew")
    page.evaluate(SET_RANGE, [f"{scene} [data-says=variance] input", -0.3])
    page.wait_for_selector(f"{scene} .say >> text=here the training would be over")


def test_the_same_picture_is_lit_in_both_spaces_and_both_networks(server, open_page):
    page = open_page(server.url + "/autoencoder")
    scene = ".st-key-two_spaces .ll"
    page.wait_for_selector(f"{scene} .diagram image[href^='data:']")
    page.click(f"{scene} .digits button >> nth=8")
    page.wait_for_selector(f"{scene} .digits button:nth-child(9)[aria-pressed=true]")
    before = page.locator(scene).get_attribute("data-lit")
    first = [image.get_attribute("href") for image in page.locator(f"{scene} .diagram image").all()]
    assert first[0] == first[2] and len(set(first)) == 3  # one picture, and the copy of each
    drag(page, f"{scene} .codes", (0.3, 0.3), (0.6, 0.6))
    assert page.locator(scene).get_attribute("data-lit") != before
    settle(page)
    lit = page.locator(scene).get_attribute("data-lit")
    page.reload()
    page.wait_for_selector(f"{scene}[data-lit='{lit}']")
