"""A teacher and three phones: they predict, draw and train together, from the code to the model of their class."""

from __future__ import annotations

import re

from tests.browser.test_browser import settle
from tests.browser.test_class import violations
from tests.pages.class_seats import a_drawing, pixels
from vae_core.classroom import drawings
from vae_core.pictures import quality
from vae_core.runs.run import Run

PAD = ".st-key-digit_pad .ll-pad canvas"
WAYS = [  # strokes, in parts of the pad
    [[(0.5, 0.15), (0.3, 0.5), (0.5, 0.85), (0.7, 0.5), (0.5, 0.15)]],
    [[(0.5, 0.2), (0.35, 0.35), (0.35, 0.65), (0.5, 0.8), (0.65, 0.65), (0.65, 0.35), (0.5, 0.2)]],
    [[(0.25, 0.25), (0.75, 0.75)], [(0.75, 0.25), (0.25, 0.75)]],
]


def stroke(page, points) -> None:
    box = page.locator(PAD).bounding_box()
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*at[0])
    page.mouse.down()
    for place in at[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def heads(page, words: str) -> None:
    """Wait until the bars say so."""
    page.wait_for_selector(f".ll-votes figcaption >> text={words}")


def test_a_class_predicts_draws_and_trains_its_own_model(server, open_page, monkeypatch):
    monkeypatch.setenv("VAE_RUNS_DIR", str(server.folder / "runs"))
    desk = open_page(server.url + "/class", width=1280, height=800)
    settle(desk)
    desk.click(".st-key-class_open_button button")
    desk.wait_for_selector(".ll-invitation")
    settle(desk)
    code = desk.locator(".ll-invitation .code").inner_text()
    phones = []
    for name in ("Mia", "Tom", "Zoë"):
        phone = open_page(f"{server.url}/class?room={code}", width=390, height=664)  # less the browser's own bars
        if phones:  # what moves on one phone moves on all
            phone.emulate_media(reduced_motion="reduce")
        settle(phone)
        phone.fill(".st-key-class_nickname input", name)
        phone.click(".st-key-class_join_button button")
        phone.wait_for_selector(".st-key-class_pupil")
        phones.append(phone)

    # Predict: bars without names, an answer that is changed, and all look at once.
    desk.click(".st-key-class_begin_predict button")
    desk.click(".st-key-class_ask button")
    heads(desk, "0 of 3 have answered")
    for count, (phone, place) in enumerate(zip(phones, (0, 2, 2), strict=True), start=1):
        phone.locator(".ll-answers label").nth(place).click()
        heads(desk, f"{count} of 3 have answered")
    settle(phones[0])
    phones[0].locator(".ll-answers label").nth(2).click()
    desk.wait_for_selector('.ll-votes [aria-label="C: 3"]')
    assert "Mia" not in desk.locator(".st-key-class_mission").inner_text()
    assert desk.locator(".ll-answers input:enabled").count() == 0  # the class answers, not its teacher
    desk.click(".st-key-class_look button")
    for page in (desk, *phones):
        page.wait_for_selector("text=Why?")
        settle(page)
    assert phones[0].locator('.ll-votes [aria-label*="your answer"]').count() == 1
    assert not violations(desk) and not violations(phones[0])

    # Vote: each choice is as high as a thumb is wide.
    desk.click(".st-key-class_end button")
    desk.click(".st-key-class_begin_train button")
    desk.click(".st-key-class_let_vote button")
    heads(desk, "0 of 3 have voted")
    choices = phones[0].locator(".st-key-class_pupil [role=radiogroup] label")
    choices.first.wait_for()
    assert min(each.bounding_box()["height"] for each in choices.all()) >= 36

    # Draw: each drawing appears on the map as it is sent, and the pad is empty for the next.
    desk.click(".st-key-class_end button")
    desk.click(".st-key-class_begin_draw button")
    desk.click(".st-key-class_invite button")
    desk.wait_for_selector(".ll-class-map")
    for count, (phone, strokes) in enumerate(zip(phones, WAYS, strict=True), start=1):
        phone.wait_for_selector(f"{PAD}.empty")
        settle(phone)
        send, line = (phone.locator(each).bounding_box() for each in (".st-key-class_send_drawing", ".ll-seat"))
        assert send["y"] + send["height"] <= line["y"]  # in sight, for a finger on the pad draws and cannot scroll
        for points in strokes:
            stroke(phone, points)
            settle(phone)
        phone.click(".st-key-class_send_drawing button")
        phone.wait_for_selector("text=It is on the map.")
        phone.wait_for_selector(f"{PAD}.empty")
        desk.wait_for_function(f"() => document.querySelectorAll('.ll-class-map .hits button').length === {count}")
        if count == 1:
            desk.locator(".ll-class-map .hits button").focus()
    settle(desk)
    desk.keyboard.press("Enter")  # the next drawings have not taken the focus from it
    desk.wait_for_selector(".ll-class-map .hits button:first-child[aria-pressed=true]")
    settle(desk)
    assert desk.locator(":focus").get_attribute("aria-pressed") == "true"  # nor has choosing it
    assert (
        desk.locator(".ll-class-map canvas").get_attribute("aria-label").startswith("Map of the model with 3 drawings")
    )
    desk.wait_for_selector(".st-key-morph_player .stage canvas")
    assert not violations(desk) and not violations(phones[0])
    mine = phones[0].evaluate("JSON.parse(localStorage.getItem('latent-lab-class')).token")
    prompt = drawings.prompts(code)[-1]
    for k in range(quality.FEWEST - 3):
        drawings.add(code, mine, prompt.id, pixels(a_drawing(k)))
    desk.wait_for_selector(".st-key-class_train_ours button:enabled")
    settle(desk)

    # The model of the class: one training, which opens on all phones, and which only the teacher's page steers.
    desk.click(".st-key-class_train_ours button")
    for page in (desk, *phones):
        page.wait_for_url(re.compile(r"/train\?.*run="))
        page.wait_for_selector(".ll-birth")
    run = Run(server.folder / "runs" / re.search(r"run=([^&]+)", desk.url)[1])
    assert run.title == f"The model of room {code}"
    for phone in phones:
        assert run.id in phone.url
        phone.wait_for_selector("text=This is your class’s model")
        assert phone.locator(".st-key-stop_training, .st-key-pause_training, .st-key-new_training_button").count() == 0
    for page in (desk, *phones):
        page.wait_for_selector("text=Finished all", timeout=90_000)
        settle(page)
    desk.click(".ll-seat >> text=Back to the room")
    desk.click(".st-key-class_close button")
    desk.click(".st-key-class_close_now button")
    phones[0].wait_for_selector(".ll-seat .trouble")
