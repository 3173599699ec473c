"""One name for one thing, in plain English: no retired phrase stands in any text that a visitor can see."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from vae_core.paths import ROOT

# What is looked for (a regular expression, in any case), and what we say in its place.
RETIRED = {
    r"(?<!-)\bkinds?\b": "class",
    r"\bthrow(s|n|ing)?\b(?! e\b)": "roll the dice, rolls",
    r"\b(new|same|\d+) dice\b": "rolls of the dice, or: roll the dice",
    r"(?<!of the )(?<!as the )\bdice (that )?(fall|fell|land|say|pick|find|lie)\b": "rolls land",
    r"\binvent(ed|ions)\b": "samples",
    r"\b(test|training) set\b(?!, held out)": "test picture(s), training picture(s)",
    r"\bseen how\b": "Projection",
    r"\bfind together\b": "form clusters",
    r"\bkeep apart\b": "Class separation",
    r"\btold by\b": "the ten nearest dots name the right class",
    r"\btake (it|them)? ?along\b": "Export",
    r"\bfrom elsewhere\b": "Import a run",
    r"\b(said|say) who you are\b": "Still connecting; try again in a moment.",
    r"\bchosen for you\b": "default",
    r"\bwaking up\b": "Starting…",
    r"\bin line\b|\bthe line$": "queue",
    r"\bon (its|their) way\b(?! through)": "loading",
    r"\bonly you can tell\b": "There is no reference to compare with",
    r"\bmiddle value\b": "median",
    r"\bshall\b": "must",
    r"\bspeaks for\b": "a reason for",
    r"\bfill the ground\b": "leave few gaps",
    r"\blies? (up)?on each other\b": "overlap",
    r"\bit goes on\b": "training continues",
    r"\b(can|cannot|could|you) go on\b": "continue",
    r"\bcome back as\b": "are rebuilt as",
    r"\bwhat (it|the model) (understood|saw)\b": "what it learned",
    r"(?<![-/])\bknobs?\b": "number(s) of the code: knobs are the sliders of Samples",
    r"\bhalf[- ]way\b": "halfway",
    r"\bwhole line\b": "solid line",
    r"\w …$": "… without a space before it",
}
KNOBS = ("pages/samples.py", "static/samples/", "ui/text/glossary.py")  # where the sliders of that name are
COMMENT = re.compile(r"(?:^|(?<=[\s;,]))//[^\n]*|/\*.*?\*/", re.DOTALL | re.MULTILINE)
HOLE = r"\$\{((?:[^`{}]|\{[^`{}]*\})*)\}"
TEMPLATE = re.compile(rf"`((?:[^`\\$]|\\.|\$(?!\{{)|{HOLE})*)`")  # without another in it
STRING = re.compile(r"""(["'])((?:(?!\1)[^\\\n]|\\.)*)\1""")
SELECTOR = re.compile(r"[.#\[][\w.#\[\]=\" >:-]+|[\w-]+")  # of CSS; a key, or a name of a class
Found = tuple[str, int, str]  # file, line, text


class Words(HTMLParser):
    """The text of a piece of HTML, and what its attributes say aloud."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[tuple[int, str]] = []
        self.silent = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        for name, value in attrs:
            if name in ("aria-label", "aria-valuetext", "title", "placeholder", "alt") and value:
                self.texts.append((self.getpos()[0], value))

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.texts.append((self.getpos()[0], data))


def of_python(path: Path) -> Iterator[Found]:
    """All strings but docstrings; what stands in for a value in an f-string is one letter."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            parts = [part.value if isinstance(part, ast.Constant) else "x" for part in node.values]
            yield str(path), node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield str(path), node.lineno, node.value


def of_javascript(text: str, path: Path, first: int = 1) -> Iterator[Found]:
    """Its strings and templates, the innermost first; an "x" stands for what is computed."""
    text = COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)

    def read(words: str, start: int) -> Iterator[Found]:
        line = first + text.count("\n", 0, start)
        yield from ((str(path), line + below - 1, said) for below, said in Words(words).texts)

    while match := TEMPLATE.search(text):
        yield from read(re.sub(HOLE, "x", match[1]), match.start())
        holes = " ".join(hole[1] for hole in re.finditer(HOLE, match[1]))
        lines = "\n" * (match[0].count("\n") - holes.count("\n"))
        text = f"{text[: match.start()]} {holes} {lines}{text[match.end() :]}"
    for match in STRING.finditer(text):
        yield from read(match[2], match.start())


def of_html(path: Path) -> Iterator[Found]:
    text = path.read_text(encoding="utf-8")
    yield from ((str(path), line, said) for line, said in Words(text).texts)
    for script in re.finditer(r"<script>(.*?)</script>", text, re.DOTALL):
        yield from of_javascript(script[1], path, 1 + text.count("\n", 0, script.start(1)))


def shown() -> Iterator[Found]:
    """Whatever may be shown: where words stand, and not keys, names of classes or selectors."""
    files = [path for folder in ("pages", "ui", "vae_core", "static") for path in (ROOT / folder).rglob("*.*")]
    for path in sorted(files):
        if "vendor" in path.parts or path.suffix not in (".py", ".js", ".html"):
            continue
        text = path.read_text(encoding="utf-8")
        found = {".py": of_python, ".html": of_html}.get(path.suffix, lambda path, t=text: of_javascript(t, path))(path)
        for _, line, words in found:
            if words[:1].isupper() or not SELECTOR.fullmatch(words.strip() or "x"):
                yield path.relative_to(ROOT).as_posix(), line, " ".join(words.split())


@pytest.fixture(scope="module")
def texts() -> list[Found]:
    return list(shown())


def test_the_texts_are_found(texts):
    """Of each sort one, so that a change to how they are read cannot empty the test below."""
    known = {(file, text) for file, _, text in texts}
    for each in (
        ("ui/train/steering.py", "Leave the queue"), ("static/map/run_figures.js", "Class separation"),
        ("static/understand/autoencoder.js", "Drop both into a hole"),
        ("ui/runs/report.html", "How it learned"),
        ("static/lib/dom.js", "Loading"), ("static/components/latent_map/latent_map.js", "What the pointer does"),
    ):  # fmt: skip
        assert each in known, each


@pytest.mark.parametrize("phrase", RETIRED)
def test_no_retired_phrase_is_shown(texts, phrase):
    wrong = [
        f"{file}:{line}: {text[:100]!r}: say {RETIRED[phrase]!r}"
        for file, line, text in texts
        if re.search(phrase, text, re.IGNORECASE) and not ("knob" in phrase and file.startswith(KNOBS))
    ]
    assert not wrong, "\n".join(wrong)
