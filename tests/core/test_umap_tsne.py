"""Bent maps across epochs: made, kept, told of while they are made, and aligned."""

from __future__ import annotations

import shutil
import threading
import time

import numpy as np
import pytest
from core_helpers import assert_one_sentence, wait_for
from filelock import FileLock
from sklearn.manifold import trustworthiness

from vae_core import paths
from vae_core.analysis import umap_tsne
from vae_core.analysis.umap_tsne import Progress
from vae_core.runs import files
from vae_core.runs.index import list_runs
from vae_core.runs.run import Run, RunError


@pytest.fixture(autouse=True)
def _no_low_priority(monkeypatch):
    """The maker's, which a process does not get rid of: all later tests of this one would be last in line."""
    monkeypatch.setattr(umap_tsne.os_compat, "yield_to_others", lambda: None)


@pytest.fixture
def run(finished_run, runs_dir) -> Run:
    shutil.copytree(finished_run.path, runs_dir / "mine")
    return Run(runs_dir / "mine")


def clusters(seed: int, n: int = 60, drift: float = 0.0) -> np.ndarray:
    """Three clouds in five dimensions; ``drift`` moves them a little, as an epoch does."""
    dice = np.random.default_rng(seed)
    middles = np.random.default_rng(0).normal(0, 6, (3, 5)) + drift
    return (np.repeat(middles, n, axis=0) + dice.normal(0, 1, (3 * n, 5))).astype(np.float32)


def moved(frames: np.ndarray) -> float:
    """How far a dot typically moves from frame to frame, in units of the map's spread."""
    return float(np.median(np.linalg.norm(np.diff(frames, axis=0), axis=-1)) / frames.std())


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("method", umap_tsne.METHODS)
def test_the_chain_keeps_dots_in_place_and_neighbours_together(method):
    base = clusters(1)
    means = [base + 0.3 * k for k in range(3)]  # the same shape moves: nothing on the map should
    frames = umap_tsne.chain(means, umap_tsne.STEPS[method])
    assert frames.shape == (3, len(base), 2)
    assert np.isfinite(frames).all()
    for mean, frame in zip(means, frames, strict=True):
        assert umap_tsne.share_of_neighbours_kept(mean, frame) > 0.9
    alone = np.stack([umap_tsne.STEPS[method](np.random.default_rng(k).permutation(base), None) for k in range(3)])
    assert moved(frames) < 0.5 * moved(alone)


def test_the_last_epoch_is_laid_out_from_nothing_and_the_others_from_the_one_after():
    starts, told = [], []

    def step(points, start):
        starts.append(None if start is None else start.copy())
        return points[:, :2] + 1.0

    means = [np.random.default_rng(k).normal(size=(8, 3)) for k in range(3)]
    frames = umap_tsne.chain(means, step, told.append)
    assert starts[0] is None
    np.testing.assert_allclose(starts[1], frames[2], atol=1e-5)
    np.testing.assert_allclose(starts[2], frames[1], atol=1e-5)
    assert told == [1, 2, 3]


def test_a_map_that_ended_just_now_is_not_made_again(run, monkeypatch):
    epochs = run.latent_epochs()
    monkeypatch.setattr(umap_tsne, "progress", lambda run, method: None)
    monkeypatch.setattr(
        umap_tsne, "load", lambda run, method: umap_tsne.Layout(tuple(epochs), np.zeros(0), np.zeros(0))
    )
    monkeypatch.setattr(umap_tsne.os_compat, "start", lambda *_, **__: pytest.fail("made again"))
    umap_tsne.start(run, "umap", epochs)


def test_turning_undoes_any_rotation_mirroring_and_shift():
    points = np.random.default_rng(0).normal(size=(50, 2))
    for angle, mirror in ((0.7, 1), (2.5, -1)):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([1, mirror])
        np.testing.assert_allclose(umap_tsne.aligned(points @ turn + [3, -2], points), points, atol=1e-9)


def test_a_map_is_made_kept_and_read_back(run):
    made = umap_tsne.make(run, "tsne")
    kept = umap_tsne.load(run, "tsne")
    assert kept.epochs == made.epochs == tuple(run.latent_epochs())
    np.testing.assert_allclose(kept.points, made.points, atol=0.1)  # half precision
    assert kept.points.shape[1] == min(umap_tsne.POINTS, len(run.labels()))
    mean = run.latents(5).mean[: umap_tsne.POINTS]
    assert kept.trust[-1] == pytest.approx(trustworthiness(mean, made.points[-1], n_neighbors=10), abs=1e-3)
    assert umap_tsne.progress(run, "tsne") is None
    assert umap_tsne.load(run, "umap") is None
    run.check()


def test_a_process_of_its_own_makes_it_and_says_how_far_it_is(run):
    umap_tsne.start(run, "tsne", [3, 4, 5])
    told = umap_tsne.progress(run, "tsne")
    assert told.active
    assert told.of == 3
    umap_tsne.start(run, "tsne", [5])  # somebody makes it already
    wait_for(lambda: umap_tsne.load(run, "tsne"), "the map", 120)
    assert umap_tsne.load(run, "tsne").epochs == (3, 4, 5)


def test_an_epoch_that_takes_long_is_vouched_for_by_the_clock_but_not_for_ever(run, monkeypatch):
    monkeypatch.setattr(umap_tsne, "BEAT_SECONDS", 0.01)
    voice = umap_tsne._Voice(run, "umap")
    with voice.heartbeat():
        voice.say(Progress("working", 1, 3))
        for _ in range(2):  # the maker is busy, its word is said again
            before = umap_tsne.progress(run, "umap").heartbeat
            wait_for(lambda: umap_tsne.progress(run, "umap").heartbeat > before, "a sign of life")  # noqa: B023
        assert umap_tsne.progress(run, "umap").done == 1
        monkeypatch.setattr(umap_tsne, "VOUCH_SECONDS", 0.0)  # it hangs
        (beating,) = [thread for thread in threading.enumerate() if thread.name == "heartbeat"]
        beating.join(10)
        assert not beating.is_alive()


def test_a_maker_that_died_is_not_waited_for(run):
    umap_tsne._write_progress(run, "umap", Progress("working", 1, 3))
    assert umap_tsne.progress(run, "umap").active
    file = run.path / "maps" / "umap.json"
    files.write_json(file, {**files.read_json(file), "heartbeat": time.time() - umap_tsne.SILENCE - 1})
    assert not umap_tsne.progress(run, "umap").active


def test_a_failure_is_one_sentence(run, capsys):
    arrays = dict(np.load(run.latents_file(5)))
    files.write_npz(run.latents_file(5), {**arrays, "mean": np.full_like(arrays["mean"], np.nan)})
    assert umap_tsne.main([str(run.path), "umap"]) == 2
    told = umap_tsne.progress(run, "umap")
    assert told.state == "failed"
    assert_one_sentence(told.error)
    assert_one_sentence(capsys.readouterr().err.strip())


@pytest.mark.parametrize("asked", ["1,x", "", "99"])
def test_bad_epochs_are_a_users_mistake(run, asked, capsys):
    code = umap_tsne.main([str(run.path), "tsne", f"--epochs={asked}"]) if asked else 2
    assert code == 2
    if asked:
        assert_one_sentence(capsys.readouterr().err.strip())


@pytest.mark.parametrize(
    "damage",
    [
        {"points": np.zeros((2, 30, 3))}, {"points": np.zeros((1, 30, 2))}, {"trust": np.zeros(5)},
        {"points": np.full((2, 30, 2), np.nan)}, {"points": np.zeros((2, 3000, 2))}, {"epochs": np.zeros((2, 2))},
    ],
)  # fmt: skip
def test_a_damaged_map_is_named(run, damage):
    (run.path / "maps").mkdir()
    whole = {"epochs": np.array([4, 5]), "points": np.zeros((2, 30, 2)), "trust": np.zeros(2)}
    files.write_npz(run.path / "maps" / "umap.npz", whole)
    assert umap_tsne.load(run, "umap").epochs == (4, 5)
    files.write_npz(run.path / "maps" / "umap.npz", {**whole, **damage})
    with pytest.raises(RunError) as error:
        umap_tsne.load(run, "umap")
    assert_one_sentence(error.value)


def test_the_gallery_ships_its_bent_maps():
    for run in list_runs(paths.ROOT / "nowhere"):
        if run.config.latent_dim > 2:
            for method in umap_tsne.METHODS:
                assert umap_tsne.load(run, method).epochs[-1] == run.latent_epochs()[-1]


def test_who_waits_for_another_map_says_so_or_a_second_maker_would_be_made(run, monkeypatch):
    monkeypatch.setattr(umap_tsne, "SILENCE", 0.5)
    monkeypatch.setattr(umap_tsne, "make", lambda *_: made.append(1))
    made: list[int] = []
    with FileLock(run.path.parent / ".maps.lock"):
        waiting = threading.Thread(target=umap_tsne.main, args=([str(run.path), "umap", "--epochs", "4,5"],))
        waiting.start()
        wait_for(lambda: umap_tsne.progress(run, "umap"), "a word")
        first = umap_tsne.progress(run, "umap").heartbeat
        wait_for(lambda: umap_tsne.progress(run, "umap").heartbeat > first + 0.5, "another word")
        assert umap_tsne.progress(run, "umap").active and umap_tsne.progress(run, "umap").of == 2
    waiting.join()
    assert made == [1]
