"""The settings: the lecture's defaults, a lossless round trip, and one sentence for everything that cannot be used."""

from __future__ import annotations

import dataclasses
import json
import math
import re

import pytest
from core_helpers import assert_one_sentence
from hypothesis import given
from hypothesis import strategies as st

from vae_core.config import FIELDS, PRESETS, Config, ConfigError, default_of
from vae_core.datasets import registry

CHOICES = [name for name, field in FIELDS.items() if "choices" in field.metadata]
NUMBERS = [name for name in FIELDS if name not in CHOICES]
WHOLE = [name for name in NUMBERS if name not in ("beta", "learning_rate")]
# Written out here, and not read from the code, since they are promises of the documentation.
LIMITS = {
    "latent_dim": (1, 64), "hidden_dim": (1, 4096), "beta": (0, 1000), "epochs": (1, 500),
    "batch_size": (1, 8192), "learning_rate": (1e-6, 1), "seed": (0, 2**31 - 1),
}  # fmt: skip


def configs() -> st.SearchStrategy[Config]:
    given_ = {name: st.sampled_from(list(FIELDS[name].metadata["choices"])) for name in CHOICES}
    for name, (low, high) in LIMITS.items():
        given_[name] = st.integers(low, high) if name in WHOLE else st.floats(low, high)
    return st.builds(Config, **(given_ | {"hidden_dim": st.none() | st.integers(*LIMITS["hidden_dim"])}))


def test_defaults_are_the_lectures():
    config = Config()
    assert (config.model, config.latent_dim, config.hidden_dim, config.beta) == ("vae", 20, 400, 1.0)
    assert (config.reconstruction, config.epochs, config.batch_size, config.learning_rate) == ("bce", 10, 256, 1e-3)
    assert config.dataset == "mnist-5k"  # needs no network


@pytest.mark.parametrize(("latent_dim", "hidden_dim"), [(1, 400), (2, 400), (20, 400), (21, 441), (64, 4096)])
def test_the_hidden_size_follows_the_latent_size_unless_given(latent_dim, hidden_dim):
    assert Config(latent_dim=latent_dim).hidden_dim == hidden_dim
    assert Config(latent_dim=latent_dim, hidden_dim=7).hidden_dim == 7


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().beta = 2.0


@given(configs())
def test_json_brings_back_the_same_settings(config):
    again = Config.from_json(json.loads(json.dumps(config.to_json(), allow_nan=False)))
    assert again == config
    assert [type(v) for v in again.to_json().values()] == [type(v) for v in config.to_json().values()]


@given(configs())
def test_every_valid_config_has_a_title_with_its_dataset(config):
    assert config.title.startswith(registry.TITLES[config.dataset]) and "\n" not in config.title


@pytest.mark.parametrize("name", LIMITS)
def test_both_limits_can_be_used(name):
    for value in LIMITS[name]:
        assert getattr(Config(**{name: value}), name) == value


def outside(name: str) -> list[object]:
    low, high = LIMITS[name]
    numbers = [0, 10**6, 10**400, -1, low - 1e-9, high * 2, -math.inf]
    words = ["abc", "", "1,000", "1;2", None, True, False, [], {}, [1], math.nan, math.inf, "nan", "inf", 1j]
    if name == "hidden_dim":
        words.remove(None)  # means: chosen for you
    fractions = [low + 0.5, "1.5"] if name in WHOLE else []
    return [n for n in numbers if not low <= n <= high] + words + fractions


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in LIMITS for value in outside(name)])
def test_what_no_one_can_use_is_refused_in_one_sentence_with_name_and_range(name, value):
    with pytest.raises(ConfigError) as refusal:
        Config(**{name: value})
    sentence = str(refusal.value)
    assert_one_sentence(sentence)
    assert f"({name})" in sentence
    low, high = re.search(r"from (\S+) to (\S+);", sentence).groups()
    assert (float(low), float(high.replace(",", ""))) == LIMITS[name]


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("value", ["abc", "", "MNIST", None, True, 0, math.nan, [], {}])
def test_an_unknown_choice_is_refused_in_one_sentence_with_all_choices(name, value):
    with pytest.raises(ConfigError) as refusal:
        Config(**{name: value})
    assert_one_sentence(refusal.value)
    assert f"({name})" in str(refusal.value)
    assert all(choice in str(refusal.value) for choice in FIELDS[name].metadata["choices"])


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_may_come_as_text_as_the_command_line_has_them(name):
    for value in LIMITS[name]:
        assert getattr(Config(**{name: str(value)}), name) == value


@pytest.mark.parametrize("text", ["1e1", "10.0", " 10 "])
def test_whole_numbers_in_another_spelling_are_understood_or_refused(text):
    """--epochs 1e1 is ten, or a mistake; it is not a crash."""
    try:
        assert Config(epochs=text).epochs == 10
    except ConfigError as refusal:
        assert_one_sentence(refusal)


@pytest.mark.parametrize("change", [{"colour": 1}, {"beta": ...}])
def test_settings_of_another_version_are_refused(change):
    stored = {**Config().to_json(), **change}
    stored = {name: value for name, value in stored.items() if value is not ...}
    with pytest.raises(ConfigError) as refusal:
        Config.from_json(stored)
    assert_one_sentence(refusal.value)
    assert next(iter(change)) in str(refusal.value)


@pytest.mark.parametrize("dataset", registry.TITLES)
@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_can_be_used_with_every_dataset(preset, dataset):
    config = PRESETS[preset].config(dataset)
    assert config.dataset == dataset
    for name, value in PRESETS[preset].changes.items():
        assert getattr(config, name) == value
    unchanged = set(FIELDS) - set(PRESETS[preset].changes) - {"dataset", "hidden_dim"}
    assert all(getattr(config, name) == default_of(name, dataset) for name in unchanged)
    assert config.hidden_dim == max(config.latent_dim**2, 400)


def test_the_lectures_preset_on_mnist_is_the_lectures_model():
    assert PRESETS["lecture"].config("mnist") == Config(dataset="mnist")


def test_every_field_has_words_for_the_form():
    for name, field in FIELDS.items():
        assert field.metadata["label"] and field.metadata["help"].endswith("."), name
    assert all(set(registry.get(name).defaults) <= set(FIELDS) for name in registry.TITLES)
