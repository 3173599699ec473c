"""Modules written as one plain script: what a report's page carries, and what is refused."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from ui.components import embed, offline_page
from ui.runs import report

NODE = shutil.which("node")
LIBRARY = (
    'export const A = 1;\nexport function f(x) {\n  return x + A;\n}\nexport class K {}\nconst own = "import it";\n'
)


def written(folder, **modules: str) -> str:
    """The script of the module ``entry`` of some modules in a folder."""
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return offline_page.plain_script(folder / "entry.js")


def ran(script: str) -> str:
    done = subprocess.run([str(NODE), "-"], input=script, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(NODE is None, reason="node is not on this machine")
@pytest.mark.parametrize(
    ("entry", "name", "needs"),
    [
        (report.SCRIPT, "runs_report_js", ("busy", "canvas", "charts", "codec", "columns", "geometry", "play_button")),
        (embed.SCRIPT, "components_embed_js", ("busy", "canvas", "codec", "geometry", "numbers", "play_button")),
    ],
)
def test_the_script_of_a_page_is_plain_and_has_each_module_once(entry, name, needs):
    script = offline_page.plain_script(entry)
    # Like a plain script, a function's body may hold no import and no export.
    ran(f"new Function({json.dumps(script)})")
    modules = re.findall(r"^const (\w+_js) = ", script, re.MULTILINE)
    assert modules[-1] == name and len(set(modules)) == len(modules)
    for each in needs:
        assert modules.count(f"lib_{each}_js") == 1
    assert "lib_settled_js" not in modules  # it watches a page of Streamlit's


@pytest.mark.skipif(NODE is None, reason="node is not on this machine")
def test_it_does_what_the_modules_do(tmp_path):
    """Dependencies first, whichever module asks for them; names of several modules do not get in each other's way."""
    script = written(
        tmp_path,
        library=LIBRARY,
        middle='import { A, f } from "./library.js";\n\nexport const middle = f(A);\nconst own = 0;\n',
        entry='import {\n  f,\n  K,\n} from "./library.js";\nimport { middle } from "./middle.js";\n\n'
        "console.log(f(middle), new K() instanceof K);\n",
    )
    assert ran(script) == "3 true"


@pytest.mark.parametrize(
    "line",
    [
        'import f from "./library.js";',
        'import * as library from "./library.js";',
        'import "./library.js";',
        'import { f as g } from "./library.js";',
        'import { missing } from "./library.js";',
        'import { own } from "./library.js";',
        'import { entry } from "./entry.js";',
        'import uPlot from "uPlot";',
        'export { f } from "./library.js";',
        "export default function () {}",
        "export let count = 0;",
        "export const { a } = {};",
        'const later = () => import("./library.js");',
        "const here = import.meta.url;",
        'const text = "</script>";',
        'const text = "<!-- x";',
    ],
)
def test_what_it_does_not_know_is_refused(tmp_path, line):
    with pytest.raises(ValueError, match=r"entry\.js"):
        written(tmp_path, library=LIBRARY, entry=f"{line}\n")


def test_modules_that_need_each_other_are_refused(tmp_path):
    with pytest.raises(ValueError, match="does not export"):
        written(
            tmp_path,
            entry='import { a } from "./other.js";\n\nexport const b = 1;\n',
            other='import { b } from "./entry.js";\n\nexport const a = 1;\n',
        )
