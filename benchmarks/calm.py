"""``python -m benchmarks.calm --times 10 --busy 3``: do the browser tests pass every time?

Runs ``tests/browser`` as the README's command would, ``times`` times in a row and then ``busy`` times beside a process
that keeps one core busy, without any second try. Prints failures and seconds of each; exit status 1 if any test failed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def a_busy_core() -> Iterator[None]:
    neighbour = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        neighbour.kill()
        neighbour.wait()


def once(tests: list[str]) -> tuple[list[str], float]:
    """The names of the tests that failed, and the seconds that all took. Raises RuntimeError if none could be run."""
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rfE", *tests],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if failed:
        told = re.findall(r"^(?:E  .*|tests/\S+:\d+: .*|http://.*)", done.stdout, re.MULTILINE)
        print(*told[:40], sep="\n", flush=True)
        with tempfile.NamedTemporaryFile("w", prefix="calm-", suffix=".txt", encoding="utf-8", delete=False) as file:
            file.write(done.stdout)
        print(f"all that pytest said: {file.name}", flush=True)
    if done.returncode not in (0, 1) or (done.returncode and not failed):
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    return failed, time.monotonic() - start


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calm", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=10, help="in a row on the machine as it is")
    parser.add_argument("--busy", type=int, default=3, help="beside a process that keeps one core busy")
    parser.add_argument("tests", nargs="*", default=["tests/browser"])
    asked = parser.parse_args(arguments)
    failures = 0
    for number in range(asked.times + asked.busy):
        beside = number >= asked.times
        if beside:
            with a_busy_core():
                failed, seconds = once(asked.tests)
        else:
            failed, seconds = once(asked.tests)
        failures += len(failed)
        where = "beside a busy core" if beside else "in a row"
        print(f"{number + 1:2}. {where}: {len(failed)} failed, {seconds:.0f} s", *failed, flush=True)
    print(f"{failures} failures in {asked.times} + {asked.busy} rounds")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
