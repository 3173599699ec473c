"""What stands side by side: two maps of the same test pictures; a drawing and the model's copy of it, on a phone."""

from __future__ import annotations

import numpy as np

from ui.compare import maps

from .test_browser import gallery, settle

WIDER = "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth; }"


def lit(page, side: str) -> str | None:
    return page.locator(f".st-key-compared_map_{side} canvas").get_attribute("data-lit")


def test_a_picture_pointed_at_on_one_map_lights_up_on_both(server, open_page):
    page = open_page(server.url + "/compare?run=lecture&with=beta-10", width=1280, height=800)
    page.wait_for_selector(".st-key-compared_map_b canvas[role=application]")
    settle(page)
    boxes = [page.locator(f".st-key-compared_map_{side} canvas").bounding_box() for side in "ab"]
    assert boxes[0]["y"] == boxes[1]["y"] and boxes[1]["y"] + boxes[1]["height"] < 800
    a = boxes[0]
    page.mouse.move(a["x"] + a["width"] * 0.5, a["y"] + a["height"] * 0.5)
    page.wait_for_selector(".st-key-compared_map_b canvas[data-lit]:not([data-lit=''])")
    assert lit(page, "a") == lit(page, "b")
    one, other = gallery("lecture"), gallery("beta-10")
    mine, theirs, _ = maps.linked(one, other)
    number = int(lit(page, "a"))
    label = one.labels()[np.flatnonzero(mine == number)[0]]
    assert label == other.labels()[np.flatnonzero(theirs == number)[0]]
    told = page.locator(".st-key-compared_map_b canvas").get_attribute("aria-label")
    assert told.endswith(f"a test picture of {label}")
    page.mouse.move(5, 5)
    page.wait_for_selector(".st-key-compared_map_a canvas[data-lit='']")
    page.locator(".st-key-compared_map_b canvas").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".st-key-compared_map_a canvas[data-lit]:not([data-lit=''])")
    before = lit(page, "a")
    page.keyboard.press("ArrowUp")
    page.wait_for_selector(f".st-key-compared_map_a canvas:not([data-lit='{before}'])")
    page.wait_for_selector(f".st-key-compared_map_b canvas:not([data-lit='{before}'])")
    assert lit(page, "a") == lit(page, "b")


def test_on_a_phone_the_drawing_its_copy_and_the_answer_are_seen_at_once(server, open_page):
    page = open_page(server.url + "/draw?run=lecture", width=390, height=844)
    page.wait_for_selector(".ll-pad canvas")
    settle(page)
    pad = page.locator(".ll-pad canvas").bounding_box()
    page.mouse.move(pad["x"] + pad["width"] * 0.5, pad["y"] + pad["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(pad["x"] + pad["width"] * 0.5, pad["y"] + pad["height"] * 0.8, steps=8)
    page.mouse.up()
    page.wait_for_selector(".st-key-drawn_words >> text=/of the 10 most similar test pictures show a 1/")
    settle(page)
    copy, answer, where = (
        page.locator(f".st-key-{key}").bounding_box() for key in ("drawn_rebuilt", "drawn_words", "draw_map")
    )
    pad = page.locator(".ll-pad canvas").bounding_box()
    assert copy["x"] >= pad["x"] + pad["width"] and abs(copy["y"] - pad["y"]) < 4
    assert pad["width"] > 160 and copy["width"] > 160
    assert max(pad["y"] + pad["height"], copy["y"] + copy["height"]) <= answer["y"]
    assert answer["y"] + answer["height"] <= min(844, where["y"])
    assert page.evaluate(WIDER) == 0
