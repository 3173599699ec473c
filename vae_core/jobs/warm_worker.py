"""A trainer kept ready: a process that has imported torch and waits for a run, so that Start takes no time.

It is made when somebody opens the form, and dismissed when nobody has pressed Start for a while. Waiting costs no
processor time and 0.2 GB of memory. It ends with its server; but once it has been given a run it is a trainer like any
other, in a session of its own, and outlives the server. ``VAE_SPARE=0`` does without. Imports no torch before ``main``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress

from vae_core import os_compat

PATIENCE = 600.0  # seconds that a spare waits for a run

_lock = threading.Lock()
_waiting: list[subprocess.Popen[bytes]] = []


def keep_one() -> None:
    """Make a spare unless one is waiting. Returns at once; the spare gets ready by itself. Where none can be made,
    trainings start from nothing."""
    if os.environ.get("VAE_SPARE") == "0":
        return
    with _lock:
        _waiting[:] = [child for child in _waiting if child.poll() is None]
        if _waiting:
            return
        with suppress(OSError, RuntimeError):  # no more processes, or threads
            child = os_compat.start(
                "vae_core.jobs.warm_worker", changes={"PYTHONUNBUFFERED": "1"}, stdin=subprocess.PIPE
            )
            _waiting.append(child)
            timer = threading.Timer(PATIENCE, dismiss, [child])
            timer.name, timer.daemon = "spare", True
            timer.start()


def dismiss(child: subprocess.Popen[bytes]) -> None:
    """Let a spare go unless it has a run by now. Only who takes it off the list speaks to it, so no run is lost."""
    with _lock:
        if child not in _waiting:
            return
        _waiting.remove(child)
    assert child.stdin is not None
    with suppress(OSError):
        child.stdin.close()
    child.wait()


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
        child.wait()
        return None
    return child


def main() -> int:
    """The spare's own life: get warm, wait for a line, be a trainer. The server's end is the end of the file."""
    from vae_core.training import threads

    threads.prepare()
    import torch  # noqa: F401

    from vae_core import train
    from vae_core.training import loop  # noqa: F401

    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        return 0
    wish = json.loads(line)
    os.environ.update(wish["environment"])
    with suppress(OSError, ValueError, AttributeError):  # without a log it trains all the same
        with open(wish["log"], "ab") as log:
            for stream in (1, 2):
                os.dup2(log.fileno(), stream)
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    return train.main(wish["arguments"])


if __name__ == "__main__":
    os_compat.steady_output()
    code = main()
    os_compat.close_output()
    sys.exit(code)
