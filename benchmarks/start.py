"""From ``streamlit run`` to the first picture, and from Start to the first point: ``python -m benchmarks start``.

First a server that was not there a moment ago is asked at once for its start page by a Chromium that knows its files.
Then the page is open and the server warm, as for a visitor who has read the form, and the clock runs from the click on
Start to the first number of the live curve: a new process, its import of torch, reading the pictures, the test of the
untrained network and the first steps. MNIST is used where VAE_DATA_DIR has it, else the embedded digits. Needs
requirements-dev.txt.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.table import Table, often, summary
from tests.browser.conftest import CHROMIUM, FLAGS, Server
from vae_core import paths
from vae_core.datasets import registry

TIMES = often(5, 1)
READING = 4000  # milliseconds that a visitor looks at the form
PICTURE = "() => document.querySelector('.ll-scene .mosaic')?.dataset.finest"
POINT = "() => /test|training/.test(document.querySelector('.st-key-loss_curves .now')?.textContent)"
CURVE = "() => document.querySelector('.st-key-loss_curves .now')?.textContent.includes('training')"


def measure(times: int = TIMES) -> list[Table]:
    if CHROMIUM is None:
        raise RuntimeError("there is no Chromium on this machine.")
    return [cold(times), first_points(times)]


def cold(times: int) -> Table:
    answers, pictures = [], []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        server = Server(Path(folder))
        try:
            for turn in range(times + 1):
                server.kill()
                started = time.perf_counter()
                server.start()
                answer = time.perf_counter() - started
                page = context.new_page()
                page.goto(server.url)
                page.wait_for_function(PICTURE, polling=20)
                picture = time.perf_counter() - started
                page.close()
                if turn:  # the first fills the browser's cache and warms the disk
                    answers.append(answer)
                    pictures.append(picture)
                    print(f"cold: answers {answer:.2f} s, picture {picture:.2f} s", file=sys.stderr)
        finally:
            browser.close()
            server.kill()
    return Table(
        "A server that has just been started", "python -m benchmarks start",
        ["", "it answers", "the start page’s plane is seen, coarsely"],
        [["streamlit run app.py", summary(answers), summary(pictures)]],
        f"from the command on, {times} times; the browser knows the server’s files.",
    )  # fmt: skip


def first_points(times: int) -> Table:
    here = paths.data_dir()
    dataset = "mnist" if registry.is_here("mnist") else "digits"
    points, curves = [], []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        os.environ.pop("VAE_SPARE", None)  # the tests do without a trainer kept ready
        server = Server(Path(folder), data_dir=here)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            for turn in range(times + 1):
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.goto(server.url + "/train")
                page.wait_for_selector(".st-key-start_training button")
                page.wait_for_timeout(READING)
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
                    print(f"{dataset}: first point {point:.2f} s, training curve {curve:.2f} s", file=sys.stderr)
        finally:
            browser.close()
            server.end()
    return Table(
        "From Start to the first point", "python -m benchmarks start",
        ["", "first point (test of the untrained network)", "first point of the training curve"],
        [[dataset, summary(points), summary(curves)]],
        f"from the click to the first number on the chart, {times} times, server warm, in headless Chromium.",
    )  # fmt: skip
