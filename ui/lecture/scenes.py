"""What the lecture says: for each scene its sentences, its formula, what its picture shows, and the door it ends in.

In a sentence ``{mean:the place}`` is written in the colour of the mean. ``lights`` names the terms of the formula that
the sentence is about.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ui.lecture.measured import DOTS, PICTURE, ROLLS, TOGETHER, Lecture
from ui.store import floors


@dataclass(frozen=True)
class Beat:
    words: str
    lights: str  # names of terms, with spaces between


@dataclass(frozen=True)
class Scene:
    name: str  # of its module in static/lecture/
    title: str
    beats: tuple[Beat, ...]
    formula: str  # ``colour:text:name`` of each term, or a sign; with spaces between
    spoken: str  # the formula as one says it
    shows: str  # what is to be seen, for those who hear the page
    measured: str  # on which model, and what
    door: str  # the name of a page
    label: str  # where the door leads


def scenes(seen: Lecture) -> tuple[Scene, ...]:
    """All of them, with what was measured."""
    return (
        _copying(seen), _hole(seen), _bubble(seen), _noise(seen), _forces(seen), _penalty(seen), _together(seen),
        _training(seen), _samples(seen), _morph(seen),
    )  # fmt: skip


def number(value: float, digits: int = 2) -> str:
    """A number as people write it."""
    return f"{value:.{digits}f}".replace("-", "−")


def pair(values: np.ndarray, digits: int = 2) -> str:
    return f"({number(values[0], digits)}, {number(values[1], digits)})"


def _copying(seen: Lecture) -> Scene:
    return Scene(
        "copying", "A machine that copies",
        (
            Beat("This {x:3} is 784 numbers: one for each pixel, from black to white.", "x"),
            Beat("The {encoder:encoder} squeezes them into two numbers, the {mean:code}.", "encoder code"),
            Beat("The {decoder:decoder} never sees the 3. It draws it again from these two numbers alone.",
                 "decoder out"),
            Beat("Two networks learn this together, with one goal: the copy should look like the original. That is an "
                 "autoencoder.", "x encoder code decoder out"),
        ),
        "mean:code:code = encoder:encoder:encoder ( x:x:x ) | "
        "decoder:copy:out = decoder:decoder:decoder ( mean:code:code )",
        "code = encoder of x; copy = decoder of the code",
        "A handwritten 3 goes through the encoder, becomes one dot on a plane, and comes out of the decoder as a "
        "blurred 3.",
        f"Measured: a classic autoencoder of two numbers. It makes {pair(seen.code, 1)} of this test picture, which it "
        "never trained on.",
        "draw", "Send in a digit of your own",
    )  # fmt: skip


def _hole(seen: Lecture) -> Scene:
    beyond = 100 * seen.beyond(seen.codes)
    return Scene(
        "hole", "Copying is not enough",
        (
            Beat("Each dot is the {mean:code} of a picture, in the colour of its digit. Our 3 is one of them.", "code"),
            Beat("Now we want a digit that nobody wrote. We need no picture for that: only two numbers. But which?",
                 "decoder code"),
            Beat("Between the dots lie places that no picture ever went to. What the {decoder:decoder} draws there may "
                 "look like nothing it has ever copied.", "decoder out"),
            Beat("It was only ever asked to copy. Nobody told it where codes should lie, or what belongs between them.",
                 "code decoder out"),
        ),
        "decoder:picture:out = decoder:decoder:decoder ( mean:?:code )",
        "picture = decoder of what?",
        "A map of codes with gaps. Random codes cover a small part of it. A ring leaves the code of the 3 for an "
        "empty place, and what the decoder draws turns from a 3 into a bent shape.",
        f"Measured: the same model, {DOTS:,} of its test pictures. {beyond:.0f}% of all codes lie farther out than "
        f"{ROLLS} random codes reach.",
        "autoencoder", "Drag a code into a hole",
    )  # fmt: skip


def _bubble(seen: Lecture) -> Scene:
    mean, std = seen.latents.mean[PICTURE], seen.latents.std
    assert std is not None
    return Scene(
        "bubble", "A bubble in place of a point",
        (
            Beat("A variational autoencoder, a VAE, is less sure. Its {encoder:encoder} gives a place, the "
                 "{mean:mean}.", "encoder mean"),
            Beat("And it gives a size, the {mean:std}. Together they are a bubble.", "encoder std"),
            Beat("The 3 may sit anywhere in its bubble. So the {decoder:decoder} must draw a 3 all over it.",
                 "mean std"),
            Beat("From afar the bubble is tiny. All the others lie around it, and one digit passes into the next.",
                 "mean std"),
        ),
        "mean:mean:mean , mean:std:std = encoder:encoder:encoder ( x:x:x )",
        "mean and std = encoder of x",
        "The dot of the 3 swells into a round bubble. Small pictures all over the plane show what the decoder draws at "
        "each place: threes all over the bubble.",
        f"Measured: a VAE of two numbers, {seen.epoch} epochs of training. Mean {pair(mean)}, std "
        f"{pair(std[PICTURE], 3)}.",
        "map", "See the bubbles of all pictures",
    )  # fmt: skip


def _noise(seen: Lecture) -> Scene:
    worth = float(f"{seen.worth:.1g}")
    return Scene(
        "noise", "Noise that can learn",
        (
            Beat("Which point of the bubble? The dice decide. Their roll is the {z:noise}.", "noise"),
            Beat("Stretch it by the {mean:std}, add the {mean:mean}: that is {z:z}. Each roll gives another {z:z}, and "
                 "nearly the same 3.", "std mean z"),
            Beat("To learn, the error must flow back. But dice have no slope. Here it stops.", "noise"),
            Beat("So the dice stand aside. Through + and × the error reaches {mean:mean} and {mean:std}, and both can "
                 "learn.", "mean std"),
        ),
        "z:z:z = mean:mean:mean + mean:std:std × z:noise:noise",
        "z = mean + std times noise",
        "A graph: noise times std, plus the mean, is z, and the decoder draws a 3 from it. Then arrows run back from "
        "the picture: they reach mean and std, and stop at the noise.",
        f"Measured on ten test pictures: one roll with this trick tells the direction as well as about {worth:,.0f} "
        "rolls without it.",
        "noise", "Roll the dice yourself",
    )  # fmt: skip


def _forces(seen: Lecture) -> Scene:
    free, ours, held = seen.betas
    labels = seen.labels[seen.forces.places]
    return Scene(
        "forces", "One pushes, one pulls",
        (
            Beat("The {decoder:reconstruction} asks for good copies. It pushes each bubble to where its own picture is "
                 "drawn best, and makes it small.", "reconstruction"),
            Beat("The {mean:penalty} pulls all bubbles to the centre, and makes them large. It is called KL.", "kl"),
            Beat("With no penalty, bubbles shrink to points and fly apart. This is the copying machine again.",
                 "beta reconstruction"),
            Beat(f"With a large penalty they grow, and {held.touching(labels)} of {len(labels)} overlap with another "
                 f"digit’s, not {ours.touching(labels)}. Beta sets the balance.", "beta kl"),
        ),
        "loss = decoder:reconstruction:reconstruction + ink:beta:beta × mean:KL:kl",
        "loss = reconstruction + beta times KL",
        "Bubbles of all ten digits with two arrows on each: one to where its picture is drawn best, one to the centre. "
        "Then the same bubbles without a penalty, tiny and far apart, and with a large one, large enough to overlap.",
        f"Measured: {len(ours.mean)} test pictures, three models. At beta {free.beta:g}, {ours.beta:g} and "
        f"{held.beta:g} the std is {free.radius:.5f}, {number(ours.radius)} and {number(held.radius)}, the distance "
        f"from the centre {number(free.spread, 1)}, {number(ours.spread, 1)} and {number(held.spread, 1)}. One picture "
        f"pushes {seen.pull / ours.spread:.0f} times as hard as the penalty pulls, but each one another way.",
        "bubbles", "Play with beta and the arrows",
    )  # fmt: skip


def _penalty(seen: Lecture) -> Scene:
    price = seen.price
    (v, w), (square, other) = price.variance, price.square
    return Scene(
        "penalty", "The price of a bubble",
        (
            Beat("{mean:v} is the variance, std². If only {mean:v} counted, a bubble would shrink to a point: that is "
                 "cheapest.", "v"),
            Beat("{mean:− log v} is against that. A bubble that shrinks to a point costs more and more, without end.",
                 "log"),
            Beat("Together, less 1, they make a valley. At its floor, {mean:v} = 1, a bubble costs nothing.",
                 "v log one"),
            Beat("{mean:mean²} is the price of the distance. So the cheapest bubble is round, of size 1, in the "
                 "centre. It says nothing about its picture.", "mean"),
        ),
        "mean:KL:kl = ½ ( mean:v:v mean:−_log_v:log mean:−_1:one + mean:mean²:mean )",
        "KL = one half of: v, minus the logarithm of v, minus 1, plus mean squared; added up over both numbers",
        "A chart: the straight line v, the falling curve minus log v, and their sum minus 1, a valley whose floor is "
        "at v = 1. Our 3 stands high up on its left slope.",
        f"Measured: the 3 has v = {number(v, 4)} and {number(w, 4)}, mean² = {number(square)} and {number(other)}. "
        f"It pays {number(float(price.kl.sum()), 1)} nats in all (a nat is a unit of surprise).",
        "loss", "Build the loss pixel by pixel",
    )  # fmt: skip


def _together(seen: Lecture) -> Scene:
    centre, (long, short) = seen.together
    return Scene(
        "together", "A bubble of bubbles",
        (
            Beat("One picture, one {mean:bubble}.", "one"),
            Beat(f"These are the {'{mean:bubbles}'} of {TOGETHER:,} test pictures. The penalty holds them close.",
                 "one all"),
            Beat("Look at all of them from afar. They are nearly one large, round bubble: the {z:N(0, 1)} of the "
                 "dice, random numbers around zero with standard deviation 1.",
                 "all normal"),
            Beat("That is the point of it all. Now we know where codes lie, without any picture.", "normal"),
        ),
        "ink:average:all of mean:N(mean,std²):one ≈ z:N(0,1):normal",
        "the average of all N(mean, std squared) is about N(0, 1)",
        f"The bubble of the 3, then those of {TOGETHER:,} test pictures in the colours of their digits. Together they "
        "fill a round area about the centre, about as wide as two dashed rings for N(0, 1).",
        f"Measured: centre {pair(centre)}, std {number(long)} × {number(short)}. Of N(0, 1) it is (0, 0) and 1 × 1. "
        "Alike, not the same.",
        "bubbles", "See the bubble of bubbles grow",
    )  # fmt: skip


def _training(seen: Lecture) -> Scene:
    first, one, end = seen.tested[0], seen.tested[1], seen.tested[seen.epoch]
    return Scene(
        "training", "It all begins as noise",
        (
            Beat("Before training every place draws the same grey haze. A copy costs "
                 f"{first['reconstruction']:.0f} nats.", "loss"),
            Beat(f"One look at 55,000 digits, and each place draws something of its own. A copy costs "
                 f"{one['reconstruction']:.0f}, a bubble {number(one['kl'], 1)}.", "reconstruction kl"),
            Beat("Epoch by epoch, the dots part. Nobody told the model what a 3 is: the colours are only for us.",
                 "reconstruction kl"),
            Beat(f"After {seen.epoch} epochs a copy costs {end['reconstruction']:.0f} nats, and even a perfect one "
                 f"would cost {seen.floor:.0f}. A bubble costs {number(end['kl'], 1)}.", "loss reconstruction kl"),
        ),
        "ink:loss:loss = decoder:reconstruction:reconstruction + mean:KL:kl",
        "loss = reconstruction + KL",
        "The plane of what the decoder draws grows out of grey haze, epoch by epoch, and the dots of test pictures "
        "part into ten colours. Beside it, the 3 as the model rebuilds it, and two curves: the reconstruction falls, "
        "and the KL rises.",
        f"Measured: {DOTS:,} test pictures on the map; the curves are averages of {len(seen.labels):,}. A nat is a "
        f"unit of surprise. {number(seen.floor, 1)} of a copy’s are {floors.GREY}.",
        "train", "Train your own",
    )  # fmt: skip


def _samples(seen: Lecture) -> Scene:
    mean = seen.latents.mean[: len(seen.codes)]
    return Scene(
        "samples", "Pictures from nothing",
        (
            Beat("No picture goes in any more. Two rolls of the dice, from {z:N(0, 1)}, give {z:z}.", "z normal"),
            Beat("The {decoder:decoder} draws what it finds there. Nobody ever wrote this digit.", "decoder out"),
            Beat("Again, and again. Most of them are digits, because the rolls land where the bubbles are.",
                 "z normal decoder out"),
            Beat("Some are a bit of two digits. These rolls fell in between.", "out"),
        ),
        "z:z:z ∼ z:N(0,1):normal | decoder:picture:out = decoder:decoder:decoder ( z:z:z )",
        "z from N(0, 1); picture = decoder of z",
        "Dots rain on the plane, close to the centre more than far away. From each of them the decoder draws a digit.",
        f"Measured: {ROLLS} rolls reach {100 * (1 - seen.beyond(mean)):.0f}% of this model’s codes, and "
        f"{100 * (1 - seen.beyond(seen.codes)):.0f}% of the copying machine’s.",
        "samples", "Roll for a hundred digits",
    )  # fmt: skip


def _morph(seen: Lecture) -> Scene:
    return Scene(
        "morph", "A 3 becomes an 8",
        (
            Beat("Our {x:3} and an {x:8}: two pictures, two places on the plane.", "start end"),
            Beat("Walk from one to the other in a straight line, {z:t} from 0 to 1.", "t start end z"),
            Beat("At every step the {decoder:decoder} draws what is there. The 3 closes its loops and is an 8.", "z"),
            Beat("Mix their pixels instead, and you get a double exposure. The model knows what lies *between* digits.",
                 "z"),
        ),
        "z:z:z = ( 1 − z:t:t ) mean:mean₃:start + z:t:t mean:mean₈:end",
        "z = 1 minus t times the mean of the 3, plus t times the mean of the 8",
        "A ring walks on a straight line over the plane, from the 3 to the 8. What is decoded there closes its loops "
        "and becomes an 8. Below, the pixels of both are only mixed.",
        "Measured: the same VAE of two numbers. Its pictures are blurred; the lecture’s model has twenty. The copying "
        "machine’s picture halfway is about as clear.",
        "morph", "Morph any two pictures",
    )  # fmt: skip
