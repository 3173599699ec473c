"""A dataset, a network and a loss that nobody has heard of are one entry each: trained, kept, shown on every page."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess

import numpy as np
import pytest

from tests.pages.test_pages import PAGES, check, show
from ui.components import browser_decoder
from ui.runs import report
from vae_core import architecture, inference, loss_registry, paths
from vae_core.architecture import Network, perceptron
from vae_core.config import Config, ConfigError
from vae_core.datasets import registry
from vae_core.datasets.spec import DatasetSpec, Shape, Split
from vae_core.loss_registry import Formulas, Reconstruction
from vae_core.model import build
from vae_core.runs import archive, lifecycle
from vae_core.runs.run import Run
from vae_core.training import loop
from vae_core.training.progress_and_pause import Reporter

SHAPE, NAMES = Shape(1, 20, 24), ("stripe", "точка", "円")
MODELS = [("vae", 2), ("vae", 5), ("autoencoder", 3)]


def shapes(part: str, folder: object) -> Split:
    """Stripes, dots and rings, at random places."""
    rng = np.random.default_rng(len(part))
    labels = rng.integers(0, 3, 120).astype(np.uint8)
    rows, columns = np.mgrid[: SHAPE.height, : SHAPE.width]
    images = []
    for label, (y, x) in zip(labels, rng.uniform(6, 14, (120, 2)), strict=True):
        away = np.hypot(rows - y, columns - x)
        images.append([abs(rows - y) < 2, away < 3, abs(away - 5) < 1.5][label])
    return Split(255 * np.array(images, np.uint8).reshape(120, -1), labels)


def layers(shape: Shape, d: int, h: int, outputs: int):
    """A convolution that halves each side, a dense layer, and the way back."""
    small = (4, shape.height // 2, shape.width // 2)
    halve = {"inputs": 1, "outputs": 4, "kernel": 4, "stride": 2, "padding": 1}
    double = {**halve, "inputs": 4, "outputs": 1, "output_padding": [0, 0]}
    encoder = [
        {"type": "reshape", "shape": list(shape)}, {"type": "convolution", **halve}, {"type": "relu"},
        {"type": "reshape", "shape": [int(np.prod(small))]}, *perceptron(int(np.prod(small)), outputs),
    ]  # fmt: skip
    decoder = [
        *perceptron(d, int(np.prod(small))), {"type": "relu"}, {"type": "reshape", "shape": list(small)},
        {"type": "transposed_convolution", **double}, {"type": "reshape", "shape": [shape.pixels]},
    ]  # fmt: skip
    return encoder, decoder


@pytest.fixture(scope="module")
def toys():
    """Registered in this test alone: no other file knows of them."""
    term = Reconstruction("smooth", "Smooth absolute error", "smooth error", lambda: Formulas(smooth))
    registry.register(DatasetSpec("toys", "Toy shapes", SHAPE, NAMES, 120, 120, "made up here", shapes, noun="shape"))
    architecture.register(Network("toy", "Toy", "One convolution each way.", layers))
    loss_registry.register(term)
    yield
    registry.unregister("toys")
    architecture.unregister("toy")
    loss_registry.unregister("smooth")


def smooth(logits, x):
    return ((logits.sigmoid() - x).square() + 0.01).sqrt().sum(1)


@pytest.fixture(scope="module")
def trained(toys, tmp_path_factory) -> dict[tuple[str, int], Run]:
    folder, found = tmp_path_factory.mktemp("toys"), {}
    for model, d in MODELS:
        config = Config(
            dataset="toys",
            network="toy",
            reconstruction="smooth",
            model=model,
            latent_dim=d,
            epochs=3,
            batch_size=20,
            learning_rate=0.01,
        )
        run = lifecycle.create(config, folder, f"toy-{model}-{d}")
        reporter = Reporter(run)
        loop.train(run, registry.load("toys"), reporter)
        reporter.finish("finished")
        run.check()
        found[model, d] = Run(run.path)
    return found


@pytest.fixture
def toy(trained, monkeypatch):
    monkeypatch.setenv("VAE_RUNS_DIR", str(next(iter(trained.values())).path.parent))
    return trained


def test_it_learns(trained):
    for run in trained.values():
        before, after = run.metrics()[0]["test"]["loss"], run.metrics()[-1]["test"]["loss"]
        assert after < 0.9 * before
        assert run.dataset.class_names == NAMES and run.labels().max() == 2


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("model", "d"), MODELS)
def test_every_page_shows_it(toy, page, model, d):
    app = show(page, run=f"toy-{model}-{d}", **{"with": f"toy-{model}-{d}"})
    check(app)
    assert not app.error


@pytest.mark.parametrize("part", ["Grid", "Knobs", "Plane", "Walk"])
def test_every_part_of_the_samples_shows_it(toy, part):
    app = show("samples", run="toy-vae-2", part=part, chosen="3", start="1")
    check(app)
    assert not app.error


def test_the_form_offers_it(toy):
    app = show("train", new="1")
    assert "Toy shapes" in app.selectbox(key="dataset").options
    app.selectbox(key="dataset").set_value("toys").run()
    app.selectbox(key="network").set_value("toy").run()
    check(app)
    assert any("Toy shapes" in element.value and "120 pictures" in element.value for element in app.markdown)


def test_it_travels(toy, tmp_path):
    run, out = toy["vae", 2], io.BytesIO()
    archive.pack(run, out)
    there = archive.unpack(out, tmp_path / "runs")
    assert there.config == run.config and there.metrics() == run.metrics()
    text = report.build(run)
    assert all(name in text or name.encode("unicode_escape").decode() in text for name in NAMES)


@pytest.mark.parametrize(("model", "d"), MODELS)
def test_numpy_and_torch_read_the_same_layers(trained, model, d):
    run = trained[model, d]
    network, x = build(run.config, run.architecture), np.random.default_rng(0).random((3, SHAPE.pixels), np.float32)
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    assert {name: array.shape for name, array in weights.items()} == run.architecture.parameter_shapes
    for part, inputs in (("encoder", x), ("decoder", x[:, :d])):
        from torch import from_numpy

        theirs = getattr(network, part)(from_numpy(inputs)).flatten(1).detach().numpy()
        ours = inference.run(getattr(run.architecture, part), weights, part, inputs)
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not on this machine")
@pytest.mark.parametrize(("model", "d"), MODELS)
def test_the_browser_reads_the_same_layers(trained, model, d):
    run = trained[model, d]
    epoch, z = run.epoch, np.random.default_rng(1).standard_normal((4, d)).round(3)
    head, (small,) = browser_decoder.packed_decoder(str(run.path), epoch)
    code = f"""
import {{ decoder, unpacked }} from {json.dumps((paths.ROOT / "static/lib/decoder.js").as_uri())};
const small = new Uint8Array(Buffer.from("{base64.b64encode(small).decode()}", "base64"));
const decode = decoder(await unpacked({json.dumps(head)}, small));
console.log(JSON.stringify([decode.size, {json.dumps(z.tolist())}.map((z) => [...decode(z)])]));
"""
    done = subprocess.run(
        ["node", "--input-type=module", "-"], input=code, capture_output=True, text=True, check=True, timeout=60
    )
    size, pictures = json.loads(done.stdout)
    assert size == SHAPE._asdict()
    np.testing.assert_allclose(pictures, browser_decoder.decoded(run, epoch, z), atol=1e-4)


def test_layers_that_do_not_fit_are_said(toys):
    with pytest.raises(ValueError, match="cannot follow"):
        architecture.sizes_through(perceptron(3, 4), (5,))


def test_without_their_entries_the_names_mean_nothing():
    for setting in ({"dataset": "no-such"}, {"network": "no-such"}, {"reconstruction": "no-such"}):
        with pytest.raises(ConfigError, match="must be one of"):
            Config(**setting)
    assert paths.ROOT.exists()
