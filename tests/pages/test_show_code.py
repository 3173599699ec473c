"""“Show me the code” opens the lines of a run's notebook, which never takes along what is somebody else's."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from ui.runs import cards
from vae_core.datasets import own, registry
from vae_core.runs.run import Run


def opened(run_id: str, topic: str) -> AppTest:
    def page(run_id: str, topic: str) -> None:
        from ui.components.notebook import show_code
        from vae_core.runs.index import find_run

        show_code(find_run(run_id), topic)

    app = AppTest.from_function(page, args=(run_id, topic)).run()
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("run_id", "topic", "line"),
    [
        ("two-knobs", "noise", "    return mean + std * noise"),
        ("lecture", "morph", "path = (1 - t) * start + t * end"),
        ("autoencoder", "samples", "z = middle + spread * torch.randn(60, d, device=device)"),
    ],
)
def test_the_lines_are_those_that_do_it(run_id, topic, line):
    (code,) = opened(run_id, topic).code
    assert line in code.value.splitlines()


def test_what_a_model_has_not_has_no_button():
    for run_id, topic in (("autoencoder", "noise"), ("lecture", "plane")):
        assert not opened(run_id, topic).code


def test_only_an_owner_is_asked_for_pictures(finished_run: Run, monkeypatch):
    monkeypatch.setattr(own, "manifest_of", lambda name: object())
    monkeypatch.setattr(registry, "is_here", lambda name: True)
    asked = []
    monkeypatch.setattr(cards.st, "checkbox", lambda *label, **_: asked.append(label) or True)
    monkeypatch.setattr(cards.visitor, "owns", lambda run: False)
    assert not cards._notebook_has_pictures(finished_run) and not asked
    monkeypatch.setattr(cards.visitor, "owns", lambda run: True)
    assert cards._notebook_has_pictures(finished_run) and asked
