"""Weights on disk: what comes back is what went in, or one sentence."""

from __future__ import annotations

import os
import pickle
from dataclasses import replace

import pytest
import torch
from core_helpers import assert_one_sentence, new_run

from vae_core.losses import terms
from vae_core.model import Autoencoder, build
from vae_core.runs import files
from vae_core.runs.run import Run, RunError
from vae_core.training import checkpoint


def network(run: Run, seed: int) -> tuple[Autoencoder, torch.optim.Optimizer]:
    torch.manual_seed(seed)
    model = build(run.config)
    return model, torch.optim.Adam(model.parameters(), lr=1e-2, fused=True)


def step(model: Autoencoder, optimizer: torch.optim.Optimizer, seed: int) -> None:
    x = torch.rand(8, 784, generator=torch.Generator().manual_seed(seed))
    optimizer.zero_grad()
    posterior = model.encode(x)
    terms(model.decode_logits(posterior.mean), x, posterior).loss(1.0).backward()
    optimizer.step()


def equal(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return set(first) == set(second) and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("kind", ["vae", "autoencoder"])
def test_weights_come_back_in_half_precision_ready_to_decode(runs_dir, kind):
    run = new_run(runs_dir, model=kind)
    model, _ = network(run, seed=0)
    checkpoint.save_weights(run, 3, model)
    loaded = checkpoint.load_model(run, 3)
    assert loaded.variational == (kind == "vae")
    assert equal(loaded.state_dict(), {name: t.half().float() for name, t in model.state_dict().items()})
    assert not loaded.training and not any(p.requires_grad for p in loaded.parameters())
    assert all(p.dtype == torch.float32 for p in loaded.parameters())
    # Saving what was loaded changes nothing more.
    checkpoint.save_weights(run, 4, loaded)
    assert equal(checkpoint.load_model(run, 4).state_dict(), loaded.state_dict())


@pytest.mark.parametrize("change", [{"hidden_dim": 9}, {"latent_dim": 3}, {"model": "autoencoder"}])
def test_weights_of_another_shape_are_refused(runs_dir, change):
    run = new_run(runs_dir)
    model, optimizer = network(run, seed=0)
    step(model, optimizer, seed=0)
    checkpoint.save_weights(run, 0, model)
    checkpoint.save_resume(run, model, optimizer, 1, {"epoch": 0})
    other = replace(run.config, **change)
    files.write_json(run.path / "config.json", {"format": 1, **other.to_json()})
    run = Run(run.path)
    for load in (lambda: checkpoint.load_model(run, 0), lambda: checkpoint.load_resume(run, *network(run, seed=1))):
        with pytest.raises(RunError) as refusal:
            load()
        assert_one_sentence(refusal.value)


def test_a_resumed_network_takes_exactly_the_next_step(runs_dir):
    """Weights, both of Adam's moments and its count of steps: one step apart would differ in the last bit."""
    run = new_run(runs_dir)
    model, optimizer = network(run, seed=0)
    for n in range(3):
        step(model, optimizer, seed=n)
    record = {"epoch": 2, "test": {"loss": 0.1 + 0.2, "kl": None}}
    checkpoint.save_resume(run, model, optimizer, 77, record)

    again, its_optimizer = network(run, seed=1)
    assert checkpoint.load_resume(run, again, its_optimizer) == (77, record)
    assert equal(model.state_dict(), again.state_dict())
    kept, restored = optimizer.state_dict()["state"], its_optimizer.state_dict()["state"]
    assert set(kept) == set(restored) == set(range(8))
    for index in kept:
        assert {"exp_avg", "exp_avg_sq", "step"} <= set(kept[index])
        assert equal(kept[index], restored[index])
    for trained, optimizer_ in ((model, optimizer), (again, its_optimizer)):
        step(trained, optimizer_, seed=9)
    assert equal(model.state_dict(), again.state_dict())


def test_a_network_that_never_stepped_can_be_resumed(runs_dir):
    run = new_run(runs_dir)
    model, optimizer = network(run, seed=0)
    checkpoint.save_resume(run, model, optimizer, 0, {"epoch": 0})
    again, its_optimizer = network(run, seed=1)
    checkpoint.load_resume(run, again, its_optimizer)
    for trained, optimizer_ in ((model, optimizer), (again, its_optimizer)):
        step(trained, optimizer_, seed=9)
    assert equal(model.state_dict(), again.state_dict())


@pytest.mark.parametrize("about", [{}, {"step": 123, "record": {"loss": 98.7}}])
def test_one_wrong_bit_anywhere_is_noticed_or_harmless(runs_dir, about):
    run = new_run(runs_dir)
    tensors, file = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.ones(2).half()}, run.path / "resume.safetensors"
    checkpoint.save_tensors(file, tensors, about)
    whole, unnoticed = file.read_bytes(), []
    for bit in range(8 * len(whole)):
        place, mask = bit // 8, 1 << bit % 8
        file.write_bytes(whole[:place] + bytes([whole[place] ^ mask]) + whole[place + 1 :])
        try:
            loaded, its_about = checkpoint.load_tensors(file)
            if not equal(loaded, tensors) or its_about != about:
                unnoticed.append((place, its_about))
        except RunError as error:
            assert_one_sentence(error)
    assert not unnoticed


def test_a_file_cut_anywhere_is_refused(runs_dir):
    file = new_run(runs_dir).path / "resume.safetensors"
    checkpoint.save_tensors(file, {"a": torch.ones(5)}, {"step": 1})
    whole = file.read_bytes()
    for cut in range(len(whole)):
        file.write_bytes(whole[:cut])
        with pytest.raises(RunError):
            checkpoint.load_tensors(file)


def test_code_in_the_place_of_weights_is_refused_and_not_run(runs_dir, tmp_path):
    class Payload:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "it ran"),)

    run = new_run(runs_dir)
    run.weights_file(0).write_bytes(pickle.dumps(Payload()))
    with pytest.raises(RunError) as refusal:
        checkpoint.load_model(run, 0)
    assert_one_sentence(refusal.value)
    torch.save({"weights": Payload()}, run.weights_file(0))
    with pytest.raises(RunError):
        checkpoint.load_model(run, 0)
    assert not (tmp_path / "it ran").exists()


def test_the_sentence_names_the_run_and_the_file(runs_dir):
    run = new_run(runs_dir, "lonely")
    with pytest.raises(RunError, match=r"0007\.safetensors of the run lonely"):
        checkpoint.load_model(run, 7)
    with pytest.raises(RunError, match=r"resume\.safetensors of the run lonely"):
        checkpoint.load_resume(run, *network(run, seed=0))
