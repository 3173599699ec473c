"""What is picked on the latent map in a real Chromium: places, dots and classes, pointed at, clicked or circled."""

from __future__ import annotations

import re

import numpy as np

from tests.browser.map_page import MAP, PLACE_AT, STORY, WHERE, measures_of_solitude, opened
from tests.browser.test_browser import EPOCH_RANGE, SET_RANGE, gallery, pixels, settle
from vae_core.analysis.sampling import decode
from vae_core.datasets import registry
from vae_core.training.checkpoint import load_model


def test_under_the_pointer_are_a_dots_picture_and_what_the_decoder_draws(server, open_page):
    run = gallery("two-knobs")
    page = opened(open_page, server, "run=two-knobs")
    original = f"{MAP} .seen .original"
    mean = run.latents(20).mean
    first, second = np.argsort(measures_of_solitude(mean))[-2:].tolist()
    for place in (first, second):
        before = pixels(page, original)
        page.mouse.move(*page.evaluate(WHERE, place)[:2])
        page.wait_for_selector(f"{MAP} .what >> text={run.labels()[place]} (test picture {place + 1})")
        assert (pixels(page, original) != before).any()
        assert (pixels(page, original) == registry.load_test("mnist-55k").images[place].ravel()).all()  # whole, exact
    settle(page)
    asked = len(page.sent)
    for place in (first, second):  # the sheets of both are here by now
        page.mouse.move(*page.evaluate(WHERE, place)[:2])
        page.wait_for_selector(f"{MAP} .what >> text={run.labels()[place]} (test picture {place + 1})")
    settle(page)
    assert len(page.sent) == asked

    box = page.locator(f"{MAP} .nsewdrag").bounding_box()

    def decoded_at(across: float, up: float, epoch: int) -> None:
        page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * up)
        place = page.evaluate(PLACE_AT, [box["width"] * across, box["height"] * up])
        said = ", ".join(f"{round(v, 1) + 0.0:.1f}" for v in place).replace("-", "−")
        page.wait_for_selector(f"{MAP} .where >> text=decoded from z = ({said}), epoch {epoch}")
        z = np.array(page.locator("canvas.decoded").get_attribute("data-z").split(","), np.float32)
        np.testing.assert_allclose(z, place, atol=0.01)
        expected = decode(load_model(run, epoch), z).astype(int).ravel()
        assert np.abs(pixels(page, "canvas.decoded") - expected).max() <= 1

    decoded_at(0.4, 0.5, 20)
    decoded_at(0.05, 0.95, 20)  # where no data are
    settle(page)
    assert len(page.sent) <= asked + 2  # the sheets of dots on the way
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 3])
    settle(page)  # the decoder of the epoch at which one rests is fetched once
    decoded_at(0.5, 0.4, 3)


def test_what_is_decoded_follows_the_epoch_as_its_words_do(server, open_page):
    """The place stays where the pointer was; the film moves on, and the picture and its caption with it."""
    run = gallery("two-knobs")
    page = opened(open_page, server, "run=two-knobs")
    box = page.locator(f"{MAP} .plot").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    page.wait_for_selector(f"{MAP} .where >> text=/epoch 20/")
    z = np.array(page.locator("canvas.decoded").get_attribute("data-z").split(","), np.float32)
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 3])
    page.wait_for_selector(f"{MAP} .where >> text=/, epoch 3$/")
    expected = decode(load_model(run, 3), z).astype(int).ravel()
    assert np.abs(pixels(page, "canvas.decoded") - expected).max() <= 1


def test_a_clicked_dot_tells_its_story_at_every_epoch(server, open_page):
    run = gallery("two-knobs")
    page = opened(open_page, server, "run=two-knobs")
    mean = run.latents(20).mean
    lonely = int(np.argmax(measures_of_solitude(mean)))
    x, y, *_ = page.evaluate(WHERE, lonely)
    page.mouse.move(x, y)
    page.wait_for_selector(f"text=/test picture {lonely + 1}\\)/")
    page.mouse.click(x, y)
    page.wait_for_selector(STORY.format(2))
    page.wait_for_url(re.compile(f"dot={lonely + 1}$"))
    page.mouse.move(5, 5)  # or other dots would come under it
    settle(page)
    sent = len(page.sent)
    for epoch in (20, 3):
        page.evaluate(SET_RANGE, [EPOCH_RANGE, epoch])
        settle(page)
        shown = pixels(page, STORY.format(4)).reshape(28, -1)[:, :28]
        assert (shown == decode(load_model(run, epoch), run.latents(epoch).mean[lonely])).all()
        now = page.locator(".st-key-code_chart svg").get_attribute("aria-label")
        assert f"epoch {epoch}." in now
        assert f"1: {run.latents(epoch).mean[lonely][0]:.1f} ±" in now.replace("-0.0", "0.0")
    assert len(page.sent) == sent + 1  # the decoder of the epoch at which one rests

    again = opened(open_page, server, f"run=two-knobs&dot={lonely + 1}&epoch=3", epoch=3)  # the link restores it
    again.wait_for_selector(STORY.format(4))
    settle(again)
    assert (pixels(again, STORY.format(4)).reshape(28, -1)[:, :28] == shown).all()


def test_a_circled_group_is_counted_averaged_and_followed(server, open_page):
    run = gallery("two-knobs")
    page = opened(open_page, server, "run=two-knobs")
    page.click(f"{MAP} button.lasso")
    page.wait_for_function(f"document.querySelector('{MAP} .js-plotly-plot')._fullLayout.dragmode === 'lasso'")
    box = page.locator(f"{MAP} .nsewdrag").bounding_box()
    corners = [(0.02, 0.45), (0.2, 0.45), (0.2, 0.95), (0.02, 0.95), (0.02, 0.46)]
    for k, (across, up) in enumerate(corners):
        page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * up, steps=3)
        if k == 0:
            page.mouse.down()
    page.mouse.up()
    page.wait_for_selector(STORY.format(4))
    words = page.locator("text=/\\d+ pictures: /").first.text_content()
    selected = page.evaluate(
        """() => document.querySelector('.st-key-latent_scatter .js-plotly-plot')._fullData
          .flatMap((t) => [...(t.selectedpoints ?? [])].map((k) => t.customdata[k]))"""
    )
    assert words.startswith(f"{len(selected)} pictures")
    labels = run.labels()[selected]
    assert f"{np.bincount(labels).argmax()} ({np.mean(labels == np.bincount(labels).argmax()):.0%})" in words
    middle = run.latents(20).mean[np.sort(selected)].mean(0)
    shown = pixels(page, STORY.format(4)).reshape(28, -1)[:, :28].astype(int)
    assert np.abs(shown - decode(load_model(run, 20), middle)).max() <= 1
    page.click(f"{MAP} button.clear")
    page.wait_for_selector("text=Click a dot")
    assert page.locator(f"{MAP} button.clear").is_hidden()


# The strongest opacity of the dots of each class, in whichever view is there.
OPACITY = f"""() => document.querySelector('{MAP} .js-plotly-plot')._fullLayout._plots.xy._scene.scatter2d.groups
  .map((group) => Math.round(100 * group.opacity))"""


def test_pointing_at_a_class_isolates_it_a_click_keeps_it_and_escape_frees_it(server, open_page):
    page = opened(open_page, server, "run=two-knobs")
    page.wait_for_selector(f"{MAP} [data-view=plotly]")
    sent, entry = len(page.sent), page.locator(f"{MAP} .classes button")
    everyone, only_three = [75] * 10, [75 if c == 3 else 8 for c in range(10)]
    assert page.evaluate(OPACITY) == everyone
    entry.nth(3).hover()
    assert page.evaluate(OPACITY) == only_three
    page.mouse.move(5, 5)
    assert page.evaluate(OPACITY) == everyone
    on_map = page.locator(f"{MAP} .names button[data-class='3']")
    on_map.click()  # a name on the map does the same as its entry
    page.mouse.move(5, 5)
    assert page.evaluate(OPACITY) == only_three
    assert entry.nth(3).get_attribute("aria-pressed") == "true"
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 3])  # it stays so while the epochs play
    settle(page)
    assert page.evaluate(OPACITY) == only_three
    page.keyboard.press("Escape")
    assert page.evaluate(OPACITY) == everyone
    entry.nth(2).focus()
    page.keyboard.press("Tab")  # by keyboard
    assert page.evaluate(OPACITY) == only_three
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(OPACITY) == [75 if c == 4 else 8 for c in range(10)]
    entry.nth(4).evaluate("(e) => e.blur()")
    assert page.evaluate(OPACITY) == only_three
    entry.nth(3).click()
    assert page.evaluate(OPACITY) == everyone
    settle(page)
    # The decoder of the epoch at which one rests, and the picture of a dot where the pointer stayed on the name.
    assert len(page.sent) <= sent + 2
