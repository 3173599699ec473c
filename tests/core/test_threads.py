"""The choice of the number of threads, on machines that exist only here."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from vae_core.training import threads
from vae_core.training.threads import Governor

BATCH = 256
ROOT = Path(__file__).resolve().parents[2]


class Machine:
    """Trains at a speed (images per second) that depends on the number of threads, and remembers what it was told."""

    def __init__(self, most: int, **speed: float) -> None:
        self.told: list[int] = []
        self.governor = Governor(most, self.told.append)
        self.speed = {int(name[1:]): value for name, value in speed.items()}
        self.seconds = 0.0

    def work(self, steps: int) -> dict[int, int]:
        """Take steps; returns how many with each number of threads."""
        taken: dict[int, int] = {}
        for _ in range(steps):
            used = self.governor.threads
            taken[used] = taken.get(used, 0) + 1
            self.seconds += BATCH / self.speed[used]
            self.governor.after_step(BATCH / self.speed[used], BATCH)
        return taken


@pytest.mark.parametrize(("one", "all_", "better"), [(20_000, 38_000, 2), (20_000, 2_000, 1)])
def test_the_faster_number_of_threads_is_found_and_kept(one, all_, better):
    machine = Machine(2, t1=one, t2=all_)
    machine.work(40)
    assert machine.governor.threads == better
    taken = machine.work(4_000)
    assert taken[better] > 0.9 * 4_000  # another look costs a few steps now and then


def test_what_is_used_is_what_torch_was_told():
    machine = Machine(4, t1=1_000, t4=3_000)
    for _ in range(2_000):
        machine.work(1)
        assert machine.governor.threads == ([4, *machine.told])[-1]
    assert set(machine.told) == {1, 4}


def test_a_neighbour_who_takes_a_core_is_noticed_at_once_and_his_leaving_soon():
    machine = Machine(2, t1=20_000, t2=38_000)
    machine.work(400)
    assert machine.governor.threads == 2
    machine.speed = {1: 19_000, 2: 2_000}  # two spinning threads on one core and a bit
    collapse = machine.seconds
    while machine.governor.threads == 2:
        machine.work(1)
    assert machine.seconds - collapse < 5
    machine.work(50)
    assert machine.governor.threads == 1

    machine.speed = {1: 20_000, 2: 38_000}
    left = machine.seconds
    while machine.seconds - left < 3 * threads.HOLD_SECONDS:
        machine.work(1)
    machine.work(50)
    assert machine.governor.threads == 2


def test_a_single_core_is_left_alone():
    machine = Machine(1, t1=1_000)
    machine.work(1_000)
    assert machine.governor.threads == 1 and set(machine.told) <= {1}


@pytest.mark.parametrize("seconds", [0.0, 1e-12])
def test_a_clock_that_stands_still_is_no_error(seconds):
    governor = Governor(2, lambda _: None)
    for _ in range(100):
        governor.after_step(seconds, BATCH)
    assert governor.threads in (1, 2)


def test_prepare_sets_the_environment_before_torch(monkeypatch):
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "GOMP_SPINCOUNT", "MKL_CBWR"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    most = threads.prepare()
    assert 1 <= most <= 8
    assert os.environ["OMP_NUM_THREADS"] == os.environ["MKL_NUM_THREADS"] == str(most)
    assert os.environ["GOMP_SPINCOUNT"] == threads.SPIN_COUNT
    assert os.environ["MKL_CBWR"] == threads.SAME_SUMS
    assert threads.prepare(3) == 3 and os.environ["OMP_NUM_THREADS"] == "3"


def test_prepare_respects_a_spin_that_is_set_already(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("MKL_NUM_THREADS", "1")
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    monkeypatch.setenv("MKL_CBWR", "COMPATIBLE")
    threads.prepare()
    assert (os.environ["GOMP_SPINCOUNT"], os.environ["MKL_CBWR"]) == ("7", "COMPATIBLE")


BOTH_CORES = """
from vae_core.training import threads
threads.prepare(2)
import torch
from vae_core.config import Config
from vae_core.model import build
from vae_core.training.learner import _governor, step_and_optimizer

images = torch.randint(0, 256, (1000, 784), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
for settings in (
    {"batch_size": 128}, {"batch_size": 1000}, {"hidden_dim": 64}, {"batch_size": 32, "hidden_dim": 1000},
    {"latent_dim": 3}, {"latent_dim": 3, "network": "deep"},
    {"network": "deep"}, {"network": "convolutional"}, {"network": "convolutional", "batch_size": 100},
):
    config = Config(**({"latent_dim": 20, "hidden_dim": 400, "batch_size": 256} | settings))
    step, _ = step_and_optimizer(build(config), config, config.batch_size, torch.device("cpu"))
    print(_governor(step, images, 2).candidates)
"""


def test_where_the_system_tells_no_affinity_all_cores_count(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert threads._cores() == os.cpu_count()


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64") or torch.backends.cpu.get_cpu_capability() == "DEFAULT",
    reason="Intel's library, which torch has on these processors alone",
)
def test_any_settings_may_use_both_cores():
    """One thread alone would do where two change bits; then a training takes nearly twice as long."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "MKL_"))}
    done = subprocess.run([sys.executable, "-c", BOTH_CORES], env=clean, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split("\n")[:-1] == ["[2, 1]"] * 9, done.stderr


def test_a_pass_that_is_cut_evenly_has_the_same_bits_with_any_number_of_threads():
    many, even = torch.get_num_threads(), 0
    try:
        for images in range(1, 90):
            if not threads.cut_evenly(images, [784], 2):
                continue
            even += 784 * images > threads.GRAIN
            x, found = torch.randn(images, 784, generator=torch.Generator().manual_seed(images)), []
            for count in (1, 2):
                torch.set_num_threads(count)
                found.append(torch.sigmoid(x))
            assert torch.equal(*found), images
    finally:
        torch.set_num_threads(many)
    assert even > 9
