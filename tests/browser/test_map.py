"""What the latent map shows in a real Chromium: names, space, the decoder's plane, bubbles, bent maps, and its film."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.browser.map_page import DRAWN, MAP, SPOT, STORY, WHERE, measures_of_solitude, opened
from tests.browser.test_browser import EPOCH_RANGE, SET_RANGE, gallery, settle
from vae_core.analysis import umap_tsne
from vae_core.analysis.sampling import decode
from vae_core.training.checkpoint import load_model

# The boxes of the names on the map, and how many dots (of all, on the screen) lie in one of them.
NAMES_ON_MAP = f"""() => {{
  const plot = document.querySelector('{MAP} .plot'),
    count = plot.parentElement.querySelectorAll('.names button').length,
    boxes = [...plot.parentElement.querySelectorAll('.names button:not([hidden])')].map((b) => {{
      const {{ left, right, top, bottom }} = b.getBoundingClientRect();
      return {{ left, right, top, bottom, name: b.textContent }};
    }});
  let hidden = 0;
  for (let i = 0; i < 5000; i++) {{
    const [x, y] = plot.spotOf(i);
    for (const b of boxes) if (x > b.left && x < b.right && y > b.top && y < b.bottom) hidden++;
  }}
  return [boxes, hidden, count];
}}"""


def pinch(page, before: int, after: int) -> None:
    """Two fingers in the middle of the map, so many pixels apart, and then so many."""
    page.locator(f"{MAP} .plot").scroll_into_view_if_needed()
    box, session = page.locator(f"{MAP} .plot").bounding_box(), page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def touch(kind: str, *places: float) -> None:
        points = [{"x": x + place, "y": y, "id": k} for k, place in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", -before / 2)
    touch("touchStart", -before / 2, before / 2)
    for share in (0.25, 0.5, 0.75, 1):
        gap = before + share * (after - before)
        touch("touchMove", -gap / 2, gap / 2)
    touch("touchEnd")


@pytest.mark.parametrize(("width", "webgl"), [(1280, True), (390, False)])
def test_names_on_the_map_hide_no_dot_and_no_other_name(server, open_page, width, webgl):
    page = open_page(server.url + "/latent?run=two-knobs", webgl=webgl, width=width, height=800)
    for epoch in (20, 3):
        page.wait_for_selector(f"{MAP} [data-view={'plotly' if webgl else 'plain'}]")
        page.evaluate(SET_RANGE, [EPOCH_RANGE, epoch])
        page.wait_for_selector(f"{MAP} .names[data-settled='{epoch}']", state="attached")
        settle(page)
        boxes, hidden, count = page.evaluate(NAMES_ON_MAP)
        assert count == 10 and len(boxes) >= 8
        assert hidden == 0
        for k, one in enumerate(boxes):
            for two in boxes[k + 1 :]:
                apart_x = one["right"] <= two["left"] or two["right"] <= one["left"]
                assert apart_x or one["bottom"] <= two["top"] or two["bottom"] <= one["top"], (one, two)
    # Two fingers bring the map nearer about what lies between them, and a button shows all of it again.
    apart = f"() => ({SPOT})(0)[0] - ({SPOT})(1)[0]"
    usual = page.evaluate(apart)
    pinch(page, 60, 120)
    page.wait_for_function(f"usual => Math.abs(({apart})() - 2 * usual) < 1", arg=usual)
    page.click(f"{MAP} .whole")
    page.wait_for_function(f"usual => Math.abs(({apart})() - usual) < 0.1", arg=usual)


def test_a_map_in_space_turns_under_the_finger_and_is_picked_like_any_other(server, open_page):
    page = open_page(server.url + "/latent?run=lecture&view=3D", width=1280, height=800)
    canvas = page.locator(f"{MAP} [data-view=space] canvas.plain")
    page.wait_for_selector(f"{MAP} [data-view=space] canvas.plain[data-turn]")
    page.wait_for_selector(f"{MAP} .names[data-settled='10']", state="attached")
    settle(page)
    sent, turn, spot = len(page.sent), canvas.get_attribute("data-turn"), page.evaluate(SPOT, 0)
    box = page.locator(f"{MAP} .plot").bounding_box()
    x, y = box["x"] + 30, box["y"] + 30  # beside all dots
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 200, y + 40, steps=4)
    page.mouse.up()
    page.wait_for_function(f"before => document.querySelector('{MAP} canvas.plain').dataset.turn !== before", arg=turn)
    settle(page)
    assert page.evaluate(SPOT, 0) != spot
    turn = canvas.get_attribute("data-turn")
    page.locator(f"{MAP} .turn").press("ArrowLeft")
    page.wait_for_function(f"before => document.querySelector('{MAP} canvas.plain').dataset.turn !== before", arg=turn)
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 2])
    page.wait_for_selector(f"{MAP} canvas.plain[data-epoch='2']")
    settle(page)
    assert len(page.sent) == sent and page.locator(f"{MAP} .js-plotly-plot").count() == 0
    bare = f"i => document.elementFromPoint(...({SPOT})(i)) === document.querySelector('{MAP} canvas.plain')"
    dot = next(i for i in range(100) if page.evaluate(bare, i))  # no name lies over it
    left = canvas.get_attribute("data-turn")
    page.emulate_media(color_scheme="dark")  # in which the map is made anew
    page.mouse.click(*page.evaluate(SPOT, dot))  # this one, or one in front of it
    page.wait_for_selector(STORY.format(2))
    page.wait_for_function("location.search.includes('dot=')")
    settle(page)
    assert canvas.get_attribute("data-turn") == left


# A tile of the plane under the map: how strong its ink is, and the code in its middle.
TILE = f"""([i, j]) => {{
  const box = document.querySelector('{MAP} .sheet'), canvas = box.querySelector('canvas'),
    [[x0, y0], [x1, y1]] = JSON.parse(box.dataset.corners), [columns, rows] = [canvas.width / 28, canvas.height / 28],
    {{ data }} = canvas.getContext('2d').getImageData(28 * i, 28 * j, 28, 28);
  return [[...data].filter((_, k) => k % 4 === 3),
    [x0 + ((i + 0.5) / columns) * (x1 - x0), y0 + ((j + 0.5) / rows) * (y1 - y0)]];
}}"""


def test_under_a_map_of_two_numbers_lies_what_the_decoder_draws_at_its_epoch_and_place(server, open_page):
    run = gallery("two-knobs")
    page = opened(open_page, server, "run=two-knobs", width=1000, height=800)

    def drawn_at(epoch: int) -> None:
        page.wait_for_selector(f"{MAP} .sheet.there[data-epoch='{epoch}'][data-whole]", state="attached")
        for tile in ([5, 4], [9, 7]):
            ink, z = page.evaluate(TILE, tile)
            expected = decode(load_model(run, epoch), np.array(z, np.float32)).astype(int).ravel()
            assert np.abs(np.array(ink) - expected).max() <= 2

    drawn_at(20)
    page.click(f"{MAP} .nearer")
    settle(page)
    drawn_at(20)
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 3])
    drawn_at(3)
    page.uncheck(f"{MAP} .plane input")
    page.wait_for_selector(f"{MAP} .sheet:not(.there)", state="attached")
    assert "plane=0" in page.url
    page.goto(server.url + "/latent?run=lecture")  # of twenty numbers there is none
    page.wait_for_selector(f"{MAP} .js-plotly-plot[data-epoch='10']")
    assert not page.locator(f"{MAP} .plane").is_visible()
    assert page.locator(f"{MAP} .sheet.there").count() == 0


def test_the_maps_buttons_lie_over_no_dot_and_do_what_they_say(server, open_page):
    page = opened(open_page, server, "run=two-knobs")
    page.wait_for_selector(f"{MAP} [data-view=plotly]")
    assert page.locator(f"{MAP} .modebar-btn").count() == 0
    tools, plot = (page.locator(f"{MAP} {part}").bounding_box() for part in (".tools", ".plot"))
    assert tools["y"] + tools["height"] <= plot["y"]
    wide = f"() => document.querySelector('{MAP} .js-plotly-plot')._fullLayout.xaxis.range.slice()"
    low, high = page.evaluate(wide)
    page.click(f"{MAP} .nearer")
    page.wait_for_function(
        f"([low, high]) => {{ const r = ({wide})(); return r[1] - r[0] < (high - low) * 0.7 }}", arg=[low, high]
    )
    page.click(f"{MAP} .whole")
    page.wait_for_function(f"(low) => ({wide})()[0] === low", arg=low)
    with page.expect_download() as saved:
        page.click(f"{MAP} .save")
    assert saved.value.suggested_filename == "two-knobs-epoch-20-map.png"
    image = np.asarray(Image.open(saved.value.path()).convert("RGB")).reshape(-1, 3)
    assert len(np.unique(image, axis=0)) > 100


def test_the_epochs_play_without_a_word_to_the_server_and_the_dots_arrive(server, open_page):
    run = gallery("lecture")
    page = opened(open_page, server, "run=lecture&view=UMAP")
    sent = len(page.sent)
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 0])
    page.wait_for_selector(f"{MAP} .js-plotly-plot[data-epoch='0']")
    page.click(".st-key-epoch_slider button.play")
    page.wait_for_selector(f"{MAP} .js-plotly-plot[data-epoch='10']")
    settle(page)
    assert len(page.sent) == sent
    layout = umap_tsne.load(run, "umap")
    for place in (0, 999):
        np.testing.assert_allclose(page.evaluate(WHERE, place)[2:], layout.points[-1][place], atol=0.02)
    lonely = int(np.argmax(measures_of_solitude(layout.points[-1])))
    page.mouse.move(*page.evaluate(WHERE, lonely)[:2])
    page.wait_for_selector(f"{MAP} .seen .what >> text=(test picture {lonely + 1})")
    page.click("button >> text=Two numbers")  # where another picture stands, the words of that dot go
    page.wait_for_selector(f"{MAP} .seen .what >> text=A test picture. Point at a dot to see its own")
    edges = "(s) => [...document.querySelectorAll(s)].map((c) => getComputedStyle(c).borderColor)"
    original, decoded = page.evaluate(edges, f"{MAP} .seen canvas")
    assert original != decoded  # x and what the decoder makes have colours of their own


def test_bubbles_are_drawn_where_the_codes_have_a_spread_and_the_address_keeps_them(server, open_page):
    page = opened(open_page, server, "run=two-knobs&bubbles=1")  # a link restores them
    assert page.evaluate(DRAWN)[0] > 0
    page.uncheck(f"{MAP} .bubbles input")
    assert page.evaluate(DRAWN)[0] == 0
    assert "bubbles" not in page.url
    page.check(f"{MAP} .bubbles input")
    assert page.evaluate(DRAWN)[0] > 0
    assert "bubbles=1" in page.url
    page.goto(server.url + "/latent?run=autoencoder")
    page.wait_for_selector(f"{MAP} .js-plotly-plot[data-epoch='10']")
    assert page.locator(f"{MAP} .bubbles").count() == 1
    assert not page.locator(f"{MAP} .bubbles").is_visible()


def test_a_bent_map_of_an_own_run_is_made_beside_the_page(server, open_page, finished_run):
    import shutil

    target = server.folder / "runs" / "bent"
    shutil.copytree(finished_run.path, target)
    page = open_page(server.url + "/latent?run=bent&view=t-SNE", webgl=True)
    page.wait_for_selector("text=/t-SNE map is being made/")
    page.wait_for_selector(f"{MAP} .js-plotly-plot[data-epoch='5']")  # meanwhile, the main directions
    page.wait_for_selector("text=/trustworthiness is 0/", timeout=120_000)
    page.wait_for_selector(f"{MAP} .js-plotly-plot[data-epoch='5']")
    settle(page)
    place = 7
    from vae_core.runs.run import Run

    expected = umap_tsne.load(Run(target), "tsne").points[-1][place]
    page.wait_for_function(f"([i, x]) => Math.abs(({WHERE})(i)[2] - x) < 0.1", arg=[place, float(expected[0])])
