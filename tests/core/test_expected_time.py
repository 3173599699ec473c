"""How long a training will take: measured where something like it was trained here, else a guess that says so."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

from tests.core.pictures_made import DRAWN, LETTERS, picture_set
from tests.core.pictures_made import trained as trained_on
from vae_core import architecture, os_compat
from vae_core.config import Config
from vae_core.datasets import own
from vae_core.datasets.spec import Shape
from vae_core.pictures import deleting, freezing
from vae_core.runs import files
from vae_core.runs.run import Run, write_status
from vae_core.training import expected_time
from vae_core.training.expected_time import START_SECONDS, Pictures, first_guess, in_words


@pytest.fixture(autouse=True)
def fresh():
    expected_time.forget()
    yield
    expected_time.forget()


def trained(finished_run, folder, *, seconds: float, host: str = os_compat.HOST) -> Config:
    """A run whose epochs took so long, on a machine."""
    run = Run(folder / f"run-{len(list(folder.iterdir()))}")
    shutil.copytree(finished_run.path, run.path)
    lines = [record | {"seconds": seconds} for record in run.metrics()]
    files.write_bytes(run.path / "metrics.jsonl", "".join(json.dumps(line) + "\n" for line in lines).encode())
    status = files.read_json(run.path / "status.json")
    files.write_json(run.path / "status.json", {**status, "host": host})
    return run.config


def test_without_any_training_it_is_a_guess_and_says_so(runs_dir):
    found = expected_time.of(Config(), folder=runs_dir)
    assert not found.measured and found.seconds > START_SECONDS
    assert "a guess" in found.words and "this machine" not in found.words


def test_a_set_that_was_deleted_just_now_is_still_measured_by(runs_dir):
    set_of_mine = picture_set(LETTERS)
    spec = freezing.freeze(set_of_mine, DRAWN, vary=False)
    run = trained_on(spec.name, runs_dir, network="deep")
    write_status(run, replace(run.status(), host=os_compat.HOST))
    config = Config(dataset="mnist", network="deep", device="cpu")
    before = expected_time.of(config)
    deleting.delete_set(set_of_mine)
    own._met.clear()  # as in a server that did not read the run itself
    assert own.find(spec.name) is None and not run.path.exists()
    assert expected_time.of(config) == before and before.measured


def test_the_same_again_takes_what_it_took(runs_dir, finished_run):
    config = trained(finished_run, runs_dir, seconds=7.0)
    found = expected_time.of(config, folder=runs_dir)
    assert found.measured and found.seconds == pytest.approx(START_SECONDS + config.epochs * 7.0)
    assert found.words == "about 40 seconds on this machine"


def test_more_epochs_and_more_pictures_take_longer_in_proportion(runs_dir, finished_run):
    config = trained(finished_run, runs_dir, seconds=7.0)
    once = expected_time.of(config, folder=runs_dir).seconds - START_SECONDS
    twice = expected_time.of(replace(config, epochs=2 * config.epochs), folder=runs_dir)
    assert twice.seconds - START_SECONDS == pytest.approx(2 * once)
    pictures = expected_time._pictures(config)
    many = pictures._replace(train_size=10 * pictures.train_size, test_size=10 * pictures.test_size)
    found = expected_time.of(config, many, runs_dir)
    assert found.measured and found.seconds - START_SECONDS == pytest.approx(10 * once, rel=0.05)


def test_another_network_or_size_is_a_guess_from_the_pace_of_this_machine(runs_dir, finished_run):
    config = trained(finished_run, runs_dir, seconds=7.0)
    for other, pictures in (
        (replace(config, network="deep"), None),
        (config, Pictures(Shape(3, 32, 32), 100, 10)),
    ):
        slow = expected_time.of(other, pictures, runs_dir)
        assert not slow.measured
        pace = 7.0 / first_guess(config)
        wanted = START_SECONDS + other.epochs * first_guess(other, pictures) * pace
        assert slow.seconds == pytest.approx(wanted)


def test_trainings_of_other_machines_and_broken_runs_say_nothing(runs_dir, finished_run):
    for host in ("", "another"):
        trained(finished_run, runs_dir, seconds=1e6, host=host)
    broken = runs_dir / "broken"
    shutil.copytree(finished_run.path, broken)
    (broken / "metrics.jsonl").write_text("{")
    config = Run(finished_run.path).config
    assert not expected_time.of(config, folder=runs_dir).measured


def test_multiplications_are_counted_as_torch_does_them():
    """A stride-2 convolution is done at each place of what comes out, its transpose at each of what goes in."""
    shape, work = Shape(1, 28, 28), expected_time._seconds
    encoder, decoder = architecture.get("convolutional").layers(shape, 2, 400, 4)
    convolutions = [layer for layer in encoder if layer["type"] == "convolution"]
    first = convolutions[0]
    count = first["outputs"] * first["kernel"] ** 2 * 14 * 14
    rate = expected_time.MULTIPLICATIONS_PER_SECOND["convolution"]
    assert work(encoder[:2], (784,)) == pytest.approx(count / rate)
    backwards = [layer for layer in decoder if layer["type"] == "transposed_convolution"][-1]
    assert work([backwards], (backwards["inputs"], 14, 14)) == pytest.approx(count / rate)


def test_every_network_has_a_guess_that_grows_with_its_pictures():
    for network in architecture.TITLES:
        config = Config(network=network)
        small, large = (first_guess(config, Pictures(Shape(c, s, s), 1000, 100)) for c, s in ((1, 28), (3, 64)))
        assert 0 < small < large < 1000


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.5, "10 seconds"), (38, "40 seconds"), (57, "a minute"), (140, "2 minutes"), (3400, "57 minutes"),
     (3600, "an hour"), (9000, "2 hours")],
)  # fmt: skip
def test_times_are_said_as_one_says_them(seconds, words):
    assert in_words(seconds) == words
