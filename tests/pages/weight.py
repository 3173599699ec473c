"""How much of ours a page sends: its messages, and our scripts and styles as they travel, compressed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from vae_core.paths import ROOT

STATIC = ROOT / "static"


def weight(app: Any) -> int:
    """The bytes of a page that was run, all of its components' messages whole."""
    protos = [node.proto for node in _nodes(app._tree) if isinstance(getattr(node, "proto", None), Message)]
    files = {STATIC / "style.css", STATIC / "page.css", *_scripts_of(STATIC / "bridge" / "loader.js")}
    for name in {getattr(proto, "component_name", "") for proto in protos} - {""}:
        module = STATIC / _modules()[name.removeprefix("latent_lab_")]
        files |= {*_scripts_of(module), *module.parent.glob("*.css")}
    return sum(proto.ByteSize() for proto in protos) + sum(map(_compressed, files))


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _nodes(child)


@cache
def _modules() -> dict[str, str]:
    """The module of each component, by its name."""
    texts = [file.read_text("utf-8") for file in sorted((ROOT / "ui").rglob("*.py"))]
    return dict(found for text in texts for found in re.findall(r'= component\("(\w+)", "([^"]+)"\)', text))


@cache
def _scripts_of(module: Path) -> frozenset[Path]:
    """A module and all that it imports."""
    found: set[Path] = set()
    waiting = [module.resolve()]
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += [
                (one.parent / name).resolve() for name in re.findall(r'from "(\.[^"]+)"', one.read_text("utf-8"))
            ]
    return frozenset(found)


@cache
def _compressed(file: Path) -> int:
    return len(zlib.compress(file.read_bytes()))
