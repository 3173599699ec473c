"""Start and steer trainers. A trainer is a process of its own: it outlives a reload and a restart of the server."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from vae_core import os_compat, paths
from vae_core.config import Config
from vae_core.jobs import warm_worker
from vae_core.runs import files, lifecycle
from vae_core.runs.run import RESUMABLE, Run, RunError, Status, write_status

PATIENCE = 5.0  # seconds for a trainer with an old heartbeat to say something
REQUESTS = ("run", "pause", "step", "stop")


def start(config: Config, folder: Path | None = None, *, run_id: str | None = None, one_epoch: bool = False) -> Run:
    """Make a run and start its trainer. With ``one_epoch`` it pauses after each epoch. Raises RunError."""
    lifecycle.check_pictures(config)
    run = lifecycle.create(config, folder or paths.runs_dir(), run_id)
    request(run, "step" if one_epoch else "run")
    spawn(run)
    return run


def resume(run: Run) -> None:
    """Go on with a stopped, interrupted or failed run from its last finished epoch. Raises RunError."""
    may_go_on(run)
    end_hung(run)
    with lifecycle.held(run, seconds=2):  # its last trainer is done with the files, and no other begins
        status = may_go_on(run)
        request(run, "run")
        try:
            write_status(run, replace(status, state="starting", message="Starting…", error="", pid=0, born=0.0))
        except OSError as error:
            raise RunError(f"The run {run.id} cannot continue: {error.strerror}.") from None
    spawn(run)


def may_go_on(run: Run) -> Status:
    """The status of a run that ended early. Raises RunError with why any other cannot go on."""
    status = run.status()
    if run.gallery or status.state not in RESUMABLE:
        raise RunError(f"The run {run.id} cannot continue: it is {status.state}.")
    lifecycle.check_pictures(run.config)
    return status


def request(run: Run, what: str) -> None:
    """Ask the trainer to ``run``, ``pause``, ``step`` (one epoch, then pause) or ``stop``. It answers in a second."""
    if what not in REQUESTS:
        raise ValueError(f"unknown request: {what}")
    if run.gallery:
        raise RunError("The gallery's models cannot be changed.")
    try:
        with lifecycle.steering(run):
            files.write_json(run.path / "control.json", {"request": what}, durable=False)
    except OSError as error:
        raise RunError(f"The run {run.id} cannot be steered: {error.strerror}.") from None


def end_hung(run: Run) -> bool:
    """End a trainer that is alive but long silent, or it would hold its run for ever. True if it did.

    A machine that wakes from sleep, or whose clock was set, finds an old heartbeat too (or one from the future), so the
    trainer gets some moments to speak first.
    """
    before = run.status()
    if before.state != "interrupted" or not is_trained_here(before):
        return False
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if run.status().heartbeat != before.heartbeat:
            return False
        time.sleep(0.05)
    return os_compat.end(before.pid, before.born)


def is_trained_here(status: Status) -> bool:
    """Whether the process that wrote a status lives on this machine, whatever it says or does not say."""
    return status.host in ("", os_compat.HOST) and os_compat.lives(status.pid, status.born)


def log_tail(run: Run, lines: int = 20) -> str:
    """The last lines that the trainer printed."""
    try:
        text = os_compat.read_bytes(run.path / "log.txt").decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def spawn(run: Run) -> int:
    """Start a run’s trainer: the README’s command line, in a session of its own, which outlives server and tab.

    Returns the number of its process. Raises RunError.
    """
    before = run.status()
    child, was_spare = _launch(run, with_spare=True)
    with suppress(RuntimeError):  # no thread to be had
        # Reap it when it ends: an unreaped child would look alive.
        arguments = (run, child, before, was_spare)
        threading.Thread(target=_reap, args=arguments, name=f"reap {run.id}", daemon=True).start()
    return child.pid


def _launch(run: Run, *, with_spare: bool) -> tuple[subprocess.Popen[bytes], bool]:
    """A trainer's process, and whether it is one that was kept ready."""
    arguments = ["--runs-dir", str(run.path.parent), "--resume", run.id]
    # What is asked of it from now on is meant for it; a pause that the command line finds is an earlier trainer's.
    changes = {"PYTHONUNBUFFERED": "1", "VAE_STEERED": "1"}
    log = run.path / "log.txt"
    if with_spare and (child := warm_worker.take(arguments, str(log), os_compat.environment(changes))):
        return child, True
    try:
        with _opened(log) as output:
            return os_compat.start("vae_core.train", *arguments, changes=changes, output=output), False
    except OSError as error:
        raise RunError(f"The trainer could not be started: {error.strerror}.") from None


def _opened(log: Path) -> IO[bytes]:
    """The log to append to; a log that cannot be written is no reason not to train."""
    try:
        return os_compat.patiently(lambda: open(log, "ab"), log, os.W_OK)
    except OSError:
        if not os_compat.is_folder(log.parent):
            raise
        return open(os.devnull, "ab")


def _reap(run: Run, child: subprocess.Popen[bytes], before: Status, was_spare: bool) -> None:
    """Wait for a trainer. If it ended before its first status, write one, or start another if it was a spare."""
    code = child.wait()
    with suppress(OSError, RunError):  # the run was deleted, or another trains it
        if not _said_nothing(run, before):
            return
        if was_spare:
            child, _ = _launch(run, with_spare=False)
            code = child.wait()
        with lifecycle.held(run):
            if code not in (0, 130) and _said_nothing(run, before):
                words = "The trainer ended before it started; the last lines that it printed say why."
                write_status(run, replace(before, state="failed", error=words))


def _said_nothing(run: Run, before: Status) -> bool:
    """Whether the status is still what was written before the trainer was started, and not a later trainer's."""
    status = run.status()
    return not status.pid and status.heartbeat == before.heartbeat
