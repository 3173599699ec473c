"""The lesson's worksheet, and the same with its answers: web pages that open without the app and print on one sheet."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path

from ui.lesson import plan
from ui.text import claims
from ui.understand import missions

FRAME = Path(__file__).with_name("sheet.html")
TITLE = "How a machine learns to invent digits"

# Of the diagram: what stands in each box (blank for pupils), and where: left, top.
BOXES = (
    ("encoder", 92, 35), ("mean", 190, 12), ("std", 190, 58), ("noise", 290, 82), ("z", 290, 35), ("decoder", 390, 35),
)  # fmt: skip
WIDE, HIGH = 74, 24
ARROWS = (
    "M62 47H90", "M166 42C178 34 176 24 188 24", "M166 52C178 60 176 70 188 70", "M264 24C278 26 276 40 288 44",
    "M264 70C278 66 276 56 288 52", "M327 82V61", "M364 47H388", "M464 47H486",
)  # fmt: skip
EFFECTS = (
    (0, "Bubbles are nearly points and lie far apart. Copies are good, plain dice miss."),
    (1, "Most bubbles lie apart, and plain rolls land among them."),
    (4, "Bubbles are large. Many overlap, and there two digits mix."),
)
SHUFFLED = (2, 0, 1)  # the order of the effects on the sheet
TRUE_OR_FALSE = (
    ("The decoder stores the pictures that it learned from.", False),
    ("The model was told which pictures show a 3.", False),
    ("A classic autoencoder can turn a 3 into an 8, too.", True),
    ("Each roll of the dice gives the VAE a clear digit.", False),
    ("Without a penalty, copies can still be good.", True),
)


@dataclass(frozen=True)
class Pen:
    """Writes the answers in, or leaves room for them."""

    answers: bool

    def gap(self, answer: str, kind: str = "") -> str:
        if self.answers:
            return f'<span class="filled">{html.escape(answer)}</span>'
        return f'<span class="blank {kind}"></span>'

    def lines(self, answer: str, count: int = 1) -> str:
        if self.answers:
            return f'<p class="filled">{html.escape(answer)}</p>'
        return '<div class="line"></div>' * count


def worksheet() -> str:
    return _sheet(Pen(False))


def answers() -> str:
    """Raises RunError if a model that a mission asks is not whole."""
    return _sheet(Pen(True))


def _sheet(pen: Pen) -> str:
    parts = (_guess, _drawings, _two_numbers, _invented, _diagram, _beta, _map, _truth)
    body = "\n".join(f"<section>\n<h2>{k}. {part(pen)}\n</section>" for k, part in enumerate(parts, 1))
    whose = "Answers, for the teacher" if pen.answers else f"Name {pen.gap('', 'name')}"
    head = f"<header><h1>{TITLE}</h1><span>{whose}</span></header>\n"
    texts = {"title": f"{TITLE}{': answers' * pen.answers}", "body": head + body}
    return re.sub(r"{{(\w+)}}", lambda place: texts[place[1]], FRAME.read_text(encoding="utf-8"))


def _guess(pen: Pen) -> str:
    return (
        f"How many numbers?</h2>\n<p>I guess it takes {pen.gap('any guess is fine')} numbers to describe a handwritten "
        f"digit. The picture has {pen.gap(str(plan.pixels()))} pixels. Our code has {pen.gap('2')} numbers.</p>"
    )


def _drawings(pen: Pen) -> str:
    rows = [("a digit", "the same digit, in an average hand; sometimes another"), ("", ""), ("a face", "the digit most "
            "like it: the decoder knows nothing else")]  # fmt: skip
    filled = "".join(
        f"<tr><td>{html.escape(into) if pen.answers else ''}</td><td class='{'filled' * pen.answers}'>"
        f"{html.escape(out) if pen.answers else ''}</td></tr>"
        for into, out in rows
        if into or not pen.answers
    )
    return f"Send in your own</h2>\n<table><tr><th>went in</th><th>came out</th></tr>{filled}</table>"


def _two_numbers(pen: Pen) -> str:
    right = missions.MISSIONS["two-numbers"].in_words(missions.right("two-numbers")) if pen.answers else ""
    letter = pen.gap(right) if pen.answers else "&nbsp; A &nbsp;&nbsp; B &nbsp;&nbsp; C &nbsp;&nbsp; D"
    told = pen.gap("its strokes are an average of many hands", "wide")
    return f"Who has only two numbers?</h2>\n<p>My answer: {letter}. &nbsp; What gave it away: {told}</p>"


def _invented(pen: Pen) -> str:
    box = "☒" if pen.answers else "☐"
    return (
        "New pictures from plain dice</h2>\n<p>Which look more like digits? Those of &nbsp; ☐ the copying machine "
        f"&nbsp; {box} the VAE, because</p>\n"
        + pen.lines(f"the penalty has put its codes where the rolls land. {claims.tell('lesson-dice')}", 1)
    )


def _diagram(pen: Pen) -> str:
    shapes = [
        f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="4"/>'
        + (f'<text class="filled" fill="#6b4fc0" x="{x + WIDE / 2}" y="{y + 16}">{name}</text>' if pen.answers else "")
        for name, x, y in BOXES
    ]
    arrows = "".join(f'<path d="{way}"/>' for way in ARROWS)
    words = ", ".join(sorted(name for name, *_ in BOXES))
    return (
        f"Fill in the boxes</h2>\n<p>Words: {words}.</p>\n"
        '<svg viewBox="0 0 560 110" role="img" aria-label="A picture goes through six boxes and comes out as a copy">'
        '<defs><marker id="tip" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" orient="auto">'
        f'<path d="M0 0L6 3L0 6Z" style="fill:#111;stroke:none;marker-end:none"/></marker></defs>{arrows}'
        f'<text x="34" y="51">picture</text>{"".join(shapes)}<text x="512" y="51">copy</text></svg>'
    )


def _beta(pen: Pen) -> str:
    letters = "abc"
    effects = [EFFECTS[k][1] for k in SHUFFLED]
    lines = "".join(
        f"<b>beta {beta}</b><span>{pen.gap(letters[effects.index(effect)])}</span>"
        f"<span>{letters[k]}) {html.escape(effects[k])}</span>"
        for k, (beta, effect) in enumerate(EFFECTS)
    )
    return f'Which beta has which effect? Write the letter.</h2>\n<div class="join">{lines}</div>'


def _map(pen: Pen) -> str:
    return (
        f"On the map</h2>\n<p>The digits closest together are {pen.gap('4')} and {pen.gap('9')}, because "
        f"{pen.gap('they look alike, so they get similar codes', 'wide')}</p>"
    )


def _truth(pen: Pen) -> str:
    def mark(right: bool) -> str:
        if not pen.answers:
            return "true &nbsp; / &nbsp; false"
        return f'<span class="filled">{"true" if right else "false"}</span>'

    rows = "".join(f'<tr><td>{text}</td><td class="mark">{mark(right)}</td></tr>' for text, right in TRUE_OR_FALSE)
    why = "It pulls all bubbles to the centre and keeps them large, so that codes lie where plain rolls land."
    return (
        f"True or false? And one sentence at the end.</h2>\n<table>{rows}</table>\n"
        f"<p style='margin-top:1.5mm'>What is the penalty for?</p>\n{pen.lines(why, 2)}"
    )
