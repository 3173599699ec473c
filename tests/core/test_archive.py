"""A run as one file: what is packed comes back, however the run ended."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from core_helpers import assert_one_sentence, differences, keep_lines, new_run, results, train_here

from tests.core.archives_made import packed
from vae_core.runs import lifecycle, moments, untrusted
from vae_core.runs.archive import unpack
from vae_core.runs.index import list_runs
from vae_core.runs.run import Run, RunError, Status, write_status


def test_the_moments_of_the_first_epoch_travel(finished_run, good, tmp_path):
    before = moments.kept(finished_run)
    after = moments.kept(unpack(io.BytesIO(good), tmp_path))
    assert list(before) == list(after) == [1, 2, 4, 8, 16]
    for part, mine in before.items():
        assert (after[part].epoch, after[part].step) == (mine.epoch, mine.step)
        for name, array in mine.arrays().items():
            assert np.array_equal(array, after[part].arrays()[name])


def test_a_run_without_moments_travels_too(own_run, tmp_path):
    shutil.rmtree(own_run.path / "moments")
    run = unpack(io.BytesIO(packed(own_run)), tmp_path)
    run.check()
    assert moments.kept(run) == {} and not (run.path / "moments").exists()


def test_a_damaged_moment_is_left_behind(own_run, tmp_path):
    moments.kept_file(own_run, 4).write_bytes(b"")  # as a power cut leaves it
    assert list(moments.kept(unpack(io.BytesIO(packed(own_run)), tmp_path))) == [1, 2, 8, 16]


def test_a_finished_run_comes_back_under_an_id_of_its_own(finished_run, good, tmp_path):
    run = unpack(io.BytesIO(good), tmp_path)
    run.check()
    before, after = results(finished_run), results(shelf_copy(run, finished_run))
    assert differences(before, after) == []
    assert run.id != finished_run.id and run.config == finished_run.config
    status = run.status()
    assert (status.state, status.epoch, status.pid, status.device) == ("finished", 5, 0, "CPU")
    assert run.title == finished_run.title and not run.about.title
    assert not {"log.txt", "trainer.lock", "control.json"} & set(os.listdir(run.path))


def shelf_copy(run: Run, original: Run) -> Run:
    """A finished archive leaves out what only a training needs; put it beside, so that all the rest can be compared."""
    if not (run.path / "resume.safetensors").exists():
        shutil.copy(original.path / "resume.safetensors", run.path)
    return run


def test_a_stopped_run_goes_on_elsewhere_to_the_very_same_end(stopped, few_digits, tmp_path):
    run = unpack(io.BytesIO(packed(stopped)), tmp_path)
    assert run.status().state == "stopped"
    train_here(run, few_digits)
    assert differences(results(run), results(Run(stopped.path.parent / "whole"))) == []


def test_every_model_of_the_gallery_can_be_taken_along(tmp_path):
    for run in list_runs(Path("nowhere")):
        mine = unpack(io.BytesIO(packed(run)), tmp_path, owner="x")
        mine.check()
        assert mine.title == run.title and mine.about.owner == "x"
        assert mine.weight_epochs() == [e for e in run.weight_epochs() if e in run.latent_epochs()]


def test_a_long_run_keeps_an_even_choice_of_its_epochs(finished_run, tmp_path):
    epoch = finished_run.weights_file(1).stat().st_size + finished_run.latents_file(1).stat().st_size
    fixed = len(packed(finished_run)) - 6 * epoch
    small = packed(finished_run, limit=fixed + untrusted.MAX_TABLE + 4 * epoch)
    run = unpack(io.BytesIO(small), tmp_path)
    run.check()
    assert run.weight_epochs()[-1] == 5 and len(run.weight_epochs()) in (3, 4)
    assert len(run.metrics()) == 6 and run.about.sparse


def test_titles_travel_and_owners_do_not(own_run, tmp_path):
    lifecycle.note(own_run, title="Für Anna", owner="secret", pinned=True)
    raw = packed(Run(own_run.path))
    assert b"secret" not in raw
    about = unpack(io.BytesIO(raw), tmp_path).about
    assert (about.title, about.owner, about.pinned) == ("Für Anna", "", False)


def test_a_run_in_training_is_exported_as_far_as_it_is_finished(own_run, tmp_path):
    keep_lines(own_run.path / "metrics.jsonl", 3)  # the resume file is now ahead of it
    write_status(own_run, Status(state="running", pid=os.getpid(), epochs=5, steps_per_epoch=90))
    run = unpack(io.BytesIO(packed(own_run)), tmp_path)
    assert (run.epoch, run.status().state) == (2, "stopped")
    assert not (run.path / "resume.safetensors").exists()


def test_a_run_without_an_epoch_is_not_exported(runs_dir):
    with pytest.raises(RunError) as refusal:
        packed(new_run(runs_dir))
    assert_one_sentence(refusal.value)
