"""Who may import whom: app -> pages -> ui -> vae_core, and what a page pays for on its way to a first picture."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from vae_core.paths import ROOT

LAYERS = ["vae_core", "ui", "pages", "app"]  # each may import itself and what stands before it
FORBIDDEN = {"vae_core": {"streamlit", "plotly", "altair", "matplotlib"}}
# All of vae_core but this: what a page that only shows curves must not pay for.
TRAINING_WITH_TORCH = (
    "loop learner schedule evaluation snapshots checkpoint device"
    " manual_layers manual_step autograd_step adam cuda_graph cuda_step cuda_readback moments"
)
ANALYSIS_WITH_TORCH = "sampling autograd_gradients nearest_images settling"
TORCH = {
    "model", "losses", "convolutions",
    *(f"training.{name}" for name in TRAINING_WITH_TORCH.split()),
    *(f"analysis.{name}" for name in ANALYSIS_WITH_TORCH.split()),
}  # fmt: skip
HEAVY = {"torch", "torchvision", "sklearn", "umap", "numba", "streamlit", "plotly"}


def sources(layer: str) -> list[Path]:
    return [ROOT / "app.py"] if layer == "app" else sorted((ROOT / layer).rglob("*.py"))


def imported(source: str) -> set[str]:
    """First names of all that a file imports, also inside functions; a relative import stays in its layer."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def test_the_reader_of_imports_sees_all_kinds():
    source = "import a.b\nfrom c.d import e\ndef f():\n import g as h\nif x:\n from i import j\nfrom . import k"
    assert imported(source) == {"a", "c", "g", "i"}


@pytest.mark.parametrize("layer", LAYERS)
def test_nobody_imports_from_a_layer_above(layer):
    files = sources(layer)
    if not all(file.exists() for file in files) or not files:
        pytest.skip(f"{layer} is not written yet")
    above = set(LAYERS[LAYERS.index(layer) + 1 :]) | {"tests", "benchmarks"} | FORBIDDEN.get(layer, set())
    wrong = {str(file.relative_to(ROOT)): imported(file.read_text("utf-8")) & above for file in files}
    assert not any(wrong.values()), wrong


def test_a_number_that_was_read_somewhere_gets_no_signal():
    """0 stands for no process in a status, and for this process's whole group in ``os.kill``: psutil refuses it."""
    folders = ("vae_core", "ui", "pages", "tests", "benchmarks", "docs")
    found = [call for folder in folders for file in sources(folder) for call in signals(file.read_text("utf-8"))]
    assert found
    assert set(found) == {"os.getpid()"}, found


def signals(source: str) -> list[str]:
    """To whom a file sends signals by number."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) in ("os.kill", "os.killpg")]


def fresh_process(code: str, *arguments: str) -> str:
    """Run code in a Python that has imported nothing of ours."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_no_module_waits_for_itself():
    """Imports at the top of files, followed through all of ours, never lead back to where they began."""
    files = {module(file): file for layer in LAYERS for file in sources(layer)}
    needs = {name: {n for n in imported_modules(file.read_text("utf-8")) if n in files} for name, file in files.items()}
    while free := {name for name, others in needs.items() if not others & set(needs)}:
        needs = {name: others for name, others in needs.items() if name not in free}
    assert not needs, f"these import each other: {sorted(needs)}"


def imported_modules(source: str) -> set[str]:
    """Full names of what a file imports as it is loaded; of ``from a import b`` both a and a.b, perhaps a module."""
    names: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_what_every_page_imports_is_light():
    light = [module(f).removeprefix("vae_core.") for f in sources("vae_core") if f.name != "__init__.py"]
    light = [name for name in light if name not in TORCH]
    code = f"""
import importlib, sys
for name in {light}:
    importlib.import_module("vae_core." + name)
    heavy = sorted({HEAVY} & set(sys.modules))
    if heavy:
        sys.exit(f"vae_core.{{name}} imports {{heavy}}")
"""
    fresh_process(code)


def test_reading_a_whole_run_and_its_pictures_needs_no_torch(finished_run):
    code = f"""
import sys
from pathlib import Path
from vae_core.analysis import projections
from vae_core.datasets import registry
from vae_core.runs.index import list_runs
(run,) = [r for r in list_runs(Path(sys.argv[1])) if not r.gallery]
run.check()
run.title, run.status(), run.metrics(), run.steps(), run.labels(), run.test_indices()
projections.pca(run.latents(run.latent_epochs()[-1]).mean)
registry.load("digits")
print(sorted({HEAVY} & set(sys.modules)))
"""
    assert fresh_process(code, str(finished_run.path.parent)) == "[]"


def test_every_zip_that_is_read_is_opened_by_the_one_way_that_bounds_its_memory():
    wrong = []
    for file in (file for layer in LAYERS for file in sources(layer)):
        calls = (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call))
        opened = [call for call in calls if ast.unparse(call.func) in ("zipfile.ZipFile", "ZipFile")]
        modes = [[ast.unparse(mode) for mode in call.args[1:2]] for call in opened]
        wrong += [str(file.relative_to(ROOT)) for mode in modes if mode != ["'w'"]]
    assert not wrong, f"use vae_core.zips.ForeignZip: {wrong}"


RAISES = {"exists", "is_file", "is_dir", "is_symlink", "is_mount", "is_socket", "glob", "rglob", "iterdir"}
MAY = {"ui/components/bridge.py: STATIC.rglob"} | {  # our own files; what is no path
    f"{file}: {call}"
    for file, call in (
        ("ui/shell/live.py", "Runtime.exists"), ("ui/shell/uploads.py", "Runtime.exists"),
        ("vae_core/classroom/rooms.py", "store.exists"), ("vae_core/pictures/intake.py", "info.is_dir"),
        ("vae_core/os_compat.py", "path.is_dir"),
    )
}  # fmt: skip


def looks(source: str) -> set[str]:
    """What a file calls of pathlib's that raises where a folder may not be searched, or a name is too long."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    found = [f for f in calls if isinstance(f, ast.Attribute) and f.attr in RAISES]
    return {ast.unparse(f) for f in found if ast.unparse(f.value) not in ("os_compat", "os.path")}


def test_looking_never_raises():
    """``os_compat.exists``, ``is_file``, ``is_folder``, ``is_missing`` and ``listed`` take the place of pathlib's."""
    assert looks("a.exists()\nos_compat.exists(a)\n(a / b).glob('*')\nos.path.exists(a)") == {
        "a.exists",
        "(a / b).glob",
    }
    files = [file for layer in ("vae_core", "ui", "pages", "app") for file in sources(layer)]
    found = {f"{f.relative_to(ROOT).as_posix()}: {call}" for f in files for call in looks(f.read_text("utf-8"))}
    assert found == MAY
