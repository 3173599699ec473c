"""The image rehearsed without Docker: ``sudo .venv/bin/python -m benchmarks.image [--keep] [--folder FOLDER]``.

Makes a Debian root with mmdebstrap that has what the Dockerfile's base image has, carries out the Dockerfile's own
instructions in it, and starts what its CMD says as the container's process 1, with no network but the machine's own
address. Then, with the image's own HEALTHCHECK and with a browser, as a visitor would:

1. the server answers its health check;
2. a training of the embedded digits, started on the page, finishes;
3. the container stops when asked, and at a second start every page opens, the run that was trained among them;
4. nothing was written outside the home of the image's user, neither by the build after USER nor by either start.

Packages come from this machine's own sources for pip; where an index that the Dockerfile names cannot be reached, they
come from those, and this is said. Needs Linux, root (for chroot and for mounts, which end with the processes that use
them), mmdebstrap, util-linux, iproute2, requirements-dev.txt and Chromium; about 8 GB of disk where torch comes with
CUDA. Ends with 0 if all of it went well. docs/hosting.md says what this does not prove.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shlex
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import psutil

from benchmarks.dockerfile import Ignored, Step, assignments, context, filled, steps
from vae_core.datasets import registry

T = TypeVar("T")
PROJECT = Path(__file__).resolve().parents[1]
BASES = {"python:3.11-slim": "bookworm"}  # the Debian release whose own Python is the base image's
# What the base image holds beside a minimal Debian. Its Python is built from source; ours is Debian's.
PACKAGES = "python3,python3-pip,python-is-python3,ca-certificates,netbase,tzdata"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
TOOLS = ("mmdebstrap", "unshare", "nsenter", "chroot", "ip", "hostname", "mount", "tar")
PATH = "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin"
GRACE = 10.0  # seconds that `docker stop` gives process 1
HEALTH = 150.0  # seconds until Docker calls a container unhealthy: the start period and three intervals
PORT = 8501
# Run in namespaces of its own: the mounts that Docker makes, then the command. "$1" is the root, "$2" the network.
ENTER = """
set -e
mount -t proc proc "$1/proc"
mount -t sysfs -o ro sysfs "$1/sys"
mount -t tmpfs -o size=64m,mode=1777 tmpfs "$1/dev/shm"
hostname rehearsal
if [ "$2" = offline ]; then ip link set lo up; fi
shift 2
exec "$@"
"""


class Image:
    """A root folder, and what the instructions so far made of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {"PATH": PATH}
        self.user, self.workdir = "root", "/"
        self.health: Step | None = None
        self.command: Step | None = None
        self.before: dict[str, tuple] = {}  # all files outside the home, before the image's user did anything

    def ids(self, user: str = "") -> tuple[int, int, str]:
        """Number, group and home of a user of the image."""
        for line in (self.root / "etc/passwd").read_text().splitlines():
            name, _, uid, gid, _, home, _ = line.split(":")
            if name == (user or self.user):
                return int(uid), int(gid), home
        raise SystemExit(f"The image has no user {user or self.user}.")

    def inside(self, words: list[str], extra: dict[str, str] | None = None) -> list[str]:
        """A command line that does this within the root, as the image's user, in its folder and environment."""
        uid, gid, home = self.ids()
        environment = {"HOME": home, **self.environment, **(extra or {})}
        return [
            "chroot", f"--userspec={uid}:{gid}", "--groups=", str(self.root), "/usr/bin/env", "-i",
            f"--chdir={self.workdir}", *(f"{name}={value}" for name, value in environment.items()), *words,
        ]  # fmt: skip

    def contained(self, words: list[str], *, offline: bool, extra: dict[str, str] | None = None) -> list[str]:
        """The same as process 1 of a container of its own, which ends with the process that is started here."""
        apart = ["unshare", "--mount", "--pid", "--fork", "--uts", "--ipc", "--kill-child"]
        network = ["--net"] if offline else []
        script = ["sh", "-c", ENTER, "enter", str(self.root), "offline" if offline else "online"]
        return [*apart, *network, *script, *self.inside(words, extra)]

    def run(self, words: list[str], extra: dict[str, str] | None = None) -> None:
        """A command of the build. Ends the rehearsal if it fails."""
        if code := subprocess.run(self.contained(words, offline=False, extra=extra), check=False).returncode:
            raise SystemExit(f"This step of the Dockerfile ended with {code}: {words[-1]}")


def debian(image: Image, archive: Path, base: str, mirror: str) -> None:
    """Unpack a Debian with the base image's version of Python, made anew unless the archive is there already."""
    if base not in BASES:
        raise SystemExit(f"No Debian release is known here that has what {base} has.")
    if not archive.exists():
        part = archive.with_suffix(".part.tar")
        making = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}", BASES[base], str(part)]
        subprocess.run([*making, *([mirror] if mirror else [])], check=True)
        part.rename(archive)
    image.root.mkdir()
    subprocess.run(["tar", "--extract", "--file", archive, "--directory", image.root, "--numeric-owner"], check=True)
    for marker in image.root.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
        marker.unlink()  # Debian's own wish; a Python built from source, as the base image's, has none
    shutil.copyfile("/etc/resolv.conf", image.root / "etc/resolv.conf")  # Docker gives these two to a build as well
    if (ours := ssl.get_default_verify_paths().cafile) and Path(ours).exists():
        shutil.copyfile(ours, image.root / CERTIFICATES.lstrip("/"))
    version = subprocess.run(image.inside(["python", "--version"]), capture_output=True, text=True, check=True).stdout
    if not version.startswith("Python " + re.findall(r":(\d+\.\d+)", base)[0]):
        raise SystemExit(f"Debian {BASES[base]} has {version.strip()}, the image is to have {base}.")


def sources() -> dict[str, str]:
    """This machine's settings of pip that mean something in the root: addresses, not folders."""
    told = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    found = {"PIP_CERT": CERTIFICATES, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    for line in told.stdout.splitlines():
        key, value = line.split("=", 1)
        name, words = key.rsplit(".", 1)[-1], str(ast.literal_eval(value)).split()
        addresses = [word for word in words if word.startswith(("http://", "https://"))]
        if name in ("index-url", "extra-index-url", "find-links", "proxy") and addresses:
            found["PIP_" + name.upper().replace("-", "_")] = " ".join(addresses)
        elif name in ("trusted-host", "default-timeout", "timeout", "retries"):
            found["PIP_" + name.upper().replace("-", "_")] = " ".join(words)
    return found | {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}


def reachable(line: str) -> str:
    """A command of the build, without an index that cannot be reached from here."""
    for option, address in re.findall(r"(--index-url[ =](\S+) ?)", line):
        try:
            urllib.request.urlopen(address.rstrip("/") + "/torch/", timeout=20).close()
            say(f"packages from {address}")
        except OSError as error:
            say(f"{address} cannot be reached from here ({error}): its packages come from this machine's own index")
            line = line.replace(option, "")
    return line


def build(image: Image, known: list[Step], folder: Path, mirror: str) -> None:
    """Carry out the instructions one by one."""
    for step in known:
        if step.word not in ("CMD", "HEALTHCHECK"):
            say(f"{step.word} {step.rest}"[:110])
        if step.word == "FROM":
            debian(image, folder / f"{BASES.get(step.rest, 'base')}.tar", step.rest, mirror)
        elif step.word == "RUN":
            image.run([*step.command()[:-1], reachable(step.command()[-1])], extra=sources())
        elif step.word == "USER":
            image.user = step.rest
            image.before = image.before or written(image)
        elif step.word == "ENV":
            image.environment |= assignments(step.rest, image.environment)
        elif step.word == "WORKDIR":
            image.workdir = os.path.join(image.workdir, filled(step.rest, image.environment))
            # Docker's newer builder gives it to the user, others leave it to root; here is what permits less.
            (image.root / image.workdir.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif step.word == "COPY":
            copy(image, step)
        elif step.word == "HEALTHCHECK":
            image.health = step
        elif step.word == "CMD":
            image.command = step


def copy(image: Image, step: Step) -> None:
    """``COPY [--chown=USER] SOURCE… TARGET`` from the project, without what .dockerignore leaves out."""
    *names, target = shlex.split(step.arguments())
    uid, gid, _ = image.ids(step.options().get("chown", "root"))
    to = image.root / os.path.join(image.workdir, target).lstrip("/")
    ignored = Ignored.of((PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines())
    for name in names:
        chosen = context(PROJECT, ignored) if name == "." else iter([Path(name)])
        for path in chosen:
            old, new = PROJECT / path, to / path
            if old.is_dir() and not old.is_symlink():
                new.mkdir(exist_ok=True)
                shutil.copystat(old, new)
            else:
                shutil.copy2(old, new, follow_symlinks=False)
            os.chown(new, uid, gid, follow_symlinks=False)


def written(image: Image) -> dict[str, tuple]:
    """What stands outside the home of the image's user: kind, owner, size and time of change by path."""
    home = str(image.root) + image.ids()[2]
    found = {}
    for where, folders, files in os.walk(image.root):
        folders[:] = [name for name in folders if os.path.join(where, name) != home]
        for name in (*folders, *files):
            path = os.path.join(where, name)
            stat = os.lstat(path)
            size = 0 if name in folders else stat.st_size
            found[path.removeprefix(str(image.root))] = (stat.st_mode, stat.st_uid, size, stat.st_mtime_ns)
    return found


@contextmanager
def container(image: Image, log: Path) -> Iterator[int]:
    """Start what CMD says, without a network, as process 1. Gives its number out here; stops it as Docker would."""
    assert image.command
    with log.open("ab") as out:
        process = subprocess.Popen(image.contained(image.command.command(), offline=True), stdout=out, stderr=out)
    try:
        first = wait(lambda: child_of(process), "the container's first process", 20)
        yield first
        began = time.monotonic()
        psutil.Process(first).terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            raise SystemExit(f"The server did not end within {GRACE:.0f} s of being asked to.") from None
        say(f"it stopped {time.monotonic() - began:.1f} s after it was asked to")
    finally:
        process.kill()
        process.wait()


def child_of(process: subprocess.Popen) -> int | None:
    if process.poll() is not None:
        raise SystemExit("The container's first process ended at once; its output is above or in the log.")
    words = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(words[0]) if words else None


def healthy(image: Image, first: int) -> bool | None:
    assert image.health
    inside = ["nsenter", f"--target={first}", "--mount", "--net", "--pid", "--uts", "--ipc"]
    asked = subprocess.run([*inside, *image.inside(image.health.command())], capture_output=True, check=False)
    return asked.returncode == 0 or None


def wait(what: Callable[[], T | None], name: str, seconds: float) -> T:
    """Ask until there is an answer. Ends the rehearsal if there is none in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (answer := what()) is not None:
            return answer
        time.sleep(0.2)
    raise SystemExit(f"Waited {seconds:.0f} s for {name} in vain.")


def start(image: Image, first: int, task: str, *arguments: str) -> str:
    """Wait until the server is healthy, then send a visitor into the container's network. Gives their last line."""
    began = time.monotonic()
    wait(lambda: healthy(image, first), "the health check", HEALTH)
    say(f"the health check succeeds {time.monotonic() - began:.1f} s after the start, without a network")
    visit = [sys.executable, "-m", "benchmarks.image", "--visit", task, *arguments]
    told = subprocess.run(
        ["nsenter", f"--target={first}", "--net", *visit], cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=False
    )
    if told.returncode:
        raise SystemExit("The visitor did not get through; the lines above say where.")
    return told.stdout.split()[-1]


def trained(image: Image, run_id: str) -> None:
    """Check the run that the visitor started, in its files."""
    run = image.root / image.environment["VAE_RUNS_DIR"].lstrip("/") / run_id
    status, config = (json.loads((run / name).read_text()) for name in ("status.json", "config.json"))
    owners = {path.stat().st_uid for path in run.rglob("*")}
    if status["state"] != "finished" or config["dataset"] != registry.EMBEDDED or owners != {image.ids()[0]}:
        raise SystemExit(f"The run {run_id} is {status['state']}, of {config['dataset']}, owned by {owners}.")
    say(f"the training {run_id} finished after {status['epoch']} epochs; all its files belong to user {image.ids()[0]}")


def left_behind(image: Image, first: int) -> None:
    """Say which processes of the container have ended and were not waited for, and what stands in its shared memory."""
    names = []
    for status in Path(f"/proc/{first}/root/proc").glob("[0-9]*/status"):
        text = status.read_text()
        if "\nState:\tZ" in text:
            names.append(text.split()[1])
    shared = sorted(os.listdir(f"/proc/{first}/root/dev/shm"))
    say(f"ended processes that nobody waited for: {', '.join(names) or 'none'}; in /dev/shm: {shared or 'nothing'}")


def outside(image: Image) -> list[str]:
    """What was made, changed or removed outside the home since the image's user came. /tmp is named, and no fault."""
    after = written(image)
    changed = sorted(path for path in after.keys() | image.before.keys() if after.get(path) != image.before.get(path))
    temporary = [path for path in changed if path.startswith("/tmp/")]
    say(f"left in /tmp: {', '.join(temporary) or 'nothing'}")
    return [path for path in changed if path != "/tmp" and path not in temporary]


def at_home(image: Image, since: float) -> None:
    """Say which folders of the home were written to since a moment."""
    home = image.root / image.ids()[2].lstrip("/")
    files = (path for path in home.rglob("*") if path.is_file() and path.lstat().st_mtime > since)
    say(
        "written in the home by the two starts: "
        + ", ".join(sorted({_short(path.relative_to(home)) for path in files}))
    )


def _short(path: Path) -> str:
    depth = 1 if path.parts[0] in ("runs", "data") else 3
    return "/".join(path.parts[:depth]) + ("/…" if len(path.parts) > depth else "")


def rehearse(folder: Path, mirror: str) -> None:
    image = Image(folder / "root")
    build(image, steps((PROJECT / "Dockerfile").read_text(encoding="utf-8")), folder, mirror)
    built, log = time.time(), folder / "server.log"
    try:
        with container(image, log) as first:
            run_id = start(image, first, "train")
            trained(image, run_id)
            left_behind(image, first)
        with container(image, log) as first:
            start(image, first, "look", run_id)
            say("at the second start every page opens without a network")
            left_behind(image, first)
    except BaseException:
        print(log.read_text() if log.exists() else "", file=sys.stderr)
        raise
    at_home(image, built)
    if changed := outside(image):
        raise SystemExit(f"Written outside the home: {', '.join(changed[:20])} ({len(changed)} paths)")
    say("nothing was written outside the home")


def visit(task: str, run_id: str) -> None:
    """Be a visitor (in the container's network). Prints the id of the run that was trained or looked at."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM, FLAGS
    from tests.browser.test_browser import settle
    from ui.shell.pages import PAGES

    url, troubles = f"http://127.0.0.1:{PORT}", []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        page.on("requestfailed", lambda request: troubles.append(f"{request.url}: {request.failure}"))
        if task == "train":
            page.goto(url + "/train")
            settle(page)
            page.click(".st-key-start_training button")
            page.wait_for_selector("text=/Finished all \\d+ epochs/", timeout=300_000)
            settle(page)
            run_id = re.findall(r"run=([^&]+)", page.url)[0]
        else:
            of_run = (f"{path}?run={run_id}" for path in ("train", "latent", "generate"))
            for address in [*(each.path for each in PAGES), *of_run]:
                page.goto(f"{url}/{address}")
                settle(page)
                wrong = page.locator("[data-testid=stException], [data-testid=stAlertContentError]")
                troubles += [f"/{address}: {words}" for words in wrong.all_inner_texts()]
                say(f"/{address}: {page.locator('h1, h2, h3').first.inner_text()}")
            page.goto(url + "/train")
            page.wait_for_selector(".st-key-start_training button:not([disabled])")
        browser.close()
    if troubles:
        raise SystemExit("\n".join(troubles))
    print(run_id)


def lacking() -> str:
    """Why this machine cannot do it, in one sentence, or nothing."""
    if not sys.platform.startswith("linux"):
        return "The rehearsal needs Linux: it makes a Debian root."
    if os.geteuid():
        return "The rehearsal needs root, for chroot and mounts: sudo .venv/bin/python -m benchmarks.image"
    if missing := [name for name in TOOLS if shutil.which(name) is None]:
        return f"The rehearsal lacks {', '.join(missing)}; on Debian: apt-get install mmdebstrap iproute2."
    try:
        import playwright  # noqa: F401

        from tests.browser.conftest import CHROMIUM
    except ImportError as error:
        return f"The rehearsal needs requirements-dev.txt: {error}."
    return "" if CHROMIUM else "The rehearsal needs a Chromium; on Debian: apt-get install chromium."


def say(words: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {words}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.image", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument(
        "--folder",
        type=Path,
        help="where the root is made; the Debian in it is used again the next time (default: a temporary one)",
    )
    parser.add_argument("--keep", action="store_true", help="keep the root, to look around in it")
    parser.add_argument("--mirror", default="", help="Debian's mirror, if not the usual one")
    parser.add_argument("--visit", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.visit:
        return visit(given.visit[0], given.visit[-1])
    if reason := lacking():
        raise SystemExit(reason)
    if given.folder:
        given.folder.mkdir(parents=True, exist_ok=True)
    folder = (given.folder or Path(tempfile.mkdtemp(prefix="image-"))).resolve()
    if (folder / "root").exists():
        raise SystemExit(f"{folder / 'root'} is there from an earlier rehearsal; remove it first.")
    try:
        rehearse(folder, given.mirror)
    finally:
        if not given.keep:
            shutil.rmtree(folder / "root" if given.folder else folder, ignore_errors=True)


if __name__ == "__main__":
    main()
