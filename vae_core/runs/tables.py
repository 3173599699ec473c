"""A run's numbers as tables (``pandas.DataFrame``), for a notebook, a page or a file.

Losses and KL are in nats per image; what does not exist (the KL of a classic autoencoder, the training of epoch 0) is
a missing value. pandas is imported when the first table is made, since that takes a second. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from vae_core import loss_registry
from vae_core.analysis.reference import figures_of
from vae_core.datasets import registry
from vae_core.runs.run import Run, RunError

if TYPE_CHECKING:
    import pandas as pd

TERMS = ("loss", "reconstruction", "kl")
# With these a spreadsheet takes a text for a formula, and runs it (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def metrics(run: Run) -> pd.DataFrame:
    """The losses of a run, a row an epoch.

    Columns: ``epoch`` (0 is the untrained network); ``train_``, then ``test_`` ``loss``, ``reconstruction`` and
    ``kl`` with z sampled, and ``test_mean_loss`` with the mean decoded, in nats per image; ``seconds`` that the epoch
    took; ``images_per_second`` of its training; ``dimensions_in_use``, how many have a KL above
    ``vae_core.analysis.reference.IN_USE`` nats.

    Raises RunError if the run cannot be read.
    """
    records = run.metrics()
    columns: dict[str, list[Any]] = {"epoch": [record["epoch"] for record in records]}
    for part in ("train", "test"):
        for term in TERMS:
            columns[f"{part}_{term}"] = [(record.get(part) or {}).get(term) for record in records]
    columns["test_mean_loss"] = [record["test_mean"]["loss"] for record in records]
    for name in ("seconds", "images_per_second"):
        columns[name] = [record.get(name) for record in records]
    columns["dimensions_in_use"] = [figures_of(record)["in_use"] for record in records]
    return _typed(columns, whole=("epoch", "dimensions_in_use"))


def steps(run: Run) -> pd.DataFrame:
    """The live curve of a training, a row for each window of a few steps.

    Columns: ``step`` (the last of the window, counted from the start of the run), ``epoch``, and the window's mean
    ``reconstruction`` and ``kl`` in nats per image.

    Raises RunError if the run cannot be read.
    """
    names = ("step", "epoch", "reconstruction", "kl")
    records = run.steps()
    return _typed({name: [record[name] for record in records] for name in names}, whole=("step", "epoch"))


def latents(run: Run, epoch: int) -> pd.DataFrame:
    """The codes of the kept test images at an epoch, a row an image.

    Columns: ``image``, its number in the test set, from 0; ``class``, its name, if the pictures have classes;
    ``mean_1`` to ``mean_d``; and ``std_1`` to ``std_d``, which a classic autoencoder does not have. Codes have no unit.

    Raises RunError if the run cannot be read or has no means of this epoch.
    """
    import pandas as pd

    found, labels, images = run.latents(epoch), run.labels(), run.test_indices()
    if len(labels) != len(images):
        raise RunError(f"The file latents/labels.npz of the run {run.id} does not fit together.")
    names = run.dataset.class_names
    head = {"image": images} | ({"class": np.array(names, object)[labels]} if names else {})
    with np.errstate(over="ignore"):  # a log-variance may be as large as half precision goes
        codes = {"mean": found.mean, "std": found.std}
    numbers = {
        f"{name}_{place}": column
        for name, table in codes.items()
        if table is not None
        for place, column in enumerate(table.T, start=1)
    }
    return pd.DataFrame({**head, **numbers})


def overview(runs: Sequence[Run]) -> pd.DataFrame:
    """Several runs, a row each, in their order.

    Columns: ``run`` (its id), ``title``, ``dataset``, ``model`` and ``error`` (the reconstruction loss) in words,
    ``latent_dim``, ``beta`` (missing for a classic autoencoder, which has no penalty), ``epochs`` that are finished,
    and of the newest of them ``test_loss``, ``test_reconstruction`` and ``test_kl`` in nats per image and
    ``dimensions_in_use``; ``made``, this machine's time at which the run was created, missing for the gallery, whose
    files bear the date of their copy.

    Raises RunError if one of the runs cannot be read.
    """
    import pandas as pd

    rows = [_row(run) for run in runs]
    columns = {name: [row[name] for row in rows] for name in OVERVIEW}
    table = _typed(columns, whole=("latent_dim", "epochs", "dimensions_in_use"))
    table["made"] = pd.to_datetime(table["made"], unit="s", utc=True)
    return table


TEXTS = ("run", "title", "dataset", "model", "error")
OVERVIEW = (
    *TEXTS, "latent_dim", "beta", "epochs", "test_loss", "test_reconstruction", "test_kl", "dimensions_in_use", "made",
)  # fmt: skip


def _row(run: Run) -> dict[str, Any]:
    config, records = run.config, run.metrics()
    test = records[-1]["test"] if records else dict.fromkeys(TERMS)
    return {
        "run": run.id, "title": run.title, "dataset": registry.TITLES[config.dataset],
        "model": "VAE" if config.is_vae else "classic autoencoder",
        "error": loss_registry.get(config.reconstruction).short, "latent_dim": config.latent_dim,
        "beta": config.beta if config.is_vae else None, "epochs": max(len(records) - 1, 0),
        **{f"test_{term}": test[term] for term in TERMS},
        "dimensions_in_use": figures_of(records[-1])["in_use"] if records else None,
        "made": None if run.gallery else _created(run),
    }  # fmt: skip


def _created(run: Run) -> float | None:
    """When config.json was written, which happens once: seconds since 1970."""
    try:
        return int((run.path / "config.json").stat().st_mtime)
    except (OSError, OverflowError, ValueError):
        return None


def side_by_side(one: Run, other: Run) -> pd.DataFrame:
    """The test losses of two runs by epoch; an epoch that only one of them has is there too.

    Columns: ``epoch``; ``test_loss_a``, ``test_reconstruction_a``, ``test_kl_a`` of the one and ``_b`` of the other,
    in nats per image with z sampled.

    Raises RunError if one of them cannot be read.
    """
    names = ["epoch", *(f"test_{term}" for term in TERMS)]
    a, b = (metrics(run)[names] for run in (one, other))
    return a.merge(b, on="epoch", how="outer", suffixes=("_a", "_b"), sort=True)


def csv(table: pd.DataFrame) -> bytes:
    """A table as a CSV file, in UTF-8 with the mark by which a spreadsheet knows it."""
    return harmless(table).to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an apostrophe before each text that a spreadsheet would take for a formula."""
    texts = table.select_dtypes(exclude=["number", "datetime"]).columns
    return table.assign(**{name: table[name].map(_as_text) for name in texts})


def _as_text(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _typed(columns: dict[str, list[Any]], whole: Sequence[str]) -> pd.DataFrame:
    """Lists with None for what is missing, as columns of whole numbers that may be missing, of floats, or of text."""
    import pandas as pd

    kinds = {name: "Int64" if name in whole and _fits(columns[name]) else "float64" for name in columns}
    return pd.DataFrame({name: pd.array(columns[name], "str" if name in TEXTS else kinds[name]) for name in columns})


def _fits(values: list[Any]) -> bool:
    """Whether whole numbers fit 64 bits; those in a run's files may be of any length (``schema.LARGEST``)."""
    return all(value is None or abs(value) < 2**63 for value in values)
