"""All pages: one row each. Menu, links, glossary and tour take a page's title and its introduction from here."""

from __future__ import annotations

from dataclasses import dataclass

from ui.text import page_intros
from ui.text.page_intros import Intro


@dataclass(frozen=True)
class Page:
    """One page: ``pages/<name>.py``; what it sends in ``ui/<name>`` and draws in ``static/<name>``."""

    name: str
    title: str
    icon: str  # of Material Symbols
    section: str = ""  # the menu that it stands in
    address: str = ""  # where it is not the name
    intro: Intro | None = None  # "What am I looking at?"

    @property
    def file(self) -> str:
        return f"pages/{self.name}.py"

    @property
    def path(self) -> str:
        """How it stands in the browser's address; the first page is the root."""
        return "" if self is PAGES[0] else self.address or self.name


UNDERSTAND = "Understand"
PAGES = (
    Page("start", "Start", "home", intro=page_intros.START),
    Page("lecture", "Lecture", "school", intro=page_intros.LECTURE),
    Page("train", "Train", "play_circle", intro=page_intros.TRAIN),
    Page("pictures", "Own pictures", "add_photo_alternate", intro=page_intros.PICTURES),
    Page("map", "Map", "scatter_plot", address="latent", intro=page_intros.MAP),
    Page("samples", "Samples", "grid_view", address="generate", intro=page_intros.SAMPLES),
    Page("morph", "Morph", "animation", intro=page_intros.MORPH),
    Page("draw", "Draw", "draw", intro=page_intros.DRAW),
    Page("classroom", "Classroom", "groups", address="class", intro=page_intros.CLASSROOM),
    Page("compare", "Compare", "compare_arrows", intro=page_intros.COMPARE),
    Page("runs", "Runs", "list", intro=page_intros.RUNS),
    Page("autoencoder", "Autoencoder or VAE?", "compare", UNDERSTAND, intro=page_intros.AUTOENCODER),
    Page("bubbles", "Bubbles", "bubble_chart", UNDERSTAND, intro=page_intros.BUBBLES),
    Page("noise", "Noise that can learn", "casino", UNDERSTAND, intro=page_intros.NOISE),
    Page("loss", "The loss", "balance", UNDERSTAND, intro=page_intros.LOSS),
    Page("missions", "Missions", "flag", UNDERSTAND, intro=page_intros.MISSIONS),
    Page("lesson", "A lesson", "co_present", UNDERSTAND, intro=page_intros.LESSON),
    Page("glossary", "Glossary", "menu_book", UNDERSTAND),
)
BY_NAME = {page.name: page for page in PAGES}
