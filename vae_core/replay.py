"""A step on a graphics card, recorded once and replayed: one launch instead of sixty (a CUDA graph)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

Work = Callable[[], None]
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
    with torch.cuda.graph(graph):
        work()
    return graph.replay


class Replay:
    """``replay(*inputs)`` does what ``learn(*inputs)`` does, for inputs of the shapes of the examples."""

    def __init__(
        self, learn: Callable[..., None], examples: Iterable[Tensor], state: Iterable[Tensor],
        capture: Callable[[Work], Work] = captured,
    ) -> None:  # fmt: skip
        """``state``: all that ``learn`` changes; it is put back after the warm-up."""
        self.places = [example.clone() for example in examples]  # a recording reads and writes fixed addresses
        state = list(state)
        before = [tensor.clone() for tensor in state]
        self.work = capture(lambda: learn(*self.places))
        for tensor, value in zip(state, before, strict=True):
            tensor.copy_(value)

    def __call__(self, *inputs: Tensor) -> None:
        for place, value in zip(self.places, inputs, strict=True):
            place.copy_(value)
        self.work()
