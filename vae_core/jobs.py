"""Start and steer trainers. A trainer is a process of its own: it outlives a reload and a restart of the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from vae_core import runs, shelf, spare, storage
from vae_core.config import Config
from vae_core.runs import Run, RunError

PATIENCE = 1.5  # seconds for a trainer with an old heartbeat to say something
REQUESTS = ("run", "pause", "step", "stop")


def start(config: Config, folder: Path | None = None, *, run_id: str | None = None, one_epoch: bool = False) -> Run:
    """Make a run and start its trainer. With ``one_epoch`` it pauses after each epoch. Raises RunError."""
    run = shelf.create(config, folder or runs.runs_dir(), run_id)
    request(run, "step" if one_epoch else "run")
    spawn(run)
    return run


def resume(run: Run) -> None:
    """Go on with a stopped, interrupted or failed run from its last finished epoch. Raises RunError."""
    status = run.status()
    if run.gallery or status.state not in runs.RESUMABLE:
        raise RunError(f"The run {run.id} cannot go on: it is {status.state}.")
    end_hung(run)
    request(run, "run")
    try:
        runs.write_status(run, replace(status, state="starting", message="Waking up …", error="", pid=0))
    except OSError as error:
        raise RunError(f"The run {run.id} cannot go on: {error.strerror}.") from None
    spawn(run)


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


def end_hung(run: Run) -> bool:
    """End a trainer that lives but has said nothing for long, or it would keep its run for ever. True if it did.

    A machine that wakes from sleep finds an old heartbeat too, so the trainer gets a moment to speak first.
    """
    before = run.status()
    if before.state != "interrupted" or before.host not in ("", runs.HOST) or not _is_trainer(before.pid, run):
        return False
    time.sleep(PATIENCE)
    if run.status().heartbeat != before.heartbeat:
        return False
    try:
        os.kill(before.pid, signal.SIGKILL)
    except OSError:
        return False
    for _ in range(100):  # its lock goes with it
        if not _is_trainer(before.pid, run):
            break
        time.sleep(0.02)
    return True


def _is_trainer(pid: int, run: Run) -> bool:
    """Whether a process of this machine is the trainer of this run; never true of a number that another got since."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        prints_to = os.readlink(f"/proc/{pid}/fd/1")
    except (OSError, IndexError):
        return False
    # A spare that became this run's trainer (``spare.py``) was started before anybody knew the run: its log tells.
    # When a container starts again, numbers come again, and another run's trainer may have this one's.
    was_spare = b"vae_core.spare" in words and prints_to == os.path.realpath(run.path / "log.txt")
    ours = (b"vae_core.train" in words and run.id.encode() in words) or was_spare
    return bool(pid) and state != "Z" and ours


def log_tail(run: Run, lines: int = 20) -> str:
    """The last lines that the trainer printed."""
    try:
        return "\n".join((run.path / "log.txt").read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def spawn(run: Run) -> None:
    """Start a run’s trainer: the README’s command line, in a session of its own, which outlives server and tab."""
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
        # 130: it was asked to end and said so; "starting" is then the next trainer's, of somebody who was quick.
        if code not in (0, 130) and status.state in ("starting", "interrupted") and not status.pid:
            words = "The trainer ended before it began; the last lines of its log say why."
            runs.write_status(run, replace(status, state="failed", error=words))
    except (OSError, RunError):
        pass  # the run was deleted meanwhile
