"""The command line: exit status, one sentence for each mistake, and going on after any end."""

from __future__ import annotations

import errno
import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import torch
from core_helpers import (
    TINY,
    assert_mistake,
    assert_one_sentence,
    command,
    differences,
    files_in,
    new_run,
    results,
    trainer,
    wait_for,
)

from vae_core import paths, train
from vae_core.config import FIELDS
from vae_core.datasets import registry
from vae_core.datasets.download import Progress
from vae_core.datasets.spec import DataError, Dataset
from vae_core.jobs import launcher
from vae_core.runs.index import find_run, list_runs
from vae_core.runs.run import RunError, Status
from vae_core.training import background, threads

TINY_OPTIONS = [f"--{name.replace('_', '-')}={value}" for name, value in TINY.items()]
# No server answers there, so that a download fails at once, on a machine with a network as on one without.
NO_NETWORK = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "no_proxy": ""}


# ---- mistakes

MISTAKES = {
    "latent-dim": (["--latent-dim", "0"], "latent_dim"),
    "epochs": (["--epochs", "abc"], "epochs"),
    "beta": (["--beta", "-1"], "beta"),
    "learning rate": (["--learning-rate", "nan"], "learning_rate"),
    "dataset": (["--dataset", "cats"], "dataset"),
    "model": (["--model", "gan"], "model"),
    "existing run": (["--run-id", "mine"], "mine"),
    "bad run id": (["--run-id", "../evil"], "'../evil'"),
    "unknown run": (["--resume", "nobody"], "nobody"),
    "resume of nothing": (["--resume"], "no run"),
    "resume of a path": (["--resume", "../runs/mine"], "no run"),
    "resume with settings": (["--resume", "mine", "--epochs", "9"], "--epochs"),
    "whole number": (["--epochs", "1.5e0"], "epochs"),
    "runs-dir is a file": (["--runs-dir", __file__], "test_train.py"),
    "runs-dir of nothing": (["--runs-dir", ""], "runs-dir"),
    "run id of nothing": (["--run-id", ""], "run-id"),
    "no such folder at home": (["--dataset", "folder:~/no-such-pictures"], os.path.expanduser("~/no-such-pictures")),
    "unknown option": (["--betta", "3"], "betta"),
    "no value": (["--beta"], "beta"),
}


@pytest.mark.parametrize(("options", "named"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_sentence_and_leaves_nothing(own_run, options, named):
    before = files_in(own_run.path.parent)
    done = trainer(*options)
    assert named in assert_mistake(done)
    assert done.stdout == ""
    assert files_in(own_run.path.parent) - {".locks/mine.lock"} == before


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_cuda_where_there_is_none_is_a_mistake(main, runs_dir, capsys):
    assert main(["--device", "cuda"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert_one_sentence(line)
    assert "device" in line
    assert files_in(runs_dir) == set()


def test_a_broken_run_is_not_resumed(own_run):
    (own_run.path / "config.json").write_text("{")
    assert "mine" in assert_mistake(trainer("--resume", "mine"))


STUB = """
import os
told = f"{os.environ.get('GOMP_SPINCOUNT')} {os.environ.get('OMP_NUM_THREADS')}"
open(os.path.join(os.path.dirname(__file__), __name__ + ".txt"), "w").write(told)
raise ImportError("this is a stub")
"""


def test_openmp_is_told_before_torch_comes(runs_dir, tmp_path):
    """It reads its environment once. A stub that writes down what it found saves the import."""
    (tmp_path / "torch.py").write_text(STUB)
    unprepared = {name: None for name in os.environ if re.match("(OMP|MKL|GOMP)_", name)}
    assert trainer("--run-id=a", **(unprepared | {"PYTHONPATH": str(tmp_path)})).returncode == 1
    spin, used = (tmp_path / "torch.txt").read_text().split(" ")
    assert spin == threads.SPIN_COUNT and int(used) >= 1


@pytest.mark.parametrize("environment", [NO_NETWORK, {"VAE_DOWNLOAD": "0"}], ids=["no network", "forbidden"])
def test_a_dataset_that_cannot_be_had_is_one_sentence(main, runs_dir, tmp_path, capsys, monkeypatch, environment):
    monkeypatch.setenv("VAE_DATA_DIR", str(tmp_path / "empty"))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(["--dataset=mnist", "--run-id=far"]) == 2
    sentence = capsys.readouterr().err.strip()
    assert_one_sentence(sentence)
    assert str(tmp_path / "empty" / "MNIST" / "raw") in sentence
    status = find_run("far").status()
    assert (status.state, status.error) == ("failed", sentence)  # the page says the same
    assert not [file for file in files_in(tmp_path / "empty") if "ubyte" in file]


def test_every_setting_has_an_option_with_its_help(main, capsys):
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    for name in FIELDS:
        assert f"--{name.replace('_', '-')} " in text


# ---- a whole training


def test_a_training_ends_with_0_and_plain_lines(main, runs_dir, capsys):
    assert main([*TINY_OPTIONS, "--run-id=whole"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "\r" not in printed.out  # no moving bar where nobody watches
    assert "epoch 2/2 · finished" in printed.out
    run = find_run("whole")
    assert run.status().state == "finished" and run.epoch == 2
    assert {name: getattr(run.config, name) for name in TINY} == TINY


def test_on_a_terminal_one_line_moves(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    show = train.Terminal()
    for step in range(0, 101, 10):
        show(Status(state="running", epochs=1, steps_per_epoch=100, step=step, images_per_second=9e3))
    show(Status(state="finished", epoch=1, epochs=1, steps_per_epoch=100, step=100))
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1 and printed.endswith("\n")
    lines = printed.rstrip("\n").split("\r")[1:]
    assert len(lines) == 12 and len({len(line) for line in lines}) == 1  # each covers the one before
    assert [line.count("█") for line in lines] == [0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 30]


def test_a_run_without_an_id_gets_one(main, runs_dir, tmp_path):
    assert main([*TINY_OPTIONS, "--epochs=1"]) == 0
    assert main([*TINY_OPTIONS, "--epochs=1", f"--runs-dir={tmp_path / 'other'}"]) == 0
    for folder in (runs_dir, tmp_path / "other"):
        (run,) = list_runs(folder, tmp_path / "no gallery")
        assert run.status().state == "finished"


def test_the_digits_have_defaults_of_their_own(main, runs_dir, monkeypatch):
    monkeypatch.setattr("vae_core.train._train", lambda run, ranks: 0)
    assert main(["--run-id=a"]) == main(["--run-id=b", "--dataset=kmnist"]) == main(["--run-id=c", "--epochs=3"]) == 0
    a, b, c = (find_run(name).config for name in "abc")
    assert (a.dataset, a.epochs, a.batch_size) == ("mnist-5k", 60, 64)
    assert (b.dataset, b.epochs, b.batch_size) == ("kmnist", 10, 256)
    assert (c.epochs, c.batch_size) == (3, 64)


def test_resuming_a_finished_run_changes_nothing(main, own_run):
    before = results(own_run)
    for options in (["--resume", "mine"], ["--resume", "--run-id", "mine"]):
        assert main(options) == 0
    assert differences(results(own_run), before) == []
    assert own_run.status().state == "finished"


def test_diverging_ends_as_failed_with_one_sentence(main, runs_dir, capsys):
    options = ["--learning-rate=1", "--beta=1000", "--latent-dim=20", "--hidden-dim=256", "--run-id=wild"]
    assert main([*TINY_OPTIONS, *options]) == 1
    status = find_run("wild").status()
    assert status.state == "failed" and not status.active
    assert_one_sentence(status.error)
    assert capsys.readouterr().err.splitlines() == [status.error]
    find_run("wild").check()


@pytest.mark.parametrize(
    ("trouble", "code", "word"),
    [
        (OSError(28, "No space left on device"), 1, "No space left"),
        (MemoryError(), 1, "memory"),
        (RuntimeError("CUDA out of memory"), 1, "memory"),
        (RuntimeError("shape '[2]' is invalid"), 1, "RuntimeError"),
        (DataError("The file x is damaged."), 2, "The file x is damaged."),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_any_trouble_ends_as_failed_with_one_sentence(main, runs_dir, monkeypatch, trouble, code, word):
    def fail(*_, **__):
        raise trouble

    monkeypatch.setattr("vae_core.training.loop.train", fail)
    assert main([*TINY_OPTIONS, "--run-id=unlucky"]) == code
    status = find_run("unlucky").status()
    assert status.state == "failed" and word in status.error
    assert_one_sentence(status.error)


# ---- interruptions


def started(*options: object) -> subprocess.Popen[str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command(*options), cwd=paths.ROOT, text=True, **pipes)


def end_after(child: subprocess.Popen[str], run_id: str, epoch: int, number: signal.Signals) -> str:
    """Send a signal in the middle of the epoch after this one; returns what stood on stderr."""

    def got_there() -> bool:
        assert child.poll() is None, "the trainer ended before the signal came"
        try:
            status = find_run(run_id).status()
        except (AttributeError, RunError):  # it is just being made
            return False
        return status.state == "running" and status.epoch >= epoch

    try:
        wait_for(got_there, f"epoch {epoch}")
        child.send_signal(number)
        return child.communicate(timeout=20)[1]
    finally:
        child.kill()


def test_a_run_that_was_killed_and_interrupted_ends_as_if_nothing_had_happened(main, finished_run, runs_dir):
    """The finished run's settings: killed in one epoch, Ctrl-C in the next, and in the end equal in every bit."""
    settings, epochs = finished_run.config.to_json(), finished_run.config.epochs
    options = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
    child = started("--run-id=tough", *options)
    end_after(child, "tough", 1, signal.SIGKILL)
    run = find_run("tough")
    assert child.returncode == -signal.SIGKILL
    assert run.status().state == "interrupted"  # its process is gone, and nobody wrote so
    run.check()
    killed_at = run.epoch
    assert 1 <= killed_at < epochs

    child = started("--resume=tough")
    errors = end_after(child, "tough", killed_at + 1, signal.SIGINT)
    assert (child.returncode, errors) == (130, "")
    assert run.status().state == "interrupted"
    assert killed_at < run.epoch < epochs

    assert main(["--resume=tough"]) == 0
    assert run.status().state == "finished"
    assert differences(results(run), results(finished_run)) == []
    assert files_in(run.path) == files_in(finished_run.path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_before_the_first_step_ends_with_130(main, runs_dir, monkeypatch, number):
    load = registry.load

    def load_and_be_told(name: str) -> Dataset:
        os.kill(os.getpid(), number)
        return load(name)

    monkeypatch.setattr(registry, "load", load_and_be_told)
    assert main([*TINY_OPTIONS, "--run-id=early"]) == 130
    assert find_run("early").status().state == "interrupted"
    monkeypatch.setattr(registry, "load", load)
    assert main(["--resume=early"]) == 0


def test_a_run_that_was_stopped_goes_on_at_the_command_line(main, runs_dir):
    run = new_run(runs_dir, "halted")
    launcher.request(run, "stop")
    assert main(["--resume=halted"]) == 130
    assert run.status().state == "stopped"
    assert main(["--resume=halted"]) == 0


def test_a_download_says_how_far_it_is_and_can_be_stopped(main, runs_dir, monkeypatch):
    run, ended = new_run(runs_dir, "slow", dataset="kmnist"), threading.Event()

    def endless(name, tell):
        try:
            while True:
                tell(Progress(1, 4, 2, 3, got=1_200_000, total=9_900_000))
                if run.status().message == "Downloading KMNIST, file 1 of 4: 1.2 of 9.9 MB (server 2 of 3)…":
                    launcher.request(run, "stop")
                time.sleep(0.01)
        finally:
            ended.set()

    monkeypatch.setattr(registry, "fetch", endless)
    assert main(["--resume=slow"]) == 130
    assert run.status().state == "stopped"
    assert ended.wait(10)  # nobody goes on loading behind it


def test_a_download_can_be_paused_and_goes_on(main, runs_dir, monkeypatch, few_digits):
    run, counts = new_run(runs_dir, "slow", dataset="kmnist"), []

    def steady(name, tell):
        while len(counts) < 40:
            tell(Progress(1, 4, 1, 3, got=len(counts), total=40))
            counts.append(run.status().state)
            if len(counts) == 2:
                launcher.request(run, "pause")
                wait_for(lambda: run.status().state == "paused", "it pauses")
                threading.Timer(0.2, launcher.request, (run, "run")).start()

    monkeypatch.setattr(registry, "fetch", steady)
    monkeypatch.setattr(registry, "load", lambda name: few_digits)
    assert main(["--resume=slow"]) == 0
    assert run.status().state == "finished"
    assert "paused" not in counts[3:]  # nothing is fetched in a pause


@pytest.mark.parametrize("hangs", ["registry.fetch", "registry.load", "importlib.import_module"])
@pytest.mark.parametrize("how", ["stop", "signal"])
def test_whatever_hangs_before_the_first_step_stop_and_ctrl_c_are_answered(main, runs_dir, monkeypatch, hangs, how):
    """A network, a disk, the import of torch."""
    run, over, ended = new_run(runs_dir, "stuck"), threading.Event(), threading.Event()

    def hang(*_, **__):
        if how == "stop":
            launcher.request(run, "stop")
        else:
            os.kill(os.getpid(), signal.SIGINT)
        over.wait(30)
        ended.set()

    with monkeypatch.context() as patch:
        patch.setattr(f"vae_core.train.{hangs}", hang)
        assert main(["--resume=stuck"]) == 130
    assert not ended.is_set()
    over.set()
    assert ended.wait(10)
    assert run.status().state == ("stopped" if how == "stop" else "interrupted")
    assert main(["--resume=stuck"]) == 0


def test_a_disk_that_never_answers_is_given_up_with_a_sentence(main, runs_dir, monkeypatch):
    run, over = new_run(runs_dir, "stuck"), threading.Event()
    monkeypatch.setattr(registry, "load", lambda name: over.wait(30))
    monkeypatch.setattr(background.Background.__init__, "__defaults__", (0.05,))
    assert main(["--resume=stuck"]) == 1
    over.set()
    assert "Reading MNIST (5,000)" in run.status().error
    assert_one_sentence(run.status().error)


def test_ctrl_c_before_there_is_a_run_ends_quietly(main, runs_dir, monkeypatch, capsys):
    def interrupted(device: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "_check_device", interrupted)
    assert main(["--run-id=none"]) == 130
    assert capsys.readouterr().err == "" and files_in(runs_dir) == set()


def test_a_process_does_not_wait_for_work_that_nobody_wants(tmp_path):
    code = "import threading, time; from vae_core import train; from vae_core.training.background import Background\n"
    code += "print('said', end=''); Background('Sleeping', lambda _: time.sleep(60)); train.leave(130)"
    done = subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"said", b"")


def test_the_folder_of_this_test_is_the_one_that_was_used(runs_dir):
    """A guard for the tests above: none may write into the project."""
    assert paths.runs_dir() == runs_dir and Path(paths.ROOT) not in runs_dir.parents


# ---- output, and what goes wrong beside


@pytest.mark.parametrize("stream", ["closed", "full", "none", "cp932"])
def test_output_never_decides_over_a_training(main, runs_dir, monkeypatch, stream):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    there = io.TextIOWrapper(io.BytesIO(), encoding="cp932" if stream == "cp932" else "ascii")
    monkeypatch.setattr(there, "write", full) if stream == "full" else there.close() if stream == "closed" else None
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, None if stream == "none" else there)
    monkeypatch.setattr(train.Terminal, "__init__", lambda self: self.__dict__.update(moving=True, last=("", -1)))
    assert main([*TINY_OPTIONS, "--epochs=1", "--run-id=mute"]) == 0
    assert find_run("mute").status().state == "finished"


def test_a_picture_of_the_progress_that_fails_is_done_without(main, runs_dir, monkeypatch):
    monkeypatch.setattr(train.Terminal, "__call__", lambda self, status: 1 / 0)
    assert main([*TINY_OPTIONS, "--epochs=1", "--run-id=blind"]) == 0


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (ImportError("libtorch_cpu.so: failed to map segment from shared object: Cannot allocate memory"), "memory"),
        (MemoryError(), "memory"),
        (OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)), "memory"),
        (OSError("[WinError 1455] The paging file is too small for this operation to complete"), "memory"),
        (ModuleNotFoundError("No module named 'torch'", name="torch"), "torch"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_what_goes_wrong_while_torch_is_imported_is_said_and_not_lost_beside(main, runs_dir, monkeypatch, error, word):
    def fail(name):
        raise error

    monkeypatch.setattr(train.importlib, "import_module", fail)
    assert main([*TINY_OPTIONS, "--run-id=poor"]) == 1
    status = find_run("poor").status()
    assert status.state == "failed" and word in status.error
    assert_one_sentence(status.error)
