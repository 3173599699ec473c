"""The app inside a page of another site, as in a Space, with the settings of the Dockerfile."""

from __future__ import annotations

import functools
import http.server
import re
import threading

import pytest

from tests.browser.conftest import Server
from vae_core.paths import ROOT


@pytest.fixture
def framed(tmp_path, monkeypatch):
    """The address of a page on another site (localhost is another than 127.0.0.1) that holds the app."""
    settings = re.findall(r"^ENV ((?:STREAMLIT|VAE_HOSTED)\w*)=(\S+)$", (ROOT / "Dockerfile").read_text(), re.M)
    for name, value in settings:
        monkeypatch.setenv(name, value)
    server = Server(tmp_path)
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "index.html").write_text(f'<iframe src="{server.url}/runs" width="1000" height="900"></iframe>')
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    outside = http.server.ThreadingHTTPServer(("localhost", 0), handler)
    threading.Thread(target=outside.serve_forever, daemon=True).start()
    yield f"http://localhost:{outside.server_port}/", server
    outside.shutdown()
    server.end()


def test_upload_training_and_ownership_work_in_an_iframe_of_another_site(framed, chromium, tmp_path):
    address, server = framed
    context = chromium.new_context(viewport={"width": 1100, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(40_000)
    page.goto(address)
    frame = page.frame_locator("iframe")
    frame.locator("text=Import a run").click()
    (tmp_path / "bad.zip").write_bytes(b"this is no run")
    frame.locator("[data-testid=stFileUploader] input").set_input_files(tmp_path / "bad.zip")
    frame.locator("text=/This file cannot be imported: /").wait_for()  # it arrived: no 403
    frame.locator("text=Train one").first.click()
    frame.locator(".st-key-start_training button").click()
    frame.locator(".st-key-loss_curves canvas").first.wait_for()
    (run,) = server.runs()
    assert len(run.about.owner) == 64
    frame.locator(".st-key-stop_training button").click()
    frame.locator("text=/Stopped (after|before)/").wait_for()
    context.close()
