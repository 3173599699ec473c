"""Faults injected into real trainings: one sentence, earlier epochs intact, and exact to the bit once they are gone."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest
import torch
from core_helpers import TINY, assert_one_sentence, differences, new_run, results, shortened, wait_for

from vae_core import train
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.datasets.spec import DataError
from vae_core.jobs import launcher, queue, queue_dispatcher
from vae_core.jobs.limits import Limits
from vae_core.runs import files, lifecycle
from vae_core.runs.run import HEARTBEAT_TIMEOUT, Run
from vae_core.training import learner


@pytest.fixture
def small(monkeypatch, few_digits):
    """The command line trains on few pictures."""
    few = shortened(few_digits, train=96, test=32)
    monkeypatch.setattr(registry, "load", lambda name, folder=None: few)
    return few


@pytest.fixture
def whole(main, small, runs_dir) -> Run:
    """What an uninterrupted training makes."""
    run = new_run(runs_dir, "whole")
    assert main(["--resume", "whole"]) == 0
    return run


class Disk:
    """Fails every write from the n-th on, as a disk that has filled up; half of the bytes are there already."""

    def __init__(self, monkeypatch, number: int) -> None:
        self.writes, self.full_from = 0, number
        open_ = open

        def opened(path, mode="r", *arguments, **options):
            if "runs" in str(path) and ("w" in mode or "a" in mode):
                self.writes += 1
                if self.writes > self.full_from:
                    with open_(path, mode) as file:
                        file.write(b"half")
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return open_(path, mode, *arguments, **options)

        monkeypatch.setattr(files, "open", opened, raising=False)


def test_a_disk_that_fills_up_at_any_write_loses_no_finished_epoch(main, whole, runs_dir):
    """Every write of a training in turn fails, and all that follow; then there is room again."""
    number, ended = 0, False
    while not ended:
        run = new_run(runs_dir, "full")
        with pytest.MonkeyPatch.context() as patch:
            Disk(patch, number)
            code = main(["--resume", "full"])
        ended = code == 0
        known = run.metrics() if (run.path / "metrics.jsonl").exists() else []
        assert known == whole_records(whole, known), f"an epoch changed, write {number}"
        if not ended:
            status = run.status()
            assert status.state in ("failed", "interrupted", "starting", "running"), status
            if status.error:
                assert_one_sentence(status.error)
            assert main(["--resume", "full"]) == 0, f"it cannot go on after write {number}"
        run.check()
        assert differences(results(run), results(whole)) == [], f"write {number}"
        assert not list(run.path.rglob(".*.part"))
        shutil.rmtree(run.path)
        number += 1 if number < 12 else 3
    assert number > 12


def whole_records(whole: Run, known: list[dict]) -> list[dict]:
    clock = ("seconds", "images_per_second")
    return [{**theirs, **{c: mine[c] for c in clock}} for mine, theirs in zip(known, whole.metrics(), strict=False)]


def test_a_full_disk_says_so_on_the_page_once_there_is_room_for_a_sentence(main, small, runs_dir, monkeypatch):
    run = new_run(runs_dir, "full")
    write_npz = files.write_npz

    def full(path, arrays, **options):
        if path.name == "0001.npz":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write_npz(path, arrays, **options)

    monkeypatch.setattr(files, "write_npz", full)
    assert main(["--resume", "full"]) == 1
    assert run.status().error == "A file could not be written: No space left on device."
    assert run.epoch == 0
    run.check()


@pytest.mark.parametrize("folder", ["", "weights", "latents"])
def test_a_folder_that_became_read_only_ends_in_one_sentence(main, whole, small, runs_dir, monkeypatch, folder):
    """Root may write anywhere, so the refusal is the system's answer and not a mode."""
    run = new_run(runs_dir, "read-only")
    replace = os.replace

    def refuse(source, target):
        if Path(target).parent == run.path / folder and Path(target).name != "status.json":
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    assert main(["--resume", "read-only"]) in (1, 2)
    assert_one_sentence(run.status().error)
    assert "Read-only" in run.status().error
    monkeypatch.setattr(os, "replace", replace)
    assert main(["--resume", "read-only"]) == 0
    assert differences(results(run), results(whole)) == []


def test_a_dataset_that_vanished_is_one_sentence_and_the_run_waits_for_it(main, runs_dir, tmp_path, monkeypatch):
    run = new_run(runs_dir, "a", dataset="mnist")
    monkeypatch.setenv("VAE_DATA_DIR", str(tmp_path / "gone"))

    def nowhere(*arguments, **options):
        raise DataError("MNIST could not be downloaded: none of 2 servers gave train-images; check the network.")

    monkeypatch.setattr(registry, "fetch", nowhere)
    assert main(["--resume", "a"]) == 2
    assert run.status().state == "failed"
    assert_one_sentence(run.status().error)
    run.check()


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 1 GiB."),
        RuntimeError("[enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory"),
        MemoryError(),
    ],
)
def test_a_device_without_memory_is_one_sentence_and_keeps_the_epochs(main, whole, small, runs_dir, monkeypatch, error):
    run = new_run(runs_dir, "a")
    step, calls = learner.Step.__call__, 0

    def out_of_memory(*arguments, **options):
        nonlocal calls
        calls += 1
        if calls > 4:  # in the second epoch of three steps
            raise error
        return step(*arguments, **options)

    monkeypatch.setattr(learner.Step, "__call__", out_of_memory)
    assert main(["--resume", "a"]) == 1
    assert run.status().error == (
        "There is not enough memory for these settings; try a smaller batch, hidden or latent size."
    )
    run.check()
    monkeypatch.setattr(learner.Step, "__call__", step)
    assert main(["--resume", "a"]) == 0
    assert differences(results(run), results(whole)) == []


def test_faults_of_one_leave_the_others_and_the_queue_alone(runs_dir, whole, monkeypatch):
    """The first of three in line cannot be trained, the second is deleted while it waits; the third has its turn."""
    limits = Limits(batch_size=1)
    going = lifecycle.create(Config(**TINY), runs_dir)
    bad, gone, good = (queue.ask(Config(**{**TINY, "epochs": 1}), owner, limits) for owner in "abc")
    before = results(whole)
    (bad.path / "resume.safetensors").write_bytes(b"not this")
    files.write_json(runs_dir / going.id / "status.json", {"state": "stopped"})
    shutil.rmtree(gone.path)

    def all_ended() -> bool:
        queue_dispatcher.dispatch(runs_dir, limits)
        return {bad.status().state, good.status().state} == {"failed", "finished"}

    wait_for(all_ended, "both have had their turn", 60)
    assert_one_sentence(bad.status().error)
    assert differences(before, results(whole)) == []
    assert launcher.log_tail(good)


def test_the_trainers_words_for_errors_are_sentences():
    for error in (OSError(28, "No space left on device"), MemoryError(), KeyError("x"), RuntimeError("CUDA error")):
        assert_one_sentence(train._sentence(error))
    assert HEARTBEAT_TIMEOUT > 20
