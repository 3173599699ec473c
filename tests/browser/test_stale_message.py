"""A message that was sent from a page before it was left."""

from __future__ import annotations

from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.test_accessibility import GO
from tests.browser.test_browser import settle

# What the page sends from now on, and through which socket.
OVERHEAR = """(() => {
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    [window.socket, window.said] = [this, data];
    return send.call(this, data);
  };
})()"""
MORPH, FOLLOW = ".st-key-morph_player .stage canvas", ".ll-seat input"


def test_a_message_from_the_page_before_does_not_empty_the_next(server, open_page):
    """As when Python changes the page (``st.switch_page``) while something of the old one is on its way."""
    page = open_page("about:blank")
    page.add_init_script(OVERHEAR)
    page.goto(server.url + "/class")
    settle(page)
    page.click(".st-key-class_open_button button")
    page.wait_for_selector(FOLLOW)
    settle(page)
    page.check(FOLLOW)
    settle(page)
    page.uncheck(FOLLOW)
    settle(page)
    late = BackMsg.FromString(bytes(page.evaluate("() => [...(window.late = said)]"))).rerun_script
    assert late.fragment_id
    page.evaluate(GO, "/morph?run=lecture")
    page.wait_for_selector(MORPH)
    settle(page)
    page.evaluate("() => socket.send(late)")
    settle(page)
    assert page.locator(MORPH).count()
    first = page.locator(MORPH).first.get_attribute("aria-label")
    page.locator(".st-key-morph_picker [data-end=end] .tabs button").nth(4).click()  # the page's own parts go on
    page.wait_for_function(f"first => document.querySelector('{MORPH}').ariaLabel !== first", arg=first)
    settle(page)
