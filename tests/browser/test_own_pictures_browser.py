"""Own pictures in a real Chromium: draw, camera, files, paste, change, train."""

from __future__ import annotations

import base64
import io
import shutil
import zipfile

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.browser.test_accessibility import MAIN, NOTHING_FADES, OURS, SERIOUS, VIOLATIONS
from tests.browser.test_browser import settle
from vae_core.pictures import sets
from vae_core.pictures.sets import PictureSet

PAD = ".ll-studio canvas[role=img]"
ROW = ".ll-studio .row canvas"
CARD = ".ll-cards .card"


@pytest.fixture
def own(server, monkeypatch):
    """The server, with no set on it before or after; the test reads its sets from the disk."""
    monkeypatch.setenv("VAE_RUNS_DIR", str(server.folder / "runs"))
    yield server
    server.rest()  # no trainer reads them
    for folder in (sets.sets_dir(), *(run.path for run in server.runs() if run.config.dataset.startswith("own-"))):
        shutil.rmtree(folder, ignore_errors=True)


def the_set() -> PictureSet:
    (found,) = sets.list_sets()
    return found


def counts() -> dict[str, int]:
    info = the_set().info
    return dict(zip(info.class_names, info.counts, strict=True))


def draw(page, *, by_key: bool, turned: float = 0.0) -> None:
    """A stroke across the pad; taken with Enter, or by itself after a moment."""
    before = page.locator(ROW).count()
    box = page.locator(PAD).bounding_box()
    page.mouse.move(box["x"] + box["width"] * (0.25 + turned), box["y"] + box["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * (0.75 - turned), box["y"] + box["height"] * 0.75, steps=4)
    page.mouse.up()
    if by_key:
        page.keyboard.press("Enter")
    page.wait_for_function("([s, n]) => document.querySelectorAll(s).length > n", arg=[ROW, before])


def figure(number: int) -> Image.Image:
    """A ring or a box on white, each a little otherwise."""
    image = Image.new("RGB", (300, 240), "white")
    draw_on, at = ImageDraw.Draw(image), 40 + 3 * number
    (draw_on.ellipse if number % 2 else draw_on.rectangle)(
        (at, 40, at + 120, 190 - 2 * number), outline="black", width=14
    )
    return image


def png(number: int) -> bytes:
    out = io.BytesIO()
    figure(number).save(out, "PNG")
    return out.getvalue()


def archive(each: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for k in range(each):
            bundle.writestr(f"my set/кольцо/{k}.png", png(2 * k + 1))
            bundle.writestr(f"my set/box/{k}.png", png(2 * k))
        bundle.writestr("my set/notes.txt", "no picture")
    return out.getvalue()


def upload(page, *files: tuple[str, bytes]) -> str:
    """Through the field of the page. Returns the report."""
    page.click("[data-way=files]")
    given = [{"name": name, "mimeType": "", "buffer": content} for name, content in files]
    page.set_input_files(".ll-studio input.files", given)
    page.wait_for_selector(".ll-studio .report b:has-text('taken')")
    return page.inner_text(".ll-studio .report")


def paste(page, raw: bytes) -> None:
    page.evaluate(
        """raw => {
          const bytes = Uint8Array.from(atob(raw), c => c.charCodeAt(0)), clipboardData = new DataTransfer();
          clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
          document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        base64.b64encode(raw).decode(),
    )


def test_drawings_go_into_two_classes_and_none_waits_for_the_server(own, open_page):
    page = open_page(own.url + "/pictures")
    page.click("[data-way=draw]")
    draw(page, by_key=False)  # taken by itself, a moment after the pen was lifted
    page.fill(".ll-studio .class", "日本 cross")
    page.keyboard.press("Enter")  # on to the pad
    for k in range(2):
        draw(page, by_key=True, turned=0.1 * k)
    page.wait_for_selector(f"{CARD}[data-name='日本 cross']:has-text('2')")
    settle(page)
    assert counts() == {"Class 1": 1, "日本 cross": 2}
    rgba = the_set().rgba()
    assert {picture.source for picture in the_set().manifest.pictures} == {"drawn"}
    assert (rgba[..., :3].reshape(3, -1).max(1) > 200).all() and np.ptp(rgba.astype(int), axis=0).max() > 100


def test_a_zip_is_sorted_by_its_folders_and_what_is_skipped_is_named(own, open_page):
    page = open_page(own.url + "/pictures")
    settle(page)
    report = upload(page, ("set.zip", archive(12)), ("a.pdf", b"%PDF-1.4"), ("one.png", png(3)))
    assert "25 pictures taken" in report and "2 files skipped" in report
    assert "a.pdf is a PDF" in report and "notes.txt" in report
    page.wait_for_selector(f"{CARD} >> nth=2")
    found = counts()
    assert (found["кольцо"], found["box"], sum(found.values())) == (12, 12, 25)


def test_a_class_is_renamed_a_picture_removed_and_both_are_taken_back(own, open_page):
    page = open_page(own.url + "/pictures")
    settle(page)
    upload(page, ("set.zip", archive(5)))
    name = page.locator(f"{CARD}[data-name=box] .name input")
    name.fill("square")
    name.press("Enter")
    page.wait_for_selector(".ll-cards .undo:has-text('“box” renamed to “square”')")
    assert counts() == {"кольцо": 5, "square": 5}
    tile = page.locator(f"{CARD}[data-name=square] .tile").first
    tile.hover()
    tile.locator(".cross").click()
    page.wait_for_selector(".ll-cards .undo:has-text('1 picture removed')")
    assert counts()["square"] == 4
    for left in (5, 5):
        page.click(".ll-cards .undo")
        settle(page)
        assert sum(counts().values()) == 2 * left
    assert counts() == {"кольцо": 5, "box": 5}
    # Chosen ones move together.
    for k in range(2):
        page.locator(f"{CARD}[data-name=box] .tile button:first-child").nth(k).click()
    page.select_option(".ll-cards .chosen select", "кольцо")
    page.wait_for_selector(".ll-cards .undo:has-text('2 pictures moved')")
    assert counts() == {"кольцо": 7, "box": 3}
    # The cards are drawn anew while a name is being typed, a menu is open and pictures are chosen.
    page.click(f"{CARD}[data-name=кольцо] summary")
    page.locator(f"{CARD}[data-name=box] .tile button:first-child").first.focus()
    page.keyboard.press(" ")
    page.select_option(".ll-cards .chosen select", "\n")
    page.keyboard.type("to be")
    paste(page, png(30))
    page.wait_for_selector(".ll-cards h4:has-text('11 pictures')")
    page.keyboard.type(" a third")
    assert page.input_value(".ll-cards .chosen input") == "to be a third"
    assert page.locator(f"{CARD}[data-name=кольцо] .menu button").is_visible()
    page.locator(f"{CARD}[data-name=box] .name input").select_text()
    page.keyboard.type("square")
    paste(page, png(31))
    page.wait_for_selector(".ll-cards h4:has-text('12 pictures')")
    settle(page)
    assert counts()["box"] == 3, "half a name is none"
    page.keyboard.press("Enter")
    page.wait_for_selector(".ll-cards .undo:has-text('“box” renamed to “square”')")
    page.press(".ll-cards .chosen input", "Enter")
    page.wait_for_selector(".ll-cards .undo:has-text('1 picture moved')")
    assert (counts()["square"], counts()["to be a third"]) == (2, 1)


def test_train_leads_to_a_training_that_runs_on_the_set(own, open_page):
    page = open_page(own.url + "/pictures")
    settle(page)
    upload(page, ("set.zip", archive(12)))
    page.click(".st-key-own_train button")
    page.wait_for_selector("text=/Learning epoch/")
    page.wait_for_selector(".ll-birth .copies canvas")
    (run,) = (run for run in own.runs() if run.config.dataset.startswith("own-"))
    assert run.dataset.class_names in (("кольцо", "box"), ("box", "кольцо"))
    assert run.dataset.test_size == 5 and run.dataset.train_size > 19


def test_the_camera_takes_pictures_for_as_long_as_the_button_is_held(own, open_page):
    page = open_page(own.url + "/pictures")
    page.click("[data-way=camera]")
    page.wait_for_function("document.querySelector('.ll-studio video')?.videoWidth > 0")
    page.locator(".ll-studio .record").hover()
    page.mouse.down()
    page.wait_for_function("document.querySelectorAll('.ll-studio .row canvas').length >= 3")
    page.mouse.up()
    page.wait_for_selector(CARD)
    settle(page)
    by_mouse = the_set().info.count
    assert by_mouse >= 3 and {picture.source for picture in the_set().manifest.pictures} == {"camera"}
    page.focus(".ll-studio .record")
    page.keyboard.down(" ")
    page.wait_for_function("!!document.querySelector('.ll-studio .record.on')")
    page.keyboard.up(" ")
    page.wait_for_function("!document.querySelector('.ll-studio .record.on')")
    settle(page)
    assert the_set().info.count > by_mouse


def test_a_camera_that_may_not_be_used_is_said_kindly_and_all_else_works(own, open_page):
    page = open_page(own.url + "/pictures")
    page.evaluate(
        "() => {"
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    page.click("[data-way=camera]")
    page.wait_for_selector(".ll-studio .trouble:not([hidden])")
    assert "does not let this page use the camera" in page.inner_text(".ll-studio .trouble")
    assert page.is_disabled(".ll-studio .record")
    assert "1 picture taken" in upload(page, ("one.png", png(1)))


def test_a_pasted_picture_goes_into_the_class_that_is_chosen(own, open_page):
    page = open_page(own.url + "/pictures")
    page.click("[data-way=draw]")
    page.locator(".ll-studio .class").select_text()
    page.keyboard.type("pasted ones")  # no Enter
    paste(page, png(1))
    page.wait_for_selector(".ll-studio .report b:has-text('1 picture taken')")
    assert counts() == {"pasted ones": 1}
    assert the_set().manifest.pictures[0].source == "pasted"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1600), ("dark", 380)])
def test_with_a_set_the_page_can_be_used_by_all_and_fits_its_screen(own, open_page, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(own.url + "/pictures", scheme=scheme, width=width)
    settle(page)
    upload(page, ("set.zip", archive(11)))
    page.wait_for_selector(".ll-seen .grid .twice, .ll-seen .grid i")
    page.locator(f"{CARD} .tile button:first-child").first.click()
    found = []
    for way in ("draw", "camera", "files"):
        page.click(f"[data-way={way}]")
        settle(page)
        page.wait_for_function(NOTHING_FADES)
        found += page.evaluate(VIOLATIONS, [Axe().axe_script, OURS, SERIOUS])
        if page.evaluate(f"{MAIN}.scrollWidth - {MAIN}.clientWidth") > 0:
            found.append((way, "is wider than the screen"))
    assert not found
