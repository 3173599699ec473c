"""The command line: ``python -m vae_core.train --dataset mnist --latent-dim 20 ...``. The page starts exactly this.

Exit status: 0 finished; 2 a mistake of the user's, said in one sentence; 130 stopped or interrupted (``--resume``
goes on from the last finished epoch); 1 anything else, with the reason in the run's log.txt.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from filelock import Timeout

from vae_core import os_compat, paths
from vae_core.config import FIELDS, Config, ConfigError
from vae_core.datasets import download, own, registry
from vae_core.datasets.spec import DataError, Dataset
from vae_core.os_compat import say
from vae_core.pictures.set_manifest import SetError
from vae_core.runs import files, lifecycle, moments
from vae_core.runs.index import find_run, list_runs
from vae_core.runs.run import Run, RunError, Status
from vae_core.training import threads
from vae_core.training.background import Background, TookTooLong
from vae_core.training.distributed import Ranks, Silent
from vae_core.training.progress_and_pause import Interrupted, Reporter, Stopped

FOLDER = "folder:"  # a dataset of one's own pictures begins so
OF_A_FOLDER = ("size", "colour")  # options that only such a one has


def main(argv: list[str] | None = None) -> int:
    try:
        return _main(argv)
    except KeyboardInterrupt:  # before there is a run that would say so: torch is imported early to look for CUDA
        return 130


def _main(argv: list[str] | None) -> int:
    arguments = parser().parse_args(argv)
    if not (ranks := Ranks()).first:
        return _help(ranks, _device_of(arguments))
    try:
        run = _open_run(arguments)
    except (ConfigError, DataError, RunError, SetError) as error:
        return _mistake(str(error))
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        return _mistake(f"The file or folder{where} cannot be used: {error.strerror}.")
    try:
        lock = lifecycle.lock_of(run, seconds=1)  # one that ends has said so a moment before it lets go
        lock.acquire()
    except Timeout:
        return _mistake(f"The run {run.id} is being trained already.")
    except OSError as error:
        return _mistake(f"The folder of the run {run.id} cannot be written: {error.strerror}.")
    try:
        return _train(run, ranks)
    finally:
        lock.release()


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence, without the usage before it."""
        say(f"{message[0].upper()}{message[1:]}; see --help.", error=True)
        sys.exit(2)

    def _print_message(self, message: str, file: Any = None) -> None:
        say(message, error=file is sys.stderr, end="")


def parser() -> argparse.ArgumentParser:
    """One option per setting, straight from the configuration's fields."""
    result = Parser(prog="python -m vae_core.train", description="Train a VAE and keep every epoch.")
    for name, field in FIELDS.items():
        choices = ", ".join(field.metadata.get("choices", ()))
        help = field.metadata["help"] + (f" One of: {choices}." if choices else "")
        if name == "dataset":
            help += " Or folder:PATH, a folder of pictures of your own, a folder in it for each class."
        result.add_argument(f"--{name.replace('_', '-')}", metavar=name.upper(), help=help)
    result.add_argument("--size", help="Of pictures of a folder: 28, 32 or 64 pixels to a side (default: what suits).")
    result.add_argument("--colour", help="Of pictures of a folder: grey or rgb (default: what suits).")
    result.add_argument("--runs-dir", type=_folder, help="Where runs are kept (default: checkpoints/runs).")
    result.add_argument(
        "--run-id", type=_word, help="Name of the new run (default: made from the settings and the time)."
    )
    result.add_argument(
        "--resume", metavar="RUN_ID", nargs="?", const="",
        help="Go on with this run (or with --run-id) from its last finished epoch.",
    )  # fmt: skip
    return result


def _word(text: str) -> str:
    """Nothing, such as a shell's variable that is not set, is no answer: another name would be made up for it."""
    if not text.strip():
        raise argparse.ArgumentTypeError("nothing stands there, so write a value, or leave the option out")
    return text


def _folder(text: str) -> Path:
    """``~`` is the home also where no shell sees it: after ``=`` or ``folder:``."""
    return Path(os.path.expanduser(_word(text)))


def _open_run(arguments: argparse.Namespace) -> Run:
    folder = _runs_folder(arguments)
    given = {name: getattr(arguments, name) for name in FIELDS if getattr(arguments, name) is not None}
    if arguments.resume is not None:
        if arguments.resume and arguments.run_id not in (None, arguments.resume):
            raise ConfigError("A resumed run keeps its name; leave out --run-id.")
        run_id = arguments.resume or arguments.run_id or ""
        run = next((r for r in list_runs(folder) if r.id == run_id and not r.gallery), None)
        if run is None:
            raise RunError(f"There is no run {run_id!r} in {folder}.")
        given |= {name: value for name in OF_A_FOLDER if (value := getattr(arguments, name)) is not None}
        if given:
            raise ConfigError(f"A resumed run keeps its settings; leave out --{next(iter(given)).replace('_', '-')}.")
        run.check()
        return run
    dataset = given.get("dataset", FIELDS["dataset"].default)
    if dataset.startswith(FOLDER):
        from vae_core.pictures import freezing  # only then is anything needed that reads pictures

        if not (path := dataset.removeprefix(FOLDER)).strip():  # which would be wherever one happens to be
            raise ConfigError(f"Name the folder of pictures: --dataset {FOLDER}PATH.")
        spec, words = freezing.freeze_folder(_folder(path), arguments.size, arguments.colour)
        say(words)
        given["dataset"] = dataset = spec.name
    elif arguments.size is not None or arguments.colour is not None:
        raise ConfigError(f"Only --dataset {FOLDER}PATH takes --size and --colour; leave them out.")
    config = Config(**{**registry.defaults(dataset), **given})
    _check_device(config.device)
    return lifecycle.create(config, folder, arguments.run_id)


def _runs_folder(arguments: argparse.Namespace) -> Path:
    """Where runs are, and own pictures beside them, as all that reads these looks for them."""
    folder: Path = arguments.runs_dir or paths.runs_dir()
    if arguments.resume is not None or (arguments.dataset or "").startswith((FOLDER, own.PREFIX)):
        os.environ["VAE_RUNS_DIR"] = str(folder)
    return folder


def _check_device(device: str) -> None:
    if device == "cuda":  # only then is torch needed to know
        threads.prepare()
        from vae_core.training.device import pick_device

        pick_device(device)


def _mistake(sentence: str) -> int:
    say(sentence, error=True)
    return 2


def _train(run: Run, ranks: Ranks) -> int:
    """Train under the run's lock, and leave a true status behind whatever happens."""
    _tidy(run)
    reporter = Reporter(run, Terminal())
    os_compat.on_request_to_end(lambda: setattr(reporter, "interrupted", True))
    with reporter.heartbeat():
        return _train_and_report(run, ranks, reporter)


def _train_and_report(run: Run, ranks: Ranks, reporter: Reporter) -> int:
    say(f"{run.id}: {run.config.title}")
    try:
        reporter.resume_from(run.status())
        me = {"pid": os.getpid(), "born": os_compat.born(), "host": os_compat.HOST}
        reporter.update(state="starting", epoch=run.epoch or 0, message="Starting…", **me)
        most = threads.prepare(ranks=ranks.here)
        # Two seconds, during which the pictures are read; on a machine that has just started, many more.
        importing = Background("Importing torch", lambda _: importlib.import_module("torch"))
        dataset = _dataset(run.config, reporter)
        importing.result(reporter.listen)  # what went wrong there, a second import would only hide
        import torch

        from vae_core.training import device, evaluation, loop

        # Adam's memory of pixels that are always black fades below 1e-38, where each number takes a processor a hundred
        # times as long; there it becomes 0. OpenMP's threads take this over when they are made.
        torch.set_flush_denormal(True)
        on_cpu = device.pick_device(run.config.device).type == "cpu"
        ranks.join(cuda=not on_cpu)
        ranks.hear_first(str(run.path))
        try:
            loop.train(run, dataset, reporter, max_threads=most if on_cpu else 1, ranks=ranks)
        except evaluation.TrainingFailed as error:
            return _end(reporter, "failed", 1, str(error))
    except (Interrupted, KeyboardInterrupt):
        return _end(reporter, "interrupted", 130)
    except Stopped:
        return _end(reporter, "stopped", 130)
    except (ConfigError, DataError, RunError) as error:
        return _end(reporter, "failed", 2, str(error))
    except TookTooLong as error:
        return _end(reporter, "failed", 1, str(error))
    except Exception as error:
        say(traceback.format_exc(), error=True, end="")
        return _end(reporter, "failed", 1, _sentence(error))
    ranks.leave()
    return _end(reporter, "finished", 0)


def _device_of(arguments: argparse.Namespace) -> str:
    """The device that the run will ask for, told before it is there; what is wrong with it, the first rank says."""
    run_id = None if arguments.resume is None else arguments.resume or arguments.run_id
    try:
        run = find_run(run_id, arguments.runs_dir) if run_id else None
        return run.config.device if run else arguments.device or "auto"
    except RunError:
        return "auto"


def _help(ranks: Ranks, device: str) -> int:
    """What all ranks but the first do: learn along in silence. They hear which run it is when its pictures are here."""
    most = threads.prepare(ranks=ranks.here)
    import torch

    from vae_core.training import loop

    torch.set_flush_denormal(True)
    try:
        on_cpu = device == "cpu" or not torch.cuda.is_available()
        ranks.join(cuda=not on_cpu)  # as the first does, or they would never meet
        run = Run(Path(ranks.hear_first()))
        reporter = Silent(run)
        os_compat.on_request_to_end(lambda: setattr(reporter, "interrupted", True))
        loop.train(run, registry.load(run.config.dataset), reporter, max_threads=most if on_cpu else 1, ranks=ranks)
    except Interrupted:  # the first said why
        return 130
    ranks.leave()
    return 0


def _tidy(run: Run) -> None:
    """Leave behind what a killed trainer was in the middle of: half-written files, and a pause nobody waits for.

    A page has put its own request in place before it starts a trainer, so what is there then was asked since.
    """
    files.remove_left_parts(run.path)
    if run.control() == "pause" and not os.environ.get("VAE_STEERED"):
        with suppress(OSError):  # then it waits, and says so
            os_compat.remove(run.path / "control.json")


def _dataset(config: Config, reporter: Reporter) -> Dataset:
    """Fetch and read the pictures, in the background: neither a network nor a disk keeps a visitor waiting."""
    title, message = registry.TITLES[config.dataset], ""

    def fetch_and_read(work: Background[Dataset]) -> Dataset:
        nonlocal message

        def tell(progress: download.Progress) -> None:
            nonlocal message
            message = progress.sentence(title)
            while reporter.waiting and not work.left:
                time.sleep(0.1)
            work.moves()
            if work.left:
                raise Stopped  # as whoever waited has

        registry.fetch(config.dataset, tell=tell)
        message = f"Reading {title}…"
        return registry.load(config.dataset)

    def listen() -> None:
        reporter.listen()
        reporter.say(message)

    return Background(f"Reading {title}", fetch_and_read).result(listen)


def _end(reporter: Reporter, state: str, code: int, error: str = "") -> int:
    try:
        try:
            reporter.finish(state, error=error, message="")
        finally:  # answered, and it must not stop the next trainer too
            os_compat.remove(reporter.run.path / "control.json")
            moments.forget_live(reporter.run)
    except OSError as trouble:  # the disk is full or gone: the heartbeat's silence says the rest
        error = f"{error} The status cannot be written: {trouble.strerror}."
    if error:
        say(error, error=True)
    return code


# What libraries say when memory is short; their loaders have words of their own, on Linux, macOS and Windows.
def _sentence(error: Exception) -> str:
    """One sentence for a visitor; the traceback is in log.txt."""
    short_of_memory = os_compat.is_short_of_memory(error)
    if isinstance(error, ImportError):  # before any of the settings counts
        if short_of_memory:
            return "There is not enough memory to load PyTorch; close other programs, then continue."
        return (
            f"The library {error.name or 'torch'} could not be loaded; the last lines that the trainer printed say why."
        )
    if short_of_memory:
        return "There is not enough memory for these settings; try a smaller batch, hidden or latent size."
    if isinstance(error, OSError):
        return f"A file could not be written: {error.strerror or type(error).__name__}."
    return (
        f"The training ended with an error ({type(error).__name__}); the last lines that the trainer printed say where."
    )


class Terminal:
    """Shows the status: one moving line on a terminal, a plain line an epoch otherwise."""

    def __init__(self) -> None:
        self.moving = os_compat.is_terminal()
        self.last = ("", -1)

    def __call__(self, status: Status) -> None:
        if self.moving:
            filled = round(30 * status.progress)
            speed = f"{status.images_per_second:,.0f} images/s" if status.images_per_second else status.message
            bar = "█" * filled + "░" * (30 - filled)
            line = f"[{bar}] epoch {status.epoch}/{status.epochs} · {status.state} · {speed}"
            say(f"\r{line:<100}", end="\n" if not status.active else "")
        elif (status.state, status.epoch) != self.last:
            say(f"epoch {status.epoch}/{status.epochs} · {status.state}")
        self.last = (status.state, status.epoch)


def leave(code: int) -> NoReturn:
    """End the process, without waiting for work in the background that nobody wants any more."""
    os_compat.close_output()
    if any(thread.daemon and thread is not threading.current_thread() for thread in threading.enumerate()):
        os._exit(code)  # Python would pull such a thread down in the middle of an import, and crash
    sys.exit(code)


if __name__ == "__main__":
    os_compat.steady_output()
    leave(main())
