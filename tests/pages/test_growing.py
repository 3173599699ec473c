"""What a page reads of a growing run is what the run says, read anew or only further."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from ui.store import run_index, tail
from vae_core.analysis import curves
from vae_core.runs import files
from vae_core.runs import run as runs
from vae_core.runs.run import RunError


def by_the_run(run) -> np.ndarray:
    kl = [np.nan if r["kl"] is None else r["kl"] for r in run.steps()]
    steps = run.steps()
    return np.column_stack([[r["step"] for r in steps], [r["reconstruction"] for r in steps], kl])


def point(step: int) -> dict:
    return {"step": step, "epoch": 6, "reconstruction": 100.0 + step, "kl": 20.0}


def test_points_grow_as_the_file_does(own_run):
    file = own_run.path / "steps.jsonl"
    np.testing.assert_array_equal(tail.points(own_run), by_the_run(own_run))
    for step in (451, 452):
        files.append_lines(file, [point(step)])
        np.testing.assert_array_equal(tail.points(own_run), by_the_run(own_run))
    assert tail.points(own_run)[-1].tolist() == [452, 552, 20]


def test_only_what_is_new_is_read(own_run, monkeypatch):
    tail.points(own_run)
    files.append_lines(own_run.path / "steps.jsonl", [point(451)])
    tail.metrics(own_run)
    files.append_lines(own_run.path / "metrics.jsonl", [{**own_run.metrics()[-1], "epoch": 6}])
    parsed, parse, here = [], files.parse, threading.get_ident()

    def watched(line):
        if threading.get_ident() == here:  # a thread of a test before may still read its own
            parsed.append(line)
        return parse(line)

    monkeypatch.setattr(files, "parse", watched)
    for _ in range(2):
        assert tail.points(own_run)[-1, 0] == 451
        assert tail.metrics(own_run)[-1]["epoch"] == 6
        assert len(parsed) == 2  # one line of each file


def test_a_line_that_is_being_written_is_waited_for(own_run):
    file, before = own_run.path / "steps.jsonl", tail.points(own_run)
    with open(file, "ab") as out:
        out.write(b'{"step": 451, "epo')
    np.testing.assert_array_equal(tail.points(own_run), before)
    with open(file, "ab") as out:
        out.write(b'ch": 6, "reconstruction": 1.0, "kl": 2.0}\n')
    assert tail.points(own_run)[-1].tolist() == [451, 1, 2] and len(tail.points(own_run)) == len(before) + 1


@pytest.mark.parametrize("kept", [0, 1, 30])
def test_a_resumed_trainer_starts_the_file_anew(own_run, kept):
    tail.points(own_run)
    files.rewrite_lines(own_run.path / "steps.jsonl", own_run.steps()[:kept])
    assert len(tail.points(own_run)) == kept


def test_a_file_that_was_changed_in_place_is_read_anew(own_run):
    tail.points(own_run)
    (own_run.path / "steps.jsonl").write_text('{"step": 1, "epoch": 1, "reconstruction": 5.0, "kl": 1.0}\n')
    assert tail.points(own_run).tolist() == [[1, 5, 1]]


@pytest.mark.parametrize("line", ["{", '{"step": 1}', '{"step": [], "epoch": 1, "reconstruction": 1.0, "kl": 1.0}'])
def test_a_damaged_file_is_one_sentence(own_run, line):
    with open(own_run.path / "steps.jsonl", "a") as out:
        out.write(line + "\n" + line + "\n")
    with pytest.raises(RunError):
        tail.points(own_run)


def test_a_run_without_points_has_none(own_run):
    (own_run.path / "steps.jsonl").unlink()
    assert tail.points(own_run).shape == (0, 3)


def test_metrics_and_films_follow_the_run(own_run):
    assert tail.metrics(own_run) == own_run.metrics()
    assert tail.film(own_run) == [0, 1, 2, 3, 4, 5]
    own_run.weights_file(2).unlink()
    assert tail.film(own_run) == [0, 1, 3, 4, 5]
    files.rewrite_lines(own_run.path / "metrics.jsonl", own_run.metrics()[:4])
    assert tail.metrics(own_run) == own_run.metrics()
    assert tail.film(own_run) == [0, 1, 3]


@pytest.mark.parametrize(
    "end", ['{"epoch": 6, "tr', '{"epoch": 7}\n', "[]\n", "{\n{}\n", '{"epoch": 6, "test": 1}\n', "\n\n"]
)
def test_metrics_that_end_oddly_are_what_the_run_says_of_them(own_run, end):
    tail.metrics(own_run)
    with open(own_run.path / "metrics.jsonl", "a") as out:
        out.write(end)
    try:
        expected = own_run.metrics()
    except RunError as error:
        for _ in range(2):
            with pytest.raises(RunError, match=str(error)):
                tail.metrics(own_run)
    else:
        assert tail.metrics(own_run) == tail.metrics(own_run) == expected


def test_a_last_line_without_its_end_counts_if_it_is_whole(own_run):
    file = own_run.path / "metrics.jsonl"
    file.write_text(file.read_text().rstrip("\n"))
    assert tail.metrics(own_run) == own_run.metrics() and len(own_run.metrics()) == 6


def test_a_long_curve_is_thinned_to_means_that_keep_its_end():
    table = np.column_stack([np.arange(10_000.0), np.arange(10_000.0) * 2])
    thinned = curves.thin(table)
    assert len(thinned) == curves.POINTS
    assert thinned[-1, 0] == table[-1, 0]
    table[-1, 1] = 0  # a last window of one small batch: no curve dives for it
    assert curves.thin(table)[-1, 1] == pytest.approx(2 * 9_999, rel=0.02)
    table[-1, 1] = 2 * 9_999
    assert (np.diff(thinned[:, 0]) > 0).all()
    assert thinned[:-1].mean(0) == pytest.approx(table[:-1].mean(0), rel=0.01)
    np.testing.assert_array_equal(curves.thin(table[: curves.POINTS]), table[: curves.POINTS])
    assert len(curves.thin(table[: curves.POINTS + 1])) == curves.POINTS


def test_a_file_of_an_epoch_is_opened_once_and_again_when_it_was_replaced(own_run, monkeypatch):
    opened = []
    check = runs.check_weights
    monkeypatch.setattr(runs, "check_weights", lambda file, run: opened.append(file.name) or check(file, run))
    run_index.check(own_run)
    assert len(opened) == 6
    metrics, last = own_run.metrics(), own_run.weights_file(5).read_bytes()
    own_run.weights_file(6).write_bytes(last)
    own_run.latents_file(6).write_bytes(own_run.latents_file(5).read_bytes())
    files.append_lines(own_run.path / "metrics.jsonl", [{**metrics[-1], "epoch": 6}])
    run_index.check(own_run)
    assert opened[6:] == ["0006.safetensors"]
    files.write_atomic(own_run.weights_file(3), lambda out: out.write(last[:-9]))
    with pytest.raises(RunError, match="damaged"):
        run_index.check(own_run)
    own_run.weights_file(3).unlink()
    with pytest.raises(RunError, match="lacks its weights of epoch 3"):
        run_index.check(own_run)
