"""The pages as a visitor feels them, in Chromium: ``python -m benchmarks explore``. Needs requirements-dev.txt.

- First paint: from the address to the page's main picture, server warm. The browser has Streamlit's own files (as at a
  second visit), or nothing. And what a page sends of ours until it rests: messages and files, Plotly apart.
- A frame: the work of one step of a slider or of the pointer, handler and animation frames, in the browser.
- An answer: from a click to what it changed on the screen.

MNIST is used where VAE_DATA_DIR has it. ``python -m benchmarks.explore / /latent`` measures the first paint and the
bytes of some pages, and the map's frames if it is among them; it writes nothing down.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.table import Table, often, summary
from tests.browser.conftest import CHROMIUM, FLAGS, SETTLED, Server
from vae_core import paths

COMMAND = "python -m benchmarks explore"
TIMES, STEPS, ANSWERS = often(5, 1), often(60, 20), often(20, 3)
EPOCH = ".st-key-epoch_slider input[type=range]"
MAP = ".st-key-latent_scatter"
SPACE = "/latent?run=lecture&view=3D"
# Each page, and what stands on it when its main picture is painted.
PAGES = {
    "/": ".ll-scene .mosaic[data-finest]",
    "/lecture": ".ll-lecture [data-beat='0'] canvas",
    "/train": ".st-key-start_training button",
    "/latent": f"{MAP} canvas.plain[data-epoch]",
    "/latent?run=lecture&view=UMAP": f"{MAP} canvas.plain[data-epoch]",
    "/generate": ".st-key-sampling_grid canvas[data-epoch]",
    "/generate?part=Knobs": ".st-key-latent_knobs .big[data-epoch]",
    "/morph": ".st-key-morph_player .stage canvas",
    "/draw": ".st-key-draw_map canvas",
    "/compare": ".st-key-compared_b canvas",
    "/generate?part=Plane": ".st-key-manifold_grid canvas[data-exact]",
    "/autoencoder": ".st-key-holes canvas",
    "/bubbles": ".st-key-bubble_scene [data-drawn]",
    "/noise": ".st-key-noise [data-z]",
    "/loss": ".st-key-damage [data-digit]",
    "/runs": "h2",
}
PAINTED = often(tuple(PAGES), ("/", "/latent", "/morph"))
OURS = 1.0  # megabytes that a page may send of ours
# The time that callbacks of animation frames take is added up, so that what a step draws later counts too.
SEEN = """(ready) => requestAnimationFrame(function look() {
  if (document.querySelector(ready)) window.seenAt = performance.now();
  else requestAnimationFrame(look);
})"""
WATCH = """() => {
  const original = window.requestAnimationFrame.bind(window);
  window.work = [];
  window.requestAnimationFrame = (f) => original((now) => {
    const t = performance.now();
    f(now);
    window.work.push(performance.now() - t);
  });
}"""
SCRUB = """async ([selector, count]) => {
  const slider = document.querySelector(selector), out = [], [low, high] = [+slider.min, +slider.max];
  for (let k = 0; k < count; k++) {
    const value = low + ((k * 0.37) % 1) * (high - low);
    slider.value = slider.step === "any" ? value : Math.round(value / (+slider.step || 1)) * (+slider.step || 1);
    window.work = [];
    const t = performance.now();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const handler = performance.now() - t;
    await new Promise((f) => setTimeout(f, 60));
    out.push(handler + (window.work[0] ?? 0), ...window.work.slice(1));
  }
  return out;
}"""
POINT = """async ([selector, count]) => {
  const area = document.querySelector(selector + " .nsewdrag"), box = area.getBoundingClientRect(), out = [];
  for (let k = 0; k < count; k++) {
    const t = performance.now();
    area.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, clientX: box.x + ((k * 0.37) % 1) * box.width,
      clientY: box.y + ((k * 0.61) % 1) * box.height }));
    out.push(performance.now() - t);
    await new Promise((f) => setTimeout(f, 20));
  }
  return out;
}"""
# The map in space, turned by the arrow keys.
TURN = """async ([selector, count]) => {
  const turner = document.querySelector(selector + " .turn"), out = [];
  for (let k = 0; k < count; k++) {
    window.work = [];
    turner.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
    await new Promise((f) => setTimeout(f, 60));
    out.push(...window.work);
  }
  return out;
}"""
# The pointer over the start page's plane, and a picture that travels in; the pieces in which the mosaic is decoded.
CARRY = """async (count) => {
  const map = document.querySelector(".ll-scene .map"), box = map.getBoundingClientRect(), out = [];
  for (let k = 0; k < count; k++) {
    const t = performance.now();
    map.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, pointerType: "mouse",
      clientX: box.x + ((k * 0.37) % 1) * box.width, clientY: box.y + ((k * 0.61) % 1) * box.height }));
    out.push(performance.now() - t);
    await new Promise((f) => setTimeout(f, 20));
  }
  return out;
}"""
TRAVEL = """async () => {
  window.work = [];
  document.querySelectorAll(".ll-scene .chooser button")[7].click();
  await new Promise((f) => setTimeout(f, 5000));
  return window.work;
}"""
FILM = """async () => {
  document.querySelector(".ll-scene .play").click();
  while (!document.querySelector(".ll-scene.filming")) await new Promise((f) => setTimeout(f, 20));
  window.work = [];
  while (document.querySelector(".ll-scene.filming")) await new Promise((f) => setTimeout(f, 50));
  return window.work;
}"""
STARTED = (
    ("the start page: a piece of the mosaic", "() => window.pieces"),
    ("the start page: the pointer, decoded", CARRY),
    *often((
        ("the start page: a picture travels in", TRAVEL),
        ("the start page: the film of the training", FILM),
    ), ()),
)  # fmt: skip
# The buttons of the map, and what each costs until it has come nearer or gone back.
ZOOM = """async ([selector, count]) => {
  const out = [];
  for (let k = 0; k < count; k++) {
    window.work = [];
    const t = performance.now();
    document.querySelector(selector + (k % 2 ? " .whole" : " .nearer")).click();
    const handler = performance.now() - t;
    await new Promise((f) => setTimeout(f, 400));
    out.push(handler + (window.work[0] ?? 0), ...window.work.slice(1));
  }
  return out;
}"""
# What the page itself works from one pause to the next: tasks of messages between its own ports.
PIECES = """() => {
  window.pieces = [];
  const { set } = Object.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
  Object.defineProperty(MessagePort.prototype, "onmessage", { set(f) {
    set.call(this, (event) => {
      const t = performance.now();
      f(event);
      window.pieces.push(performance.now() - t);
    });
  } });
}"""
# What a hand moves, on which page, and the slider that does it or the script.
MOVED = (
    ("epochs on the map, 10,000 dots", "/latent", EPOCH),
    ("epochs of the samples, 64 pictures", "/generate", EPOCH),
    ("the morph’s slider", "/morph", ".st-key-morph_player input[type=range]"),
    *often((
        ("epochs of the morph, all rows and the map", "/morph", EPOCH),
        ("a knob of the code", "/generate?part=Knobs", ".st-key-latent_knobs .knob input"),
        ("the random walk", "/generate?part=Walk", ".st-key-random_walk .bar input"),
        ("the pointer on the map, decoded", "/latent", POINT),
        ("the map in space turns", SPACE, TURN),
    ), ()),
)  # fmt: skip
FIRST_DOT = f"() => document.querySelector('{MAP} .js-plotly-plot')._fullData[0].x[0]"
CODE = "() => document.querySelector('.st-key-code_chart svg')?.getAttribute('aria-label') ?? null"
PICK_DOT = (
    f"k => document.querySelector('{MAP} .js-plotly-plot').emit('plotly_click', {{ points: [{{ customdata: k }}] }})"
)
PRESS = """name => [...document.querySelectorAll("[data-testid=stButtonGroup] button")]
  .find((button) => button.textContent.includes(name)).click()"""
# From a click until a text (of the selector, or an attribute of it) is another.
CLICK = """async ([button, k, seen, attribute]) => {
  const text = () => {
    const n = document.querySelector(seen);
    return n && (attribute ? n.getAttribute(attribute) : n.textContent);
  };
  const old = text(), t = performance.now();
  document.querySelectorAll(button)[k].click();
  while (text() === old && performance.now() - t < 10000) await new Promise((f) => setTimeout(f, 2));
  return performance.now() - t;
}"""
STROKE = """async ([x0, y0, x1, y1]) => {
  const pad = document.querySelector(".ll-pad canvas"), box = pad.getBoundingClientRect();
  const seen = () => { const c = document.querySelector(".st-key-drawn_rebuilt canvas");
    return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.join(); };
  const send = (kind, x, y) => pad.dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId: 1,
    isPrimary: true, buttons: +(kind !== "pointerup"), clientX: box.left + x * box.width,
    clientY: box.top + y * box.height }));
  pad.setPointerCapture = () => {};
  const old = seen();
  send("pointerdown", x0, y0);
  send("pointermove", x1, y1);
  const t = performance.now();
  send("pointerup", x1, y1);
  while (seen() === old && performance.now() - t < 10000) await new Promise((f) => setTimeout(f, 2));
  return performance.now() - t;
}"""


@contextmanager
def at_work() -> Iterator[tuple[Browser, str]]:
    """A browser, and the address of a server of its own."""
    if CHROMIUM is None:
        raise RuntimeError("there is no Chromium on this machine.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder), data_dir=paths.data_dir())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser, server.url
        finally:
            browser.close()
            server.kill()


def measure() -> list[Table]:
    with at_work() as (browser, url):
        return [paints(browser, url, list(PAINTED), TIMES), frames(browser, url), answers(browser, url)]


def paints(browser: Browser, url: str, pages: list[str], times: int) -> Table:
    rows = []
    known = browser.new_context(viewport={"width": 1280, "height": 800})
    for path in pages:
        ready = PAGES[path]
        paint(known, url + path, ready)  # warms the server and this browser's cache
        again = [paint(known, url + path, ready) for _ in range(times)]
        fresh = browser.new_context(viewport={"width": 1280, "height": 800})
        first = paint(fresh, url + path, ready)
        fresh.close()
        rows.append([
            path, summary([found.seconds for found in again]), f"{first.seconds:.2f} s",
            f"{first.ours:.2f} MB" + (" (more than it may)" if first.ours > OURS else ""),
            f"{first.messages:.2f} + {first.files:.2f} MB", f"{first.plotly:.2f} MB", f"{first.streamlits:.2f} MB",
        ])  # fmt: skip
        print(*rows[-1], file=sys.stderr)
    known.close()
    head = [
        "page", "first paint, known browser", "empty cache", "of ours it sends", "messages + files", "Plotly",
        "Streamlit’s files",
    ]  # fmt: skip
    note = f"server warm, {times} times; bytes with an empty cache, until the page rests; at most {OURS:g} MB of ours."
    return Table("First paint of each page", COMMAND, head, rows, note)


@dataclass
class Paint:
    """Seconds to the main picture, and the megabytes that came until the page rested, Plotly among them."""

    seconds: float
    messages: float  # of the server, all of them
    files: float  # of ours, compressed as they travel
    plotly: float
    streamlits: float

    @property
    def ours(self) -> float:
        return self.messages + self.files


def paint(context: BrowserContext, url: str, ready: str) -> Paint:
    page = context.new_page()
    names: dict[str, str] = {}
    found = {"messages": 0, "files": 0, "plotly": 0, "streamlits": 0}
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.requestWillBeSent", lambda e: names.update({e["requestId"]: e["request"]["url"]}))

    def loaded(event: dict[str, Any]) -> None:
        name = names.get(event["requestId"], "")
        whose = "plotly" if "/vendor/plotly" in name else "files" if "/app/static/" in name else "streamlits"
        found[whose] += int(event["encodedDataLength"])

    def told(frame: str | bytes) -> None:
        found["messages"] += len(frame)

    session.on("Network.loadingFinished", loaded)
    page.on("websocket", lambda s: s.on("framereceived", told))
    page.add_init_script(f"({SEEN})({ready!r})")
    page.goto(url)
    page.wait_for_function("window.seenAt", timeout=60_000)
    seconds = page.evaluate("window.seenAt") / 1000  # since the navigation began
    rest(page)
    page.close()
    return Paint(seconds, **{whose: count / 1e6 for whose, count in found.items()})


def rest(page: Page) -> None:
    """Wait until a page does nothing more, and nothing travels."""
    page.wait_for_function(SETTLED, timeout=60_000)
    page.wait_for_load_state("networkidle")


def opened(browser: Browser, url: str, path: str, ready: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.sent = []  # type: ignore[attr-defined]
    page.on("websocket", lambda s: s.on("framesent", lambda frame: page.sent.append(frame)))  # type: ignore[attr-defined]
    page.add_init_script(f"({WATCH})()")
    page.goto(url + path)
    page.wait_for_selector(ready, state="attached", timeout=60_000)  # Plotly may have taken its place already
    rest(page)
    return page


def frames(browser: Browser, url: str) -> Table:
    rows = [*scene_frames(browser, url), *sheet_frames(browser, url)]
    for name, path, selector in MOVED:
        ready = PAGES.get(path, f"{MAP} [data-turn]" if path == SPACE else ".st-key-random_walk .big[data-z]")
        page = opened(browser, url, path, ready)
        before = len(page.sent)  # type: ignore[attr-defined]
        by_hand = selector in (POINT, TURN)
        found = page.evaluate(*((selector, [MAP, STEPS]) if by_hand else (SCRUB, [selector, STEPS])))
        sent = len(page.sent) - before  # type: ignore[attr-defined]
        rows.append([name, f"{statistics.median(found):.1f} ms", f"{np.quantile(found, 0.95):.1f} ms", str(sent)])
        print(*rows[-1], file=sys.stderr)
        page.close()
    head = ["", "median", "95th percentile", "messages to the server"]
    note = f"{STEPS} steps each; the work of the page, not of the browser’s drawing process."
    return Table("A frame", COMMAND, head, rows, note)


def scene_frames(browser: Browser, url: str) -> list[list[str]]:
    """The start page: the mosaic as it comes, the pointer over it, a picture on its way in, the film."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(f"({WATCH})()")
    page.add_init_script(f"({PIECES})()")
    page.goto(url)
    page.wait_for_selector(".ll-scene .mosaic[data-whole]", timeout=60_000)
    page.wait_for_timeout(6000)  # the first picture has arrived
    rows = []
    for name, script in STARTED:
        found = page.evaluate(script, STEPS)
        asked = "1" if "film" in name else "0"
        rows.append([name, f"{statistics.median(found):.1f} ms", f"{np.quantile(found, 0.95):.1f} ms", asked])
        print(*rows[-1], file=sys.stderr)
    page.close()
    return rows


def sheet_frames(browser: Browser, url: str) -> list[list[str]]:
    """The plane under the map: the pieces in which it is decoded, and the map as it comes nearer and goes back."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(f"({WATCH})()")
    page.add_init_script(f"({PIECES})()")
    page.goto(f"{url}/latent")
    page.wait_for_selector(f"{MAP} .sheet[data-whole]", timeout=60_000)
    rest(page)  # Plotly has come
    pieces = page.evaluate("window.pieces")
    rows = []
    for name, found in (
        ("the map: a piece of the plane under it", pieces),
        ("the map comes nearer, and goes back", page.evaluate(ZOOM, [MAP, STEPS // 4])),
    ):
        rows.append([name, f"{statistics.median(found):.1f} ms", f"{np.quantile(found, 0.95):.1f} ms", "0"])
        print(*rows[-1], file=sys.stderr)
    page.close()
    return rows


def answers(browser: Browser, url: str) -> Table:
    rows = []
    grid = "() => window.latentLabTold.values.get('grid').of"
    page = opened(browser, url, "/generate", PAGES["/generate"])
    cell, story = ".st-key-sampling_grid .cells button", ".st-key-sample_story h4"
    add(rows, "a sample’s story", [page.evaluate(CLICK, [cell, (k * 11) % 64, story, ""]) for k in range(ANSWERS)])
    found = []
    for _ in range(ANSWERS):
        old, started = page.evaluate(grid), page.evaluate("performance.now()")
        page.evaluate("() => document.querySelector('.st-key-new_samples button').click()")
        page.wait_for_function("old => window.latentLabTold.values.get('grid').of !== old", arg=old, polling=5)
        found.append(page.evaluate("performance.now()") - started)
        rest(page)
    add(rows, "new dice, 64 pictures at 11 epochs", found)
    page.close()

    page = opened(browser, url, "/latent?run=lecture&view=UMAP", PAGES["/latent"])
    found = []
    for k in range(ANSWERS):
        name = ("t-SNE", "PCA", "UMAP")[k % 3]
        old = page.evaluate(FIRST_DOT)
        started = page.evaluate("performance.now()")
        page.evaluate(PRESS, name)
        page.wait_for_function(f"old => ({FIRST_DOT})() !== old", arg=old, polling=5)
        found.append(page.evaluate("performance.now()") - started)
        rest(page)
    add(rows, "another projection of the map that is ready", found)
    dots = []
    for k in range(ANSWERS):
        old = page.evaluate(CODE)
        started = page.evaluate("performance.now()")
        page.evaluate(PICK_DOT, 37 * k + 5)
        page.wait_for_function(f"old => ({CODE})() !== old", arg=old, polling=5)
        dots.append(page.evaluate("performance.now()") - started)
        rest(page)
    add(rows, "a dot’s story", dots[1:])
    page.close()

    page = opened(browser, url, "/morph", PAGES["/morph"])
    tabs = ".st-key-morph_picker [data-end=end] .tabs button"
    seen = ".st-key-morph_player .stage canvas"
    found = []
    for k in range(ANSWERS):
        found.append(page.evaluate(CLICK, [tabs, (1, 2, 4, 5, 6, 7, 9, 0)[k % 8], seen, "aria-label"]))
        rest(page)
        page.evaluate("() => document.querySelector('.st-key-morph_picker [data-end=start] .others').click()")
        page.locator(".st-key-morph_picker [data-end=start] .pictures button").nth(k % 10).click()  # no morph twice
        rest(page)
    add(rows, "another picture for the morph", found)
    page.close()

    page, dice = opened(browser, url, "/draw", PAGES["/draw"]), np.random.default_rng(0)
    found = []
    for k in range(ANSWERS + 1):
        found.append(page.evaluate(STROKE, dice.uniform(0.2, 0.8, 4).tolist()))
        rest(page)
        if k % 4 == 3:
            page.click(".ll-pad .clear")
            rest(page)
    add(rows, "a stroke of a drawing, until it is rebuilt", found[1:])
    page.close()
    return Table("An answer of the server", COMMAND, ["", "median", "95th percentile"], rows,
                 f"from the click to the screen, {ANSWERS} times each.")  # fmt: skip


def add(rows: list[list[str]], name: str, found: list[float]) -> None:
    rows.append([name, f"{statistics.median(found):.0f} ms", f"{np.quantile(found, 0.95):.0f} ms"])
    print(*rows[-1], file=sys.stderr)


def some(pages: list[str]) -> None:
    """The first paint and the bytes of these pages, and the map's frames if it is one of them."""
    if unknown := set(pages) - set(PAGES):
        raise SystemExit(f"There is no page {unknown.pop()} here; there are: {', '.join(PAGES)}.")
    with at_work() as (browser, url):
        print(paints(browser, url, pages, 2).markdown())
        if "/latent" in pages:
            sheet_frames(browser, url)


if __name__ == "__main__":
    some(sys.argv[1:] or ["/"])
