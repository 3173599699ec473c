"""UMAP and t-SNE of a run's means across its epochs: bent maps, made beside the page and kept with the run.

::

    <run_id>/maps/umap.npz    epochs (E,), points (E, n, 2) half precision, trust (E,)
    <run_id>/maps/umap.json   the progress while it is being made

``python -m vae_core.analysis.umap_tsne RUN_DIRECTORY umap`` makes one. Both methods begin from chance, so that two
runs of them turn and fold the same data in different ways. Here they form a chain: the last epoch is laid out from
nothing, and each epoch before it starts from the one after it, in small steps, and is turned onto it. So dots travel
and do not jump, in a thirtieth of the time of ``umap.AlignedUMAP`` (benchmarks/layouts.py). Imports neither umap nor
scikit-learn before they are needed.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from vae_core import os_compat
from vae_core.runs import files
from vae_core.runs.run import Run, RunError, is_fresh

METHODS = ("umap", "tsne")
POINTS = 2_000  # of the kept test images
FEWEST = 12  # fewer have no neighbourhoods to keep
NEIGHBOURS = 15  # of each point, which UMAP tries to keep beside it
PERPLEXITY = 30  # t-SNE's word for nearly the same
BEAT_SECONDS = 5.0  # between two signs of life of the maker
SILENCE = 60.0  # seconds without one, after which it is taken for dead; a busy machine may be late
VOUCH_SECONDS = 900.0  # for which it says so without being further; an epoch takes a minute at most

Step = Callable[[np.ndarray, "np.ndarray | None"], np.ndarray]


@dataclass(frozen=True)
class Layout:
    """A bent map of the first n kept test images at some epochs."""

    epochs: tuple[int, ...]
    points: np.ndarray  # (E, n, 2) float32
    trust: np.ndarray  # (E,), trustworthiness in 0..1: whether neighbours on the map are neighbours (``faithful``)


@dataclass(frozen=True)
class Progress:
    """The last status of the process that makes a map."""

    state: str  # waiting, loading, working, failed
    done: int = 0  # epochs
    of: int = 0
    error: str = ""
    heartbeat: float = 0.0

    @property
    def active(self) -> bool:
        return self.state != "failed" and is_fresh(self.heartbeat, SILENCE)


def umap_step(points: np.ndarray, start: np.ndarray | None) -> np.ndarray:
    """UMAP (McInnes, Healy & Melville 2018) of points (n, d), from nothing or from a start (n, 2)."""
    import umap

    count = min(NEIGHBOURS, len(points) - 1)
    return umap.UMAP(
        n_neighbors=count, min_dist=0.1, n_jobs=1, random_state=0,
        init="spectral" if start is None else start.astype(np.float32),
        n_epochs=500 if start is None else 100,
        learning_rate=1.0 if start is None else 0.25,  # small steps keep what was there
        # Given the neighbours, umap need not ask Python for the distance of each pair: 10 s become 1.
        precomputed_knn=_nearest(points, count), force_approximation_algorithm=True,
    ).fit_transform(points)  # fmt: skip


def tsne_step(points: np.ndarray, start: np.ndarray | None) -> np.ndarray:
    """t-SNE (van der Maaten & Hinton 2008) of points (n, d), from their two main directions or from a start (n, 2)."""
    from sklearn.manifold import TSNE

    return TSNE(
        perplexity=min(PERPLEXITY, (len(points) - 1) / 3), random_state=0, n_jobs=1,
        init="pca" if start is None else start.astype(np.float32),
        max_iter=1000 if start is None else 250,
        early_exaggeration=12.0 if start is None else 1.0,  # no tearing apart of what has its place
    ).fit_transform(points)  # fmt: skip


STEPS: dict[str, Step] = {"umap": umap_step, "tsne": tsne_step}


def chain(means: Sequence[np.ndarray], step: Step, tell: Callable[[int], None] = lambda done: None) -> np.ndarray:
    """Maps (E, n, 2) of the means (n, d) of E epochs, the last laid out first and each other from the one after it."""
    laid = [step(means[-1], None)]
    tell(1)
    for points in reversed(means[:-1]):
        laid.append(aligned(step(points, laid[-1]), laid[-1]))
        tell(len(laid))
    return np.stack(laid[::-1]).astype(np.float32)


def aligned(points: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Points (n, 2) moved and turned, perhaps mirrored, to lie as near as they can onto others (Schönemann 1966)."""
    middle = onto.mean(0)
    u, _, v = np.linalg.svd((points - points.mean(0)).T @ (onto - middle))
    return (points - points.mean(0)) @ (u @ v) + middle


def share_of_neighbours_kept(points: np.ndarray, flat: np.ndarray) -> float:
    """Trustworthiness (Venna & Kaski 2001) of a map (n, 2) of points (n, d), 0 to 1: has each the right neighbours?"""
    from sklearn.manifold import trustworthiness

    return float(trustworthiness(points, flat, n_neighbors=min(10, len(points) // 2 - 1)))


def make(run: Run, method: str, epochs: Sequence[int] | None = None) -> Layout:
    """Lay out a run's means and keep the map with it, telling ``maps/<method>.json`` how far it is. Raises RunError."""
    epochs, voice = list(epochs or run.latent_epochs()), _Voice(run, method)
    try:
        with voice.heartbeat():
            voice.say(Progress("loading", of=len(epochs)))
            means = [run.latents(epoch).mean[:POINTS] for epoch in epochs]
            if not means or len(means[0]) < FEWEST or not all(np.isfinite(m).all() for m in means):
                raise RunError(f"The means of the run {run.id} are too few, or not numbers, for such a map.")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about parallelism and disconnected points; nobody can mend them
                points = chain(means, STEPS[method], lambda k: voice.say(Progress("working", k, len(epochs))))
                trust = [share_of_neighbours_kept(mean, flat) for mean, flat in zip(means, points, strict=True)]
    except Exception as error:
        words = str(error) if isinstance(error, RunError) else f"The map could not be made ({type(error).__name__})."
        voice.say(Progress("failed", error=words))
        raise
    arrays = {"epochs": np.array(epochs), "points": points.astype(np.float16), "trust": np.array(trust, np.float32)}
    files.write_npz(_file(run, method), arrays, compress=True)
    os_compat.remove(_file(run, method, ".json"))
    return Layout(tuple(epochs), points, np.array(trust))


def load(run: Run, method: str) -> Layout | None:
    """The map that is kept with a run, or None. Raises RunError if it is damaged."""
    file = _file(run, method)
    if not os_compat.exists(file):
        return None
    arrays = run.read_npz(file)
    try:
        epochs, points, trust = arrays["epochs"], arrays["points"].astype(np.float32), arrays["trust"]
        fits = epochs.shape == trust.shape == points.shape[:1] and points.shape[2:] == (2,)
        if not fits or not 0 < points.shape[1] <= POINTS or not np.isfinite(points).all():
            raise ValueError
    except (KeyError, ValueError, TypeError):
        raise RunError(f"The file maps/{file.name} of the run {run.id} is damaged.") from None
    return Layout(tuple(int(e) for e in epochs), points, trust)


def progress(run: Run, method: str) -> Progress | None:
    """The progress of a map that is being made; None if none is."""
    try:
        return Progress(**files.read_json(_file(run, method, ".json")))
    except (OSError, ValueError, TypeError):
        return None


def start(run: Run, method: str, epochs: Sequence[int]) -> None:
    """Make a map beside the page, unless somebody does already. Raises RunError."""
    going_on = progress(run, method)
    if going_on and going_on.active:
        return
    if going_on is None and (known := load(run, method)) and known.epochs[-1] == epochs[-1]:  # ended just now
        return
    _write_progress(run, method, Progress("waiting", of=len(epochs)))
    # One thread, and last in line for the cores: a training or a visitor goes first.
    quiet = {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    arguments = (str(run.path), method, "--epochs", ",".join(map(str, epochs)))
    try:
        os_compat.start("vae_core.analysis.umap_tsne", *arguments, changes=quiet)
    except OSError as error:
        raise RunError(f"The map could not be made: {error.strerror}.") from None


@contextmanager
def _turn_to_work(run: Run, method: str, of: int) -> Iterator[None]:
    """One map at a time on a machine. Who waits says so again and again, or the page would have another maker made."""
    from filelock import FileLock, Timeout

    lock = FileLock(run.path.parent / ".maps.lock")
    while not lock.is_locked:
        try:
            lock.acquire(timeout=SILENCE / 10)
        except Timeout:
            _write_progress(run, method, Progress("waiting", of=of))
    try:
        yield
    finally:
        lock.release()


def _nearest(points: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.neighbors import NearestNeighbors

    distances, places = NearestNeighbors(n_neighbors=count).fit(points).kneighbors(points)
    return places, distances.astype(np.float32)


def _file(run: Run, method: str, suffix: str = ".npz") -> Path:
    return run.path / "maps" / (method + suffix)


def _write_progress(run: Run, method: str, progress: Progress) -> None:
    try:
        (run.path / "maps").mkdir(exist_ok=True)
        record = {**asdict(progress), "heartbeat": time.time()}
        files.write_json(_file(run, method, ".json"), record, durable=False)
    except OSError as error:
        raise RunError(f"No map can be kept with the run {run.id}: {error.strerror}.") from None


class _Voice:
    """What the maker of a map says, and by the clock that it still lives, however long an epoch takes."""

    def __init__(self, run: Run, method: str) -> None:
        self.run, self.method = run, method
        self._last, self._when, self._writing = Progress("loading"), time.monotonic(), threading.Lock()

    def say(self, progress: Progress) -> None:
        """Raises RunError if that cannot be written."""
        with self._writing:
            self._last, self._when = progress, time.monotonic()
            _write_progress(self.run, self.method, progress)

    @contextmanager
    def heartbeat(self) -> Iterator[None]:
        """Within this, the last word is said again and again, though not for ever: the maker itself may hang."""
        over = threading.Event()
        thread = threading.Thread(target=self._beat, args=(over,), name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()  # or a late word would stand after the last one

    def _beat(self, over: threading.Event) -> None:
        while not over.wait(BEAT_SECONDS) and time.monotonic() - self._when < VOUCH_SECONDS:
            with self._writing, suppress(RunError):  # the run was deleted, or the disk is full: the maker will notice
                _write_progress(self.run, self.method, self._last)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m vae_core.analysis.umap_tsne", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("run", type=Path, help="a run's directory")
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("--epochs", help="such as 0,5,10; all that have latents if left out")
    asked = parser.parse_args(arguments)
    os_compat.yield_to_others()
    try:
        chosen = [int(part) for part in asked.epochs.split(",")] if asked.epochs else None
        run = Run(asked.run.resolve())
        with _turn_to_work(run, asked.method, len(chosen or [])):
            make(run, asked.method, chosen)
    except ValueError:
        os_compat.say("The epochs must be whole numbers with commas between them, such as 0,5,10.", error=True)
        return 2
    except (RunError, OSError) as error:
        os_compat.say(str(error), error=True)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
