"""Work that may take long, beside a main thread that keeps listening. Imports no torch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
LOOK_SECONDS = 0.1
MOST_SECONDS = 600.0


class TookTooLong(Exception):
    """Work that did not respond for very long. The message is one sentence for the visitor."""


class Background(Generic[T]):
    """Starts work at once, in a thread of its own: a disk, a network or an import that hangs keeps nobody waiting.

    The thread does not keep the process from ending either; whoever ends it then must not wait for it.
    """

    def __init__(self, what: str, work: Callable[[Background[T]], T], most: float = MOST_SECONDS) -> None:
        """``what``: the beginning of a sentence, e.g. "Reading MNIST". ``most``: seconds between two of its signs.

        ``work`` is given this object, to say ``moves`` and to see whether it is ``left``.
        """
        self.what, self.most = what, most
        self.left = False  # nobody waits for the result any more: the work may end itself
        self._work, self._moved, self._done = work, time.monotonic(), threading.Event()
        self._results: list[T] = []
        self._error: BaseException | None = None
        threading.Thread(target=self._run, name=what, daemon=True).start()

    def moves(self) -> None:
        """The work's own sign of progress."""
        self._moved = time.monotonic()

    def result(self, listen: Callable[[], object]) -> T:
        """What the work returns. ``listen`` is called ten times a second meanwhile, and leaves the work by raising.

        Raises what the work raised, and TookTooLong.
        """
        try:
            while not self._done.wait(LOOK_SECONDS):
                before = time.monotonic()
                listen()
                self._moved += time.monotonic() - before  # a visitor's pause is not the work's fault
                if time.monotonic() - self._moved > self.most:
                    raise TookTooLong(
                        f"{self.what} did not respond for {self.most / 60:.0f} minutes, so it was stopped."
                    )
        except BaseException:
            self.left = True
            raise
        if self._error is not None:
            raise self._error
        return self._results[0]

    def _run(self) -> None:
        try:
            self._results.append(self._work(self))
        except BaseException as error:
            self._error = error
        finally:
            self._done.set()
