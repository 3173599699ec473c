"""Downloads from servers that are gone, lie, break off, stall or drip: by the clock, and nothing is fetched twice."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import random
import socket
import struct
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from core_helpers import assert_one_sentence, files_in

from vae_core.datasets import download
from vae_core.datasets.download import (
    CHECKSUMS,
    LOCK,
    Download,
    Patience,
    Progress,
    Unavailable,
    _Pace,
    _Refused,
    _TooSlow,
)
from vae_core.datasets.spec import DataError
from vae_core.runs import files

QUICK = Patience(look=0.01, settle=0.3)
BRISK = replace(QUICK, silence=0.2)  # where a server is silent


class Stop(Exception):
    """What a visitor's request raises."""


class Server(http.server.ThreadingHTTPServer):
    """``answers["/path"]``: bytes that are sent whole, or a function that is given the request's handler."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, object] = {}
        self.asked: list[tuple[str, str | None]] = []  # path, and the range that was asked for
        self.over = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def mirror(self, name: str) -> str:
        return f"{self.url}/{name}/"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def handle_error(self, *_) -> None:
        pass  # who asked has left


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Range")))
        answer = self.server.answers.get(self.path)
        if answer is None:
            self.head(404, 8)
            self.wfile.write(b"not here")
        elif callable(answer):
            answer(self)
        else:
            self.head(200, len(answer))
            self.wfile.write(answer)

    def head(self, status: int, length: int | None = None, **more: str) -> None:
        self.send_response(status)
        for name, value in {**({} if length is None else {"Content-Length": length}), **more}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    web = Server()
    thread = threading.Thread(target=web.serve_forever, args=(0.01,))
    thread.start()
    yield web
    web.over.set()
    web.shutdown()
    thread.join()
    web.server_close()


def published(files: dict[str, bytes]) -> tuple[dict[str, bytes], list[tuple[str, str]]]:
    """The files as servers have them, and their names and MD5 sums."""
    packed = {f"{name}.gz": gzip.compress(content) for name, content in files.items()}
    return packed, [(name, hashlib.md5(content).hexdigest()) for name, content in packed.items()]


def fetch(folder: Path, mirrors: list[str], resources: list[tuple[str, str]], patience=QUICK, known=None, tell=None):
    """Returns all that was told."""
    told: list[Progress] = []

    def hear(progress: Progress) -> None:
        told.append(progress)
        if tell:
            tell(progress)

    Download("KMNIST", mirrors, folder, hear, patience).fetch(resources, known or {})
    return told


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


FOUR = {name: name.encode() * 1000 for name in ("one", "two", "three", "four")}
BIG = random.Random(0).randbytes(60_000)
ONE, BIG_RESOURCE = published({"one": BIG})
PACKED = ONE["one.gz"]


def stalling(after: int):
    """Sends so many bytes, then nothing more."""

    def answer(handler: Handler) -> None:
        handler.head(200, len(PACKED))
        handler.wfile.write(PACKED[:after])
        handler.wfile.flush()
        handler.server.over.wait(20)

    return answer


def dripping(piece: int, every: float):
    def answer(handler: Handler) -> None:
        handler.head(200, len(PACKED))
        for start in range(0, len(PACKED), piece):
            handler.wfile.write(PACKED[start : start + piece])
            handler.wfile.flush()
            if handler.server.over.wait(every):
                return

    return answer


def cut(handler: Handler) -> None:
    handler.head(200, len(PACKED))
    handler.wfile.write(PACKED[: len(PACKED) // 2])


def resuming(handler: Handler) -> None:
    """Knows ranges."""
    start = int((handler.headers.get("Range") or "bytes=0-")[6:-1])
    if start >= len(PACKED):
        handler.head(416, 0)
        return
    rest = PACKED[start:]
    handler.head(206 if start else 200, len(rest), Content_Range=f"bytes {start}-{len(PACKED) - 1}/{len(PACKED)}")
    handler.wfile.write(rest)


def silent(handler: Handler) -> None:
    handler.server.over.wait(20)


def endless(handler: Handler) -> None:
    handler.head(200)
    while not handler.server.over.is_set():
        handler.wfile.write(b"x" * 65536)


def garbage(handler: Handler) -> None:
    handler.wfile.write(b"\0\1\2 what?\r\n\r\n")


def with_length(length: object):
    def answer(handler: Handler) -> None:
        handler.head(200, length)
        handler.wfile.write(PACKED)

    return answer


def test_the_first_server_with_the_right_bytes_is_used(server, tmp_path):
    packed, resources = published(FOUR)
    for name, content in packed.items():  # /gone/ has nothing
        server.answers |= {f"/wrong/{name}": content + b"x", f"/right/{name}": content, f"/never/{name}": content}
    mirrors = [server.mirror(name) for name in ("gone", "wrong", "right", "never")]
    told = fetch(tmp_path / "raw", mirrors, resources)
    assert {name: (tmp_path / "raw" / name).read_bytes() for name in FOUR} == FOUR
    assert files_in(tmp_path / "raw") - {LOCK} == {*FOUR, CHECKSUMS}
    assert not any(path.startswith("/never") for path in server.paths())
    assert told[0] == Progress(1, 4, 1, 4)
    assert {(progress.file, progress.files) for progress in told} == {(n, 4) for n in (1, 2, 3, 4)}
    assert all(0 <= progress.got <= progress.total for progress in told if progress.total)


BAD = {
    "gone": None, "forbidden": lambda handler: handler.head(403, 0), "wrong bytes": b"x" * len(PACKED),
    "a web page": b"<html>Please log in</html>", "cut": cut, "garbage": garbage, "silent": silent,
    "promises more": with_length(10**12), "promises nonsense": with_length("many"), "stalls": stalling(5000),
    "nobody": "", "no address": "nonsense",
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_server_is_passed_over_and_leaves_no_half_file(server, tmp_path, kind):
    addresses = {"nobody": f"http://127.0.0.1:{closed_port()}/", "no address": "nonsense"}
    bad = addresses.get(kind, server.mirror("bad"))
    server.answers["/bad/one.gz"] = BAD[kind] if kind not in addresses else None
    server.answers["/good/one.gz"] = PACKED
    patience = BRISK if kind in ("silent", "stalls") else QUICK
    told = fetch(tmp_path, [bad, server.mirror("good")], BIG_RESOURCE, patience)
    assert (tmp_path / "one").read_bytes() == BIG
    assert files_in(tmp_path) - {LOCK} == {"one", CHECKSUMS}
    if kind != "promises more":  # which is whole, as its sum says
        assert told[-1].server == 2 and "server 2 of 2" in told[-1].sentence("KMNIST")


@pytest.mark.parametrize("kind", ["gone", "forbidden", "wrong bytes", "a web page", "garbage", "silent", "no address"])
def test_if_no_server_has_it_one_sentence_says_so_and_nothing_is_left(server, tmp_path, kind):
    server.answers["/bad/one.gz"] = BAD[kind]
    bad = "nonsense" if kind == "no address" else server.mirror("bad")
    with pytest.raises(Unavailable, match=r"KMNIST .* 2 servers gave one\.gz") as refusal:
        fetch(tmp_path, [bad, bad], BIG_RESOURCE, BRISK)
    assert_one_sentence(refusal.value)
    assert files_in(tmp_path) - {LOCK} == set()


def test_a_server_without_an_end_is_left(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "MOST", 1_000_000)
    server.answers = {"/bad/one.gz": endless, "/good/one.gz": PACKED}
    fetch(tmp_path, [server.mirror("bad"), server.mirror("good")], BIG_RESOURCE)
    assert (tmp_path / "one").read_bytes() == BIG


def test_a_server_that_does_not_say_how_much_is_good_enough(server, tmp_path):
    def answer(handler: Handler) -> None:
        handler.head(200)
        handler.wfile.write(PACKED)

    server.answers["/one.gz"] = answer
    told = fetch(tmp_path, [server.url + "/"], BIG_RESOURCE)
    assert (tmp_path / "one").read_bytes() == BIG
    assert {progress.total for progress in told} == {0}


# ---- slow servers


def test_a_dripping_server_is_left_for_a_faster_one(server, tmp_path):
    server.answers = {"/slow/one.gz": dripping(15, 0.01), "/fast/one.gz": PACKED}  # 1,500 bytes a second
    told = fetch(tmp_path, [server.mirror("slow"), server.mirror("fast")], BIG_RESOURCE)
    assert (tmp_path / "one").read_bytes() == BIG
    assert {progress.server for progress in told} == {1, 2}
    assert any(0 < progress.got < len(PACKED) for progress in told if progress.server == 1)  # each drop was told


def test_a_slow_server_is_gone_back_to_if_no_other_has_it(server, tmp_path):
    slow = dripping(len(PACKED) // 30, 0.01)
    patience = replace(QUICK, settle=0.1, floor=1e9)  # nobody is fast enough
    server.answers = {"/slow/one.gz": slow}
    fetch(tmp_path, [server.mirror("slow"), server.mirror("gone")], BIG_RESOURCE, patience)
    assert (tmp_path / "one").read_bytes() == BIG
    assert server.paths() == ["/slow/one.gz", "/gone/one.gz", "/slow/one.gz"]


def test_a_hopeless_server_is_not_waited_for_forever(server, tmp_path):
    server.answers = {"/slow/one.gz": dripping(1, 0.01)}
    with pytest.raises(Unavailable, match="too slow"):
        fetch(tmp_path, [server.mirror("slow")], BIG_RESOURCE, replace(QUICK, settle=0.05, longest=10.0))


@pytest.mark.parametrize("kind", ["silent", "drips", "stalls"])
def test_whoever_waits_is_asked_again_and_again_and_can_stop(server, tmp_path, kind):
    """However the server behaves, and however patient one is with it."""
    server.answers["/one.gz"] = {"silent": silent, "drips": dripping(15, 0.01), "stalls": stalling(1000)}[kind]
    calls = 0

    def stop_at_the_twentieth(progress: Progress) -> None:
        nonlocal calls
        calls += 1
        if calls == 20:
            raise Stop

    began = time.monotonic()
    with pytest.raises(Stop):
        fetch(tmp_path, [server.url + "/"], BIG_RESOURCE, Patience(look=0.01), tell=stop_at_the_twentieth)
    assert time.monotonic() - began < Patience.silence  # it was not the server's silence that ended it
    assert calls == 20


def test_a_visitors_pause_is_not_the_servers_fault():
    pace = _Pace(heard=0.0, got=0)
    pace.pause(1000.0)
    pace.check(1000.1, 0, 0, QUICK, patient=False)
    with pytest.raises(_TooSlow):
        pace.check(1001.0, 100, 0, QUICK, patient=False)


def test_silence_ends_a_servers_turn():
    for got, patient, error in ((0, False, _Refused), (9, False, _TooSlow), (9, True, _Refused)):
        pace = _Pace(heard=0.0, got=0)
        pace.check(0.1, got, 0, BRISK, patient)
        with pytest.raises(error):
            pace.check(4.1 * BRISK.silence, got, 0, BRISK, patient)


def test_how_far_it_is_is_said_in_plain_words():
    here = Progress(2, 4, 1, 3)
    assert here.sentence("MNIST") == "Looking for MNIST on the network…"
    assert replace(here, server=2).sentence("MNIST") == "Looking for MNIST: trying another server (2 of 3)…"
    moving = replace(here, got=1_200_000, total=9_900_000)
    assert moving.sentence("MNIST") == "Downloading MNIST, file 2 of 4: 1.2 of 9.9 MB…"
    assert replace(moving, server=3, total=0).sentence("MNIST") == (
        "Downloading MNIST, file 2 of 4: 1.2 MB (server 3 of 3)…"
    )


# ---- going on


def test_what_fits_its_sum_is_not_fetched_again(server, tmp_path):
    packed, resources = published(FOUR)
    server.answers = {f"/{name}": packed[name] for name in ("one.gz", "two.gz")}
    with pytest.raises(DataError, match=r"three\.gz"):
        fetch(tmp_path, [server.url + "/"], resources)
    assert files_in(tmp_path) - {LOCK} == {"one", "two", CHECKSUMS}
    assert set(files.read_json(tmp_path / CHECKSUMS)) == {"one", "two"}  # written as it goes
    server.answers = {f"/{name}": content for name, content in packed.items()}
    server.asked.clear()
    fetch(tmp_path, [server.url + "/"], resources)
    assert server.paths() == ["/three.gz", "/four.gz"]
    assert {name: (tmp_path / name).read_bytes() for name in FOUR} == FOUR


def test_a_file_that_does_not_fit_its_sum_is_fetched_again(server, tmp_path):
    server.answers["/one.gz"] = PACKED
    for known in ({"one": hashlib.sha256(BIG).hexdigest()}, {}):
        (tmp_path / "one").write_bytes(BIG[:-1] + b"?")
        fetch(tmp_path, [server.url + "/"], BIG_RESOURCE, known=known)
        assert (tmp_path / "one").read_bytes() == BIG


def test_a_file_that_was_put_there_and_fits_a_published_sum_stays(server, tmp_path):
    (tmp_path / "one").write_bytes(BIG)
    fetch(tmp_path, [server.url + "/"], BIG_RESOURCE, known={"one": hashlib.sha256(BIG).hexdigest()})
    assert server.asked == []


def test_a_download_that_broke_off_goes_on_where_it_was(server, tmp_path):
    server.answers = {"/cut/one.gz": cut, "/good/one.gz": resuming}
    fetch(tmp_path, [server.mirror("cut"), server.mirror("good")], BIG_RESOURCE)
    assert server.asked == [("/cut/one.gz", None), ("/good/one.gz", f"bytes={len(PACKED) // 2}-")]
    assert (tmp_path / "one").read_bytes() == BIG


def test_the_next_attempt_goes_on_where_a_stopped_one_was(server, tmp_path):
    server.answers["/one.gz"] = stalling(5000)

    def stop_when_some_came(progress: Progress) -> None:
        if progress.got == 5000:
            raise Stop

    with pytest.raises(Stop):
        fetch(tmp_path, [server.url + "/"], BIG_RESOURCE, tell=stop_when_some_came)
    server.answers["/one.gz"] = resuming
    told = fetch(tmp_path, [server.url + "/"], BIG_RESOURCE)
    assert server.asked[-1] == ("/one.gz", "bytes=5000-")
    assert (tmp_path / "one").read_bytes() == BIG
    assert {progress.total for progress in told} == {0, len(PACKED)}  # of the whole, not of the rest
    assert files_in(tmp_path) - {LOCK} == {"one", CHECKSUMS}


@pytest.mark.parametrize("left", [b"rubbish", PACKED + b"more", b"x" * len(PACKED)], ids=["wrong", "longer", "as long"])
def test_a_beginning_that_is_wrong_is_thrown_away(server, tmp_path, left):
    (tmp_path / "one.gz.partial").write_bytes(left)
    server.answers["/one.gz"] = resuming
    fetch(tmp_path, [server.url + "/"], BIG_RESOURCE)
    assert (tmp_path / "one").read_bytes() == BIG


def test_what_is_whole_but_not_unpacked_is_not_asked_for(server, tmp_path):
    (tmp_path / "one.gz.partial").write_bytes(PACKED)  # killed in between
    server.answers["/one.gz"] = resuming
    fetch(tmp_path, [server.url + "/"], BIG_RESOURCE)
    assert server.asked == [] and (tmp_path / "one").read_bytes() == BIG
    assert files_in(tmp_path) - {LOCK} == {"one", CHECKSUMS}


def test_a_login_page_costs_nothing_of_what_came_before(server, tmp_path):
    (tmp_path / "one.gz.partial").write_bytes(PACKED[:5000])
    server.answers["/one.gz"] = BAD["a web page"]
    with pytest.raises(Unavailable):
        fetch(tmp_path, [server.url + "/"], BIG_RESOURCE)
    assert (tmp_path / "one.gz.partial").read_bytes() == PACKED[:5000]
    server.answers["/one.gz"] = resuming
    fetch(tmp_path, [server.url + "/"], BIG_RESOURCE)
    assert server.asked[-1] == ("/one.gz", "bytes=5000-") and (tmp_path / "one").read_bytes() == BIG


def test_a_server_that_knows_no_ranges_sends_all_of_it_again(server, tmp_path):
    (tmp_path / "one.gz.partial").write_bytes(PACKED[:5000])
    server.answers["/one.gz"] = PACKED
    fetch(tmp_path, [server.url + "/"], BIG_RESOURCE)
    assert len(server.asked) == 1 and (tmp_path / "one").read_bytes() == BIG


@pytest.mark.parametrize("after", [5000, len(PACKED)])
def test_a_connection_that_is_torn_down_goes_on_as_one_that_ends_early(server, tmp_path, after):
    """Torn down (RST), which is an error to whoever reads, once so much has arrived."""
    arrived = threading.Event()

    def torn(handler: Handler) -> None:
        server.answers["/one.gz"] = resuming
        handler.head(200, len(PACKED) + 1)
        handler.wfile.write(PACKED[:after])
        assert arrived.wait(20)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        for end in (handler.rfile, handler.wfile, handler.connection):
            end.close()

    def tell(progress: Progress) -> None:
        if progress.got == after:
            arrived.set()

    server.answers["/one.gz"] = torn
    fetch(tmp_path, [server.url + "/"], BIG_RESOURCE, tell=tell)
    assert server.asked[1:] == ([("/one.gz", "bytes=5000-")] if after == 5000 else [])
    assert (tmp_path / "one").read_bytes() == BIG


def test_two_that_want_the_same_fetch_it_once(server, tmp_path):
    server.answers["/one.gz"] = dripping(len(PACKED) // 20, 0.01)
    waited: list[Progress] = []

    def second() -> None:
        waited.extend(fetch(tmp_path, [server.url + "/"], BIG_RESOURCE))

    other = threading.Thread(target=second)

    def begin_another(progress: Progress) -> None:
        if progress.got and not other.ident:
            other.start()

    fetch(tmp_path, [server.url + "/"], BIG_RESOURCE, tell=begin_another)
    other.join()
    assert server.paths() == ["/one.gz"]
    assert waited and all(progress.waiting for progress in waited)
    assert "waiting" in waited[0].sentence("KMNIST")


# ---- the disk


def test_a_folder_that_cannot_be_written_is_one_sentence(server, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="cannot be stored") as refusal:
        fetch(tmp_path / "file" / "raw", [server.url + "/"], BIG_RESOURCE)
    assert_one_sentence(refusal.value)
