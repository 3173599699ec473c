"""What is usual: the interval against scipy, the file against the runs, and settings that must not be mixed up."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vae_core.analysis import reference
from vae_core.analysis.reference import FIGURES, SETTINGS, band_of, differing_fields, expected, nearest, symptoms
from vae_core.config import PRESETS, Config
from vae_core.measured import __main__ as measured_anew
from vae_core.runs.index import list_runs

MNIST = reference.MNIST


@pytest.mark.parametrize("n", range(3, 9))
def test_the_interval_is_students(n):
    values = np.random.default_rng(n).normal(100, 10, n)
    low, high = stats.t.interval(0.95, n - 1, values.mean(), values.std(ddof=1) * np.sqrt(1 + 1 / n))
    found = expected(values.tolist())
    assert (found.low, found.high) == pytest.approx((max(low, 0), high), rel=1e-3)


def test_one_more_run_lands_inside_in_95_of_100_cases():
    draws = np.random.default_rng(0).normal(100, 5, (4_000, 5))
    inside = [expected(row[:4].tolist()).says(row[4]) == "usual" for row in draws]
    assert 0.94 < np.mean(inside) < 0.96


@given(st.lists(st.floats(0, 1000), min_size=3, max_size=8), st.floats(0, 1000))
def test_a_value_is_low_usual_or_high_in_this_order(values, value):
    found = expected(values)
    assert 0 <= found.low <= found.middle + 1e-6
    assert found.says(found.middle) == "usual"
    assert found.says(value) == ("low" if value < found.low else "high" if value > found.high else "usual")


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_was_measured_with_several_seeds(name):
    config, count = SETTINGS[name]
    band = band_of(config)
    assert band is not None
    assert len(set(band.seeds)) >= count >= reference.LEAST
    assert band.epochs == config.epochs
    for figure in FIGURES:
        assert all(len(series) == config.epochs + 1 for series in band.figures[figure])
    assert band.at("test", band.epochs + 1) is None


@pytest.mark.parametrize("name", SETTINGS)
def test_what_was_measured_is_usual(name):
    band = band_of(SETTINGS[name][0])
    for figure in FIGURES:
        for epoch in range(1, band.epochs + 1):
            usual = band.at(figure, epoch)
            if usual is None:
                assert figure in ("kl", "in_use")
                assert not band.config.is_vae
            else:
                assert all(usual.says(series[epoch]) == "usual" for series in band.figures[figure])


@pytest.mark.parametrize("run", [run for run in list_runs() if run.gallery], ids=lambda run: run.id)
def test_the_gallery_lies_in_the_bands_of_its_settings(run):
    band = band_of(run.config)
    if band is None:
        # These are not offered as a setting to compare with.
        assert run.config.latent_dim == 2 or run.config.dataset in ("letters", "emoji")
        return
    for figure, value in reference.figures_of(run.metrics()[-1]).items():
        usual = band.at(figure, run.config.epochs)
        if usual is not None:
            assert usual.says(value) == "usual", (figure, value, usual)


def test_each_preset_has_a_band_on_the_datasets_that_a_form_starts_with():
    for preset in PRESETS.values():
        for dataset in ("digits", "mnist-5k", "mnist"):
            assert band_of(preset.config(dataset)) is not None


def test_neither_seed_nor_device_nor_the_number_of_epochs_makes_another_setting():
    assert band_of(replace(MNIST, seed=77, device="cpu", epochs=3)) is band_of(MNIST)
    classic = replace(MNIST, model="autoencoder")
    assert band_of(replace(classic, beta=7.0)) is band_of(classic)


@pytest.mark.parametrize(
    "change",
    [{"beta": 1.5}, {"latent_dim": 3}, {"hidden_dim": 100}, {"batch_size": 64}, {"learning_rate": 1e-2},
     {"reconstruction": "mse"}, {"dataset": "kmnist"}],
)  # fmt: skip
def test_any_other_change_has_no_band_of_its_own(change):
    config = replace(MNIST, **change)
    assert band_of(config) is None
    near = nearest(config)
    if {"reconstruction", "dataset"} & set(change):
        assert near is None  # such nats cannot be compared
    else:
        assert differing_fields(config, near.config) == list(change)


def test_the_nearest_is_the_most_similar():
    assert nearest(replace(MNIST, beta=5.0)).config.beta == 4
    assert nearest(replace(MNIST, beta=0.02)).config.beta == 0
    assert nearest(replace(MNIST, latent_dim=3)).config.latent_dim == 2


def record(epoch: int, train: float, test: float, used: int = 1) -> dict:
    terms = {"reconstruction": test, "kl": 0.0, "loss": test}
    return {
        "epoch": epoch, "train": {**terms, "loss": train} if epoch else None, "test": terms, "test_mean": terms,
        "kl_per_dimension": [1.0] * used + [0.0] * (3 - used),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("series", "used", "expected_"),
    [
        ([(0, 500), (120, 121), (100, 100.5), (99.9, 100.2)], 1, []),
        ([(0, 500), (120, 121), (100, 101), (90, 91)], 1, ["falling"]),
        ([(0, 500), (120, 121), (100, 100), (130, 131)], 1, ["diverging"]),
        ([(0, 500), (90, 100), (80, 99.5), (70, 99.4)], 1, ["overfitting"]),
        ([(0, 500), (200, 200), (200, 200), (200, 200)], 0, ["collapsed"]),
        ([(0, 500), (200, 100)], 0, []),
    ],
)
def test_symptoms(series, used, expected_):
    records = [record(k, train, test, used) for k, (train, test) in enumerate(series)]
    assert symptoms(MNIST, records) == expected_


def test_no_penalty_is_no_collapse():
    records = [record(k, 200.0, 200.0, 0) for k in range(4)]
    assert symptoms(replace(MNIST, beta=0.0), records) == []
    assert symptoms(Config(model="autoencoder"), records) == []


def test_what_the_form_says_of_each_network_was_measured():
    """On test pictures with z sampled."""
    two, deep_two = (band_of(replace(MNIST, **changes)) for changes in ({"latent_dim": 2}, reference.DEEP))
    assert deep_two.at("test", 10).high < two.at("test", 10).low
    twenty = PRESETS["lecture"].config("mnist-5k")
    shallow, deep = (band_of(replace(twenty, network=network)).at("test", 60) for network in ("lecture", "deep"))
    assert deep.middle > shallow.middle - 1
    runs = {
        network: band_of(replace(twenty, network=network)).figures["test"] for network in ("lecture", "convolutional")
    }
    assert max(run[60] for run in runs["convolutional"]) < min(run[60] for run in runs["lecture"]) - 2


def test_a_training_that_fails_is_said_in_a_sentence_and_what_was_measured_stays(monkeypatch, tmp_path, capfd):
    monkeypatch.setattr(reference, "FILE", tmp_path / "reference.json")
    monkeypatch.setattr(reference, "SETTINGS", {"letters": (replace(MNIST, dataset="letters"), 1)})
    monkeypatch.setenv("VAE_DATA_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("VAE_DOWNLOAD", "0")
    assert reference.main() == 2
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 2 and "letters, seed 1 was not measured" in lines[1]
    assert not (tmp_path / "reference.json").exists()


def test_a_longer_training_that_fails_is_said_in_a_sentence(monkeypatch, tmp_path, capfd):
    monkeypatch.setattr(measured_anew, "FOLDER", tmp_path / "measured")
    monkeypatch.setattr(sys, "argv", ["measured", "longer"])
    monkeypatch.setenv("VAE_DATA_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("VAE_DOWNLOAD", "0")
    with pytest.raises(SystemExit, match=r"longer cannot be measured: .*ended with 2"):
        measured_anew.main()
    assert len(capfd.readouterr().err.splitlines()) == 1
    assert not list((tmp_path / "measured").iterdir())
