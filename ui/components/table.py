"""A table that one sorts by a click, and takes along as a CSV file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from vae_core.runs import tables

if TYPE_CHECKING:
    import pandas as pd

MOST = 12  # rows that are seen at once; a longer table is scrolled in itself
TALL = 36 + 35 * MOST  # pixels
NATS = "In nats per picture, of the test pictures; less is better."
FLOOR = "Part of a BCE is the unavoidable cost of grey: see the page on the loss."


@dataclass(frozen=True)
class Column:
    """How a column is shown: its head, what its head explains, its numbers as printf writes them, its pixels."""

    label: str
    help: str | None = None
    format: str | None = None
    width: int | None = None


def sortable(key: str, table: pd.DataFrame, columns: Mapping[str, Column]) -> None:
    """A table of ``vae_core.runs.tables`` with these of its columns, in their order; empty ones are left out.

    What a spreadsheet would take for a formula has its apostrophe here too, since the browser can save what it shows.
    """
    full = [name for name in columns if not len(table) or table[name].notna().any()]
    st.dataframe(
        tables.harmless(table[full]), key=key, hide_index=True, height=TALL if len(table) > MOST else "auto",
        placeholder="–", column_config={name: _config(table, name, columns[name]) for name in full},
    )  # fmt: skip


def _config(table: pd.DataFrame, name: str, column: Column) -> Any:
    shown: dict[str, Any] = {"help": column.help, "width": column.width}
    kind = table[name].dtype.kind
    if kind == "M":
        return st.column_config.DatetimeColumn(column.label, format="D MMM YYYY, HH:mm", **shown)
    if kind in "iuf":
        return st.column_config.NumberColumn(column.label, format=column.format, **shown)
    return st.column_config.TextColumn(column.label, **shown)


def as_csv(label: str, make: Callable[[], pd.DataFrame], name: str, key: str, help: str | None = None) -> None:
    """A button that gives a table as a file, which is made when it is asked for."""
    st.download_button(
        label, lambda: tables.csv(make()), f"{name}.csv", "text/csv", key=key, icon=":material/download:",
        on_click="ignore", help=help,
    )  # fmt: skip
