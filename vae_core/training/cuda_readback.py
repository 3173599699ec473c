"""Numbers that a graphics card has yet to work out: asked for now, used once they are there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import torch
from torch import Tensor

Use = Callable[[list[list[float]]], None]


class DelayedReadback:
    """Who reads a number off a card waits for all work before it, and then the card waits for more. So up to ``most``
    readings stay open. On the processor nothing is late."""

    def __init__(self, most: int = 4) -> None:
        self.most = most
        self._open: deque[tuple[torch.cuda.Event, Tensor, Use]] = deque()

    def read(self, numbers: Tensor, use: Use) -> None:
        """Call ``use`` with the numbers, after those of earlier readings; perhaps now, at the latest in ``settle``."""
        if numbers.device.type == "cpu":
            use(numbers.tolist())
            return
        here = torch.empty(numbers.shape, dtype=numbers.dtype, pin_memory=True)
        here.copy_(numbers, non_blocking=True)
        written = torch.cuda.Event()
        written.record()
        self._open.append((written, here, use))
        self.settle(self.most)

    def settle(self, left: int = 0) -> None:
        """Wait until no more than so many readings are open."""
        while len(self._open) > left:
            written, here, use = self._open.popleft()
            written.synchronize()
            use(here.tolist())
