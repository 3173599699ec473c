"""The three trainings to choose from, as cards: each shows, in a loop, what our own model of it learned."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from ui.components import browser_decoder
from ui.components.bridge import component, size_of
from ui.components.images import sprite
from ui.components.payloads.train_and_map import PresetCard, PresetCardsData
from ui.shell import browser_input
from ui.store import cache, gallery
from vae_core.analysis import interpolation
from vae_core.config import PRESETS
from vae_core.runs.run import Run, RunError

COLUMNS, ROWS = 8, 4
COUNT, SEED = COLUMNS * ROWS, 0

Frame = tuple[str, np.ndarray]  # a caption, and the codes (COUNT, d) of its pictures


def _samples(run: Run) -> list[tuple[int, Frame]]:
    """The same rolls of the dice at each epoch that is kept."""
    noise = np.random.default_rng(SEED).standard_normal((COUNT, run.config.latent_dim))
    return [(epoch, (_epoch_in_words(epoch), noise)) for epoch in run.weight_epochs()]


def _plane(run: Run) -> list[tuple[int, Frame]]:
    """All of the plane at each epoch that is kept."""
    plane = interpolation.quantile_manifold(COLUMNS)[:: COLUMNS // ROWS].reshape(-1, 2)
    return [(epoch, (_epoch_in_words(epoch), plane)) for epoch in run.weight_epochs()]


def _copies_and_samples(run: Run) -> list[tuple[int, Frame]]:
    """At the last epoch: test pictures rebuilt, and then random codes."""
    epoch = gallery.last(run)
    means = cache.latents(str(run.path), epoch).mean[:COUNT]
    noise = np.random.default_rng(SEED).standard_normal(means.shape)
    return [(epoch, ("copies", means)), (epoch, ("samples", noise))]


def _epoch_in_words(epoch: int) -> str:
    return f"epoch {epoch}" if epoch else "untrained"


# The gallery's model that shows what a preset leads to, and what of it.
LOOKS: dict[str, tuple[str, Callable[[Run], list[tuple[int, Frame]]]]] = {
    "lecture": ("lecture", _samples),
    "two-knobs": ("two-knobs", _plane),
    "no-penalty": ("beta-0", _copies_and_samples),
}


@cache.cached(8)
def _film(name: str, path: str) -> tuple[list[str], str]:
    """The captions of a card's frames, and their pictures as one sheet with a line for each."""
    run = Run(gallery.gallery(name).path, gallery=True)
    frames = next(look for model, look in LOOKS.values() if model == name)(run)
    pictures = [run.dataset.shape.pictures(_bytes(run, epoch, codes)) for epoch, (_, codes) in frames]
    return [caption for _, (caption, _) in frames], sprite(np.stack(pictures))


def _bytes(run: Run, epoch: int, codes: np.ndarray) -> np.ndarray:
    return np.rint(browser_decoder.decoded(run, epoch, codes) * 255).astype(np.uint8)


def payload(words: Mapping[str, tuple[str, str, str]], chosen: str) -> PresetCardsData:
    """What ``static/train/preset_cards.js`` draws; ``words``: of each preset its label, a sentence, and its time."""
    cards: list[PresetCard] = []
    for name, (label, sentence, seconds) in words.items():
        card: PresetCard = {"name": name, "label": label, "sentence": sentence, "time": seconds}
        try:
            run = gallery.gallery(LOOKS[name][0])
            captions, film = _film(run.id, str(run.path))
            card |= {"captions": captions, "film": film, "size": size_of(run), "model": run.title}
        except RunError:
            pass  # without its model a card has words alone
        cards.append(card)
    return {"cards": cards, "columns": COLUMNS, "rows": ROWS, "chosen": chosen}


_cards = component("preset_cards", "train/preset_cards.js")


def preset_cards(data: PresetCardsData, choose: Callable[[str], None]) -> None:
    """The cards; ``choose`` is called with the preset that a visitor picks, before the page runs again."""

    def picked() -> None:
        if (name := browser_input.word(browser_input.sent("preset_cards", "chosen"), PRESETS)) is not None:
            choose(name)

    _cards(key="preset_cards", data=data, on_chosen_change=picked)
