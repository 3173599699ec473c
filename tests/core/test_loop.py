"""The training loop: what it records, that it learns, and that no interruption and no thread changes a single bit."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from core_helpers import (
    TINY,
    assert_one_sentence,
    differences,
    keep_lines,
    new_run,
    results,
    shortened,
    train_here,
)

from vae_core import paths
from vae_core.config import Config, ConfigError
from vae_core.datasets import registry
from vae_core.model import build
from vae_core.runs import files
from vae_core.runs.run import Run, RunError
from vae_core.training import checkpoint, device, evaluation, learner, loop, threads
from vae_core.training.evaluation import TrainingFailed
from vae_core.training.progress_and_pause import Reporter, Stopped

KINDS = [{}, {"model": "autoencoder"}, {"reconstruction": "mse", "beta": 0.5}]
KIND_NAMES = ["vae", "classic", "mse"]
TERMS = {"reconstruction", "kl", "loss"}


@pytest.fixture(scope="module", params=KINDS, ids=KIND_NAMES)
def run(request, tmp_path_factory, few_digits) -> Run:
    """Two epochs of 320 digits, in ten steps each."""
    return train_here(new_run(tmp_path_factory.mktemp("runs"), **request.param), few_digits)


# ---- what is recorded


def test_a_record_of_an_epoch_has_exactly_what_the_design_says(run):
    records = run.metrics()
    assert [record["epoch"] for record in records] == [0, 1, 2]
    for record in records:
        assert set(record) == {
            "epoch", "train", "test", "test_mean", "seconds", "images_per_second", "kl_per_dimension",
        }  # fmt: skip
        assert set(record["test"]) == set(record["test_mean"]) == TERMS
        assert record["seconds"] > 0
        if record["epoch"] == 0:  # the untrained net was only tested
            assert record["train"] is None and record["images_per_second"] == 0
        else:
            assert set(record["train"]) == TERMS and record["images_per_second"] > 0
    run.check()


def test_kl_and_loss_fit_together(run):
    for record in run.metrics():
        for part in filter(None, (record["train"], record["test"], record["test_mean"])):
            if run.config.is_vae:
                assert part["loss"] == pytest.approx(part["reconstruction"] + run.config.beta * part["kl"])
            else:  # the classic autoencoder has no such number, which is not the same as zero
                assert part["kl"] is None and part["loss"] == part["reconstruction"]
        if run.config.is_vae:
            assert len(record["kl_per_dimension"]) == run.config.latent_dim
            assert sum(record["kl_per_dimension"]) == pytest.approx(record["test"]["kl"])
            assert record["test"]["kl"] == record["test_mean"]["kl"]  # it does not depend on the dice
        else:
            assert record["kl_per_dimension"] is None
            assert record["test"] == record["test_mean"]  # no dice


def test_the_points_of_the_live_curve_average_to_the_epochs_record(run):
    steps = run.steps()
    assert all(set(point) == {"step", "epoch", "reconstruction", "kl"} for point in steps)
    assert [point["step"] for point in steps] == list(range(1, 21))  # ten steps an epoch: each is a window
    for record in run.metrics()[1:]:
        points = [point for point in steps if point["epoch"] == record["epoch"]]
        assert [(p["step"] - 1) // 10 + 1 for p in points] == [record["epoch"]] * 10
        for name in ("reconstruction", "kl"):
            values = [point[name] for point in points]
            if record["train"][name] is None:
                assert set(values) == {None}
            else:
                assert np.mean(values) == pytest.approx(record["train"][name])


def test_a_long_epoch_has_about_twenty_points(finished_run):
    steps = finished_run.steps()
    per_epoch = finished_run.status().steps_per_epoch
    for epoch in range(1, finished_run.config.epochs + 1):
        points = [point["step"] for point in steps if point["epoch"] == epoch]
        assert 20 <= len(points) <= 25
        assert points[-1] == epoch * per_epoch


def test_the_test_record_is_the_loss_of_the_kept_network(run, few_digits):
    """Recomputed here in 64 bits from the exact weights of the last epoch, decoding the means."""
    model = build(run.config)
    checkpoint.load_resume(run, model, torch.optim.Adam(model.parameters()))
    weights = {name: t.double().numpy() for name, t in model.state_dict().items()}

    def network(part: str, x: np.ndarray) -> np.ndarray:
        hidden = np.maximum(x @ weights[f"{part}.0.weight"].T + weights[f"{part}.0.bias"], 0)
        return hidden @ weights[f"{part}.2.weight"].T + weights[f"{part}.2.bias"]

    x = few_digits.test.images / 255
    code, d = network("encoder", x), run.config.latent_dim
    mean, logvar = code[:, :d], code[:, d:]
    copy = 1 / (1 + np.exp(-network("decoder", mean)))
    if run.config.reconstruction == "bce":
        reconstruction = -(x * np.log(copy) + (1 - x) * np.log(1 - copy)).sum(1).mean()
    else:
        reconstruction = 0.5 * np.square(x - copy).sum(1).mean()
    record = run.metrics()[-1]
    assert record["test_mean"]["reconstruction"] == pytest.approx(reconstruction, rel=1e-5)
    if run.config.is_vae:
        kl = 0.5 * (np.exp(logvar) - logvar - 1 + mean**2)
        assert record["kl_per_dimension"] == pytest.approx(list(kl.mean(0)), rel=1e-4)

    latents = run.latents(2)
    np.testing.assert_allclose(latents.mean, mean, rtol=2e-3, atol=1e-3)  # kept in half precision
    if run.config.is_vae:
        np.testing.assert_allclose(latents.logvar, logvar, rtol=2e-3, atol=1e-3)
        np.testing.assert_allclose(latents.std, np.exp(logvar / 2), rtol=5e-3)
    else:
        assert latents.logvar is None and latents.std is None


def test_the_kept_test_pictures_are_the_same_rows_every_epoch(run, few_digits):
    assert np.array_equal(run.labels(), few_digits.test.labels[run.test_indices()])
    assert len(set(run.test_indices())) == len(few_digits.test.labels)
    assert all(run.latents(epoch).mean.shape == (96, run.config.latent_dim) for epoch in (0, 1, 2))


def test_kept_weights_are_those_of_their_epoch(run):
    exact = build(run.config)
    checkpoint.load_resume(run, exact, torch.optim.Adam(exact.parameters()))
    last, first = (torch.cat([p.flatten() for p in checkpoint.load_model(run, epoch).parameters()]) for epoch in (2, 0))
    kept = torch.cat([p.flatten() for p in exact.parameters()])
    torch.testing.assert_close(last, kept, rtol=1e-3, atol=1e-4)
    assert (first - kept).abs().max() > 1e-3


def test_sampling_costs_what_decoding_the_mean_does_not(finished_run):
    for record in finished_run.metrics():
        assert record["test"]["reconstruction"] > record["test_mean"]["reconstruction"]


# ---- it learns


def test_the_loss_goes_down(run):
    losses = [record["test_mean"]["loss"] for record in run.metrics()]
    assert losses[0] > losses[1] > losses[2]


def test_a_few_epochs_of_digits_learn_more_than_the_average_picture(finished_run):
    """Without a code the best that a decoder could do is the average picture, for every picture."""
    digits = registry.load("digits")
    x, average = digits.test.images / 255, (digits.train.images / 255).mean(0).clip(1e-6, 1 - 1e-6)
    without_code = -(x * np.log(average) + (1 - x) * np.log(1 - average)).sum(1).mean()
    losses = [record["test"]["loss"] for record in finished_run.metrics()]
    assert losses[-1] < without_code - 10
    assert losses[-1] < 0.5 * losses[0]


def test_a_huge_beta_closes_the_code_and_beta_zero_opens_it(tmp_path, few_digits):
    closed, free = (
        train_here(new_run(tmp_path, f"beta-{beta}", beta=beta, epochs=4), few_digits).metrics()[-1]["test"]["kl"]
        for beta in (1000, 0)
    )
    assert closed < 0.1
    assert free > 1


# ---- the same dice


def test_the_same_seed_gives_the_same_run_and_another_does_not(tmp_path, few_digits):
    names_and_seeds = (("a", 1), ("b", 1), ("c", 2))
    made = [train_here(new_run(tmp_path, name, seed=seed), few_digits) for name, seed in names_and_seeds]
    first, same, other = map(results, made)
    assert differences(first, same) == []
    expected = {"metrics of epoch 0", "metrics of epoch 2", "0000.safetensors", "steps.jsonl"}
    assert expected <= set(differences(first, other))


def test_every_epoch_has_dice_of_its_own(tmp_path, few_digits, monkeypatch):
    """A network that never moves: its epochs differ by the order of the pictures and by the noise alone."""
    monkeypatch.setattr(learner.Adam, "step", lambda self: None)
    run = train_here(new_run(tmp_path, epochs=3), few_digits)
    assert len({point["reconstruction"] for point in run.steps() if point["step"] % 10 == 1}) == 3
    assert len({record["test"]["reconstruction"] for record in run.metrics()}) == 4
    assert len({record["test_mean"]["reconstruction"] for record in run.metrics()}) == 1  # it does not move indeed


@pytest.mark.parametrize(
    ("settings", "images"),
    [({}, 1_438), ({"model": "autoencoder"}, 1_438), ({"latent_dim": 2}, 1_438), ({"batch_size": 719}, 1_438),
     ({"batch_size": 100}, 1_001), ({"hidden_dim": 401}, 1_438), ({"batch_size": 8, "hidden_dim": 32}, 1_438),
     ({"reconstruction": "mse", "beta": 4.0}, 1_438)],
    ids=["the lecture's", "classic", "two knobs", "odd batches", "a last batch of one", "odd layers", "small", "mse"],
)  # fmt: skip
def test_the_number_of_threads_changes_no_bit(tmp_path, settings, images):
    """Else the same seed would give other numbers on a busy machine, where the trainer goes back to one thread."""
    dataset = shortened(registry.load("digits"), train=images, test=359)
    sizes = {"latent_dim": 20, "hidden_dim": 400, "batch_size": 256, "epochs": 1} | settings
    try:
        one, two = (
            results(train_here(new_run(tmp_path, f"threads-{most}", **sizes), dataset, max_threads=most))
            for most in (1, 2)
        )
    finally:
        torch.set_num_threads(1)
    assert differences(one, two) == []


# ---- going on


class Died(BaseException):
    """As SIGKILL: nothing after it is done, not even tidying up."""


def die_at(write: int, monkeypatch) -> list[str]:
    """Let this process die at its n-th write to the disk: before it, or in the middle of an appended line."""
    log: list[str] = []
    write_atomic, append_lines = files.write_atomic, files.append_lines

    def counted(name: str) -> bool:
        log.append(name)
        return len(log) == write

    def atomic(path, content, **options):
        if counted(path.name):
            raise Died
        write_atomic(path, content, **options)

    def append(path, records, **options):
        if counted(path.name):
            before = path.stat().st_size if path.exists() else 0
            append_lines(path, records, **options)
            with open(path, "r+b") as file:  # the last of these records is torn
                file.truncate(max(path.stat().st_size - 9, before))
            raise Died
        append_lines(path, records, **options)

    monkeypatch.setattr(files, "write_atomic", atomic)
    monkeypatch.setattr(files, "append_lines", append)
    return log


@pytest.fixture(scope="module")
def deaths(tmp_path_factory) -> dict[str, list[str]]:
    """A run that died at each of its writes and was resumed: what differs from one that never died."""
    folder, few = tmp_path_factory.mktemp("deaths"), shortened(registry.load("digits"), train=128, test=32)
    whole = results(train_here(new_run(folder, "whole"), few))
    found = {}
    for write in range(1, 100):
        run = new_run(folder, f"died-{write}")
        with pytest.MonkeyPatch.context() as patch:
            log = die_at(write, patch)
            try:
                loop.train(run, few, Reporter(run))
            except Died:
                pass
            else:
                break  # it has fewer writes than that
        found[f"write {write}, {log[-1]}"] = differences(whole, results(train_here(Run(run.path), few)))
    return found


def test_death_at_any_write_changes_no_result(deaths):
    assert len(deaths) > 15
    assert {death.split(", ")[1] for death in deaths} >= {
        "status.json", "metrics.jsonl", "steps.jsonl", "resume.safetensors", "labels.npz", "0001.npz",
        "0001.safetensors",
    }  # fmt: skip
    assert {death: lost for death, names in deaths.items() if (lost := set(names) - {"steps.jsonl"})} == {}


def test_death_at_any_write_loses_no_point_of_the_live_curve(deaths):
    assert [death for death, names in deaths.items() if "steps.jsonl" in names] == []


def test_an_epoch_whose_line_was_not_written_is_not_trained_again(tmp_path, few_digits):
    """Died between resume.safetensors and metrics.jsonl: the record comes from the former, with its old times."""
    run = train_here(new_run(tmp_path), few_digits)
    before = run.metrics(), results(run)
    keep_lines(run.path / "metrics.jsonl", 2)
    train_here(run, few_digits)
    assert run.metrics() == before[0]
    assert differences(results(run), before[1]) == []


def test_a_torn_line_of_metrics_is_repaired(tmp_path, few_digits):
    run = train_here(new_run(tmp_path), few_digits)
    before = run.metrics()
    file = run.path / "metrics.jsonl"
    file.write_bytes(file.read_bytes()[:-30])
    train_here(run, few_digits)
    assert run.metrics() == before and file.read_bytes().endswith(b"}\n")


def test_points_of_an_epoch_that_was_not_finished_are_forgotten(tmp_path, few_digits):
    run = train_here(new_run(tmp_path), few_digits)
    before = run.steps()
    files.append_lines(run.path / "steps.jsonl", [{"step": 21, "epoch": 3, "reconstruction": 1.0, "kl": 1.0}])
    train_here(run, few_digits)
    assert run.steps() == before


@pytest.mark.parametrize("harm", ["resume.safetensors is gone", "metrics.jsonl lost an early epoch"])
def test_a_run_that_cannot_go_on_says_so_and_is_left_as_it_is(tmp_path, few_digits, harm):
    run = train_here(new_run(tmp_path), few_digits)
    if harm.startswith("resume"):
        (run.path / "resume.safetensors").unlink()
    else:
        keep_lines(run.path / "metrics.jsonl", 1)
    before = run.metrics(), run.steps()
    with pytest.raises(RunError) as refusal:
        train_here(run, few_digits)
    assert_one_sentence(refusal.value)
    assert (run.metrics(), run.steps()) == before


# ---- trouble


def test_a_loss_beyond_all_bounds_ends_the_training_in_one_sentence(tmp_path, few_digits):
    run = new_run(tmp_path, learning_rate=1.0, beta=1000.0, latent_dim=20, hidden_dim=256)
    with pytest.raises(TrainingFailed) as failure:
        train_here(run, few_digits)
    assert_one_sentence(failure.value)
    assert run.metrics()[0]["test"]["loss"] > 0  # what was good stays readable
    run.check()


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_cuda_is_refused_where_there_is_none():
    with pytest.raises(ConfigError) as refusal:
        device.pick_device("cuda")
    assert_one_sentence(refusal.value)
    assert "device" in str(refusal.value)
    assert device.pick_device("auto").type == "cpu"


def test_cpu_means_cpu():
    assert device.pick_device("cpu").type == "cpu"
    assert device.device_name(torch.device("cpu")) == "CPU"


def test_adam_is_torchs_own_to_the_bit():
    from vae_core.training.adam import Adam

    torch.manual_seed(0)
    ours, theirs = build(Config(latent_dim=3, hidden_dim=16)), build(Config(latent_dim=3, hidden_dim=16))
    theirs.load_state_dict(ours.state_dict())
    optimizers = Adam(ours.parameters(), lr=1e-2), torch.optim.Adam(theirs.parameters(), lr=1e-2, fused=True)
    x = torch.rand(8, 784)
    for _ in range(20):
        for model, optimizer in zip((ours, theirs), optimizers, strict=True):
            optimizer.zero_grad()
            model.decode_logits(model.encode(x).mean).square().mean().backward()
            optimizer.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(mine, other)


def test_no_trainer_waits_for_torchs_compiler():
    import subprocess
    import sys

    code = (
        "import sys, torch; from vae_core.model import build; from vae_core.config import Config; "
        "from vae_core.training.adam import Adam; m = build(Config(latent_dim=2, hidden_dim=4)); "
        "o = Adam(m.parameters(), lr=1e-3); "
        "m.encode(torch.rand(2, 784)).mean.sum().backward(); "
        "o.step(); sys.exit('torch._dynamo' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT).returncode == 0


def test_a_test_pass_can_be_stopped_between_its_batches(few_digits, monkeypatch):
    monkeypatch.setattr(evaluation, "EVALUATION_BATCH", 16)
    config, heard = Config(**TINY), []
    images = torch.from_numpy(few_digits.test.images.copy())
    governor = threads.Governor(1, lambda number: None)

    def stop_at_the_second() -> None:
        heard.append(True)
        if len(heard) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        evaluation.evaluate(build(config), images, config, 0, governor, stop_at_the_second)


def test_an_unknown_device_is_refused():
    with pytest.raises(ConfigError, match="auto, cpu, cuda"):
        device.pick_device("tpu")
