"""What a shared server refuses: too much of one run, of a visitor, the queue or the disk; it costs nobody a place."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from core_helpers import assert_one_sentence
from queue_helpers import CONFIG, LIMITS, ask, finish, here, order

from vae_core.config import Config
from vae_core.jobs import launcher, queue, queue_dispatcher, queue_order
from vae_core.jobs.eviction import note_visit
from vae_core.jobs.limits import Limits, hosted_limits, owner_of
from vae_core.runs import lifecycle
from vae_core.runs.index import own_runs
from vae_core.runs.run import Run, RunError


@pytest.mark.parametrize(
    "config, word",
    [(Config(epochs=101), "epochs"), (Config(hidden_dim=4096), "hidden"), (Config(batch_size=2), "batches")],
)
def test_what_is_too_much_is_refused_in_one_sentence(runs_dir, config, word):
    with pytest.raises(RunError, match=word) as refusal:
        queue.ask(config, "a", Limits())
    assert_one_sentence(refusal.value)
    assert own_runs(runs_dir) == []


def test_a_visitor_has_so_many_places_and_the_queue_so_many_for_all(runs_dir, spawned):
    limits = replace(LIMITS, waiting=2, queue=3)
    for _ in range(3):
        ask("a", limits)
    with pytest.raises(RunError, match="2 runs in the queue"):
        ask("a", limits)
    ask("b", limits)
    with pytest.raises(RunError, match="queue of this server is full"):
        ask("c", limits)


def test_the_environment_sets_the_limits_and_locally_there_are_none(monkeypatch):
    monkeypatch.delenv("VAE_HOSTED", raising=False)
    assert hosted_limits() is None
    monkeypatch.setenv("VAE_HOSTED", "1")
    assert hosted_limits() == Limits()
    monkeypatch.setenv("VAE_HOSTED_EPOCHS", "7")
    monkeypatch.setenv("VAE_HOSTED_RUNS", "many")
    assert hosted_limits() == Limits(epochs=7)
    assert "7 epochs" in hosted_limits().words


def test_a_name_that_a_browser_did_not_make_owns_nothing():
    token = "0123456789abcdef" * 2
    assert len(owner_of(token)) == 64 and token not in owner_of(token)
    assert owner_of(token) == owner_of(token) != owner_of(token[::-1])
    for bad in ("", "x", token.upper(), token + "0", "../" + token[3:]):
        assert owner_of(bad) == ""


def test_a_full_disk_starts_nothing_and_says_so(runs_dir, spawned):
    endless = replace(LIMITS, spare=10**9)
    with pytest.raises(RunError, match="disk of this server is full"):
        ask("a", endless)
    run = lifecycle.create(CONFIG, runs_dir, state="queued")
    queue_dispatcher.dispatch(runs_dir, endless)
    assert not spawned and run.status().state == "queued"


# ---- a full queue


def test_a_full_queue_drops_the_last_request_that_nobody_looks_at(runs_dir, spawned):
    limits = replace(LIMITS, queue=2)
    ask("a"), ask("b"), ask("c")
    with pytest.raises(RunError, match="queue of this server is full"):
        ask("d", limits)
    for owner in "bc":
        (run,) = [run for run in own_runs(runs_dir) if run.about.owner == owner]
        queue_order.write(run, **queue_order.read(run) | {"asked": time.time() - 1_000})
        if owner == "b":
            note_visit(run)
    ask("d", limits)
    assert order(runs_dir) == ["b", "d"]
    assert run.status().state == "stopped" and "lost its place" in queue.note(run)
    assert_one_sentence(queue.note(run))
    queue.cancel(next(r for r in own_runs(runs_dir) if r.about.owner == "d"))
    queue.again(run, limits)
    assert not queue.note(run)


def waiting_for_long(owner: str, runs_dir: Path) -> Run:
    """A request in the queue on whose page nobody looks."""
    run = lifecycle.create(CONFIG, runs_dir, state="queued", owner=owner)
    queue_order.write(run, asked=time.time() - 1_000, turn=0.0)
    return run


def test_nobody_loses_a_place_for_a_request_that_is_refused(runs_dir, monkeypatch):
    monkeypatch.setattr(queue, "dispatch", lambda *_: [])
    limits, waits = replace(LIMITS, queue=1, runs=1), waiting_for_long("a", runs_dir)
    mine = lifecycle.create(CONFIG, runs_dir, owner="b", pinned=True)
    finish(mine, "stopped")
    with pytest.raises(RunError, match="unpin or delete"):
        ask("b", limits)
    with lifecycle.held(mine), pytest.raises(RunError, match="is training"):
        queue.again(Run(mine.path), limits)
    full = lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space left on device"))  # noqa: E731
    with monkeypatch.context() as patch:
        patch.setattr(queue, "write_status", full)
        with pytest.raises(RunError, match="cannot continue"):
            queue.again(Run(mine.path), limits)
    known = here()
    with monkeypatch.context() as patch:
        patch.setattr(launcher, "request", lambda *_: (_ for _ in ()).throw(RunError("It cannot be steered.")))
        with pytest.raises(RunError, match="steered"):
            ask("c", replace(limits, runs=9))
    assert here() == known, "what was refused does not wait"
    assert waits.status().state == "queued" and not queue.note(waits)
    queue.again(Run(mine.path), limits)
    assert waits.status().state == "stopped" and "lost its place" in queue.note(waits)
