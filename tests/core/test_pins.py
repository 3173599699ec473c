"""Pinned runs on a shared server: what a pin holds, for how long, and that invented visitors gain nothing by it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import replace

import pytest
from core_helpers import assert_one_sentence
from queue_helpers import LIMITS, here, old

from vae_core.jobs import queue
from vae_core.jobs.eviction import make_room
from vae_core.runs.run import Run, RunError


def days_ago(run: Run, made: float, seen: float | None = None) -> Run:
    for name, days in (("config.json", made), (".seen", seen)):
        if days is not None:
            (run.path / name).touch()
            os.utime(run.path / name, (time.time() - days * 86_400,) * 2)
    return run


def test_invented_visitors_cannot_fill_the_server_for_ever(runs_dir, finished_run):
    limits = replace(LIMITS, all_runs=4)
    for name in "abcd":
        run = days_ago(old(name, 0, f"invented-{name > 'b'}", finished_run), made=1, seen=1)
        with suppress(RunError):
            queue.change(run, limits, title="", pinned=True)
        days_ago(run, made=1, seen=1)
    make_room(runs_dir, "somebody", limits)
    assert len(here()) == 3
    make_room(runs_dir, "somebody", limits, needed=2)
    assert len(here()) == 2


def test_a_pin_that_nobody_has_looked_at_for_long_ends(runs_dir, finished_run):
    limits = replace(LIMITS, all_runs=4)
    days_ago(old("forgotten", 0, "a", finished_run, pinned=True), made=50, seen=31)
    days_ago(old("visited", 0, "b", finished_run, pinned=True), made=50, seen=29)
    make_room(runs_dir, "x", limits, needed=3)
    assert here() == {"visited"}
    with pytest.raises(RunError, match="full"):
        make_room(runs_dir, "x", limits, needed=4)
    assert here() == {"visited"}


def test_who_came_back_keeps_what_invented_visitors_do_not(runs_dir, finished_run):
    limits = replace(LIMITS, all_runs=4)
    days_ago(old("came-back", 0, "real", finished_run), made=9, seen=3)
    for name in "xyz":
        days_ago(old(name, 0, f"invented-{name}", finished_run, pinned=True), made=1, seen=1)
    make_room(runs_dir, "new", limits)
    assert "came-back" in here() and len(here()) == 3
    mine = days_ago(old("mine", 0, "real", finished_run), made=2)
    queue.change(mine, limits, title="", pinned=True)
    days_ago(mine, made=2, seen=1)
    make_room(runs_dir, "new", limits)
    assert {"came-back", "mine"} & here() == {"came-back", "mine"}


def test_a_pin_that_would_not_hold_is_refused(runs_dir, finished_run):
    limits = replace(LIMITS, all_runs=4)
    for name in "ab":
        days_ago(old(name, 0, f"real-{name}", finished_run, pinned=True), made=9, seen=3)
    new = old("new", 0, "new", finished_run)
    with pytest.raises(RunError, match="No more runs can be pinned") as refusal:
        queue.change(new, limits, title="x", pinned=True)
    assert_one_sentence(refusal.value)
    queue.change(new, limits, title="x", pinned=False)
    assert Run(new.path).title == "x"
