"""A recorded step against the same step as it is; the recording itself needs a graphics card."""

from __future__ import annotations

import pytest
import torch
from core_helpers import differences, new_run, results, train_here

from vae_core.training import cuda_step, learner, loop, schedule
from vae_core.training.cuda_graph import WARM_UP, Replay
from vae_core.training.progress_and_pause import Reporter

on_a_card = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA graphics card")


def on_cpu(work):
    """Stands in for the recording: warms up as it does, and replays by doing it again."""
    for _ in range(WARM_UP):
        work()
    return work


def set_replays(monkeypatch, replays) -> None:
    for module in (loop, learner):
        monkeypatch.setattr(module, "replays", replays)


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
    set_replays(monkeypatch, lambda device: True)
    monkeypatch.setattr(learner.Replay.__init__, "__defaults__", ((), (), on_cpu))
    recorded = results(train_here(new_run(tmp_path, "recorded", batch_size=100), few_digits))
    assert recorded == plain


def test_nobody_is_listened_to_within_a_recording(tmp_path, few_digits, monkeypatch):
    """A stop would end it in its middle. Between recordings one listens, as between steps."""

    class Between(Reporter):
        def listen(self, *, pause: bool = True) -> None:
            assert pause, "asked within a step"
            super().listen(pause=pause)

    set_replays(monkeypatch, lambda device: True)
    monkeypatch.setattr(learner.Replay.__init__, "__defaults__", ((), (), on_cpu))
    run = new_run(tmp_path, epochs=1)
    loop.train(run, few_digits, Between(run))
    assert run.epoch == 1


def test_an_epoch_is_cut_into_pieces_with_their_sums():
    assert schedule.plan(60_000, 11 * 256, 11 * 256) == [(2816, [2816])] * 21 + [(864, [864])]
    assert schedule.plan(1_000, 256, 512) == [(256, []), (256, [512]), (256, []), (232, [488])]
    assert schedule.plan(1_000, 768, 256) == [(768, [256, 256, 256]), (232, [232])]
    assert schedule.plan(100, 256, 256) == [(100, [100])]
    for images, at_once, a_sum in ((1_438, 32, 64), (1_438, 16, 1), (64, 32, 64), (64, 64, 32)):
        pieces = schedule.plan(images, at_once, a_sum)
        assert sum(length for length, _ in pieces) == sum(n for _, parts in pieces for n in parts) == images


@pytest.mark.parametrize("batch_size", [1, 3, 16, 100])
def test_recordings_give_the_points_that_steps_give(tmp_path, few_digits, monkeypatch, batch_size):
    """With small batches a point of the live curve takes more steps than a recording has."""
    plain = train_here(new_run(tmp_path, "plain", batch_size=batch_size, epochs=1), few_digits)
    set_replays(monkeypatch, lambda device: True)
    monkeypatch.setattr(learner, "STEPS_AT_ONCE", 4)
    monkeypatch.setattr(learner.Replay.__init__, "__defaults__", ((), (), on_cpu))
    recorded = train_here(new_run(tmp_path, "recorded", batch_size=batch_size, epochs=1), few_digits)
    assert recorded.metrics()[1]["train"] == pytest.approx(plain.metrics()[1]["train"])
    if batch_size == 3:  # 107 steps, 5 to a point: more than 4, so twice 3
        assert [p["step"] for p in recorded.steps()] == [*range(6, 107, 6), 107]
    else:
        assert [p["step"] for p in recorded.steps()] == [p["step"] for p in plain.steps()]
        for mine, theirs in zip(recorded.steps(), plain.steps(), strict=True):
            assert mine == pytest.approx(theirs)


@on_a_card
@pytest.mark.parametrize("settings", [{}, {"model": "autoencoder"}, {"reconstruction": "mse", "beta": 0.5}])
def test_on_a_card_a_recording_changes_no_bit(tmp_path, few_digits, monkeypatch, settings):
    settings = {"device": "cuda", "epochs": 3, **settings}
    recorded = results(train_here(new_run(tmp_path, "recorded", **settings), few_digits))
    set_replays(monkeypatch, lambda device: False)
    assert differences(results(train_here(new_run(tmp_path, "plain", **settings), few_digits)), recorded) == []


@on_a_card
@pytest.mark.parametrize("kernels", [True, False], ids=["our kernels", "torch's"])
@pytest.mark.parametrize("exact", [True, False], ids=["exact", "rounded"])
@pytest.mark.parametrize("settings", [{}, {"model": "autoencoder"}, {"reconstruction": "mse"}])
def test_with_the_same_dice_a_cards_numbers_are_the_processors(
    tmp_path, few_digits, monkeypatch, settings, kernels, exact
):
    drawn, processor = loop.order_and_noise, torch.device("cpu")
    monkeypatch.setattr(
        loop, "order_and_noise", lambda c, n, e, device: [d.to(device) for d in drawn(c, n, e, processor)]
    )
    if not kernels:
        monkeypatch.setattr(cuda_step, "graphics", lambda device: None)
    if exact:
        monkeypatch.setattr(cuda_step, "rounded_products", lambda: lambda learn: learn)
    settings = {"hidden_dim": 64, "latent_dim": 8, **settings}
    cpu = train_here(new_run(tmp_path, "cpu", **settings), few_digits)
    card = train_here(new_run(tmp_path, "card", **{**settings, "device": "cuda"}), few_digits)
    near = 1e-4 if exact else 1e-2
    for mine, theirs in zip(card.metrics(), cpu.metrics(), strict=True):
        for part in filter(mine.get, ("train", "test_mean")):
            assert known(mine[part]) == pytest.approx(known(theirs[part]), rel=near)
    for mine, theirs in zip(card.steps(), cpu.steps(), strict=True):
        assert known(mine) == pytest.approx(known(theirs), rel=near)


def known(record: dict) -> dict:
    return {name: value for name, value in record.items() if value is not None}
