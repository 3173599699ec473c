"""MNIST is fetched beside the pages: once, silently where there is no network, and then it is the default."""

import threading

import pytest

from tests.pages.test_pages import _here, check, show, words  # noqa: F401 (a fixture)
from ui.shell import prefetch, startup
from vae_core.datasets import download, registry
from vae_core.datasets.spec import DataError


@pytest.fixture
def fetched(monkeypatch):
    """Who called ``registry.fetch``; what it does is up to the test."""
    calls: list[str] = []
    go_on, progress = threading.Event(), download.Progress(file=1, files=4, server=1, servers=3, got=10, total=20)

    def fetch(name, folder, tell):
        calls.append(name)
        tell(progress)
        assert go_on.wait(30)
        if len(calls) == 1:
            raise DataError("No server answers.")

    monkeypatch.setattr(prefetch, "HEAD_START", 0.0)
    monkeypatch.setattr(registry, "fetch", fetch)
    monkeypatch.delenv("VAE_PREFETCH", raising=False)
    return calls, go_on


def test_it_is_tried_once_at_a_time_and_again_only_later(fetched, tmp_path, monkeypatch):
    calls, go_on = fetched
    one = prefetch.Prefetch(tmp_path)
    one.keep_going()
    one.keep_going()
    while not one.sentence:
        assert one._thread.is_alive()
    assert "Downloading MNIST" in one.sentence
    go_on.set()
    one._thread.join()
    assert calls == ["mnist"] and one.sentence == ""  # no network is no trouble
    one.keep_going()
    assert calls == ["mnist"]
    monkeypatch.setattr(prefetch.time, "monotonic", lambda: one._not_before + 1)
    one.keep_going()
    one._thread.join()
    assert calls == ["mnist", "mnist"]


def test_nothing_is_fetched_where_it_is_forbidden_or_here(fetched, tmp_path, monkeypatch):
    calls, go_on = fetched
    go_on.set()
    with monkeypatch.context() as here:
        here.setattr(registry, "is_here", lambda name, folder=None: True)
        prefetch.Prefetch(tmp_path).keep_going()
    for variable in ("VAE_DOWNLOAD", "VAE_PREFETCH"):
        with monkeypatch.context() as forbidden:
            forbidden.setenv(variable, "0")
            prefetch.keep_going()
    assert calls == []


def test_the_form_says_how_far_it_is_and_starts_with_what_is_here(monkeypatch):
    monkeypatch.setattr(prefetch, "sentence", lambda: "Downloading MNIST, file 1 of 4…")
    app = show("train")
    check(app)
    assert "Downloading MNIST, file 1 of 4" in words(app)
    assert app.selectbox(key="dataset").value == registry.EMBEDDED


def test_mnist_is_the_default_once_it_is_here(monkeypatch):
    monkeypatch.setattr(registry, "is_here", lambda name, folder=None: True)
    assert show("train").selectbox(key="dataset").value == "mnist"


def test_the_first_page_is_not_held_up():
    assert prefetch.HEAD_START == startup.HEAD_START > 0
