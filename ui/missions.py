"""Missions: predict, then look. What is right is computed from the runs when it is shown, never written down."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from ui import address, ideas, readers
from ui.components import Row, duel_curves, image_rows
from ui.live import IN_USE
from vae_core.runs import Run

PICTURES, MANY, SEED = 10, 200, 0


@dataclass(frozen=True)
class Chart:
    """A few measured numbers beside each other."""

    title: str
    bars: tuple[tuple[str, float, str], ...]  # label, value, how the value is written
    most: float | None = None  # what the longest bar would be; None: the largest


@dataclass(frozen=True)
class Seen:
    """What the runs show."""

    right: int  # the place of the right answer, or the measured number
    told: str  # one sentence with the figures
    charts: tuple[Chart, ...] = ()
    pictures: Callable[[], list[Row]] = list
    curves: Mapping[str, Any] | None = None  # of ``duel_curves``


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
    explains: int | range  # the finding that ``why`` is about; should a new gallery find another, it stays unsaid
    why: str
    then: tuple[str, str]  # where to play with it: page, label
    answers: tuple[str, ...] = ()
    guess: Guess | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    def is_right(self, answer: int, right: int) -> bool:
        return answer == right if self.guess is None else abs(answer - right) <= self.guess.near

    def explained(self, right: int) -> bool:
        return right in self.explains if isinstance(self.explains, range) else right == self.explains

    def allows(self, answer: int) -> bool:
        if self.guess is None:
            return 0 <= answer < len(self.answers)
        return self.guess.low <= answer <= self.guess.high

    def said(self, answer: int) -> str:
        return self.answers[answer] if self.guess is None else f"{answer}{self.guess.unit}"


# --- measuring ---


def tested(run: Run, what: str = "reconstruction", kind: str = "test") -> float:
    """A test figure at the end of a run, nats per picture; z sampled unless ``kind`` says ``test_mean``."""
    return float(run.metrics()[-1][kind][what])


def invented(run: Run, count: int = MANY, epoch: int | None = None) -> np.ndarray:
    """(count, 28, 28) uint8, from the same dice for every model."""
    return readers.samples(str(run.path), ideas.last(run) if epoch is None else epoch, count, SEED, 1.0)


def variety(pictures: np.ndarray) -> float:
    """How different pictures are from each other: the pixels' standard deviation over them (root mean square), 0-1."""
    return float(np.sqrt((pictures / 255).var(0).mean()))


def clear(run: Run) -> float:
    """How clearly random codes are digits, 0 to 1 (``ideas.dice_report``)."""
    return ideas.dice_report(str(run.path))["random_clear"]


@st.cache_data(show_spinner=False, max_entries=8)
def bubble_size(path: str) -> float:
    """The middle standard deviation of all kept bubbles at the end of a run."""
    run = Run(Path(path))
    std = readers.latents(path, ideas.last(run)).std
    assert std is not None
    return float(np.median(std))


def compared(value: float, with_: float, margin: float) -> int:
    """0 if clearly larger, 1 if about the same, 2 if clearly smaller."""
    return 0 if value > with_ * (1 + margin) else 2 if value < with_ * (1 - margin) else 1


# --- drawing ---


def draw_chart(chart: Chart) -> None:
    """As a table whose cells are bars."""
    top = chart.most or max(value for _, value, _ in chart.bars) or 1.0
    lines = "".join(
        f'<tr><th scope="row">{html.escape(label)}</th><td><i style="width: {100 * min(value / top, 1):.1f}%"></i></td>'
        f"<td>{html.escape(words)}</td></tr>"
        for label, value, words in chart.bars
    )
    kind = "ll-bars many" if len(chart.bars) > 12 else "ll-bars"
    st.html(f'<table class="{kind}"><caption>{html.escape(chart.title)}</caption><tbody>{lines}</tbody></table>')


def in_nats(title: str, values: Mapping[str, float]) -> Chart:
    return Chart(title, tuple((label, value, f"{value:.1f} nats") for label, value in values.items()))


def in_numbers(title: str, values: Mapping[str, float], digits: int = 2) -> Chart:
    return Chart(title, tuple((label, value, f"{value:.{digits}f}") for label, value in values.items()))


def of_ten(values: Mapping[str, float]) -> Chart:
    title = "Of the ten most similar copies, how many show one and the same digit"
    return Chart(title, tuple((label, value, f"{10 * value:.1f}") for label, value in values.items()), 1)


def made_up(run: Run, name: str, epoch: int | None = None) -> Row:
    return Row(name, invented(run, PICTURES, epoch)[None], f"Invented by the model: {name}", "from the same dice", "z")


def copies(run: Run, name: str) -> Row:
    places = readers.first_of_each_class(str(run.path))[:PICTURES]
    images = readers.decoded_means(str(run.path), ideas.last(run), places)
    return Row(name, images[None], f"Test pictures rebuilt by the model: {name}", "rebuilt", "decoder")


def noisy_copies(run: Run, name: str) -> Row:
    """Rebuilt as in training: each from a random point of its bubble."""
    from vae_core.explore import decode, noise

    path, epoch = str(run.path), ideas.last(run)
    places, latents = list(readers.first_of_each_class(path)[:PICTURES]), readers.latents(path, epoch)
    assert latents.std is not None
    codes = latents.mean[places] + noise(len(places), run.config.latent_dim, SEED) * latents.std[places]
    return Row(name, decode(readers.model(path, epoch), codes)[None], f"Rebuilt with noise: {name}",
               "rebuilt with noise", "z")  # fmt: skip


def originals(run: Run) -> list[Row]:
    """The originals, where the dataset is on this machine."""
    places = readers.first_of_each_class(str(run.path))[:PICTURES]
    images = readers.originals(run, places)
    return [] if images is None else [Row("Test pictures", images[None], "Test pictures", "for all", "x")]


# --- the missions ---


def no_penalty() -> Seen:
    free, held = ideas.gallery("beta-0"), ideas.gallery("lecture")
    mine, theirs, a, b = tested(free), tested(held), clear(free), clear(held)
    return Seen(
        {(True, False): 0, (False, True): 1, (True, True): 2, (False, False): 3}[mine < theirs, a > b],
        f"Copies: {mine:.1f} nats of error without the penalty, {theirs:.1f} with it. Take an invented picture and the "
        f"ten copies most like it: {10 * a:.1f} show the same digit without the penalty, {10 * b:.1f} with it.",
        (in_nats("Error of the copies", {"beta 1": theirs, "beta 0": mine}), of_ten({"beta 1": b, "beta 0": a})),
        lambda: [*originals(free), copies(held, "Copies, beta 1"), copies(free, "Copies, beta 0"),
                 made_up(held, "Invented, beta 1"), made_up(free, "Invented, beta 0")],
    )  # fmt: skip


def huge_penalty() -> Seen:
    huge, lecture = ideas.gallery("beta-10"), ideas.gallery("lecture")
    a, b = variety(invented(huge)), variety(invented(lecture))
    return Seen(
        compared(a, b, 0.1),
        f"From one invented picture to the next, a pixel changes by {a:.2f} with beta 10, and by {b:.2f} with beta 1 "
        "(0 is black, 1 is white).",
        (in_numbers(f"How much {MANY} invented pictures differ", {"beta 1": b, "beta 10": a}),),
        lambda: [made_up(lecture, "Beta 1"), made_up(huge, "Beta 10")],
    )


def numbers_in_use() -> Seen:
    found = [ideas.gallery(name) for name in ("beta-0.1", "lecture", "beta-4", "beta-10")]
    use = {run.config.beta: np.array(run.metrics()[-1]["kl_per_dimension"]) for run in found}
    count = {beta: int((kl > IN_USE).sum()) for beta, kl in use.items()}
    each = {f"{k}.": float(kl) for k, kl in enumerate(sorted(use[4.0], reverse=True), start=1)}
    return Seen(
        count[4.0],
        f"With beta 4, {count[4.0]} of 20 numbers say more than {IN_USE} nats about a picture; with beta 1, "
        f"{count[1.0]} do.",
        (
            Chart("Numbers of the code in use", tuple((f"beta {b:g}", n, f"{n} of 20") for b, n in count.items()), 20),
            in_numbers("Beta 4: what each number says, in nats, the largest first", each),
        ),
        lambda: [made_up(run, f"Beta {run.config.beta:g}") for run in found],
    )


def two_numbers() -> Seen:
    small, large = ideas.gallery("two-knobs"), ideas.gallery("lecture")
    a, b = tested(small), tested(large)
    return Seen(
        0 if a / b < 1.3 else 1 if a / b <= 3 else 2,
        f"The error is {a:.1f} nats with 2 numbers, and {b:.1f} with 20: {a / b:.1f} times as large.",
        (in_nats("Error of the copies", {"20 numbers": b, "2 numbers": a}),),
        lambda: [*originals(large), copies(large, "20 numbers"), copies(small, "2 numbers")],
    )


def untrained() -> Seen:
    run = ideas.gallery("lecture")
    shown = picked(run.weight_epochs())
    differ = {epoch: variety(invented(run, epoch=epoch)) for epoch in shown}
    pictures = invented(run, epoch=shown[0]) / 255
    grey, contrast = float(pictures.mean()), float(pictures.std((1, 2)).mean())
    alike = differ[shown[0]] < differ[shown[-1]] / 2
    return Seen(
        0 if grey < 0.2 else 1 if contrast < 0.1 else 2 if alike else 3,
        f"A pixel is {grey:.2f} on average (0 is black, 1 is white), and within a picture the pixels differ by only "
        f"{contrast:.2f}. From picture to picture they change by {differ[shown[0]]:.2f}.",
        (in_numbers("How much invented pictures differ", {f"epoch {epoch}": v for epoch, v in differ.items()}),),
        lambda: [made_up(run, f"Epoch {epoch}", epoch) for epoch in shown],
    )


def picked(epochs: Sequence[int]) -> list[int]:
    """The first, the second, one in the middle and the last."""
    return sorted({epochs[0], epochs[min(1, len(epochs) - 1)], epochs[len(epochs) // 3], epochs[-1]})


def one_epoch() -> Seen:
    run = ideas.gallery("lecture")
    losses = [float(record["test"]["loss"]) for record in run.metrics()]
    share = 100 * (losses[0] - losses[1]) / (losses[0] - losses[-1])
    return Seen(
        round(share),
        f"The loss falls from {losses[0]:.0f} to {losses[1]:.0f} nats in the first epoch, and to {losses[-1]:.0f} in "
        f"all ten: {share:.0f}% of the way.",
        (in_nats("Loss on test pictures", {f"epoch {epoch}": loss for epoch, loss in enumerate(losses)}),),
        lambda: [made_up(run, f"Epoch {epoch}", epoch) for epoch in picked(run.weight_epochs())],
    )


def below_training() -> Seen:
    run = ideas.gallery("lecture")
    train, sampled, middle = tested(run, "loss", "train"), tested(run, "loss"), tested(run, "loss", "test_mean")
    bars = {"training, noise on": train, "test, noise on": sampled, "test, noise off": middle}
    return Seen(
        2 if sampled - middle > abs(train - sampled) else 0 if sampled < train else 1,
        f"With the noise on, test pictures read {sampled:.1f} nats, and training {train:.1f}. Turning the noise off "
        f"takes {sampled - middle:.1f} nats off the test.",
        (in_nats("The same model, epoch 10", bars),),
        lambda: [*originals(run), copies(run, "Noise off"), noisy_copies(run, "Noise on")],
    )


def random_codes() -> Seen:
    classic, vae = ideas.gallery("autoencoder"), ideas.gallery("lecture")
    a, b = clear(classic), clear(vae)
    return Seen(
        compared(a, b, 0.03),
        f"Take 500 random codes each, and for each picture the ten copies most like it: {10 * a:.1f} show the same "
        f"digit for the classic model, {10 * b:.1f} for the VAE.",
        (of_ten({"VAE": b, "classic": a}),),
        lambda: [made_up(vae, "VAE"), made_up(classic, "Classic")],
    )


def noise_off() -> Seen:
    classic, vae = ideas.gallery("autoencoder"), ideas.gallery("lecture")
    a, b, middle = tested(classic), tested(vae), tested(vae, kind="test_mean")
    return Seen(
        2 - compared(a, b, 0.03),
        f"The classic model’s error is {a:.1f} nats. The VAE’s is {b:.1f} with noise, and {middle:.1f} when its means "
        "are decoded.",
        (in_nats("Error of the copies", {"classic": a, "VAE, noise off": middle, "VAE, noise on": b}),),
        lambda: [*originals(vae), copies(classic, "Classic"), copies(vae, "VAE, noise off"),
                 noisy_copies(vae, "VAE, noise on")],
    )  # fmt: skip


def bubble_sizes() -> Seen:
    found = [ideas.gallery(name) for name in ideas.TWO_KNOBS]
    sizes = {run.config.beta: bubble_size(str(run.path)) for run in found}
    return Seen(
        compared(sizes[0.0], sizes[1.0], 0.2),
        f"The standard deviation of a bubble is {sizes[0.0]:.3f} with beta 0, {sizes[0.1]:.3f} with beta 0.1, "
        f"{sizes[1.0]:.3f} with beta 1 and {sizes[4.0]:.3f} with beta 4.",
        (in_numbers("Middle size of all bubbles", {f"beta {beta:g}": size for beta, size in sizes.items()}, 3),),
        lambda: [noisy_copies(run, f"Beta {run.config.beta:g}") for run in found],
    )


def penalty_over_time() -> Seen:
    run, other = ideas.gallery("lecture"), ideas.gallery("beta-10")
    panels = [
        {"title": title, "lines": [[record["test"][key] for record in r.metrics()] for r in (run, other)]}
        for title, key in (("Reconstruction", "reconstruction"), ("KL", "kl"))
    ]
    start, end = (float(run.metrics()[k]["test"]["kl"]) for k in (0, -1))
    return Seen(
        compared(end, start, 0.2),
        f"The penalty of the lecture’s model starts at {start:.1f} nats and ends at {end:.1f}. Below, A is that model; "
        "B, dashed, has beta 10.",
        curves={"panels": panels, "names": ["A", "B"]},
    )


MISSIONS: dict[str, Mission] = {
    "untrained": Mission(
        "Before training", "A model has not learned anything yet. We throw dice, and its decoder draws what they say. "
        "What do you see?", untrained, 1,
        "All weights are small random numbers, so every pixel ends near the middle between black and white. The code "
        "hardly matters yet: whatever the dice say, the same haze comes out.",
        ("generate", "See it learn to draw"),
        ("Black pictures", "Grey haze, almost the same each time", "One sharp picture, again and again",
         "Many different shapes"), params={"run": "lecture", "epoch": "0"}),
    "one-epoch": Mission(
        "One epoch", "The lecture’s model trains for ten epochs, and its loss falls all the time. How much of the way "
        "down has it come after the **first** one?", one_epoch, range(70, 100),
        "At first everything is wrong, so every step helps: most pixels are black, and that is quickly learned. "
        "The fine details that are left are small in nats, but they are what makes a digit look right.",
        ("train", "Watch the curves of this run"), params={"run": "lecture"},
        guess=Guess(0, 100, 5, "%", "Your guess, in per cent", 10)),
    "two-numbers": Mission(
        "Two numbers", "The lecture’s model describes each digit with 20 numbers. Another one has only **two**. How "
        "much larger is the error of its copies?", two_numbers, 1,
        "Two numbers can say which digit it is, and a little of how it leans or how wide it is. The rest, each "
        "writer’s own way, is lost, and the decoder draws an average of it.",
        ("latent", "Walk the map of two numbers"),
        ("Hardly larger: up to 1.3 times", "About double: 1.3 to 3 times", "Far larger: more than 3 times"),
        params={"run": "two-knobs"}),
    "no-penalty": Mission(
        "No penalty", "Two models learn alike, but one has no penalty: **beta is 0**. What becomes of its copies of "
        "test pictures, and of the digits it invents?", no_penalty, 0,
        "Without a penalty the model may put each picture wherever it likes, with a bubble as small as a point: good "
        "for copies. But its codes then spread far wider than the dice. These all land in the middle, between the "
        "kinds, and the decoder draws mixtures.",
        ("loss", "Walk from beta 0 to 10"),
        ("Copies better, inventions worse", "Copies worse, inventions better", "Both better", "Both worse")),
    "huge-penalty": Mission(
        "Huge penalty", "Now **beta is 10**. How much do its invented pictures differ from each other, compared with "
        "beta 1?", huge_penalty, 2,
        "Saying anything about a picture costs ten times as much, so codes say little. The decoder then draws the "
        "average of all that a code might mean, and averages look alike.",
        ("compare", "Compare the two models"),
        ("They differ more", "About as much", "They differ less: more look alike"),
        params={"run": "lecture", "with": "beta-10"}),
    "in-use": Mission(
        "Numbers in use", "A code has 20 numbers, but a model need not use them all. How many does it use with "
        "**beta 4**?", numbers_in_use, range(0, 20),
        "Each number that is used costs some penalty, for every picture. When that is more than it saves in "
        "the copy, the model lets the number go: it becomes pure noise, and costs nothing.",
        ("latent", "See which numbers it uses"), params={"run": "beta-4"},
        guess=Guess(0, 20, 1, " of 20", "Your guess, out of 20", 2)),
    "below-training": Mission(
        "Better on the test?", "The lecture’s notebook prints a much **lower** loss for test pictures than for "
        "training. Yet the model never saw the test pictures. Why?", below_training, 2,
        "In training, the decoder gets a random point of each bubble; the notebook’s test gives it the middle, "
        "which is easier to draw from. Measured alike, with the noise on, both figures are almost the same.",
        ("noise", "Play with the noise"),
        ("The test pictures are much easier", "It has learned the test pictures by heart",
         "The noise is on in training, and off in that test")),
    "noise-off": Mission(
        "Copies without noise", "A classic autoencoder learns with no noise and no penalty. How good are its copies "
        "of test pictures, next to those of the VAE?", noise_off, 0,
        "Nothing disturbs the code, and nothing has to be paid for it, so it can carry more about each picture. The "
        "VAE’s larger error is the price of a tidy code.",
        ("autoencoder", "See both side by side"), ("Better", "About the same", "Worse")),
    "random-codes": Mission(
        "Random codes", "Now both shall **invent**. We give the classic autoencoder random codes from where its own "
        "codes lie. How clearly are its pictures digits, next to the VAE’s?", random_codes, 2,
        "Nobody asked the classic model to fill the space between its codes, so some dice fall into holes. "
        "The VAE’s noise and penalty leave fewer of them.",
        ("autoencoder", "Drag a code into a hole"), ("Clearer", "About the same", "Less clear"), ),
    "bubble-size": Mission(
        "The size of a bubble", "Each picture has a bubble: the places that the noise may take it to. What happens to "
        "the bubbles when **beta is 0**, compared with beta 1?", bubble_sizes, 2,
        "Noise only harms the copies, and without a penalty nothing speaks for it, so the model turns it off by "
        "shrinking the bubbles. Only the penalty pays for being large.",
        ("bubbles", "Watch the bubbles shrink"),
        ("They grow", "They stay about the same", "They shrink")),
    "penalty-rises": Mission(
        "The penalty’s own way", "In training, the loss falls from epoch to epoch. What does its second part do, the "
        "**KL penalty** of the lecture’s model?", penalty_over_time, 0,
        "At the start the code says nothing, and saying nothing is free. To draw better, the model must say more "
        "about each picture, and pays for it: the error falls by far more than the penalty grows.",
        ("train", "See both curves"),
        ("It rises", "It stays about the same", "It falls, too"), params={"run": "lecture"}),
}  # fmt: skip


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
            duel_curves(dict(seen.curves))


# --- what the visitor has answered ---

ADDRESS = "done"  # e.g. ?done=in-use.12_no-penalty.0


def kept() -> dict[str, int]:
    """The answers so far, from a link or from this visit. What makes no sense is left out."""
    found: dict[str, int] = {}
    for part in (address.asked_for(ADDRESS) or "").split("_"):
        name, _, answer = part.rpartition(".")
        if name in MISSIONS and re.fullmatch(r"\d{1,3}", answer, re.ASCII) and MISSIONS[name].allows(int(answer)):
            found.setdefault(name, int(answer))
    return found


def written(answers: Mapping[str, int]) -> str:
    return "_".join(f"{name}.{answer}" for name, answer in answers.items())


def commit(name: str, key: str) -> None:
    """The visitor's answer, which stands in the widget ``key`` and may be newer than the page. The first one counts."""
    answer = st.session_state[key]
    if answer is None:
        return
    address.choose(ADDRESS, written({name: answer} | kept()))
    address.choose("mission", name)  # and stay to see what the runs say


def forget() -> None:
    address.choose(ADDRESS, "-")
