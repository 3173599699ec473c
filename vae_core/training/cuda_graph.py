"""Steps on a graphics card, recorded once and replayed: one launch instead of hundreds (a CUDA graph)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

Work = Callable[[], object]
FIRST = -1  # the priority of what is recorded; what is long and asked for aside (card.py) has the lowest, which is 0
WARM_UP = 3  # torch asks for a few rounds before the recording, in which libraries set themselves up


def captured(work: Work) -> Work:
    """Record what ``work`` does on the card."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM_UP):
            work()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=torch.cuda.Stream(priority=FIRST)):
        found = work()

    def replay() -> object:
        graph.replay()
        return found

    return replay


class Replay:
    """``replay(*inputs)`` does what ``work(*inputs)`` does, for inputs of the shapes of the examples. What it returns
    stands where the last replay's result stood, which is gone."""

    def __init__(
        self, work: Callable[..., Any], examples: Iterable[Tensor] = (), state: Iterable[Tensor] = (),
        capture: Callable[[Work], Work] = captured,
    ) -> None:  # fmt: skip
        """``state``: all that ``work`` changes and that counts; it is put back after the warm-up."""
        self.places = [example.clone() for example in examples]  # a recording reads and writes fixed addresses
        state = list(state)
        before = [tensor.clone() for tensor in state]
        self.again = capture(lambda: work(*self.places))
        for tensor, value in zip(state, before, strict=True):
            tensor.copy_(value)

    def __call__(self, *inputs: Tensor) -> Any:
        for place, value in zip(self.places, inputs, strict=True):
            place.copy_(value)
        return self.again()
