"""The samples page, in a real Chromium."""

from __future__ import annotations

import io
import re

import numpy as np
from PIL import Image

from tests.browser.test_browser import EPOCH_RANGE, FRAMES, SET_RANGE, gallery, pixels, settle
from vae_core.analysis.interpolation import quantile_manifold, random_walk, walk_coefficients
from vae_core.analysis.sampling import decode, sample_prior
from vae_core.datasets import registry
from vae_core.training.checkpoint import load_model

# Whether a canvas has a pixel of this colour.
HAS_COLOUR = """(selector, colour) => {
  const canvas = document.querySelector(selector),
    { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [...data.keys()].some((i) => i % 4 === 0 && colour.every((part, k) => data[i + k] === part));
}"""
GRID, STORY = ".st-key-sampling_grid", ".st-key-sample_story"
KNOBS, WALK = ".st-key-latent_knobs", ".st-key-random_walk"


def asked_for(page) -> str:
    return page.evaluate("() => location.search")


def z_of(page, selector: str) -> np.ndarray:
    return np.array([float(v) for v in page.locator(selector).get_attribute("data-z").split(",")], np.float32)


def as_grid(images: np.ndarray, columns: int) -> np.ndarray:
    return images.reshape(-1, columns, 28, 28).transpose(0, 2, 1, 3).reshape(-1, columns * 28)


def test_a_click_tells_the_story_of_a_picture_and_a_link_restores_it(server, open_page):
    page = open_page(server.url + "/generate?run=digits&count=16&seed=4")
    page.wait_for_selector(f"{GRID} .cells button")
    settle(page)
    page.locator(f"{GRID} .cells button").nth(5).click()
    page.wait_for_selector(f"{STORY} h4:has-text('Sample 6')")
    page.wait_for_function("s => document.querySelector(s).dataset.place", arg=f"{STORY} .nearest")
    run = gallery("digits")
    picture = decode(load_model(run, 30), sample_prior(16, 20, 4))[5]
    assert (pixels(page, f"{STORY} .big") == picture.ravel()).all()
    train = registry.load_train("digits")
    away = np.linalg.norm(train.images / 255 - picture.ravel() / 255, axis=1)
    assert (pixels(page, f"{STORY} .nearest") == train.images[away.argmin()]).all()
    said = page.locator(f"{STORY} .copy p").text_content()
    assert f"It is {away.min():.1f} away from the nearest of 1,438 training pictures." in said
    assert re.search(
        r"\d+% of real codes lie|None of 359 real codes", page.locator(f"{STORY} .away > p").text_content()
    )
    around = page.locator(f"{STORY} .around > p").text_content()
    counts = [int(n) for n in re.findall(r"(\d+) show", around)]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) + sum(int(n) for n in re.findall(r"(\d+) something else", around)) == 15
    page.wait_for_selector(".st-key-sample_map canvas[aria-label*='sample 6']")
    assert "chosen=6" in asked_for(page)

    # By the keyboard: one to the right, and the same link elsewhere.
    page.locator(f"{GRID} .cells button").nth(5).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{STORY} h4:has-text('Sample 7')")
    settle(page)
    other = open_page(page.url)
    other.wait_for_selector(f"{STORY} h4:has-text('Sample 7')")
    assert other.locator(f"{GRID} .cells button[aria-pressed=true]").get_attribute("aria-label").startswith(
        "Sample 7"
    )  # fmt: skip
    other.keyboard.press("Tab")
    other.click(f"{STORY} .close")
    other.wait_for_selector(f"{STORY} .ends-of-it canvas")
    assert "chosen" not in asked_for(other)

    # Another model on the same page, whose pictures are larger: the small ones are shown whole, too.
    other.fill(".st-key-run_picker input", "emoji")
    other.keyboard.press("Enter")
    other.wait_for_function("s => document.querySelector(s)?.height > 28 * 5", arg=f"{GRID} canvas")
    settle(other)
    assert "run=emoji" in asked_for(other)
    sizes = "s => [...document.querySelectorAll(s)].map(({ width, height }) => [width, height])"
    assert other.evaluate(sizes, f"{STORY} .few canvas") == [[64, 64]] * 12


def test_new_dice_change_the_seed_in_the_address_and_the_download_is_the_grid(server, open_page):
    page = open_page(server.url + "/generate?run=lecture&count=16&seed=7&spread=0.8")
    page.wait_for_selector(f"{GRID} .cells button")
    settle(page)
    page.click(".st-key-new_samples button")
    page.wait_for_function("() => location.search.includes('seed=8')")
    settle(page)
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 4])
    with page.expect_download() as waiting:
        page.click(f"{GRID} .save")
    assert waiting.value.suggested_filename == "lecture-epoch-5-seed-8-spread-0.8.png"
    file = np.asarray(Image.open(io.BytesIO(waiting.value.path().read_bytes())).convert("L"))
    expected = as_grid(decode(load_model(gallery("lecture"), 5), sample_prior(16, 20, 8, 0.8)), 4)
    assert (file == np.kron(expected, np.ones((10, 10), np.uint8))).all()
    settle(page)
    asked = asked_for(page)
    assert all(part in asked for part in ("run=lecture", "epoch=5", "seed=8", "spread=0.8", "count=16"))


def test_knobs_are_decoded_in_the_browser_and_follow_the_epoch(server, open_page):
    page = open_page(server.url + "/generate?run=lecture&part=Knobs")
    page.wait_for_selector(f"{KNOBS} .knob canvas")
    page.wait_for_function("() => window.latentLabDecoders?.has('lecture@10')")
    settle(page)
    sent, run = len(page.sent), gallery("lecture")
    shown = pixels(page, f"{KNOBS} .knob:nth-child(1) canvas").reshape(28, 9 * 28)  # where one rests, not blurred
    low = np.zeros(20, np.float32)
    low[int(np.argmax(run.metrics()[10]["kl_per_dimension"]))] = -3
    assert np.abs(shown[:, :28] - decode(load_model(run, 10), low).astype(int)).max() <= 1
    for value in (-3, 1.5, 2.25):
        page.evaluate(SET_RANGE, [f"{KNOBS} .knob:nth-child(2) input", value])
    z = z_of(page, f"{KNOBS} .big")
    kl = run.metrics()[10]["kl_per_dimension"]
    second = int(np.argsort(kl)[-2])
    assert z[second] == 2.25 and np.count_nonzero(z) == 1
    expected = decode(load_model(run, 10), z).ravel().astype(int)
    assert np.abs(pixels(page, f"{KNOBS} .big") - expected).max() <= 1
    assert f"{kl[second]:.1f} nats" in page.locator(f"{KNOBS} .knob").nth(1).text_content()
    # The strip of another knob shows where that one leads from here.
    settle(page)
    strip = pixels(page, f"{KNOBS} .knob:nth-child(1) canvas").reshape(28, 9 * 28)
    z[int(np.argmax(kl))] = -3
    assert np.abs(strip[:, :28] - decode(load_model(run, 10), z).astype(int)).max() <= 1
    page.click(f"{KNOBS} .back")
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 0])
    page.wait_for_selector(f"{KNOBS} .big[data-epoch='0']")
    assert page.locator(f"{KNOBS} .knob.dead").count() == 0  # before training no number has anything to say yet
    assert len(page.sent) == sent
    # Begin at a test picture, picked by sight.
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 10])
    page.click(f"{KNOBS} .offered button[title='A test picture of 4'] >> nth=0")
    page.wait_for_selector(f"{KNOBS} .offered button[title='A test picture of 4'][aria-pressed=true]")
    place = int(re.search(r"start=(\d+)", asked_for(page))[1]) - 1
    np.testing.assert_allclose(z_of(page, f"{KNOBS} .big"), run.latents(10).mean[place], atol=1e-3)


def test_the_walk_plays_without_the_server_and_is_the_cores(server, open_page):
    page = open_page(server.url + "/generate?run=lecture&part=Walk&seed=5")
    page.wait_for_function("s => document.querySelector(s)?.dataset.z", arg=f"{WALK} .big")
    settle(page)
    sent, slider = len(page.sent), f"{WALK} .bar input"
    first = float(page.locator(slider).input_value())
    page.wait_for_function("([s, v]) => +document.querySelector(s).value > v + 0.5", arg=[slider, first])
    page.click(f"{WALK} .play")
    page.evaluate(SET_RANGE, [slider, 33.0])
    z = z_of(page, f"{WALK} .big")
    np.testing.assert_allclose(z, random_walk(walk_coefficients(20, 5), np.array([33 / 90]))[0], atol=1e-4)
    run = gallery("lecture")
    assert np.abs(pixels(page, f"{WALK} .big") - decode(load_model(run, 10), z).ravel().astype(int)).max() <= 1
    assert len(page.sent) == sent
    settle(page)
    assert page.evaluate(FRAMES) == []  # paused, it rests
    page.emulate_media(color_scheme="dark")  # and has the new colours without being asked
    page.wait_for_function(f"s => ({HAS_COLOUR})(s, [255, 179, 92])", arg=f"{WALK} .dials")  # orange on a dark ground
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 2])
    page.wait_for_selector(f"{WALK} .big[data-epoch='2']")
    assert np.abs(pixels(page, f"{WALK} .big") - decode(load_model(run, 2), z).ravel().astype(int)).max() <= 1


def test_the_plane_follows_the_epoch_without_the_server(server, open_page):
    page = open_page(server.url + "/generate?run=two-knobs&part=Plane")
    plane = ".st-key-manifold_grid .all"
    page.wait_for_selector(f"{plane}[data-epoch]")
    settle(page)
    run, sent, last = gallery("two-knobs"), len(page.sent), pixels(page, plane)
    codes = quantile_manifold(15).reshape(-1, 2)

    def exact(epoch: int) -> np.ndarray:
        return as_grid(decode(load_model(run, epoch), codes), 15).ravel()

    assert (last == exact(20)).all()  # where one rests, nothing is blurred
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 3])
    assert page.locator(plane).get_attribute("data-epoch") == "3"
    assert (pixels(page, plane) != last).any()
    page.locator(plane).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    step = 0.17  # of the normal distribution's quantiles at (7.5 + 1) / 15
    assert f"z = ({step:.2f}, {step:.2f})" in page.locator(".st-key-manifold_grid .where").text_content()
    page.wait_for_selector(f"{plane}[data-exact='3']")
    assert (pixels(page, plane) == exact(3)).all()
    assert len(page.sent) == sent + 1  # the pictures of the epoch at which one rests
