"""The pictures: embedded digits, IDX files that may be damaged, and downloads from servers that may lie."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import os
import socket
import threading
from pathlib import Path

import numpy as np
import pytest
from core_helpers import assert_one_sentence, files_in

from vae_core import data
from vae_core.config import DATASETS
from vae_core.data import FILES, FOLDERS, DataError

# ---- the embedded digits


def test_the_embedded_digits_are_mnist_in_small():
    digits = data.load("digits")
    for split in (digits.train, digits.test):
        assert split.images.dtype == split.labels.dtype == np.uint8
        assert split.images.shape == (len(split.labels), 784)
        assert split.images.min() == 0 and split.images.max() == 255  # the whole range is used
        assert set(split.labels) == set(range(10))
    assert len(digits.train.labels) == 1438 and len(digits.test.labels) == 359


def test_no_test_picture_was_trained_on():
    digits = data.load("digits")
    train, test = ({image.tobytes() for image in split.images} for split in (digits.train, digits.test))
    assert len(train) == 1438 and len(test) == 359
    assert not train & test


def test_labels_belong_to_their_pictures():
    """The nearest training picture has the same label for 98 of 100: shuffled labels would give 10."""
    digits = data.load("digits")
    train, test = (split.images.astype(np.float32) for split in (digits.train, digits.test))
    distance = (train**2).sum(1) - 2 * test @ train.T
    assert (digits.train.labels[distance.argmin(1)] == digits.test.labels).mean() > 0.95


def test_pictures_stand_upright_with_a_margin():
    digits = data.load("digits").train
    images = digits.images.reshape(-1, 28, 28)
    assert not images[:, :2].any() and not images[:, 26:].any() and not images[:, :, :4].any()
    one, seven = (images[digits.labels == n].mean(0) for n in (1, 7))
    assert one.sum(0).argmax() in range(12, 17)  # a vertical stroke in the middle
    assert seven[:12].sum() > seven[16:].sum()  # its bar is at the top


def test_the_test_pictures_alone_are_those_of_the_whole():
    split, whole = data.load_test("digits"), data.load("digits").test
    assert np.array_equal(split.images, whole.images) and np.array_equal(split.labels, whole.labels)


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_has_ten_class_names(name):
    assert len(set(data.CLASS_NAMES[name])) == 10


# ---- IDX files


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.astype(np.uint8).tobytes()


def pictures(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    return dice.integers(0, 256, (count, 28, 28), np.uint8), dice.integers(0, 10, count, np.uint8)


def whole_dataset() -> dict[str, bytes]:
    (train, train_labels), (test, test_labels) = pictures(5), pictures(3, seed=1)
    return dict(zip(FILES, map(idx, (train, train_labels, test, test_labels)), strict=True))


def put(folder: Path, files: dict[str, bytes], name: str = "kmnist") -> Path:
    raw = folder / FOLDERS[name] / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (raw / file).write_bytes(content)
    return raw


def test_an_idx_file_gives_its_array(tmp_path):
    array = pictures(4)[0]
    (tmp_path / "a").write_bytes(idx(array))
    read = data.read_idx(tmp_path / "a", hashlib.sha256(idx(array)).hexdigest())
    assert read.dtype == np.uint8 and np.array_equal(read, array)


WHOLE = idx(pictures(4)[0])


@pytest.mark.parametrize(
    "content",
    [b"", WHOLE[:3], WHOLE[:10], WHOLE[:16], WHOLE[:-1], WHOLE + b"\0", b"\0\0\x09" + WHOLE[3:], b"\x89PNG" + WHOLE[4:],
     b"\0\0\x08\xff" + WHOLE[4:], b"<html>404</html>", gzip.compress(WHOLE)],
    ids=["empty", "3 bytes", "half a header", "header alone", "one byte less", "one byte more", "another type",
         "a picture", "255 dimensions", "a web page", "still packed"],
)  # fmt: skip
def test_a_damaged_idx_file_is_named(tmp_path, content):
    (tmp_path / "digits-idx3-ubyte").write_bytes(content)
    with pytest.raises(DataError, match="digits-idx3-ubyte") as refusal:
        data.read_idx(tmp_path / "digits-idx3-ubyte")
    assert "\n" not in str(refusal.value)


def test_a_file_with_other_contents_is_named(tmp_path):
    (tmp_path / "digits-idx3-ubyte").write_bytes(WHOLE)
    with pytest.raises(DataError, match="digits-idx3-ubyte"):
        data.read_idx(tmp_path / "digits-idx3-ubyte", hashlib.sha256(WHOLE + b"\0").hexdigest())


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match="digits-idx3-ubyte") as refusal:
        data.read_idx(tmp_path / "digits-idx3-ubyte")
    assert_one_sentence(refusal.value)


def test_a_dataset_is_read_from_torchvisions_folders(tmp_path):
    assert not data.is_here("kmnist", tmp_path)
    put(tmp_path, whole_dataset())
    assert data.is_here("kmnist", tmp_path) and not data.is_here("mnist", tmp_path)
    loaded = data.load("kmnist", tmp_path)
    for split, (images, labels) in ((loaded.train, pictures(5)), (loaded.test, pictures(3, seed=1))):
        assert np.array_equal(split.images, images.reshape(-1, 784)) and np.array_equal(split.labels, labels)
    assert np.array_equal(data.load_test("kmnist", tmp_path).images, loaded.test.images)


@pytest.mark.parametrize(
    "wrong",
    [{FILES[1]: idx(pictures(4)[1])}, {FILES[0]: idx(np.zeros((5, 14, 14)))}, {FILES[1]: idx(np.zeros((5, 2)))}],
    ids=["four labels for five pictures", "small pictures", "labels in pairs"],
)
def test_files_that_do_not_belong_together_are_refused(tmp_path, wrong):
    put(tmp_path, whole_dataset() | wrong)
    with pytest.raises(DataError) as refusal:
        data.load("kmnist", tmp_path)
    assert_one_sentence(refusal.value)


def test_mnist_is_held_against_the_published_sums(tmp_path):
    put(tmp_path, whole_dataset(), "mnist")  # whole IDX files, but not MNIST's
    with pytest.raises(DataError, match=FILES[0]):
        data.load("mnist", tmp_path)


def test_the_folder_of_datasets_follows_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_DATA_DIR", str(tmp_path))
    put(tmp_path, whole_dataset())
    assert data.data_dir() == tmp_path
    assert len(data.load("kmnist").train.labels) == 5


@pytest.mark.skipif(not data.is_here("mnist"), reason="no MNIST in VAE_DATA_DIR")
def test_the_real_mnist():
    mnist = data.load("mnist")
    for split, count in ((mnist.train, 60_000), (mnist.test, 10_000)):
        assert split.images.shape == (count, 784) and split.images.dtype == np.uint8
        assert split.labels.shape == (count,) and set(split.labels) == set(range(10))
    assert mnist.train.images.mean() / 255 == pytest.approx(0.1307, abs=1e-4)  # as everybody normalises it


# ---- downloads


@pytest.fixture
def server(monkeypatch):
    """A web server of this test: set ``server.answers["/path"]`` to (status, body, promised length)."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            status, body, length = self.server.answers.get(self.path, (404, b"not here", 8))
            if status == "garbage":
                self.wfile.write(body)
                return
            self.send_response(status)
            if length is not None:
                self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    web.answers, web.asked, web.url = {}, [], f"http://127.0.0.1:{web.server_port}"
    thread = threading.Thread(target=web.serve_forever, args=(0.01,))
    thread.start()
    yield web
    web.shutdown()
    thread.join()
    web.server_close()


def published(files: dict[str, bytes]) -> tuple[dict[str, bytes], list[tuple[str, str]]]:
    """The files as servers have them, and their names and sums as torchvision lists them."""
    packed = {f"{name}.gz": gzip.compress(content) for name, content in files.items()}
    return packed, [(name, hashlib.md5(content).hexdigest()) for name, content in packed.items()]


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_the_first_server_with_the_right_bytes_is_used(server, tmp_path):
    packed, resources = published(whole_dataset())
    for name, content in packed.items():  # /gone/ has nothing
        server.answers[f"/wrong/{name}"] = (200, content + b"x", len(content) + 1)
        server.answers[f"/right/{name}"] = (200, content, len(content))
        server.answers[f"/never/{name}"] = (200, content, len(content))
    told = []
    raw = tmp_path / FOLDERS["kmnist"] / "raw"
    mirrors = [f"{server.url}/{name}/" for name in ("gone", "wrong", "right", "never")]
    data.fetch_files("kmnist", mirrors, resources, raw, lambda *progress: told.append(progress))

    assert {file: (raw / file).read_bytes() for file in FILES} == whole_dataset()
    assert files_in(raw) == {*FILES, data.CHECKSUMS}
    assert len(data.load("kmnist", tmp_path).train.labels) == 5
    assert not any(path.startswith("/never") for path in server.asked)
    for content in packed.values():
        assert (len(content), len(content)) in told
    assert told[0] == (0, 0)  # the first server is asked
    assert all(0 < got <= total for got, total in told if total)


def test_what_was_downloaded_is_held_against_its_sum_ever_after(server, tmp_path):
    packed, resources = published(whole_dataset())
    server.answers = {f"/{name}": (200, content, len(content)) for name, content in packed.items()}
    raw = tmp_path / FOLDERS["kmnist"] / "raw"
    data.fetch_files("kmnist", [server.url + "/"], resources, raw)
    pixel = bytearray((raw / FILES[2]).read_bytes())
    pixel[-1] ^= 1
    (raw / FILES[2]).write_bytes(pixel)
    with pytest.raises(DataError, match=FILES[2]):
        data.load("kmnist", tmp_path)


BAD_SERVERS = ["gone", "forbidden", "wrong bytes", "cut", "garbage", "nobody", "no address"]


@pytest.mark.parametrize("kind", BAD_SERVERS)
def test_a_bad_server_is_passed_over_and_leaves_no_half_file(server, tmp_path, kind):
    packed, resources = published({"one": b"1" * 1000})
    body = packed["one.gz"]
    bad = {
        "forbidden": (403, b"", 0), "wrong bytes": (200, b"x" * len(body), len(body)),
        "cut": (200, body[:-5], len(body)), "garbage": ("garbage", b"\0\1\2 what?\r\n\r\n", None),
    }  # fmt: skip
    if kind in bad:
        server.answers["/bad/one.gz"] = bad[kind]
    address = {"nobody": f"http://127.0.0.1:{closed_port()}/", "no address": "nonsense"}.get(kind, f"{server.url}/bad/")
    with pytest.raises(DataError) as refusal:
        data.fetch_files("kmnist", [address, address], resources, tmp_path / "raw")
    assert_one_sentence(refusal.value)
    assert "KMNIST" in str(refusal.value) and "one.gz" in str(refusal.value)
    assert files_in(tmp_path) == set()

    server.answers["/good/one.gz"] = (200, body, len(body))
    data.fetch_files("kmnist", [address, f"{server.url}/good/"], resources, tmp_path / "raw")
    assert (tmp_path / "raw" / "one").read_bytes() == b"1" * 1000


def test_a_server_that_does_not_say_how_much_is_good_enough(server, tmp_path):
    packed, resources = published({"one": b"1" * 1000})
    server.answers["/one.gz"] = (200, packed["one.gz"], None)
    told = []
    data.fetch_files("kmnist", [server.url + "/"], resources, tmp_path, lambda *progress: told.append(progress))
    assert (tmp_path / "one").read_bytes() == b"1" * 1000
    assert told[-1] == (len(packed["one.gz"]), 0)


def test_files_that_came_before_a_failure_stay_whole(server, tmp_path):
    packed, resources = published({"one": b"1" * 1000, "two": b"2" * 1000})
    server.answers["/one.gz"] = (200, packed["one.gz"], len(packed["one.gz"]))
    with pytest.raises(DataError, match=r"two\.gz"):
        data.fetch_files("kmnist", [server.url + "/"], resources, tmp_path)
    assert files_in(tmp_path) == {"one"}
    assert (tmp_path / "one").read_bytes() == b"1" * 1000


def test_a_folder_that_cannot_be_written_is_one_sentence(server, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError) as refusal:
        data.fetch_files("kmnist", [server.url + "/"], [("one.gz", "0")], tmp_path / "file" / "raw")
    assert_one_sentence(refusal.value)


@pytest.mark.parametrize("name", FOLDERS)
def test_download_asks_for_the_four_files_from_several_servers(name, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(data, "fetch_files", lambda *arguments: asked.append(arguments))
    data.download(name, tmp_path)
    ((_, mirrors, resources, raw, _),) = asked
    assert [file.removesuffix(".gz") for file, _ in resources] == list(FILES)
    assert all(len(md5) == 32 for _, md5 in resources)
    assert len(mirrors) >= 2 and all(m.startswith("http") and m.endswith("/") for m in mirrors)
    assert raw == tmp_path / FOLDERS[name] / "raw"


def test_what_is_here_is_not_downloaded_again(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "fetch_files", lambda *_: pytest.fail("asked the network"))
    put(tmp_path, whole_dataset())
    data.download("kmnist", tmp_path)
    data.download("digits", tmp_path)
    assert os.listdir(tmp_path) == [FOLDERS["kmnist"]]
