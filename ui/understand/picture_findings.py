"""Missions in which one chooses among pictures: what each answer shows, and what the models' numbers say of it.

Which answer is right follows from whose pictures are asked for. ``Seen.holds`` says whether the numbers bear out what
the mission explains; should a new gallery find otherwise, that stays unsaid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ui.components.bridge import component, size_of, token
from ui.components.image_rows import Row
from ui.components.images import sprite
from ui.components.payloads.understand import PictureAnswer, PictureAnswersData
from ui.shell import browser_input
from ui.store import cache, gallery
from ui.store.floors import GREY, floor_of
from ui.understand.findings import (
    MANY,
    PICTURES,
    Seen,
    clear,
    compared,
    in_nats,
    in_numbers,
    of_ten,
    originals,
    picked,
    samples,
    tested,
    variety,
)  # fmt: skip
from vae_core.runs.run import Run

LETTERS = ("A", "B", "C", "D")
WIDE = PICTURES // 2  # pictures of an answer beside each other


@dataclass(frozen=True)
class Answer:
    """An answer that is seen."""

    name: str  # whose pictures they are: told once the visitor has answered
    images: Callable[[], np.ndarray]  # (PICTURES, height, width) uint8


def _samples(name: str, model: str, epoch: int | None = None) -> Answer:
    return Answer(name, lambda: samples(gallery.gallery(model), PICTURES, epoch))


def _copies(name: str, model: str) -> Answer:
    return Answer(name, lambda: copies(gallery.gallery(model)))


def _both(name: str, model: str) -> Answer:
    """Copies above samples."""

    def images() -> np.ndarray:
        run = gallery.gallery(model)
        return np.concatenate([copies(run)[:WIDE], samples(run, WIDE)])

    return Answer(name, images)


def copies(run: Run) -> np.ndarray:
    """Test pictures, a class each, as a model rebuilds them: (PICTURES, height, width) uint8."""
    places = cache.examples(str(run.path), PICTURES)
    return cache.decoded_means(str(run.path), gallery.last(run), places)


def untrained_answers() -> list[Answer]:
    return [
        _samples("after one epoch", "lecture", 1), _samples("trained with beta 10", "beta-10"),
        _samples("before training", "lecture", 0), _samples("after ten epochs", "lecture"),
    ]  # fmt: skip


def two_numbers_answers() -> list[Answer]:
    return [
        _copies("20 numbers, beta 4", "beta-4"), _copies("two numbers", "two-knobs"), _copies("20 numbers", "lecture"),
        _copies("20 numbers, beta 0", "beta-0"),
    ]  # fmt: skip


def no_penalty_answers() -> list[Answer]:
    return [
        _both("beta 1", "lecture"), _both("beta 10", "beta-10"), _both("beta 4", "beta-4"), _both("beta 0", "beta-0")
    ]  # fmt: skip


def huge_penalty_answers() -> list[Answer]:
    return [
        _samples("beta 10", "beta-10"), _samples("beta 1", "lecture"), _samples("beta 4", "beta-4"),
        _samples("beta 0.1", "beta-0.1"),
    ]  # fmt: skip


def place_of(answers: Sequence[Answer], name: str) -> int:
    return [answer.name for answer in answers].index(name)


def rows_of(answers: Sequence[Answer]) -> list[Row]:
    """All answers again, now with what they are."""
    return [
        Row(
            f"{letter}: {answer.name}", answer.images()[None], f"{letter}, {answer.name}: {PICTURES} pictures", edge="z"
        )
        for letter, answer in zip(LETTERS, answers, strict=False)
    ]


def untrained() -> Seen:
    run, answers = gallery.gallery("lecture"), untrained_answers()
    shown = picked(run.weight_epochs())
    differ = {epoch: variety(samples(run, epoch=epoch)) for epoch in shown}
    pictures = samples(run, epoch=0) / 255
    grey, contrast = float(pictures.mean()), float(pictures.std((1, 2)).mean())
    return Seen(
        place_of(answers, "before training"),
        f"A pixel is {grey:.2f} on average (0 is black, 1 is white), and within a picture the pixels differ by only "
        f"{contrast:.2f}. From picture to picture they change by {differ[shown[0]]:.2f}.",
        (in_numbers("How much samples differ", {f"epoch {epoch}": v for epoch, v in differ.items()}),),
        lambda: rows_of(answers),
        holds=grey > 0.2 and contrast < 0.1 and differ[shown[0]] < differ[shown[-1]] / 2,
    )


def two_numbers() -> Seen:
    small, large, answers = gallery.gallery("two-knobs"), gallery.gallery("lecture"), two_numbers_answers()
    floor = floor_of(large)
    a, b = tested(small) - floor, tested(large) - floor
    return Seen(
        place_of(answers, "two numbers"),
        f"Even a perfect copy costs {floor:.1f} nats of BCE: {GREY}. The error above that is {a:.1f} nats with 2 "
        f"numbers, and {b:.1f} with 20: {a / b:.1f} times as large.",
        (in_nats("BCE of the copies", {"20 numbers": floor + b, "2 numbers": floor + a}, floor),),
        lambda: [*originals(large), *rows_of(answers)],
        holds=a > 1.3 * b,
    )


def no_penalty() -> Seen:
    free, held, answers = gallery.gallery("beta-0"), gallery.gallery("lecture"), no_penalty_answers()
    mine, theirs, a, b = tested(free), tested(held), clear(free), clear(held)
    floor = floor_of(held)
    return Seen(
        place_of(answers, "beta 0"),
        f"Copies: {mine:.1f} nats of BCE without the penalty, {theirs:.1f} with it. Of each, {floor:.1f} are {GREY}. "
        "Take a sample and the ten copies "
        f"most like it: {a:.1f} show the same digit without the penalty, {b:.1f} with it.",
        (in_nats("BCE of the copies", {"beta 1": theirs, "beta 0": mine}, floor), of_ten({"beta 1": b, "beta 0": a})),
        lambda: [*originals(free), *rows_of(answers)],
        holds=mine < theirs and a.mean < b.mean,
    )


def huge_penalty() -> Seen:
    huge, lecture, answers = gallery.gallery("beta-10"), gallery.gallery("lecture"), huge_penalty_answers()
    a, b = variety(samples(huge)), variety(samples(lecture))
    return Seen(
        place_of(answers, "beta 10"),
        f"From one sample to the next, a pixel changes by {a:.2f} with beta 10, and by {b:.2f} with beta 1 (0 is "
        "black, 1 is white).",
        (in_numbers(f"How much {MANY} samples differ", {"beta 1": b, "beta 10": a}),),
        lambda: rows_of(answers),
        holds=compared(a, b, 0.1) == 2,
    )


# ---- on the page

_answers = component("picture_answers", "understand/picture_answers.js")


def in_words(letter: str, images: np.ndarray) -> str:
    """An answer for those who hear the page: what its pixels say, and not whose it is."""
    grey = images.mean() / 255
    return (
        f"Answer {letter}: {len(images)} pictures. A pixel is {grey:.2f} on average, where 0 is black and 1 is white. "
        f"From picture to picture it changes by {variety(images):.2f}."
    )


@cache.cached(8)
def _payload(answers: Callable[[], list[Answer]], gallery_path: str) -> PictureAnswersData:
    shown: list[PictureAnswer] = []
    for letter, answer in zip(LETTERS, answers(), strict=False):
        images = answer.images()
        shown.append({"label": letter, "alt": in_words(letter, images), "png": sprite(images[None])})
    size = size_of(gallery.gallery("lecture"))
    return {"answers": shown, "columns": WIDE, "size": size, "chosen": None, "version": token(shown)}


def ask(
    key: str, answers: Callable[[], list[Answer]], gallery_path: str, *, first: int | None = None,
    changed: Callable[[], None] | None = None,
) -> int | None:  # fmt: skip
    """Show the answers as pictures. Returns the place of the one that is chosen; before the first click ``first``.

    ``changed`` is called after each choice.
    """
    chosen = first if (clicked := chosen_in(key)) is None else clicked
    data: PictureAnswersData = {**_payload(answers, gallery_path), "chosen": chosen}
    _answers(key=key, data=data, on_choice_change=changed or (lambda: None))
    return chosen


def show(key: str, answers: Callable[[], list[Answer]], gallery_path: str) -> None:
    """The answers by their letters alone, none of which can be chosen here: their class does, on phones."""
    data: PictureAnswersData = {**_payload(answers, gallery_path), "shown": True}
    _answers(key=key, data=data)


def chosen_in(key: str) -> int | None:
    """The place of the answer that was chosen in ``ask`` of this key."""
    return browser_input.place(browser_input.sent(key, "choice"), len(LETTERS))
