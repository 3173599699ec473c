"""The browser's side (``static/``): its own tests under node, and what checks its types, style and layout."""

from __future__ import annotations

import shutil
import subprocess

import pytest

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


def test_the_lock_file_names_no_registry():
    assert "resolved" not in (ROOT / "package-lock.json").read_text(encoding="utf-8")
