"""Prints and writes down how far the pages' numbers are from those of a second computation."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.recomputed import autoencoder, bubbles, loss, noise
from benchmarks.recomputed.sent import Table, not_compared

PAGES = {"loss": loss, "bubbles": bubbles, "noise": noise, "autoencoder": autoencoder}
TITLE = (
    "# The pages’ numbers, computed a second time", "",
    "Made by `python -m benchmarks.recomputed`: each number that these pages send, from the files of the runs alone, "
    "by torch in 64 bits, torch.distributions, scipy and scikit-learn.", "",
)  # fmt: skip
FILE = Path(__file__).resolve().parents[1] / "recomputed.md"


def lines(page: str, table: Table) -> list[str]:
    """A page's rows as Markdown, the largest difference of each kind of number."""
    head = [f"## /{page}", "", "| number | unit | how many | largest difference | may differ by | because of |",
            "| --- | --- | ---: | ---: | ---: | --- |"]  # fmt: skip
    rows = [f"| {r.what} | {r.unit} | {r.count:,} | {r.largest:.2g} | {r.bound:g} | {r.why if r.bound else ''} |"
            for r in table]  # fmt: skip
    return [*head, *rows, ""]


def summary(tables: dict[str, Table]) -> list[str]:
    """The largest difference on each page, by unit."""
    units = ("nats", "units of the code", "greys of 255", "of 10")
    head = [f"| page | numbers compared | {' | '.join(units)} |", "| --- | ---: |" + " ---: |" * len(units)]
    rows = []
    for page, table in tables.items():
        of = [max((row.largest for row in table if row.unit == unit), default=None) for unit in units]
        seen = " | ".join("" if each is None else f"{each:.2g}" for each in of)
        rows.append(f"| /{page} | {sum(row.count for row in table):,} | {seen} |")
    return ["The largest difference, by unit:", "", *head, *rows, ""]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VAE_RUNS_DIR"] = folder
        tables, broken = {}, 0
        for page, module in PAGES.items():
            sent, tables[page] = module.recomputed(whole=True)
            left = not_compared(sent)
            broken += len(left) + sum(row.largest > row.bound for row in tables[page])
            print("\n".join(lines(page, tables[page])), f"Not compared: {', '.join(left) or 'nothing'}.\n", sep="\n")
    parts = [line for page, table in tables.items() for line in lines(page, table)]
    text = "\n".join([*TITLE, *summary(tables), *parts]).rstrip() + "\n"
    FILE.write_text(text, encoding="utf-8")
    print("\n".join(summary(tables)))
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
