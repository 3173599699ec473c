"""A recorded step against the same step as it is; the recording itself needs a graphics card."""

from __future__ import annotations

import pytest
import torch
from core_helpers import new_run, results, train_here

from vae_core import training
from vae_core.replay import WARM_UP, Replay


def on_cpu(work):
    """Stands in for the recording: warms up as it does, and replays by doing it again."""
    for _ in range(WARM_UP):
        work()
    return work


def test_the_warm_up_leaves_no_trace_and_inputs_go_to_their_places():
    total = torch.zeros(2)
    replay = Replay(lambda x: total.add_(x), [torch.tensor([5.0, 5.0])], [total], capture=on_cpu)
    assert total.tolist() == [0, 0]
    replay(torch.tensor([1.0, 2.0]))
    replay(torch.tensor([1.0, 2.0]))
    assert total.tolist() == [2, 4]


def test_a_training_through_recordings_is_the_same_to_the_bit(tmp_path, few_digits, monkeypatch):
    """The loop's own lines for a graphics card, on the CPU."""
    plain = results(train_here(new_run(tmp_path, "plain", batch_size=100), few_digits))
    monkeypatch.setattr(training, "replays", lambda device: True)
    monkeypatch.setattr(training.Replay.__init__, "__defaults__", (on_cpu,))
    recorded = results(train_here(new_run(tmp_path, "recorded", batch_size=100), few_digits))
    assert recorded == plain


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA graphics card")
def test_on_a_graphics_card_the_numbers_are_the_cpus(tmp_path, few_digits):
    cpu = train_here(new_run(tmp_path, "cpu", device="cpu", model="autoencoder"), few_digits)  # no dice: theirs differ
    card = train_here(new_run(tmp_path, "card", device="cuda", model="autoencoder"), few_digits)
    for mine, theirs in zip(card.metrics(), cpu.metrics(), strict=True):
        assert mine["test"]["loss"] == pytest.approx(theirs["test"]["loss"], rel=0.05)  # another order of pictures
