"""The samples page as a visitor feels it, in Chromium: ``python -m benchmarks.samples [times]``.

From a click on a picture to its whole story, from "New dice" to the new grid, the first paint of each part and its
bytes, and how long a frame of a knob, of the walk and of the epoch slider takes. MNIST is used where VAE_DATA_DIR has
it. Needs requirements-dev.txt.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, Server
from vae_core import data

CELLS, STORY = ".st-key-sampling_grid .cells button", ".st-key-sample_story"
READY = {
    "Grid": ".st-key-sampling_grid canvas[data-epoch]",
    "Knobs": ".st-key-latent_knobs .big[data-epoch]",
    "Plane": ".st-key-manifold_grid .all[data-epoch]",
    "Walk": ".st-key-random_walk .big[data-z]",
}
SCRUB = """([selector, values]) => {
  const slider = document.querySelector(selector), times = [];
  for (const value of values) {
    const start = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    times.push(performance.now() - start);
  }
  return times;
}"""


def spread(name: str, values: list[float], unit: str = "ms") -> None:
    middle, high = np.quantile(values, [0.5, 0.95])
    print(f"{name}: median {middle:.1f} {unit}, 95 % under {high:.1f} {unit} ({len(values)} times)")


def story(page: Page, times: int) -> None:
    waits = []
    for turn in range(times + 3):
        k = (turn * 11) % 64
        started = time.perf_counter()
        page.locator(CELLS).nth(k).click()
        page.wait_for_function(
            "([s, k]) => document.querySelector(s + ' h4').textContent === 'Picture ' + k",
            arg=[STORY, k + 1],
            polling=10,
        )
        if turn > 2:
            waits.append(1000 * (time.perf_counter() - started))
        page.wait_for_timeout(300)
    spread("click to story", waits)


def dice(page: Page, times: int) -> None:
    waits, button = [], page.locator(".st-key-new_samples button")
    sheet = "() => window.latentLabSamples.values.get('grid').of"
    for _ in range(times):
        before, started = page.evaluate(sheet), time.perf_counter()
        button.click()
        page.wait_for_function("old => window.latentLabSamples.values.get('grid').of !== old", arg=before, polling=10)
        waits.append(1000 * (time.perf_counter() - started))
        page.wait_for_timeout(700)
    spread("New dice to new grid, each seed for the first time", waits)


def main(times: int) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder), data_dir=data.data_dir())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            for turn in range(2):  # the first warms the server
                for part, ready in READY.items():
                    page = browser.new_page(viewport={"width": 1280, "height": 900})
                    received: list[int] = []
                    page.on("websocket", lambda s, r=received: s.on("framereceived", lambda f: r.append(len(f))))
                    run = "two-knobs" if part == "Plane" else "lecture"
                    started = time.perf_counter()
                    page.goto(f"{server.url}/generate?run={run}&part={part}")
                    page.wait_for_selector(ready)
                    painted = time.perf_counter() - started
                    page.wait_for_timeout(2500)
                    if turn:
                        size = sum(received) / 1e6
                        print(f"{part}: painted after {painted:.2f} s, {size:.2f} MB over the websocket")
                        if part == "Grid":
                            frames = page.evaluate(SCRUB, [".st-key-epoch_slider input", [*range(11)] * 5])
                            spread("  epoch slider, a frame of the grid", frames)
                            story(page, times)
                            dice(page, times)
                        if part == "Knobs":
                            steps = np.linspace(-3, 3, 60).tolist()
                            knob = ".st-key-latent_knobs .knob input"
                            spread("  a knob, until its picture is drawn", page.evaluate(SCRUB, [knob, steps]))
                        if part == "Walk":
                            steps = np.linspace(0, 90, 60).tolist()
                            bar = ".st-key-random_walk .bar input"
                            spread("  the walk, a frame with its ten last steps", page.evaluate(SCRUB, [bar, steps]))
                    page.close()
        finally:
            browser.close()
            server.kill()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
