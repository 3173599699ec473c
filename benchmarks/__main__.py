"""``python -m benchmarks [module ...]``: measure, print the tables, write results.md and its pictures.

Without a name all of MODULES; one that lacks something (MNIST, Chromium, a graphics card, the peers' environment) says
so and is left out. What is not measured now keeps its last result, with its date and machine. ``--short`` takes less
time, prints, and writes nothing down. ``load`` writes load.md, and ``classroom`` its end; both say with ``--help`` what
they take.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from dataclasses import asdict

from benchmarks.table import HERE, SHORT, Table, machine, picture

MODULES = (
    *("training", "networks", "convolutions", "moments", "neighbour", "step", "same_sums", "cuda"),
    *("start", "starts", "pages", "explore", "layouts", "imports", "colours"),
)
# The last result on each maker's processor is kept.
BY_MAKER = ("training", "networks", "convolutions", "neighbour", "step", "same_sums")
STORE = HERE / "results.json"


def main(names: list[str]) -> int:
    if names[:1] in (["load"], ["classroom"]):  # they write a page of their own, and have options
        return int(importlib.import_module(f"benchmarks.{names[0]}").main(names[1:]))
    names = [name for name in names if name != "--short"]
    if unknown := set(names) - set(MODULES):
        print(f"There is no benchmark {unknown.pop()}; there are: {', '.join(MODULES)}.", file=sys.stderr)
        return 2
    results = json.loads(STORE.read_text()) if STORE.exists() else {}
    for name in names or MODULES:
        began = time.monotonic()
        try:
            tables = importlib.import_module(f"benchmarks.{name}").measure()
        except RuntimeError as lacking:
            print(f"{name}: {lacking}", file=sys.stderr)
            continue
        print("\n\n".join(table.markdown() for table in tables))
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
        on = machine(card=name == "cuda")
        maker = on.split()[0].split("(")[0].lower() if name in BY_MAKER else ""  # intel, amd
        for table in tables:
            table.picture = table.picture.replace(".svg", f"-{maker}.svg")
        when = f"{time.strftime('%B %Y')}; {on}"
        results[f"{name} {maker}".strip()] = {"when": when, "tables": [asdict(table) for table in tables]}
        if not SHORT:
            STORE.write_text(json.dumps(results, indent=1) + "\n")
    if not SHORT:
        write(results)
    return 0


def write(results: dict) -> None:
    """results.md and the pictures, from all that was measured so far."""
    lines = ["# Results", "", "Made by `python -m benchmarks`. Medians, and in brackets the smallest and the largest."]
    for name in (each for name in MODULES for each in sorted(results) if each.split()[0] == name):
        lines += ["", f"*{results[name]['when']}*"]
        for table in results[name]["tables"]:
            lines += ["", Table(**table).markdown()]
            if table["picture"]:
                (HERE / table["picture"]).write_text(picture(table))
    if "cuda" not in results:
        lines += ["", "No graphics card was at hand: CUDA is not yet measured."]
    (HERE / "results.md").write_text("\n".join([*lines, ""]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
