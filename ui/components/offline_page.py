"""A web page that opens anywhere, without this app and without a network: a template with the styles of
``static/style.css``, a script and its data written into it. It carries a policy that forbids every request.

The script is made of ES modules of ``static/``; no tool of JavaScript's is needed. Each becomes a function that runs
once and returns what it exports, after those that it imports from. Of the many ways to import and export only those are
known that ``static/lib`` has; any other is refused, since a guess would break in a visitor's browser.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vae_core.paths import ROOT

FRAME = Path(__file__).with_suffix(".html")
IMPORT = re.compile(r'^import \{([\w\s,]+)\} from "(\.[^"]+\.js)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (\w+))", re.MULTILINE)
# Any import or export but in a comment; "import(" also inside a line.
UNKNOWN = re.compile(r"^\s*(?:import|export)\b.*|^(?!\s*(?://|/?\*)).*\bimport\s*[(.].*", re.MULTILINE)
NO_TEXT_OF_A_SCRIPT = re.compile(r"<(?:/?script|!--)", re.IGNORECASE)


def written(template: Path, script: Path, title: str, data: Mapping[str, Any]) -> str:
    """The page: ``offline_page.html`` with the styles and the body of a ``template``, the data and the script."""
    own, body = template.read_text(encoding="utf-8").removeprefix("<style>\n").split("\n</style>\n", 1)
    text = json.dumps(data, allow_nan=False).replace("<", "\\u003c")  # no way out of the script element
    parts = {
        "title": html.escape(title), "style": (ROOT / "static" / "style.css").read_text(encoding="utf-8"),
        "own": own, "body": body.rstrip("\n"), "data": text, "script": plain_script(script),
    }  # fmt: skip
    return re.sub(r"{{(\w+)}}", lambda place: parts[place[1]], FRAME.read_text(encoding="utf-8"))


def plain_script(entry: Path) -> str:
    """The script. Raises ValueError for modules that cannot be written so."""
    exported: dict[Path, list[str]] = {}
    parts = ['"use strict";']

    def add(module: Path) -> None:
        exported[module] = []  # until it is read: a module that imports in a circle finds nothing there

        def imported(match: re.Match[str]) -> str:
            names, source = match[1].replace(",", " ").split(), (module.parent / match[2]).resolve()
            if source not in exported:
                add(source)
            if unknown := set(names) - set(exported[source]):
                raise ValueError(f"{module.name}: {source.name} does not export {sorted(unknown)}")
            return f"const {{ {', '.join(names)} }} = {_variable(source)};"

        text = IMPORT.sub(imported, module.read_text(encoding="utf-8"))
        names = EXPORT.findall(text)
        text = EXPORT.sub("", text)
        if trouble := UNKNOWN.search(text) or NO_TEXT_OF_A_SCRIPT.search(text):
            raise ValueError(f"{module.name} cannot become part of a plain script: {trouble[0].strip()}")
        exported[module] = names
        parts.append(f"const {_variable(module)} = (() => {{\n{text}return {{ {', '.join(names)} }};\n}})();")

    add(entry.resolve())
    return "\n".join(parts)


def _variable(module: Path) -> str:
    return re.sub(r"\W", "_", "_".join(module.parts[-2:]))
