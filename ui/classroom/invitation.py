"""How pupils come in: the code, a QR code and a link."""

from __future__ import annotations

import html
import ipaddress
import socket
from urllib.parse import urlsplit, urlunsplit

import segno
import streamlit as st

from ui.shell import browser_input

HERE = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # addresses that lead a phone to itself


def link(code: str) -> str:
    """The address of a room, as a phone in the same network can open it."""
    parts = urlsplit(browser_input.page_address())
    host, port = parts.hostname or "localhost", f":{parts.port}" if parts.port else ""
    if host in HERE:
        host = _in_this_network() or host
    folder = parts.path.rsplit("/", 1)[0]
    return urlunsplit(
        (
            parts.scheme or "http",
            f"[{host}]{port}" if ":" in host else f"{host}{port}",
            f"{folder}/class",
            f"room={code}",
            "",
        )
    )


def reaches_phones(address: str) -> bool:
    """Whether this machine knows of a network in which a phone could open it."""
    return urlsplit(address).hostname not in HERE


def is_near(address: str) -> bool:
    """Whether only machines of the same network can open an address."""
    try:
        return ipaddress.ip_address(urlsplit(address).hostname or "").is_private
    except ValueError:
        return False  # it has a name


def _in_this_network() -> str:
    """This machine's own address in its network; "" without one. Nothing is sent."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""


def invitation(code: str) -> None:
    """The code in large letters, and what a phone's camera reads."""
    address = link(code)
    picture = segno.make(address, error="m").svg_data_uri(border=4, dark="#000", light="#fff", omitsize=True)
    shown = address.split("://", 1)[-1].split("?")[0]  # the square holds the code, too
    st.html(
        f'<div class="ll-invitation"><img class="qr" alt="QR code of the link" src="{picture}">'
        f'<div><p class="code" aria-label="Code {" ".join(code)}">{code}</p>'
        f'<p class="link">{html.escape(shown)}</p></div></div>'
    )
    if not reaches_phones(address):
        st.caption("This computer is not on a network, so no phone can open this link.")
    elif is_near(address):
        st.caption("Phones must be on the same Wi-Fi as this computer.")
