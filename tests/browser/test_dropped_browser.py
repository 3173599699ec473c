"""A picture file dropped on the drawing pad, pasted or chosen, in a real browser."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image, ImageDraw

from tests.browser.test_browser import pixels, settle
from vae_core.datasets.spec import Shape
from vae_core.pictures.fitting import fitted
from vae_core.pictures.reading import ORIENTATION, read_picture

GIVE = """([name, type, text, how]) => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)), bag = new DataTransfer();
  bag.items.add(new File([bytes], name, { type }));
  const target = document.querySelector(".ll-pad canvas");
  if (how === "drop") {
    for (const kind of ["dragover", "drop"])
      target.dispatchEvent(new DragEvent(kind, { dataTransfer: bag, bubbles: true, cancelable: true }));
  } else {
    target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: bag, bubbles: true, cancelable: true }));
  }
}"""
ROW = ".st-key-drawn_rows .strip:nth-of-type(2) canvas"  # as it goes in
STATE = "document.querySelector('.ll-pad .state').textContent === ''"


def photo(turned: bool) -> bytes:
    """A one in ink on paper, as a phone keeps it: on its side, with a note which way is up."""
    paper = Image.new("RGB", (900, 1200), (225, 221, 210))
    ImageDraw.Draw(paper).line([(380, 300), (430, 900)], fill=(30, 30, 60), width=70)
    exif = Image.Exif()
    if turned:
        paper, exif[ORIENTATION] = paper.transpose(Image.Transpose.ROTATE_90), 6
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def give(page, raw: bytes, name: str, kind: str = "image/jpeg", how: str = "drop") -> None:
    page.evaluate(GIVE, [name, kind, base64.b64encode(raw).decode(), how])


def goes_in(page) -> np.ndarray:
    page.wait_for_selector(ROW)
    settle(page)
    return pixels(page, ROW).reshape(28, -1)[:, :28]


def expected() -> np.ndarray:
    return fitted(read_picture(photo(turned=True)), Shape(1, 28, 28), light_ground=False).picture.astype(float)


def open_draw(server, open_page):
    page = open_page(server.url + "/draw?run=lecture")
    page.wait_for_selector(".ll-pad canvas")
    settle(page)
    return page


def test_a_photo_that_is_dropped_goes_all_the_way(server, open_page):
    page = open_draw(server, open_page)
    give(page, photo(turned=True), "one.jpg")
    page.wait_for_selector("text=/10 of the 10 most similar test pictures show a 1/")
    assert np.abs(goes_in(page) - expected()).mean() < 6, "upright, light on dark, centred"
    page.wait_for_selector("text=turned to light on dark and centred")
    assert page.locator(".ll-pad canvas").get_attribute("aria-label").startswith("Your picture")
    page.click("[data-testid=stTopNavLink]:has-text('Map')")
    page.wait_for_selector(".st-key-latent_scatter")
    page.click("[data-testid=stTopNavLink]:has-text('Draw')")
    page.wait_for_selector(ROW)
    settle(page)
    assert pixels(page, ".ll-pad canvas").max() > 150, "it is still there after a visit to another page"
    page.click(".ll-pad .undo")
    page.wait_for_selector("text=Nothing yet")
    assert pixels(page, ".ll-pad canvas").max() == 0


def test_it_is_pasted_or_chosen_and_undo_shows_what_it_covered(server, open_page):
    page = open_draw(server, open_page)
    box = page.locator(".ll-pad canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.5, steps=8)
    page.mouse.up()
    drawn = goes_in(page)
    give(page, photo(turned=False), "image.png", how="paste")
    page.wait_for_selector("text=/10 of the 10 most similar test pictures show a 1/")
    assert np.abs(goes_in(page) - expected()).mean() < 6
    page.click(".ll-pad .undo")
    page.wait_for_selector(".st-key-drawn_rows >> text=Your drawing")
    assert (goes_in(page) == drawn).all()
    page.set_input_files(".ll-pad input[type=file]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(True)})
    page.wait_for_selector(".st-key-drawn_rows >> text=Your picture")
    page.click(".ll-pad .clear")
    page.wait_for_selector("text=Nothing yet")


def test_what_is_no_picture_is_refused_and_the_drawing_stays(server, open_page):
    page = open_draw(server, open_page)
    give(page, photo(turned=True), "one.jpg")
    before = goes_in(page)
    for raw, name, why in (
        (b"not a picture", "IMG_1.heic", "IMG_1.heic is a HEIC picture; save it as PNG or JPEG."),
        (photo(turned=True)[:300], "half.jpg", "half.jpg is broken or cut off."),
        (b"", "empty.png", "empty.png is empty."),
    ):
        sent = len(page.sent)
        give(page, raw, name)
        page.wait_for_selector(f".ll-pad .trouble >> text={why}")
        assert len(page.sent) == sent, "it never leaves the browser"
        assert (goes_in(page) == before).all()
    give(page, photo(turned=False), "another.jpg")
    page.wait_for_function("document.querySelector('.ll-pad .trouble').hidden")
    page.wait_for_function(STATE)


def test_a_paste_into_a_field_stays_there(server, open_page):
    page = open_draw(server, open_page)
    give(page, photo(turned=True), "one.jpg")
    before = goes_in(page)
    page.locator(".st-key-landmark_name input").focus()
    give(page, photo(turned=False)[:400], "broken.jpg", how="paste")
    assert page.locator(".ll-pad .trouble").is_hidden() and page.locator(".ll-pad .state").text_content() == ""
    assert (goes_in(page) == before).all()
