"""What may be wrong with an IDX file: named in one sentence before anything is trained or fetched."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest
from core_helpers import assert_one_sentence
from idx_made import packed, pictures, put, whole_dataset

from vae_core.datasets import download, idx, registry
from vae_core.datasets.mnist_published import FILES
from vae_core.datasets.spec import DataError

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
