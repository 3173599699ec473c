"""Numbers read late off a graphics card; on the processor they are used at once."""

from __future__ import annotations

import pytest
import torch

from vae_core.training.cuda_readback import DelayedReadback


def test_on_the_processor_nothing_is_late():
    late, used = DelayedReadback(), []
    late.read(torch.tensor([[1.0, 2.0]]), used.append)
    assert used == [[[1.0, 2.0]]]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA graphics card")
def test_on_a_card_readings_are_used_in_their_order_and_say_what_was_asked():
    late, used = DelayedReadback(most=2), []
    number = torch.zeros(1, 1, device="cuda")
    for i in range(5):
        late.read(number.add_(1), used.append)
        assert len(used) == max(i - 1, 0)  # no more than two are open
    late.settle()
    assert used == [[[1.0]], [[2.0]], [[3.0]], [[4.0]], [[5.0]]]
