"""Small things that a visitor to the lecture's ideas would miss: the way on, a word where nothing happens, keys."""

from __future__ import annotations

from tests.browser.test_browser import settle


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
