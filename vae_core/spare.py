"""A trainer kept ready: a process that has imported torch and waits for a run, so that Start need not wait for that.

It is made when somebody opens the form, and leaves when nobody has pressed Start for a while. Waiting costs no
processor time and 0.2 GB of memory. It ends with its server; but once it has been given a run it is a trainer like any
other, in a session of its own, and outlives the server. ``VAE_SPARE=0`` does without. Imports no torch before ``main``.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading

from vae_core.runs import ROOT

PATIENCE = 600.0  # seconds that a spare waits for a run

_lock = threading.Lock()
_waiting: list[subprocess.Popen[bytes]] = []


def keep_one() -> None:
    """Make a spare unless one is waiting. Returns at once; the spare gets ready by itself."""
    if os.environ.get("VAE_SPARE") == "0":
        return
    with _lock:
        _waiting[:] = [child for child in _waiting if child.poll() is None]
        if not _waiting:
            child = subprocess.Popen(
                [sys.executable, "-m", "vae_core.spare"], cwd=ROOT, stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            _waiting.append(child)


def take(arguments: list[str], log: str, environment: dict[str, str]) -> subprocess.Popen[bytes] | None:
    """Give a spare the arguments of ``vae_core.train``; None if there is no spare to be had."""
    with _lock:
        child = _waiting.pop() if _waiting else None
    if child is None or child.poll() is not None:
        return None
    assert child.stdin is not None
    try:
        child.stdin.write(json.dumps({"arguments": arguments, "log": log, "environment": environment}).encode() + b"\n")
        child.stdin.close()
    except OSError:  # it ended in this very moment
        child.kill()
        return None
    return child


def main() -> int:
    """The spare's own life: get warm, wait for a line, be a trainer. The server's end is the end of the file."""
    from vae_core import threads

    threads.prepare()
    import torch  # noqa: F401

    from vae_core import train, training  # noqa: F401

    ready, _, _ = select.select([sys.stdin], [], [], PATIENCE)
    line = sys.stdin.buffer.readline() if ready else b""
    if not line.strip():
        sys.stdin.close()  # leaving takes a moment, in which a run that is handed over would be lost in silence
        return 0
    wish = json.loads(line)
    os.environ.update(wish["environment"])
    log = os.open(wish["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    for stream in (1, 2):
        os.dup2(log, stream)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    return train.main(wish["arguments"])


if __name__ == "__main__":
    sys.exit(main())
