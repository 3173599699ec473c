"""Your runs in a real Chromium: delete and undo, a name, and a run that goes out and comes in as files."""

from __future__ import annotations

import re
import shutil

import numpy as np

from tests.browser.test_browser import SET_RANGE, pixels, settle
from vae_core.runs.index import list_runs
from vae_core.runs.run import Path, Run


def test_a_run_is_named_deleted_taken_back_and_taken_along(server, open_page, finished_run, tmp_path):
    shutil.copytree(finished_run.path, server.folder / "runs" / "mine")
    page = open_page(server.url + "/runs")
    page.click(".st-key-more_mine button")
    page.wait_for_selector(".st-key-download_report button")
    settle(page)
    with page.expect_download() as download:
        page.click(".st-key-download_run button")
    download.value.save_as(tmp_path / "run.zip")
    with page.expect_download() as download:
        page.click(".st-key-download_report button")
    download.value.save_as(tmp_path / "report.html")
    page.fill(".st-key-name_mine input", "For *Anna*")
    page.press(".st-key-name_mine input", "Enter")
    settle(page)
    page.click(".st-key-save_run button")
    page.wait_for_selector("text=For *Anna*")

    page.click(".st-key-delete_mine button")
    page.wait_for_selector(".st-key-undo_delete button")
    assert not (server.folder / "runs" / "mine").exists()
    page.click(".st-key-undo_delete button")
    page.wait_for_selector(".st-key-delete_mine button")
    assert Run(server.folder / "runs" / "mine").epoch == 5

    before = {run.id for run in server.runs()}
    page.click("text=Import a run")
    page.set_input_files("[data-testid=stFileUploader] input", tmp_path / "run.zip")
    page.wait_for_selector("text=Imported")
    (new,) = {run.id for run in server.runs()} - before
    imported = Run(server.folder / "runs" / new)
    imported.check()
    assert imported.metrics() == finished_run.metrics()
    (tmp_path / "bad.zip").write_bytes((tmp_path / "run.zip").read_bytes()[:-100])
    page.set_input_files("[data-testid=stFileUploader] input", tmp_path / "bad.zip")
    page.wait_for_selector("text=/This file cannot be imported: /")
    assert {run.id for run in server.runs()} == before | {new}
    for run_id in ("mine", new):
        shutil.rmtree(server.folder / "runs" / run_id)

    report_opens_alone(page.context.browser, tmp_path / "report.html")


def report_opens_alone(chromium, file) -> None:
    """From the disk, offline, in both schemes; everything follows the epoch."""
    assert file.stat().st_size < 3_000_000
    for scheme in ("light", "dark"):
        page = chromium.new_context(
            offline=True, color_scheme=scheme, viewport={"width": 390, "height": 800}
        ).new_page()
        troubles: list[str] = []
        page.on("pageerror", lambda error, troubles=troubles: troubles.append(str(error)))
        page.on("console", lambda said, troubles=troubles: said.type == "error" and troubles.append(said.text))
        page.on("request", lambda r, t=troubles: r.url.startswith(("file:", "data:")) or t.append(r.url))
        page.goto(file.as_uri())
        page.wait_for_selector("body[data-ready]")
        views = [".map canvas", ".rows canvas:last-child", ".samples canvas", "#frame"]
        last = [pixels(page, view) for view in views]
        assert all(len(np.unique(view)) > 1 for view in last)
        markers = page.eval_on_selector_all(".charts svg [stroke-dasharray]", "m => m.map(e => e.getAttribute('x1'))")
        page.evaluate(SET_RANGE, ["#epoch", 0])
        first = [pixels(page, view) for view in views]
        assert not any(np.array_equal(a, b) for a, b in zip(first, last, strict=True))
        moved = page.eval_on_selector_all(".charts svg [stroke-dasharray]", "m => m.map(e => e.getAttribute('x1'))")
        assert len(moved) == 3 and not set(moved) & set(markers)
        assert "untrained" in page.inner_text(".steer")
        page.evaluate(SET_RANGE, ["#step", 0])
        assert not np.array_equal(pixels(page, "#frame"), first[-1])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert all(page.eval_on_selector_all("canvas, .charts svg", "all => all.map(e => e.ariaLabel)"))
        assert not troubles
        page.context.close()


def test_a_report_is_safe_from_a_title_out_of_a_file(own_run, chromium, tmp_path):
    from ui.runs import report
    from vae_core.runs import lifecycle

    lifecycle.rename(own_run, "</script><script>document.body.id='ran'</script>{{data}}")
    file = tmp_path / "report.html"
    file.write_text(report.build(Run(own_run.path)))
    page = chromium.new_page()
    page.goto(file.as_uri())
    page.wait_for_selector("body[data-ready]")
    assert page.inner_text("h1").startswith("</script><script>")
    assert not page.query_selector("#ran")
    assert re.search(r"epoch 5 of 5", page.inner_text(".summary"))
    page.close()


def test_every_model_of_the_gallery_makes_a_small_report():
    from ui.runs import report

    for run in list_runs(Path("nowhere")):
        assert 20_000 < len(report.build(run)) < 2_000_000
