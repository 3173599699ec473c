"""What differs between systems: children, the lives of processes, signals, files in use, output, lack of memory.

Linux and macOS let one replace or rename a file that somebody reads. Windows refuses while it is open, so whoever
opens, replaces, renames or removes what another process may have open for a moment tries again for ``PATIENCE``
seconds. Imports no torch.
"""

from __future__ import annotations

import errno
import fnmatch
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, TypeVar

import psutil

from vae_core import paths

T = TypeVar("T")

WINDOWS = os.name == "nt"
HOST = platform.node()
PATIENCE = 3.0  # seconds for a file that another process has open
SAME_BIRTH = 1.5  # seconds between two readings of one process's birth: the time of boot comes in whole seconds
# subprocess has these names on Windows alone.
CREATE_NEW_PROCESS_GROUP, CREATE_NO_WINDOW = 0x00000200, 0x08000000
NOBODY: tuple[type[Exception], ...] = (psutil.Error, OSError, ValueError, OverflowError)


# ---- children


# How torchrun tells its processes that they belong together (training/distributed.py). A child of ours is none of them.
OF_TORCHRUN = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


def environment(changes: dict[str, str]) -> dict[str, str]:
    """What a child of ours finds: this project on its path, and UTF-8 whatever the machine's own encoding is."""
    return {
        **{name: value for name, value in os.environ.items() if name not in OF_TORCHRUN},
        "PYTHONPATH": os.pathsep.join(filter(None, [str(paths.ROOT), os.environ.get("PYTHONPATH")])),
        "PYTHONUTF8": "1",
        "PYTHONIOENCODING": "utf-8:replace",  # it would have the last word
        **changes,
    }


def session() -> dict[str, Any]:
    """Options of ``Popen`` for a child that outlives its parent's terminal, and Ctrl-C in it."""
    if WINDOWS:
        return {"creationflags": CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW}
    return {"start_new_session": True}


def start(
    module: str, *arguments: str, changes: dict[str, str] | None = None,
    stdin: int = subprocess.DEVNULL, output: int | IO[bytes] = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:  # fmt: skip
    """``python -m module`` as a process of its own, with changes to its environment. Raises OSError."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=stdin, stdout=output, stderr=output, env=environment(changes or {}), **session(),
    )  # fmt: skip


# ---- the lives of processes


def born(pid: int | None = None) -> float:
    """When a process of this machine began (None: this one), in seconds; 0 if there is none that lives.

    A number alone is given to another process by and by, sooner where a container starts again. Counted from boot on
    Linux, where the hour of birth would move with the clock.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:  # it has ended, and its parent has not yet looked
            return 0.0
        return process.create_time() - (psutil.boot_time() if sys.platform == "linux" else 0.0)
    except NOBODY:
        return 0.0


def lives(pid: int, birth: float) -> bool:
    """Whether this very process lives on this machine; never true of another that got its number."""
    return pid > 0 and birth > 0 and abs(born(pid) - birth) < SAME_BIRTH


def is_gone(pid: int, birth: float = 0.0) -> bool:
    """True only if it is certain that this process does not live on this machine (pid 0 or birth 0: not known)."""
    if pid <= 0:
        return False
    try:
        if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
    except psutil.NoSuchProcess:
        return True
    except NOBODY:
        return False
    begun = born(pid)
    return bool(birth and begun) and abs(begun - birth) >= SAME_BIRTH


def end(pid: int, birth: float, patience: float = 2.0) -> bool:
    """End a process at once, wherever it hangs. True if it is gone then."""
    try:
        process = psutil.Process(pid)
        if not lives(pid, birth):
            return False
        process.kill()
    except NOBODY:
        return False
    # Not process.wait(), which would take a child's exit status from who waits for it.
    deadline = time.monotonic() + patience
    while lives(pid, birth) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not lives(pid, birth)


def on_request_to_end(act: Callable[[], object]) -> None:
    """Call ``act`` when this process is told to end: Ctrl-C, a shutdown, Ctrl-Break or a closed console."""
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        with suppress(ValueError, OSError):  # not in the main thread
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: act())


def yield_to_others() -> None:
    """Last in line for the cores."""
    with suppress(*NOBODY):
        psutil.Process().nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 0) if WINDOWS else 10)


# ---- looking, which never raises: Path.exists and its like do, for a folder that may not be searched or a long name


def exists(path: Path) -> bool:
    """Whether something is there; what cannot be looked at counts as missing."""
    return os.path.exists(path)


def is_file(path: Path | str) -> bool:
    return os.path.isfile(path)


def is_folder(path: Path | os.DirEntry[str]) -> bool:
    """Of an entry of ``os.scandir`` it need not be asked again."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_missing(path: Path) -> bool:
    """True only if it is certain that nothing is there."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        pass
    return False


def listed(folder: Path, pattern: str) -> list[Path]:
    """What has such a name in a folder, in order; nothing where one cannot look into it."""
    try:
        return [folder / name for name in sorted(fnmatch.filter(os.listdir(folder), pattern))]
    except (OSError, ValueError):
        return []


# ---- files that another process may have open


def patiently(action: Callable[[], T], path: Path | str, mode: int = os.R_OK) -> T:
    """Do it again while it is refused because of others. What ``path`` does not allow at all is refused at once.

    ``path``: the file that is read, or the folder in which a name changes; ``mode`` of ``os.access``.
    """
    deadline, pause = time.monotonic() + PATIENCE, 0.002
    while True:
        try:
            return action()
        except PermissionError:
            if _forbids(Path(path), mode) or time.monotonic() > deadline:
                raise
        time.sleep(pause)
        pause = min(2 * pause, 0.1)


def _forbids(path: Path, mode: int) -> bool:
    """Whether it is not others who refuse, but the file itself, or a folder that one may not search for it."""
    if os.path.lexists(path):
        return not os.access(path, mode)
    return not os.access(next(filter(os.path.lexists, path.parents), path), os.X_OK)


def is_passing(error: BaseException) -> bool:
    """Whether an error of reading says nothing of the file: too many are open, somebody has it, one may not look.

    Nobody may remember it. It is of the file that it is missing, or what a library found in it (no number, or EINVAL).
    """
    of_the_file = (None, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL)
    return isinstance(error, OSError) and error.errno not in of_the_file


def open_to_read(path: Path) -> IO[bytes]:
    return patiently(lambda: open(path, "rb"), path)


def read_bytes(path: Path) -> bytes:
    return patiently(path.read_bytes, path)


def replace(source: Path, target: Path) -> None:
    """``os.replace``, also while somebody reads the target."""
    patiently(lambda: os.replace(source, target), target.parent, os.W_OK)


def rename(source: Path, target: Path) -> None:
    """``os.rename`` of a folder, also just after something in it was in use."""
    patiently(lambda: os.rename(source, target), target.parent, os.W_OK)


def remove(path: Path) -> None:
    """Remove a file that may be there."""
    patiently(lambda: path.unlink(missing_ok=True), path.parent, os.W_OK)


def remove_folder(path: Path) -> bool:
    """Remove a folder with all that is in it, as far as that is possible. True if it is gone."""
    shutil.rmtree(path, ignore_errors=True)
    if WINDOWS and exists(path):  # somebody had a file of it open
        with suppress(OSError):
            patiently(lambda: shutil.rmtree(path), path.parent, os.W_OK)
    return is_missing(path)


def replace_folder(source: Path, target: Path) -> None:
    """Let a folder take the place of another, which stays where it is if that fails. Raises OSError.

    The caller alone writes there. Who is killed in the middle leaves the old one beside its name: ``put_back``.
    """
    put_back(target)
    if not os.path.lexists(target):
        rename(source, target)
        return
    rename(target, aside(target))
    try:
        rename(source, target)
    except BaseException:
        put_back(target)
        raise
    remove_folder(aside(target))


def put_back(target: Path) -> None:
    """Undo what a ``replace_folder`` has left that was killed; the caller alone writes there. Raises OSError."""
    if os.path.lexists(target):
        remove_folder(aside(target))
    elif os.path.lexists(aside(target)):
        rename(aside(target), target)


def aside(target: Path) -> Path:
    """What a folder is called while another takes its place."""
    return target.with_name(f".{target.name}.old")


# ---- output, which never decides over the work


def say(text: str, *, error: bool = False, end: str = "\n") -> None:
    """Print as well as it can be: to no terminal, to a closed or full one, in an encoding that lacks half of it."""
    stream = sys.stderr if error else sys.stdout
    with suppress(OSError, ValueError, AttributeError):  # UnicodeError is a ValueError
        try:
            print(text, end=end, file=stream, flush=True)
        except UnicodeError:
            encoding = getattr(stream, "encoding", None) or "ascii"
            print(text.encode(encoding, "replace").decode(encoding), end=end, file=stream, flush=True)


def is_terminal() -> bool:
    """Whether somebody watches standard output."""
    try:
        return sys.stdout.isatty()
    except (AttributeError, ValueError, OSError):  # there is none, or it is closed
        return False


def steady_output() -> None:
    """At the beginning of a process: what the output's encoding lacks becomes a question mark, also for libraries."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def close_output() -> None:
    """At the end of a process: what nobody takes is dropped, or Python would end with a code of its own (120)."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            with suppress(OSError, ValueError, AttributeError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


# ---- too little memory, which each system and library says in its own words

SHORT_OF_MEMORY = (
    "out of memory", "allocate memory", "not enough memory", "failed to map segment", "bad_alloc", "bad alloc",
    "start new thread", "paging file", "insufficient memory", "unable to allocate",
)  # fmt: skip


def is_short_of_memory(error: BaseException) -> bool:
    """Whether an error, or what it came from, says that there was too little memory."""
    causes = list(_causes(error))
    words = " ".join(map(str, causes)).lower()
    known = any(isinstance(cause, MemoryError) or getattr(cause, "errno", None) == errno.ENOMEM for cause in causes)
    return known or any(part in words for part in SHORT_OF_MEMORY)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and what it came from."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        yield error
        seen.append(error)
        error = error.__cause__ or error.__context__
