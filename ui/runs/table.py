"""All runs as one table, and the numbers of one run as files."""

from __future__ import annotations

import streamlit as st

from ui.components.table import FLOOR, NATS, Column, as_csv, sortable
from ui.shell import clock
from ui.shell.errors import one_sentence
from ui.store import run_index
from vae_core.analysis.reference import IN_USE
from vae_core.runs import tables
from vae_core.runs.run import Run

COLUMNS = {
    "title": Column("Run"),
    "dataset": Column("Dataset"),
    "model": Column("Model", width=140),
    "latent_dim": Column("Numbers", "How many numbers make the code of a picture."),
    "beta": Column("Beta", "The weight of the KL penalty. A classic autoencoder has none.", "%g"),
    "epochs": Column("Epochs", "Epochs that are finished. The figures to the right are those of the last of them."),
    "test_loss": Column("Test loss", f"Reconstruction + beta × KL. {NATS}", "%.1f"),
    "test_reconstruction": Column("Reconstruction", f"{NATS} {FLOOR}", "%.1f"),
    "test_kl": Column("KL", NATS, "%.1f"),
    "dimensions_in_use": Column("In use", f"Numbers of the code with a KL above {IN_USE} nats."),
    "made": Column("Made", "When the run was made, by your clock. The gallery’s have no such time."),
}


@st.fragment
def overview(known: list[Run]) -> None:
    """The runs that can be read, a row each. They are read only once the table is open."""
    box = st.expander("All runs as a table", icon=":material/table:", key="runs_table", on_change="rerun")
    if not box.open:
        return
    with box, one_sentence():
        table = tables.overview([run for run in known if not run_index.trouble(run)])
        table["made"] = clock.as_here(table["made"])
        sortable("runs_sortable", table, COLUMNS)
        st.caption("A click on a head sorts by it. Broken runs are left out. Losses are in nats per picture.")
        as_csv("Table as CSV", lambda: table, "runs", "download_runs")


def downloads(run: Run) -> None:
    """The numbers of a run as CSV files; it has finished an epoch."""
    as_csv(
        "Epochs", lambda: tables.metrics(run), f"{run.id}-epochs", "download_epochs",
        "CSV, a row an epoch: losses of training and test in nats per picture, time, and numbers in use.",
    )  # fmt: skip
    as_csv(
        "Steps", lambda: tables.steps(run), f"{run.id}-steps", "download_steps",
        "CSV, a row for every few steps: reconstruction and KL of the training, in nats per picture.",
    )  # fmt: skip
    if kept := run.latent_epochs():
        newest = kept[-1]
        as_csv(
            "Codes", lambda: tables.latents(run, newest), f"{run.id}-codes-{newest}", "download_codes",
            f"CSV, a row for each test picture that was kept: its class, mean and std at epoch {newest}.",
        )  # fmt: skip
