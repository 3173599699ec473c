"""Trainings on own pictures: any set, any network, and by the command line."""

from __future__ import annotations

import os
import re

import pytest

from tests.core.core_helpers import assert_mistake, trainer
from tests.core.pictures_made import (
    DRAWN,
    LETTERS,
    drawing,
    photo,
    picture_set,
    raw,
    trained,
    trained_before,
    without_rights,
)
from vae_core import train
from vae_core.datasets import own
from vae_core.datasets.spec import DataError, Shape
from vae_core.pictures import freezing, intake, sets
from vae_core.pictures.preparing import Preparation
from vae_core.runs.index import own_runs

pytestmark = pytest.mark.usefixtures("runs_dir")  # each test has its own folder of runs and sets


@pytest.mark.parametrize("network", ["lecture", "deep", "convolutional"])
@pytest.mark.parametrize(
    ("classes", "preparation"),
    [({"": 20}, DRAWN), ({"only": 20}, DRAWN), ({str(k): 2 for k in range(47)}, DRAWN),
     ({"a": 12, "b": 12}, Preparation(32, "rgb")), ({"a": 12, "b": 12}, Preparation(64, "rgb"))],
    ids=["a heap", "one class", "47 classes", "rgb 32", "rgb 64"],
)  # fmt: skip
def test_any_set_can_be_trained_on(network, classes, preparation, runs_dir):
    known = picture_set(classes, colour=preparation.colour == "rgb")
    spec = freezing.freeze(known, preparation, vary=False)
    run = trained(spec.name, runs_dir, network=network)
    run.check()
    assert run.epoch == 1 and len(run.labels()) == spec.test_size >= 5
    assert run.latents(1).mean.shape == (spec.test_size, 2)
    assert run.id.startswith("my-letters-vae-d2-") and run.title.startswith("My letters · ")


@pytest.mark.parametrize(
    ("title", "slug"), [("Ünsere Buchstaben!", "unsere-buchstaben"), ("猫", "own-pictures"), ("x" * 99, "x" * 24)]
)
def test_the_id_of_a_run_can_be_read(title, slug):
    assert own.slug(title) == slug


def folder(tmp_path, classes: int = 4, each: int = 6, colour: bool = False):
    for kind in range(classes):
        (tmp_path / "letters" / f"class {kind}").mkdir(parents=True)
        for seed in range(each):
            image = photo(10 * kind + seed) if colour else drawing(kind, seed)
            (tmp_path / "letters" / f"class {kind}" / f"{seed}.png").write_bytes(raw(image))
    return tmp_path / "letters"


SMALL = ("--network", "deep", "--latent-dim", 2, "--epochs", 2, "--device", "cpu")


def test_a_folder_is_trained_on_from_the_command_line(tmp_path, runs_dir):
    done = trainer("--dataset", f"folder:{folder(tmp_path)}", "--size", 32, "--colour", "grey", *SMALL)
    assert done.returncode == 0, done.stderr
    (run,) = own_runs(runs_dir)
    assert run.id.startswith("letters-vae-d2-") and "24 pictures were added." in done.stdout
    assert run.dataset.shape == Shape(1, 32, 32) and run.dataset.class_names == tuple(f"class {k}" for k in range(4))
    losses = [record["test"]["loss"] for record in run.metrics()]
    assert losses[2] < losses[1] < losses[0]
    assert sets.list_sets() == []  # the folder is the set


def test_a_folder_trained_on_in_another_folder_of_runs_can_go_on_there(tmp_path):
    there = tmp_path / "elsewhere"
    done = trainer("--dataset", f"folder:{folder(tmp_path)}", *SMALL, "--runs-dir", there, "--run-id", "mine")
    assert done.returncode == 0, done.stderr
    assert (there / ".pictures" / "versions").is_dir()
    done = trainer("--resume", "mine", "--runs-dir", there)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--dataset", "folder:/nowhere/at/all"), "no folder"), (("--dataset", "folder:{few}"), "at least 20"),
     (("--dataset", "folder:{empty}"), "no picture"), (("--dataset", "folder:{few}", "--size", "29"), "28, 32, 64"),
     (("--dataset", "folder:{few}", "--colour", "red"), "grey or rgb"), (("--size", "28"), "--size"),
     (("--dataset", "own-0123456789abcdef"), "dataset"), (("--dataset", "folder:"), "folder:PATH"),
     (("--dataset", "folder: "), "folder:PATH")],
)  # fmt: skip
def test_a_mistake_on_the_command_line_is_one_sentence(arguments, words, tmp_path, runs_dir):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "a.txt").write_text("hello")
    names = {"few": folder(tmp_path, 2, 2), "empty": tmp_path / "empty"}
    assert words in assert_mistake(trainer(*(argument.format(**names) for argument in arguments)))
    assert own_runs(runs_dir) == []


@pytest.mark.parametrize(
    ("wrong", "words", "not_said"),
    [({"size": "29"}, "29", "grey"), ({"colour": "blue"}, "blue", "pixels"), ({"size": ""}, "28, 32, 64", "grey"),
     ({"size": 28.0}, "28.0", "grey")],
)  # fmt: skip
def test_a_wrong_size_and_a_wrong_colour_are_told_apart(wrong, words, not_said, tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "from_folder", lambda path: pytest.fail("read before it was refused"))
    with pytest.raises(DataError, match=words) as refusal:
        freezing.freeze_folder(folder(tmp_path), **wrong)
    assert not_said not in str(refusal.value)


def test_a_folder_without_rights_is_named(tmp_path, monkeypatch):
    closed = folder(tmp_path)
    monkeypatch.setattr(os, "scandir", without_rights(os.scandir, closed))
    with pytest.raises(DataError, match=re.escape(str(closed))) as refusal:
        freezing.freeze_folder(closed)
    assert "Permission denied" in str(refusal.value)


def test_pictures_in_a_folder_of_which_a_part_is_closed_are_trained_on(tmp_path, monkeypatch):
    found = folder(tmp_path, 5, 6)
    monkeypatch.setattr(os, "scandir", without_rights(os.scandir, found / "class 2"))
    spec, words = freezing.freeze_folder(found)
    assert spec.class_names == ("class 0", "class 1", "class 3", "class 4")
    assert "24 pictures were added. 1 file was left out: the folder class 2 cannot be opened." in words


@pytest.mark.parametrize(
    ("more", "words"),
    [(("--size", "32"), "--size"), (("--colour", "rgb"), "--colour"), (("--run-id", "another"), "--run-id")],
)
def test_a_resumed_run_takes_nothing_that_it_would_pass_over(more, words, runs_dir, capsys):
    run = trained_before(freezing.freeze(picture_set(LETTERS), DRAWN).name, runs_dir, owner="")
    assert train.main(["--resume", run.id, *more]) == 2
    assert words in capsys.readouterr().err


def test_going_on_without_the_pictures_says_what_helps_on_a_command_line_too(runs_dir):
    name = freezing.freeze(picture_set(LETTERS), DRAWN).name
    own.delete_version(name)
    with pytest.raises(DataError, match="train on the same pictures again") as refusal:
        own.load_split(name, "train")
    assert "page" not in str(refusal.value)
