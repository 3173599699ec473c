"""Any order in which servers, visitors and trainers take turns at the disk: no Start is lost, never two train at once.

Each of them is a thread that stops before every change or look at a file, and hypothesis decides who goes on. A trainer
is a stand-in that does with the files what a real one does; nothing is started.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from core_helpers import TINY
from filelock import Timeout
from hypothesis import given, settings
from hypothesis import strategies as st

from vae_core import os_compat, train
from vae_core.config import Config
from vae_core.jobs import launcher, queue, queue_dispatcher, queue_order
from vae_core.jobs.limits import Limits
from vae_core.runs import files, lifecycle
from vae_core.runs.index import own_runs
from vae_core.runs.run import HEARTBEAT_TIMEOUT, Run, Status, write_status

LIMITS = Limits(batch_size=1, trainings=1)
HOUR = 3600.0


class Crash(BaseException):
    """The process is gone at this point."""


class Actor(threading.Thread):
    """Does its work step by step, when it is told to."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        super().__init__(name=name, daemon=True)
        self.work, self.trouble, self.crashes = work, None, False
        self.may_go, self.has_stopped = threading.Semaphore(0), threading.Semaphore(0)
        self.start()

    def run(self) -> None:
        self.may_go.acquire()
        try:
            self.work()
        except Crash:
            pass
        except BaseException as error:
            self.trouble = error
        self.work = None
        self.has_stopped.release()

    def stop_here(self) -> None:
        self.has_stopped.release()
        self.may_go.acquire()
        if self.crashes:
            raise Crash

    def go_on(self) -> None:
        self.may_go.release()
        assert self.has_stopped.acquire(timeout=30), f"{self.name} hangs"
        if self.trouble:
            raise self.trouble


class World:
    """A folder, who works in it, and which trainers live."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.actors, self.living = folder, [], {os.getpid()}
        self.pids, self.training, self.clock = itertools.count(10**6), set(), 0.0
        real_time, real_sleep = time.time, time.sleep
        patch.setattr(time, "time", lambda: real_time() + self.clock)
        patch.setattr(time, "sleep", lambda seconds: self.step() or real_sleep(0 if self.is_acting() else seconds))
        for owner, name in ((os_compat, "replace"), (os_compat, "remove"), (os_compat, "read_bytes"), (os, "rename")):
            patch.setattr(owner, name, self.stepping(getattr(owner, name)))
        patch.setattr(os_compat, "lives", lambda pid, born: pid in self.living)
        patch.setattr(os_compat, "is_gone", lambda pid, born=0.0: pid > 0 and pid not in self.living)
        patch.setattr(os_compat, "born", lambda pid=None: float(pid or os.getpid()))
        patch.setattr(launcher, "spawn", self.spawn)
        patch.setenv("VAE_STEERED", "1")

    @staticmethod
    def is_acting() -> bool:
        return isinstance(threading.current_thread(), Actor)

    def step(self) -> None:
        if self.is_acting():
            threading.current_thread().stop_here()

    def stepping(self, function):
        def stepped(path, *arguments, **options):
            self.step()
            assert not path.name.endswith(".part") or path.exists(), f"{path} was taken away from who wrote it"
            return function(path, *arguments, **options)

        return stepped

    def add(self, name: str, work: Callable[[], object]) -> Actor:
        self.actors.append(Actor(name, work))
        return self.actors[-1]

    def spawn(self, run: Run) -> int:
        pid = next(self.pids)
        self.living.add(pid)
        self.add(f"trainer of {run.id}", lambda: self.train(run, pid))
        self.step()
        return pid

    def train(self, run: Run, pid: int) -> None:
        lock = lifecycle.lock_of(run, seconds=1)
        try:
            lock.acquire()
        except Timeout:
            self.living.discard(pid)
            return
        told = files.read_json(run.path / "queue.json")
        assert "started" in told, "its turn would never end"
        train._tidy(run)
        self.training.add(run.id)
        assert len(self.training) <= LIMITS.trainings, f"{self.training} at once"
        state = "finished"
        for word in ("starting", "running", "running"):
            write_status(run, Status(state=word, epochs=2, pid=pid, born=float(pid), host=os_compat.HOST))
            if run.control() == "stop":
                state = "stopped"
                break
        self.training.discard(run.id)
        write_status(run, Status(state=state, epochs=2, pid=pid, born=float(pid), host=os_compat.HOST))
        os_compat.remove(run.path / "control.json")
        lock.release()
        self.living.discard(pid)

    def at_work(self) -> list[Actor]:
        return [actor for actor in self.actors if actor.work]

    def finish(self) -> None:
        while busy := self.at_work():
            for actor in busy:
                if actor.work:
                    actor.go_on()

    def dispatch_often(self) -> None:
        for _ in range(4):
            queue_dispatcher.dispatch(self.folder, LIMITS)


@settings(max_examples=40)
@given(data=st.data())
def test_no_start_is_lost_and_never_do_two_train_at_once(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        world = World(folder, patch)
        made: list[Run] = []

        def press_start(owner: str) -> None:
            made.append(queue.ask(Config(**{**TINY, "seed": len(owner)}), owner, LIMITS, folder))

        def press_stop() -> None:
            for run in 3 * own_runs(folder):
                if run.status().active:
                    launcher.request(run, "stop")

        servers = [world.add(f"server {n}", world.dispatch_often) for n in range(2)]
        for owner in ("a", "bb", "ccc"):
            world.add(f"visitor {owner}", lambda owner=owner: press_start(owner))
        world.add("stop", press_stop)
        crash = data.draw(st.booleans(), label="a server crashes, or else the clock jumps")
        # Who goes on, newest first, and for how many steps.
        turns = st.tuples(st.integers(0, 7), st.sampled_from([1, 1, 2, 3, 5, 8, 13, 40]))
        for which, steps in data.draw(st.lists(turns, min_size=40, max_size=100), label="turns"):
            if not (busy := world.at_work()[::-1]):
                break
            actor = busy[which % len(busy)]
            if crash and actor in servers and which == 7:
                actor.crashes, crash = True, False
            elif not crash and not any(server.crashes for server in servers) and (which, steps) == (7, 1):
                world.clock += HOUR if world.clock <= 0 else -HOUR
            for _ in range(steps):
                if actor.work:
                    actor.go_on()
        world.finish()
        for _ in range(12):  # who crashed is done without, time goes by
            world.clock += HEARTBEAT_TIMEOUT + 5
            world.add("a server that lives", world.dispatch_often)
            world.finish()
        assert len(made) == 3
        assert {run.status().state for run in made} <= {"finished", "stopped"}, [run.status() for run in made]
        assert not list(folder.glob("*/.*.part"))


def test_a_request_that_comes_while_an_epoch_ends_is_not_lost(own_run, monkeypatch):
    """One epoch at a time: the trainer reads ``step`` and is about to write ``pause``, when Stop is pressed."""
    from vae_core.training.progress_and_pause import Reporter, Stopped

    launcher.request(own_run, "step")
    reporter, control, looks = Reporter(own_run), Run.control, []

    def pressed_meanwhile(run):
        looks.append(control(run))
        if len(looks) == 1:
            launcher.request(own_run, "stop")
        return looks[-1]

    monkeypatch.setattr(Run, "control", pressed_meanwhile)
    with pytest.raises(Stopped):
        reporter.epoch_done(1, 10)


def test_a_pause_that_was_asked_for_while_the_trainer_woke_up_counts(own_run, monkeypatch):
    launcher.request(own_run, "pause")
    monkeypatch.setenv("VAE_STEERED", "1")  # by the page, which had asked it to run before it started it
    train._tidy(own_run)
    assert own_run.control() == "pause"
    monkeypatch.delenv("VAE_STEERED")  # at the command line it is an earlier trainer's
    train._tidy(own_run)
    assert own_run.control() == "run"


def test_a_trainer_that_is_slow_to_speak_keeps_its_turn_and_one_that_is_gone_loses_it(runs_dir, monkeypatch):
    spawned: list[str] = []
    monkeypatch.setattr(launcher, "spawn", lambda run: spawned.append(run.id) or os.getpid())
    run = queue.ask(Config(**TINY), "a", LIMITS)
    queue.ask(Config(**TINY), "b", LIMITS)
    status = files.read_json(run.path / "status.json")
    files.write_json(run.path / "status.json", {**status, "heartbeat": time.time() - 60})
    queue_dispatcher.dispatch(runs_dir, LIMITS)
    assert spawned == [run.id]  # its process lives: this one
    monkeypatch.setattr(os_compat, "lives", lambda pid, born: False)
    queue_dispatcher.dispatch(runs_dir, LIMITS)
    assert spawned == [run.id, run.id]


@pytest.mark.parametrize("jump", [-HOUR, HOUR], ids=str)
def test_a_clock_that_is_set_gives_no_second_training_a_place(runs_dir, monkeypatch, jump):
    """Until the trainer's next word its heartbeat seems old, or to come."""
    spawned: list[str] = []
    monkeypatch.setattr(launcher, "spawn", lambda run: spawned.append(run.id) or os.getpid())
    run, other = (queue.ask(Config(**TINY), owner, LIMITS) for owner in "ab")
    write_status(run, Status(state="running", pid=os.getpid(), born=os_compat.born(), host=os_compat.HOST))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + jump)
    queue_dispatcher.dispatch(runs_dir, LIMITS)
    assert spawned == [run.id] and other.status().state == "queued"


@pytest.mark.parametrize("jump", [-HOUR, HOUR], ids=str)
def test_a_turn_is_as_long_as_it_is_however_the_clock_is_set(runs_dir, monkeypatch, jump):
    monkeypatch.setattr(launcher, "spawn", lambda run: os.getpid())
    run, now, passed = queue.ask(Config(**TINY), "a", LIMITS), time.time(), time.monotonic()
    monkeypatch.setattr(time, "time", lambda: now + jump)

    def after(minutes: float) -> str:
        monkeypatch.setattr(time, "monotonic", lambda: passed + 60 * minutes)
        write_status(run, Status(state="running", pid=os.getpid(), born=os_compat.born(), host=os_compat.HOST))
        queue_dispatcher.watch(runs_dir, LIMITS)
        return run.control()

    assert after(LIMITS.minutes - 1) == "run"
    assert after(LIMITS.minutes + 1) == "stop"


def test_a_turn_ends_though_nobody_could_write_when_it_began(runs_dir, monkeypatch):
    monkeypatch.setattr(launcher, "spawn", lambda run: os.getpid())
    run, passed = queue.ask(Config(**TINY), "a", LIMITS), time.monotonic()
    queue_order.write(run, asked=1.0)
    write_status(run, Status(state="running", pid=os.getpid(), born=os_compat.born(), host=os_compat.HOST))
    queue_dispatcher.watch(runs_dir, LIMITS)
    assert run.control() == "run"
    monkeypatch.setattr(time, "monotonic", lambda: passed + 60 * LIMITS.minutes + 60)
    write_status(run, Status(state="running", pid=os.getpid(), born=os_compat.born(), host=os_compat.HOST))
    queue_dispatcher.watch(runs_dir, LIMITS)
    assert run.control() == "stop"


def test_a_trainer_that_does_not_heed_the_end_of_its_turn_is_ended(runs_dir, monkeypatch):
    """Its heart may beat by the clock while it hangs."""
    ended: list[int] = []
    monkeypatch.setattr(launcher, "spawn", lambda run: os.getpid())
    monkeypatch.setattr(os_compat, "end", lambda pid, born: ended.append(pid))
    run = queue.ask(Config(**TINY), "a", LIMITS)
    launcher.request(run, "stop")
    for seconds in (60, queue_dispatcher.LAST_SECONDS + 60):
        queue_order.write(run, asked=1.0, started=time.time() - 60 * LIMITS.minutes - seconds)
        write_status(run, Status(state="running", pid=os.getpid(), born=os_compat.born(), host=os_compat.HOST))
        assert ended == []
        queue_dispatcher.watch(runs_dir, LIMITS)
    assert ended == [os.getpid()]
