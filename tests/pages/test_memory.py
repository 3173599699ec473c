"""What pages remember stays within a budget of bytes, and is made once for all who ask at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest

from ui.store import cache, memory
from vae_core.config import Config
from vae_core.model import build

LARGE = 1_000_000  # bytes of each answer here


@pytest.fixture(autouse=True)
def made(monkeypatch):
    """A server that remembers nothing yet, with room for ten answers; what was made, in order."""
    monkeypatch.setattr(memory, "_all", [])
    monkeypatch.setattr(memory, "_held", [0])
    monkeypatch.setattr(memory, "BUDGET", 10 * LARGE + 10_000)
    return []


@pytest.fixture
def film(made):
    @memory.cached(100)
    def film(name):
        made.append(name)
        return np.zeros(LARGE, np.uint8)

    return film


def test_what_looks_at_pictures_is_remembered_apart_for_who_may_see_them(made, monkeypatch):
    from vae_core.runs.index import find_run

    run, seen = find_run("lecture"), [True]
    may_use = cache.visitor.may_use
    monkeypatch.setattr(cache.visitor, "may_use", lambda dataset: seen[0] and may_use(dataset))

    @cache.of_pictures(5)
    def first(path):
        made.append(path)
        return cache.originals(run, (0,)) is not None

    for seen[0] in (True, False, True, False):
        assert first(str(run.path)) is seen[0]
    assert len(made) == 2


@pytest.mark.parametrize("how", [memory.cached(3), cache.st.cache_data])
def test_nothing_that_is_remembered_for_all_looks_at_pictures(how):
    from vae_core.runs.index import find_run

    @cache.of_pictures(5)
    def inner(path):
        return cache.originals(find_run("lecture"), (0,))

    @how
    def outer(path):
        return inner(path)

    with pytest.raises(RuntimeError, match="of_pictures"):
        outer(str(find_run("lecture").path))


def test_all_that_is_remembered_stays_within_one_budget(film, made):
    @memory.cached(100)
    def other(name):
        return film(name)[:].copy(), name

    for name in range(50):
        assert len(other(name)[0]) == LARGE
        assert memory.held() <= memory.BUDGET
    assert sum(len(each.known) for each in memory._all) == 10
    made.clear()
    other(49), film(49), film(0)
    assert made == [0]


def test_what_was_used_lately_stays(film, made):
    for name in range(10):
        film(name)
    film(0)
    film("new")  # in the place of 1
    made.clear()
    for name in (0, 2, 9, "new", 1):
        film(name)
    assert made == [1]


def test_an_answer_larger_than_the_budget_is_kept_alone(film, made):
    @memory.cached(5)
    def huge(name):
        made.append(name)
        return np.zeros(20 * LARGE, np.uint8)

    film("a")
    assert huge("b") is huge("b")
    film("a")
    huge("b")
    assert made == ["a", "b", "a", "b"]
    assert memory.held() <= 21 * LARGE


def test_so_many_answers_of_one_function_at_most(made):
    @memory.cached(3)
    def small(name):
        made.append(name)
        return name

    for name in (1, 2, 3, 1, 4, 1, 3, 4):
        small(name)
    assert made == [1, 2, 3, 4] and small(4) == 4
    small(2), small(1)
    assert made == [1, 2, 3, 4, 2, 1]


def test_thirty_who_ask_at_once_get_one_answer(made):
    begun = threading.Barrier(30)

    @memory.cached(10)
    def slow(name):
        made.append(name)
        time.sleep(0.2)
        return [name]

    def ask(_):
        begun.wait(20)
        return slow("x")

    with ThreadPoolExecutor(30) as class_:
        answers = list(class_.map(ask, range(30)))
    assert made == ["x"] and all(each is answers[0] for each in answers)


def test_an_error_is_met_by_each_who_asks_and_not_kept(made):
    begun = threading.Barrier(5)

    @memory.cached(10)
    def fails(name):
        made.append(name)
        if len(made) <= 5:
            raise OSError("for now")
        return name

    def ask(_):
        begun.wait(20)
        with pytest.raises(OSError, match="for now"):
            fails("x")

    with ThreadPoolExecutor(5) as several:
        list(several.map(ask, range(5)))
    assert fails("x") == "x" == fails("x") and len(made) == 6


def test_what_was_not_here_is_asked_for_again(made):
    @memory.cached(10)
    def pictures(name):
        made.append(name)
        return np.zeros(3) if len(made) > 1 else None

    assert pictures("x") is None and len(pictures("x")) == 3 and pictures("x") is pictures("x")
    assert len(made) == 2


def test_what_is_made_while_all_is_forgotten_is_not_kept(made):
    @memory.cached(10)
    def slow(name):
        made.append(name)
        if len(made) == 1:
            memory.clear()
        return len(made)

    assert slow("x") == 1 and slow("x") == 2 and slow("x") == 2
    memory.clear()
    assert memory.held() == 0


def test_names_of_arguments_count(made):
    @memory.cached(10)
    def told(*asked, **named):
        made.append((asked, named))
        return len(made)

    assert told(1, b=2) == told(1, b=2) and told((1,), ("b", 2)) != told(1, b=2) != told(1, c=2)


def test_the_size_of_an_answer_is_that_of_all_that_it_holds():
    @dataclass
    class Pair:
        one: np.ndarray
        words: list[str]

    whole = np.zeros((1000, 1000), np.float32)
    size, words = memory.size_of(whole), ["a" * 500_000, "b" * 500_000]
    assert size == pytest.approx(4e6, rel=0.01) and memory.size_of(words) == pytest.approx(1e6, rel=0.01)
    assert memory.size_of(whole[3]) == size  # it keeps all of it
    assert memory.size_of(Pair(whole, words)) == pytest.approx(5e6, rel=0.01)
    assert memory.size_of({"a": (whole, b"c" * 10**6)}) == pytest.approx(5e6, rel=0.01)
    assert memory.size_of([0.5] * 100_000) > 8e5
    network = build(Config())
    assert memory.size_of(network) == 4 * sum(each.numel() for each in network.parameters())


def test_networks_are_within_the_budget_too():
    assert isinstance(cache.model, memory._Remembered) and isinstance(cache.samples, memory._Remembered)
