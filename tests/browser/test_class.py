"""A class: a teacher at a projector and a pupil with a phone, from the code to the teacher's place."""

from __future__ import annotations

import json
import re

from tests.browser.test_accessibility import OURS, SERIOUS, VIOLATIONS
from tests.browser.test_browser import EPOCH_RANGE, SET_RANGE, settle

KEPT = "JSON.parse(localStorage.getItem('latent-lab-class'))"


def violations(page) -> list:
    from axe_playwright_python.sync_playwright import Axe

    return page.evaluate(VIOLATIONS, [Axe().axe_script, OURS, SERIOUS])


def test_a_room_from_its_code_to_its_end(server, open_page):
    teacher = open_page(server.url + "/class", width=1280, height=800)
    settle(teacher)
    assert not violations(teacher)
    teacher.click(".st-key-class_open_button button")
    teacher.wait_for_selector(".ll-invitation img")
    settle(teacher)
    code = teacher.locator(".ll-invitation .code").inner_text()
    assert re.fullmatch("[A-Z]{4}", code)
    mine = teacher.evaluate(KEPT)
    assert mine["room"] == code and mine["teacher"] not in teacher.url

    phone = open_page(f"{server.url}/class?room={code.lower()}", width=390, height=844, scheme="dark")
    settle(phone)
    phone.fill(".st-key-class_nickname input", "<b>Ada</b>")
    phone.click(".st-key-class_join_button button")
    phone.wait_for_selector(f".ll-seat >> text={code}")
    settle(phone)
    assert not violations(phone)
    # Nobody asked: the teacher's page hears of it by itself.
    teacher.wait_for_selector(".ll-people button >> text=bAdab")
    settle(teacher)
    assert not violations(teacher)

    # A pupil who makes up a teacher's token steers nothing, and is a pupil as before.
    forged = json.dumps({**phone.evaluate(KEPT), "teacher": "f" * 32})
    phone.evaluate("words => localStorage.setItem('latent-lab-class', words)", forged)
    phone.reload()
    phone.wait_for_selector(f".ll-seat >> text={code}")
    settle(phone)
    assert phone.locator(".ll-seat input").count() == 0
    assert phone.locator(".ll-seat >> text=bAdab").count() == 1

    # At rest nothing travels, either way.
    frames = []
    for page in (teacher, phone):
        settle(page)
    phone.on("websocket", lambda _: frames.append("a new connection"))
    session = phone.context.new_cdp_session(phone)
    session.send("Network.enable")
    for event in ("Network.webSocketFrameSent", "Network.webSocketFrameReceived"):
        session.on(event, lambda frame: frames.append(frame["response"]["opcode"]))
    phone.wait_for_timeout(2500)  # the time is what is looked at
    assert [opcode for opcode in frames if opcode not in (9, 10)] == []

    # Where the teacher goes, the phone goes; the epoch too, without a new page.
    teacher.check(".ll-seat input")
    settle(teacher)  # a page that is left at once is not heard any more
    teacher.goto(server.url + "/generate?run=lecture&epoch=5")
    phone.wait_for_url(re.compile(r"/generate\?.*epoch=5"))
    settle(teacher)
    settle(phone)
    assert phone.locator("[data-testid=stException]").count() == 0
    teacher.evaluate(SET_RANGE, [EPOCH_RANGE, 0])
    phone.wait_for_url(re.compile(r"epoch=0"))
    settle(phone)
    assert phone.locator(EPOCH_RANGE).input_value() == "0"

    # A restart of the server: both come back as who they were, and the phone follows on.
    server.kill()
    server.start()
    for page in (teacher, phone):
        page.wait_for_function(
            "document.querySelector('[data-testid=stApp]').dataset.testConnectionState === 'CONNECTED'"
        )
        page.wait_for_selector(f".ll-seat >> text={code}")
        settle(page)
    assert teacher.locator(".ll-seat input").is_checked() and phone.locator(".ll-seat >> text=bAdab").count() == 1

    # Presenter mode takes the menu away, wherever one goes.
    teacher.keyboard.press("p")
    assert not teacher.locator("[data-testid=stHeader]").is_visible()
    teacher.click(".ll-seat >> text=Back to the room")
    teacher.wait_for_selector(".ll-invitation")
    settle(teacher)
    assert not teacher.locator("[data-testid=stHeader]").is_visible()
    phone.wait_for_url(re.compile("/class"))
    settle(phone)  # the teacher's page hears that it is there, and may move under a click
    settle(teacher)

    teacher.click(".st-key-class_close button")
    teacher.click(".st-key-class_close_now button")
    teacher.wait_for_selector(".st-key-class_ways")
    phone.wait_for_selector(".ll-seat .trouble")
    settle(phone)
    assert phone.evaluate(KEPT)["room"] == "" and teacher.evaluate(KEPT)["teacher"] == ""
