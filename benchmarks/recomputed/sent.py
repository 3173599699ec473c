"""What a page sends to the browser, which of its fields were compared, and the differences."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from ui.shell import pages
from vae_core import paths

# Fields that hold no number of a model: words, addresses, what is chosen, counts of what travels beside them.
WORDS = {
    "run", "runs", "version", "title", "names", "name", "label", "note", "alt", "edge", "colour", "decoder", "thing",
    "about", "redrawn", "start", "chosen", "only", "key", "size", "count", "columns", "epochs", "wanted", "rolls",
    "classes", "follow", "below", "lines", "fine", "dashed", "words", "shapes", "reconstruction_term", "latent_dim",
}  # fmt: skip
AROUND = {"publish", "class_seat"}  # components that stand around every page and know of no model


class Fields(dict):
    """A message that notes which of its fields were looked at."""

    def __init__(self, found: dict[str, Any]) -> None:
        super().__init__({name: noting(value) for name, value in found.items()})
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)


def noting(value: Any) -> Any:
    if isinstance(value, dict):
        return Fields(value)
    return [noting(each) for each in value] if isinstance(value, list) else value


def unread(value: Any, at: str = "") -> Iterator[str]:
    """Where fields stand that nobody looked at, and that are no words."""
    if isinstance(value, Fields):
        for name in value:
            inner = dict.__getitem__(value, name)
            if name in value.read:
                yield from unread(inner, f"{at}.{name}")
            elif name not in WORDS:
                yield f"{at}.{name}"
    elif isinstance(value, list):
        for each in value:
            yield from unread(each, at)


@dataclass
class Sent:
    """The messages of a page: of its components by their names, and bytes by theirs."""

    components: dict[str, list[Fields]]
    heads: dict[str, Fields]
    parts: dict[str, list[bytes]]

    def one(self, component: str) -> Fields:
        (message,) = self.components[component]
        return message


def not_compared(sent: Sent) -> list[str]:
    """Which numbers of a page nobody looked at."""
    every = [data for messages in sent.components.values() for data in messages]
    return sorted({name for data in every for name in unread(data)})


def visit(page: str, **params: str) -> AppTest:
    app = AppTest.from_file(str(paths.ROOT / "app.py"), default_timeout=120)
    app._page_hash = calc_hash(pages.BY_NAME[page].address or page)
    for name, value in params.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, [each.value for each in app.exception]
    return app


def sent_by(page: str, **params: str) -> Sent:
    found = Sent(defaultdict(list), {}, {})
    for node in _nodes(visit(page, **params)._tree):
        proto = getattr(node, "proto", None)
        name = getattr(proto, "component_name", "").removeprefix("latent_lab_")
        if name == "bytes":
            head, parts = unpacked(proto.bytes)
            found.heads[head["name"]], found.parts[head["name"]] = Fields(head), parts
        elif name and name not in AROUND and proto.json:
            found.components[name].append(Fields(json.loads(proto.json)))
    return found


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _nodes(child)


def unpacked(message: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """As ``static/lib/codec.js`` reads it."""
    (length,) = struct.unpack("<I", message[:4])
    head, at, parts = json.loads(message[4 : 4 + length]), 4 + length, []
    for size in head["lengths"]:
        parts.append(message[at : at + size])
        at += size
    return head, parts


def numbers(text: str, wide: int = 0, kind: str = "<f4") -> np.ndarray:
    """Floats (or other numbers) in base64, in rows of ``wide``."""
    flat = np.frombuffer(base64.b64decode(text), kind)
    return flat.astype(float).reshape(-1, wide) if wide else flat.astype(float)


def pictures(text: str, side: int = 28) -> np.ndarray:
    """A sheet of pictures that stand in one line, (n, side * side) greys."""
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("L"), float)
    return sheet.reshape(side, -1, side).transpose(1, 0, 2).reshape(-1, side * side)


def decoder(head: dict[str, Any], parts: list[bytes]) -> dict[str, np.ndarray]:
    """The weights that a browser reads out of a message (``unpacked`` in ``static/lib/decoder.js``), by their names."""
    raw, at, found = np.frombuffer(zlib.decompress(parts[0]), np.uint8).astype(np.uint16), 0, {}
    for name, count in head["weights"]:
        bits = (raw[at : at + count] << 8) | raw[at + count : at + 2 * count]
        found[name], at = bits.view(np.float16).astype(float), at + 2 * count
    return found


def drawn(head: dict[str, Any], parts: list[bytes], z: np.ndarray) -> np.ndarray:
    """What the browser's decoder of linear layers draws from codes (n, d): (n, 784) from 0 to 255."""
    weights, x = decoder(head, parts), np.asarray(z, float)
    for place, layer in enumerate(head["layers"]):
        if layer["type"] == "relu":
            x = np.maximum(x, 0)
        else:
            x = x @ weights[f"{place}.weight"].reshape(layer["outputs"], -1).T + weights[f"{place}.bias"]
    return 255 / (1 + np.exp(-x))


@dataclass(frozen=True)
class Row:
    """How far the numbers of a kind lie from the second computation at most."""

    what: str
    unit: str
    count: int
    largest: float
    bound: float  # what may be left, and why
    why: str


class Table(list[Row]):
    """The rows of a page."""

    def compare(self, what: str, unit: str, sent: Any, again: Any, bound: float, why: str = "rounding") -> None:
        """Numbers as they are sent beside the same computed again, of one shape."""
        one, other = (np.asarray(values, float) for values in (sent, again))
        assert one.shape == other.shape, (what, one.shape, other.shape)
        assert np.isfinite(one).all() and one.size, what
        self.append(Row(what, unit, one.size, float(np.abs(one - other).max()), bound, why))
