"""A lesson of 45 minutes: its steps, what a teacher says, what pupils usually think, and what to answer.

The one source of the page /lesson, of docs/teaching.md (``document``) and of both sheets to print (``sheets``). What is
said of the models is a claim (``ui.text.claims``), so it is held against the data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from ui.shell import pages
from ui.text import claims
from vae_core.datasets import registry

MINUTES = 45


@dataclass(frozen=True)
class Link:
    """An address of the app that opens exactly one state of it."""

    label: str
    page: str
    params: Mapping[str, str]
    shows: str  # what is there once it has opened: a selector of Playwright's, for the test

    @property
    def address(self) -> str:
        """Below the address of the app."""
        page = pages.BY_NAME[self.page]
        return f"{page.address or page.name}?{urlencode(self.params)}"


@dataclass(frozen=True)
class Thought:
    """What pupils usually think, and what to answer."""

    pupils: str
    answer: Callable[[], str]


@dataclass(frozen=True)
class Step:
    title: str
    minutes: int
    links: tuple[Link, ...]
    say: Callable[[], str]
    pupils_do: str
    thoughts: tuple[Thought, ...] = field(default=())


def pixels() -> int:
    return registry.get("mnist").shape.pixels


def _mission(name: str, title: str) -> Link:
    return Link(f"Mission: {title}", "missions", {"mission": name}, f".st-key-mission_box h4 >> text={title}")


STEPS: tuple[Step, ...] = (
    Step(
        "A digit is many numbers", 5,
        (Link("Lecture, scene 1", "lecture", {"scene": "copying"}, ".ll-lecture[data-current='0'] .scene[data-beat]"),),
        lambda: f"This 3 has {pixels()} pixels, so to a computer it is {pixels()} numbers. Two networks learn "
        "together: the **encoder** squeezes them into two numbers, the **code**. The **decoder** draws the 3 again "
        "from these two. It never sees the picture.",
        "Before you scroll: how many numbers does it take to describe a handwritten digit? Everybody writes a guess "
        "(sheet, 1).",
        (Thought("The decoder stores all pictures and looks one up.",
                 lambda: "It stores no picture. It only has weights, learned once. The 3 on the screen is a test "
                 "picture: it was never trained on. In the next step it gets yours."),),
    ),
    Step(
        "Send in your own", 6,
        (Link("Draw, two numbers", "draw", {"run": "two-knobs"}, ".st-key-run_picker input[value^='Only two']"),),
        lambda: "Draw a digit. Neither network has ever seen it. What comes out is all that two numbers could say "
        "about it. Now draw a face, or a letter.",
        "Three pupils draw at the front, or all on their phones. Note what went in and what came out (sheet, 2). In a "
        "room: **Draw together**.",
        (Thought("It recognises digits.",
                 lambda: "Nobody told it which digit is which. It only ever learned to copy. A face comes out as the "
                 "nearest thing that it can draw."),
         Thought("The copy is bad because the model is bad.",
                 lambda: "It has only two numbers to say everything. " + claims.tell("lesson-two"))),
    ),
    Step(
        "Predict: who has only two numbers?", 5, (_mission("two-numbers", "Two numbers"),),
        lambda: "Four models copied the same ten digits. Three have twenty numbers for each, and one has two. Which? "
        "Decide first, then we look.",
        "Everybody writes A, B, C or D (sheet, 3). Hands up for each letter, then *Look*. In a room: "
        "**Predict together**, mission *Two numbers*.",
        (Thought("The one with the darkest pictures.",
                 lambda: "Look at single strokes. Two numbers can say which digit it is, but hardly whose handwriting. "
                 "So the decoder draws an average."),),
    ),
    Step(
        "Ask for something new", 6,
        (Link("Autoencoder or VAE? Dice from N(0, 1)", "autoencoder", {"dice": "prior"},
              ".st-key-dice_of_both .lines > :first-child input:checked"),
         Link("Lecture, scene 2", "lecture", {"scene": "hole"}, ".ll-lecture[data-current='1']")),
        lambda: "Now we want digits that nobody wrote. We roll dice for the code, and decode. On the left is a machine "
        "that only learned to copy, on the right one with noise and a penalty. " + claims.tell("lesson-dice"),
        "Which half looks more like digits? Why could that be? (sheet, 4)",
        (Thought("The copying machine cannot invent anything.",
                 lambda: "It can, if you know where its codes lie. " + claims.tell("lesson-shaped")),
         Thought("All pictures of the VAE are digits.", lambda: "Count. " + claims.tell("lesson-rolls"))),
    ),
    Step(
        "A bubble in place of a point", 6,
        (Link("Lecture, scene 3", "lecture", {"scene": "bubble"}, ".ll-lecture[data-current='2']"),
         Link("Noise that can learn", "noise", {"digit": "3"}, ".st-key-noise button[aria-pressed=true] >> text=3")),
        lambda: "The VAE’s encoder is less sure. It gives a place, the **mean**, and a size, the **std**: a bubble. "
        "The dice choose a point of it, and from any of its points the decoder must draw the same 3. So the places "
        "around a code learn to mean something, too.",
        "Fill in the diagram (sheet, 5).",
        (Thought("Noise only makes things worse.",
                 lambda: "It does make copies worse. " + claims.tell("lesson-noise") + " What it buys is that the "
                 "places around each code are drawn well, too."),),
    ),
    Step(
        "Two forces, one slider", 7,
        (_mission("no-penalty", "No penalty"),
         Link("Bubbles, beta 0", "bubbles", {"glide": "0"}, ".st-key-bubble_scene [data-glide='0']")),
        lambda: "Two forces move every bubble. The **reconstruction** wants good copies: it makes bubbles small. The "
        "**penalty** (KL) wants all bubbles at the centre, and large. **Beta** sets how strong the penalty is. What "
        "happens with beta 0? Decide, then look. Then move the slider from 0 to 4, slowly.",
        "Answer the mission, then join each beta with what it does (sheet, 6).",
        (Thought("No penalty is best: the copies are best.",
                 lambda: "Its copies are good. But its bubbles shrink to points, and its codes lie far wider than the "
                 "dice reach. " + claims.tell("lesson-beta")),
         Thought("Then more penalty is always better.",
                 lambda: "With a large penalty the bubbles overlap, and where they do the decoder must draw both "
                 "digits at once. It is a balance.")),
    ),
    Step(
        "Nobody told it what a 3 is", 5,
        (Link("Map, two numbers, before training", "map", {"run": "two-knobs", "epoch": "0"},
              ".st-key-epoch_slider output >> text=untrained"),
         Link("Samples, the whole plane", "samples", {"run": "two-knobs", "part": "Plane"}, ".ll-manifold")),
        lambda: "Each dot is a test picture, where the encoder puts it. Press play. Digits of one class gather, though "
        "nobody told the model what they are: the colours are only for us. " + claims.tell("lesson-first"),
        "Which two digits lie closest together? Why? (sheet, 7)",
        (Thought("It sorts them by digit.",
                 lambda: "It does not know any digits. Pictures that look alike get codes that lie close together: "
                 "4 and 9, for example."),),
    ),
    Step(
        "A 3 becomes an 8", 3,
        (Link("Morph", "morph", {"run": "lecture", "path": "straight"}, ".st-key-morph_player canvas"),),
        lambda: "Two pictures, two codes. We walk from one to the other in a straight line, and decode each step. "
        "Beside it the pixels are only mixed. " + claims.tell("lesson-morph"),
        "Watch once, then say in one sentence what differs from mixing pixels.",
        (Thought("Only a VAE can do that.",
                 lambda: "The classic machine is in the third picture. Halfway it does about equally well."),),
    ),
    Step(
        "One sentence", 2, (),
        lambda: "What is the penalty for? One sentence, and hand in the sheet.",
        "Write it (sheet, 8).",
    ),
)  # fmt: skip

AIMS = (
    "say what an encoder, a code and a decoder do",
    "say why copying well is not enough to invent",
    "name the two forces on a bubble, and what beta does",
    "check a claim about a model by looking at what it draws",
)
NEEDS = (
    "one computer with this app and a projector",
    "phones or computers, one between two pupils, on the same network; or none (see below)",
    "the worksheet, one page for each pupil, and the answers for you",
)
BEFORE = (
    "Open each link once: the first visit to a page takes a few seconds longer.",
    "Start the app with `python -m streamlit run app.py`. It prints a “Network URL”: the address for pupils on the "
    "same network. Try it with your own phone; a firewall may be in the way.",
    "Nothing has to be trained: all models come with the app.",
    *(
        (
            "Open a room on the page Classroom: pupils join with a code, answer the missions together and draw on "
            "one map. Their phones can follow you from page to page, but never to this one.",
        )
        if "classroom" in pages.BY_NAME
        else ()
    ),
)
WITHOUT = {
    "Without a network": "The app needs none: it brings its models and 5,000 digits along. Install it the day before. "
    "Without a network in the room, phones cannot reach your computer: teach from the projector.",
    "One computer only": "Project it. Where pupils would tap, they raise hands: one to four fingers for A to D. Let "
    "three pupils draw at the front, and another one move the slider for beta.",
    "The app cannot run in the room": "Save pages beforehand that play without it, in any browser: Morph, Samples "
    "(Plane) and Map have a button “Web page (HTML)”. A run’s report, under Runs, is such a page too. Without any "
    "computer, print the worksheet and a few strips: Morph has “Strip (PNG)”.",
    "Only 20 minutes": "Take the steps “Send in your own”, “Ask for something new” and “Two forces, one slider”.",
}


def starts() -> list[int]:
    """The minute at which each step begins."""
    return [sum(step.minutes for step in STEPS[:k]) for k in range(len(STEPS))]
