"""What a visitor does, in a real Chromium."""

from __future__ import annotations

import base64
import re
import time
from itertools import pairwise

import numpy as np
import pytest

from tests.browser.conftest import SETTLED
from ui.components import bridge
from ui.shell import pages
from vae_core.analysis.interpolation import interpolate
from vae_core.analysis.sampling import decode, encode
from vae_core.runs.index import find_run
from vae_core.runs.run import Run
from vae_core.training.checkpoint import load_model

PAGES = [page.path for page in pages.PAGES]
EPOCH_RANGE = ".st-key-epoch_slider input[type=range]"
MORPH_RANGE = ".st-key-morph_player input[type=range]"

# The red of every pixel, one byte each, in base64.
PIXELS = """selector => {
  const c = document.querySelector(selector);
  const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
  let red = '';
  for (let i = 0; i < data.length; i += 4) red += String.fromCharCode(data[i]);
  return btoa(red);
}"""
SET_RANGE = """([selector, value]) => {
  const slider = document.querySelector(selector);
  slider.value = value;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
}"""


# By whom the page is asked for frames while ten go by.
FRAMES = """async () => {
  const ask = window.requestAnimationFrame, asked = [];
  window.requestAnimationFrame = (f) => (asked.push(new Error().stack), ask.call(window, f));
  for (let k = 0; k < 10; k++) await new Promise((next) => ask.call(window, next));
  window.requestAnimationFrame = ask;
  return asked;
}"""


def settle(page) -> None:
    """Wait until the page rests, as it says itself (``static/settled.js``)."""
    page.wait_for_function(SETTLED)


def pixels(page, selector: str) -> np.ndarray:
    return unpacked(page.evaluate(PIXELS, selector))


def unpacked(red: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(red), np.uint8).astype(int)


def drawn_anew(page, selector: str, old: np.ndarray) -> np.ndarray:
    """Wait until a canvas shows something else than before, and return that."""
    before = base64.b64encode(old.astype(np.uint8).tobytes()).decode()
    page.wait_for_function(f"([s, before]) => ({PIXELS})(s) !== before", arg=[selector, before])
    return pixels(page, selector)


def gallery(name: str) -> Run:
    run = find_run(name)
    assert run is not None
    return run


def start_training(page, server, **numbers: int) -> Run:
    """On the page of the form."""
    if numbers:
        page.click("text=Advanced: every setting")
    for name, value in numbers.items():
        box = page.locator(f".st-key-{name} input")
        box.fill(str(value))
        box.press("Enter")
        settle(page)
    page.click(".st-key-start_training button")
    page.wait_for_selector(".st-key-loss_curves canvas")
    run_id = re.search(r"run=([^&]+)", page.url)
    assert run_id
    run = Run(server.folder / "runs" / run_id[1])
    assert {name: getattr(run.config, name) for name in numbers} == numbers
    return run


def test_a_training_from_start_to_finish_with_a_reload_in_the_middle(server, open_page):
    page = open_page(server.url + "/train")
    run = start_training(page, server, epochs=12)
    now = page.locator(".st-key-loss_curves .now").first
    page.wait_for_function("() => document.querySelector('.st-key-loss_curves .now').textContent.includes('training')")
    page.evaluate("() => document.querySelector('.st-key-loss_curves canvas').dataset.mark = 'kept'")
    first = now.text_content()
    page.wait_for_function(
        "first => document.querySelector('.st-key-loss_curves .now').textContent !== first", arg=first
    )
    # The chart is the same node: it moved on without a flash.
    assert page.locator(".st-key-loss_curves canvas[data-mark=kept]").count() == 1

    page.reload()
    page.wait_for_selector(".st-key-loss_curves canvas")
    assert run.id in page.url
    page.wait_for_selector("text=Finished all 12 epochs", timeout=90_000)
    assert run.status().state == "finished"
    assert len(run.metrics()) == 13
    page.wait_for_selector("text=epoch 12 of 12")
    settle(page)
    for name in ("copies", "samples", "map"):
        assert page.locator(f".ll-birth .{name} canvas").bounding_box()["width"] > 100
    last = pixels(page, ".ll-birth .copies canvas")
    assert last.max() > 150
    # What stayed of the first epoch plays before its end.
    page.evaluate(SET_RANGE, [".ll-birth input", 1])
    settle(page)
    assert re.fullmatch(r"\d+% of epoch 1", page.inner_text(".ll-birth output"))
    assert (pixels(page, ".ll-birth .copies canvas") != last).any()


# Notes each moment that a page shows of a training: which, and when the trainer had made it.
NOTE_MOMENTS = """() => {
  const root = document.querySelector('.ll-birth'), noted = (window.noted = []);
  const note = () => root.dataset.moment && noted.push(root.dataset.moment.split(' ').map(Number));
  new MutationObserver(note).observe(root, { attributeFilter: ['data-moment'] });
  note();
}"""


def test_a_training_is_seen_being_born(server, open_page):
    """Its pictures come first, above the fold with the curves, and change with each of many moments."""
    page = open_page(server.url + "/train", width=1280, height=800)
    start_training(page, server, epochs=100)
    page.wait_for_selector(".ll-birth")
    page.evaluate(NOTE_MOMENTS)
    for name in (".ll-birth .copies canvas", ".ll-birth .samples canvas", ".ll-birth .map canvas", ".ll-curves"):
        box = page.locator(name).bounding_box()
        assert box["y"] + box["height"] <= 800, name
    assert page.locator(".ll-birth").bounding_box()["y"] <= 150
    seen = []
    for number in (2, 6, 12):
        page.wait_for_function(f"() => noted.length >= {number}")
        seen.append(pixels(page, ".ll-birth .samples canvas"))
    assert all((one != other).any() for one, other in pairwise(seen))
    steps, seconds = zip(*page.evaluate("noted"), strict=True)
    assert len(set(zip(steps, seconds, strict=True))) == len(steps)  # none is shown twice
    assert list(seconds) == sorted(seconds)
    # How often they come is a matter of the machine: tests/core/test_moments.py has a clock of its own.
    assert page.locator(".ll-birth .map canvas").get_attribute("aria-label").startswith("Map of")
    bar = ".st-key-page_bar"
    assert page.locator(bar).bounding_box()["height"] <= 57
    assert page.get_by_role("progressbar", name="Progress of the training").bounding_box()["width"] > 1000
    for name in ("Pause", "Stop", "New training", "What am I looking at?"):
        box = page.locator(bar).get_by_role("button", name=name).bounding_box()
        assert box["y"] >= 60 and box["y"] + box["height"] <= 117, name
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 400)")
    page.wait_for_function(f"() => document.querySelector('{bar}').getBoundingClientRect().top < 0")
    for name in ("Pause", "Stop"):
        assert 58 <= page.locator(bar).get_by_role("button", name=name).bounding_box()["y"] < 80, name
    page.set_viewport_size({"width": 1280, "height": 800})
    page.click(".st-key-stop_training button")
    page.wait_for_selector(".ll-birth .bar:not([hidden])")


def test_a_setting_is_what_was_typed_or_emptied(server, open_page):
    page = open_page(server.url + "/train")
    page.click("text=Advanced: every setting")

    def type_(name: str, text: str) -> None:
        box = page.locator(f".st-key-{name} input")
        box.fill(text)
        box.press("Enter")
        settle(page)
        assert box.input_value() == text

    told = page.locator(".stMarkdown", has_text="You will train")
    type_("epochs", "7")
    type_("hidden_dim", "64")
    assert "with your own settings" in told.text_content() and "7 epochs" in told.text_content()
    type_("epochs", "")
    page.wait_for_selector("text=Epochs (epochs) must be a whole number from 1 to 500; you gave nothing.")
    type_("epochs", "60")
    type_("hidden_dim", "")  # chosen for you again
    assert "own settings" not in told.text_content()


def test_the_curves_keep_their_zoom_while_points_arrive(server, open_page):
    page = open_page(server.url + "/train")
    start_training(page, server, epochs=100)
    started = r"() => /^Epoch ([3-9]|\d\d)/.test(document.querySelector('.ll-birth .words')?.textContent)"
    page.wait_for_function(started)  # a busy page may never show the third
    box = page.locator(".st-key-loss_curves .u-over").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 50, steps=4)
    page.mouse.up()
    show_all = page.locator(".st-key-loss_curves button", has_text="Show all")
    assert show_all.is_visible()
    before = page.locator(".st-key-loss_curves .now").first.text_content()
    page.wait_for_function(
        "first => document.querySelector('.st-key-loss_curves .now').textContent !== first", arg=before
    )
    assert show_all.is_visible()
    show_all.click()
    assert not show_all.is_visible()
    page.click(".st-key-stop_training button")
    page.wait_for_selector("text=Stopped after epoch")


def test_a_page_with_placeholders_does_not_rest(server, open_page):
    """Streamlit fetches each kind of widget when a page first needs it, and shows a grey bar until it is here."""
    page, held = open_page("about:blank"), []
    page.route("**/Button.*.js", lambda route: held.append(route))
    page.goto(server.url + "/train")
    page.wait_for_selector(".st-key-start_training [data-testid=stSkeleton]")
    page.wait_for_function("window.latentLabBusy?.().join() === 'Streamlit draws'")
    assert not page.evaluate(SETTLED)
    held.pop().continue_()
    settle(page)
    assert page.locator(".st-key-start_training button").is_visible()


def test_two_parts_whose_turn_comes_at_once_are_both_drawn_again(server, open_page):
    page = open_page(server.url + "/train?run=digits")
    page.wait_for_selector(".ll-birth[data-time]")
    settle(page)
    before = len(page.sent)
    # Streamlit would send both in one message, and run the first part alone: the pictures once stood still for good.
    page.evaluate(
        """async () => {
          const { publish } = await import('/app/static/VERSION/lib/bus.js');
          for (const part of ['state', 'pictures']) publish(`turn ${part} digits`, 'something newer');
          await null;
          for (const start = performance.now(); performance.now() - start < 200; );  // a busy browser
        }""".replace("VERSION", bridge.VERSION)
    )
    settle(page)
    parts = [re.search(rb"\\*.([0-9a-f]{32})", frame)[1] for frame in page.sent[before:]]
    assert len(set(parts)) == len(parts) == 2, page.sent[before:]


def test_pause_one_epoch_resume_and_stop(server, open_page):
    page = open_page(server.url + "/train")
    run = start_training(page, server, epochs=200)
    page.wait_for_selector("text=/Learning epoch ([2-9]|\\d\\d)/")
    page.click(".st-key-pause_training button")
    page.wait_for_selector("text=Paused at epoch")
    paused_at = len(run.metrics())
    page.click(".st-key-step_training button")
    page.wait_for_selector(f"text=Paused at epoch {paused_at} of")  # one more: the epochs are counted from 0
    assert len(run.metrics()) == paused_at + 1
    page.click(".st-key-resume_training button")
    page.wait_for_selector("text=/Learning epoch/")
    page.click(".st-key-stop_training button")
    page.wait_for_selector("text=Stopped after epoch")
    page.click(".st-key-resume_training button")
    page.wait_for_selector("text=/Learning epoch/", timeout=30_000)
    page.click(".st-key-stop_training button")
    page.wait_for_selector("text=Stopped after epoch")


def test_a_training_outlives_the_server_and_is_found_again(tmp_path, open_page, request):
    from tests.browser.conftest import Server

    server = Server(tmp_path)
    request.addfinalizer(server.end)
    page = open_page(server.url + "/train")
    run = start_training(page, server, epochs=500)
    page.wait_for_selector("text=/Learning epoch/")
    page.close()
    server.kill()
    before = len(run.metrics())
    deadline = time.time() + 20
    while len(run.metrics()) < before + 2 and time.time() < deadline:
        time.sleep(0.1)
    assert len(run.metrics()) >= before + 2
    server.start()
    # The first visitor of a cold server, with a deep link: the page stands inside the app, not alone with a bare menu.
    page = open_page(server.url + "/train?run=" + run.id)
    page.wait_for_selector("text=/Learning epoch/")
    assert page.title() == "Latent Lab"
    assert page.locator("[data-testid=stSidebarNav]").count() == 0
    page.click(".st-key-stop_training button")
    page.wait_for_selector("text=Stopped after epoch")


@pytest.mark.parametrize("address", ["latent", "generate"])
def test_the_first_visitor_of_a_cold_server_comes_with_a_link(address, tmp_path, open_page, request):
    """These pages' files have other names: Streamlit must not say that there is no such page."""
    from tests.browser.conftest import Server

    server = Server(tmp_path)
    request.addfinalizer(server.end)
    page = open_page(f"{server.url}/{address}?run=two-knobs&epoch=3")
    page.wait_for_selector(".st-key-epoch_slider output >> text=epoch 3 of 20")
    settle(page)
    assert page.locator("[role=dialog]").count() == 0
    assert f"/{address}?" in page.url and "run=two-knobs" in page.url


def test_the_epoch_slider_moves_everything_without_the_server(server, open_page):
    page = open_page(server.url + "/generate?run=lecture", webgl=True)
    page.wait_for_selector(".st-key-sampling_grid canvas")
    settle(page)
    last = pixels(page, ".st-key-sampling_grid canvas")
    sent = len(page.sent)
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 0])
    untrained = pixels(page, ".st-key-sampling_grid canvas")
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 3])
    third = pixels(page, ".st-key-sampling_grid canvas")
    assert (untrained != last).any()
    assert (third != untrained).any()
    page.wait_for_function("location.search.includes('epoch=3')")  # when the finger rests
    page.click(".st-key-epoch_slider button.next")
    assert page.locator(".st-key-epoch_slider output").text_content().startswith("epoch 5 of 10")
    assert len(page.sent) == sent

    # The next page stands at the same epoch, and so does the address when it is opened elsewhere.
    page.click("text=Map")
    page.wait_for_selector(".st-key-latent_scatter .js-plotly-plot[data-epoch='5']")
    other = open_page(server.url + "/latent?run=lecture&epoch=2", webgl=True)
    other.wait_for_selector(".st-key-latent_scatter .js-plotly-plot[data-epoch='2']")


def test_the_samples_are_what_the_core_decodes(server, open_page):
    from vae_core.analysis.sampling import sample_prior

    page = open_page(server.url + "/generate?run=lecture&count=16")
    page.wait_for_selector(".st-key-sampling_grid canvas")
    settle(page)
    shown = pixels(page, ".st-key-sampling_grid canvas").reshape(112, 112)
    expected = decode(load_model(gallery("lecture"), 10), sample_prior(16, 20, 0))
    assert (shown[:28, 28:56] == expected[1]).all()
    assert (shown[28:56, :28] == expected[4]).all()
    page.click(".st-key-new_samples button")
    shown = drawn_anew(page, ".st-key-sampling_grid canvas", shown).reshape(112, 112)
    expected = decode(load_model(gallery("lecture"), 10), sample_prior(16, 20, 1))
    assert (shown[:28, 28:56] == expected[1]).all()


def test_the_morph_follows_the_slider_without_the_server(server, open_page):
    page = open_page(server.url + "/morph?run=lecture")
    canvas = ".st-key-morph_player .stage figure:first-child canvas"
    page.wait_for_selector(canvas)
    settle(page)
    sent = len(page.sent)
    page.evaluate(SET_RANGE, [MORPH_RANGE, 0])  # a touch stops the playing
    start = pixels(page, canvas)
    page.evaluate(SET_RANGE, [MORPH_RANGE, 16])
    middle = pixels(page, canvas)
    page.evaluate(SET_RANGE, [MORPH_RANGE, 32])
    end = pixels(page, canvas)
    assert len(page.sent) == sent
    assert (start != middle).any()
    assert (middle != end).any()

    from ui.store.cache import typical_first  # the page's own choice of a 3 and an 8

    run = gallery("lecture")
    first, last = (run.latents(10).mean[typical_first(str(run.path), 10, label)[0]] for label in (3, 8))
    expected = decode(load_model(run, 10), interpolate(first, last, 33))
    for shown, step in ((start, 0), (middle, 16), (end, 32)):
        assert (shown == expected[step].ravel()).all()


def test_a_drawing_is_encoded_redrawn_and_placed(server, open_page):
    page = open_page(server.url + "/draw?run=lecture")
    page.wait_for_selector(".ll-pad canvas")
    settle(page)
    box = page.locator(".ll-pad canvas").bounding_box()
    sent = len(page.sent)
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.8, steps=8)
    assert len(page.sent) == sent  # nothing travels before the stroke ends
    page.mouse.up()
    page.wait_for_selector(".st-key-drawn_rows canvas")
    page.wait_for_selector("text=/10 of the 10 most similar test pictures show a 1/")  # a vertical stroke
    settle(page)
    drawn = pixels(page, ".st-key-drawn_rows .strip:nth-of-type(2) canvas").reshape(28, -1)[:, :28]
    rebuilt = pixels(page, ".st-key-drawn_rebuilt canvas").reshape(28, 28)
    assert abs(np.average(np.arange(28), weights=drawn.sum(0)) - 14) < 0.6  # centred as MNIST is
    mean, _ = encode(load_model(gallery("lecture"), 10), drawn.astype(np.uint8)[None])
    assert (rebuilt == decode(load_model(gallery("lecture"), 10), mean[0])).all()
    page.click(".ll-pad .clear")
    page.wait_for_selector("text=Nothing yet")
