"""The commands that the Dockerfile, .ci/run, the documents and our own docstrings give: what they name is there.

Of a command that Python starts: its module, as one that can be started; of ``vae_core.train`` the options; of
``python -c`` and of examples the imports, and each attribute that is asked of them.
"""

from __future__ import annotations

import ast
import importlib
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks.dockerfile import steps
from vae_core import measured, train
from vae_core.datasets import fetch, registry
from vae_core.datasets.spec import DataError
from vae_core.paths import ROOT

OURS = ("vae_core", "ui", "benchmarks", "docs")
TEXTS = [
    ROOT / "Dockerfile",
    ROOT / ".ci" / "run",
    *sorted((ROOT / ".github").rglob("*.yml")),
    *(file for folder in (".", "docs", "benchmarks") for file in sorted((ROOT / folder).glob("*.md"))),
]
SCRIPTS = [file for folder in OURS for file in sorted((ROOT / folder).rglob("*.py"))]
MODULE = re.compile(rf"-m ((?:{'|'.join(OURS)})\b[\w.]*\w)((?: [^\n`\"'#|&;)]*(?:\\\n)?)*)")
SNIPPET = re.compile(r'python -c ("[^"]*")')
EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def wrong_module(name: str) -> str:
    """What is wrong with ``python -m name``, or nothing."""
    file = ROOT / name.replace(".", "/")
    file = file / "__main__.py" if file.is_dir() else file.with_suffix(".py")
    if not file.exists():
        return f"there is no module {name}"
    if file.name != "__main__.py" and '\nif __name__ == "__main__":' not in read(file):
        return f"{name} does nothing when it is started"
    return ""


def wrong_arguments(name: str, line: str) -> str:
    """What is wrong with what follows ``python -m name``, as far as it can be told, or nothing."""
    words = line.replace("\\\n", " ").split()
    if name == "vae_core.train":
        known = set(train.parser()._option_string_actions)
        return ", ".join(word for word in words if word.startswith("--") and word.split("=")[0] not in known)
    names = [word for word in words if re.fullmatch(r"[a-z][a-z0-9-]*", word)]
    known = {
        "benchmarks": {*benchmarks.MODULES, "load", "classroom"}, "vae_core.measured": set(measured.NAMES),
        "vae_core.datasets.fetch": set(registry.TITLES),
    }.get(name)  # fmt: skip
    return "" if known is None else ", ".join(set(names[:1]) - known if name == "benchmarks" else set(names) - known)


def wrong_code(code: str) -> list[str]:
    """Imports of ours that fail, and attributes of ours that are missing, in a piece of Python."""
    tree, names, wrong = ast.parse(code), {}, []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names |= {alias.asname or alias.name: alias.name}
                names |= {} if alias.asname else {(top := alias.name.split(".")[0]): top}
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    found = {}
    for name, path in names.items():
        try:
            found[name] = resolved(path)
        except (ImportError, AttributeError) as error:
            wrong.append(str(error))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in found:
            thing = found[node.value.id]
            if isinstance(thing, ModuleType) and not hasattr(thing, node.attr):
                wrong.append(f"{thing.__name__} has no {node.attr}")
    return wrong


def resolved(path: str) -> object:
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        if not module:
            raise
        return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_what_a_command_names_is_there(file):
    text = read(file)
    wrong = [said for name, _ in MODULE.findall(text) if (said := wrong_module(name))]
    wrong += [f"{name}: {said}" for name, line in MODULE.findall(text) if (said := wrong_arguments(name, line))]
    for code in [*(shlex.split(quoted)[0] for quoted in SNIPPET.findall(text)), *EXAMPLE.findall(text)]:
        wrong += wrong_code(code)
    assert not wrong


def test_what_a_command_in_a_docstring_names_is_there():
    found = [(file, *command) for file in SCRIPTS for command in MODULE.findall(read(file))]
    wrong = {f"{file.relative_to(ROOT)}: {said}" for file, name, _ in found if (said := wrong_module(name))}
    assert len(found) > 30 and not wrong


def test_such_mistakes_are_found():
    assert wrong_module("vae_core.data") and wrong_module("vae_core.paths") and not wrong_module("vae_core.measured")
    assert wrong_code("from vae_core import data; data.load('digits')")
    assert wrong_code("from vae_core.datasets import registry; registry.download('mnist')")
    assert not wrong_code("import os\nfrom vae_core.datasets import registry as r\nr.load(os.sep)")
    assert wrong_arguments("vae_core.train", " --dataset mnist --betta 3") == "--betta"
    assert wrong_arguments("vae_core.datasets.fetch", " mnist cats") == "cats"


def test_the_images_own_check_of_the_code_succeeds():
    (code,) = [shlex.split(quoted)[0] for quoted in SNIPPET.findall(read(ROOT / "Dockerfile")) if "registry" in quoted]
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_no_step_of_the_image_hides_a_failure():
    """As ``|| echo`` did, that a command named a module which had gone."""
    for step in steps(read(ROOT / "Dockerfile")):
        assert step.word != "RUN" or not re.search(r"\|\||;|\bset \+e\b", re.sub(r"\"[^\"]*\"", "", step.rest))


def test_what_no_server_gives_costs_no_image_but_a_fault_of_ours_does(monkeypatch, capsys):
    asked = []

    def refuse(name: str) -> None:
        asked.append(name)
        raise DataError("No server gives it.")

    monkeypatch.setattr(registry, "fetch", refuse)
    assert fetch.main(["mnist", "kmnist"]) == 0
    assert asked == ["mnist", "kmnist"]
    assert "MNIST comes later: No server gives it." in capsys.readouterr().err
    assert fetch.main(["mnist", "cats"]) == 2 and len(asked) == 2
    assert "'cats'" in capsys.readouterr().err
    monkeypatch.setattr(registry, "fetch", lambda name: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fetch.main(["mnist"])
