"""What /loss shows of the BCE's floor and of the bound: bars in two parts, and draws averaged before the logarithm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from ui.components import browser_decoder
from ui.components.bridge import base64_of, component, size_of, token
from ui.components.payloads.loss import BoundData, FloorBar, FloorData, SplitLoss
from ui.shell import browser_input
from ui.shell.errors import one_sentence
from ui.store import cache
from ui.store.gallery import last
from ui.text import glossary
from vae_core import loss_registry, measured
from vae_core.analysis import likelihood
from vae_core.runs.run import Run

_floor = component("floor", "understand/floor.js")
_bound = component("bound", "understand/bound.js")

# Of the gallery's models, the ways to make copies whose errors are shown: name, how it is decoded, label.
BARS = (
    ("autoencoder", "means", "Classic autoencoder"), ("lecture", "means", "The lecture’s model, noise off"),
    ("lecture", "noise", "The lecture’s model, noise on"), ("two-knobs", "noise", "Two numbers, noise on"),
)  # fmt: skip
TITLES = {"lecture": "20 numbers", "two-knobs": "Two numbers", "beta-4": "20 numbers, beta 4"}
ROLLS = 50  # different rolls of the dice, after which the first come again
SHOWN = 50  # single estimates shown for each number of draws, at most
FEW = 50  # draws of a decoder with convolutions, of which 500 would take seconds


def floor_bars() -> FloorData:
    """The measured BCE of some models' copies in two parts, on pictures with their greys and black and white."""
    models = measured.load("floor")["models"]

    def split(of: dict[str, Any], way: str) -> SplitLoss:
        return {"floor": of["floor"]["mean"], "total": of[way]["mean"]}

    bars: list[FloorBar] = [
        {"label": label, "grey": split(models[name]["grey"], way), "pure": split(models[name]["pure"], way)}
        for name, way, label in BARS
    ]
    return {"bars": bars, "version": token(bars)}


def floors() -> None:
    _floor(key="floor", data=floor_bars())


def has_bound(run: Run) -> bool:
    """Whether the run's loss is a bound on how probable a picture is: a VAE whose error is a likelihood."""
    return run.config.is_vae and run.config.reconstruction in likelihood.LIKELIHOODS


def page(run: Run) -> None:
    """The part of the page on the bound: one picture, and what was measured on many."""
    found = measured.load("bound")
    st.markdown(
        "With beta 1, minus the loss is a **lower limit** on log p(x): how probable the model finds the picture. It is "
        "the ELBO, estimated from random draws. Draw several codes from the bubble, average *before* taking the "
        "logarithm, and the limit rises. The more draws, the nearer the truth, but on average it stays below.",
        help=glossary.tips(
            "elbo", "nat",
            before="Each draw z counts with the weight p(x|z) p(z) / q(z|x). The limit is the logarithm of the average "
            "weight (Burda et al. 2016). A single estimate may land above the truth by luck; their average cannot.",
        ),
    )  # fmt: skip
    if has_bound(run):
        with one_sentence():
            _of_one_picture(run)
    else:
        st.info("This model’s loss is no limit on a probability: it has no bubbles. Choose a VAE above."
                if not run.config.is_vae else "This model’s error is not the logarithm of a probability.")  # fmt: skip
    gains = {name: of["grey"]["gain"][-1] for name, of in found["models"].items()}
    st.markdown(
        f"Measured on {found['pictures']} test pictures, in nats. {found['draws'][-1]} draws lift the limit by "
        f"{gains['lecture']:.1f} nats with 20 numbers, {gains['two-knobs']:.1f} with two, and {gains['beta-4']:.1f} "
        "with beta 4. **The truth lies above.**\n\n" + measured_table(run),
        help=f"Averages over pictures and {len(found['models']['lecture']['grey']['seeds'])} seeds of the noise, for "
        "pictures with their greys and black and white. Only of a black and white picture is p(x) the chance; with "
        "greys it is a number like it.",
    )


@st.fragment
def _of_one_picture(run: Run) -> None:
    st.markdown("For the picture chosen in part 2, with its greys or without:")
    with one_sentence():
        bound(run)


def bound(run: Run) -> None:
    """One picture's bound by draws, once the browser has asked for one; call it in a fragment."""
    path, epoch = str(run.path), last(run)
    places = cache.examples(path)
    wanted = browser_input.place(browser_input.sent("bound", "wanted"), 2 * len(places) * ROLLS)
    draws = ladder(run)
    data: BoundData = {
        "run": run.id, "count": len(places), "rolls": ROLLS, "wanted": wanted, "draws": draws,
        "average": [], "single": [], "floor": 0.0, "picture": "", "size": size_of(run), "version": "",
    }  # fmt: skip
    if wanted is not None:
        rest, example = divmod(wanted, len(places))
        rolls, black_and_white = divmod(rest, 2)
        x = _picture(run, epoch, places[example], bool(black_and_white))
        average, single, floor = estimates(path, epoch, x.tobytes(), rolls)
        if np.isfinite([value for values in single for value in values]).all():
            data = {**data, "average": average, "single": single, "floor": floor, "picture": base64_of(x, "u1")}
        else:
            st.caption("This model’s losses have grown without limit, so there is nothing to estimate.")
    _bound(key="bound", data={**data, "version": token(data)}, on_wanted_change=lambda: None)


def ladder(run: Run) -> list[int]:
    """How many draws are averaged, each step dividing the next."""
    plain = all(layer["type"] in ("linear", "relu") for layer in run.architecture.decoder)
    return [k for k in likelihood.LADDER if plain or k <= FEW]


def _picture(run: Run, epoch: int, place: int, black_and_white: bool) -> np.ndarray:
    """A kept picture (1, pixels) uint8, as redrawn where it is not here."""
    shown = cache.originals(run, (place,))
    if shown is None:
        shown = cache.decoded_means(str(run.path), epoch, (place,))
    flat = run.dataset.shape.flat(shown)
    return np.uint8(255) * likelihood.pure(flat / 255).astype(np.uint8) if black_and_white else flat


@cache.cached(200)
def estimates(path: str, epoch: int, picture: bytes, rolls: int) -> tuple[list[float], list[list[float]], float]:
    """Of a picture, a byte a pixel: the bound for each step of ``ladder``, single estimates of each, and the floor of
    its error, all in nats."""
    run, draws = Run(Path(path)), ladder(Run(Path(path)))
    x = np.frombuffer(picture, np.uint8)[None] / np.float32(255)
    tensors, term = browser_decoder.weights_at(run, epoch), run.config.reconstruction
    weights = likelihood.weights_of(run.architecture, tensors, x, draws[-1], rolls, term)
    single = [likelihood.bounds(weights[0], k) for k in draws]
    floor = float(loss_registry.get(run.config.reconstruction).floor(x)[0])
    return (
        [round(float(values.mean()), 3) for values in single],
        [values[:SHOWN].round(2).tolist() for values in single],
        round(floor, 2),
    )


def measured_table(run: Run) -> str:
    """The measured bounds of some models as a table in Markdown, the shown run's in bold."""
    found = measured.load("bound")
    lines = [f"| draws | {' | '.join(map(str, found['draws']))} |", f"|---|{'---:|' * len(found['draws'])}"]
    for ink, words in (("grey", ""), ("pure", ", black and white")):
        for name, title in TITLES.items():
            values = [f"−{abs(value):.1f}" for value in found["models"][name][ink]["bound"]]
            title = f"**{title}{words}**" if name == run.id else title + words
            lines.append(f"| {' | '.join([title, *values])} |")
    return "\n".join(lines)
