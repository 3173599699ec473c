"""Kill trainers at random moments and see what is left: ``python -m benchmarks.faults [kills]``; writes faults.md.

Many short runs of the embedded digits. Each trainer gets SIGKILL at a random moment of its life and another takes its
place, until the run is finished. After every kill the run directory must be whole (``Run.check``, weights and resume
file loaded with their checksums); the finished run must equal an uninterrupted one of the same settings to the last
bit. Seven of eight trainers are forked from this process, which has torch loaded, so that the kills fall into training
and writing; the eighth is the real command line, whose start is killed too.
"""

from __future__ import annotations

import contextlib
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from vae_core import paths, train
from vae_core.config import Config
from vae_core.runs import lifecycle
from vae_core.runs.run import Run, RunError

EPOCHS = 5
COMMAND_LINE = 8  # every so manieth trainer is the real command line
REPORT = Path(__file__).with_name("faults.md")


def settings(seed: int) -> Config:
    """Short epochs of 0.1 s; the classic autoencoder and the other loss have their turn too."""
    return Config(
        model="vae" if seed % 4 else "autoencoder", reconstruction="bce" if seed % 3 else "mse",
        latent_dim=3, hidden_dim=32, epochs=EPOCHS, batch_size=16, seed=seed, device="cpu",
    )  # fmt: skip


def content(run: Run) -> dict[str, Any]:
    """All that a training computes, exactly, without what depends on the clock."""
    from vae_core.training.checkpoint import load_tensors

    found: dict[str, Any] = {"steps": run.steps()}
    for record in run.metrics():
        found[f"epoch {record['epoch']}"] = {k: v for k, v in record.items() if "second" not in k}
    for file in sorted([*run.path.glob("weights/*.safetensors"), run.path / "resume.safetensors"]):
        tensors, _ = load_tensors(file)
        found[file.name] = {name: t.numpy().tobytes() for name, t in tensors.items()}
    for file in sorted(run.path.glob("latents/*.npz")):
        with np.load(file) as arrays:
            found[file.name] = {name: array.tobytes() for name, array in arrays.items()}
    return found


def forked(run: Run) -> int:
    """A trainer with torch already loaded. Returns its process number."""
    pid = os.fork()
    if pid:
        return pid
    with contextlib.suppress(BaseException):
        os.setsid()
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        train.main(["--runs-dir", str(run.path.parent), "--resume", run.id])
    os._exit(0)


def command_line(run: Run) -> int:
    command = [sys.executable, "-m", "vae_core.train", "--runs-dir", str(run.path.parent), "--resume", run.id]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    return subprocess.Popen(command, cwd=paths.ROOT, **quiet).pid  # type: ignore[call-overload]


def live(pid: int, seconds: float) -> bool:
    """Let a trainer live for so long; True if it was then killed, False if it had ended by itself."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return False
        time.sleep(0.001)
    psutil.Process(pid).kill()
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def broken(run: Run) -> str:
    """What is wrong with a run directory, or nothing."""
    from vae_core.training.checkpoint import load_model, load_tensors

    try:
        run.check()
        for epoch in run.weight_epochs():
            load_model(run, epoch)
            run.latents(epoch)
        if (run.path / "resume.safetensors").exists():
            load_tensors(run.path / "resume.safetensors")
    except RunError as error:
        return str(error)
    return "" if run.status().state in ("interrupted", "finished", "starting") else f"it is {run.status().state}"


def main(kills: int) -> int:
    import torch

    torch.set_num_threads(1)
    dice, done, troubles, began = random.Random(1), 0, list[str](), time.monotonic()
    where: Counter[str] = Counter()
    finished = differ = started = 0
    folder = Path(tempfile.mkdtemp())
    while done < kills or not finished:
        config = settings(seed=finished + 1)
        whole = lifecycle.create(config, folder / "whole")
        clock = time.monotonic()
        if live(forked(whole), 120):
            raise SystemExit("an uninterrupted training did not end in two minutes")
        usual = time.monotonic() - clock
        run = lifecycle.create(config, folder / "killed")
        while run.status().state != "finished":
            started += 1
            real = started % COMMAND_LINE == 0
            spare = dice.uniform(0, 3.0 + usual) if real else dice.uniform(0, usual * 1.1)
            patience = spare if done < kills else 120
            if live(command_line(run) if real else forked(run), patience):
                done += 1
                newest = run.epoch
                where["before the first epoch" if newest is None else f"after epoch {newest}"] += 1
                where["with a half-written file beside it"] += bool(list(run.path.rglob(".*.part")))
            if trouble := broken(run):
                troubles.append(f"{run.id}: {trouble}")
                break
        finished += 1
        differ += content(run) != content(whole)
        print(f"{done} kills, {finished} runs, {len(troubles)} broken, {differ} different", flush=True)
        shutil.rmtree(folder)
    report(done, finished, len(troubles), differ, where, time.monotonic() - began)
    print(*troubles, sep="\n")
    return 1 if troubles or differ else 0


def report(kills: int, finished: int, bad: int, differ: int, where: Counter[str], seconds: float) -> None:
    import torch

    rows = "\n".join(f"| {name} | {count} |" for name, count in sorted(where.items()) if count)
    REPORT.write_text(f"""# Faults

`python -m benchmarks.faults {kills}`: trainers killed (SIGKILL) at random moments, and another put in their place.

| | |
| --- | --- |
| kills | {kills} |
| runs that were finished in the end | {finished} |
| run directories that were broken after a kill | {bad} |
| finished runs that differ from an uninterrupted one (metrics, weights, means, Adam's state; every bit) | {differ} |
| every so manieth trainer that was the real command line, start included | {COMMAND_LINE} |

Where the kills fell:

| | |
| --- | --- |
{rows}

{seconds:.0f} s on {os.cpu_count()} cores, {platform.system()}, torch {torch.__version__}, CPU. A kill is not a power
cut: what the kernel had not yet written is still written. Against a power cut, every file of an epoch is flushed before
its name is moved into place (`vae_core/runs/files.py`), and the epoch's line comes last; that order is tested, the cut
is not.

The other faults are injected in tests: a full disk at every single write, a folder that cannot be written, a dataset
that vanished, a graphics card without memory (`tests/core/test_faults.py`), a trainer that hangs, two servers on one
folder (`tests/core/test_queue_processes.py`), hostile files (`tests/core/test_archive_hostile_parts.py`,
`tests/core/test_archive_hostile_zips.py`) and mutated run directories (`tests/core/test_archive_any_bytes.py`).
""")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
