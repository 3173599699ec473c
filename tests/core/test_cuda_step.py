"""The step for a graphics card, with its kernels built for the processor, against the step that every device can do."""

from __future__ import annotations

import pytest
import torch
from core_helpers import differences, new_run, results, train_here
from cuda_on_cpu import Processor

from vae_core.config import Config
from vae_core.model import build
from vae_core.training import cuda_step, loop
from vae_core.training.adam import Adam
from vae_core.training.manual_step import Step
from vae_core.training.progress_and_pause import Reporter, Stopped

KINDS = {
    "vae": {}, "classic": {"model": "autoencoder"}, "mse": {"reconstruction": "mse"}, "strong": {"beta": 4.0},
    "no penalty": {"beta": 0.0}, "one number": {"latent_dim": 1},
}  # fmt: skip
CPU = torch.device("cpu")


@pytest.fixture(scope="module", params=["processor", "graphics"])
def where(request, tmp_path_factory) -> tuple[torch.device, cuda_step.Card]:
    """A device, and what runs the kernels there."""
    if request.param == "processor":
        return CPU, Processor(tmp_path_factory.mktemp("card"))
    if not torch.cuda.is_available():
        pytest.skip("no CUDA graphics card")
    device = torch.device("cuda")
    return device, cuda_step.Graphics(device)


def prepared(device: torch.device, scale: float = 3.0, **settings):
    """Two equal networks, pictures, and batches of 12, 12 and 5 of them with their dice."""
    config = Config(**{"latent_dim": 3, "hidden_dim": 15, "device": "cpu", **settings})
    models = []
    for _ in range(2):
        torch.manual_seed(0)
        models.append(build(config).to(device))
        for p in models[-1].parameters():  # away from the start, where many gradients nearly vanish
            p.data.mul_(scale)
    pictures = torch.randint(0, 256, (40, 784), dtype=torch.uint8).to(device)
    batches = [(torch.randperm(40)[:b].to(device), torch.randn(b, config.latent_dim).to(device)) for b in (12, 12, 5)]
    return config, models, pictures, batches


class StopsAt(Reporter):
    """Told to stop at a step."""

    def __init__(self, run, step: int) -> None:
        super().__init__(run)
        self.stop_at = step

    def after_step(self, step, *arguments) -> None:
        super().after_step(step, *arguments)
        if step >= self.stop_at:
            raise Stopped


@pytest.mark.parametrize("settings", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_terms_and_gradients_are_the_steps(where, settings, scale):
    device, its_card = where
    config, models, pictures, batches = prepared(device, scale, **settings)
    plain, ours = Step(models[0], config, 12, device), cuda_step.CardStep(models[1], config, 12, device, its_card)
    for indices, eps in batches:
        for step in (plain, ours):
            step(pictures, indices, eps, batch=12)  # the last is this process's part of it
        for mine, theirs in zip(models[1].parameters(), models[0].parameters(), strict=True):
            most = float(theirs.grad.abs().max())
            torch.testing.assert_close(mine.grad, theirs.grad, rtol=1e-4, atol=1e-5 * most)
    sums = plain.take_sums()
    torch.testing.assert_close(ours.take_sums(), sums, rtol=1e-5, atol=1e-4)
    assert ours.take_sums().tolist() == [0, 0] and float(sums[0]) > 0
    ours(pictures, indices[:0], eps[:0], batch=12)
    assert not ours.flat.any()  # a process without a share in a batch adds nothing


def test_adam_is_adam(where):
    device, its_card = where
    config, models, pictures, batches = prepared(device)
    steps = Step(models[0], config, 12, device), cuda_step.CardStep(models[1], config, 12, device, its_card)
    optimizers = Adam(models[0].parameters(), lr=1e-2), cuda_step.CardAdam(steps[1], lr=1e-2)
    for number in range(20):
        if number == 10:  # as after a resume
            optimizers[1].load_state_dict(optimizers[0].state_dict())
        for step, optimizer in zip(steps, optimizers, strict=True):
            step(pictures, *batches[number % 3])
            optimizer.step()
    for mine, theirs in zip(models[1].parameters(), models[0].parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-3, atol=1e-4)
    for mine, theirs in zip(optimizers[1].tensors, optimizers[0].tensors, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-3, atol=1e-3 * float(theirs.abs().max()))


def test_a_whole_training_with_the_cards_step(tmp_path, few_digits, monkeypatch, where):
    """Its files, its resume, and its numbers, which are those of the step for all devices but for rounding."""
    device, its_card = where
    settings = {"device": device.type, "batch_size": 100}
    monkeypatch.setattr(cuda_step, "graphics", lambda device: None)
    plain = train_here(new_run(tmp_path, "plain", **settings), few_digits)
    monkeypatch.setattr(cuda_step, "graphics", lambda device: its_card)
    ours = train_here(new_run(tmp_path, "ours", **settings), few_digits)
    for mine, theirs in zip(ours.metrics(), plain.metrics(), strict=True):
        for part in ("train", "test", "test_mean"):
            assert mine[part] == (theirs[part] and pytest.approx(theirs[part], rel=1e-3))
    halfway = new_run(tmp_path, "halfway", **settings)
    with pytest.raises(Stopped):
        loop.train(halfway, few_digits, StopsAt(halfway, step=6))  # of 4 an epoch
    assert halfway.epoch == 1
    assert differences(results(train_here(halfway, few_digits)), results(ours)) == []


def test_the_kernels_can_be_built_for_the_cards_that_torch_knows():
    """NVIDIA's compiler needs no card."""
    pytest.importorskip("cuda.bindings.nvrtc")
    for capability in ((7, 5), (9, 0)):
        assert cuda_step._built(capability)[:4] == b"\x7fELF"


def test_what_is_wrong_with_a_kernel_is_said(tmp_path, monkeypatch):
    pytest.importorskip("cuda.bindings.nvrtc")
    wrong = tmp_path / "card.cu"
    wrong.write_text("not C")
    monkeypatch.setattr(cuda_step, "SOURCE", wrong)
    with pytest.raises(RuntimeError, match="error: "):
        cuda_step._built((9, 0))


def test_without_kernels_a_training_goes_on(monkeypatch, capfd):
    def fails(device):
        raise ImportError("no bindings")

    monkeypatch.setattr(cuda_step, "Graphics", fails)
    assert cuda_step.graphics.__wrapped__(torch.device("cuda")) is None  # past what is remembered
    assert "no bindings" in capfd.readouterr().out
