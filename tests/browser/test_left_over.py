"""What was begun or asked for before must not stand in the way: a late decoder, a term, a finger."""

from __future__ import annotations

from tests.browser.test_browser import EPOCH_RANGE, SET_RANGE, settle

KNOBS = ".st-key-latent_knobs"


def test_a_knob_turned_before_its_decoder_is_here_is_drawn_when_it_comes(server, open_page):
    page = open_page(server.url + "/generate?run=two-knobs&part=Knobs")
    page.wait_for_function("() => window.latentLabDecoders?.has('two-knobs@20')")
    page.wait_for_selector(f"{KNOBS} .offered canvas")
    settle(page)
    page.evaluate(SET_RANGE, [EPOCH_RANGE, 3])
    page.click(f"{KNOBS} .dice")
    page.wait_for_selector(f"{KNOBS} .what >> text=One moment")
    page.wait_for_selector(f"{KNOBS} .what >> text=Your own mix of numbers")
    assert page.locator(f"{KNOBS} .big").get_attribute("data-epoch") == "3"


def test_a_term_can_be_asked_for_again(server, open_page):
    page = open_page(server.url + "/glossary?term=kl")
    for term, before in (("prior", "kl"), ("kl", "prior")):
        page.wait_for_selector(f".st-key-term_{before}_asked a[data-term]")
        settle(page)
        page.evaluate("term => document.querySelector(`a[data-term=${term}]`).click()", term)
        page.wait_for_selector(f".st-key-term_{term}_asked")


def test_a_second_finger_on_the_pad_draws_no_lines_to_the_first(server, open_page):
    page = open_page(server.url + "/draw")
    page.wait_for_selector(".ll-pad canvas")
    settle(page)
    box, touch = page.locator(".ll-pad canvas").bounding_box(), page.context.new_cdp_session(page)

    def fingers(kind: str, *places: tuple[float, float]) -> None:
        points = [
            {"x": box["x"] + box["width"] * x, "y": box["y"] + box["height"] * y, "id": k}
            for k, (x, y) in enumerate(places)
        ]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", (0.2, 0.2))
    fingers("touchStart", (0.2, 0.2), (0.8, 0.2))
    for k in range(6):
        fingers("touchMove", (0.2, 0.2 + 0.1 * k), (0.8, 0.2 + 0.1 * k))
    fingers("touchEnd")
    column = """x => {
      const { data } = document.querySelector(".ll-pad canvas").getContext("2d").getImageData(x, 0, 1, 140);
      return data.filter((v, i) => i % 4 === 0 && v).length;
    }"""
    assert page.evaluate(column, 28) > 60
    assert page.evaluate(column, 70) == 0


def test_a_stroke_whose_message_is_lost_counts_and_the_pad_says_that_it_waits(server, open_page):
    page = open_page(server.url + "/draw?run=lecture")
    page.wait_for_selector(".ll-pad canvas")
    settle(page)
    page.evaluate(  # the server is starting anew, or still makes the page
        """() => {
          const { send } = WebSocket.prototype;
          WebSocket.prototype.send = function (data) {
            WebSocket.prototype.send = send;
            return undefined;
          };
        }"""
    )
    box = page.locator(".ll-pad canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.8, steps=8)
    page.mouse.up()
    page.wait_for_selector(".ll-pad .state >> text=One moment")
    page.wait_for_selector("text=/10 of the 10 most similar test pictures show a 1/")
    page.wait_for_function("document.querySelector('.ll-pad .state').textContent === ''")
