"""The pictures: the embedded digits; MNIST's files wherever people put them, and what may be wrong with them."""

from __future__ import annotations

import builtins
import errno
import gzip
import hashlib
import importlib.util
import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from core_helpers import assert_one_sentence

from vae_core import paths
from vae_core.datasets import download, embedded, idx, mnist_files, mnist_published, registry
from vae_core.datasets.mnist_published import FILES, FOLDERS
from vae_core.datasets.spec import DataError, NotNow
from vae_core.runs import files

# ---- the embedded digits

EMBEDDED = {"mnist-5k": (4_000, 1_000), "digits": (1_438, 359)}


@pytest.mark.parametrize("name", EMBEDDED)
def test_the_embedded_digits_are_mnists_kind_of_picture(name):
    digits = registry.load(name)
    assert (len(digits.train.labels), len(digits.test.labels)) == EMBEDDED[name]
    assert EMBEDDED[name] == (registry.get(name).train_size, registry.get(name).test_size)
    for split in (digits.train, digits.test):
        assert split.images.dtype == split.labels.dtype == np.uint8
        assert split.images.shape == (len(split.labels), 784)
        assert split.images.min() == 0 and split.images.max() == 255  # the whole range is used
        assert set(split.labels) == set(range(10))


@pytest.mark.parametrize("name", EMBEDDED)
def test_no_test_picture_was_trained_on(name):
    digits = registry.load(name)
    train, test = ({image.tobytes() for image in split.images} for split in (digits.train, digits.test))
    assert (len(train), len(test)) == EMBEDDED[name]
    assert not train & test


@pytest.mark.parametrize(("name", "least"), [("mnist-5k", 0.9), ("digits", 0.95)])
def test_labels_belong_to_their_pictures(name, least):
    """The nearest training picture has the same label for 94 and 98 of 100: shuffled labels would give 10."""
    digits = registry.load(name)
    train, test = (split.images.astype(np.float32) for split in (digits.train, digits.test))
    distance = (train**2).sum(1) - 2 * test @ train.T
    assert (digits.train.labels[distance.argmin(1)] == digits.test.labels).mean() > least


def test_the_5000_come_in_turns_so_that_any_few_hold_every_class():
    everything, digits = embedded.five_thousand(), registry.load("mnist-5k")
    assert everything.labels.tolist() == list(range(10)) * 500
    assert np.bincount(digits.test.labels).tolist() == [100] * 10
    assert np.bincount(digits.train.labels).tolist() == [400] * 10


def test_a_missing_package_is_one_sentence(monkeypatch):
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda name: None)
    for load in (embedded.five_thousand, embedded.load_small):
        with pytest.raises(DataError, match=r"pip install \w+\.$"):
            load.__wrapped__()


# ---- what the gallery learned from


def test_the_gallerys_test_pictures_are_the_5000_and_need_no_network(tmp_path):
    assert registry.test_is_here("mnist-55k", tmp_path) and not registry.is_here("mnist-55k", tmp_path)
    test = registry.load_test("mnist-55k", tmp_path)
    assert len(test.images) == registry.get("mnist-55k").test_size == 5_000
    with pytest.raises(DataError):
        registry.load_train("mnist-55k", tmp_path)


@pytest.mark.skipif(not registry.is_here("mnist"), reason="no MNIST in VAE_DATA_DIR")
def test_it_never_learned_from_them():
    train, test = registry.load_train("mnist-55k"), registry.load_test("mnist-55k")
    assert len(train.images) == registry.get("mnist-55k").train_size == 55_000
    everything = {image.tobytes() for image in registry.load_train("mnist").images}
    learned, kept = ({image.tobytes() for image in split.images} for split in (train, test))
    assert not learned & kept and learned | kept == everything
    assert not kept & {image.tobytes() for image in registry.load_test("mnist").images}


def test_models_of_one_family_can_be_asked_about_each_others_pictures():
    assert registry.alike("mnist-5k", "mnist-55k") and registry.alike("mnist", "mnist-5k")
    assert registry.alike("digits", "digits") and not registry.alike("digits", "mnist")
    assert not registry.alike("kmnist", "mnist")


def test_a_form_offers_neither_the_gallerys_pictures_nor_the_small_digits_but_both_open():
    assert {"mnist-55k", "digits"} & set(registry.TITLES) == set()
    assert all(registry.TITLES[name] for name in ("mnist-55k", "digits"))
    assert "no-such" not in registry.TITLES and len(registry.TITLES) == len(list(registry.TITLES))


# ---- datasets that are found by name


def test_a_finder_makes_the_record_of_a_name_when_it_is_asked(monkeypatch):
    monkeypatch.setattr(registry, "_finders", {})
    spec = replace(registry.get("digits"), name="found-1", title="Found")
    registry.register_finder("found-", lambda name: spec if name == "found-1" else None)
    assert registry.TITLES["found-1"] == "Found" and "found-1" not in list(registry.TITLES)
    assert "found-2" not in registry.TITLES
    with pytest.raises(KeyError):
        registry.get("found-2")


# ---- the small digits


def test_pictures_stand_upright_with_a_margin():
    digits = registry.load("digits").train
    images = digits.images.reshape(-1, 28, 28)
    assert not images[:, :2].any() and not images[:, 26:].any() and not images[:, :, :4].any()
    one, seven = (images[digits.labels == n].mean(0) for n in (1, 7))
    assert one.sum(0).argmax() in range(12, 17)  # a vertical stroke in the middle
    assert seven[:12].sum() > seven[16:].sum()  # its bar is at the top


def test_the_test_pictures_alone_are_those_of_the_whole():
    split, whole = registry.load_test("digits"), registry.load("digits").test
    assert np.array_equal(split.images, whole.images) and np.array_equal(split.labels, whole.labels)


@pytest.mark.parametrize("name", registry.TITLES)
def test_every_dataset_has_ten_class_names(name):
    assert len(set(registry.get(name).class_names)) == 10


# ---- IDX files


def packed(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.astype(np.uint8).tobytes()


def pictures(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    return dice.integers(0, 256, (count, 28, 28), np.uint8), dice.integers(0, 10, count, np.uint8)


def whole_dataset() -> dict[str, bytes]:
    (train, train_labels), (test, test_labels) = pictures(5), pictures(3, seed=1)
    return dict(zip(FILES, map(packed, (train, train_labels, test, test_labels)), strict=True))


def put(folder: Path, files: dict[str, bytes], name: str = "kmnist") -> Path:
    raw = folder / FOLDERS[name] / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (raw / file).write_bytes(content)
    return raw


WHOLE = packed(pictures(4)[0])


@pytest.mark.parametrize("content", [WHOLE, gzip.compress(WHOLE)], ids=["plain", "gzipped"])
def test_an_idx_file_gives_its_array(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    contents = idx.read(tmp_path / "a")
    assert contents.array.dtype == np.uint8 and np.array_equal(contents.array, pictures(4)[0])
    assert contents.sha256 == hashlib.sha256(WHOLE).hexdigest()
    assert contents.md5 == (hashlib.md5(content).hexdigest() if content != WHOLE else "")
    assert idx.shape_of(tmp_path / "a") == (4, 28, 28)


LIES = WHOLE[:4] + b"\xff\xff\xff\xff" + WHOLE[8:]
DAMAGED = {
    "empty": b"", "3 bytes": WHOLE[:3], "half a header": WHOLE[:10], "header alone": WHOLE[:16],
    "one byte less": WHOLE[:-1], "one byte more": WHOLE + b"\0", "another type": b"\0\0\x09" + WHOLE[3:],
    "a picture": b"\x89PNG" + WHOLE[4:], "255 dimensions": b"\0\0\x08\xff" + WHOLE[4:],
    "no dimensions": b"\0\0\x08\0" + WHOLE[4:], "4 dimensions": b"\0\0\x08\x04" + WHOLE[4:],
    "a web page": b"<html>404</html>", "4 thousand million pictures": LIES,
    "packed, less": gzip.compress(WHOLE[:-1]), "packed, more": gzip.compress(WHOLE + bytes(10_000)),
    "packed, a lie": gzip.compress(LIES), "half a package": gzip.compress(WHOLE)[:900],
    "a broken package": gzip.compress(WHOLE)[:50] + b"?" * 50, "an empty package": gzip.compress(b""),
    "a package in a package": gzip.compress(gzip.compress(WHOLE)),
}  # fmt: skip


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("file", [FILES[0], FILES[3]])
def test_a_damaged_file_is_named_before_anything_is_trained_or_fetched(tmp_path, monkeypatch, file, content):
    monkeypatch.setattr(download.Download, "fetch", lambda *_: pytest.fail("asked the network"))
    raw = put(tmp_path, whole_dataset() | {file: content})
    assert not registry.is_here("kmnist", tmp_path)
    for refused in (registry.load, registry.fetch):
        with pytest.raises(DataError, match=file) as refusal:
            refused("kmnist", tmp_path)
        assert_one_sentence(refusal.value)
        assert str(tmp_path) not in str(refusal.value) and "KMNIST/raw/" in str(refusal.value)
        assert str(refusal.value) == registry.trouble("kmnist", tmp_path) == registry.obstacle("kmnist", tmp_path)
    (raw / file).write_bytes(whole_dataset()[file])  # the page need not be started anew
    assert registry.is_here("kmnist", tmp_path) and registry.trouble("kmnist", tmp_path) == ""


WRONG = {
    "labels above 9": ({FILES[1]: packed(np.array([1, 2, 3, 47, 5]))}, "label 47"),
    "test labels above 9": ({FILES[3]: packed(np.array([1, 10, 3]))}, "label 10"),
    "no pictures": ({FILES[0]: packed(np.zeros((0, 28, 28))), FILES[1]: packed(np.zeros(0))}, "no pictures"),
    "no test pictures": ({FILES[2]: packed(np.zeros((0, 28, 28))), FILES[3]: packed(np.zeros(0))}, "no pictures"),
    "no labels": ({FILES[1]: packed(np.zeros(0))}, "no labels"),
    "four labels for five pictures": ({FILES[1]: packed(pictures(4)[1])}, "5 pictures, 4 labels"),
    "small pictures": ({FILES[0]: packed(np.zeros((5, 14, 14)))}, "14 x 14"),
    "as many pixels": ({FILES[0]: packed(np.ones((5, 14, 56)))}, "14 x 56"),
    "rows of pixels": ({FILES[0]: packed(np.ones((5, 784)))}, "no pictures"),
    "labels for pictures": ({FILES[0]: packed(pictures(5)[1])}, "no pictures"),
    "pictures for labels": ({FILES[1]: packed(pictures(5)[0])}, "instead of labels"),
    "labels in pairs": ({FILES[1]: packed(np.zeros((5, 2)))}, "instead of labels"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=WRONG)
def test_files_that_cannot_be_trained_on_are_refused_by_what_is_wrong(tmp_path, wrong):
    files, words = WRONG[wrong]
    put(tmp_path, whole_dataset() | files)
    assert not registry.is_here("kmnist", tmp_path)
    for refused in (registry.load, registry.load_test, registry.fetch):
        with pytest.raises(DataError, match=words) as refusal:
            refused("kmnist", tmp_path)
        assert_one_sentence(refusal.value)
        assert next(iter(files)) in str(refusal.value)


@pytest.mark.parametrize("grey", [0, 200])
def test_empty_pictures_are_refused(tmp_path, grey):
    put(tmp_path, whole_dataset() | {FILES[2]: packed(np.full((3, 28, 28), grey))})
    with pytest.raises(DataError, match=f"{FILES[2]} has nothing on its pictures") as refusal:
        registry.load("kmnist", tmp_path)
    assert_one_sentence(refusal.value)


def test_a_file_that_may_not_be_read_is_one_sentence(tmp_path, monkeypatch):
    put(tmp_path, whole_dataset())
    assert registry.is_here("kmnist", tmp_path)

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(idx, "read", refuse)
    with pytest.raises(DataError, match="Permission denied") as refusal:
        registry.load("kmnist", tmp_path)
    assert_one_sentence(refusal.value)


# ---- where the files are


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


# ---- what is not here


@pytest.fixture
def asked(monkeypatch) -> list[tuple]:
    """What downloads would be asked for."""
    calls: list[tuple] = []
    monkeypatch.setattr(download.Download, "fetch", lambda self, *wanted: calls.append((self, *wanted)))
    return calls


@pytest.mark.parametrize("name", FOLDERS)
def test_download_asks_for_the_four_files_from_several_servers(name, tmp_path, asked):
    registry.fetch(name, tmp_path)
    ((there, resources, known),) = asked
    assert [file.removesuffix(".gz") for file, _ in resources] == list(FILES)
    assert all(len(md5) == 32 for _, md5 in resources) and all(len(sha256) == 64 for sha256 in known.values())
    assert len(there.mirrors) >= 2 and all(m.startswith("http") and m.endswith("/") for m in there.mirrors)
    assert there.folder == tmp_path / FOLDERS[name] / "raw"


@pytest.mark.parametrize("name", FOLDERS)
def test_sums_and_servers_are_torchvisions(name):
    """Read from its source, since importing it takes seconds."""
    spec = importlib.util.find_spec("torchvision")
    if spec is None:
        pytest.skip("no torchvision")
    source = (Path(spec.submodule_search_locations[0]) / "datasets" / "mnist.py").read_text(encoding="utf-8")
    theirs = source.split(f"class {FOLDERS[name]}(")[1].split("\nclass ")[0]
    for file, md5 in zip(FILES, mnist_published.MD5[name], strict=True):
        assert f'("{file}.gz", "{md5}")' in theirs
    mirrors = re.findall(r'"(https?://[^"]*/)"', theirs)
    assert mirrors and set(mirrors) <= set(mnist_published.MIRRORS[name])


def test_only_what_is_missing_is_downloaded(tmp_path, asked):
    put(tmp_path, {file: content for file, content in whole_dataset().items() if file != FILES[2]})
    registry.fetch("kmnist", tmp_path)
    ((_, resources, _),) = asked
    assert resources == [(f"{FILES[2]}.gz", mnist_published.MD5["kmnist"][2])]


def test_what_is_here_is_not_downloaded_again(tmp_path, asked):
    put(tmp_path, whole_dataset())
    registry.fetch("kmnist", tmp_path)
    registry.fetch("digits", tmp_path)
    assert asked == [] and os.listdir(tmp_path) == [FOLDERS["kmnist"]]


def test_without_a_network_one_sentence_says_where_to_put_which_files(tmp_path, monkeypatch):
    put(tmp_path, {FILES[0]: whole_dataset()[FILES[0]]})

    def nowhere(*_):
        raise download.Unavailable("KMNIST could not be downloaded: none of 2 servers gave x (check the network).")

    monkeypatch.setattr(download.Download, "fetch", nowhere)
    with pytest.raises(DataError) as refusal:
        registry.fetch("kmnist", tmp_path)
    assert_one_sentence(refusal.value)
    assert all(file in str(refusal.value) for file in FILES[1:]) and FILES[0] not in str(refusal.value)
    assert str(tmp_path / "KMNIST" / "raw") in str(refusal.value)
    monkeypatch.setenv("VAE_HOSTED", "1")
    with pytest.raises(DataError, match="KMNIST/raw in the data folder") as refusal:
        registry.fetch("kmnist", tmp_path)
    assert str(tmp_path) not in str(refusal.value)


@pytest.mark.parametrize("word", ["0", "1", ""])
def test_downloading_can_be_forbidden(tmp_path, monkeypatch, asked, word):
    monkeypatch.setenv("VAE_DOWNLOAD", word)
    if word != "0":
        registry.fetch("kmnist", tmp_path)
        assert len(asked) == 1 and registry.obstacle("kmnist", tmp_path) == ""
        return
    with pytest.raises(DataError, match="VAE_DOWNLOAD=0") as refusal:
        registry.fetch("kmnist", tmp_path)
    assert_one_sentence(refusal.value)
    assert asked == [] and registry.obstacle("kmnist", tmp_path) == str(refusal.value)
    with pytest.raises(DataError, match="not here"):
        registry.load("kmnist", tmp_path)
    put(tmp_path, whole_dataset())
    registry.fetch("kmnist", tmp_path)
    assert registry.obstacle("kmnist", tmp_path) == registry.obstacle("digits", tmp_path) == ""


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
