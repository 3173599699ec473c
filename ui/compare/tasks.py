"""Two runs side by side: what differs in their settings, their curves, and the same tasks given to both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ui.components import drawing_view, image_picker, morph_path
from ui.components.image_picker import End
from ui.components.image_rows import Row
from ui.components.payloads.shared import CurvePanel, TwoRunCurvesData
from ui.shell import run_picker
from ui.store import cache, floors, tail
from vae_core.config import FIELDS, Config, in_words
from vae_core.runs.films import examples_of
from vae_core.runs.run import Run

Images = Callable[[Run, int, int], np.ndarray]  # of a run at an epoch; 0 for model A, 1 for B
Task = tuple[str, str, str, Images]  # label, note, colour
PICTURES = 10  # of each row
SEED = 0


def differences(one: Run, other: Run) -> list[tuple[str, str, str]]:
    """The settings in which two runs differ: name, the one's, the other's."""
    names = [name for name in one.config.to_json() if name not in {*one.config.unused} & {*other.config.unused}]
    words = [[_said(run.config, name) for run in (one, other)] for name in names]
    return [
        (str(FIELDS[name].metadata["label"]), mine, its)
        for name, (mine, its) in zip(names, words, strict=True) if mine != its
    ]  # fmt: skip


def _said(config: Config, name: str) -> str:
    return "none" if name in config.unused else in_words(name, getattr(config, name))


def are_comparable(one: Run, other: Run) -> str:
    """Why the losses of two runs do not say which is better, in a sentence; "" if they do."""
    if one.config.dataset != other.config.dataset:
        return "They learned from different pictures, so their losses do not say which is better."
    if one.config.reconstruction != other.config.reconstruction:
        a, b = (in_words("reconstruction", run.config.reconstruction) for run in (one, other))
        return f"A’s error is measured by {a}, B’s by {b}, so their losses do not say which is better."
    return ""


def curves(runs: Sequence[Run]) -> TwoRunCurvesData:
    """What ``two_run_curves.js`` draws: the test figures of each epoch of both, nats per image with z sampled."""
    panels: list[CurvePanel] = []
    for title, key in (("Reconstruction", "reconstruction"), ("KL", "kl"), ("Loss", "loss")):
        lines = [[record["test"][key] for record in tail.metrics(run)] for run in runs]
        if all(value is not None for line in lines for value in line):
            panels.append({"title": title, "lines": lines})
    floor, other = (floors.floor_of(run) for run in runs)
    if panels and floor and floor == other:
        panels[0]["floor"] = floor
    return {"panels": panels, "names": ["A", "B"]}


def matched(epochs: Sequence[int], others: Sequence[int]) -> list[int]:
    """For each epoch of one run the nearest epoch that another has."""
    return [min(others, key=lambda other: (abs(other - epoch), -other)) for epoch in epochs]


def rows(
    one: Run, other: Run, epochs: list[int], drawing: np.ndarray | None = None
) -> tuple[list[Row], list[Row], list[str]]:
    """The same tasks for both at each epoch of the one, and a sentence for each task that cannot be the same.

    ``drawing``: the visitor's, as the pad has it, if there is one.
    """
    theirs = matched(epochs, run_picker.film(other))
    tasks, left_out = [], []
    mine, same = common_pictures(str(one.path), str(other.path))
    first = list(examples_of(cache.labels(str(one.path))[mine], PICTURES))
    places = tuple(mine[first].tolist())
    if places:
        tasks += [_rebuilding(places, tuple(same[first].tolist())), *_morphing(one, epochs[-1], (mine, same))]
    else:
        left_out.append("They were trained on different pictures, so there are none that both can rebuild or morph.")
    tasks.append(("Samples", "the same rolls", "z", lambda run, epoch, k: _samples(run, epoch)))
    if drawing is not None and all(_given(run, drawing) is not None for run in (one, other)):
        thing = drawing_view.called(drawing)
        words = f"{'drawn' if thing == 'drawing' else 'as it goes in'}, rebuilt, imagined again"
        tasks.append((f"Your {thing}", words, "x", lambda run, epoch, k: _drawn(run, epoch, drawing)))
    if one.config.latent_dim != other.config.latent_dim:
        fewer = min(one.config.latent_dim, other.config.latent_dim)
        left_out.append(f"Their codes differ in size: only the first {fewer} rolls are the same.")
    sides = []
    for k, (run, film) in enumerate(((one, epochs), (other, theirs))):
        name, originals = "AB"[k], cache.originals(one, places) if places else None
        top = (
            []
            if originals is None
            else [Row("Test pictures", originals[None], "Test pictures", "for both", "x", columns=PICTURES)]
        )
        sides.append(top + [_row(f"{label}", f"{label} by model {name}", note, edge, run, film, epochs, k, images)
                            for label, note, edge, images in tasks])  # fmt: skip
    return sides[0], sides[1], left_out


def _both_seen(*paths: str) -> tuple[bool, ...]:
    """Of each of two runs, whether its pictures are here for whoever asks."""
    return tuple(map(cache.are_seen, paths))


@cache.cached(50, apart=_both_seen)
def common_pictures(path: str, other_path: str) -> tuple[np.ndarray, np.ndarray]:
    """The test pictures that two runs share: their places among the images that each keeps, (n,) and (n,).

    Of two datasets those that are alike to the last pixel: the gallery's test pictures and those of MNIST (5,000).
    """
    one, other = Run(Path(path)), Run(Path(other_path))
    if one.config.dataset == other.config.dataset:
        mine, theirs = cache.test_indices(path).tolist(), cache.test_indices(other_path).tolist()
    elif one.dataset.shape == other.dataset.shape:
        mine, theirs = _as_bytes(one), _as_bytes(other)
    else:
        mine, theirs = [], []
    known = {picture: place for place, picture in enumerate(theirs)}
    places = [place for place, picture in enumerate(mine) if picture in known]
    return np.array(places, int), np.array([known[mine[place]] for place in places], int)


def _as_bytes(run: Run) -> list[bytes]:
    """The kept test pictures; none where they are not on this machine."""
    pictures = cache.originals(run, np.arange(len(cache.labels(str(run.path)))))
    return [] if pictures is None else [picture.tobytes() for picture in pictures]


def _rebuilding(places: tuple[int, ...], same: tuple[int, ...]) -> Task:
    """Both rebuild the same test pictures, which each keeps at places of its own."""
    at = (places, same)
    return (
        "Rebuilt",
        "from their means",
        "decoder",
        lambda run, epoch, k: cache.decoded_means(str(run.path), epoch, at[k]),
    )


def _morphing(one: Run, epoch: int, common: tuple[np.ndarray, np.ndarray]) -> list[Task]:
    """Both morph the same two of the common pictures: a 3 into an 8, where there are such."""
    ends = image_picker.first_ends(one, epoch, common[0])
    if ends is None:
        return []
    theirs = dict(zip(*(side.tolist() for side in common), strict=True))
    at = [end.place for end in ends], [theirs[end.place] for end in ends]
    words = " to ".join(image_picker.name_of(one, end) for end in ends)

    def images(run: Run, epoch: int, k: int) -> np.ndarray:
        start, end = (End(end.label, place) for end, place in zip(ends, at[k], strict=True))
        return morph_path.walk(str(run.path), (epoch,), start, end, PICTURES, "straight")[0]

    return [("Morph", words, "decoder", images)]


def _row(
    label: str, alt: str, note: str, edge: str, run: Run, film: list[int], epochs: list[int], k: int, images: Images
) -> Row:
    """One task for one run, at the epochs that it has, named by the epochs of the slider."""
    return Row(label, np.stack([images(run, epoch, k) for epoch in film]), alt, note, edge, epochs, PICTURES)


def _given(run: Run, drawing: np.ndarray) -> np.ndarray | None:
    """What a model gets of what is on the pad; None if that is nothing."""
    return drawing_view.as_picture(run, run_picker.film(run)[-1], drawing)


def _drawn(run: Run, epoch: int, drawing: np.ndarray) -> np.ndarray:
    """The drawing, what a model makes of its mean, and of draws from its bubble, if it has one."""
    picture = _given(run, drawing)
    assert picture is not None  # an empty one is no task
    look = drawing_view.look(str(run.path), epoch, picture.tobytes(), PICTURES - 2)
    again = look.imagined if run.config.is_vae else np.zeros_like(look.imagined)
    return np.concatenate([picture[None], look.rebuilt[None], again])


def _samples(run: Run, epoch: int) -> np.ndarray:
    return cache.samples(str(run.path), epoch, PICTURES, SEED, 1.0)
