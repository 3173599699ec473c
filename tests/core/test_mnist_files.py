"""MNIST's files and its siblings', found wherever people put them, and told apart by their sums."""

from __future__ import annotations

import builtins
import errno
import gzip
import hashlib
import os

import numpy as np
import pytest
from core_helpers import assert_one_sentence
from idx_made import packed, pictures, put, whole_dataset

from vae_core import paths
from vae_core.datasets import download, mnist_files, mnist_published, registry
from vae_core.datasets.mnist_published import FILES, FOLDERS
from vae_core.datasets.spec import DataError, NotNow
from vae_core.runs import files


def test_a_dataset_is_read_from_torchvisions_folders(tmp_path):
    assert not registry.is_here("kmnist", tmp_path)
    put(tmp_path, whole_dataset())
    assert registry.is_here("kmnist", tmp_path) and not registry.is_here("mnist", tmp_path)
    loaded = registry.load("kmnist", tmp_path)
    for split, (images, labels) in ((loaded.train, pictures(5)), (loaded.test, pictures(3, seed=1))):
        assert np.array_equal(split.images, images.reshape(-1, 784)) and np.array_equal(split.labels, labels)
    assert np.array_equal(registry.load_test("kmnist", tmp_path).images, loaded.test.images)


@pytest.fixture
def published(monkeypatch) -> dict[str, bytes]:
    """Five and three pictures, taken for the published MNIST: their sums stand where MNIST's do."""
    files = whole_dataset()
    sums = tuple(hashlib.sha256(content).hexdigest() for content in files.values())
    monkeypatch.setitem(mnist_published.SHA256, "mnist", sums)
    mnist_files._glance_at.cache_clear()
    return files


NAMES = {
    "torchvision": lambda file: f"MNIST/raw/{file}",
    "gzipped": lambda file: f"MNIST/raw/{file}.gz",
    "without raw": lambda file: f"MNIST/{file}",
    "small letters": lambda file: f"mnist/raw/{file}.gz",
    "flat": lambda file: file,
    "flat, gzipped": lambda file: f"{file}.gz",
    "a dot": lambda file: f"mnist/{file.replace('-idx', '.idx')}",
    "a dot, flat": lambda file: file.replace("-idx", ".idx"),
    "Kaggle": lambda file: f"archive/{file}/{file}",
    "Kaggle, flat": lambda file: f"{file.replace('-idx', '.idx')}/{file}",
    "capitals": lambda file: f"Mnist/{file.upper()}.GZ",
    "a dataset's name": lambda file: f"mnist-dataset/{file}",
    "its own data folder": lambda file: f"data/MNIST/raw/{file}",
    "under another's name": lambda file: f"original_mnist/{file}",
    "test for t10k": lambda file: f"MNIST/{file.replace('t10k', 'test')}",
}


@pytest.mark.parametrize("called", NAMES.values(), ids=NAMES)
def test_the_right_files_are_found_where_people_put_them(tmp_path, published, called):
    for file, content in published.items():
        path = tmp_path / called(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content) if path.suffix.lower() == ".gz" else content)
    assert registry.is_here("mnist", tmp_path), registry.trouble("mnist", tmp_path)
    assert np.array_equal(registry.load("mnist", tmp_path).train.labels, pictures(5)[1])
    assert not registry.is_here("fashion-mnist", tmp_path) and not registry.is_here("kmnist", tmp_path)
    assert registry.trouble("fashion-mnist", tmp_path) == registry.trouble("kmnist", tmp_path) == ""


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Fashion-MNIST", "fashion-mnist"), ("fashion_mnist/raw", "fashion-mnist"), ("data/fashion", "fashion-mnist"),
        ("FASHIONMNIST", "fashion-mnist"), ("kmnist", "kmnist"), ("Kuzushiji-MNIST/raw", "kmnist"),
    ],
)  # fmt: skip
def test_the_folders_name_tells_mnists_siblings(tmp_path, monkeypatch, folder, name):
    monkeypatch.setitem(mnist_published.SHA256, name, ("", "", "", ""))
    (tmp_path / folder).mkdir(parents=True)
    for file, content in whole_dataset().items():
        (tmp_path / folder / f"{file}.gz").write_bytes(gzip.compress(content))
    assert [registry.is_here(other, tmp_path) for other in FOLDERS] == [name == other for other in FOLDERS]
    assert len(registry.load(name, tmp_path).train.labels) == 5


@pytest.mark.parametrize("folder", ["EMNIST/raw", "notMNIST", "k49mnist", "pictures", "a/b/c/MNIST"])
def test_files_of_the_same_names_elsewhere_are_another_datasets(tmp_path, folder):
    (tmp_path / folder).mkdir(parents=True)
    for file, content in whole_dataset().items():
        (tmp_path / folder / file).write_bytes(content)
    for name in FOLDERS:
        assert not registry.is_here(name, tmp_path) and registry.trouble(name, tmp_path) == ""


def test_the_right_file_counts_where_a_wrong_one_stands_too(tmp_path, published):
    put(tmp_path, published | {FILES[0]: b"broken", FILES[2]: published[FILES[2]][:-1] + b"?"}, "mnist")
    (tmp_path / f"{FILES[0]}.gz").write_bytes(gzip.compress(published[FILES[0]]))
    (tmp_path / FILES[1]).write_bytes(published[FILES[1]])  # the labels tell whose the flat ones are
    (tmp_path / FILES[2]).write_bytes(published[FILES[2]])
    assert registry.is_here("mnist", tmp_path)
    assert np.array_equal(registry.load("mnist", tmp_path).test.images, pictures(3, seed=1)[0].reshape(-1, 784))


@pytest.mark.parametrize("flat", [True, False])
def test_another_datasets_files_are_told_by_their_sums(tmp_path, published, flat):
    """MNIST's files in Fashion-MNIST's folder: a 5 would be called a sandal."""
    put(tmp_path, published, "fashion-mnist")
    if flat:
        for file, content in published.items():
            (tmp_path / file).write_bytes(content)
    assert not registry.is_here("fashion-mnist", tmp_path)
    with pytest.raises(DataError, match=r"FashionMNIST/raw/.* is MNIST's, not Fashion-MNIST's") as refusal:
        registry.load("fashion-mnist", tmp_path)
    assert_one_sentence(refusal.value)
    assert registry.is_here("mnist", tmp_path) == flat


def test_pictures_of_another_dataset_beside_the_right_labels_are_told_when_they_are_read(tmp_path, published):
    monkey = {file: content for file, content in published.items() if "images" in file}
    put(tmp_path, whole_dataset() | {FILES[1]: packed(np.arange(5)), FILES[3]: packed(np.arange(3))} | monkey)
    with pytest.raises(DataError, match=f"{FILES[0]} is MNIST's, not KMNIST's"):
        registry.load("kmnist", tmp_path)


def test_training_and_test_files_that_changed_places_are_told(tmp_path, published):
    renamed = {**published, FILES[3]: published[FILES[1]], FILES[2]: published[FILES[0]]}
    put(tmp_path, renamed, "mnist")
    with pytest.raises(DataError, match=f"{FILES[3]} is {FILES[1]} under another name") as refusal:
        registry.load("mnist", tmp_path)
    assert_one_sentence(refusal.value)


def test_flat_files_that_nobody_knows_are_not_guessed_at(tmp_path):
    for file, content in whole_dataset().items():
        (tmp_path / file).write_bytes(content)
    for name in FOLDERS:
        assert not registry.is_here(name, tmp_path)
        assert FILES[0] in registry.trouble(name, tmp_path) or FILES[1] in registry.trouble(name, tmp_path)
        assert_one_sentence(registry.trouble(name, tmp_path))


def test_mnist_is_held_against_the_published_sums(tmp_path):
    put(tmp_path, whole_dataset(), "mnist")  # whole IDX files, but not MNIST's
    with pytest.raises(DataError, match=f"{FILES[1]} is not MNIST's"):
        registry.load("mnist", tmp_path)


def test_one_wrong_pixel_of_mnist_is_noticed(tmp_path, published):
    put(tmp_path, published | {FILES[0]: published[FILES[0]][:-1] + b"?"}, "mnist")
    with pytest.raises(DataError, match=f"{FILES[0]} is damaged"):
        registry.load("mnist", tmp_path)


def test_what_was_downloaded_is_held_against_its_sum_ever_after(tmp_path):
    raw = put(tmp_path, whole_dataset())
    sums = {file: hashlib.sha256(content).hexdigest() for file, content in whole_dataset().items()}
    files.write_json(raw / download.CHECKSUMS, sums)
    assert len(registry.load("kmnist", tmp_path).train.labels) == 5
    pixel = bytearray((raw / FILES[2]).read_bytes())
    pixel[-1] ^= 1
    (raw / FILES[2]).write_bytes(pixel)
    with pytest.raises(DataError, match=FILES[2]):
        registry.load("kmnist", tmp_path)


# ---- when it is looked for


def test_a_whole_dataset_is_not_looked_for_again_until_it_changes(tmp_path, monkeypatch):
    raw = put(tmp_path, whole_dataset())
    assert registry.is_here("kmnist", tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(mnist_files, "_search", lambda *_: pytest.fail("looked again"))
        assert registry.is_here("kmnist", tmp_path)
    (raw / FILES[0]).unlink()
    assert not registry.is_here("kmnist", tmp_path)


def test_that_nothing_is_here_is_not_looked_for_again_either(tmp_path, monkeypatch):
    (tmp_path / "MNIST" / "raw").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "MNIST", tmp_path / "MNIST" / "raw"):
        os.utime(folder, (1e9, 1e9))  # nothing was put there lately
    assert not registry.is_here("mnist", tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(mnist_files, "_search", lambda *_: pytest.fail("looked again"))
        assert not registry.is_here("mnist", tmp_path)
    put(tmp_path, {FILES[1]: b""}, "mnist")
    assert FILES[1] in registry.trouble("mnist", tmp_path)


@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_cannot_be_read_now_is_looked_at_again(what, tmp_path, monkeypatch):
    """Too many files are open for a moment; nothing has changed in the folder since."""
    put(tmp_path, whole_dataset())
    for path in (tmp_path, *tmp_path.rglob("*")):
        os.utime(path, (1, 1))
    mnist_files._glance_at.cache_clear()

    def short(act):
        def refuses(path, *arguments, **named):
            if str(path).startswith(str(tmp_path)):
                raise OSError(errno.EMFILE, "Too many open files")
            return act(path, *arguments, **named)

        return refuses

    with monkeypatch.context() as patch:
        if what == "folder":
            patch.setattr(os, "scandir", short(os.scandir))
        else:
            patch.setattr(builtins, "open", short(open))
        assert not registry.is_here("kmnist", tmp_path)
        with pytest.raises(NotNow):
            registry.load("kmnist", tmp_path)
    assert registry.is_here("kmnist", tmp_path) and registry.load("kmnist", tmp_path)


# ---- this machine's


def test_the_folder_of_datasets_follows_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_DATA_DIR", str(tmp_path))
    put(tmp_path, whole_dataset())
    assert paths.data_dir() == tmp_path
    assert len(registry.load("kmnist").train.labels) == 5


@pytest.mark.skipif(not registry.is_here("mnist"), reason="no MNIST in VAE_DATA_DIR")
def test_the_real_mnist():
    mnist = registry.load("mnist")
    for split, count in ((mnist.train, 60_000), (mnist.test, 10_000)):
        assert split.images.shape == (count, 784) and split.images.dtype == np.uint8
        assert split.labels.shape == (count,) and set(split.labels) == set(range(10))
    assert mnist.train.images.mean() / 255 == pytest.approx(0.1307, abs=1e-4)  # as everybody normalises it
