"""Pictures to embed, opened from the disk and in a frame, without a network: they move by themselves and ask nobody."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from tests.browser.test_browser import SET_RANGE, pixels
from ui.components import embed, image_rows
from ui.samples import plane
from vae_core import paths
from vae_core.runs import lifecycle
from vae_core.runs.index import find_run
from vae_core.runs.run import Run

HOSTILE = "</script><script>document.body.id='ran'</script>{{data}}"
DIFFERS = """([canvas, before]) => new Promise(done => (function look() {
  document.querySelector(canvas).toDataURL() === before ? requestAnimationFrame(look) : done(true) })())"""


def written(folder, own_run) -> dict[str, str]:
    """The three pages, as files, and which canvas of each moves."""
    lifecycle.rename(own_run, HOSTILE)
    run, two = Run(own_run.path), find_run("two-knobs", folder=paths.GALLERY)
    assert two
    epochs = run.weight_epochs()
    samples = image_rows.sample_row(run, [epochs[-1]], 9, 0)
    panels = [replace(samples, label=HOSTILE, epochs=None), replace(samples, edge="x", epochs=None)]
    drawn = partial(plane.drawn, str(two.path), size=15, even=False)
    pages = {
        "morph": (embed.morph(run, 5, HOSTILE, panels), "figure:nth-child(2) canvas"),
        "plane": (embed.plane(two, two.weight_epochs(), drawn, 15), "figure canvas"),
        "map": (embed.map_film(run, epochs, "pca"), "canvas.map"),
    }
    for name, (page, _) in pages.items():
        assert len(page) < 2_000_000
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: canvas for name, (_, canvas) in pages.items()}


def test_what_one_embeds_moves_alone_and_asks_for_nothing(own_run, chromium, tmp_path):
    troubles: list[str] = []
    context = chromium.new_context(offline=True, viewport={"width": 390, "height": 700})
    for name, canvas in written(tmp_path, own_run).items():
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: said.type == "error" and troubles.append(said.text))
        page.on("request", lambda request: request.url.startswith(("file:", "data:")) or troubles.append(request.url))
        page.goto((tmp_path / f"{name}.html").as_uri())
        page.wait_for_selector("body[data-ready]")
        before = page.evaluate("canvas => document.querySelector(canvas).toDataURL()", canvas)
        assert page.evaluate(DIFFERS, [canvas, before])
        page.click(".play")
        assert page.get_attribute(".play", "aria-label") == "Play"
        page.evaluate(SET_RANGE, ["input", 0])
        first = pixels(page, canvas)
        assert len(np.unique(first)) > 1
        page.evaluate(SET_RANGE, ["input", 3])
        assert not np.array_equal(first, pixels(page, canvas))
        assert page.inner_text("output") == {"morph": "38%", "plane": "epoch 3 of 20", "map": "epoch 3 of 5"}[name]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") and not page.query_selector("#ran")
        page.close()
    page = context.new_page()
    page.set_content("<iframe></iframe>")
    text = (tmp_path / "morph.html").read_text("utf-8")
    page.eval_on_selector("iframe", "(frame, text) => (frame.srcdoc = text)", text)
    page.frame_locator("iframe").locator("body[data-ready]").wait_for()
    context.close()
    assert not troubles
