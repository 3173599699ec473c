"""Work beside a main thread that goes on listening."""

from __future__ import annotations

import threading

import pytest
from core_helpers import assert_one_sentence

from vae_core.training import background
from vae_core.training.background import Background, TookTooLong


class Left(Exception):
    pass


def test_the_result_and_the_first_cause_come_back():
    assert Background("Adding", lambda _: 1 + 1).result(lambda: None) == 2
    with pytest.raises(ZeroDivisionError):
        Background("Dividing", lambda _: 1 // 0).result(lambda: None)


def test_who_waits_listens_and_may_leave():
    over, calls = threading.Event(), []

    def leave_at_the_second() -> None:
        calls.append(True)
        if len(calls) == 2:
            raise Left

    work = Background("Waiting", lambda _: over.wait(30))
    with pytest.raises(Left):
        work.result(leave_at_the_second)
    assert work.left
    over.set()


class Clock:
    """Stands in for the module time, and for the event that a wait of 250 seconds ends at once."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.now += 250.0
        return False


@pytest.mark.parametrize("signs", [0, 1])
def test_work_without_a_sign_is_given_up_but_not_for_a_pause(monkeypatch, signs):
    clock, over, looks = Clock(), threading.Event(), 0
    monkeypatch.setattr(background, "time", clock)
    work = Background("Reading", lambda _: over.wait(30), most=600.0)
    monkeypatch.setattr(work._done, "wait", clock.wait)

    def listen() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            clock.now += 10_000.0  # a visitor's pause
        elif looks == 2 and signs:
            work.moves()

    with pytest.raises(TookTooLong) as given_up:
        work.result(listen)
    assert_one_sentence(given_up.value)
    assert looks == (5 if signs else 3)  # 750 seconds since the last sign
    over.set()
