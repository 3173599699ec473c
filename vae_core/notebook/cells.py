"""The cells of a notebook, and the notebook as JSON (nbformat 4.5), which needs no package. Imports no torch."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cell:
    """One cell: words (Markdown) or code (Python)."""

    name: str  # its id in the file: letters, digits and dashes
    text: str
    code: bool = True

    def to_json(self) -> dict[str, Any]:
        common = {"id": self.name, "metadata": {}, "source": self.text.splitlines(keepends=True)}
        if not self.code:
            return {"cell_type": "markdown", **common}
        return {"cell_type": "code", "execution_count": None, "outputs": [], **common}


def words(name: str, text: str) -> Cell:
    return Cell(f"about-{name}", text.strip(), code=False)


def code(name: str, text: str) -> Cell:
    return Cell(name, textwrap.dedent(text).strip())


def to_json(cells: Sequence[Cell]) -> dict[str, Any]:
    """The notebook as it stands in an .ipynb file."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "nbformat": 4, "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "cells": [cell.to_json() for cell in cells],
    }  # fmt: skip


def definition(text: str, name: str) -> str:
    """The lines of a function in a cell's code, also of one inside a class, moved to the left. Raises KeyError."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return textwrap.dedent("\n".join(text.split("\n")[node.lineno - 1 : node.end_lineno]))
    raise KeyError(name)


def escaped(text: str) -> str:
    """A visitor's words, so that Markdown shows them as they are: no tag, no link, no formula."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()<>#+-.!|$~&" else c for c in text)
