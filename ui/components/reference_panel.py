"""“Is this normal?”: a run's numbers beside what several seeds of its setting gave, and what to try if they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ui.shell.errors import one_sentence
from ui.store import floors, tail
from ui.text import glossary
from vae_core.analysis import reference
from vae_core.analysis.reference import Band
from vae_core.config import FIELDS, Config, in_words
from vae_core.runs.run import Run, Status

NAMES = {
    "train": "Training loss", "test": "Test loss, noise on", "test_mean": "Test loss, noise off",
    "reconstruction": "Test reconstruction", "kl": "Test KL", "in_use": "Numbers in use",
}  # fmt: skip
# How a number compares, in words and with a sign of its own; lower is better only for a loss.
VERDICTS = {
    ("loss", "usual"): ":green-badge[:material/check: usual]",
    ("loss", "low"): ":blue-badge[:material/arrow_downward: better than usual]",
    ("loss", "high"): ":orange-badge[:material/arrow_upward: worse than usual]",
    ("other", "usual"): ":green-badge[:material/check: usual]",
    ("other", "low"): ":orange-badge[:material/arrow_downward: lower than usual]",
    ("other", "high"): ":orange-badge[:material/arrow_upward: higher than usual]",
}
HELP = (
    "Usual is where one more run with the same settings should land in 95 of 100 cases, judging from ours: mean ± t · "
    "s · √(1 + 1/n), and at least half a per cent (or one number in use) to each side. Each figure has its own 5 in "
    "100, so among six, one may well be unusual by chance: in up to one run of four. Usual does not mean good: it says "
    f"that a run is like others with its settings. {glossary.tip('nat')}"
)
TRY = {
    "diverging": "The test loss has gone up again, well above its best. The steps may be too large: try a smaller "
    "**learning rate**, such as 0.001.",
    "collapsed": "No number of the code is in use, so all pictures come out alike. Try a smaller **beta**, or "
    "a smaller **learning rate**.",
    "falling": "The loss was still falling in the last epoch. More **epochs** will make it better.",
    "overfitting": "Training is far below the test: the model learns its pictures by heart. Try fewer **epochs**, a "
    "smaller **hidden size**, or more pictures.",
}


def panel(run: Run, status: Status, *, name: str = "", why: bool = True) -> None:
    """Below the curves of a run that has come to rest; nothing while it learns, or before its first epoch.

    ``name``: which of two runs; ``why``: also say why a test figure is below training.
    """
    with one_sentence():
        records = tail.metrics(run)
        if status.active or len(records) < 2:
            return
        band, exact = band_for(run.config)
        numbers = lines(run.config, records[-1], band, len(records) - 1) if band else []
        odd = sum("check: usual]" not in line for line in numbers)
        short = (
            "We have not measured these settings." if not exact
            else f"{odd} of {len(numbers)} numbers are not usual." if odd
            else f"Yes, for {kind(run.config)}: all its numbers are usual."
        )  # fmt: skip
        with st.expander(f"{name + ': ' if name else ''}Is this normal? {short}", icon=":material/fact_check:"):
            st.markdown(sentence(run.config, band, exact, len(records) - 1), help=HELP)
            if numbers:
                st.markdown("\n".join(["| | this run | usual |", "|---|---:|---:|", *numbers]))
                if words := floors.in_words(floors.floor_of(run)):
                    st.markdown(words)
            if words := unused(run.config, records[-1]):
                st.markdown(words)
            for line in advice(run.config, records, band, exact):
                st.markdown(f"- {line}")
            if why and run.config.is_vae and (words := why_below(records[-1])):
                st.markdown(words)


def kind(config: Config) -> str:
    """What a run is like others of."""
    return f"beta {config.beta:g}" if config.is_vae and config.beta != 1 else "its settings"


def unused(config: Config, record: Mapping[str, Any]) -> str:
    """How many numbers of the code say almost nothing, which is usual with a large penalty, and yet no good news."""
    use = reference.figures_of(record)["in_use"]
    if not config.is_vae or use is None or use == config.latent_dim:
        return ""
    gone = config.latent_dim - int(use)
    return f"{gone} of the {config.latent_dim} numbers of its code {'is' if gone == 1 else 'are'} unused."


def band_for(config: Config) -> tuple[Band | None, bool]:
    """The band to compare with, and whether it is for exactly this setting."""
    exact = reference.band_of(config)
    return (exact, True) if exact else (reference.nearest(config), False)


def sentence(config: Config, band: Band | None, exact: bool, epoch: int) -> str:
    """What it is compared with, honestly."""
    if band is None:
        return (
            "We have not measured what is usual for these pictures, this loss and this model. There is no "
            "reference to compare with."
        )
    last = f"after epoch {min(epoch, band.epochs)}"
    seeds = f"**{len(band.seeds)} of our runs**, identical except for the seed, {last}"
    late = f" We measured only {band.epochs} epochs; yours had {epoch}." if epoch > band.epochs else ""
    if exact:
        return f"Compared with {seeds}.{late}"
    names = reference.differing_fields(config, band.config)
    differs = "; ".join(
        f"{FIELDS[name].metadata['label'].lower()} {in_words(name, getattr(config, name))}, "
        f"measured {in_words(name, getattr(band.config, name))}"
        for name in names
    )
    return (
        f"We have **not measured this setting**. The closest we have: {seeds}. It differs in {differs}. So a "
        f"difference need not mean that something is wrong.{late}"
    )


def lines(config: Config, record: Mapping[str, Any], band: Band, epoch: int) -> list[str]:
    """A line of a table for each number: its own value, the usual range, and how the two compare."""
    rows = []
    for name, value in reference.figures_of(record).items():
        usual = band.at(name, min(epoch, band.epochs))
        if value is None or usual is None or (name == "test_mean" and not config.is_vae):
            continue
        kind, digits = ("other", 1) if name == "kl" else ("other", 0) if name == "in_use" else ("loss", 1)
        between = f"{usual.low:.{digits}f}–{usual.high:.{digits}f}"
        rows.append(f"| {NAMES[name]} {VERDICTS[kind, usual.says(value)]} | {value:.{digits}f} | {between} |")
    return rows


def advice(config: Config, records: list[dict[str, Any]], band: Band | None, exact: bool) -> list[str]:
    """What to try, if anything."""
    lines = [TRY[name] for name in reference.symptoms(config, records)]
    epoch, test = len(records) - 1, reference.figures_of(records[-1])["test"]
    usual = band.at("test", min(epoch, band.epochs)) if band else None
    if usual is None or test is None or usual.says(test) != "high":
        return lines
    if exact:
        lines.append("Worse than usual with the same settings: most likely chance. Try another **seed**.")
    elif band:
        for name in reference.differing_fields(config, band.config):
            value = in_words(name, getattr(band.config, name))
            lines.append(f"Try **{FIELDS[name].metadata['label'].lower()} {value}**, as in our runs.")
    return lines


def why_below(record: Mapping[str, Any]) -> str:
    """Why the lecture notebook's test figure is below training; nothing where the noise is not the reason.

    In the first epochs it is that training is measured on the way, and with a code that says nothing, a mean may even
    be drawn worse than a random point.
    """
    figures = reference.figures_of(record)
    train, test, mean = figures["train"], figures["test"], figures["test_mean"]
    assert train is not None and test is not None and mean is not None
    if not (mean < train and test - mean > abs(train - test)):
        return ""
    return (
        f"**Test below training?** With the noise off, the test reads {mean:.1f}, and training {train:.1f}. That is "
        "not a mistake. In training the decoder gets a random point of each bubble; here it gets the middle, which is "
        f"easier. With the noise on, the test reads {test:.1f}: that is the one to compare with training."
    )
