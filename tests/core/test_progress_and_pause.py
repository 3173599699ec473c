"""The trainer's voice and ear, on a clock that only moves when somebody sleeps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise

import pytest
from core_helpers import new_run, wait_for

from vae_core.jobs import launcher
from vae_core.runs import files
from vae_core.runs.run import HEARTBEAT_TIMEOUT, Run, Status
from vae_core.training import progress_and_pause
from vae_core.training.progress_and_pause import Interrupted, Reporter, Stopped


class Clock:
    """Stands in for the module time."""

    def __init__(self) -> None:
        self.now = 1e9
        self.on_sleep: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        return self.now

    time = monotonic

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds
        self.on_sleep()


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress_and_pause, "time", clock)
    monkeypatch.setattr("vae_core.runs.run.time", clock)
    return clock


@pytest.fixture
def run(runs_dir) -> Run:
    return new_run(runs_dir, epochs=2)


@pytest.fixture
def shown() -> list[Status]:
    return []


@pytest.fixture
def voice(clock, run, shown) -> Reporter:
    voice = Reporter(run, shown.append)
    voice.update(steps_per_epoch=100, device="CPU")
    voice.begin(step=0, epoch=0)
    return voice


def take_steps(voice: Reporter, clock: Clock, first: int, last: int, seconds: float = 0.1, epoch: int = 1) -> None:
    for step in range(first, last + 1):
        clock.now += seconds
        voice.window(step, epoch, 100.0 - step, 2.0)
        voice.after_step(step, epoch, 32, threads=1)


def test_status_and_live_curve_reach_the_disk_at_least_once_a_second(voice, clock, run):
    for step in range(1, 60):
        take_steps(voice, clock, step, step)
        status = run.status()
        assert clock.now - status.heartbeat <= 1.0
        assert step - status.step <= 10
        assert step - len(run.steps()) <= 10
    assert run.steps()[0] == {"step": 1, "epoch": 1, "reconstruction": 99.0, "kl": 2.0}


def test_steps_between_two_writes_cost_no_write(voice, clock, shown):
    take_steps(voice, clock, 1, 1_000, seconds=0.001)
    assert len(shown) < 10


def test_every_window_is_written_once_and_in_order(voice, clock, run):
    take_steps(voice, clock, 1, 100)
    voice.epoch_done(1, 100)
    take_steps(voice, clock, 101, 137, epoch=2)
    voice.finish("stopped")
    assert [record["step"] for record in run.steps()] == list(range(1, 138))


def test_progress_speed_and_time_left_are_those_of_the_steps(voice, clock, run):
    take_steps(voice, clock, 1, 20)  # of 200, a tenth of a second and 32 images each
    assert run.status().seconds_left is None  # the first steps promise nothing
    take_steps(voice, clock, 21, 50)
    status = run.status()
    assert status.state == "running" and status.epochs == 2
    assert status.progress == status.step / 200
    assert status.images_per_second == pytest.approx(320, rel=0.05)
    assert status.seconds_left == pytest.approx((200 - status.step) * 0.1, rel=0.05)
    voice.epoch_done(1, 100)
    assert (run.status().epoch, run.status().step) == (1, 100)


def test_a_resumed_run_measures_its_speed_from_where_it_began(clock, run):
    voice = Reporter(run)
    voice.update(steps_per_epoch=100)
    voice.begin(step=100, epoch=1)
    take_steps(voice, clock, 101, 150, epoch=2)
    assert run.status().images_per_second == pytest.approx(320, rel=0.05)
    assert run.status().seconds_left == pytest.approx((200 - run.status().step) * 0.1, rel=0.05)


def test_stop_is_answered_within_a_second(voice, clock, run):
    take_steps(voice, clock, 1, 20)
    launcher.request(run, "stop")
    asked = clock.now
    with pytest.raises(Stopped):
        take_steps(voice, clock, 21, 100)
    assert clock.now - asked <= 1


def test_a_signal_is_answered_within_a_second(voice, clock):
    take_steps(voice, clock, 1, 20)
    voice.interrupted = True
    asked = clock.now
    with pytest.raises(Interrupted):
        take_steps(voice, clock, 21, 100)
    assert clock.now - asked <= 1


def test_stop_and_signal_end_a_pause(voice, clock, run):
    def stop() -> None:
        launcher.request(run, "stop")

    def signal() -> None:
        voice.interrupted = True

    for end, error in ((stop, Stopped), (signal, Interrupted)):
        launcher.request(run, "pause")
        clock.on_sleep = end
        with pytest.raises(error):
            take_steps(voice, clock, 1, 20)


def pause(voice: Reporter, clock: Clock, run: Run, seconds: float, watch: Callable[[], None]) -> None:
    """Ask for a pause that ends after some seconds, and take steps until it is over."""
    launcher.request(run, "pause")
    until = clock.now + seconds

    def on_sleep() -> None:
        watch()
        if clock.now > until:
            launcher.request(run, "run")

    clock.on_sleep = on_sleep
    take_steps(voice, clock, 51, 60)


def test_a_pause_of_any_length_stays_alive_and_is_not_counted(voice, clock, run):
    take_steps(voice, clock, 1, 50)
    seen: list[Status] = []
    pause(voice, clock, run, 10 * HEARTBEAT_TIMEOUT, lambda: seen.append(run.status()))
    assert {status.state for status in seen} == {"paused"}  # and never taken for dead
    assert len({status.step for status in seen}) == 1
    assert run.steps()[-1]["step"] >= 51  # a visitor who pauses sees the curve up to there
    assert voice.paused_seconds == pytest.approx(10 * HEARTBEAT_TIMEOUT, rel=0.05)

    take_steps(voice, clock, 61, 100)
    status = run.status()
    assert status.state == "running"
    assert status.images_per_second == pytest.approx(320, rel=0.1)
    assert status.seconds_left == pytest.approx((200 - status.step) * 0.1, rel=0.1)


def test_step_pauses_after_the_epoch_but_not_after_the_last(voice, clock, run):
    launcher.request(run, "step")
    take_steps(voice, clock, 1, 100)
    seen: list[Status] = []

    def watch() -> None:
        seen.append(run.status())
        launcher.request(run, "step")

    clock.on_sleep = watch
    voice.epoch_done(1, 100)
    assert [(status.state, status.epoch, status.step) for status in seen] == [("paused", 1, 100)]
    clock.on_sleep = lambda: pytest.fail("paused although nothing is left to do")
    take_steps(voice, clock, 101, 200, epoch=2)
    voice.epoch_done(2, 200)


def test_the_last_word_stands(voice, clock, run):
    take_steps(voice, clock, 1, 3)
    voice.finish("failed", error="The disk is full.", message="")
    status = run.status(now=clock.now + 1e6)
    assert (status.state, status.error, status.seconds_left) == ("failed", "The disk is full.", None)
    assert [record["step"] for record in run.steps()] == [1, 2, 3]


# ---- the heartbeat


class Beats:
    """Stands in for the event that ends the heartbeat: it ends after so many seconds, and keeps when it was heard."""

    def __init__(self, clock: Clock, run: Run, seconds: float) -> None:
        self.clock, self.run, self.until = clock, run, clock.now + seconds
        self.heard: list[float] = []

    def wait(self, seconds: float) -> bool:
        if run_heartbeat(self.run) not in self.heard:
            self.heard.append(run_heartbeat(self.run))
        self.clock.now += seconds
        return self.is_set()

    def is_set(self) -> bool:
        return self.clock.now > self.until


def run_heartbeat(run: Run) -> float:
    return files.read_json(run.path / "status.json")["heartbeat"]


def test_the_heart_beats_every_second_whatever_the_main_thread_does(voice, clock, run):
    beats = Beats(clock, run, 60)  # seconds of one huge step
    voice._beat(beats)
    assert max(after - before for before, after in pairwise(beats.heard)) <= 1.0
    assert beats.heard[-1] >= beats.until - 1 and run.status().state == "running"


def test_the_heart_does_not_beat_for_a_main_thread_that_hangs_for_good(voice, clock, run):
    began = clock.now
    voice._beat(Beats(clock, run, 1000))
    assert run_heartbeat(run) <= began + progress_and_pause.VOUCH_SECONDS
    assert run.status().state == "interrupted"  # so it can be ended
    voice.listen()
    beats = Beats(clock, run, 10)
    voice._beat(beats)
    assert beats.heard[-1] >= beats.until - 1 and run.status().state == "running"


def test_the_heart_is_silent_after_the_last_word_and_before_the_first(voice, clock, run):
    voice.finish("finished")
    last = run_heartbeat(run)
    voice._beat(Beats(clock, run, 10))
    assert run_heartbeat(run) == last
    fresh = Reporter(run)
    fresh._beat(Beats(clock, run, 10))
    assert run_heartbeat(run) == last


def test_a_full_disk_does_not_stop_the_heart(voice, clock, run, monkeypatch):
    write, refused = files.write_json, []

    def full(*arguments, **options):
        if len(refused) < 3:
            refused.append(True)
            raise OSError(28, "No space left on device")
        write(*arguments, **options)

    monkeypatch.setattr(files, "write_json", full)
    beats = Beats(clock, run, 20)
    voice._beat(beats)
    assert len(refused) == 3 and beats.heard[-1] >= beats.until - 1


def test_within_a_training_the_heart_beats_by_itself(run, monkeypatch):
    monkeypatch.setattr(progress_and_pause, "BEAT_SECONDS", 0.02)
    voice = Reporter(run)
    voice.update(state="running")
    first = run_heartbeat(run)
    with voice.heartbeat():
        wait_for(lambda: run_heartbeat(run) > first, "a heartbeat")
        for _ in range(200):  # two threads write one file
            voice.update(message="x")
    assert run.status().message == "x"
    assert not [thread for thread in threading.enumerate() if thread.name == "heartbeat"]


# ---- listening within long work


def test_listening_answers_stop_and_pause_wherever_it_is(voice, clock, run):
    launcher.request(run, "pause")
    voice.listen(pause=False)  # in the middle of a step
    assert run.status().state == "running"
    seen: list[str] = []

    def watch() -> None:
        seen.append(run.status().state)
        launcher.request(run, "run")

    clock.on_sleep = watch
    clock.now += 1
    voice.listen()
    assert seen == ["paused"] and run.status().state == "running" and not voice.waiting
    launcher.request(run, "stop")
    clock.now += 1
    with pytest.raises(Stopped):
        voice.listen(pause=False)


def test_listening_looks_at_the_disk_ten_times_a_second(voice, clock, run, monkeypatch):
    looks = []
    monkeypatch.setattr(Run, "control", lambda self: looks.append(True) or "run")
    for _ in range(1000):
        clock.now += 0.001
        voice.listen()
    assert 8 <= len(looks) <= 11


def test_a_pause_before_the_first_step_ends_in_the_state_before(clock, run):
    voice = Reporter(run)
    voice.update(state="starting", message="Starting…")
    launcher.request(run, "pause")
    clock.on_sleep = lambda: launcher.request(run, "run")
    voice.listen()
    assert (run.status().state, run.status().message) == ("starting", "Starting…")
