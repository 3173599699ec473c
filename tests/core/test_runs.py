"""A run is a directory: its exact files, what is wrong with a broken one, and who is found by which id."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from core_helpers import assert_one_sentence, files_in, new_run

from vae_core import paths
from vae_core.config import Config
from vae_core.model import build
from vae_core.runs import files, lifecycle
from vae_core.runs.index import find_run, list_runs
from vae_core.runs.run import ACTIVE, HEARTBEAT_TIMEOUT, RUN_ID, Run, RunError, Status
from vae_core.runs.schema import FORMAT
from vae_core.training.checkpoint import load_model, load_resume


def epoch_files(last: int) -> set[str]:
    return {f for e in range(last + 1) for f in (f"latents/{e:04d}.npz", f"weights/{e:04d}.safetensors")}


MOMENTS = {f"moments/{part:02d}.npz" for part in (1, 2, 4, 8, 16)}  # of the first epoch; none of those that go on


# ---- a finished run


def test_the_files_of_a_finished_run_are_exactly_these(finished_run):
    assert files_in(finished_run.path) == MOMENTS | epoch_files(finished_run.config.epochs) | {
        "config.json", "status.json", "steps.jsonl", "metrics.jsonl", "latents/labels.npz", "resume.safetensors",
    }  # fmt: skip


def test_a_finished_run_is_whole_and_says_so(finished_run):
    finished_run.check()
    status, epochs = finished_run.status(), finished_run.config.epochs
    assert (status.state, status.epoch, status.epochs, status.progress) == ("finished", epochs, epochs, 1.0)
    assert (status.error, status.seconds_left, status.active) == ("", None, False)
    assert status.device == "CPU" and status.threads >= 1
    assert status.step == epochs * status.steps_per_epoch
    assert finished_run.epoch == epochs
    assert finished_run.weight_epochs() == finished_run.latent_epochs() == list(range(epochs + 1))
    assert finished_run.title == finished_run.config.title


def test_config_json_has_the_settings_and_a_format(finished_run):
    stored = files.read_json(finished_run.path / "config.json")
    assert stored.pop("format") == FORMAT
    layers, pictures = stored.pop("layers"), stored.pop("pictures")
    assert stored == finished_run.config.to_json()
    assert pictures == {"shape": [1, 28, 28], "class_names": list("0123456789")}
    assert [layer["type"] for layer in layers["encoder"] + layers["decoder"]] == 2 * ["linear", "relu", "linear"]


def test_status_json_has_what_the_design_promises(finished_run):
    stored = files.read_json(finished_run.path / "status.json")
    promised = {"state", "epoch", "step", "epochs", "heartbeat", "device", "images_per_second", "error"}
    assert promised <= set(stored)


def test_old_metrics_stay_a_page_sees_only_epochs_that_stand_there(own_run):
    """Weights and latents of an epoch are written before its line, so a file may be there without its epoch."""
    for folder, suffix in (("weights", "safetensors"), ("latents", "npz")):
        for name in ("0006", "0099"):
            shutil.copy(own_run.path / folder / f"0005.{suffix}", own_run.path / folder / f"{name}.{suffix}")
        for name in ("x.npz", "1.safetensors", ".0003.npz.1.part"):
            (own_run.path / folder / name).touch()
    assert own_run.weight_epochs() == own_run.latent_epochs() == [0, 1, 2, 3, 4, 5]
    own_run.check()
    files.rewrite_lines(own_run.path / "metrics.jsonl", own_run.metrics()[:3])
    assert own_run.weight_epochs() == own_run.latent_epochs() == [0, 1, 2]
    assert own_run.epoch == 2
    (own_run.path / "metrics.jsonl").unlink()
    assert own_run.weight_epochs() == own_run.latent_epochs() == own_run.metrics() == []
    assert own_run.epoch is None


def test_a_torn_last_line_of_metrics_or_steps_is_not_an_error(own_run):
    for name in ("metrics.jsonl", "steps.jsonl"):
        file = own_run.path / name
        whole = files.read_lines(file)
        file.write_bytes(file.read_bytes()[:-7])
        assert files.read_lines(file) == whole[:-1]
    own_run.check()
    assert own_run.epoch == own_run.config.epochs - 1


# ---- broken runs


def write(name: str, text: str | bytes) -> Callable[[Run], None]:
    return lambda run: (run.path / name).write_bytes(text if isinstance(text, bytes) else text.encode()) and None


def remove(name: str) -> Callable[[Run], None]:
    return lambda run: (run.path / name).unlink()


def cut(name: str, share: float) -> Callable[[Run], None]:
    return lambda run: os.truncate(run.path / name, int(share * (run.path / name).stat().st_size))


def flip(name: str, share: float) -> Callable[[Run], None]:
    """Invert one byte at this share of the file."""

    def damage(run: Run) -> None:
        raw = bytearray((run.path / name).read_bytes())
        raw[int(share * len(raw))] ^= 0xFF
        (run.path / name).write_bytes(raw)

    return damage


def configure(**changes: object) -> Callable[[Run], None]:
    def damage(run: Run) -> None:
        stored = files.read_json(run.path / "config.json") | changes
        files.write_json(run.path / "config.json", {name: v for name, v in stored.items() if v is not ...})

    return damage


def say(**changes: object) -> Callable[[Run], None]:
    """A status that is fresh, but for the changes."""

    def damage(run: Run) -> None:
        stored = asdict(Status(state="running", heartbeat=time.time(), pid=os.getpid()))
        files.write_json(run.path / "status.json", stored | changes)

    return damage


def lines(*records: object) -> Callable[[Run], None]:
    return write("metrics.jsonl", "".join(json.dumps(r) + "\n" for r in records))


def swap_epochs(run: Run) -> None:
    first, second, *rest = run.metrics()
    files.rewrite_lines(run.path / "metrics.jsonl", [second, first, *rest])


def arrays(name: str, **content: np.ndarray) -> Callable[[Run], None]:
    return lambda run: np.savez(run.path / name, **content)


def check(run: Run) -> None:
    run.check()


def resumed(run: Run) -> None:
    import torch

    model = build(run.config)
    load_resume(run, model, torch.optim.Adam(model.parameters()))


BROKEN: dict[str, tuple[Callable[[Run], None], Callable[[Run], object]]] = {
    "no config": (remove("config.json"), check),
    "torn config": (write("config.json", '{"format": 1, "data'), check),
    "config is a list": (write("config.json", "[]"), check),
    "binary config": (write("config.json", b"\xff\xfe\0"), check),
    "other format": (configure(format=99), check),
    "no format": (configure(format=...), check),
    "unknown setting": (configure(colour="red"), check),
    "missing setting": (configure(beta=...), check),
    "setting out of range": (configure(latent_dim=0), check),
    "setting is a list": (configure(dataset=[]), check),
    "no status": (remove("status.json"), check),
    "torn status": (write("status.json", '{"state": "runn'), check),
    "status is a number": (write("status.json", "7"), check),
    "status without a time": (say(heartbeat="yesterday"), check),
    "status with null": (say(heartbeat=None), check),
    "status with a wrong process": (say(pid="me"), check),
    "status with worded epochs": (say(epochs="three", steps_per_epoch=10), lambda run: run.status().progress),
    "no epoch in metrics": (lines({"loss": 1}), check),
    "metrics not in order": (swap_epochs, check),
    "an epoch twice": (lines({"epoch": 0}, {"epoch": 0}), check),
    "metrics start late": (lines({"epoch": 1}), check),
    "bad line in metrics": (lines({"epoch": 0}, [1], {"epoch": 1}), check),
    "bad line in steps": (write("steps.jsonl", "{\n{}\n"), lambda run: run.steps()),
    "weights of an epoch missing": (remove("weights/0002.safetensors"), check),
    "latents of an epoch missing": (remove("latents/0002.npz"), check),
    "weights cut": (cut("weights/0002.safetensors", 0.5), check),
    "weights empty": (cut("weights/0002.safetensors", 0), check),
    "weights cut, loaded": (cut("weights/0002.safetensors", 0.99), lambda run: load_model(run, 2)),
    "weights flipped in the header": (flip("weights/0002.safetensors", 0.0), check),
    "weights flipped": (flip("weights/0002.safetensors", 0.5), lambda run: load_model(run, 2)),
    "weights missing, loaded": (remove("weights/0002.safetensors"), lambda run: load_model(run, 2)),
    "weights of other settings": (configure(hidden_dim=31), lambda run: load_model(run, 2)),
    "resume flipped": (flip("resume.safetensors", 0.5), resumed),
    "resume cut": (cut("resume.safetensors", 0.7), resumed),
    "resume missing": (remove("resume.safetensors"), resumed),
    "resume of other settings": (configure(hidden_dim=31), resumed),
    "latents cut": (cut("latents/0002.npz", 0.5), check),
    "latents empty": (cut("latents/0002.npz", 0), check),
    "latents empty, read": (cut("latents/0002.npz", 0), lambda run: run.latents(2)),
    "latents cut, read": (cut("latents/0002.npz", 0.5), lambda run: run.latents(2)),
    "latents flipped": (flip("latents/0002.npz", 0.5), lambda run: run.latents(2)),
    "latents missing, read": (remove("latents/0002.npz"), lambda run: run.latents(2)),
    "latents are text": (write("latents/0002.npz", "hello"), lambda run: run.latents(2)),
    "latents without mean": (arrays("latents/0002.npz", other=np.zeros(3)), lambda run: run.latents(2)),
    "latents of another size": (arrays("latents/0002.npz", mean=np.zeros((9, 4))), lambda run: run.latents(2)),
    "latents are flat": (arrays("latents/0002.npz", mean=np.zeros(9)), lambda run: run.latents(2)),
    "labels missing": (remove("latents/labels.npz"), lambda run: run.labels()),
    "labels cut": (cut("latents/labels.npz", 0.5), lambda run: run.labels()),
    "labels without labels": (arrays("latents/labels.npz", other=np.zeros(3)), lambda run: run.labels()),
    "indices missing": (arrays("latents/labels.npz", labels=np.zeros(3)), lambda run: run.test_indices()),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_run_says_what_is_wrong_in_one_sentence_and_hides_no_other(own_run, tmp_path, name):
    damage, read = BROKEN[name]
    broken = Run(Path(shutil.copytree(own_run.path, own_run.path.parent / "broken")))
    damage(broken)
    with pytest.raises(RunError) as refusal:
        read(Run(broken.path))
    assert_one_sentence(refusal.value)
    assert "broken" in str(refusal.value), "the sentence does not say which run"
    assert {run.id for run in list_runs(gallery=tmp_path / "none")} == {"mine", "broken"}
    own_run.check()


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_one_wrong_byte_anywhere_in_the_latents_is_noticed_or_harmless(own_run, save):
    file, mean = own_run.latents_file(0), np.arange(6, dtype=np.float16).reshape(2, 3)
    save(file, mean=mean)
    whole, surprises = file.read_bytes(), {}
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            assert np.array_equal(own_run.latents(0).mean, mean)
        except RunError as error:
            assert_one_sentence(error)
        except Exception as error:
            surprises[place] = repr(error)
    assert not surprises


def test_code_inside_an_npz_is_refused_and_not_run(own_run, tmp_path):
    class Payload:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "it ran"),)

    for name, content in (("0000.npz", "mean"), ("labels.npz", "labels")):
        np.savez(own_run.path / "latents" / name, **{content: np.array([Payload()], dtype=object)})
    for read in (lambda: own_run.latents(0), own_run.labels):
        with pytest.raises(RunError) as refusal:
            read()
        assert_one_sentence(refusal.value)
    assert not (tmp_path / "it ran").exists()


def test_settings_from_the_start_stay_readable_while_the_run_has_no_epoch(runs_dir):
    run = new_run(runs_dir)
    run.check()
    assert (run.epoch, run.metrics(), run.steps(), run.weight_epochs()) == (None, [], [], [])
    assert run.status().state == "starting"


# ---- status


def test_a_silent_trainer_is_shown_as_interrupted(own_run):
    say(pid=os.getpid())(own_run)
    heartbeat = own_run.status().heartbeat
    for state in ACTIVE:
        say(state=state)(own_run)
        assert own_run.status(now=heartbeat + HEARTBEAT_TIMEOUT - 1).state == state
        assert own_run.status(now=heartbeat + HEARTBEAT_TIMEOUT + 5).state == "interrupted"


@pytest.mark.parametrize("state", ["finished", "stopped", "failed", "interrupted"])
def test_a_trainer_that_ended_may_be_silent_and_gone(own_run, state):
    say(state=state, heartbeat=0, pid=dead_process())(own_run)
    assert own_run.status().state == state


def dead_process() -> int:
    child = subprocess.Popen([sys.executable, "-S", "-c", ""])
    child.wait()
    return child.pid


def test_a_trainer_whose_process_is_gone_is_interrupted_at_once(own_run):
    for state in ACTIVE:
        say(state=state, pid=dead_process())(own_run)
        assert own_run.status().state == "interrupted"


def test_a_process_number_that_cannot_be_is_no_crash(own_run):
    say(pid=10**30)(own_run)
    assert own_run.status().state in ("running", "interrupted")


@pytest.mark.parametrize("state", ["starting", "running", "paused"])
def test_a_trainer_that_was_asked_to_stop_is_stopping(own_run, state):
    say(state=state)(own_run)
    for request, shown in (("stop", "stopping"), ("pause", state), ("run", state)):
        files.write_json(own_run.path / "control.json", {"request": request})
        assert own_run.status().state == shown


def test_an_old_request_to_stop_does_not_change_an_ended_run(own_run):
    files.write_json(own_run.path / "control.json", {"request": "stop"})
    assert own_run.status().state == "finished"


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"other": 1}'])
def test_an_unreadable_request_means_run(own_run, text):
    (own_run.path / "control.json").write_text(text)
    assert own_run.control() == "run"


def test_a_status_of_a_newer_version_can_be_read(own_run):
    say(state="running", mood="good")(own_run)
    assert own_run.status().state == "running"


@pytest.mark.parametrize(("step", "share"), [(0, 0), (5, 0.25), (20, 1), (99, 1)])
def test_progress_is_the_share_of_steps(step, share):
    assert Status(epochs=2, steps_per_epoch=10, step=step).progress == share
    assert Status(step=step).progress == 0  # before the number of steps is known


# ---- making, listing and finding


HOSTILE = [
    "../mine", "..", ".", "", "/", "a/b", "mine/", "mine/../mine", "./mine", "MINE", "míne", "１", "mine\n", "mine\0",
    "*", "m?ne", "%2e%2e",
]  # fmt: skip


@pytest.mark.parametrize("run_id", HOSTILE)
def test_find_knows_no_hostile_id(own_run, run_id):
    assert find_run(run_id) is None
    assert find_run(str(own_run.path)) is None
    assert find_run("mine") == own_run


@pytest.mark.parametrize("run_id", [r for r in HOSTILE if r] + ["-a", ".a", "_a", "a b", "a" * 65])
def test_no_run_is_made_with_a_hostile_id(runs_dir, run_id):
    with pytest.raises(RunError) as refusal:
        lifecycle.create(Config(), runs_dir, run_id)
    assert_one_sentence(refusal.value)
    assert files_in(runs_dir.parent) == set()


def test_a_new_run_has_settings_and_status_and_a_name_of_its_own(runs_dir):
    made = [lifecycle.create(Config(), runs_dir) for _ in range(20)]
    assert len({run.id for run in made}) == 20
    assert all(RUN_ID.fullmatch(run.id) for run in made)
    assert files_in(made[0].path) == {"config.json", "status.json"}
    assert find_run(made[0].id) == made[0]
    with pytest.raises(RunError) as refusal:
        lifecycle.create(Config(), runs_dir, made[0].id)
    assert_one_sentence(refusal.value)


def test_a_run_is_listed_only_once_it_is_whole(runs_dir, tmp_path, monkeypatch):
    """Another visitor's page may list the runs at any moment of its making."""
    write_atomic = files.write_atomic

    def look_and_write(*arguments, **options):
        for run in list_runs(gallery=tmp_path / "none"):
            run.check()
        write_atomic(*arguments, **options)

    monkeypatch.setattr(files, "write_atomic", look_and_write)
    assert lifecycle.create(Config(), runs_dir, "a") == find_run("a")


def test_a_run_may_have_a_title(runs_dir):
    run = lifecycle.create(Config(), runs_dir, "a", title="The lecture’s model")
    assert (run.title, run.config) == ("The lecture’s model", Config())


@pytest.mark.parametrize("folder", ["file/runs", "file"])
def test_a_folder_that_cannot_hold_runs_is_named_in_one_sentence(runs_dir, folder):
    (runs_dir / "file").touch()
    with pytest.raises(RunError) as refusal:
        lifecycle.create(Config(), runs_dir / folder)
    assert_one_sentence(refusal.value)
    assert str(runs_dir / folder) in str(refusal.value)


def test_own_runs_come_newest_first_and_then_the_gallery(own_run, tmp_path):
    gallery = tmp_path / "gallery"
    for name in ("b", "a"):
        shutil.copytree(own_run.path, gallery / name)
    for age, name in ((10, "new"), (20, "old")):
        made = new_run(own_run.path.parent, name)
        os.utime(made.path / "config.json", (time.time() + 100 - age,) * 2)
    (own_run.path.parent / "a file").touch()
    (own_run.path.parent / "Not A Run").mkdir()
    listed = list_runs(gallery=gallery)
    assert [run.id for run in listed] == ["new", "old", "mine", "a", "b"]
    assert [run.gallery for run in listed] == [False, False, False, True, True]
    assert find_run("b", gallery=gallery).path == gallery / "b"


def test_no_folder_means_no_runs(tmp_path):
    assert list_runs(tmp_path / "nowhere", tmp_path / "nowhere either") == []


def test_the_folder_of_runs_follows_the_environment(runs_dir, monkeypatch):
    assert paths.runs_dir() == runs_dir
    monkeypatch.setenv("VAE_RUNS_DIR", "")
    assert paths.runs_dir() == paths.ROOT / "checkpoints" / "runs"
