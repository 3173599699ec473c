"""Tables of measurements: on the terminal, in results.md, and as a picture."""

from __future__ import annotations

import os
import platform
import re
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
HERE = Path(__file__).resolve().parent
SHORT = "--short" in sys.argv  # ``python -m benchmarks --short``


def often(usual: T, short: T) -> T:
    """How many times something is measured, or what is, in the whole form or in the short one."""
    return short if SHORT else usual


@dataclass
class Table:
    """Rows of text under a head. ``bars``: (name, median, low, high) of what is also drawn, in ``unit``."""

    title: str
    command: str
    head: Sequence[str]
    rows: list[list[str]]
    note: str = ""
    bars: list[tuple[str, float, float, float]] = field(default_factory=list)
    unit: str = ""
    picture: str = ""  # the file name of the drawn bars

    def markdown(self) -> str:
        lines = [f"## {self.title}", f"`{self.command}`" + (f": {self.note}" if self.note else ""), ""]
        lines += ["| " + " | ".join(self.head) + " |", "| --- " * len(self.head) + "|"]
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        if self.picture:
            lines += ["", f"![{self.title}]({self.picture})"]
        return "\n".join(lines)


def summary(values: Sequence[float], unit: str = "s", digits: int = 2) -> str:
    """Median and spread, e.g. ``1.84 s (1.56 to 3.08)``."""
    low, middle, high = (f"{v:.{digits}f}" for v in (min(values), statistics.median(values), max(values)))
    return f"{middle} {unit} ({low} to {high})"


def machine(card: bool = False) -> str:
    """The processor, its cores, and the versions that matter; the graphics card too, where it was used."""
    try:  # Linux; Python itself tells no more than x86_64 there
        told = subprocess.run(["lscpu"], capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"})
        name = re.findall(r"Model name:\s*(.+)", told.stdout)[0]
    except (OSError, subprocess.SubprocessError, IndexError):
        name = platform.processor() or platform.machine()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = ", ".join(f"{package} {version(package)}" for package in ("torch", "streamlit", "numpy"))
    if card:
        import torch

        name = f"{torch.cuda.get_device_name()}, CUDA {torch.version.cuda}; {name}"
    return f"{name}, {cores} cores, {platform.system()}, Python {platform.python_version()}, {versions}"


def version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def picture(table: dict[str, Any]) -> str:
    """The bars of a table as SVG, shortest first, readable on a light and on a dark page."""
    bars = sorted((tuple(bar) for bar in table["bars"]), key=lambda bar: bar[1])
    longest, left, width, high = max(bar[1] for bar in bars), 250, 800, 34
    scale = (width - left - 150) / longest
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {high * len(bars) + 44}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="14"><title>{table["title"]}</title>'
        "<style>text{fill:#1d1b26}.bar{fill:#b9b3cc}.ours{fill:#6b4fc0}.spread{stroke:#1d1b26}"
        "@media(prefers-color-scheme:dark){text{fill:#eceaf4}.bar{fill:#5a5570}.ours{fill:#a992ff}"
        ".spread{stroke:#eceaf4}}</style>"
        f'<text x="0" y="18" font-weight="600">{table["title"]}</text>'
    ]
    for place, (name, middle, low, most) in enumerate(bars):
        y, end = 34 + place * high, left + middle * scale
        shown = min(most, longest)
        kind = "bar ours" if name.startswith("Latent Lab") else "bar"
        parts.append(
            f'<text x="{left - 10}" y="{y + 17}" text-anchor="end">{name}</text>'
            f'<rect class="{kind}" x="{left}" y="{y + 2}" width="{middle * scale:.1f}" height="20" rx="3"/>'
            f'<path class="spread" d="M{left + low * scale:.1f} {y + 12}H{left + shown * scale:.1f}"/>'
            f'<text x="{max(end, left + shown * scale) + 8:.1f}" y="{y + 17}">{middle:.2f} {table["unit"]}</text>'
        )
    return "".join([*parts, "</svg>\n"])
