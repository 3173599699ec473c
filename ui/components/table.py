"""A table that one sorts by a click, and takes along as a CSV file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from vae_core.runs import tables

if TYPE_CHECKING:
    import pandas as pd

TALL = 420  # pixels; a longer table is scrolled in itself
NATS = "In nats per picture, of the test pictures; less is better."


@dataclass(frozen=True)
class Column:
    """How a column is shown: its head, what its head explains, and its numbers as printf writes them."""

    label: str
    help: str | None = None
    format: str | None = None


def sortable(key: str, table: pd.DataFrame, columns: Mapping[str, Column]) -> None:
    """A table of ``vae_core.runs.tables`` with these of its columns, in their order.

    What a spreadsheet would take for a formula has its apostrophe here too, since the browser can save what it shows.
    """
    st.dataframe(
        tables.harmless(table[list(columns)]), key=key, hide_index=True, height=TALL if len(table) > 10 else "auto",
        column_config={name: _config(table, name, column) for name, column in columns.items()},
    )  # fmt: skip


def _config(table: pd.DataFrame, name: str, column: Column) -> Any:
    kind = table[name].dtype.kind
    if kind == "M":
        return st.column_config.DatetimeColumn(column.label, help=column.help, format="D MMM YYYY, HH:mm")
    if kind in "iuf":
        return st.column_config.NumberColumn(column.label, help=column.help, format=column.format)
    return st.column_config.TextColumn(column.label, help=column.help)


def as_csv(label: str, make: Callable[[], pd.DataFrame], name: str, key: str, help: str | None = None) -> None:
    """A button that gives a table as a file, which is made when it is asked for."""
    st.download_button(
        label, lambda: tables.csv(make()), f"{name}.csv", "text/csv", key=key, icon=":material/download:",
        on_click="ignore", help=help,
    )  # fmt: skip
