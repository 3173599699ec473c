"""Morph and Draw in Chromium, on a warm server: ``python -m benchmarks.morph [times]``. Needs requirements-dev.txt.

- first paint: from the address to the player's (the pad's) picture, in a browser that has nothing cached, and what is
  sent: in all, and without Streamlit's own files, which are the same for every page;
- a frame: the work of one step of the morph's slider and of one epoch (pictures, map and charts), and messages;
- a choice: from the click on another picture to its morph on the screen;
- a stroke: from the end of a stroke to the drawing rebuilt on the screen.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, Server
from vae_core import data

# The time that callbacks of each frame take is added up, so that what a step draws later counts too.
WATCH = """() => {
  const original = window.requestAnimationFrame.bind(window);
  window.work = 0;
  window.requestAnimationFrame = (f) => original((now) => {
    const t = performance.now();
    f(now);
    window.work += performance.now() - t;
  });
}"""
SCRUB = """async ([selector, count]) => {
  const slider = document.querySelector(selector), out = [];
  for (let k = 0; k < count; k++) {
    slider.value = (k * 7) % (+slider.max + 1);
    window.work = 0;
    const t = performance.now();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const handler = performance.now() - t;
    await new Promise((f) => setTimeout(f, 40));
    out.push(handler + window.work);
  }
  return out;
}"""
LABEL = "document.querySelector('.st-key-morph_player .stage canvas')?.getAttribute('aria-label')"
PICK = f"""async (k) => {{
  const old = {LABEL}, t = performance.now();
  document.querySelectorAll(".st-key-morph_picker [data-end=end] .tabs button")[k].click();
  while ({LABEL} === old) await new Promise((f) => setTimeout(f, 2));
  return performance.now() - t;
}}"""
STROKE = """async ([x0, y0, x1, y1]) => {
  const pad = document.querySelector(".ll-pad canvas"), box = pad.getBoundingClientRect();
  const seen = () => { const c = document.querySelector(".st-key-drawn_rebuilt canvas");
    return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.join(); };
  const send = (kind, x, y) => pad.dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId: 1,
    clientX: box.left + x * box.width, clientY: box.top + y * box.height }));
  pad.setPointerCapture = () => {};
  const old = seen();
  send("pointerdown", x0, y0);
  send("pointermove", x1, y1);
  const t = performance.now();
  send("pointerup", x1, y1);
  while (seen() === old) await new Promise((f) => setTimeout(f, 2));
  return performance.now() - t;
}"""


def tell(name: str, values: list[float], unit: str = "ms") -> None:
    middle, high = np.quantile(values, [0.5, 0.95])
    print(f"{name}: median {middle:.1f} {unit}, 95th percentile {high:.1f} {unit} ({len(values)} times)")


def first_paint(browser: Browser, url: str, wait: str) -> tuple[float, float, float]:
    """Seconds to the first picture, megabytes sent, and of these our own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, sizes, urls = context.new_page(), {"ours": 0, "streamlit": 0}, {}
    session = context.new_cdp_session(page)
    session.send("Network.enable")

    def loaded(event: dict) -> None:
        url = urls.get(event["requestId"], "")
        sizes["streamlit" if "/static/" in url and "/app/static/" not in url else "ours"] += event["encodedDataLength"]

    def received(frame: bytes | str) -> None:
        sizes["ours"] += len(frame)

    session.on("Network.responseReceived", lambda e: urls.update({e["requestId"]: e["response"]["url"]}))
    session.on("Network.loadingFinished", loaded)
    page.on("websocket", lambda s: s.on("framereceived", received))
    page.goto(url)
    page.wait_for_selector(wait, timeout=60_000)
    seconds = page.evaluate("performance.now()") / 1000  # since the navigation began
    page.wait_for_timeout(2500)
    context.close()
    return seconds, sum(sizes.values()) / 1e6, sizes["ours"] / 1e6


def main(times: int) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder), data_dir=data.data_dir())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            measure(browser, server.url, times)
        finally:
            browser.close()
            server.kill()


def measure(browser: Browser, url: str, times: int) -> None:
    pages = {
        "morph": ("/morph?run=lecture", ".st-key-morph_player .stage canvas"),
        "draw": ("/draw?run=lecture", ".st-key-draw_map canvas"),
    }
    for name, (path, wait) in pages.items():
        first_paint(browser, url + path, wait)  # warms the server
        found = [first_paint(browser, url + path, wait) for _ in range(5)]
        tell(f"/{name}, first paint", [seconds for seconds, _, _ in found], "s")
        print(f"/{name} sends {max(f[1] for f in found):.2f} MB, of these ours {max(f[2] for f in found):.2f} MB")

    page, sent = browser.new_page(viewport={"width": 1280, "height": 900}), []
    page.add_init_script(f"({WATCH})()")
    page.on("websocket", lambda s: s.on("framesent", lambda frame: sent.append(frame)))
    page.goto(url + pages["morph"][0])
    page.wait_for_selector(pages["morph"][1])
    page.wait_for_timeout(2000)
    before = len(sent)
    tell("a frame of the morph", page.evaluate(SCRUB, [".st-key-morph_player input[type=range]", 100]))
    print(f"messages while scrubbing the morph: {len(sent) - before}")
    before = len(sent)
    tell("a frame of the epochs", page.evaluate(SCRUB, [".st-key-epoch_slider input", 50]))
    print(f"messages while scrubbing the epochs: {len(sent) - before}")
    page.wait_for_timeout(1500)
    picks = []
    for turn in range(times):
        picks.append(page.evaluate(PICK, (1, 2, 4, 5, 6, 7, 9, 0)[turn % 8]))
        page.wait_for_timeout(300)
        page.evaluate("() => document.querySelector('.st-key-morph_picker [data-end=start] .others').click()")
        page.locator(".st-key-morph_picker [data-end=start] .pictures button").nth(turn % 10).click()  # no morph twice
        page.wait_for_timeout(600)
    tell("a choice", picks)

    page.goto(url + pages["draw"][0])
    page.wait_for_selector(".ll-pad canvas")
    page.wait_for_timeout(4000)
    strokes, random = [], np.random.default_rng(0)
    for turn in range(times + 1):
        strokes.append(page.evaluate(STROKE, random.uniform(0.2, 0.8, 4).tolist()))
        page.wait_for_timeout(600)
        if turn % 4 == 3:
            page.click(".ll-pad .clear")
            page.wait_for_timeout(600)
    tell("a stroke", strokes[1:])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 24)
