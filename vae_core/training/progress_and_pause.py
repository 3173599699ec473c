"""How a trainer talks and listens: it writes steps and status, and obeys pause, step and stop. Imports no torch.

**Life and progress.** Pages take a trainer for dead, and may end it, once its heartbeat is old (``runs.Run.status``,
``jobs.end_hung``). The heartbeat must not depend on how soon a step, a test pass, an import or a disk is done; so a
thread writes it every second. But a thread also beats on for a main thread that hangs for good. So it vouches for the
main thread no longer than ``VOUCH_SECONDS`` after the last sign of the main thread's own: a step, an answer to
a request, a part of a test pass. That is far longer than the longest thing that the main thread does in one piece (one
product of the largest model on a busy core, a file to a slow disk), and what may take longer than that is done
elsewhere, by threads with limits of their own, while the main thread listens (``background.py``, ``download.py``).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from vae_core.runs import files, lifecycle
from vae_core.runs.run import Run, Status, write_status

LISTEN_SECONDS = 0.1  # between two looks for a request
STATUS_SECONDS = 0.5  # between two writes of status.json and steps.jsonl
SURE_SECONDS = 3.0  # from the start, before which the time left is not said: the first steps are slow
BEAT_SECONDS = 1.0  # between two heartbeats when there is nothing new
VOUCH_SECONDS = 120.0  # for which the heartbeat goes on without a sign of the main thread


class Stopped(Exception):
    """The visitor asked for a stop. The run can continue later from its last finished epoch."""


class Interrupted(Exception):
    """The process was told to end (Ctrl-C, shutdown). The run can continue later."""


class Reporter:
    """Writes what the loop tells it, and raises Stopped or Interrupted out of the loop."""

    def __init__(self, run: Run, show: Callable[[Status], None] = lambda status: None) -> None:
        self.run, self.show = run, show
        self.status = Status(epochs=run.config.epochs)
        self.paused_seconds = 0.0
        self.interrupted = False  # set by a signal handler
        self._lines: list[dict[str, Any]] = []
        self._shown = False  # the first point is written as soon as it is known
        self._listened = self._wrote = self._moved = 0.0
        self._writing = threading.RLock()  # status.json, which two threads write
        self.waiting = False  # paused just now
        self._count_from(step=0)

    def update(self, **changes: Any) -> None:
        """Change the status and write it now."""
        with self._writing:
            self.status = write_status(self.run, replace(self.status, **changes))
            self._wrote = self._moved = time.monotonic()
        with suppress(Exception):  # a decoration, which never decides over a training
            self.show(self.status)

    def say(self, message: str) -> None:
        """Show what is being done, if that is new and the last status is not too recent."""
        if message and message != self.status.message and time.monotonic() - self._wrote > STATUS_SECONDS:
            self.update(message=message)

    @contextmanager
    def heartbeat(self) -> Iterator[None]:
        """Within this, the status says that the trainer lives at least once a second, whatever it does."""
        over = threading.Event()
        thread = threading.Thread(target=self._beat, args=(over,), name="heartbeat", daemon=True)
        with suppress(RuntimeError):  # too little memory, which the training says once it needs some
            thread.start()
        try:
            yield
        finally:
            over.set()
            if thread.ident:
                thread.join(10)  # it may be waiting for a disk

    def _beat(self, over: threading.Event) -> None:
        beaten = 0.0
        while not over.wait(BEAT_SECONDS / 4):
            with self._writing:
                now = time.monotonic()
                due = self._wrote and self.status.active and now - max(self._wrote, beaten) >= 0.75 * BEAT_SECONDS
                if due and not over.is_set() and now - self._moved < VOUCH_SECONDS:
                    beaten = now
                    with suppress(OSError):  # a disk that is full or gone: the main thread finds out by itself
                        write_status(self.run, self.status)

    def listen(self, *, pause: bool = True) -> None:
        """For anything that takes long: call it again and again, and it answers requests, ten times a second at most.

        With ``pause=False`` a pause has to wait for a better moment. Raises Stopped and Interrupted.
        """
        self._moved = time.monotonic()
        if self._moved - self._listened >= LISTEN_SECONDS:
            self._answer(self.status.step, self.status.epoch, pause)

    def resume_from(self, before: Status) -> None:
        """Keep a resumed run's counts, so that its curves and its bar stay while it starts."""
        self.status = replace(self.status, step=before.step, steps_per_epoch=before.steps_per_epoch)

    def begin(self, step: int, epoch: int) -> None:
        self._count_from(step)
        self.update(state="running", step=step, epoch=epoch, message="")
        self._answer(step, epoch)

    def window(self, step: int, epoch: int, reconstruction: float | None, kl: float | None) -> None:
        """Means over the last few steps, nats per image. Written with the next status."""
        self._lines.append({"step": step, "epoch": epoch, "reconstruction": reconstruction, "kl": kl})

    def after_step(self, step: int, epoch: int, images: int, threads: int) -> None:
        self._images += images
        now = self._moved = time.monotonic()
        if now - self._listened < LISTEN_SECONDS and (self._shown or not self._lines):
            return
        self._answer(step, epoch - 1)
        first_point = self._lines and not self._shown
        if now - self._wrote >= STATUS_SECONDS or first_point:
            self._flush(step, threads=threads)

    def epoch_done(self, epoch: int, step: int) -> None:
        self._flush(step, epoch=epoch)
        if self.run.control() == "step" and epoch < self.status.epochs:
            with lifecycle.steering(self.run):
                if self.run.control() == "step":  # still: nobody has asked for something else
                    files.write_json(self.run.path / "control.json", {"request": "pause"}, durable=False)
        self._answer(step, epoch)

    def finish(self, state: str, **changes: Any) -> None:
        """The final status: finished, stopped, failed or interrupted."""
        self.write_points()
        self.update(state=state, seconds_left=None, **changes)

    def _answer(self, step: int, epoch: int, pause: bool = True) -> None:
        """Do what control.json asks: wait while paused, leave on stop."""
        self._listened = time.monotonic()
        paused_at, before = None, self.status.state
        while True:
            if self.interrupted:
                raise Interrupted
            request = self.run.control()
            if request == "stop":
                raise Stopped
            if request != "pause" or not pause:
                break
            if paused_at is None:
                paused_at, self.waiting = time.monotonic(), True
                self.write_points()
            if paused_at is not None and (self.status.state != "paused" or time.monotonic() - self._wrote > 1):
                self.update(state="paused", step=step, epoch=epoch)
            time.sleep(LISTEN_SECONDS)
        if paused_at is not None:
            self.paused_seconds += time.monotonic() - paused_at
            self.waiting = False
            self._count_from(step)
            self.update(state=before)

    def working_time(self) -> float:
        """A clock, in seconds, that stops during pauses."""
        return time.perf_counter() - self.paused_seconds

    def _count_from(self, step: int) -> None:
        """Speed and time left are measured from here: the start, or the end of the last pause."""
        self._images, self._first_step, self._since = 0, step, time.monotonic()

    def _flush(self, step: int, **changes: Any) -> None:
        self.write_points()
        elapsed = time.monotonic() - self._since  # evaluation and writing included: what a visitor waits
        steps_left = self.status.epochs * self.status.steps_per_epoch - step
        sure = elapsed >= SURE_SECONDS and step > self._first_step
        left = steps_left * elapsed / (step - self._first_step) if sure else None
        speed = self._images / elapsed if elapsed > 0 else 0.0
        self.update(step=step, images_per_second=round(speed, 1), seconds_left=left, **changes)

    def write_points(self) -> None:
        """Append the points not yet written to steps.jsonl."""
        files.append_lines(self.run.path / "steps.jsonl", self._lines)
        self._shown = self._shown or bool(self._lines)
        self._lines = []
