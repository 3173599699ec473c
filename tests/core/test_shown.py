"""Letters and emoji: models of the gallery whose pictures do not come with us."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from vae_core.datasets import registry, shown
from vae_core.datasets.spec import DataError
from vae_core.runs.index import find_run

NAMES = ("letters", "emoji")


@pytest.fixture
def archive(tmp_path) -> shown.Archive:
    """Twenty pictures of two classes, each in a grey of its own."""
    small = replace(shown.LETTERS, file="few.zip", depth=0, folders=("a", "b"), preparation={"size": 28}, copies=3)
    with zipfile.ZipFile(tmp_path / "few.zip", "w") as bundle:
        for k in range(20):
            out = io.BytesIO()
            Image.new("L", (40, 40), 12 * k).save(out, "PNG")
            bundle.writestr(f"{'ab'[k % 2]}/{k:02d}.png", out.getvalue())
    return small


def test_the_classes_are_the_folders_and_take_turns(archive, tmp_path):
    rgba, labels = archive._read(tmp_path)
    assert labels.tolist() == [0, 1] * 10
    assert {int(picture[0, 0, 0]) // 12 % 2 for picture in rgba[labels == 1]} == {1}


def test_no_test_picture_is_learned_from_not_even_varied(archive, tmp_path):
    train, test = (archive.load_split(part, tmp_path) for part in ("train", "test"))
    assert len(test.images) == 5 and len(train.images) == 3 * 15  # one in ten, five at least
    assert set(train.labels.tolist()) == set(test.labels.tolist()) == {0, 1}
    assert not set(np.median(train.images, axis=1).tolist()) & set(np.median(test.images, axis=1).tolist())


@pytest.mark.parametrize("name", NAMES)
def test_without_its_archive_a_set_says_so_and_its_model_opens(name, tmp_path):
    assert not registry.is_here(name, tmp_path) and not registry.test_is_here(name, tmp_path)
    assert "do not come with Latent Lab" in registry.obstacle(name, tmp_path)
    assert registry.stamp(name, tmp_path) == () and name not in list(registry.TITLES)
    with pytest.raises(DataError):
        registry.load_test(name, tmp_path)
    run = find_run(name)
    assert run is not None and run.dataset.source and run.labels().max() < len(run.dataset.class_names)


def test_a_broken_archive_is_one_sentence(archive, tmp_path):
    (tmp_path / "few.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(DataError, match=r"few\.zip .* missing or damaged\.$"):
        archive.load_split("test", tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_the_sets_are_as_large_as_they_say(name):
    if not registry.is_here(name):
        pytest.skip("its archive is not under VAE_DATA_DIR")
    spec, data = registry.get(name), registry.load(name)
    assert (len(data.train.images), len(data.test.images)) == (spec.train_size, spec.test_size)
    assert set(data.test.labels.tolist()) == set(range(len(spec.class_names)))
