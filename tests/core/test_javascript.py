"""The browser's side (``static/``): its own tests under node, and what checks its types, style and layout."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from ui.components import payloads_to_typescript
from vae_core.paths import ROOT

NODE = shutil.which("node")
TOOLS = ROOT / "node_modules" / ".bin"


def ran(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(NODE is None, reason="node is not on this machine")
def test_what_needs_no_browser():
    files = sorted(str(path) for path in (ROOT / "tests" / "javascript").glob("*.test.js"))
    assert files
    ran(str(NODE), "--test", *files)


@pytest.mark.skipif(NODE is None or not TOOLS.is_dir(), reason="the tools are not installed: npm ci")
@pytest.mark.parametrize("tool", ["biome check", "tsc --noEmit"])
def test_types_style_and_layout(tool):
    name, *options = tool.split()
    script = {"biome": "@biomejs/biome/bin/biome", "tsc": "typescript/bin/tsc"}[name]
    ran(str(NODE), str(ROOT / "node_modules" / script), *options)


def test_the_types_of_what_travels_are_those_of_python():
    """Written anew by ``python -m ui.components.payloads_to_typescript``."""
    assert payloads_to_typescript.FILE.read_text(encoding="utf-8") == payloads_to_typescript.written()


def test_every_component_says_what_it_is_sent():
    """Each module that Python mounts, and no other, is called with a payload's type."""
    mounted = set()
    for file in (ROOT / "ui").rglob("*.py"):
        mounted |= set(re.findall(r'component\("\w+", "([\w/]+\.js)"\)', file.read_text(encoding="utf-8")))
    static, typed = ROOT / "static", set()
    for file in static.rglob("*.js"):
        if "vendor" not in file.parts and "export default function" in (text := file.read_text(encoding="utf-8")):
            assert re.search(r"Component<[^>]+>} component \*/\nexport default", text), file
            typed.add(file.relative_to(static).as_posix())
    assert mounted == typed


def test_no_line_is_too_long_to_read():
    """Biome breaks code at this width, but no comment, text or HTML."""
    files = [file for file in (ROOT / "static").rglob("*.js") if "vendor" not in file.parts]
    assert files
    wrong = [
        f"{file.relative_to(ROOT)}:{number}: {len(line)} characters"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > 120
    ]
    assert not wrong, "\n".join(wrong)


def test_the_lock_file_names_no_registry():
    assert "resolved" not in (ROOT / "package-lock.json").read_text(encoding="utf-8")
