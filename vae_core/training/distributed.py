"""Several processes, one training: ``torchrun --nproc-per-node N -m vae_core.train ...`` (torch.distributed).

Every process (a "rank") holds the whole network and all pictures. Of each batch it takes its share, the gradients are
added up, and all make the same step; so the numbers are those of one process, but for rounding. Rank 0 alone writes the
run and listens to it. Imports no torch before ``join``.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from vae_core.runs.run import Status
from vae_core.training.progress_and_pause import Interrupted, Reporter

if TYPE_CHECKING:
    from torch import Tensor

# A pause of rank 0 keeps the others waiting. Who dies is noticed at once: its connections close, and torchrun ends all.
PATIENCE = timedelta(days=30)


class Ranks:
    """Which of how many processes this one is; torchrun says so in the environment. Alone, everything is a no-op.

    Alone is also who finds only some of torchrun's words there, or words that make no sense: others use such names too.
    """

    def __init__(self) -> None:
        rank, count = _said("RANK"), _said("WORLD_SIZE")
        here, card = _said("LOCAL_WORLD_SIZE", 1), _said("LOCAL_RANK", 0)  # on this machine; they share its cores
        meeting = bool(os.environ.get("MASTER_ADDR")) and _said("MASTER_PORT") > 0
        self.several = 0 <= rank < count > 1 and here > 0 and card >= 0 and meeting
        self.rank, self.count, self.here, self.card = (rank, count, here, card) if self.several else (0, 1, 1, 0)
        self.first = self.rank == 0

    def join(self, cuda: bool) -> None:
        """Meet the others. Each graphics card serves one process."""
        if self.several:
            import torch

            if cuda:
                torch.cuda.set_device(self.card)
            torch.distributed.init_process_group("nccl" if cuda else "gloo", timeout=PATIENCE)

    def leave(self) -> None:
        if self.several:
            import torch

            if torch.distributed.is_initialized():
                torch.distributed.destroy_process_group()

    def share(self, *batch: Tensor) -> tuple[Tensor, ...]:
        """This process's part of each tensor of a batch; it may be empty."""
        return tuple(whole.tensor_split(self.count)[self.rank] for whole in batch) if self.several else batch

    def add(self, tensor: Tensor) -> None:
        """Add up a tensor over all processes, in place in each. Raises Interrupted if one of them is gone."""
        self._together("all_reduce", tensor)

    def follow_first(self, *tensors: Tensor) -> None:
        """Take over rank 0's tensors, in place."""
        for tensor in tensors:
            self._together("broadcast", tensor, 0)

    def hear_first(self, word: Any = None) -> Any:
        """What rank 0 says; the others pass nothing."""
        words = [word]
        self._together("broadcast_object_list", words, 0)
        return words[0]

    def _together(self, what: str, *arguments: Any) -> None:
        if self.several:
            import torch

            try:
                getattr(torch.distributed, what)(*arguments)
            except RuntimeError as error:
                raise Interrupted from error


def _said(name: str, unsaid: int = -1) -> int:
    """A whole number of the environment; -1 if it is another thing."""
    try:
        return int(os.environ[name])
    except KeyError:
        return unsaid
    except ValueError:
        return -1


class Silent(Reporter):
    """The reporter of all ranks but the first: they train too, but write and hear nothing."""

    def update(self, **changes: Any) -> None:
        self.status = Status(**{**self.status.__dict__, **changes})

    def _answer(self, step: int, epoch: int, pause: bool = True) -> None:
        if self.interrupted:
            raise Interrupted

    def _flush(self, step: int, **changes: Any) -> None: ...

    def epoch_done(self, epoch: int, step: int) -> None: ...

    def write_points(self) -> None:
        self._lines = []
