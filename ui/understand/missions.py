"""Missions: predict, then look. What is right is computed from the runs when it is shown, never written down."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import streamlit as st

from ui.components.image_rows import image_rows
from ui.components.two_run_curves import duel_curves
from ui.shell import browser_input, url_state
from ui.store import cache, floors
from ui.understand import findings, pca, picture_findings
from ui.understand.findings import Chart, Seen
from ui.understand.picture_findings import LETTERS, Answer
from vae_core import paths


@dataclass(frozen=True)
class Guess:
    """A number to be guessed, on a slider."""

    low: int
    high: int
    step: int
    unit: str
    label: str
    near: int  # a guess this near counts as right


@dataclass(frozen=True)
class Mission:
    name: str
    question: str
    look: Callable[[], Seen]
    # The finding that ``why`` is about: should a new gallery find another, it stays unsaid. None: ``Seen.holds`` tells.
    explains: int | range | None
    why: str
    then: tuple[str, str]  # where to play with it: page, label
    answers: tuple[str, ...] = ()
    guess: Guess | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    pictures: Callable[[], list[Answer]] | None = None  # answers that are seen; ``answers`` are then their letters

    def is_right(self, answer: int, right: int) -> bool:
        return answer == right if self.guess is None else abs(answer - right) <= self.guess.near

    def explained(self, seen: Seen) -> bool:
        if self.explains is None:
            return seen.holds
        return seen.right in self.explains if isinstance(self.explains, range) else seen.right == self.explains

    def allows(self, answer: int) -> bool:
        if self.guess is None:
            return 0 <= answer < len(self.answers)
        return self.guess.low <= answer <= self.guess.high

    @property
    def count(self) -> int:
        """How many answers there are to choose from."""
        return len(self.answers) if self.guess is None else (self.guess.high - self.guess.low) // self.guess.step + 1

    def place(self, answer: int) -> int:
        """The place of an answer among these, from 0."""
        return answer if self.guess is None else (answer - self.guess.low) // self.guess.step

    def answer_at(self, place: int) -> int:
        return place if self.guess is None else self.guess.low + place * self.guess.step

    def in_words(self, answer: int) -> str:
        if self.pictures is not None:
            return f"{self.answers[answer]} ({self.pictures()[answer].name})"
        return self.answers[answer] if self.guess is None else f"{answer}{self.guess.unit}"


MISSIONS: dict[str, Mission] = {
    "untrained": Mission(
        "Before training", "Four decoders draw from the same ten rolls of the dice. One of them has not learned "
        "anything yet. **Which?**", picture_findings.untrained, None,
        "All weights are small random numbers, so every pixel ends near the middle between black and white. The code "
        "hardly matters yet: whatever the rolls, the same haze comes out.",
        ("samples", "See it learn to draw"),
        LETTERS, params={"run": "lecture", "epoch": "0"}, pictures=picture_findings.untrained_answers),
    "one-epoch": Mission(
        "One epoch", "The lecture’s model trains for ten epochs, and its loss keeps falling. How much of the whole "
        "drop happens in the **first** one?", findings.one_epoch, range(70, 100),
        "At first everything is wrong, so every step helps: most pixels are black, and that is quickly learned. "
        "The fine details that are left are small in nats, but they are what makes a digit look right.",
        ("train", "Watch the curves of this run"), params={"run": "lecture"},
        guess=Guess(0, 100, 5, "%", "Your guess, in per cent", 10)),
    "two-numbers": Mission(
        "Two numbers", "Four models rebuilt the same ten test pictures, 0 to 9. Three describe each with 20 numbers. "
        "One has only **two numbers**. Which?", picture_findings.two_numbers, None,
        "Two numbers can say roughly which digit it is, though a 4 may come out as a 9, and a little of how it leans. "
        "The rest, each writer’s own style, is lost, and the decoder draws an average of it.",
        ("map", "Walk the map of two numbers"),
        LETTERS, params={"run": "two-knobs"}, pictures=picture_findings.two_numbers_answers),
    "no-penalty": Mission(
        "No penalty", "Four models learned the same way, but one had no penalty: **beta is 0**. Of each you see "
        "copies of test pictures in the upper row, and samples in the lower one. Which has no penalty?",
        picture_findings.no_penalty, None,
        "Without a penalty the model may put each picture wherever it likes, with a bubble as small as a point: good "
        "for copies. But its codes then spread far wider than the rolls of the dice. The rolls all land in the "
        "middle, and the decoder draws mixtures. Dice shaped like its codes would do better.",
        ("loss", "Walk from beta 0 to 10"),
        LETTERS, pictures=picture_findings.no_penalty_answers),
    "huge-penalty": Mission(
        "Huge penalty", "Four models draw from the same rolls of the dice. Their penalties differ: beta is 0.1, 1, "
        "4 and 10. Which is **beta 10**?", picture_findings.huge_penalty, None,
        "Saying anything about a picture costs ten times as much, so codes say little. The decoder then draws the "
        "average of all that a code might mean, and averages look alike.",
        ("compare", "Compare the two models"),
        LETTERS, params={"run": "lecture", "with": "beta-10"}, pictures=picture_findings.huge_penalty_answers),
    "in-use": Mission(
        "Numbers in use", "A code has 20 numbers, but a model need not use them all. How many does it use with **beta "
        "4**?", findings.numbers_in_use, range(0, 20),
        "Each number that is used costs some penalty, for every picture. When that is more than it saves in the copy, "
        "the model gives the number up: it becomes pure noise, and costs nothing.",
        ("map", "See which numbers it uses"), params={"run": "beta-4"},
        guess=Guess(0, 20, 1, " of 20", "Your guess, out of 20", 2)),
    "below-training": Mission(
        "Better on the test?", "The lecture’s notebook prints a much **lower** loss for test pictures than for "
        "training. Yet the model never saw the test pictures. Why?", findings.below_training, 2,
        "In training, the decoder gets a random point of each bubble; the notebook’s test gives it the middle, which "
        "is easier to draw from. Measured the same way, with the noise on, both figures are almost the same.",
        ("noise", "Play with the noise"),
        ("The test pictures are much easier", "It has learned the test pictures by heart",
         "The noise is on in training, and off in that test")),
    "noise-off": Mission(
        "Copies without noise", "A classic autoencoder learns with no noise and no penalty. How good are its copies "
        "of test pictures, compared with the VAE’s with the noise on?", findings.noise_off, 0,
        "Most of the difference is the noise in the test: take the middle of each bubble, and the VAE comes close. "
        "The rest is the price of a tidy code: nothing has to be paid for a classic one, so it can carry more.",
        ("autoencoder", "See both side by side"), ("Better", "About the same", "Worse")),
    "random-codes": Mission(
        "Random codes", "A classic autoencoder never learned where random codes should fall. So we measure where its "
        "own codes lie, and shape the dice like that: centre, spread, and how the numbers go together. How clear are "
        "its **new** digits then, compared with those of a VAE with plain dice?", findings.invented, 1,
        "With dice shaped like its codes the classic model invents about as well. What the VAE spares you is measuring "
        "that shape: its penalty has put the codes where the rolls land.",
        ("autoencoder", "See both side by side"), ("Much clearer", "About as clear", "Much less clear")),
    "without-the-bend": Mission(
        "Without the bend", "PCA copies a picture by **adding up** fixed pictures, so much of each. The lecture’s VAE "
        "bends (ReLU), and copies with 20 numbers. How many does PCA need to copy as well, with the "
        "noise off and by squared error?",
        pca.finding, range(30, 121),
        "PCA can only add. A stroke that moves or leans is no sum of a few fixed pictures, so it takes many of them to "
        "make one. With a bend, which pictures are added depends on the code, so the same few numbers say more.",
        ("autoencoder", "Let PCA add up a picture"), params={"pca": "20"},
        guess=Guess(0, 120, 5, " numbers", "Your guess, in numbers", 10)),
    "bubble-size": Mission(
        "The size of a bubble", "Each picture has a bubble: the places that the noise may take it to. What happens to "
        "the bubbles when **beta is 0**, compared with beta 1?", findings.bubble_sizes, 2,
        "Noise only harms the copies. Without a penalty there is no reason to keep it, so the model turns it off by "
        "shrinking the bubbles. Only the penalty rewards a large bubble.",
        ("bubbles", "Watch the bubbles shrink"),
        ("They grow", "They stay about the same", "They shrink")),
    "penalty-rises": Mission(
        "The penalty over time", "In training, the loss falls from epoch to epoch. What does its second part do, the "
        "**KL penalty** of the lecture’s model?", findings.penalty_over_time, 0,
        "At the start the code says nothing, and saying nothing is free. To draw better, the model must say more "
        "about each picture, and pays for it: the error falls by far more than the penalty grows.",
        ("train", "See both curves"),
        ("It rises", "It stays about the same", "It falls, too"), params={"run": "lecture"}),
}  # fmt: skip


def right(name: str) -> int:
    """What the gallery's runs say is right in a mission."""
    return _right(name, str(paths.GALLERY))


@cache.of_pictures(64, of=lambda *_: paths.GALLERY / "lecture")
def _right(name: str, gallery: str) -> int:
    """Measured once a gallery: each page tells it for all that were answered."""
    return MISSIONS[name].look().right


def _bar(value: float, floor: float, top: float) -> str:
    """A bar, HTML, and of it what even a perfect copy costs in another pattern."""
    saved = min(floor, value)
    kept = f'<i class="floor" style="width: {100 * saved / top:.1f}%"></i>' if floor else ""
    return f'<div>{kept}<i style="width: {100 * min((value - saved) / top, 1):.1f}%"></i></div>'


def draw_chart(chart: Chart) -> None:
    """As a table whose cells are bars."""
    top = chart.most or max(value for _, value, _ in chart.bars) or 1.0
    lines = "".join(
        f'<tr><th scope="row">{html.escape(label)}</th><td>{_bar(value, chart.floor, top)}</td>'
        f"<td>{html.escape(words)}</td></tr>"
        for label, value, words in chart.bars
    )
    if chart.floor:
        lines += f'<tr><td colspan="3"><i class="floor key"></i> {chart.floor:.1f} nats: {floors.GREY}</td></tr>'
    kind = "ll-bars many" if len(chart.bars) > 12 else "ll-bars"
    st.html(f'<table class="{kind}"><caption>{html.escape(chart.title)}</caption><tbody>{lines}</tbody></table>')


def draw(seen: Seen) -> None:
    """The real runs: their pictures on the left, their numbers on the right."""
    left, right = st.columns([3, 2], gap="large") if (rows := seen.pictures()) else (None, st.container())
    if left is not None:
        with left:
            image_rows("mission_rows", "mission", [0], rows, follow=False)
    with right:
        for chart in seen.charts:
            draw_chart(chart)
        if seen.curves:
            duel_curves(seen.curves)


ADDRESS = "done"  # e.g. ?done=in-use.12_no-penalty.0


def answers_so_far() -> dict[str, int]:
    """The answers so far, from a link or from this visit. What makes no sense is left out."""
    found: dict[str, int] = {}
    for part in (url_state.last_choice(ADDRESS) or "").split("_"):
        name, _, answer = part.rpartition(".")
        if name in MISSIONS and re.fullmatch(r"\d{1,3}", answer, re.ASCII) and MISSIONS[name].allows(int(answer)):
            found.setdefault(name, int(answer))
    return found


def written(answers: Mapping[str, int]) -> str:
    return "_".join(f"{name}.{answer}" for name, answer in answers.items())


def answer_in(name: str, key: str) -> int | None:
    """The answer that stands in the widget ``key``, or among the pictures of that key."""
    if MISSIONS[name].pictures is not None:
        return picture_findings.chosen_in(key)
    return browser_input.whole_number(browser_input.in_widget(key), 0, 999)


def commit(name: str, key: str) -> None:
    """The visitor's answer (``answer_in``), which may be newer than the page. The first one counts."""
    answer = answer_in(name, key)
    if answer is None or not MISSIONS[name].allows(answer):
        return
    if name not in answers_so_far():
        st.session_state["mission_answered"] = (name, answer)  # what a link brought along is nobody's answer here
    url_state.choose(ADDRESS, written({name: answer} | answers_so_far()))
    url_state.choose("mission", name)  # and stay to see what the runs say


def forget() -> None:
    url_state.choose(ADDRESS, "-")
