"""The form's networks: chosen, drawn, and said."""

from __future__ import annotations

import pytest

from tests.pages.test_pages import check, show, words
from ui.train.network_diagram import payload
from vae_core import architecture
from vae_core.config import Config


def diagram(**settings) -> list[tuple[str, str]]:
    config = Config(**settings)
    blocks = payload(architecture.of_config(config), config.latent_dim, config.is_vae)["blocks"]
    return [(block["label"], block["colour"]) for block in blocks]


def test_the_lectures_network_is_drawn_as_the_lecture_has_it():
    assert diagram(latent_dim=20) == [
        ("x: 28 × 28", "x"), ("400", "encoder"), ("20 means", "mean"), ("20 stds", "mean"), ("z: 20", "z"),
        ("400", "decoder"), ("x̂: 28 × 28", "decoder"),
    ]  # fmt: skip


def test_a_classic_autoencoder_has_a_code_and_no_noise():
    assert diagram(network="deep", model="autoencoder", latent_dim=3)[2:5] == [
        ("256", "encoder"), ("code: 3", "z"), ("256", "decoder"),
    ]  # fmt: skip


def test_a_convolution_is_drawn_as_its_pictures():
    labels = [label for label, _ in diagram(network="convolutional")]
    assert labels[1:3] == ["16 of 14 × 14", "32 of 7 × 7"] and labels[-3:-1] == ["32 of 7 × 7", "16 of 14 × 14"]


@pytest.mark.parametrize("name", architecture.TITLES)
def test_the_form_says_what_a_network_is_for(name):
    app = show("train", new="1")
    app.selectbox(key="network").set_value(name).run()
    check(app)
    network = architecture.get(name)
    assert f"**{network.title} network.** {network.sentence}" in words(app)
    assert app.number_input(key="hidden_dim").disabled == (not network.has_hidden_dim)
    said = " · ".join(element.value for element in app.markdown if "You will train" in element.value)
    assert (network.title.lower() in said) == (name != "lecture")
