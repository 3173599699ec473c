"""The documents name what is there."""

from __future__ import annotations

import re

import pytest

from vae_core.paths import ROOT

DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "benchmarks").glob("*.md")),
]
TOPS = ("vae_core", "ui", "pages", "static", "tests", "benchmarks", "docs", "checkpoints/pretrained", ".ci")
PATH = re.compile(rf"(?:{'|'.join(map(re.escape, TOPS))})/[\w./-]+\w")
CODE = re.compile(r"```.*?```|`[^`\n]+`|\]\([^)\s]+\)", re.DOTALL)
MODULES = sorted(
    file for folder in ("vae_core", "ui") for file in (ROOT / folder).rglob("*.py") if file.name != "__init__.py"
)


def exists(path: str) -> bool:
    return any(
        (ROOT / f"{path}{ending}").exists()
        for ending in ("", ".py", ".js")  # a module may be named without its ending
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_a_document_names_no_file_that_is_not_there(document):
    text = "\n".join(CODE.findall(document.read_text(encoding="utf-8")))
    gone = {path for path in PATH.findall(text) if not exists(path)}
    assert not gone


def test_each_module_stands_in_the_architecture():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert not [file for file in MODULES if not re.search(rf"[`/]{file.stem}(\.py)?`", text)]


def test_each_script_of_the_browser_says_what_it_is_for():
    scripts = [file for file in (ROOT / "static").rglob("*.js") if "vendor" not in file.parts]
    assert scripts and not [file for file in scripts if not re.match("// |/\\*\\* ", file.read_text(encoding="utf-8"))]
