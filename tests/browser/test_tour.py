"""The tour, as a first-time visitor takes it."""

from __future__ import annotations

import re
import shutil

import numpy as np
from PIL import Image

from tests.browser.test_browser import EPOCH_RANGE, SET_RANGE, pixels, settle, start_training
from ui.text.tour_steps import STEPS, Step

CARD, VEIL = ".st-key-tour_bar .ll-tour", ".ll-tour-veil"
DONE = f"{CARD} .done >> text=Done"
# What stood there before is known to the tour.
TOUR_LOOKED = "document.querySelector('.st-key-tour_bar .ll')?.tour?.witness.begun"
TWO_FRAMES = "() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))"
# What is lit, what the card covers of it, and whether a click on its middle would reach it.
LIT = """() => {
  const { tour } = document.querySelector(".st-key-tour_bar .ll"), card = tour.card.getBoundingClientRect();
  const holes = JSON.parse(document.querySelector(".ll-tour-veil")?.dataset.holes ?? "[]");
  const boxes = tour.lit().map((node) => node.getBoundingClientRect());
  const free = holes.filter(([x, y, w, h]) =>
    x + w <= card.left || x >= card.right || y + h <= card.top || y >= card.bottom);
  const reached = holes.filter(([x, y, w, h]) => {
    const found = document.elementFromPoint(x + w / 2, y + h / 2);
    return found && !found.closest(".ll-tour, .ll-tour-veil");
  });
  return {
    things: boxes.length, holes: holes.length, free: free.length, reached: reached.length,
    around: holes.filter(([x, y, w, h]) => boxes.some((box) =>
      box.left < x + w && box.right > x && box.top < y + h && box.bottom > y)).length,
    inside: card.left >= 0 && card.right <= innerWidth && card.top >= 0 && card.bottom <= innerHeight,
  };
}"""


# Every thing that is lit can be reached, and nothing of it lies below the card.
WELL_LIT = f"""() => {{
  const seen = ({LIT})();
  return seen.inside && seen.holes > 0 && [seen.free, seen.reached, seen.around].every((count) => count === seen.holes);
}}"""


def lit(page) -> int:
    """How many things the light falls on, once the page has been scrolled there and the card stands still."""
    settle(page)
    page.wait_for_function(WELL_LIT)
    return page.evaluate(LIT)["holes"]


def act(page, step: Step) -> None:
    """Do what a step of the tour asks for."""
    rule = step.ways[-1].done[0]
    page.wait_for_function(TOUR_LOOKED)
    if step.page == "train":
        page.click(".st-key-start_training button")
        page.wait_for_selector(".ll-birth:is([data-moment], [data-time])")  # its first pictures, of which one is kept
    elif step.page == "missions":
        page.wait_for_selector(".ll-answers label")
        settle(page)
        page.locator(".ll-answers label").first.click()
        page.wait_for_selector(".st-key-commit_mission button:not([disabled])")
        page.click(".st-key-commit_mission button")
    elif "click" in rule:
        page.wait_for_selector(rule["click"])
        for _ in range(rule.get("least", 1)):
            page.click(rule["click"])
    elif "epochs" in rule:
        page.evaluate(SET_RANGE, [EPOCH_RANGE, 0])
        page.click(".st-key-epoch_slider button.play")
    elif "address" in rule:
        page.fill(".st-key-dot input", "12")
        page.press(".st-key-dot input", "Enter")
    elif "input" in rule:
        page.focus(rule["input"])
        for key in ("ArrowRight", "ArrowLeft"):  # what plays stops at the first, which moves nothing at its end
            page.keyboard.press(key)
    elif step.page == "draw":
        page.wait_for_selector(".ll-pad canvas")
        box = page.locator(".ll-pad canvas").bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.8, steps=6)
        page.mouse.up()
    else:
        key = rule["selector"].split()[0]
        page.focus(f"{key} canvas[tabindex='0']" if step.page == "autoencoder" else f"{key} input[type=range]")
        for _ in range(3):
            page.keyboard.press("ArrowLeft")


def test_the_tour_from_the_door_to_the_end(server, open_page):
    """On each page the light falls on what is spoken of, the card beside it; what was so before counts for nothing."""
    page = open_page(server.url, width=390, height=844)
    page.click(".st-key-tour_door button.next")
    page.wait_for_function("document.activeElement?.closest('.st-key-tour_bar')")
    for number, step in enumerate(STEPS):
        page.wait_for_selector(f"{CARD} small >> text=step {number + 1} of {len(STEPS)}")
        page.wait_for_selector("h1, h2")
        settle(page)
        assert f"tour={number}" in page.url
        page.wait_for_function(TOUR_LOOKED)
        assert not page.locator(DONE).count(), step.title
        for width, height in ((1280, 800), (390, 844), (1400, 1000)):
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(TWO_FRAMES)  # in which the page learns of it
            settle(page)  # what is laid out anew moves what is sought
            page.wait_for_function("document.querySelector('.st-key-tour_bar .ll').tour.seek(true) === undefined")
            lit(page)
        assert page.locator(f"{VEIL}.dim").count() == 1
        act(page, step)
        page.wait_for_selector(DONE)
        assert not page.locator(f"{VEIL}.dim").count()
        server.stop_trainers()
        if number == 2:  # a reload loses nothing
            page.reload()
            page.wait_for_selector(f"{CARD} small >> text=step {number + 1} of")
            page.wait_for_selector(DONE)
        if number < len(STEPS) - 1:
            page.click(f"{CARD} button.next")
    page.wait_for_selector(".st-key-drawn_rows canvas")
    settle(page)
    keep_it(page)
    page.wait_for_selector(CARD, state="detached")


# What is lit moves under the card, which then would stand elsewhere.
CROWD = """() => {
  const { tour } = document.querySelector(".st-key-tour_bar .ll"), box = tour.card.getBoundingClientRect(), put = {};
  for (const side of ["left", "top", "width", "height"]) put[side] = `${box[side]}px`;
  Object.assign(tour.lit()[0].style, { position: "fixed", ...put });
  tour.shine();
}"""
STOOD = "document.querySelector('.st-key-tour_bar .ll-tour').getAnimations().length === 0"


def test_the_card_does_not_flee_from_who_presses_its_button(server, open_page):
    number = next(k for k, step in enumerate(STEPS) if step.page == "samples")
    page = open_page(f"{server.url}/generate?run=lecture&tour={number}")
    page.wait_for_selector(CARD)
    settle(page)
    act(page, STEPS[number])
    page.wait_for_selector(DONE)
    settle(page)
    page.hover(f"{CARD} button.next")
    page.mouse.down()
    page.evaluate(CROWD)
    page.wait_for_function(STOOD)
    page.mouse.up()
    page.wait_for_selector(f"{CARD} small >> text=step {number + 2} of")
    settle(page)


def keep_it(page) -> None:
    """The end of the tour: a picture of what was drawn and decoded, and a link that shows the same again."""
    page.click(f"{CARD} button.next")
    shown = page.locator(".ll-keepsake canvas")
    page.wait_for_function("document.querySelector('.ll-keepsake canvas').dataset.shown")
    assert shown.get_attribute("data-shown").split(",") == [
        "drawing", "rebuilt", "samples", "imagined", "morph", "training"
    ]  # fmt: skip
    before = pixels(page, ".ll-keepsake canvas")
    page.fill(".ll-keepsake input", "Ada")
    assert (pixels(page, ".ll-keepsake canvas") != before).any()
    with page.expect_download() as download:
        page.click(".ll-keepsake .save")
    assert Image.open(download.value.path()).size[0] == 1200
    link, training = (each.get_attribute("href") for each in page.locator(".ll-keepsake a").all())
    assert "/train?run=" in training
    other = page.context.new_page()
    other.goto(link)
    other.wait_for_selector(".st-key-drawn_rows canvas")
    settle(other)
    mine, theirs = (pixels(each, ".st-key-drawn_rebuilt canvas") for each in (page, other))
    assert np.abs(mine - theirs).mean() < 25  # its strokes are a little coarser
    other.close()
    page.click(".ll-keepsake .over")


# The ways in, those that reach out of the window, and those that something else lies on.
DOORS = """() => {
  const doors = [...document.querySelectorAll(".st-key-scene_doors :is(button, a)")].filter((n) => n.offsetParent);
  const boxes = doors.map((n) => n.getBoundingClientRect());
  const at = (box, share) => [box.left + box.width * share, box.top + box.height / 2];
  const under = ([x, y], n) => !n.contains(document.elementFromPoint(x, y));
  return {
    doors: doors.length,
    outside: boxes.filter(({ left, right }) => left < 0 || right > innerWidth).length,
    under: doors.filter((n, k) => [0.1, 0.5, 0.9].some((share) => under(at(boxes[k], share), n))).length,
  };
}"""


def test_the_tour_can_be_left_and_taken_up_again(server, open_page):
    page = open_page(server.url + "/latent?run=two-knobs&tour=3&dot=7")
    page.wait_for_selector(f"{CARD} small >> text=step 4")
    page.wait_for_function(TOUR_LOOKED)
    page.mouse.click(700, 300)  # a hand on the page, with a dot chosen by the link
    settle(page)
    page.click("[data-testid=stTopNavLink] >> text=Morph")
    page.wait_for_selector(f"{CARD} button >> text=Take me there")
    assert not page.locator(VEIL).count()
    page.click(f"{CARD} button.next")
    page.wait_for_url(re.compile("/latent.*tour=3"))
    settle(page)
    page.focus(CARD)
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(f"{CARD} small >> text=step 5")
    page.wait_for_function("document.activeElement?.matches('.ll-tour')")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector(f"{CARD} small >> text=step 4")
    settle(page)
    page.evaluate("document.activeElement.blur()")  # as when what has the focus is drawn anew
    page.keyboard.press("ArrowRight")
    settle(page)
    assert page.locator(f"{CARD} small >> text=step 4").count() == 1
    page.keyboard.press("Escape")
    page.wait_for_selector(CARD, state="detached")
    assert not page.locator(VEIL).count()
    page.goto(server.url)  # another visit
    page.wait_for_selector(".st-key-tour_door button >> text=Continue at step 4")
    for width, height in ((390, 844), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        assert page.evaluate(DOORS) == {"doors": 3, "outside": 0, "under": 0}, width
    page.click(".st-key-tour_door button >> text=Continue at step 4")
    page.wait_for_selector(f"{CARD} small >> text=step 4")


def test_the_tour_survives_a_training_that_goes_on_ends_and_is_deleted(server, open_page):
    page = open_page(server.url + "/train")
    run = start_training(page, server, epochs=100)
    page.goto(server.url + "/train?tour=1")  # it finds what goes on
    page.wait_for_selector(f"{CARD} p >> text=get better as you look")
    page.wait_for_selector(DONE)  # it was seen to move
    page.click(f"{CARD} button.next")
    page.wait_for_selector(f"{CARD} small >> text=step 3")
    page.goto(f"{server.url}/train?run={run.id}&tour=1")
    page.click(".st-key-stop_training button")
    page.wait_for_selector(f"{CARD} p >> text=This training is over")
    shutil.rmtree(run.path)
    page.reload()
    page.wait_for_selector(f"{CARD} p >> text=below the three cards")
    assert lit(page) == 1
