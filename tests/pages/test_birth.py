"""The train page while a training learns, and after it: what is sent of its moments, and that it is true."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Callable

import numpy as np
import pytest
import streamlit as st

from tests.pages.test_finale import keep_umap
from tests.pages.test_pages import _here, check, finished, set_state, show, words  # noqa: F401
from ui.components.payloads.train_and_map import BirthFilm
from ui.store import cache
from ui.train import birth
from vae_core.runs import files, moments
from vae_core.runs.moments import Moment
from vae_core.runs.run import Run


def moment(run: Run, step: int = 12, epoch: float = 0.13, seconds: float = 1.0, dots: int = 359) -> Moment:
    rng, layout = np.random.default_rng(step), moments.layout_of(run.config)
    rebuilt, invented = (rng.integers(0, 256, (n, layout.picture.pixels), np.uint8) for n in (10, layout.invented))
    return Moment(epoch, step, seconds, rebuilt, invented, rng.normal(size=(dots, 3)).astype(np.float16))


@pytest.fixture
def running(finished) -> Run:  # noqa: F811
    """A training in its first epoch that shows what it draws."""
    files.rewrite_lines(finished.path / "metrics.jsonl", finished.metrics()[:1])
    set_state(finished, "running", epoch=0, steps_per_epoch=90, step=12)
    moments.write(finished.path / moments.LIVE[0], moment(finished, 6, 0.07, 0.6))
    moments.write(finished.path / moments.LIVE[1], moment(finished))
    return Run(finished.path)


@pytest.fixture
def sent(monkeypatch) -> dict[str, list]:
    """What the browser is told by name, and what the scene is drawn from."""
    found: dict[str, list] = {"birth": [], "moments mine": []}
    monkeypatch.setattr(birth, "publish", lambda key, name, value: found.setdefault(name, []).append(value))
    monkeypatch.setattr(birth, "birth", found["birth"].append)
    return found


def test_a_running_training_sends_what_the_trainer_wrote_and_makes_nothing(running, sent, monkeypatch):
    monkeypatch.setattr("vae_core.training.checkpoint.load_model", lambda *_: pytest.fail("a page decodes"))
    app = show("train", run="mine")
    check(app)
    (scene,), (told,) = sent["birth"], sent["moments mine"]
    assert scene["live"] and scene["film"] is None and scene["originals"]
    assert [each["step"] for each in told] == [6, 12]
    wrote = moment(running)
    assert base64.b64decode(told[1]["rebuilt"]) == wrote.rebuilt.tobytes()
    assert base64.b64decode(told[1]["samples"]) == wrote.invented.tobytes()
    dots = np.frombuffer(base64.b64decode(told[1]["points"]), "<f2").reshape(-1, 2)
    assert len(dots) == 359 == len(base64.b64decode(scene["labels"]))
    labels = np.frombuffer(base64.b64decode(scene["labels"]), np.uint8)
    assert np.array_equal(labels, running.labels()[moments.dots_of(359)])
    assert [b.key for b in app.button if b.key.endswith("_training")] == ["pause_training", "stop_training"]


def test_a_moment_is_sent_once(running, sent):
    app = show("train", run="mine")
    app.run()
    assert [len(told) for told in sent["moments mine"]] == [2, 0]
    moments.write(running.path / moments.LIVE[0], moment(running, 20, 0.2, 1.5))
    app.run()
    assert [each["step"] for each in sent["moments mine"][-1]] == [20]
    check(app)


@pytest.mark.parametrize("seed", range(20))
def test_no_moment_comes_late_or_twice_however_quick_the_trainer_is(running, monkeypatch, seed):
    """The trainer may write between any two things that a page does."""
    dice, written, often = np.random.default_rng(seed), [0], [0] * 9 + [1, 2]
    stamp, read = files.stamp, moments.read

    def write(count: int) -> None:
        for _ in range(count):
            written[0] += 1
            at, file = written[0], running.path / moments.LIVE[written[0] % 2]
            moments.write(file, moment(running, at, 0.5, at / 10, dots=2))
            os.utime(file, ns=(at * 10**9, at * 10**9))

    def meanwhile(f: Callable) -> Callable:
        return lambda *told: (write(dice.choice(often)), f(*told), write(dice.choice(often)))[1]

    write(2)
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(birth.files, "stamp", meanwhile(stamp))
    monkeypatch.setattr(birth.moments, "read", meanwhile(read))
    seen = [each["step"] for _ in range(40) for each in birth.fresh(running)]
    assert len(seen) > 5
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("raw", [b"", b"hello", b"PK\x05\x06" + bytes(18), b"x" * 5_000_000])
def test_a_moment_that_cannot_be_read_is_left_out(running, sent, raw):
    (running.path / moments.LIVE[1]).write_bytes(raw)
    app = show("train", run="mine")
    check(app)
    assert [each["step"] for each in sent["moments mine"][0]] == [6]


def test_what_one_poll_sends_is_small(running, sent):
    show("train", run="mine")
    assert sum(len(str(value)) for value in sent["moments mine"][0][0].values()) < 100_000


def test_before_anything_is_drawn_the_test_pictures_stand_there(running, sent):
    for name in (*moments.LIVE, "metrics.jsonl", "latents/labels.npz"):
        (running.path / name).unlink()
    cache.clear()
    app = show("train", run="mine")
    check(app)
    (scene,) = sent["birth"]
    assert scene["live"] and scene["originals"] and scene["copies"] == 10
    assert sent["moments mine"] == [[]]


def test_a_paused_training_goes_on_showing_its_last_moment(running, sent):
    set_state(running, "paused")
    check(show("train", run="mine"))
    assert sent["birth"][0]["live"] and len(sent["moments mine"][0]) == 2


def test_a_training_over_is_a_film_that_begins_with_its_birth(finished, sent):  # noqa: F811
    check(show("train", run="mine"))
    (scene,) = sent["birth"]
    film: BirthFilm = scene["film"]
    assert film["times"][0] == 0 and film["times"][6:] == [1, 2, 3, 4, 5]
    assert film["times"][1:6] == pytest.approx([1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2], abs=0.03)
    assert len(film["points"]) == 11 and film["plane"] == "" and not sent["moments mine"]
    assert "Finished all" in words(show("train", run="mine"))


def test_a_run_without_moments_is_a_film_of_its_epochs(finished, sent):  # noqa: F811
    shutil.rmtree(finished.path / "moments")
    check(show("train", run="mine"))
    assert sent["birth"][0]["film"]["times"] == [0, 1, 2, 3, 4, 5]


def test_a_film_of_two_numbers_has_its_plane_at_every_time(sent):
    check(show("train", run="two-knobs"))
    (scene,) = sent["birth"]
    film = scene["film"]
    assert scene["side"] == 15 and film["plane"] and len(film["windows"]) == len(film["times"])


def test_an_epoch_looks_in_the_film_as_it_would_in_a_moment(finished):  # noqa: F811
    """The same network, once as its trainer shows it and once as the page decodes it."""
    import torch

    from vae_core.training.moments import Moments

    model = cache.model(str(finished.path), 5)
    test = finished.dataset.load().test
    seen = Moments(finished, model, test, torch.from_numpy(test.images.copy()))
    seen.begin(0, 0)
    live = moments.read(finished.path / moments.LIVE[0], finished.config, 359)
    _, rebuilt, samples, at = birth._at_epoch(finished, 5)
    assert np.abs(rebuilt.reshape(10, -1).astype(int) - live.rebuilt).max() <= 3  # from means kept as halves
    assert np.abs(samples.reshape(20, -1).astype(int) - live.invented).max() <= 1
    np.testing.assert_allclose(at.mean, live.mean, atol=0.02)


def test_large_pictures_are_averaged_alike_on_both_sides():
    import torch
    from torch.nn import functional as F

    from vae_core.datasets.spec import Shape

    shape = Shape(3, 60, 64)
    images = np.random.default_rng(0).integers(0, 256, (4, shape.pixels), np.uint8)
    to = moments.shrunk(shape, moments.TILE)
    pooled = F.avg_pool2d(torch.tensor(images).float().view(-1, *shape), moments.factor(shape, 16), ceil_mode=True)
    assert np.abs(birth._small(images, shape, to).astype(int) - pooled.flatten(1).round().numpy()).max() <= 1


def test_new_training_leads_back_to_the_form(finished):  # noqa: F811
    app = show("train", run="mine")
    app.button(key="new_training_button").click().run()
    check(app)
    assert app.button(key="start_training")
    assert "run" not in app.query_params


def test_the_poll_ends_with_the_training(finished, monkeypatch):  # noqa: F811
    """Twice a second while it learns, and not at all when nothing will change."""
    paces, fragment = [], st.fragment

    def noted(function=None, *, run_every=None):
        paces.append(run_every)
        return fragment(function) if function else fragment

    monkeypatch.setattr(st, "fragment", noted)
    keep_umap(finished)  # or the page would look each second whether it is there
    show("train", run="mine")
    assert not any(paces)
    set_state(finished, "running")
    paces.clear()
    show("train", run="mine")
    assert [pace for pace in paces if pace] == [0.5]
