"""The latent map in a real Chromium: dots picked, groups circled, bubbles, bent maps; nothing sent while it plays."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image

from tests.browser.test_browser import EPOCH_RANGE, SET_RANGE, gallery, pixels, settle
from vae_core.analysis import knn, umap_tsne
from vae_core.analysis.sampling import decode
from vae_core.datasets import registry
from vae_core.training.checkpoint import load_model

MAP = ".st-key-latent_scatter"
STORY = ".st-key-story_rows .strip:nth-of-type({}) canvas"
# Where a dot stands on the screen, from Plotly's own axes and the trace that it is in.
WHERE = """i => {
  const plot = document.querySelector('.st-key-latent_scatter .js-plotly-plot'), box = plot.getBoundingClientRect();
  for (const trace of plot._fullData) {
    const k = [...(trace.customdata ?? [])].indexOf(i), { xaxis: X, yaxis: Y } = plot._fullLayout;
    if (k < 0) continue;
    return [box.x + X._offset + X.l2p(trace.x[k]), box.y + Y._offset + Y.l2p(trace.y[k]), trace.x[k], trace.y[k]];
  }
}"""

# The code at a place of the plot, in pixels from its corner.
PLACE_AT = """([x, y]) => {
  const { xaxis, yaxis } = document.querySelector('.st-key-latent_scatter .js-plotly-plot')._fullLayout;
  return [xaxis.p2d(x), yaxis.p2d(y)];
}"""

SPOT = "i => document.querySelector('.st-key-latent_scatter .plot').spotOf(i)"

# Of a canvas over the map: how many pixels are drawn on, and where and how strongly, as one number.
DRAWN = f"""(which) => {{
  const c = document.querySelector('{MAP} canvas.' + (which ?? 'over'));
  const {{ data }} = c.getContext('2d').getImageData(0, 0, c.width, c.height);
  let count = 0, where = 0;
  for (let i = 3; i < data.length; i += 4) if (data[i]) (count++, (where += i * data[i]));
  return [count, where];
}}"""


def opened(open_page, server, address: str, epoch: int | None = None, **options):
    page = open_page(f"{server.url}/latent?{address}", webgl=True, **options)
    if epoch is None:
        epoch = 20 if "two-knobs" in address else 10
    page.wait_for_selector(f"{MAP} .js-plotly-plot[data-epoch='{epoch}']")
    page.wait_for_selector(".ll-figures svg circle")
    settle(page)
    return page


def measures_of_solitude(mean: np.ndarray) -> np.ndarray:
    """Distance to the nearest other dot, for those that surely stand on the screen."""
    near = knn.nearest(mean, mean, 2)[:, 1]
    away = np.linalg.norm(mean - mean[near], axis=1)
    inside = (np.abs(mean - mean.mean(0)) < 1.5 * mean.std(0)).all(1)
    return np.where(inside, away, 0)


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


def test_without_webgl_a_class_is_isolated_too(server, open_page):
    page = open_page(server.url + "/latent?run=two-knobs")
    page.wait_for_selector(f"{MAP} canvas.plain[data-epoch='20']")
    settle(page)
    whole = page.evaluate(DRAWN, "plain")
    page.locator(f"{MAP} .classes button").nth(3).hover()
    assert page.evaluate(DRAWN, "plain")[1] < 0.8 * whole[1]  # most dots are pale
    page.mouse.move(5, 5)
    assert page.evaluate(DRAWN, "plain") == whole


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
