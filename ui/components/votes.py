"""Answers of many people as bars, without names."""

from __future__ import annotations

import html
from collections.abc import Collection, Sequence

import streamlit as st

FEW = 8  # answers that stand below each other; more stand beside each other, as numbers on a line do
LABELS = 6  # of these, how many are written out at most


def bars(
    labels: Sequence[str], counts: Sequence[int], title: str, *, right: Collection[int] = (), mine: int | None = None
) -> None:
    """A bar for each of some answers.

    ``right``: places of those that turned out right, once that may be known. ``mine``: what this visitor answered.
    """
    st.html(written(labels, counts, title, right=right, mine=mine))


def written(
    labels: Sequence[str], counts: Sequence[int], title: str, *, right: Collection[int] = (), mine: int | None = None
) -> str:
    """The same as HTML. Labels may be anything: nothing in them is read as HTML."""
    most = max(*counts, 1)
    every = -(-len(labels) // LABELS)
    cells = []
    for k, (label, count) in enumerate(zip(labels, counts, strict=True)):
        kind = " ".join(["right"] * (k in right) + ["mine"] * (k == mine))
        notes = [f"{label}: {count}", *["right"] * (k in right), *["your answer"] * (k == mine)]
        shown = len(labels) <= FEW or k % every == 0 or k == len(labels) - 1
        cells.append(
            f'<div class="{kind}" role="listitem" aria-label="{html.escape(", ".join(notes))}" '
            f'style="--share: {count / most:.3f}"><span>{html.escape(label) if shown else ""}</span>'
            f"<i></i><b>{count or ''}</b></div>"
        )
    way = "few" if len(labels) <= FEW else "many"
    return (
        f'<figure class="ll-votes {way}"><figcaption>{html.escape(title)}</figcaption>'
        f'<div role="list" style="--count: {len(labels)}">{"".join(cells)}</div></figure>'
    )
