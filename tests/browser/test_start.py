"""The start page, as a first-time visitor meets it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.browser.test_browser import PIXELS, gallery, settle, unpacked
from vae_core.analysis.sampling import decode, encode
from vae_core.training.checkpoint import load_model

MAP = ".ll-scene .map"
MAIN = "document.querySelector('[data-testid=stMain]')"
WHOLE = ".ll-scene .mosaic[data-whole]"
SIZES = [(1280, 800), (1920, 1080), (390, 844)]

# All that the scene says and shows, at one moment: it moves by itself.
SEEN = f"""() => {{
  const pixels = {PIXELS}, words = (term) => document.querySelector(".ll-scene .term." + term).ariaLabel;
  return {{
    ...Object.fromEntries(["mean", "eps", "std", "z"].map((term) => [term, words(term)])),
    at: document.querySelector("{MAP}").dataset.z ?? "", x: pixels(".ll-scene canvas.x"),
    image: pixels(".ll-scene .image"), name: document.querySelector(".ll-scene canvas.x").ariaLabel,
  }};
}}"""


def opened(open_page, url: str, **options):
    """The start page, once its mosaic is whole."""
    page = open_page(url, **options)
    page.wait_for_selector(WHOLE)
    settle(page)
    return page


def seen(page, arrived: str = "true") -> dict[str, np.ndarray]:
    """The equation's numbers, what the decoder got, and both pictures, once what came out is of the z that is said.

    ``arrived``: what must be so besides, in the browser. A term without numbers is empty.
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


def as_drawn(model, z) -> np.ndarray:
    return decode(model, np.asarray(z, np.float32)).astype(int).ravel()


def carried(page) -> tuple[np.ndarray, np.ndarray]:
    """The code under the pointer, and the picture that it carries."""
    found = page.evaluate(f"() => [document.querySelector('.loupe canvas').dataset.z, ({PIXELS})('.loupe canvas')]")
    return np.array(found[0].split(","), np.float32), unpacked(found[1])


def test_the_scene_is_what_the_core_computes(server, open_page):
    page = opened(open_page, server.url)
    sent = len(page.sent)
    model = load_model(gallery("two-knobs"), 20)
    page.click(".ll-scene .chooser button[aria-label='7']")
    first = seen(page, "now.name === 'A handwritten 7'")
    page.click(".ll-scene .dice")
    now = seen(page, f"document.querySelector('{MAP}').dataset.throws === '1'")
    assert (now["eps"] != first["eps"]).any()
    assert (now["x"] == first["x"]).all()
    mean, logvar = encode(model, now["x"].astype(np.uint8)[None])
    np.testing.assert_allclose(now["mean"], mean[0], atol=0.011)
    np.testing.assert_allclose(now["std"], np.exp(logvar[0] / 2), atol=0.011)
    np.testing.assert_allclose(now["z"], now["mean"] + now["eps"] * now["std"], atol=0.03)
    assert np.abs(now["image"] - as_drawn(model, now["at"])).max() <= 1

    places = []
    for across in (700, 1000):  # the pointer carries what is decoded there
        page.mouse.move(across, 500)
        z, picture = carried(page)
        assert np.abs(picture - as_drawn(model, z)).max() <= 1
        places.append(z)
    assert places[1][0] > places[0][0] + 0.1 and places[1][1] == pytest.approx(places[0][1], abs=0.02)
    assert (seen(page)["z"] == now["z"]).all(), "to point is not to choose"
    assert not page.locator(".ll-scene .explain code").is_visible()
    page.click(".ll-scene button.code")
    page.hover(".ll-scene .box.decoder")
    assert "torch.sigmoid" in page.locator(".ll-scene .explain code").text_content()
    assert len(page.sent) == sent


CLASSES_SEEN = """() => {
  const canvas = document.querySelector(".ll-scene .dots"), probe = document.createElement("i"),
    { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  canvas.after(probe);
  return [...Array(10).keys()].map((c) => {
    probe.style.color = `var(--ll-c${c})`;
    const rgb = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
    let seen = 0;
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3] > 100 && rgb.every((value, k) => Math.abs(data[i + k] - value) < 6)) seen++;
    return seen;
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_dot_has_the_colour_of_its_class(server, open_page, scheme):
    page = opened(open_page, server.url, scheme=scheme)
    seen = page.evaluate(CLASSES_SEEN)
    assert min(seen) > 50, seen


def test_every_place_of_the_plane_is_drawn_by_the_decoder(server, open_page):
    page = opened(open_page, server.url, width=1280, height=800)
    found = page.evaluate("""() => {
      const c = document.querySelector(".mosaic"), { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
      let alpha = "";
      for (let i = 3; i < data.length; i += 4) alpha += String.fromCharCode(data[i]);
      const { x, y, width, height } = c.getBoundingClientRect();
      return { tiles: c.dataset.whole, alpha: btoa(alpha), box: [x, y, x + width, y + height] };
    }""")
    pitch, left, top, columns, rows = map(int, found["tiles"].split(","))
    tiles = unpacked(found["alpha"]).reshape(rows, 28, columns, 28).swapaxes(1, 2).astype(float)
    x, y = ((k + 0.5) * pitch / 10 for k in (left + np.arange(columns), top - np.arange(rows)))
    codes = np.stack(np.meshgrid(x, y), -1).astype(np.float32)
    drawn = decode(load_model(gallery("two-knobs"), 20), codes.reshape(-1, 2)).reshape(tiles.shape).astype(float)
    middle = np.hypot(codes[..., 0], codes[..., 1]) < 1.7  # further out they are fainter
    scale = (tiles[middle] * drawn[middle]).sum() / (drawn[middle] ** 2).sum()
    assert 0.3 < scale < 0.6
    assert np.abs(tiles[middle] - scale * drawn[middle]).max() <= 4
    assert tiles.max((2, 3)).min() > 5, "no place is empty"
    x0, y0, x1, y1 = found["box"]  # edge to edge, below the bar
    assert x0 <= 0 and y0 <= 60 and x1 >= 1280 and y1 >= 800


INSIDE = (
    "h1", ".st-key-tour_door button.next", ".st-key-scene_hero [data-testid=stPageLink-NavLink]",
    ".ll-scene .chooser", ".ll-scene .sum", ".ll-scene canvas.x", ".ll-scene .image", ".ll-scene .dice",
    ".ll-scene .projector", ".ll-scene button.code", ".st-key-scene_about button", ".ll-scene .explain p",
)  # fmt: skip
CLIPPED = """() => [...document.querySelectorAll(".st-key-scene_hero p, .st-key-scene_page button, .explain p")]
  .filter((n) => n.offsetParent && !n.closest(".st-key-scene_about") && n.scrollWidth > n.clientWidth + 1)
  .map((n) => n.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("tour", [False, True])
def test_all_of_it_is_seen_without_scrolling(server, open_page, width, height, tour):
    page = opened(open_page, server.url + "/?tour=0" * tour, width=width, height=height, scheme="dark")
    scrolled = f"(({MAIN}).scrollHeight - ({MAIN}).clientHeight) + (({MAIN}).scrollWidth - ({MAIN}).clientWidth)"
    assert page.evaluate(scrolled) == 0
    boxes = {}
    for selector in INSIDE if not tour else (*INSIDE[:1], *INSIDE[3:], ".st-key-tour_bar"):
        box = page.locator(selector).first.bounding_box()
        assert box is not None, selector
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, selector
        assert box["y"] >= 0 and box["y"] + box["height"] <= height, selector
        boxes[selector] = box
    assert not page.evaluate(CLIPPED)
    names = list(boxes)
    for k, one in enumerate(names):
        for other in names[k + 1 :]:
            assert not overlap(boxes[one], boxes[other]), f"{one} lies on {other}"
    labels = np.array(page.get_attribute(MAP, "data-names").split(","), float).reshape(-1, 2)
    top = page.locator(MAP).bounding_box()["y"]
    for x, y in labels:
        label = {"x": x - 6, "y": top + y - 8, "width": 12, "height": 16}
        assert 0 < x < width and not [name for name, box in boxes.items() if overlap(label, box)], (x, y)


def test_names_make_room_for_a_card_that_comes_late_and_grows(server, open_page):
    page = opened(open_page, server.url, width=390, height=844)
    page.evaluate("""() => {
      window.card = document.createElement("div");
      card.className = "st-key-tour_bar";
      document.querySelector(".st-key-scene_hero").after(card);
    }""")
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    bottom = page.evaluate("() => ((card.style.height = '270px'), card.getBoundingClientRect().bottom)")
    highest = f"Math.min(...document.querySelector('{MAP}').dataset.names.split(',').filter((_, i) => i % 2))"
    top = page.locator(MAP).bounding_box()["y"]
    page.wait_for_function(f"bottom => {top} + {highest} > bottom", arg=bottom, timeout=5000)


def overlap(one: dict[str, float], other: dict[str, float], by: float = 1.0) -> bool:
    return all(
        one[at] + one[size] > other[at] + by and other[at] + other[size] > one[at] + by
        for at, size in (("x", "width"), ("y", "height"))
    )


def test_a_click_chooses_z_and_the_equation_says_so(server, open_page):
    page = opened(open_page, server.url)
    model = load_model(gallery("two-knobs"), 20)
    page.mouse.click(900, 300)
    chosen = seen(page, "now.mean.startsWith('no mean')")
    assert not len(chosen["mean"]) and not len(chosen["std"]) and not len(chosen["eps"])
    assert "chosen by hand" in page.locator(".ll-scene .term.eps").get_attribute("aria-label")
    assert page.locator(".ll-scene .term.eps").text_content().count("–") == 2
    assert np.abs(chosen["image"] - as_drawn(model, chosen["at"])).max() <= 1
    page.wait_for_function("() => new URLSearchParams(location.search).has('z')")
    page.reload()  # the address names it
    page.wait_for_selector(WHOLE)
    again = seen(page, "now.mean.startsWith('no mean')")
    np.testing.assert_allclose(again["at"], chosen["at"], atol=1e-3)
    page.click(".ll-scene .dice")  # back to the picture
    rolled = seen(page, "now.mean.startsWith('mean')")
    np.testing.assert_allclose(rolled["z"], rolled["mean"] + rolled["eps"] * rolled["std"], atol=0.03)
    assert "z=" not in page.url


def test_the_keyboard_points_and_chooses_too(server, open_page):
    page = opened(open_page, server.url)
    model = load_model(gallery("two-knobs"), 20)
    before = seen(page)["at"]
    page.focus(MAP)
    assert not page.locator(".loupe").is_visible()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    z, picture = carried(page)
    assert page.locator(".loupe").is_visible()
    assert np.abs(picture - as_drawn(model, z)).max() <= 1
    page.keyboard.press("Enter")
    chosen = seen(page, "now.mean.startsWith('no mean')")
    np.testing.assert_allclose(chosen["at"], z, atol=1e-3)
    assert (chosen["at"] > before).all()
    page.keyboard.press("Escape")
    assert not page.locator(".loupe").is_visible()


FINGER = """([selector, x, y]) => {
  const send = (type) => document.querySelector(selector).dispatchEvent(new PointerEvent(type,
    { bubbles: true, pointerType: "touch", pointerId: 7, buttons: 1, clientX: x, clientY: y }));
  send("pointerdown"), send("pointermove");
}"""


def test_above_a_finger_the_picture_is_seen_whole(server, open_page):
    page = opened(open_page, server.url, width=390, height=844)
    for x, y in ((30, 420), (200, 500), (380, 640)):
        page.evaluate(FINGER, [MAP, x, y])
        box = page.locator(".loupe").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] >= 60
        assert box["y"] + box["height"] < y
        picture = page.locator(".loupe canvas").bounding_box()
        assert picture["width"] >= 150 and picture["width"] == pytest.approx(picture["height"], abs=1)

    # A phone on its side is lower than the scene: there a finger that goes up scrolls, wherever it begins.
    page.set_viewport_size({"width": 844, "height": 390})
    settle(page)
    top = "() => document.querySelector('.ll-scene').getBoundingClientRect().top"
    before = page.evaluate(top)
    touch = page.context.new_cdp_session(page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    for y in range(300, 90, -10):
        kind = "touchStart" if y == 300 else "touchMove"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": 600, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function(f"before => ({top})() < before - 100", arg=before)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    page.evaluate(f"() => ({MAIN}).scrollTo(0, 9999)")  # nothing of it is out of reach
    page.wait_for_function("() => document.querySelector('.ll-scene').getBoundingClientRect().bottom < innerHeight + 2")
    hero, panel = (page.locator(each).bounding_box() for each in (".st-key-scene_doors", ".ll-scene .panel"))
    assert hero and panel and not overlap(hero, panel)


def test_a_drawing_travels_in(server, open_page):
    page = opened(open_page, server.url)
    model = load_model(gallery("two-knobs"), 20)
    page.click(".ll-scene .chooser .draw")
    box = page.locator(".st-key-scene_pad canvas").bounding_box()
    corners = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in ((0.3, 0.2), (0.7, 0.2))]
    page.mouse.move(*corners[0])
    page.mouse.down()
    page.mouse.move(*corners[1], steps=6)
    page.mouse.move(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.85, steps=8)
    page.mouse.up()
    now = seen(page, "now.name.startsWith('Your drawing')")
    mean, logvar = encode(model, now["x"].astype(np.uint8)[None])
    np.testing.assert_allclose(now["mean"], mean[0], atol=0.011)
    np.testing.assert_allclose(now["std"], np.exp(logvar[0] / 2), atol=0.011)
    assert np.abs(now["image"] - as_drawn(model, now["at"])).max() <= 1
    assert now["x"].reshape(28, 28)[:, 4:24].max() > 200


# How much light and dark there is about the middle of the plane, on the canvas that is seen.
SHEET = """() => {
  const c = [...document.querySelectorAll(".plane canvas")].find((each) => !each.hidden),
    box = c.getBoundingClientRect(), scale = c.width / box.width, style = getComputedStyle(c);
  const [x, y, side] = [parseFloat(style.getPropertyValue("--x")), parseFloat(style.getPropertyValue("--y")), 150];
  const scene = document.querySelector(".ll-scene").getBoundingClientRect(),
    corner = [(x + scene.x - box.x - side) * scale, (y + scene.y - box.y - side) * scale];
  const { data } = c.getContext("2d").getImageData(...corner, 2 * side * scale, 2 * side * scale);
  let least = 255, most = 0;
  for (let i = 3; i < data.length; i += 4) (least = Math.min(least, data[i])), (most = Math.max(most, data[i]));
  return most - least;
}"""
# The epochs that the plane shows, and what is said of each, while the film plays; how much light and dark there is when
# it shows the untrained decoder, which lasts for less than a test may be held up.
WATCH = f"""() => {{
  window.shown = [];
  const plane = document.querySelector(".ll-scene .plane"), said = document.querySelector(".ll-scene .epoch");
  (function look() {{
    const now = [plane.dataset.epoch ?? "", said.textContent];
    if (now[0] === "0") window.untrained ??= ({SHEET})();
    if (String(window.shown.at(-1)) !== String(now)) window.shown.push(now);
    if (plane.dataset.epoch !== "20") requestAnimationFrame(look);
  }})();
}}"""


BETWEEN = "([epoch, words]) => !epoch && words.includes(' to epoch ')"


def test_the_film_grows_out_of_noise_and_says_which_epoch_is_seen(server, open_page):
    page = opened(open_page, server.url)
    trained = page.evaluate(SHEET)
    page.evaluate(WATCH)
    page.click(".ll-scene .projector .play")
    page.wait_for_function("window.untrained !== undefined")
    page.mouse.move(900, 500)
    page.wait_for_selector(".ll-scene:not(.filming) .plane[data-epoch='20']", timeout=60_000)
    assert page.evaluate("window.untrained") < trained / 3, "an untrained decoder draws haze"
    assert page.evaluate(SHEET) == trained
    shown = page.evaluate("window.shown")
    still = [epoch for epoch, _ in shown if epoch]
    assert sorted(set(still), key=int) == [str(epoch) for epoch in gallery("two-knobs").weight_epochs()]
    said = {"0": "Untrained", "1": "After 1 epoch"}
    for epoch, words in shown:
        if epoch and (epoch, words) != ("20", "Play its training"):  # which it offers again at the end
            assert words == said.get(epoch, f"After {epoch} epochs")
    assert page.evaluate(f"window.shown.some({BETWEEN})")


def test_the_film_steps_for_who_wants_no_motion(server, open_page):
    page = open_page("about:blank")
    page.emulate_media(reduced_motion="reduce")
    page.goto(server.url)
    page.wait_for_selector(WHOLE)
    settle(page)
    page.evaluate(WATCH)
    page.click(".ll-scene .projector .play")
    third = str(gallery("two-knobs").weight_epochs()[2])
    page.wait_for_function("third => window.shown.some(([epoch]) => epoch === third)", arg=third)
    assert not page.evaluate(f"window.shown.some({BETWEEN})")


def test_left_alone_it_throws_by_itself_unless_the_visitor_wants_rest(server, open_page):
    page = opened(open_page, server.url)
    before = page.get_attribute(".ll-scene .term.z", "aria-label")
    page.wait_for_function("t => document.querySelector('.ll-scene .term.z').ariaLabel !== t", arg=before)


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
  const map = document.querySelector(".ll-scene .map");
  document.querySelector(`.ll-scene .chooser button[aria-label="${digit}"]`).click();
  map.dataset.lens = "";
  while (!map.dataset.lens) await new Promise(requestAnimationFrame);
  return { ...map.dataset, wide: map.clientWidth, digit: document.querySelector("canvas.x").ariaLabel };
}"""


def test_the_lens_covers_no_class_name(server, open_page):
    page = open_page("about:blank")
    page.emulate_media(reduced_motion="reduce")  # the lens is at its place at once
    page.goto(server.url)
    page.wait_for_selector(WHOLE)
    settle(page)
    wide = set()
    for width in (390, 800, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(
            "map => Math.abs(document.querySelector(map).width - document.querySelector(map).clientWidth) < 3",
            arg=MAP,
        )
        for digit in "01234":
            drawn = page.evaluate(CHOSEN, digit)
            assert drawn["digit"] == f"A handwritten {digit}"
            wide.add(drawn["wide"])
            x, y, radius = (float(v) for v in drawn["lens"].split(","))
            labels = np.array(drawn["names"].split(","), float).reshape(-1, 2)
            assert len(labels) == 10
            assert x - radius >= 0 and x + radius <= drawn["wide"], (width, digit)
            assert (np.hypot(*(labels - [x, y]).T) > radius + 4).all(), (width, digit)
    assert len(wide) == 3
