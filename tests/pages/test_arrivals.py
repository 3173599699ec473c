"""A run brought from elsewhere to a shared server keeps to the visitor's number of runs, and never goes itself."""

import shutil
import time
import zipfile

import pytest

from tests.core.pictures_made import picture_set, trained
from tests.pages.test_hosted import ME, shared  # noqa: F401 (fixture)
from tests.pages.test_pages import _here, check, finished, show, words  # noqa: F401 (fixtures)
from ui.runs import cards
from vae_core import paths
from vae_core.datasets import own
from vae_core.jobs.eviction import note_visit
from vae_core.pictures import freezing
from vae_core.pictures.preparing import Preparation
from vae_core.runs import archive, lifecycle
from vae_core.runs.index import own_runs
from vae_core.runs.run import Run, RunError


def mine(run_id: str, finished: Run, **about: object) -> Run:  # noqa: F811
    run = Run(shutil.copytree(finished.path, paths.runs_dir() / run_id))
    lifecycle.note(run, owner=ME, **about)
    return Run(run.path)


@pytest.fixture
def file(finished):  # noqa: F811
    packed = cards.packed(finished)
    shutil.rmtree(finished.path)
    return packed


def test_what_arrives_takes_the_place_of_the_oldest_and_not_of_itself(finished_run, file, monkeypatch):
    monkeypatch.setenv("VAE_HOSTED_RUNS", "2")
    mine("old", finished_run)
    time.sleep(0.01)
    mine("pinned", finished_run, pinned=True)
    run = cards._take_in(file, 10**7)
    assert {known.id for known in own_runs()} == {"pinned", run.id}


def test_where_all_others_stay_it_is_refused_in_a_sentence(finished_run, file, monkeypatch):
    monkeypatch.setenv("VAE_HOSTED_RUNS", "2")
    mine("pinned", finished_run, pinned=True)
    note_visit(mine("seen", finished_run))
    with pytest.raises(RunError, match="All your runs are pinned, busy or were looked at just now"):
        cards._take_in(file, 10**7)
    assert {known.id for known in own_runs()} == {"pinned", "seen"}


def test_what_comes_back_from_the_trash_counts_like_any_other(finished_run, monkeypatch):
    monkeypatch.setenv("VAE_HOSTED_RUNS", "2")
    monkeypatch.setenv("VAE_HOSTED_PINS", "1")
    deleted = lifecycle.delete(mine("first", finished_run, pinned=True))
    mine("second", finished_run, pinned=True)
    third = mine("third", finished_run)
    with pytest.raises(RunError, match="You have 2 runs"):
        cards._restore(deleted)
    assert deleted.path.exists()
    lifecycle.delete(third)
    cards._restore(deleted)
    assert {run.id: run.about.pinned for run in own_runs()} == {"first": False, "second": True}


def test_what_is_taken_along_is_no_larger_than_what_is_let_in(finished, monkeypatch):  # noqa: F811
    asked = []
    monkeypatch.setattr(archive, "pack", lambda run, out, limit, pictures: asked.append(limit))
    cards.packed(finished)
    monkeypatch.setenv("VAE_HOSTED", "0")
    cards.packed(finished)
    assert asked == [50_000_000, archive.MAX_BYTES]


def test_the_field_stays_for_the_next_file_and_each_is_taken_in_once(file):
    app = show("runs")
    field = app.file_uploader(key="arrival")
    known = field.proto.id
    for name, said in (("bad.zip", "cannot be imported"), ("worse.zip", "cannot be imported"), ("run.zip", "Imported")):
        data = file.getvalue() if said == "Imported" else name.encode()
        app.file_uploader(key="arrival").set_value((name, data, "application/zip")).run()
        check(app)
        assert said in words(app).replace("\\", "")
        assert app.file_uploader(key="arrival").proto.id == known
    before = len(own_runs())
    check(app.run())  # the file still stands in its field
    assert len(own_runs()) == before == 1


def test_a_run_goes_as_a_file_without_its_test_pictures_where_these_are_damaged(finished, monkeypatch):  # noqa: F811
    monkeypatch.delenv("VAE_HOSTED", raising=False)
    known = picture_set({"a": 12, "b": 12})
    spec = freezing.freeze(known, Preparation())
    run = trained(spec.name, paths.runs_dir())
    said: list[str] = []
    monkeypatch.setattr(cards.st, "checkbox", lambda *_, **__: True)
    monkeypatch.setattr(cards.st, "error", said.append)
    assert cards._asks_for_pictures(run) and not said
    assert "pictures/test.npz" in zipfile.ZipFile(cards.packed(run, pictures=True)).namelist()
    (own.folder_of(spec.name) / "test.npz").write_bytes(b"garbage")
    assert not cards._asks_for_pictures(run)
    assert len(said) == 1 and "damaged" in said[0]
    names = zipfile.ZipFile(cards.packed(run, pictures=True)).namelist()
    assert "config.json" in names and "pictures/test.npz" not in names
