"""Start and steer trainers. A trainer is a process of its own: it outlives a reload and a restart of the server."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

from vae_core import runs, spare, storage
from vae_core.config import Config
from vae_core.runs import Run, RunError

REQUESTS = ("run", "pause", "step", "stop")


def start(config: Config, folder: Path | None = None, *, run_id: str | None = None, one_epoch: bool = False) -> Run:
    """Make a run and start its trainer. With ``one_epoch`` it pauses after each epoch. Raises RunError."""
    run = runs.create(config, folder or runs.runs_dir(), run_id)
    request(run, "step" if one_epoch else "run")
    _spawn(run)
    return run


def resume(run: Run) -> None:
    """Go on with a stopped, interrupted or failed run from its last finished epoch. Raises RunError."""
    status = run.status()
    if run.gallery or status.state not in runs.RESUMABLE:
        raise RunError(f"The run {run.id} cannot go on: it is {status.state}.")
    request(run, "run")
    try:
        runs.write_status(run, replace(status, state="starting", message="Waking up …", error="", pid=0))
    except OSError as error:
        raise RunError(f"The run {run.id} cannot go on: {error.strerror}.") from None
    _spawn(run)


def request(run: Run, what: str) -> None:
    """Ask the trainer to ``run``, ``pause``, ``step`` (one epoch, then pause) or ``stop``. It answers in a second."""
    if what not in REQUESTS:
        raise ValueError(f"unknown request: {what}")
    if run.gallery:
        raise RunError("The gallery's models cannot be changed.")
    try:
        storage.write_json(run.path / "control.json", {"request": what}, durable=False)
    except OSError as error:
        raise RunError(f"The run {run.id} cannot be steered: {error.strerror}.") from None


def log_tail(run: Run, lines: int = 20) -> str:
    """The last lines that the trainer printed."""
    try:
        return "\n".join((run.path / "log.txt").read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _spawn(run: Run) -> None:
    """The README's command line, in its own session, so that closing the server or the tab does not end it."""
    command = [sys.executable, "-m", "vae_core.train", "--runs-dir", str(run.path.parent), "--resume", run.id]
    environment = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(runs.ROOT), os.environ.get("PYTHONPATH")])),
    }
    try:
        log_file = run.path / "log.txt"
        with open(log_file, "ab") as log:
            child = spare.take(command[3:], str(log_file), environment) or subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, env=environment
            )
    except OSError as error:
        raise RunError(f"The trainer could not be started: {error.strerror}.") from None
    # Reap it when it ends: an unreaped child would look alive.
    threading.Thread(target=_reap, args=(run, child), name=f"reap {run.id}", daemon=True).start()


def _reap(run: Run, child: subprocess.Popen[bytes]) -> None:
    """Wait for a trainer; if it ended before it could say a word, say it for it."""
    code = child.wait()
    try:
        status = run.status()
        if code and status.state in ("starting", "interrupted") and not status.pid:
            words = "The trainer ended before it began; the last lines of its log say why."
            runs.write_status(run, replace(status, state="failed", error=words))
    except (OSError, RunError):
        pass  # the run was deleted meanwhile
