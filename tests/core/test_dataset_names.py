"""The registry of datasets: which names it knows, which it offers, and which are of one family."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vae_core.datasets import registry


def test_models_of_one_family_can_be_asked_about_each_others_pictures():
    assert registry.alike("mnist-5k", "mnist-55k") and registry.alike("mnist", "mnist-5k")
    assert registry.alike("digits", "digits") and not registry.alike("digits", "mnist")
    assert not registry.alike("kmnist", "mnist")


def test_a_form_offers_neither_the_gallerys_pictures_nor_the_small_digits_but_both_open():
    assert {"mnist-55k", "digits"} & set(registry.TITLES) == set()
    assert all(registry.TITLES[name] for name in ("mnist-55k", "digits"))
    assert "no-such" not in registry.TITLES and len(registry.TITLES) == len(list(registry.TITLES))


def test_a_finder_makes_the_record_of_a_name_when_it_is_asked(monkeypatch):
    monkeypatch.setattr(registry, "_finders", {})
    spec = replace(registry.get("digits"), name="found-1", title="Found")
    registry.register_finder("found-", lambda name: spec if name == "found-1" else None)
    assert registry.TITLES["found-1"] == "Found" and "found-1" not in list(registry.TITLES)
    assert "found-2" not in registry.TITLES
    with pytest.raises(KeyError):
        registry.get("found-2")


@pytest.mark.parametrize("name", registry.TITLES)
def test_every_dataset_has_ten_class_names(name):
    assert len(set(registry.get(name).class_names)) == 10
