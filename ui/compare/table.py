"""The epochs of two runs side by side, in numbers."""

from __future__ import annotations

import streamlit as st

from ui.components.table import NATS, Column, as_csv, sortable
from ui.shell.errors import one_sentence
from vae_core.runs import tables
from vae_core.runs.run import Run

TERMS = {"loss": "test loss", "reconstruction": "reconstruction", "kl": "KL"}
COLUMNS = {"epoch": Column("Epoch", "0 is the untrained network.")} | {
    f"test_{term}_{side}": Column(f"{side.upper()} {words}", NATS, "%.1f")
    for term, words in TERMS.items()
    for side in "ab"
}


@st.fragment
def side_by_side(one: Run, other: Run) -> None:
    """The test losses of both runs by epoch. They are read only once the table is open."""
    box = st.expander("Both runs as a table", icon=":material/table:", key="compared_table", on_change="rerun")
    if not box.open:
        return
    with box, one_sentence():
        table = tables.side_by_side(one, other)
        sortable("compared_sortable", table, COLUMNS)
        as_csv("Table as CSV", lambda: table, f"{one.id}-{other.id}", "download_compared")
