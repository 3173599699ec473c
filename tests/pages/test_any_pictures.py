"""Every page on any pictures: colour, 47 long names in several scripts, one class, none, five test pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from tests.pages.test_pages import IDEAS, PAGES, check, show, words
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.datasets.spec import DatasetSpec, Shape, Split
from vae_core.runs import lifecycle
from vae_core.runs.run import Run
from vae_core.training import loop
from vae_core.training.progress_and_pause import Reporter

SCRIPTS = (
    "Travel and Places, in the evening", "Хвойные деревья и кустарники", "ひらがなの手書き文字", "अक्षर और मात्राएँ",
    "أحرف مكتوبة بخط اليد", "자음과 모음", "Γράμματα του αλφαβήτου",
)  # fmt: skip
MANY = tuple(f"{SCRIPTS[k % 7]} {k + 1}" for k in range(47))
MODELS = {"vae-2": ("vae", 2), "vae-5": ("vae", 5), "classic": ("autoencoder", 2)}
ON_NO_RUN = ["start", *(page for page in IDEAS if page != "loss")]  # they are about the gallery


@dataclass(frozen=True)
class Toy:
    """Blobs at random places; of each class another colour."""

    shape: Shape
    names: tuple[str, ...]
    train: int
    test: int
    noun: str = "picture"

    def __call__(self, part: str, folder: object) -> Split:
        rng, count = np.random.default_rng(len(part)), getattr(self, part)
        labels = (np.arange(count) % max(len(self.names), 1)).astype(np.uint8)
        rows, columns = np.mgrid[: self.shape.height, : self.shape.width]
        paint = 80 + np.random.default_rng(0).integers(0, 170, (256, self.shape.channels))
        y, x, size = rng.uniform(0.3, 0.7, (3, count, 1, 1)) * self.shape.height
        blobs = np.hypot(rows - y, columns - x) < size / 2  # (count, height, width)
        pictures = blobs[:, None] * paint[labels][:, :, None, None]
        return Split(pictures.reshape(count, -1).astype(np.uint8), labels)


TOYS = {
    "colours": Toy(Shape(3, 32, 32), MANY, 94, 94),
    "heap": Toy(Shape(1, 64, 64), (), 24, 5),
    "cats": Toy(Shape(3, 64, 64), ("cats",), 24, 6, "cat"),
}
RUNS = [f"{toy}-{model}" for toy in TOYS for model in MODELS]


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> dict[str, Run]:
    """A run of each model on each toy: two small epochs."""
    folder, runs = tmp_path_factory.mktemp("any"), {}
    for name, toy in TOYS.items():
        title = f"Toy {name}"
        registry.register(
            DatasetSpec(name, title, toy.shape, toy.names, toy.train, toy.test, "made up here", toy, noun=toy.noun)
        )
        for which, (model, d) in MODELS.items():
            config = Config(
                dataset=name, network="convolutional", model=model, latent_dim=d, epochs=2, batch_size=12,
                learning_rate=0.003, seed=3,
            )  # fmt: skip
            run = lifecycle.create(config, folder, f"{name}-{which}")
            reporter = Reporter(run)
            loop.train(run, registry.load(name), reporter)
            reporter.finish("finished")
            run.check()
            runs[run.id] = Run(run.path)
    yield runs
    for name in TOYS:
        registry.unregister(name)


@pytest.fixture
def runs(trained, monkeypatch):
    monkeypatch.setenv("VAE_RUNS_DIR", str(next(iter(trained.values())).path.parent))
    return trained


def good(app) -> str:
    check(app)
    assert not app.error
    return words(app)


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ON_NO_RUN])
@pytest.mark.parametrize("run", RUNS)
def test_every_page_shows_it(runs, run, page):
    good(show(page, run=run, **{"with": "colours-vae-5" if page == "compare" else run}))
