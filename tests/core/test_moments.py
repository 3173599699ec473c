"""What a training shows while it learns: by the clock, within its share of the time, true, and without a trace."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from core_helpers import differences, files_in, new_run, results, shortened, train_here
from hypothesis import given
from hypothesis import strategies as st

from vae_core.analysis import sampling
from vae_core.analysis.interpolation import manifold
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.model import build
from vae_core.runs import files, moments
from vae_core.runs.films import examples_of
from vae_core.runs.run import Run
from vae_core.runs.untrusted import Refused
from vae_core.training import loop
from vae_core.training import moments as trainers
from vae_core.training.moments import SHARE, SOONEST, Moments
from vae_core.training.progress_and_pause import Reporter


class Clock:
    """Stands still unless somebody takes time."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def take(self, seconds: float) -> None:
        self.now += seconds


class Slow:
    """A network of which each picture to encode, and each to decode, takes so many seconds of a clock."""

    def __init__(self, model, clock: Clock, encoded: float, decoded: float) -> None:
        self.model, self.clock, self.encoded, self.decoded, self.spent = model, clock, encoded, decoded, 0.0

    def __getattr__(self, name: str):
        return getattr(self.model, name)

    def _take(self, seconds: float) -> None:
        self.clock.take(seconds)
        self.spent += seconds

    def encode(self, x):
        self._take(len(x) * self.encoded)
        return self.model.encode(x)

    def decode(self, z):
        self._take(len(z) * self.decoded)
        return self.model.decode(z)


class Watched(Moments):
    """Notes when a moment was made, and of how many dots."""

    times: list[float]

    def _take(self, step: int, epoch: float, part: int = 0) -> None:
        self.times = [*getattr(self, "times", []), self.clock()]
        super()._take(step, epoch, part)


def learn(watched: Watched, clock: Clock, seconds: float, *, epoch: float = 1e6, step: float = 0.01) -> None:
    """Let so many seconds go by in steps; ``epoch``: seconds of learning to an epoch."""
    start, spent = clock(), watched.model.spent
    number = 0
    while clock() - start < seconds:
        clock.take(step)
        number += 1
        watched.after_step(number, (clock() - start - (watched.model.spent - spent)) / epoch)


@pytest.fixture
def watch(tmp_path, few_digits):
    """A function that makes the moments of a network that takes so many seconds for each dot and picture."""

    def make(dot: float, picture: float) -> tuple[Watched, Clock]:
        clock, run = Clock(), new_run(tmp_path, latent_dim=3)
        files.write_npz(run.path / "latents" / "labels.npz", {
            "labels": few_digits.test.labels, "test_indices": np.arange(96, dtype=np.uint32)})  # fmt: skip
        images = torch.from_numpy(few_digits.test.images.copy())
        watched = Watched(run, Slow(build(run.config), clock, dot, picture), few_digits.test, images, clock)
        watched.begin(0, 0)
        watched.times = []
        return watched, clock

    return make


# ---- by the clock


def test_a_quick_network_is_seen_two_or_three_times_a_second_within_its_first_epoch(watch):
    watched, clock = watch(dot=1e-6, picture=1e-5)
    learn(watched, clock, 20)
    assert 2 * 20 <= len(watched.times) <= 3 * 20 + 2
    gaps = np.diff(watched.times)
    assert gaps.max() <= 0.5 and gaps.min() >= SOONEST - 1e-9


@pytest.mark.parametrize("seconds", [1e-5, 3e-4, 1e-2])
@pytest.mark.parametrize("epoch", [0.5, 10.0, 1e5])
def test_no_network_pays_more_than_its_share_however_slow(watch, seconds, epoch):
    """But for the last moment, and those of the first epoch that come when they are due."""
    watched, clock = watch(dot=seconds, picture=seconds)
    before, start, one = watched.model.spent, clock(), (96 + 10 + 30) * seconds
    learn(watched, clock, 60, epoch=epoch)
    assert watched.model.spent - before <= SHARE * (clock() - start) + 6 * one
    learn(watched, clock, 40 * one / SHARE, step=0.05)
    assert watched.model.spent - before <= SHARE * (clock() - start) + one  # what stayed has been paid for


def test_a_slow_network_gets_fewer_dots_rather_than_fewer_moments(watch):
    """All 96 of them would put off the next moment for 0.8 seconds."""
    watched, clock = watch(dot=1.4e-4, picture=1e-4)
    learn(watched, clock, 20)
    assert len(watched.times) >= 2 * 20
    (run, config) = watched.run, watched.run.config
    dots = {len(moments.read(run.path / name, config, 96).mean) for name in moments.LIVE}
    assert min(dots) >= trainers.FEWEST_DOTS and max(dots) < 96


def test_dots_are_spread_over_all_pictures_however_few_they_are():
    for images in (5, 96, 359, 10_000):
        places = moments.dots_of(images)
        assert len(set(places.tolist())) == len(places) == min(images, moments.DOTS)
        for few in (60, 400):
            some = np.sort(places[:few])
            assert np.diff([0, *some, images]).max() <= 4 * images / len(some)


def test_what_fails_is_left_out_and_not_tried_all_the_time(watch, monkeypatch):
    watched, clock = watch(dot=1e-6, picture=1e-5)
    tried = []

    def full(*_, **__):
        tried.append(clock())
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(moments, "write", full)
        learn(watched, clock, 60)
    assert 1 <= len(tried) <= 60 / trainers.AFTER_TROUBLE + 1
    learn(watched, clock, 60)
    assert moments.read(watched.run.path / moments.LIVE[1], watched.run.config, 96).step  # there is room again


def test_the_two_newest_take_turns(watch):
    watched, clock = watch(dot=1e-6, picture=1e-5)
    learn(watched, clock, 3)
    seen = sorted(moments.read(watched.run.path / name, watched.run.config, 96).seconds for name in moments.LIVE)
    assert seen == pytest.approx(watched.times[-2:], abs=2e-3)


# ---- the first epoch


def test_what_stays_does_not_hold_up_what_is_seen(watch):
    watched, clock = watch(dot=6e-5, picture=1e-4)  # 10 ms a moment: every third of a second
    learn(watched, clock, 10, epoch=2)
    assert list(moments.kept(watched.run)) == [1, 2, 4, 8, 16]
    assert np.diff(watched.times).max() <= 0.5


def test_some_moments_of_the_first_epoch_stay(watch):
    watched, clock = watch(dot=1e-6, picture=1e-5)
    learn(watched, clock, 100, epoch=40)
    kept = moments.kept(watched.run)
    assert list(kept) == [1, 2, 4, 8, 16]
    for part, moment in kept.items():
        assert moment.epoch == pytest.approx(part / 32, abs=1e-3)


def test_of_an_epoch_of_few_steps_each_step_stays_once(tmp_path, few_digits):
    dataset = shortened(few_digits, train=96, test=32)  # three steps
    run = train_here(new_run(tmp_path), dataset)
    assert {part: round(m.epoch, 2) for part, m in moments.kept(run).items()} == {8: 0.33, 16: 0.67}


def test_a_training_that_goes_on_keeps_the_first_ones(tmp_path, few_digits):
    run = train_here(new_run(tmp_path, epochs=1), few_digits)
    before = {f: (run.path / f).read_bytes() for f in files_in(run.path) if f.startswith("moments/")}
    assert before
    longer = files.read_json(run.path / "config.json") | {"epochs": 3}
    files.write_json(run.path / "config.json", longer)
    train_here(Run(run.path), few_digits)
    assert {f: (run.path / f).read_bytes() for f in before} == before


# ---- true


@pytest.mark.parametrize("settings", [
    {"latent_dim": 2}, {"latent_dim": 5}, {"latent_dim": 2, "model": "autoencoder"}, {"latent_dim": 1},
], ids=["plane", "five", "classic", "one"])  # fmt: skip
def test_a_moment_shows_what_the_network_draws(tmp_path, few_digits, settings):
    run = new_run(tmp_path, **settings)
    files.write_npz(run.path / "latents" / "labels.npz", {
        "labels": few_digits.test.labels, "test_indices": np.arange(96, dtype=np.uint32)})  # fmt: skip
    torch.manual_seed(3)
    model = build(run.config)
    seen = Moments(run, model, few_digits.test, torch.from_numpy(few_digits.test.images.copy()))
    seen.begin(7, 0)
    moment = moments.read(run.path / moments.LIVE[0], run.config, 96)
    assert (moment.epoch, moment.step) == (0, 7)

    mean, _ = sampling.encode(model, few_digits.test.images)
    np.testing.assert_allclose(moment.mean, mean[moments.dots_of(96)], atol=2e-3)
    places = list(examples_of(few_digits.test.labels, 10))
    assert drawn_alike(moment.rebuilt, sampling.decode(model, mean[places]))
    codes = sampling.sample_prior(20, run.config.latent_dim, 0)
    if not run.config.is_vae:
        codes = sampling.sample_codes(mean[moments.dots_of(96)], 20, 0)
    assert drawn_alike(moment.invented, sampling.decode(model, codes))
    if run.config.latent_dim != 2:
        assert moment.plane is None and moment.window is None
        return
    (x0, x1), (y0, y1) = moment.window
    if run.config.is_vae:
        assert (x0, x1, y0, y1) == pytest.approx((-3.2, 3.2, -3.2, 3.2))
    else:  # most dots stand on it
        inside = (mean > moment.window[:, 0]) & (mean < moment.window[:, 1])
        assert inside.all(1).mean() > 0.9
    grid = manifold(15, 1.0) * [(x1 - x0) / 2, (y1 - y0) / 2] + [(x0 + x1) / 2, (y0 + y1) / 2]
    tiles = sampling.decode(model, grid.reshape(-1, 2).astype(np.float32)).reshape(225, 14, 2, 14, 2)
    assert drawn_alike(moment.plane, tiles.mean((2, 4)))
    assert grid[0, 0, 1] == pytest.approx(y1) and grid[0, 0, 0] == pytest.approx(x0)  # the first is at the top, left


def drawn_alike(flat: np.ndarray, pictures: np.ndarray) -> bool:
    return bool(np.abs(flat.reshape(len(flat), -1) - pictures.reshape(len(flat), -1).astype(float)).max() <= 1)


@pytest.mark.parametrize("dataset", registry.TITLES)
def test_a_moment_is_small_whatever_the_pictures(dataset):
    for latent_dim in (1, 2, 20):
        config = Config(dataset=dataset, latent_dim=latent_dim)
        assert moments.layout_of(config).most_bytes(10_000) < 200_000


# ---- without a trace

KINDS = [{}, {"model": "autoencoder"}, {"reconstruction": "mse", "beta": 0.5}, {"latent_dim": 3}]


@pytest.mark.parametrize("settings", KINDS, ids=["plane", "classic", "mse", "three"])
def test_a_training_is_the_same_to_the_bit_with_and_without(tmp_path, few_digits, monkeypatch, settings):
    monkeypatch.setattr(trainers, "SOONEST", 0.0)  # after every step
    monkeypatch.setattr(trainers, "SHARE", 1e9)
    seen = train_here(new_run(tmp_path, "seen", **settings), few_digits)
    unseen = new_run(tmp_path, "unseen", **settings)
    loop.train(unseen, few_digits, Reporter(unseen), watched=False)
    assert differences(results(seen), results(unseen)) == []
    assert moments.kept(seen) and not moments.kept(unseen)
    assert moments.read(seen.path / moments.LIVE[0], seen.config, 96).step >= 19
    assert "moment-0.npz" not in files_in(unseen.path)


def test_a_convolutional_training_is_the_same_to_the_bit_too(tmp_path, few_digits, monkeypatch):
    monkeypatch.setattr(trainers, "SOONEST", 0.0)
    monkeypatch.setattr(trainers, "SHARE", 1e9)
    few = shortened(few_digits, train=64, test=32)
    seen, unseen = (new_run(tmp_path, name, network="convolutional", epochs=1) for name in ("seen", "unseen"))
    train_here(seen, few)
    loop.train(unseen, few, Reporter(unseen), watched=False)
    assert differences(results(seen), results(unseen)) == []
    assert moments.kept(seen)


def test_a_full_disk_for_moments_ends_no_training(tmp_path, few_digits, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(moments, "write", full)
    run = train_here(new_run(tmp_path), few_digits)
    assert run.status().state == "finished" and run.epoch == 2
    assert not any("moment" in name for name in files_in(run.path))


def test_a_training_over_shows_nothing_live(finished_run):
    assert not {*moments.LIVE} & files_in(finished_run.path)


# ---- what may be anything


@pytest.fixture(scope="module")
def moment_file(finished_run) -> bytes:
    return moments.kept_file(finished_run, 4).read_bytes()


@given(data=st.data())
def test_damaged_bytes_are_refused_or_a_moment(finished_run, moment_file, data):
    raw = bytearray(moment_file)
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(raw), len(raw) // 2, 30, 0]))
    try:
        found = moments.parse(bytes(raw[:cut]), finished_run.config, 359)
    except Refused:
        return
    assert found.rebuilt.shape == (10, 784) and np.isfinite(found.mean).all()


@given(raw=st.binary(max_size=400))
def test_any_bytes_are_refused(finished_run, raw):
    with pytest.raises(Refused):
        moments.parse(raw, finished_run.config, 359)


@pytest.mark.parametrize("window", [[[0, 0], [0, 1]], [[1, 0], [0, 1]], [[0, np.inf], [0, 1]], [[np.nan, 1], [0, 1]]])
def test_a_piece_of_the_plane_is_one(tmp_path, few_digits, window):
    run = train_here(new_run(tmp_path), few_digits)
    file = moments.kept_file(run, 8)
    arrays = dict(np.load(file)) | {"window": np.array(window, "<f4")}
    files.write_npz(file, arrays)
    with pytest.raises(Refused):
        moments.read(file, run.config, 96)
    assert 8 not in moments.kept(run) and 16 in moments.kept(run)


def test_a_run_that_was_deleted_stays_away(tmp_path, few_digits):
    run = new_run(tmp_path)
    seen = Moments(run, build(run.config), few_digits.test, torch.from_numpy(few_digits.test.images.copy()))
    run.path.rename(tmp_path / "elsewhere")
    seen.begin(0, 0)
    seen.after_step(1, 0.5)
    assert not Path(run.path).exists()
