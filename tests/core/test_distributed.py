"""Several processes, one training: the same numbers, one writer, an end when one of them dies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import torch
from core_helpers import new_run, wait_for

from vae_core import paths, train
from vae_core.os_compat import OF_TORCHRUN
from vae_core.runs import files
from vae_core.runs.index import find_run
from vae_core.training import loop
from vae_core.training.distributed import Ranks

# 719 and 600 pictures a batch leave a last batch of 119, cut unevenly.
OPTIONS = [
    "--dataset=digits", "--latent-dim=2", "--hidden-dim=8", "--batch-size=600", "--epochs=2", "--device=cpu",
]  # fmt: skip


def torchrun(folder: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    command += ["-m", "vae_core.train", "--runs-dir", str(folder), *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=paths.ROOT, text=True, **pipes)


def test_two_processes_learn_what_one_learns_and_a_rank_that_dies_interrupts_the_run(main, runs_dir):
    """One training for all of it: each start imports torch three times."""
    assert main(["--runs-dir", str(runs_dir), "--run-id=alone", *OPTIONS]) == 0
    one = find_run("alone")

    child = torchrun(runs_dir, "--run-id=shared", *OPTIONS)
    printed, errors = child.communicate(timeout=90)
    assert child.returncode == 0, errors
    assert printed.count("epoch 2/2 · finished") == 1  # one voice
    both = find_run("shared")
    both.check()
    assert both.status().state == "finished"
    assert [p["step"] for p in both.steps()] == [p["step"] for p in one.steps()]
    for mine, theirs in zip(both.metrics(), one.metrics(), strict=True):
        for part in ("train", "test", "test_mean"):
            assert mine[part] == (theirs[part] and pytest.approx(theirs[part], rel=1e-4))

    # Resumed by two from the end of epoch 2, which one process had written; then one of them dies.
    config = files.read_json(one.path / "config.json")
    files.write_json(one.path / "config.json", {**config, "epochs": 500})
    child = torchrun(runs_dir, "--resume=alone")
    try:
        wait_for(lambda: (one.epoch or 0) >= 3, "an epoch", 90)
        others = [p for p in psutil.Process(child.pid).children(recursive=True) if is_rank(p, "1", runs_dir)]
        assert len(others) == 1
        others[0].kill()
        assert child.wait(timeout=60) != 0
    finally:
        child.kill()
        child.communicate()
    assert one.status().state == "interrupted"
    assert files.read_json(one.path / "status.json")["state"] == "interrupted"  # said, not only guessed
    one.check()
    assert [r["epoch"] for r in one.metrics()] == list(range(one.epoch + 1))
    assert one.metrics()[3]["train"]["loss"] < one.metrics()[2]["train"]["loss"]


def is_rank(process: psutil.Process, rank: str, folder: Path) -> bool:
    try:
        return process.environ().get("RANK") == rank and str(folder) in process.cmdline()
    except psutil.Error:
        return False


def test_alone_nothing_is_shared_and_torch_is_not_asked():
    ranks = Ranks()
    assert ranks.first and not ranks.several
    assert ranks.share("whole") == ("whole",)
    assert ranks.hear_first("word") == "word"
    ranks.add(None)


def by_torchrun(monkeypatch: pytest.MonkeyPatch, **changes: str | None) -> None:
    """Its words to the last of two processes, with changes (None: unsaid)."""
    words = {"RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500"}
    for name in OF_TORCHRUN:
        monkeypatch.delenv(name, raising=False)
    for name, value in (words | changes).items():
        if value is not None:
            monkeypatch.setenv(name, value)


@pytest.mark.parametrize("said", [
    {"RANK": "x"}, {"RANK": ""}, {"RANK": None}, {"RANK": "2"}, {"RANK": "-1"}, {"RANK": "1.0"},
    {"WORLD_SIZE": ""}, {"WORLD_SIZE": None}, {"WORLD_SIZE": "x"}, {"WORLD_SIZE": "1"},
    {"RANK": "0", "WORLD_SIZE": "0"}, {"LOCAL_RANK": "x"}, {"LOCAL_WORLD_SIZE": "0"},
    {"MASTER_ADDR": None}, {"MASTER_PORT": ""},
], ids=str)  # fmt: skip
def test_who_is_told_half_or_nonsense_is_alone(monkeypatch, said):
    by_torchrun(monkeypatch)
    assert Ranks().several and not Ranks().first
    by_torchrun(monkeypatch, **said)
    ranks = Ranks()
    assert (ranks.rank, ranks.count, ranks.here, ranks.card) == (0, 1, 1, 0)
    assert ranks.first and not ranks.several


def test_the_words_of_torchrun_are_taken_as_they_are(monkeypatch):
    by_torchrun(monkeypatch, RANK="5", WORLD_SIZE="8", LOCAL_RANK="1", LOCAL_WORLD_SIZE="4")
    ranks = Ranks()
    assert (ranks.rank, ranks.count, ranks.here, ranks.card, ranks.several) == (5, 8, 4, 1, True)


def test_a_rank_alone_trains_as_one(main, runs_dir, monkeypatch):
    by_torchrun(monkeypatch, WORLD_SIZE=None)
    assert main(["--runs-dir", str(runs_dir), "--run-id=a", *OPTIONS]) == 0
    assert find_run("a").status().state == "finished"


@pytest.mark.parametrize(("device", "card"), [("auto", True), ("cuda", True), ("cpu", False)])
@pytest.mark.parametrize("resumed", [False, True])
def test_all_ranks_meet_where_the_first_does_on_a_machine_with_graphics_cards(
    monkeypatch, runs_dir, device, card, resumed
):
    """And on a card, where no step can be timed with several threads, they do not try."""
    run = new_run(runs_dir, "a", device="cpu" if device == "cpu" else "auto")
    asked = [f"--resume={run.id}"] if resumed else [f"--device={device}"]
    told: dict[str, object] = {}
    by_torchrun(monkeypatch, RANK="1")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(train.threads, "prepare", lambda **_: 4)
    monkeypatch.setattr(torch, "set_flush_denormal", lambda on: None)
    monkeypatch.setattr(train.os_compat, "on_request_to_end", lambda *_: None)
    monkeypatch.setattr(Ranks, "join", lambda self, cuda: told.update(card=cuda))
    monkeypatch.setattr(Ranks, "hear_first", lambda self: str(run.path))
    monkeypatch.setattr(loop, "train", lambda *_, max_threads, ranks: told.update(threads=max_threads))
    assert train.main(["--runs-dir", str(runs_dir), *asked]) == 0
    assert told == {"card": card, "threads": 1 if card else 4}
