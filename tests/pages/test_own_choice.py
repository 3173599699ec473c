"""Let the bubble choose, the lecture's two figures, and the log variance: what the pages send and say is measured."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest

from tests.pages.test_pages import _here, check, show, words  # noqa: F401  (the visitor's runs, kept apart)
from ui.components import settling
from ui.store import cache
from ui.store.gallery import gallery, last
from ui.understand import own_choice, two_spaces
from vae_core import measured


def floats(text: str, wide: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(-1, wide)


def test_both_models_get_the_same_pictures_and_their_own_bubbles():
    data = own_choice._data(tuple(str(gallery(name).path) for name in own_choice.MODELS))
    assert data is not None and data["names"] == list("0123456789")
    places = list(cache.examples(str(gallery("two-knobs").path)))
    pictures = np.frombuffer(base64.b64decode(data["pictures"]), np.uint8).reshape(len(places), -1)
    assert (pictures == cache.originals(gallery("lecture"), places).reshape(len(places), -1)).all()
    for model, name in zip(data["models"], own_choice.MODELS, strict=True):
        found = gallery(name).latents(last(gallery(name)))
        np.testing.assert_allclose(floats(model["means"], model["latent_dim"]), found.mean[places], rtol=1e-6)
        np.testing.assert_allclose(floats(model["logvars"], model["latent_dim"]), found.logvar[places], rtol=1e-6)
        assert model["measured"]["gap"] == measured.load("amortisation")[name]["gap"]


def test_the_page_says_the_measured_gaps_with_their_uncertainty():
    found = measured.load("amortisation")
    text = words(show("bubbles"))
    for name in own_choice.MODELS:
        assert f"{found[name]['gap']:.1f} ± {2 * found[name]['error']:.1f} nats" in text
        assert found[name]["gap"] - 3 * found[name]["error"] > 0
    assert f"on {found['two-knobs']['pictures']} test pictures" in text
    assert text.count("amortisation gap") == 1


def test_only_what_the_browser_can_descend_is_offered():
    assert settling.can_settle(gallery("lecture")) and settling.can_settle(gallery("letters"))
    assert not settling.can_settle(gallery("autoencoder"))


def test_the_pages_with_experiments_have_no_error():
    for page in ("noise", "autoencoder", "draw"):
        app = show(page)
        check(app)
        assert not app.error
    assert "Other distributions" in words(show("noise"))


def test_the_two_directions_are_those_of_scikit_learn():
    from sklearn.decomposition import PCA

    x = np.random.default_rng(0).random((200, 30)) @ np.diag(np.linspace(2, 0.1, 30))
    middle, two, share = two_spaces.principal(x)
    known = PCA(2).fit(x)
    np.testing.assert_allclose(middle, known.mean_)
    assert np.abs((two * known.components_).sum(1)) == pytest.approx([1, 1], abs=1e-6)
    assert share == pytest.approx(known.explained_variance_ratio_.sum())
    assert (two.sum(1) > 0).all()


def test_the_sentence_on_two_spaces_says_how_much_is_seen():
    classic, vae = gallery("two-knobs-autoencoder"), gallery("two-knobs")
    data = two_spaces.spaces(str(classic.path), str(vae.path))
    assert data is not None
    told = re.search(r"That is (\d+)% of how they differ", words(show("autoencoder")))
    assert told and int(told[1]) == round(100 * data["share"])
