"""From Start to the first point on the chart, in Chromium: ``python -m benchmarks.start [times]``.

The page is open and the server warm, as for a visitor who has read the form. The clock runs from the click on Start to
the first number of the live curve: a new process, its import of torch, reading the pictures, the test of the
untrained network and the first steps. MNIST is used where VAE_DATA_DIR has it, else the embedded digits. Needs
requirements-dev.txt.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, Server
from vae_core import data

POINT = "() => /test|training/.test(document.querySelector('.st-key-loss_curves .now')?.textContent)"
CURVE = "() => document.querySelector('.st-key-loss_curves .now')?.textContent.includes('training')"


def main(times: int) -> None:
    here = data.data_dir()
    dataset = "mnist" if data.is_here("mnist") else "digits"
    points, curves = [], []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder), data_dir=here)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            for turn in range(times + 1):
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.goto(server.url + "/train")
                page.wait_for_selector(".st-key-start_training button")
                page.wait_for_timeout(3000)
                started = time.perf_counter()
                page.click(".st-key-start_training button")
                page.wait_for_function(POINT, polling=20)
                point = time.perf_counter() - started
                page.wait_for_function(CURVE, polling=20)
                curve = time.perf_counter() - started
                page.click(".st-key-stop_training button")
                page.wait_for_selector("text=/Stopped (after|before)/")
                page.close()
                if turn:  # the first warms the disk
                    points.append(point)
                    curves.append(curve)
                    print(f"{dataset}: first point after {point:.2f} s, training curve after {curve:.2f} s")
        finally:
            browser.close()
            server.stop_trainers()
            server.kill()
    for name, values in (("first point (untrained, test)", points), ("first point of the training curve", curves)):
        print(f"{name}: median {statistics.median(values):.2f} s ({min(values):.2f} to {max(values):.2f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
