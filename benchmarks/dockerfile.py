"""Reads a Dockerfile and a .dockerignore, as far as ours go; what they do not know, they refuse.

The rules are Docker's: https://docs.docker.com/reference/dockerfile/ and, for what is left out of the build,
https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

KNOWN = ("FROM", "RUN", "USER", "ENV", "WORKDIR", "COPY", "EXPOSE", "HEALTHCHECK", "CMD")


@dataclass(frozen=True)
class Step:
    """One instruction: ``RUN``, ``COPY`` …, and the rest of its line with continued lines joined."""

    word: str
    rest: str

    def options(self) -> dict[str, str]:
        """``--name=value`` before the arguments."""
        return dict(re.findall(r"--([\w-]+)=(\S+)", self._options()))

    def arguments(self) -> str:
        """What follows the options."""
        return self.rest[len(self._options()) :]

    def _options(self) -> str:
        found = re.match(r"(--[\w-]+=\S+\s+)*", self.rest)
        assert found
        return found[0]

    def command(self) -> list[str]:
        """What ``CMD`` or ``RUN`` starts: its list of words, or a shell with its line."""
        text = self.arguments().removeprefix("CMD ") if self.word == "HEALTHCHECK" else self.arguments()
        return json.loads(text) if text.startswith("[") else ["/bin/sh", "-c", text]


def steps(text: str) -> list[Step]:
    """The instructions of a Dockerfile. Raises ValueError for one that is not KNOWN."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found = []
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        word, rest = [*line.split(None, 1), ""][:2]
        if word not in KNOWN:
            raise ValueError(f"The Dockerfile has an instruction that is not rehearsed: {word}.")
        found.append(Step(word, rest.strip()))
    return found


def assignments(rest: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that an ``ENV`` sets, ``$NAME`` filled in from ``environment``."""
    pairs = dict(word.split("=", 1) for word in shlex.split(rest))
    return {name: filled(value, environment) for name, value in pairs.items()}


def filled(text: str, environment: Mapping[str, str]) -> str:
    """A text with ``$NAME`` and ``${NAME}`` filled in; an unknown one is empty, as in Docker."""
    return re.sub(r"\$(?:(\w+)|\{(\w+)\})", lambda found: environment.get(found[1] or found[2], ""), text)


@dataclass(frozen=True)
class Ignored:
    """A .dockerignore: which paths of the folder are left out."""

    rules: tuple[tuple[bool, re.Pattern[str]], ...]  # (whether it leaves out or takes back, the path's pattern)

    @classmethod
    def of(cls, lines: Iterable[str]) -> Ignored:
        words = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        return cls(tuple((not word.startswith("!"), _pattern(word.removeprefix("!").strip())) for word in words))

    def __call__(self, path: str) -> bool:
        """Whether a path (relative, with ``/``) is left out: the last rule for it or a folder above it counts."""
        above = [path, *map(str, PurePosixPath(path).parents)]
        meets = (leave_out for leave_out, rule in reversed(self.rules) if any(map(rule.fullmatch, above)))
        return next(meets, False)


def _pattern(word: str) -> re.Pattern[str]:
    """Of one line: ``**`` is any number of folders, ``*`` and ``?`` stay within a name. All start at the top."""
    if "[" in word or "\\" in word:
        raise ValueError(f".dockerignore has a pattern that is not rehearsed: {word}")
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", str(PurePosixPath(word.lstrip("/"))))
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meaning.get(part, re.escape(part)) for part in parts), re.DOTALL)


def context(folder: Path, ignored: Ignored) -> Iterator[Path]:
    """Files, links and folders (before what is in them) of a folder, relative to it, without what is ignored."""
    takes_back = not all(leave_out for leave_out, _ in ignored.rules)
    for where, folders, files in os.walk(folder):
        here = Path(where).relative_to(folder)
        left_out = {name: ignored((here / name).as_posix()) for name in (*folders, *files)}
        yield from (here / name for name in sorted(left_out) if not left_out[name])
        folders[:] = [name for name in folders if takes_back or not left_out[name]]
