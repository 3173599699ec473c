"""MNIST is fetched beside the pages: once, silently where there is no network, and then it is the default."""

import threading

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from tests.pages.test_forged import registered
from tests.pages.test_pages import _here, check, show, words  # noqa: F401 (a fixture)
from ui.shell import prefetch, startup
from ui.train import form
from vae_core.config import PRESETS
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
    assert one.is_at_work, "from the first moment on, when there is nothing to tell yet"
    while not one.sentence:
        assert one._thread.is_alive()
    assert "Downloading MNIST" in one.sentence
    go_on.set()
    one._thread.join()
    assert calls == ["mnist"] and one.sentence == "" and not one.is_at_work  # no network is no trouble
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
    monkeypatch.setattr(prefetch, "is_at_work", lambda: True)
    monkeypatch.setattr(prefetch, "sentence", lambda: "Downloading MNIST, file 1 of 4…")
    app = show("train")
    check(app)
    assert "Downloading MNIST, file 1 of 4" in words(app)
    assert app.selectbox(key="dataset").value == registry.EMBEDDED


def test_mnist_is_the_default_once_it_is_here(monkeypatch):
    monkeypatch.setattr(registry, "is_here", lambda name, folder=None: True)
    assert show("train").selectbox(key="dataset").value == "mnist"


def test_the_form_asks_again_only_while_it_is_fetched(monkeypatch):
    drawn = []
    monkeypatch.setattr(form, "_progress", lambda: drawn.append(1))
    show("train")
    assert drawn == []
    monkeypatch.setattr(prefetch, "is_at_work", lambda: True)
    show("train")
    assert drawn == [1], "it may begin soon: the page need not be touched for it to appear"


def test_what_has_come_becomes_the_default_of_who_has_chosen_nothing(monkeypatch):
    untouched, preset, chosen, changed = (show("train") for _ in range(4))
    (cards,) = [wid for wid in registered(preset) if wid.endswith("preset_cards")]
    preset._run(WidgetStates(widgets=[WidgetState(id=cards, json_value='{"chosen": "two-knobs"}')]))
    chosen.selectbox(key="dataset").set_value("kmnist").run()
    chosen.selectbox(key="dataset").set_value(registry.EMBEDDED).run()
    changed.number_input(key="epochs").set_value(3).run()
    monkeypatch.setattr(registry, "is_here", lambda name, folder=None: True)
    for app in (untouched, preset, chosen, changed):
        check(app.run())
    assert untouched.selectbox(key="dataset").value == preset.selectbox(key="dataset").value == "mnist"
    assert untouched.number_input(key="epochs").value == PRESETS["lecture"].config("mnist").epochs
    assert preset.number_input(key="latent_dim").value == 2, "the preset stays"
    for app in (chosen, changed):
        assert app.selectbox(key="dataset").value == registry.EMBEDDED
    assert changed.number_input(key="epochs").value == 3


def test_the_first_page_is_not_held_up():
    assert prefetch.HEAD_START == startup.HEAD_START > 0
