"""The start page and the tour, as a first-time visitor takes them."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.browser.test_browser import EPOCH_RANGE, PIXELS, SET_RANGE, gallery, settle, unpacked
from ui.text.tour_steps import STEPS, Step
from vae_core.analysis.sampling import decode, encode
from vae_core.training.checkpoint import load_model

TERM = ".ll-living .term."


# All that the picture says and shows, at one moment: it moves by itself.
SEEN = f"""() => {{
  const pixels = {PIXELS}, words = (term) => document.querySelector("{TERM}" + term).textContent;
  return {{
    ...Object.fromEntries(["mean", "eps", "std", "z"].map((term) => [term, words(term)])),
    at: document.querySelector(".ll-living .map").dataset.z,
    x: pixels("figure.x canvas"), image: pixels(".ll-living .image"),
  }};
}}"""


def seen(page, arrived: str = "true") -> dict[str, np.ndarray]:
    """The numbers under the picture, where z stands on the map, and both pictures, once z stands where it is said to.

    ``arrived``: what must be so besides, in the browser.
    """
    found = page.wait_for_function(
        f"""() => {{
          const now = ({SEEN})(), z = now.at.split(",").map(Number);
          const said = now.z.replaceAll("−", "-").match(/-?\\d+\\.\\d+/g).map(Number);
          return {arrived} && z.every((v, k) => Math.abs(v - said[k]) < 0.0051) && now;
        }}"""
    ).json_value()
    terms = {name: re.findall(r"-?\d+\.\d+", found[name].replace("−", "-")) for name in ("mean", "eps", "std", "z")}
    return {
        **{name: np.array(values, float) for name, values in terms.items()},
        "at": np.array(found["at"].split(","), np.float32),
        "x": unpacked(found["x"]),
        "image": unpacked(found["image"]),
    }


def test_the_living_picture_is_what_the_core_computes(server, open_page):
    page = open_page(server.url)
    page.wait_for_selector(TERM + "z")
    settle(page)
    sent = len(page.sent)
    model = load_model(gallery("two-knobs"), 20)
    page.click(".ll-living .chooser button >> text=7")
    first = seen(page, "document.querySelector('figure.x canvas').ariaLabel === 'A handwritten 7'")
    page.click(".ll-living .dice")
    now = seen(page, "document.querySelector('.ll-living .map').dataset.throws === '1'")
    assert (now["eps"] != first["eps"]).any()
    assert (now["x"] == first["x"]).all()
    mean, logvar = encode(model, now["x"].astype(np.uint8)[None])
    np.testing.assert_allclose(now["mean"], mean[0], atol=0.011)
    np.testing.assert_allclose(now["std"], np.exp(logvar[0] / 2), atol=0.011)
    np.testing.assert_allclose(now["z"], now["mean"] + now["eps"] * now["std"], atol=0.03)
    assert np.abs(now["image"] - decode(model, now["at"]).astype(int).ravel()).max() <= 1

    box = page.locator(".ll-living .map").bounding_box()
    places = []
    for across in (0.4, 0.7):  # z follows the pointer
        page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * 0.5)
        now = seen(page)
        assert np.abs(now["image"] - decode(model, now["at"]).astype(int).ravel()).max() <= 1
        places.append(now["at"])
    assert places[1][0] > places[0][0] + 0.1 and places[1][1] == pytest.approx(places[0][1], abs=0.02)
    page.hover(".ll-living .box.decoder")
    assert "torch.sigmoid" in page.locator(".ll-living .explain code").text_content()
    assert len(page.sent) == sent


def test_left_alone_it_throws_by_itself_unless_the_visitor_wants_rest(server, open_page):
    page = open_page(server.url)
    page.wait_for_selector(TERM + "z")
    before = page.locator(TERM + "z").text_content()
    page.wait_for_function("t => document.querySelector('.ll-living .term.z').textContent !== t", arg=before)


# What stood there before is known to the tour.
TOUR_LOOKED = "document.querySelector('.st-key-tour_bar .ll')?.from !== undefined"


def act(page, step: Step) -> None:
    """Do what a step of the tour asks for."""
    done = step.done
    if "attribute" in done:
        for _ in range(done["least"]):
            page.click(".ll-living .dice")
    elif step.page == "train":
        page.click(".st-key-start_training button")
    elif "epochs" in done:
        page.evaluate(SET_RANGE, [EPOCH_RANGE, 0])
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
        page.wait_for_function(TOUR_LOOKED)
        page.focus(done["moved"])
        for _ in range(3):
            page.keyboard.press("ArrowRight")
    elif "changed" in done:
        page.wait_for_function(TOUR_LOOKED)
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
    for number, step in enumerate(STEPS):
        page.wait_for_selector(f".st-key-tour_bar small >> text=step {number + 1} of {len(STEPS)}")
        page.wait_for_selector("h1, h2")
        settle(page)
        assert f"tour={number}" in page.url
        act(page, step)
        page.wait_for_selector(".st-key-tour_bar .done >> text=Done")
        server.stop_trainers()
        if number == 2:  # a reload loses nothing
            page.reload()
            page.wait_for_selector(f".st-key-tour_bar small >> text=step {number + 1} of")
        if number < len(STEPS) - 1:
            page.click(".st-key-tour_bar button.next")
    page.click(".st-key-tour_bar button.leave")
    page.wait_for_selector(".st-key-tour_bar", state="detached")


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
    page.click(".st-key-tour_door button >> text=Continue at step 4")
    page.wait_for_selector(".st-key-tour_bar small >> text=step 4")


def test_a_link_that_the_keyboard_has_reached_is_outlined(server, open_page):
    page = open_page(server.url)
    page.wait_for_selector("[data-testid=stPageLink-NavLink]")
    for link in ("stTopNavLink", "stPageLink-NavLink"):
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("Tab")  # from here on the focus is the keyboard's
        page.locator(f"[data-testid={link}]").first.focus()
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", link


# Choose a digit, and see what is then drawn.
CHOSEN = """async (digit) => {
  const map = document.querySelector(".ll-living .map");
  delete map.dataset.lens;
  [...document.querySelectorAll(".ll-living .chooser button")].find((b) => b.textContent === digit).click();
  while (!map.dataset.lens) await new Promise(requestAnimationFrame);
  return { ...map.dataset, wide: map.clientWidth, digit: document.querySelector("figure.x canvas").ariaLabel };
}"""


def test_the_lens_covers_no_class_label(server, open_page):
    page = open_page(server.url)
    page.wait_for_selector(TERM + "z")
    wide = set()
    for width in (390, 800, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(
            "map => Math.abs(document.querySelector(map).width - document.querySelector(map).clientWidth) < 3",
            arg=".ll-living .map",
        )
        for digit in "01234":
            drawn = page.evaluate(CHOSEN, digit)
            assert drawn["digit"] == f"A handwritten {digit}"
            wide.add(drawn["wide"])
            x, y, radius = (float(v) for v in drawn["lens"].split(","))
            labels = np.array(drawn["labels"].split(","), float).reshape(-1, 2)
            assert len(labels) == 10
            assert x - radius >= 0 and x + radius <= drawn["wide"], (width, digit)
            assert (np.hypot(*(labels - [x, y]).T) > radius + 8).all(), (width, digit)
    assert len(wide) == 3
