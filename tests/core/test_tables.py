"""A run's numbers as tables: the values of its files, in nats per image, and a CSV that no spreadsheet runs."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.core.test_layering import fresh_process
from vae_core.analysis.reference import IN_USE
from vae_core.runs import files, lifecycle, tables
from vae_core.runs.index import find_run
from vae_core.runs.run import Run, RunError


def gallery(name: str) -> Run:
    run = find_run(name, folder=Path("nowhere"))
    assert run is not None
    return run


def read(text: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(text))


def test_an_epoch_is_a_row_with_the_numbers_of_its_record(finished_run):
    table, records = tables.metrics(finished_run), finished_run.metrics()
    assert list(table["epoch"]) == [0, 1, 2, 3, 4, 5]
    for row, record in zip(table.to_dict("records"), records, strict=True):
        for term in ("loss", "reconstruction", "kl"):
            assert row[f"test_{term}"] == record["test"][term]
            if record["epoch"]:
                assert row[f"train_{term}"] == record["train"][term]
        assert row["test_mean_loss"] == record["test_mean"]["loss"]
        assert (row["seconds"], row["images_per_second"]) == (record["seconds"], record["images_per_second"])
        assert row["dimensions_in_use"] == sum(kl > IN_USE for kl in record["kl_per_dimension"])
    assert table.loc[0, ["train_loss", "train_reconstruction", "train_kl"]].isna().all()
    assert not table.drop(index=0).isna().any(axis=None)


def test_losses_are_in_nats_per_image(finished_run):
    """An untrained decoder says one half everywhere: ln 2 nats a pixel. The loss is the sum of both terms."""
    table, beta = tables.metrics(finished_run), finished_run.config.beta
    assert table["test_reconstruction"][0] == pytest.approx(784 * np.log(2), rel=0.03)
    for part in ("train", "test"):
        total = table[f"{part}_reconstruction"] + beta * table[f"{part}_kl"]
        np.testing.assert_allclose(table[f"{part}_loss"][1:], total[1:], rtol=1e-9)


def test_a_classic_autoencoder_has_no_kl_and_no_bubbles():
    run = gallery("autoencoder")
    table = tables.metrics(run)
    assert table[["test_kl", "train_kl", "dimensions_in_use"]].isna().all(axis=None)
    assert not table[["test_loss", "test_mean_loss"]].isna().any(axis=None)
    assert [name for name in tables.latents(run, 10) if name.startswith("std")] == []
    assert tables.steps(run)["kl"].isna().all()
    assert tables.overview([run])["beta"].isna().all()


def test_the_live_curve_is_as_it_was_written(finished_run):
    table = tables.steps(finished_run)
    assert table.to_dict("records") == finished_run.steps()
    assert list(table) == ["step", "epoch", "reconstruction", "kl"]


def test_codes_stand_beside_the_number_of_their_image_and_its_class(finished_run):
    table, found = tables.latents(finished_run, 5), finished_run.latents(5)
    assert list(table) == ["image", "class", "mean_1", "mean_2", "mean_3", "std_1", "std_2", "std_3"]
    np.testing.assert_array_equal(table["image"], finished_run.test_indices())
    np.testing.assert_array_equal(table["class"].astype(int), finished_run.labels())
    np.testing.assert_array_equal(table.filter(like="mean"), found.mean)
    np.testing.assert_array_equal(table.filter(like="std"), np.exp(found.logvar / 2))
    with pytest.raises(RunError):
        tables.latents(finished_run, 6)


def test_runs_are_rows_in_their_order(finished_run):
    table = tables.overview([finished_run, gallery("lecture")])
    assert list(table["run"]) == ["tiny", "lecture"]
    assert list(table["title"]) == [finished_run.title, gallery("lecture").title]
    first, last = table.iloc[0], finished_run.metrics()[-1]
    assert (first["dataset"], first["model"], first["latent_dim"], first["beta"]) == ("Small digits", "VAE", 3, 1.0)
    assert (first["epochs"], first["test_loss"]) == (5, last["test"]["loss"])
    assert (first["test_reconstruction"], first["test_kl"]) == (last["test"]["reconstruction"], last["test"]["kl"])
    made = pd.Timestamp((finished_run.path / "config.json").stat().st_mtime, unit="s", tz="UTC")
    assert abs(first["made"] - made) < pd.Timedelta(seconds=2)
    assert pd.isna(table["made"][1])  # its files bear the date of their copy


def test_nothing_at_all_has_the_same_columns_as_something(finished_run):
    some, none = tables.overview([finished_run]), tables.overview([])
    assert len(none) == 0
    assert dict(none.dtypes) == dict(some.dtypes)


def test_a_run_before_its_first_epoch_has_a_row_without_losses(own_run):
    for name in ("metrics.jsonl", "steps.jsonl"):
        (own_run.path / name).write_text("")
    run = Run(own_run.path)
    assert (len(tables.metrics(run)), len(tables.steps(run))) == (0, 0)
    row = tables.overview([run]).iloc[0]
    assert row["epochs"] == 0 and pd.isna(row["test_loss"]) and pd.isna(row["dimensions_in_use"])


def test_a_run_that_cannot_be_read_says_so(own_run):
    (own_run.path / "metrics.jsonl").write_text('{"epoch": 7}\n')
    for table in (tables.metrics, lambda run: tables.overview([run]), lambda run: tables.side_by_side(run, run)):
        with pytest.raises(RunError, match="not in order"):
            table(Run(own_run.path))


def test_numbers_of_any_length_do_not_break_a_table(own_run):
    files.append_lines(own_run.path / "steps.jsonl", [{"step": 10**30, "epoch": 5, "reconstruction": 1, "kl": 10**35}])
    assert tables.steps(Run(own_run.path))["step"].iloc[-1] == 1e30


def test_epochs_of_two_runs_stand_side_by_side(finished_run):
    other = gallery("lecture")
    table = tables.side_by_side(finished_run, other)
    assert list(table["epoch"]) == list(range(11))
    for name, run in (("a", finished_run), ("b", other)):
        for term in ("loss", "reconstruction", "kl"):
            expected = [record["test"][term] for record in run.metrics()]
            assert table[f"test_{term}_{name}"].dropna().tolist() == expected
    assert table["test_loss_a"][6:].isna().all()


@pytest.mark.parametrize(
    "title", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://e.x","a")', "-2+3+cmd|' /C calc'!A0"]
)
def test_a_title_is_no_formula_in_a_file(own_run, title):
    lifecycle.note(own_run, title=title)
    table = tables.overview([Run(own_run.path)])
    assert table["title"][0] == Run(own_run.path).title == title  # in Python it is as it was given
    assert read(tables.csv(table))["title"][0] == f"'{title}"


def test_only_texts_are_changed_and_only_those_that_begin_a_formula():
    table = pd.DataFrame(
        {"a": [-1.5, 2.0], "b": ["\t=1", "a=1"], "c": ["\r=1", "1-2"], "d": pd.array([-1, None], "Int64")}
    )
    changed = tables.harmless(table)
    assert changed["b"].tolist() == ["'\t=1", "a=1"] and changed["c"].tolist() == ["'\r=1", "1-2"]
    pd.testing.assert_frame_equal(changed[["a", "d"]], table[["a", "d"]])
    assert table["b"][0] == "\t=1"


def test_a_file_gives_back_what_was_in_the_table(finished_run):
    for table in (tables.metrics(finished_run), tables.steps(finished_run), tables.latents(finished_run, 5)):
        text = tables.csv(table)
        assert text.startswith("\ufeff".encode())  # or a spreadsheet reads it as Latin-1
        back = read(text)
        assert list(back) == list(table)
        for name in table:
            if name != "class":
                np.testing.assert_allclose(back[name].astype(float), table[name].astype(float), rtol=1e-6)


def test_pandas_is_imported_when_the_first_table_is_made(finished_run):
    code = f"""
import sys
from pathlib import Path
from vae_core.runs import tables
from vae_core.runs.run import Run
before = "pandas" in sys.modules
tables.metrics(Run(Path({str(finished_run.path)!r})))
print(before, "pandas" in sys.modules, {{"torch", "streamlit", "plotly"}} & set(sys.modules))
"""
    assert fresh_process(code) == "False True set()"
