"""The lecture, walked through by key, by wheel and with less motion."""

from __future__ import annotations

from tests.browser.test_browser import settle

BOX = ".ll-lecture"
MAIN = "document.querySelector('[data-testid=stMain]')"
# How many colours a scene's picture has, looked at on a small copy; none before it is drawn.
COLOURS = """(k) => {
  const canvas = document.querySelectorAll(".ll-lecture .scene canvas")[k], small = new OffscreenCanvas(160, 120);
  if (!canvas.width || !canvas.height) return 0;
  const g = small.getContext("2d");
  g.drawImage(canvas, 0, 0, 160, 120);
  return new Set(new Uint32Array(g.getImageData(0, 0, 160, 120).data.buffer)).size;
}"""
SCENE = f"(k) => document.querySelectorAll('{BOX} .scene')[k]"
# To the part of a scene at which its last sentence is read.
TO_ITS_END = f"""(k) => {{
  const scene = ({SCENE})(k), top = {MAIN}.scrollTop + scene.getBoundingClientRect().bottom - {MAIN}.clientHeight;
  {MAIN}.scrollTo({{ top: top - 4, behavior: "instant" }});
}}"""
LIT = f"""(k) => {{
  const scene = ({SCENE})(k);
  return [[...scene.querySelectorAll(".beat")].map((p) => p.classList.contains("lit")),
    [...scene.querySelectorAll(".term.lit")].map((t) => t.dataset.name)];
}}"""
# What of a scene is wider or higher than its place.
CLIPPED = f"""(k) => [...({SCENE})(k).querySelectorAll(".stage, .text > :not(.aside)")]
  .filter((e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 3)
  .map((e) => [e.className, e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight])"""


def test_the_lecture_is_walked_through(server, open_page):
    page = open_page(server.url + "/lecture?scene=forces", width=1280, height=800, scheme="dark")
    page.wait_for_selector(f"{BOX}[data-current='4'] [data-scene=forces][data-beat='1']")  # it plays by itself
    settle(page)
    for width in (390, 1280):  # a phone that is turned shows the scene that it showed
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(f"width => document.querySelector('{BOX}').clientWidth <= width", arg=width)
        settle(page)
        assert page.get_attribute(BOX, "data-current") == "4" and "scene=forces" in page.url
    page.keyboard.press("Home")
    page.wait_for_selector(f"{BOX}[data-current='0'] [data-beat='0']")
    settle(page)
    sent, count = len(page.sent), page.locator(f"{BOX} .scene").count()
    assert 8 <= count <= 10
    for k in range(count):  # a key leads to each scene, which takes the focus and draws
        if k:
            page.keyboard.press(("ArrowDown", "ArrowRight", "PageDown")[k % 3])
        page.wait_for_selector(f"{BOX}[data-current='{k}']")
        page.wait_for_function(f"k => ({COLOURS})(k) > 12", arg=k)
        assert k == 0 or page.evaluate(f"k => ({SCENE})(k) === document.activeElement", k)
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")  # nowhere
    assert page.get_attribute(BOX, "data-current") == str(count - 1)
    page.keyboard.press("ArrowUp")
    page.wait_for_selector(f"{BOX}[data-current='{count - 2}']")

    for k in (3, 5):  # scrolled to its end, the last sentence is lit, and its terms of the formula
        page.evaluate(TO_ITS_END, k)
        page.wait_for_selector(f"{BOX}[data-current='{k}'] .scene:nth-of-type({k + 1}) .beat:last-child.lit")
        sentences, terms = page.evaluate(LIT, k)
        assert sentences == [False, False, False, True] and terms == {3: ["mean", "std"], 5: ["mean"]}[k]
        assert page.evaluate("(k) => document.querySelector('.rail [aria-current]') === "
                             "document.querySelectorAll('.rail button')[k]", k)  # fmt: skip

    # A slider takes its arrow keys for itself.
    page.keyboard.press("End")
    page.wait_for_selector(f"{BOX}[data-current='{count - 1}']")
    slider = page.locator("[data-scene=morph] input[type=range]")
    slider.focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert float(slider.input_value()) > 0
    assert page.get_attribute(BOX, "data-current") == str(count - 1)
    assert len(page.sent) == sent, "the walk asks nothing of the server"

    page.click("[data-scene=morph] .ways button")  # the lines of its notebook, whose keys do not walk
    assert "path = (1 - t) * start + t * end" in page.inner_text(f"{BOX} dialog[open] pre")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    page.wait_for_selector(f"{BOX} dialog", state="detached")
    assert page.get_attribute(BOX, "data-current") == str(count - 1)

    settle(page)  # the address names the scene
    assert "scene=morph" in page.url
    page.emulate_media(reduced_motion="reduce", color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    page.wait_for_selector(f"{BOX}.calm[data-current='{count - 1}']")
    settle(page)
    assert page.evaluate(f"{MAIN}.scrollWidth - {MAIN}.clientWidth") == 0
    for k in range(count):  # all is there at once, and fits the window
        page.evaluate(f"k => ({SCENE})(k).scrollIntoView({{ behavior: 'instant' }})", k)
        page.wait_for_function(f"k => ({COLOURS})(k) > 12", arg=k)
        assert all(page.evaluate(LIT, k)[0])
        assert page.evaluate(CLIPPED, k) == [], k
    page.click("[data-scene=morph] .door")
    page.wait_for_selector(".st-key-morph_player canvas")
    assert "/morph" in page.url
