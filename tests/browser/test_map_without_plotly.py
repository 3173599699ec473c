"""The latent map in a real Chromium where Plotly is late, is lost, draws nothing or cannot run: it is whole."""

from __future__ import annotations

import re

import numpy as np

from tests.browser.map_page import DRAWN, MAP, SPOT, STORY, measures_of_solitude, opened
from tests.browser.test_browser import EPOCH_RANGE, SET_RANGE, gallery, pixels, settle
from vae_core.analysis.sampling import decode
from vae_core.training.checkpoint import load_model


def test_the_dots_are_there_before_plotly_is(server, open_page):
    page = open_page("about:blank", webgl=True)
    page.route("**/plotly-gl2d*", lambda route: route.abort())
    page.goto(server.url + "/latent?run=two-knobs&epoch=20&dot=8")
    page.wait_for_selector(f"{MAP} canvas.plain[data-epoch='20']")
    last = page.evaluate(DRAWN, "plain")
    assert last[0] > 5_000
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 1])
    page.wait_for_selector(f"{MAP} canvas.plain[data-epoch='1']")
    page.wait_for_function(f"last => ({DRAWN})('plain')[1] !== last", arg=last[1])
    page.unroute("**/plotly-gl2d*")
    page.wait_for_selector(f"{MAP} [data-view=plotly] .js-plotly-plot[data-epoch='1']")
    assert page.locator(f"{MAP} canvas.plain").is_hidden()  # Plotly's own have taken their place
    assert page.evaluate(DRAWN, "over")[0] > 100  # the chosen one keeps its ring


def test_a_map_that_plotly_loses_comes_back_and_is_still_picked(server, open_page):
    page = opened(open_page, server, "run=two-knobs&dot=8&epoch=3", epoch=3)
    page.wait_for_selector(f"{MAP} [data-view=plotly]")
    page.evaluate(
        """() => {
          const gl = document.querySelector('.st-key-latent_scatter .gl-canvas').getContext('webgl');
          gl.getExtension('WEBGL_lose_context').loseContext();  // as a graphics card's driver does that starts anew
        }"""
    )
    page.wait_for_selector(f"{MAP} [data-view=plain] canvas.plain[data-epoch='3']")
    settle(page)
    assert page.locator(f"{MAP} .js-plotly-plot").count() == 0
    assert page.evaluate(DRAWN, "plain")[0] > 5_000
    assert page.evaluate(DRAWN, "over")[0] > 100
    page.mouse.click(*page.evaluate(SPOT, 11))
    page.wait_for_url(re.compile("dot=12"))


def test_plotly_that_draws_nothing_takes_nothing_away(server, open_page):
    page = open_page("about:blank", webgl=True)
    page.add_init_script("WebGLRenderingContext.prototype.drawArrays = () => {}")
    page.goto(server.url + "/latent?run=two-knobs&epoch=20")
    page.wait_for_selector(f"{MAP} canvas.plain[data-epoch='20']")
    settle(page)
    assert page.evaluate("() => !!window.Plotly")
    assert page.locator(f"{MAP} [data-view=plain] canvas.plain").is_visible()
    assert page.locator(f"{MAP} .js-plotly-plot").count() == 0
    assert page.evaluate(DRAWN, "plain")[0] > 5_000


# ---- without WebGL


def test_without_webgl_a_class_is_isolated_too(server, open_page):
    page = open_page(server.url + "/latent?run=two-knobs")
    page.wait_for_selector(f"{MAP} canvas.plain[data-epoch='20']")
    settle(page)
    whole = page.evaluate(DRAWN, "plain")
    page.locator(f"{MAP} .classes button").nth(3).hover()
    assert page.evaluate(DRAWN, "plain")[1] < 0.8 * whole[1]  # most dots are pale
    page.mouse.move(5, 5)
    assert page.evaluate(DRAWN, "plain") == whole


def test_without_webgl_the_map_is_whole(server, open_page):
    run, asked = gallery("two-knobs"), []
    page = open_page("about:blank")
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.url + "/latent?run=two-knobs")
    page.wait_for_selector(f"{MAP} canvas.plain[data-epoch='20']")
    settle(page)
    assert page.locator("text=/WebGL/i").count() == 0
    drawn = page.evaluate(DRAWN, "plain")
    assert drawn[0] > 5_000

    # Under the pointer: the dot's own picture, and what the decoder draws at that place.
    mean = run.latents(20).mean
    lonely = int(np.argmax(measures_of_solitude(mean)))
    page.mouse.move(*page.evaluate(SPOT, lonely))
    page.wait_for_selector(f"text=/test picture {lonely + 1}\\)/")
    z = np.array(page.locator("canvas.decoded").get_attribute("data-z").split(","), np.float32)
    assert np.abs(z - mean[lonely]).max() < 0.02
    assert np.abs(pixels(page, "canvas.decoded") - decode(load_model(run, 20), z).astype(int).ravel()).max() <= 1

    page.check(f"{MAP} .bubbles input")
    assert page.evaluate(DRAWN, "over")[0] > 1_000
    page.uncheck(f"{MAP} .bubbles input")
    assert page.evaluate(DRAWN, "over")[0] == 0
    page.mouse.click(*page.evaluate(SPOT, lonely))
    page.wait_for_url(re.compile(f"dot={lonely + 1}$"))
    page.wait_for_selector(STORY.format(4))
    assert page.evaluate(DRAWN, "over")[0] > 100  # the ring

    page.click(f"{MAP} button.lasso")
    box = page.locator(f"{MAP} canvas.plain").bounding_box()
    for k, (across, up) in enumerate([(0.2, 0.45), (0.4, 0.45), (0.4, 0.85), (0.2, 0.85), (0.2, 0.46)]):
        page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * up, steps=3)
        if k == 0:
            page.mouse.down()
    page.mouse.up()
    page.wait_for_selector("text=/\\d+ pictures: /")
    settle(page)
    assert page.locator("text=/\\d+ pictures: /").is_visible()  # the click that ends the circle picks no dot
    circled = page.evaluate(DRAWN, "plain")
    assert circled[1] != drawn[1]  # the others are pale
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 0])
    settle(page)
    assert page.locator(f"{MAP} canvas.plain").get_attribute("data-epoch") == "0"
    assert page.evaluate(DRAWN, "plain")[1] != circled[1]
    assert asked
    assert not any("vendor/plotly" in url for url in asked)  # nor is half a megabyte fetched for nothing
