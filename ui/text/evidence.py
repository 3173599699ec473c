"""What stands behind a sentence: figures with their uncertainty, and what must hold of them for it to be true."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A number measured several times, with other seeds; or once, with a standard error or none."""

    values: tuple[float, ...]
    error: float | None = None  # of a single value

    @property
    def mean(self) -> float:
        return statistics.fmean(self.values)

    @property
    def spread(self) -> float | None:
        """How far another seed's value lies from the mean: their standard deviation."""
        return statistics.stdev(self.values) if len(self.values) > 1 else self.error

    def __format__(self, how: str) -> str:
        return format(self.mean, how)

    def in_full(self) -> str:
        """With as many digits as the uncertainty leaves meaning."""
        if self.spread is None:
            return f"{self.mean:.4g}".replace("-", "−")
        digits = 0 if self.spread >= 2 else 1 if self.spread >= 0.2 else 2 if self.spread >= 0.02 else 3
        return f"{self.mean:.{digits}f} ± {self.spread:.{digits}f}".replace("-", "−")


def figure(values: Sequence[float] | float, scale: float = 1.0, error: float | None = None) -> Figure:
    found = (values,) if isinstance(values, (int, float)) else tuple(values)
    return Figure(tuple(scale * float(value) for value in found), error)


Figures = Mapping[str, Figure]


@dataclass(frozen=True)
class Rule:
    """What must hold, in words of the figures' names, and whether it does."""

    words: str
    check: Callable[[Figures], bool]


def _pairs(one: Figure, other: Figure) -> list[tuple[float, float]]:
    """Seed by seed if both were measured with the same ones, or each with each."""
    if len(one.values) == len(other.values):
        return list(zip(one.values, other.values, strict=True))
    return [(a, b) for a in one.values for b in other.values]


def below(low: str, high: str, times: float = 1.0) -> Rule:
    """One is below the other, or below some times the other, with every seed."""
    words = f"{low} < {f'{times:g} × ' if times != 1 else ''}{high}"
    return Rule(words, lambda seen: all(a < times * b for a, b in _pairs(seen[low], seen[high])))


def near(one: str, other: str, share: float) -> Rule:
    """Both differ by at most a share of the second, with every seed."""
    words = f"{one} within {share:.0%} of {other}"
    return Rule(words, lambda seen: all(abs(a - b) <= share * abs(b) for a, b in _pairs(seen[one], seen[other])))


def within(name: str, low: float, high: float) -> Rule:
    """Each value lies between two numbers."""
    words = f"{low:g} ≤ {name} ≤ {high:g}"
    return Rule(words, lambda seen: all(low <= value <= high for value in seen[name].values))


def uncertain(one: str, other: str, times: float = 3.0) -> Rule:
    """Two figures differ by less than some times the first one's error: the data cannot tell them apart."""

    def check(seen: Figures) -> bool:
        spread = seen[one].spread
        return spread is not None and abs(seen[one].mean - seen[other].mean) < times * spread

    return Rule(f"{one} and {other} closer than {times:g} errors", check)


@dataclass(frozen=True)
class Claim:
    """A sentence that says something of the models, and why we may say so."""

    where: str  # the file that says it
    words: str  # ``{name}`` stands for a figure, formatted as Python does
    data: str  # what was measured, on which model, how often
    figures: Callable[[], Figures]
    rules: tuple[Rule, ...]

    def told(self) -> str:
        """The words with their figures."""
        return self.words.format(**self.figures()).replace("-", "−") if "{" in self.words else self.words

    def broken(self) -> list[str]:
        """The rules that the data do not bear out."""
        seen = self.figures()
        return [rule.words for rule in self.rules if not rule.check(seen)]
