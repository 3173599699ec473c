"""The finale of a training: a code of many numbers as UMAP sees it, made beside the page."""

from __future__ import annotations

import numpy as np
import pytest

from tests.pages.test_pages import check, finished, head_of, set_state, show  # noqa: F401
from ui.components import latent_map
from ui.store import cache
from vae_core.analysis import umap_tsne
from vae_core.runs import files

pytestmark = pytest.mark.usefixtures("runs_dir")


@pytest.fixture
def maps(monkeypatch) -> list[dict]:
    """What the page sends of its map."""
    sent: list[dict] = []
    monkeypatch.setattr(latent_map, "_map", lambda key, data: sent.append(head_of(data)))
    return sent


def keep_umap(run) -> None:
    epochs = run.latent_epochs()
    count = min(len(run.labels()), umap_tsne.POINTS)
    points = np.random.default_rng(0).normal(size=(len(epochs), count, 2)).astype(np.float16)
    (run.path / "maps").mkdir(exist_ok=True)
    arrays = {"epochs": np.array(epochs), "points": points, "trust": np.full(len(epochs), 0.9, np.float32)}
    files.write_npz(run.path / "maps" / "umap.npz", arrays, compress=True)


def test_while_it_learns_there_is_no_finale_and_nothing_is_made(finished, maps, maps_begun, monkeypatch):  # noqa: F811
    monkeypatch.setattr("ui.shell.startup.awake", lambda: True)
    set_state(finished, "paused")
    check(show("train", run="mine"))
    assert not maps and not maps_begun


def test_a_finished_training_ends_as_its_umap_which_is_made_beside_the_page(finished, maps, maps_begun):  # noqa: F811
    app = show("train", run="mine")
    check(app)
    assert not maps and maps_begun == [("mine", "umap")]
    keep_umap(finished)
    cache.clear()
    app = show("train", run="mine")
    check(app)
    assert maps[-1]["view"].startswith("umap") and maps_begun == [("mine", "umap")]
    assert maps[-1]["epochs"] == finished.latent_epochs()[-1:]


def test_too_few_pictures_have_no_umap(finished, maps, maps_begun, monkeypatch):  # noqa: F811
    monkeypatch.setattr(umap_tsne, "FEWEST", 10**6)
    check(show("train", run="mine"))
    assert not maps and not maps_begun
