"""Answers that are remembered: all together within one budget of bytes, and made once for all who ask at once.

A count alone bounds nothing: what a page keeps of a film of pictures of 64 x 64 pixels in colour is hundreds of times
as large as what it keeps of digits.
"""

from __future__ import annotations

import itertools
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, is_dataclass
from functools import update_wrapper
from typing import Any, TypeVar, cast

import numpy as np
from streamlit.runtime.scriptrunner_utils.script_run_context import in_cached_function

BUDGET = 512_000_000  # bytes of all answers of a server together; a newer one that is larger is kept alone
F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class _Known:
    answer: Any
    size: int
    used: int  # when, as a number that grows


class _Remembered:
    """A function whose last answers are known."""

    def __init__(self, function: Callable[..., Any], most: int, apart: Callable[..., object] | None) -> None:
        self.function, self.most, self.apart = function, most, apart
        self.known: OrderedDict[Any, _Known] = OrderedDict()  # the one that was used last at the end
        self.making: dict[Any, threading.Event] = {}
        update_wrapper(self, function)
        _all.append(self)

    def __call__(self, *asked: Any, **named: Any) -> Any:
        key = (asked, _NAMED, *sorted(named.items())) if named else asked
        if self.apart is not None:
            key = (self.apart(*asked, **named), key)
        while True:
            with _lock:
                if (found := self.known.get(key)) is not None:
                    self.known.move_to_end(key)
                    found.used = next(_clock)
                    return found.answer
                others = self.making.get(key)
                if others is None:
                    mine = self.making[key] = threading.Event()
                    break
            others.wait()  # then it is known, or whoever made it met an error, and the next one tries
        try:
            with _for_all(self.apart is None or is_for_all()):
                answer = _locked(self.function(*asked, **named))
            if answer is not None:  # what is not here may come, or could not be read for a moment
                self.keep(key, mine, _Known(answer, size_of(key) + size_of(answer), next(_clock)))
            return answer
        finally:
            with _lock:
                if self.making.get(key) is mine:
                    del self.making[key]
            mine.set()

    def keep(self, key: Any, mine: threading.Event, made: _Known) -> None:
        with _lock:
            if self.making.get(key) is not mine:  # all was forgotten meanwhile
                return
            self.known[key] = made
            _held[0] += made.size
            while len(self.known) > self.most:
                self.drop_oldest()
            while _held[0] > BUDGET and (oldest := min(_all, key=_Remembered.age)).age() < made.used:
                oldest.drop_oldest()

    def age(self) -> float:
        """When the answer was used that was not used for longest."""
        return next(iter(self.known.values())).used if self.known else float("inf")

    def drop_oldest(self) -> None:
        _held[0] -= self.known.popitem(last=False)[1].size

    def cache_clear(self) -> None:
        with _lock:
            while self.known:
                self.drop_oldest()
            self.making.clear()  # what is being made now may be of what there was before


_NAMED = object()
_made_for_all: ContextVar[bool] = ContextVar("made_for_all", default=False)


@contextmanager
def _for_all(yes: bool) -> Iterator[None]:
    token = _made_for_all.set(yes)
    try:
        yield
    finally:
        _made_for_all.reset(token)


def is_for_all() -> bool:
    """Whether an answer is being made that will be remembered for everybody, here or in what calls this."""
    return _made_for_all.get() or in_cached_function.get()


_lock, _clock, _held = threading.Lock(), itertools.count(), [0]
_all: list[_Remembered] = []


def cached(most: int, apart: Callable[..., object] | None = None) -> Callable[[F], F]:
    """Remember the last ``most`` answers of a function, or fewer: of all that are remembered in this way those go first
    that nobody asked for longest. They are shared, so nobody may change them: arrays are locked. Errors are not kept,
    nor is None.

    ``st.cache_data`` hashes every epoch of a film one by one and unpickles each answer: on a page that asks for each of
    41 epochs, that took longer than all the rest.
    """

    def decorate(function: F) -> F:
        return cast(F, _Remembered(function, most, apart))

    return decorate


def clear() -> None:
    """Forget all answers."""
    for each in _all:
        each.cache_clear()


def held() -> int:
    """Bytes of all answers that are remembered now."""
    return _held[0]


def _locked(answer: Any) -> Any:
    parts = answer if isinstance(answer, tuple) else vars(answer).values() if is_dataclass(answer) else [answer]
    for part in parts:
        if isinstance(part, np.ndarray):
            part.setflags(write=False)
    return answer


def size_of(value: Any) -> int:
    """The bytes that a value holds, nearly: what is shared counts each time, and an array counts with what it is cut
    from."""
    if isinstance(value, np.ndarray):
        while isinstance(value.base, np.ndarray):
            value = value.base
        return 100 + value.nbytes
    if isinstance(value, dict):
        return sys.getsizeof(value) + sum(size_of(k) + size_of(v) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        plain = bool(value) and isinstance(value[0], (int, float))
        return sys.getsizeof(value) + (32 * len(value) if plain else sum(map(size_of, value)))
    if callable(parameters := getattr(value, "parameters", None)):  # a network of torch's
        return sum(each.nbytes for each in parameters())
    return size_of(vars(value)) if is_dataclass(value) else sys.getsizeof(value)
