"""Morph and Draw: ends by sight, the dot on the map, one's own drawing, files, links."""

from __future__ import annotations

import numpy as np
from PIL import Image

from tests.browser.test_browser import MORPH_RANGE, SET_RANGE, drawn_anew, gallery, pixels, settle
from ui.components import mini_map
from vae_core.analysis.interpolation import interpolate
from vae_core.analysis.sampling import decode, encode
from vae_core.training.checkpoint import load_model

FIRST = ".st-key-morph_player .stage figure:nth-child(1) canvas"
LAST = ".st-key-morph_player .stage figure:nth-child(3) canvas"
MAP = ".st-key-morph_map canvas"
PICTURES = ".st-key-morph_picker [data-end={}] .pictures button"


def morph_shown(page, words: str) -> None:
    page.wait_for_selector(f"{FIRST}[aria-label='Morph {words}']")
    settle(page)


def frame(page, step: int, canvas: str = FIRST) -> np.ndarray:
    page.evaluate(SET_RANGE, [MORPH_RANGE, step])
    return pixels(page, canvas)


def place_of(choice: str) -> int:
    """The place among the lecture's kept pictures that an address names."""
    label, number = map(int, choice.split("-"))
    (place,) = np.flatnonzero(gallery("lecture").test_indices() == number)
    assert gallery("lecture").labels()[place] == label
    return int(place)


def draw_a_one(page) -> None:
    page.wait_for_selector(".ll-pad canvas")
    settle(page)
    box = page.locator(".ll-pad canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.8, steps=8)
    page.mouse.up()


def test_ends_picked_by_sight_and_by_keyboard_are_what_the_core_decodes(server, open_page):
    page = open_page(server.url + "/morph")  # the browser then tells the server the address that we have written
    morph_shown(page, "from 3 to 8")
    sent = len(page.sent)
    page.click(".st-key-morph_picker [data-end=start] .others")  # other pictures: no message
    assert len(page.sent) == sent
    start = page.locator(PICTURES.format("start")).nth(4)
    choice = start.get_attribute("data-choice")
    start.click()
    page.wait_for_function("(choice) => location.search.includes('start=' + choice)", arg=choice)
    tabs = page.locator(".st-key-morph_picker [data-end=end] .tabs button")
    tabs.nth(8).focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    morph_shown(page, "from 3 to 5")
    page.locator(PICTURES.format("end")).nth(0).focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    chosen = page.locator(PICTURES.format("end")).nth(2)
    page.wait_for_function(
        "(choice) => location.search.includes('end=' + choice)", arg=chosen.get_attribute("data-choice")
    )
    settle(page)
    assert chosen.get_attribute("aria-checked") == start.get_attribute("aria-checked") == "true"
    assert page.locator(PICTURES.format("end") + "[aria-checked=true]").count() == 1

    run = gallery("lecture")
    mean = run.latents(10).mean[[place_of(choice), place_of(chosen.get_attribute("data-choice"))]]
    codes = interpolate(*mean, 33)
    flat = mini_map.basis(str(run.path), 10).project(codes)
    page.evaluate(SET_RANGE, [MORPH_RANGE, 0])
    sent = len(page.sent)
    for step in (0, 16, 32):
        assert (frame(page, step) == decode(load_model(run, 10), codes[step]).ravel()).all()
        x, y = flat[step]
        page.wait_for_function(
            "([s, x, y]) => ((dot) => Math.hypot(dot[0] - x, dot[1] - y) < 2e-3)"
            "(JSON.parse(document.querySelector(s).dataset.marks)[0])",
            arg=[MAP, float(x), float(y)],
        )
    assert len(page.sent) == sent

    # The same link elsewhere, with another path: same pictures, the other codes.
    other = open_page(page.url.replace("path=straight", "path=spherical").replace("steps=9", "steps=12"))
    morph_shown(other, "from 3 to 5")
    frames = int(other.locator(MORPH_RANGE).get_attribute("max")) + 1
    assert frames == 34  # eleven even steps
    round_ = interpolate(*mean, frames, "spherical")
    assert (frame(other, 15) == decode(load_model(run, 10), round_[15]).ravel()).all()
    assert other.locator(PICTURES.format("start") + "[aria-checked=true]").get_attribute("data-choice") == choice
    # Back leads to the page before, however many choices were made.
    page.click("text=Runs")
    page.wait_for_selector("h2:has-text('Runs'), h1, h3")
    settle(page)
    page.click("[data-testid=stTopNavLink]:has-text('Morph')")
    morph_shown(page, "from 3 to 5")  # what was chosen lasts for the visit
    page.go_back()
    page.wait_for_function("() => location.pathname === '/runs'")


def test_a_drawing_is_imagined_morphed_kept_and_undone(server, open_page):
    page = open_page(server.url + "/draw?run=lecture")
    draw_a_one(page)
    page.wait_for_selector(".st-key-drawn_rows canvas")
    settle(page)
    drawn = pixels(page, ".st-key-drawn_rows .strip:nth-of-type(2) canvas").reshape(28, 280)[:, :28].astype(np.uint8)
    imagined = ".st-key-drawn_rows .strip:nth-of-type(4) canvas"
    before = pixels(page, imagined)
    page.click(".st-key-new_dice button")
    drawn_anew(page, imagined, before)
    assert "your drawing" in page.locator(".st-key-draw_map canvas").get_attribute("aria-label")

    page.locator(".st-key-draw_picker .pictures button").nth(1).click()
    morph_shown(page, "from your picture to 8")
    assert "start=drawing" in page.url
    run, classic = gallery("lecture"), gallery("autoencoder")
    net = load_model(run, 10)
    assert (frame(page, 0) == decode(net, encode(net, drawn[None])[0][0]).ravel()).all()
    net = load_model(classic, 10)
    assert (frame(page, 0, LAST) == decode(net, encode(net, drawn[None])[0][0]).ravel()).all()

    page.click("[data-testid=stTopNavLink]:has-text('Draw')")
    page.wait_for_selector(".st-key-drawn_rows canvas")
    settle(page)
    assert pixels(page, ".ll-pad canvas").max() == 255
    page.locator(".ll-pad .undo").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Nothing yet")
    assert pixels(page, ".ll-pad canvas").max() == 0


def test_a_drawing_stands_among_the_test_pictures_at_every_epoch(server, open_page):
    page = open_page(server.url + "/draw?run=digits")  # the dataset that is always there
    draw_a_one(page)
    page.wait_for_selector("text=/Of 35 test pictures with about as much grey, .* cost more/")
    assert "your drawing’s is" in page.locator(".st-key-unusual_chart canvas").get_attribute("aria-label")


def test_the_files_open_and_say_what_they_are(server, open_page, tmp_path):
    page = open_page(server.url + "/morph?run=lecture&epoch=5&steps=6")
    morph_shown(page, "from 3 to 8")
    names = {}
    for kind in ("gif", "png"):
        with page.expect_download() as caught:
            page.click(f".st-key-morph_{kind} button")
        names[kind] = caught.value.suggested_filename
        caught.value.save_as(tmp_path / names[kind])
    assert names["gif"] == "morph-3-to-8-lecture-epoch-5-straight.gif"
    film, strip = (Image.open(tmp_path / names[kind]) for kind in ("gif", "png"))
    assert film.n_frames == 2 * 36 - 2  # 36 frames, five times seven steps, there and back
    assert strip.size == (190 + 6 * 112, 3 * 112)
    run = gallery("lecture")
    from ui.store.cache import typical_first

    mean = run.latents(5).mean[[typical_first(str(run.path), 10, label)[0] for label in (3, 8)]]
    expected = decode(load_model(run, 5), interpolate(*mean, 36))
    assert (np.asarray(strip)[2:112:4, 192 + 112 : 190 + 224 : 4] == expected[7]).all()
    page.evaluate(SET_RANGE, [".st-key-epoch_slider input", 3])  # the file is of the epoch that one looks at
    settle(page)
    with page.expect_download() as caught:
        page.click(".st-key-morph_gif button")
    assert caught.value.suggested_filename == names["gif"].replace("epoch-5", "epoch-3")
    film.seek(7)
    assert (np.asarray(film.convert("L"))[4:224:8, 4:224:8] == expected[7]).all()
