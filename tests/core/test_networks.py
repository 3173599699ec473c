"""The networks there are: layers that fit each other for any picture, read alike by torch and NumPy, and trained."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from core_helpers import differences, new_run, results, train_here
from hypothesis import given, settings
from hypothesis import strategies as st

from vae_core import architecture, inference
from vae_core.architecture import Architecture, sizes_through
from vae_core.config import Config
from vae_core.datasets.spec import Shape
from vae_core.model import Autoencoder, build
from vae_core.training import loop
from vae_core.training.progress_and_pause import Reporter, Stopped

NETWORKS = [*architecture.TITLES]
OTHERS = [name for name in NETWORKS if name != "lecture"]
SHAPES = st.builds(Shape, st.sampled_from([1, 3]), st.integers(1, 70), st.integers(1, 70))


def of(name: str, shape: Shape, d: int, *, with_noise: bool = True) -> Architecture:
    encoder, decoder = architecture.get(name).layers(shape, d, 16, 2 * d if with_noise else d)
    return Architecture(shape, tuple(encoder), tuple(decoder))


@pytest.mark.parametrize("name", NETWORKS)
@given(shape=SHAPES, d=st.integers(1, 64))
@settings(max_examples=60, deadline=None)
def test_the_layers_fit_each_other_for_any_picture(name, shape, d):
    network = of(name, shape, d)
    assert sizes_through(network.encoder, (shape.pixels,))[-1] == (2 * d,)
    assert sizes_through(network.decoder, (d,))[-1] == (shape.pixels,)


@pytest.mark.parametrize(("side", "smallest"), [(28, 7), (32, 8), (64, 8), (8, 8)])
def test_a_convolutional_network_halves_pictures_down_to_seven_or_eight(side, smallest):
    sizes = sizes_through(of("convolutional", Shape(3, side, side), 5).encoder, (3 * side * side,))
    assert min(size[1] for size in sizes if len(size) == 3) == smallest


@pytest.mark.parametrize("shape", [Shape(1, 28, 28), Shape(3, 17, 33)], ids=str)
@pytest.mark.parametrize("name", NETWORKS)
def test_numpy_and_torch_read_the_same_layers(name, shape):
    torch.manual_seed(0)
    network = of(name, shape, 4)
    model, x = Autoencoder(network, 4), np.random.default_rng(0).random((3, shape.pixels), np.float32)
    weights = {key: tensor.numpy() for key, tensor in model.state_dict().items()}
    assert {key: array.shape for key, array in weights.items()} == network.parameter_shapes
    for part, inputs in (("encoder", x), ("decoder", x[:, :4])):
        theirs = getattr(model, part)(torch.from_numpy(inputs)).flatten(1).detach().numpy()
        np.testing.assert_allclose(inference.run(getattr(network, part), weights, part, inputs), theirs, atol=1e-5)


@pytest.mark.parametrize("model", ["vae", "autoencoder"])
@pytest.mark.parametrize("name", OTHERS)
def test_it_learns_and_resumes_to_the_bit(name, model, few_digits, tmp_path):
    setting = {"network": name, "model": model, "epochs": 3, "learning_rate": 3e-3}
    whole = train_here(new_run(tmp_path, "whole", **setting), few_digits)
    losses = [record["test"]["loss"] for record in whole.metrics()]
    assert losses[-1] < 0.7 * losses[0]

    stopped = new_run(tmp_path, "stopped", **setting)
    with pytest.raises(Stopped):
        loop.train(stopped, few_digits, StopsAfter(stopped, epoch=1))
    assert stopped.epoch == 1
    assert not differences(results(whole), results(train_here(stopped, few_digits)))


class StopsAfter(Reporter):
    """Leaves at the end of an epoch, as if the visitor had asked for it."""

    def __init__(self, run, epoch: int) -> None:
        super().__init__(run)
        self.last = epoch

    def epoch_done(self, epoch: int, step: int) -> None:
        super().epoch_done(epoch, step)
        if epoch == self.last:
            raise Stopped


def test_the_hidden_size_is_a_setting_of_the_lectures_network_alone():
    assert Config(hidden_dim=50).hidden_dim == 50 and Config().unused == ()
    deep = Config(network="deep", hidden_dim=50)
    assert deep == Config(network="deep") and deep.unused == ("hidden_dim",)
    assert Config(network="convolutional", model="autoencoder").unused == ("beta", "hidden_dim")
    sizes = {tuple(shape) for shape in build(deep).architecture.parameter_shapes.values()}
    assert {(512, 784), (256, 512), (40, 256), (256, 20), (512, 256), (784, 512)} <= sizes


def test_a_title_names_a_network_that_is_not_the_lectures():
    assert Config().title.endswith("beta 1") and Config(network="deep").title.endswith("beta 1 · deep")
