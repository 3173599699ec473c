"""What of MNIST and its siblings is not here: which files are asked of which servers, and what is said offline."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path

import pytest
from core_helpers import assert_one_sentence
from idx_made import put, whole_dataset

from vae_core.datasets import download, mnist_published, registry
from vae_core.datasets.mnist_published import FILES, FOLDERS
from vae_core.datasets.spec import DataError


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
