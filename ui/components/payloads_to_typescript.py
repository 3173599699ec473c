"""``python -m ui.components.payloads_to_typescript`` writes the payloads' types for JavaScript: payloads.d.ts."""

from __future__ import annotations

import types
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from ui.components.payloads import (
    base,
    bridge,
    classroom,
    lecture,
    loss,
    morph_and_draw,
    pages_apart,
    pictures,
    samples,
    shared,
    train_and_map,
    understand,
)
from vae_core.paths import ROOT

FILE = ROOT / "static" / "lib" / "payloads.d.ts"
MODULES = (
    base, bridge, shared, lecture, train_and_map, samples, morph_and_draw, understand, loss, pictures, pages_apart,
    classroom,
)  # fmt: skip
PLAIN = {int: "number", float: "number", str: "string", bool: "boolean", Any: "any", type(None): "null"}
HEAD = """// Written by ``python -m ui.components.payloads_to_typescript``: change ui/components/payloads/ instead.

/** What a component of ours is called with: its data, its place, and how it answers. */
export interface Component<Data, Answer = {}> {
  data: Data;
  parentElement: any;
  setStateValue<Name extends keyof Answer>(name: Name, value: Answer[Name]): void;
  setTriggerValue<Name extends keyof Answer>(name: Name, value: Answer[Name]): void;
}
"""


def typescript(hint: Any) -> str:
    """A Python type as TypeScript has it. Raises TypeError for one that has no place in a payload."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return typescript(inside[0])
    if origin is Literal:
        return " | ".join(f'"{word}"' for word in inside)
    if origin in (Union, types.UnionType):
        return " | ".join(map(typescript, inside))
    if origin is list:
        return f"{_grouped(inside[0])}[]"
    if origin is tuple:
        return f"[{', '.join(map(typescript, inside))}]"
    if origin is dict:
        return f"Record<string, {typescript(inside[1])}>"
    if is_typeddict(hint):
        return str(hint.__name__)
    if hint in PLAIN:
        return PLAIN[hint]
    raise TypeError(f"{hint} cannot be sent to a browser")


def _grouped(hint: Any) -> str:
    text = typescript(hint)
    return f"({text})" if " | " in text else text


def interface(kind: Any) -> str:
    lines = [
        f"  {name}{'?' if get_origin(hint) is NotRequired else ''}: {typescript(hint)};"
        for name, hint in get_type_hints(kind, include_extras=True).items()
    ]
    return f"export interface {kind.__name__} {{\n" + "\n".join(lines) + "\n}\n"


def written() -> str:
    """The whole file."""
    kinds = [
        kind for module in MODULES for kind in vars(module).values()
        if is_typeddict(kind) and kind.__module__ == module.__name__
    ]  # fmt: skip
    return "\n".join([HEAD, *map(interface, kinds)])


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
