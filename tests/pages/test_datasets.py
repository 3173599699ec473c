"""What the form says of a dataset that is missing, or whose files are wrong; damaged pictures are read once."""

from dataclasses import replace

import pytest

from tests.pages.test_pages import _here, check, finished, show, words  # noqa: F401 (fixtures)
from ui.store import cache
from vae_core import paths
from vae_core.config import Config
from vae_core.datasets import mnist_published, registry
from vae_core.datasets.spec import DataError
from vae_core.runs.run import Run


def form(dataset: str):
    app = show("train")
    app.selectbox(key="dataset").set_value(dataset).run()
    check(app)
    return app


def test_a_dataset_that_may_be_downloaded_is_announced():
    app = form("kmnist")
    assert "will be downloaded first" in words(app)
    assert not app.button(key="start_training").disabled


def test_where_downloading_is_forbidden_the_form_says_so_before_the_training(monkeypatch):
    monkeypatch.setenv("VAE_DOWNLOAD", "0")
    app = form("kmnist")
    assert "downloading is switched off" in app.error[0].value and "will be downloaded" not in words(app)
    assert app.button(key="start_training").disabled
    app.selectbox(key="dataset").set_value("mnist-5k").run()
    assert not app.error and not app.button(key="start_training").disabled


def test_files_that_are_wrong_are_named_before_the_training():
    folder = paths.data_dir() / "KMNIST" / "raw"
    folder.mkdir(parents=True)
    (folder / mnist_published.FILES[0]).write_bytes(b"<html>")
    app = form("kmnist")
    assert mnist_published.FILES[0] in app.error[0].value
    assert app.button(key="start_training").disabled


def test_damaged_pictures_are_not_read_again_for_each_question(finished_run, monkeypatch):
    reads, stamps = [], [(1,)]

    def damaged(dataset: str, folder: str) -> None:
        reads.append(dataset)
        raise DataError("The file is damaged.")

    monkeypatch.setattr(cache, "_test_split", damaged)
    monkeypatch.setattr(cache, "_damaged", {})
    monkeypatch.setattr(registry, "is_here", lambda name: True)
    monkeypatch.setattr(registry, "stamp", lambda name: stamps[-1])
    run = Run(finished_run.path)
    assert [cache.originals(run, (0,)) for _ in range(5)] == [None] * 5 and len(reads) == 1
    stamps.append((2,))
    assert cache.originals(run, (0,)) is None and len(reads) == 2


@pytest.mark.parametrize("dataset", list(registry.TITLES))
def test_the_number_of_pictures_is_known_for_every_dataset(dataset):
    config = replace(Config(), dataset=dataset)
    assert registry.get(config.dataset).train_size >= 1_000 and set(registry.TITLES) == {
        "mnist-5k",
        *mnist_published.FOLDERS,
    }
