"""A real server and a real Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from ui.components import bridge
from ui.shell import streamlit_patches
from vae_core import os_compat, paths
from vae_core.runs.index import list_runs
from vae_core.runs.run import Run, RunError

# The first has no window to draw, which saves a good part of the processor's time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
SETTLED = "document.documentElement.dataset.settled === 'true'"  # static/lib/settled.js
FLAGS = [
    *("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),  # a camera, and somebody who allows it
]
# WebGL in software costs more than all the rest of a page, so only the tests of what needs it have it.
WEBGL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
NO_WEBGL = ["--disable-gpu", "--disable-3d-apis"]


class Server:
    """``streamlit run app.py`` on a free port, with its own folder of runs and no dataset but the embedded one."""

    def __init__(self, folder: Path, data_dir: Path | None = None) -> None:
        self.folder, self.data_dir = folder, data_dir or folder / "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        environment = {
            **os.environ,
            "VAE_RUNS_DIR": str(self.folder / "runs"),
            "VAE_DATA_DIR": str(self.data_dir),
        }
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                [*command, "--server.address", "127.0.0.1"], cwd=paths.ROOT, env=environment, stdout=log, stderr=log
            )
        deadline = time.time() + 60
        while time.time() < deadline:
            try:
                with urllib.request.urlopen(self.url + "/_stcore/health", timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        self.kill()
        raise TimeoutError((self.folder / "server.log").read_text())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """The server, and all trainers that it or an earlier one of this folder started, those without a word too."""
        children: list[psutil.Process] = []
        with suppress(psutil.Error):
            server = psutil.Process(self.process.pid)
            server.suspend()  # it starts no more
            children = server.children(recursive=True)
        self.kill()
        for child in children:
            with suppress(psutil.Error):
                child.kill()
        self.stop_trainers()
        said = (self.folder / "server.log").read_text("utf-8")
        assert streamlit_patches.DROPPED not in said, "values of a real browser"

    def rest(self) -> None:
        """End what a test has left at work: trainers, and makers of maps."""
        self.stop_trainers()
        with suppress(psutil.Error):
            for child in psutil.Process(self.process.pid).children(recursive=True):
                if "vae_core.analysis.umap_tsne" in child.cmdline():
                    child.kill()

    def runs(self) -> list[Run]:
        return [run for run in list_runs(self.folder / "runs") if not run.gallery]

    def stop_trainers(self) -> None:
        """Those that said who they are. A run that waits or only just starts names nobody yet."""
        for run in self.runs():
            with suppress(RunError):  # one that a test has broken
                status = run.status()
                os_compat.end(status.pid, status.born)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.end()


@pytest.fixture(autouse=True)
def nothing_left_at_work(request):
    """A training that a test has left, also one that failed, would be what the next one sees on its page."""
    server = request.getfixturevalue("server") if "server" in request.fixturenames else None
    yield
    if server:
        server.rest()


@pytest.fixture(scope="session")
def browsers():
    """A function that gives the Chromium of this process with or without WebGL, started when first asked for."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; on Debian: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    started = {}
    with sync_playwright() as playwright:

        def browser(webgl: bool):
            if webgl not in started:
                flags = [*FLAGS, *(WEBGL if webgl else NO_WEBGL)]
                started[webgl] = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            return started[webgl]

        yield browser
        for each in started.values():
            each.close()


@pytest.fixture
def chromium(browsers):
    """The Chromium without WebGL."""
    return browsers(False)


class Profiles:
    """Browser contexts that keep what they fetched for the next test, and nothing else.

    A context of its own for each page would fetch and compile Streamlit's scripts anew: a second each time.
    """

    def __init__(self, browsers) -> None:
        self.browsers = browsers
        self.free: dict[bool, list] = {False: [], True: []}

    def take(self, webgl: bool):
        free = self.free[webgl]
        return free.pop() if free else self.browsers(webgl).new_context()

    def give_back(self, context, webgl: bool, origins: set[str]) -> None:
        """Close its pages, and forget what the sites kept in it."""
        context.clear_cookies()
        blank = context.new_page()
        for page in context.pages:
            if page is not blank:
                page.close()
        session = context.new_cdp_session(blank)
        for origin in origins:
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage,indexeddb"})
        blank.close()
        self.free[webgl].append(context)


@pytest.fixture(scope="session")
def profiles(browsers):
    return Profiles(browsers)


PAGES = pytest.StashKey[list]()
WAITS_FOR = """() => JSON.stringify({
  settled: document.documentElement.dataset.settled, awaited: window.latentLabBusy?.(),
  tour: document.querySelector(".st-key-tour_bar .ll")?.tour?.witness,
})"""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Of a test that fails: where its pages are, what they still wait for, and how they look."""
    report = yield
    if report.when == "call" and report.failed:
        for page in item.stash.get(PAGES, []):
            report.sections.append(("page", told(page)))
    return report


def told(page) -> str:
    """What a page waits for, and the file with its picture. It may be gone, or be too busy to say anything."""
    try:
        page.set_default_timeout(5_000)
        file = Path(tempfile.gettempdir()) / f"failed-{time.strftime('%H%M%S')}-{id(page)}.png"
        page.screenshot(path=file)
        return f"{page.url} {page.evaluate(WAITS_FOR)} {file}"
    except Exception as error:
        return f"{page.url} says nothing: {error}"


@pytest.fixture
def open_page(profiles, request):
    """A function that opens an address, each time as another visitor, with or without WebGL.

    Afterwards: no error on any page, no request to another machine, and none for a file of ours of no version.
    """
    taken, troubles, origins = [], [], set()
    pages = request.node.stash[PAGES] = []

    def open_(url: str, *, width: int = 1280, height: int = 800, scheme: str = "light", webgl: bool = False):
        context = profiles.take(webgl)
        taken.append((context, webgl))
        page = context.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.set_default_timeout(40_000)
        page.on("pageerror", lambda error: troubles.append(f"error in {page.url}: {error}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(("http://127.0.0.1", "data:", "blob:"))
                else troubles.append(f"outside request: {request.url}")
            ),
        )
        page.on(
            "request",
            lambda request: (
                troubles.append(f"no version in its path: {request.url}")
                if "/app/static/" in request.url and f"/app/static/{bridge.VERSION}/" not in request.url
                else None
            ),
        )
        page.on("framenavigated", lambda frame: origins.add("/".join(frame.url.split("/")[:3])))
        page.sent = []
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: page.sent.append(frame)))
        page.goto(url)
        return page

    yield open_
    for context, webgl in taken:
        profiles.give_back(context, webgl, {origin for origin in origins if origin.startswith("http")})
    assert not troubles
