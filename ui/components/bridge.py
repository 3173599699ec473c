"""The bridge to the browser: a component of ours is a module in ``static/`` and the data that it is sent.

Each is loaded by the browser as a file, once, and cached there; a rerun sends only its data. They are fed whole films
(every epoch, every step of a morph), so that scrubbing asks the server nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from ui.components.payloads.base import Size
from ui.shell import browser_input
from vae_core.paths import ROOT
from vae_core.runs.run import Run

STATIC = ROOT / "static"
# It stands in the path of each file, so also in that of those that a file imports by a relative one: no browser mixes
# old and new, and each may keep what it has (``keep_versions_apart`` of ui/shell/streamlit_patches.py).
VERSION = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(STATIC.rglob("*.*")))).hexdigest()[:8]
# It travels with every message, so it is short; what there is to do is in static/bridge/loader.js. A server that is
# just starting again may miss a request: ask a few times, under another name each.
SHIM = """const at=n=>new URL("app/static/VERSION/"+n,document.baseURI).href,
load=k=>import(at("bridge/loader.js")+"?"+k).catch(e=>{if(!k)throw e;
return new Promise(f=>setTimeout(f,1e3)).then(()=>load(k-1))});
export default c=>{const s={};load(5).then(m=>m.start(c,"MODULE",at,s));return()=>s.end?s.end():s.gone=1}"""


def component(name: str, module: str) -> Any:
    """A component of ours whose browser side is a module in ``static/``."""
    js = SHIM.replace("VERSION", VERSION).replace("MODULE", module)
    return st.components.v2.component(f"latent_lab_{name}", js=js, isolate_styles=False)


_feed = component("feed", "bridge/decoder_cache.js")
_publish = component("publish", "bridge/publish.js")
_turn = component("turn", "bridge/refresh.js")
_chosen = component("chosen", "bridge/selection.js")
_rest = component("rest", "bridge/settled_epoch.js")
_bytes = component("bytes", "bridge/bytes.js")
_address = component("address", "bridge/url_choices.js")
_visitor = component("visitor", "bridge/browser_id.js")


def token(*parts: object) -> str:
    """A short name for what a component shows, so that it redraws only when that changes."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def size_of(run: Run) -> Size:
    """The size of one of a run's pictures, as ``lib/canvas.js`` has it."""
    channels, height, width = run.dataset.shape
    return {"channels": channels, "height": height, "width": width}


def base64_of(array: np.ndarray, kind: str) -> str:
    """An array as the browser reads it: ``f2``, ``f4`` or ``u1``, little-endian, in base64."""
    return base64.b64encode(np.ascontiguousarray(array, np.dtype(kind).newbyteorder("<")).tobytes()).decode()


def publish(key: str, name: str, value: Any) -> None:
    """Tell another component something (``hear`` in ``static/lib/bus.js``), whose own data then stay the same message.

    Streamlit sends a large message once and after that only its name, as long as nothing in it changes.
    """
    _publish(key=f"{key}_unseen", data={"name": name, "value": value})


def publish_bytes(key: str, name: str, head: Mapping[str, Any], parts: Sequence[bytes]) -> None:
    """The same for what is large and no text: JSON and bytes, of which base64 would make a third more."""
    _bytes(key=f"{key}_unseen", data=packed({**head, "name": name}, parts))


def packed(head: Mapping[str, Any], parts: Sequence[bytes]) -> bytes:
    """As ``unpack`` of ``static/lib/codec.js`` reads it: the length of the head, the head as JSON, and the parts."""
    text = json.dumps({**head, "lengths": [len(part) for part in parts]}).encode()
    return struct.pack("<I", len(text)) + text + b"".join(parts)


def mark_when_settled() -> None:
    """Gives every page a component of ours, so that it says when it rests (``static/lib/settled.js``)."""
    publish("settled", "page", None)


def chosen_on(name: str, chosen: Any, picked: Callable[[Any], None]) -> None:
    """For the fragment that shows what was picked on a large component elsewhere (``selection.js``).

    ``chosen`` is what is chosen now; ``picked`` is called with what a visitor picks, before the fragment runs again.
    """
    key = f"{name}_unseen"
    _chosen(
        key=key,
        data={"name": name, "chosen": chosen},
        on_picked_change=lambda: picked(browser_input.sent(key, "picked")),
    )


def picked(component: str, name: str, offered: Sequence[int]) -> int | None:
    """The place that was last picked in a component; before the first click the one of the address."""
    answer = browser_input.sent(component, name)
    return browser_input.one_of(place_in_address(name) if answer is None else answer, offered)


def place_in_address(name: str) -> int | None:
    """A place that the address names, where they are counted from 1."""
    asked = browser_input.number_from_address(name)
    return asked - 1 if asked else None


def redraw_when(name: str, run_id: str, token: str) -> None:
    """Call it in a fragment: it runs again once the page's poll names another token for it (``turns``).

    So that what seldom changes need not be made and sent at every poll.
    """
    _turn(key=f"{name}_turn_unseen", data={"name": f"{name} {run_id}", "token": token}, on_asked_change=lambda: None)


def settled_epoch(key: str, run_id: str, epochs: Sequence[int]) -> int:
    """The epoch at which the visitor has come to rest; call it in a fragment, which then runs again by itself."""
    answer = browser_input.epoch(browser_input.sent(key, "epoch"), epochs)
    if answer is None:  # not yet: what the address says
        answer = browser_input.epoch(browser_input.number_from_address("epoch"), epochs)
    epoch = epochs[-1] if answer is None else answer
    _rest(key=key, data={"run": run_id, "epochs": list(epochs), "epoch": epoch}, on_epoch_change=lambda: None)
    return epoch


def address(**choices: object) -> None:
    """Let the address name these choices (``ui.shell.url_state``)."""
    _address(key="address_unseen", data={"choices": {name: str(value) for name, value in choices.items()}})


def decoder_feed(
    run_id: str, epochs: Sequence[int], decoder_at: Callable[[int], tuple[dict[str, Any], list[bytes]]]
) -> None:
    """Keep the browser supplied with the decoder (``browser_decoder.packed_decoder``) of the epoch at which the visitor
    rests; call it in a fragment."""
    answer = browser_input.epoch(browser_input.sent("decoder_feed", "epoch"), epochs)
    epoch = epochs[-1] if answer is None else answer
    decoder, parts = decoder_at(epoch)
    head = {"run": run_id, "epochs": list(epochs), "epoch": epoch, "decoder": decoder}
    _feed(key="decoder_feed", data=packed(head, parts), on_epoch_change=lambda: None)


def visitor_token() -> str:
    """The name that this browser keeps for itself, 32 hexadecimal digits; "" until it has answered."""
    answer = _visitor(key="visitor_token", data={}, on_token_change=lambda: None)
    return browser_input.token(browser_input.by_name(answer, "token")) or ""


def versioned(payload: dict[str, Any]) -> dict[str, Any]:
    return {**payload, "version": token(payload)}
