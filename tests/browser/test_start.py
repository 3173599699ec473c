"""The start page and the tour, as a first-time visitor takes them."""

from __future__ import annotations

import re

import numpy as np

from tests.browser.test_browser import EPOCH_RANGE, SET_RANGE, gallery, pixels, settle
from ui import tour
from vae_core.checkpoint import load_model
from vae_core.explore import decode, encode

TERM = ".ll-living .term."


def numbers(page, term: str) -> np.ndarray:
    text = page.locator(TERM + term).text_content().replace("−", "-")
    return np.array(re.findall(r"-?\d+\.\d+", text), float)


def test_the_living_picture_is_what_the_core_computes(server, open_page):
    page = open_page(server.url)
    page.wait_for_selector(TERM + "z")
    settle(page)
    sent = len(page.sent)
    page.click(".ll-living .chooser button >> text=7")
    page.click(".ll-living .dice")
    page.wait_for_timeout(800)
    model = load_model(gallery("two-knobs"), 10)
    x = pixels(page, "figure.x canvas").astype(np.uint8)
    mean, logvar = encode(model, x[None])
    np.testing.assert_allclose(numbers(page, "mean"), mean[0], atol=0.011)
    np.testing.assert_allclose(numbers(page, "std"), np.exp(logvar[0] / 2), atol=0.011)
    np.testing.assert_allclose(
        numbers(page, "z"), numbers(page, "mean") + numbers(page, "eps") * numbers(page, "std"), atol=0.03
    )
    z = np.array(page.locator(".ll-living .map").get_attribute("data-z").split(","), np.float32)
    assert np.abs(pixels(page, ".ll-living .image") - decode(model, z).astype(int).ravel()).max() <= 1

    box = page.locator(".ll-living .map").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5)
    page.wait_for_timeout(200)
    z = np.array(page.locator(".ll-living .map").get_attribute("data-z").split(","), np.float32)
    np.testing.assert_allclose(numbers(page, "z"), z, atol=0.006)
    assert np.abs(pixels(page, ".ll-living .image") - decode(model, z).astype(int).ravel()).max() <= 1
    page.hover(".ll-living .box.decoder")
    assert "torch.sigmoid" in page.locator(".ll-living .explain code").text_content()
    assert len(page.sent) == sent


def test_left_alone_it_throws_by_itself_unless_the_visitor_wants_rest(server, open_page):
    page = open_page(server.url)
    page.wait_for_selector(TERM + "z")
    before = page.locator(TERM + "z").text_content()
    page.wait_for_function("t => document.querySelector('.ll-living .term.z').textContent !== t", arg=before)


def act(page, step: tour.Step) -> None:
    """Do what a step of the tour asks for."""
    done = step.done
    if "attribute" in done:
        for _ in range(done["least"]):
            page.click(".ll-living .dice")
    elif step.page == "train":
        page.click(".st-key-start_training button")
    elif "epochs" in done:
        page.wait_for_selector(".js-plotly-plot[data-epoch]")
        page.evaluate(SET_RANGE, [EPOCH_RANGE, 0])
        page.wait_for_timeout(500)
        page.click(".st-key-epoch_slider button.play")
    elif done.get("address") == "dot":
        page.fill(".st-key-dot input", "12")
        page.press(".st-key-dot input", "Enter")
    elif step.page == "missions":
        page.wait_for_selector("[role=radiogroup] label")
        settle(page)
        page.locator("[role=radiogroup] label").first.click()
        page.wait_for_selector(".st-key-commit_mission button:not([disabled])")
        page.click(".st-key-commit_mission button")
    elif "click" in done:
        page.wait_for_selector(done["click"])
        settle(page)
        page.click(done["click"])
    elif "moved" in done:
        page.wait_for_selector(done["moved"])
        settle(page)
        page.focus(done["moved"])
        for _ in range(3):
            page.keyboard.press("ArrowRight")
    elif "changed" in done:
        page.wait_for_selector(done["selector"])
        settle(page)
        page.wait_for_timeout(500)
        key = done["selector"].split()[0]
        if step.page == "autoencoder":
            page.focus(f"{key} canvas[tabindex='0']")
        else:
            page.focus(f"{key} input[type=range]")
        for _ in range(3):
            page.keyboard.press("ArrowLeft")
    elif step.page == "draw":
        page.wait_for_selector(".ll-pad canvas")
        settle(page)
        box = page.locator(".ll-pad canvas").bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.8, steps=6)
        page.mouse.up()


def test_the_tour_from_the_door_to_the_end(server, open_page):
    page = open_page(server.url, width=390, height=760)  # where the door is far down
    page.click(".st-key-tour_door button.next")
    page.wait_for_function("document.activeElement?.closest('.st-key-tour_bar')")
    assert 0 < page.locator(".st-key-tour_bar").bounding_box()["y"] < 200
    page.set_viewport_size({"width": 1400, "height": 1000})
    for number, step in enumerate(tour.STEPS):
        page.wait_for_selector(f".st-key-tour_bar small >> text=step {number + 1} of {len(tour.STEPS)}")
        page.wait_for_selector("h1, h2")
        settle(page)
        assert f"tour={number}" in page.url
        act(page, step)
        page.wait_for_selector(".st-key-tour_bar .done >> text=Done")
        if number == 2:  # a reload loses nothing
            page.reload()
            page.wait_for_selector(f".st-key-tour_bar small >> text=step {number + 1} of")
        if number < len(tour.STEPS) - 1:
            page.click(".st-key-tour_bar button.next")
    page.click(".st-key-tour_bar button.leave")
    page.wait_for_selector(".st-key-tour_bar", state="detached")
    server.stop_trainers()


def test_the_tour_can_be_left_and_taken_up_again(server, open_page):
    page = open_page(server.url + "/latent?run=two-knobs&tour=3")
    page.wait_for_selector(".st-key-tour_bar small >> text=step 4")
    page.click("[data-testid=stTopNavLink] >> text=Morph")
    page.wait_for_selector(".st-key-tour_bar button >> text=Take me there")
    page.click(".st-key-tour_bar button.next")
    page.wait_for_url(re.compile("/latent.*tour=3"))
    settle(page)
    page.click(".st-key-tour_bar button.leave")
    page.wait_for_selector(".st-key-tour_bar", state="detached")
    page.goto(server.url)  # another visit
    page.click(".st-key-tour_door button >> text=Go on at step 4")
    page.wait_for_selector(".st-key-tour_bar small >> text=step 4")


def test_a_link_that_the_keyboard_has_reached_is_outlined(server, open_page):
    page = open_page(server.url)
    page.wait_for_selector("[data-testid=stPageLink-NavLink]")
    for link in ("stTopNavLink", "stPageLink-NavLink"):
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("Tab")  # from here on the focus is the keyboard's
        page.locator(f"[data-testid={link}]").first.focus()
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", link


def test_the_lens_covers_no_class_label(server, open_page):
    page = open_page(server.url)
    page.wait_for_selector(TERM + "z")
    for width in (390, 800, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(600)
        for digit in "01234":
            page.click(f".ll-living .chooser button >> text={digit}")
            page.wait_for_timeout(150)
            seen = page.eval_on_selector(".ll-living .map", "map => ({ ...map.dataset, wide: map.clientWidth })")
            x, y, radius = (float(v) for v in seen["lens"].split(","))
            labels = np.array(seen["labels"].split(","), float).reshape(-1, 2)
            assert len(labels) == 10
            assert x - radius >= 0 and x + radius <= seen["wide"], (width, digit)
            assert (np.hypot(*(labels - [x, y]).T) > radius + 8).all(), (width, digit)
