"""What the server works: for each poll of a running training, and for each page's answer, as runs grow long and many.

The runs are the gallery's lecture, with its last epoch repeated as often as needed; a status that is kept fresh makes
one look as if it were being trained. Needs Chromium for the polls.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from benchmarks.table import Table, often
from vae_core import paths
from vae_core.runs import files
from vae_core.runs.run import Run, write_status

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

SHORT, LONG, FEW, MANY = 10, 500, 5, often(200, 50)
SETTLE, WATCH = often(12, 6), often(15, 5)  # seconds: until a page stands, and of polls that are counted
TIMES, WARM = often(11, 3), 2  # reruns of a page that are counted, and before them
PAGES = often(("start", "train", "map", "samples", "morph", "draw", "runs"), ("train", "map"))
POINTS = 23  # of the live curve, an epoch


def lengthened(folder: Path, run_id: str, epochs: int) -> Run:
    """The gallery's lecture as a run of the visitor's own with so many epochs."""
    source, target = Run(paths.GALLERY / "lecture"), folder / run_id
    last = source.weight_epochs()[-1]
    for part in ("weights", "latents"):
        (target / part).mkdir(parents=True)
    for name in ("config.json", "status.json", "latents/labels.npz"):
        shutil.copy(source.path / name, target / name)
    config = files.read_json(target / "config.json")
    files.write_json(target / "config.json", {**config, "epochs": epochs})
    made, metrics, steps = Run(target), source.metrics(), []
    for epoch in range(epochs + 1):
        known = min(epoch, last)
        for there, here, kept in (
            (source.weights_file, made.weights_file, source.weight_epochs()),
            (source.latents_file, made.latents_file, source.latent_epochs()),
        ):
            file = there(max(each for each in kept if each <= known))  # the gallery has not all of them
            os.link(file, here(epoch)) if linkable(folder) else shutil.copy(file, here(epoch))
        if epoch:
            record = metrics[known]["train"]
            for k in range(POINTS):
                point = {"step": (epoch - 1) * 235 + 10 * (k + 1), "epoch": epoch}
                steps.append({**point, "reconstruction": record["reconstruction"], "kl": record["kl"]})
    files.append_lines(target / "metrics.jsonl", [{**metrics[min(e, last)], "epoch": e} for e in range(epochs + 1)])
    files.append_lines(target / "steps.jsonl", steps)
    status = replace(source.status(), state="finished", epoch=epochs, epochs=epochs, steps_per_epoch=235)
    write_status(made, replace(status, step=235 * epochs))
    return made


def linkable(folder: Path) -> bool:
    return os.stat(folder).st_dev == os.stat(paths.GALLERY).st_dev


@contextmanager
def seemingly_training(run: Run) -> Iterator[None]:
    """Its status and its curve move as a trainer's do, every half second."""
    done, step = threading.Event(), run.status().step
    before = replace(run.status(), state="running", epochs=run.status().epochs + 100, pid=os.getpid())

    def move() -> None:
        at = step
        while not done.wait(0.5):
            at += 40
            write_status(run, replace(before, step=at, images_per_second=30_000.0))
            point = {"step": at, "epoch": before.epoch + 1, "reconstruction": 80.0, "kl": 25.0}
            files.append_lines(run.path / "steps.jsonl", [point])

    write_status(run, before)
    thread = threading.Thread(target=move, daemon=True)
    thread.start()
    yield
    done.set()
    thread.join()
    write_status(run, replace(before, state="finished"))


def cpu_seconds(pid: int) -> float:
    return sum(psutil.Process(pid).cpu_times()[:2])


def polls(epochs: tuple[int, ...] = often((SHORT, LONG), (LONG,))) -> Table:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM, FLAGS, Server

    if CHROMIUM is None:
        raise RuntimeError("there is no Chromium on this machine.")
    rows = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        made = [lengthened(folder / "runs", f"epochs-{count}", count) for count in epochs]
        server = Server(folder)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_page()
            page.goto(server.url)
            page.wait_for_timeout(1000 * SETTLE)  # torch comes
            before = cpu_seconds(server.process.pid)
            page.wait_for_timeout(1000 * WATCH)
            idle = cpu_seconds(server.process.pid) - before
            page.close()
            for run, count in zip(made, epochs, strict=True):
                with seemingly_training(run):
                    page, sizes = browser.new_page(), []
                    page.on(
                        "websocket", lambda socket, sizes=sizes: socket.on("framereceived", lambda f: sizes.append(f))
                    )
                    asked: list = []
                    page.on("websocket", lambda socket, asked=asked: socket.on("framesent", lambda f: asked.append(f)))
                    page.goto(f"{server.url}/train?run={run.id}")
                    page.wait_for_timeout(1000 * SETTLE)
                    sizes.clear()
                    asked.clear()
                    before = cpu_seconds(server.process.pid)
                    page.wait_for_timeout(1000 * WATCH)
                    spent, ticks = cpu_seconds(server.process.pid) - before, len(asked)
                    page.close()
                work, sent = (spent - idle) / max(ticks, 1), sum(map(len, sizes)) / max(ticks, 1)
                rows.append(
                    [f"{count} epochs", f"{1000 * work:.1f} ms", f"{1000 * idle / WATCH:.1f} ms",
                     f"{sent / 1000:.1f} kB", str(ticks)]
                )  # fmt: skip
                print(rows[-1], file=sys.stderr)
        finally:
            browser.close()
            server.kill()
    return Table(
        "A poll of a running training", "python -m benchmarks pages",
        ["run", "processor time of the server", "idle, a second", "sent to the browser", "polls counted"], rows,
        f"one visitor on /train, {WATCH} seconds, less what the server takes in as long with a page at rest.",
    )  # fmt: skip


def answers() -> Table:
    """Each page's script from the first line to the last, warm, without a browser; the folders take turns."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folders = {}
        for case, epochs, count in (("short", SHORT, FEW), ("long", LONG, FEW), ("many", SHORT, MANY)):
            folders[case] = folder = Path(name) / case
            for k in range(count):
                lengthened(folder, f"run-{k}", epochs if k == 0 else SHORT)
        for page in PAGES:
            seconds = answer(page, folders)
            cells = [f"{1000 * statistics.median(v):.0f} ms" for v in seconds.values()]
            ratios = [
                f"{statistics.median(a / b for a, b in zip(seconds[case], seconds['short'], strict=True)):.2f}"
                for case in ("long", "many")
            ]
            rows.append([f"/{page}", *cells, *ratios])
            print(rows[-1], file=sys.stderr)
    return Table(
        "A page’s answer", "python -m benchmarks pages",
        ["page", f"{SHORT} epochs, {FEW} runs", f"{LONG} epochs", f"{MANY} runs", "ratio, epochs", "ratio, runs"], rows,
        f"processor time, median of {TIMES} reruns of the warm page (Streamlit’s AppTest), taking turns; "
        "the ratio is the median over the turns.",
    )  # fmt: skip


def answer(page: str, folders: dict[str, Path]) -> dict[str, list[float]]:
    """Processor seconds of each rerun of a page that looks at the first run of each folder."""
    apps = {}
    for case, folder in folders.items():
        os.environ["VAE_RUNS_DIR"] = str(folder)
        apps[case] = opened(page)
    for thread in threading.enumerate():  # what a server does once, beside its pages
        if thread.name in ("warm-up", "training pictures"):
            thread.join()
    found: dict[str, list[float]] = {case: [] for case in apps}
    for turn in range(TIMES + WARM):
        for case, app in apps.items():
            os.environ["VAE_RUNS_DIR"] = str(folders[case])
            started = time.process_time()
            app.run()
            if turn >= WARM:
                found[case].append(time.process_time() - started)
    return found


def opened(page: str) -> AppTest:
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(paths.ROOT / "app.py"), default_timeout=120)
    app.query_params["run"] = "run-0"
    app.run()
    if page != "start":
        app.switch_page(f"pages/{page}.py")
        app.query_params["run"] = "run-0"
        app.run()
    assert not app.exception, app.exception
    return app


def measure() -> list[Table]:
    os.chdir(paths.ROOT)
    return [polls(), answers()]


if __name__ == "__main__":
    print(json.dumps([row for table in measure() for row in table.rows], indent=1))
