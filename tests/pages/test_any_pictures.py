"""Every page on any pictures: colour, 47 long names in several scripts, one class, none, five test pictures."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import subprocess
from dataclasses import dataclass, replace

import numpy as np
import pytest
from PIL import Image

from tests.pages.test_pages import IDEAS, PAGES, at, check, show, words
from ui import figures
from ui.compare import tasks
from ui.components import bridge, drawing_view, image_picker, image_rows, images
from ui.map import details, story
from ui.morph import files
from ui.runs import report
from ui.samples import story as samples
from ui.store import cache
from vae_core import paths
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.datasets.drawing import PAD
from vae_core.datasets.spec import DataError, DatasetSpec, Shape, Split
from vae_core.runs import archive, lifecycle, tables
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
    """Blobs at random places, of each class in another colour."""

    shape: Shape
    names: tuple[str, ...]
    train: int
    test: int
    noun: str = "picture"
    light: bool = False  # the ground

    def __call__(self, part: str, folder: object) -> Split:
        rng, count = np.random.default_rng(len(part)), getattr(self, part)
        labels = (np.arange(count) % max(len(self.names), 1)).astype(np.uint8)
        rows, columns = np.mgrid[: self.shape.height, : self.shape.width]
        paint = 80 + np.random.default_rng(0).integers(0, 170, (256, self.shape.channels))
        y, x, size = rng.uniform(0.3, 0.7, (3, count, 1, 1)) * self.shape.height
        blobs = np.hypot(rows - y, columns - x) < size / 2  # (count, height, width)
        pictures = blobs[:, None] * paint[labels][:, :, None, None]
        pictures = 255 - pictures if self.light else pictures
        return Split(pictures.reshape(count, -1).astype(np.uint8), labels)


TOYS = {
    "colours": Toy(Shape(3, 32, 32), MANY, 94, 94),
    "heap": Toy(Shape(1, 64, 64), (), 24, 5),
    "cats": Toy(Shape(3, 64, 64), ("cats",), 24, 6, "cat", light=True),
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


@pytest.mark.parametrize("page", ON_NO_RUN)
def test_pages_about_the_gallery_do_not_mind(runs, page):
    good(show(page, run="heap-vae-2"))


@pytest.mark.parametrize("part", ["Grid", "Knobs", "Plane", "Walk"])
@pytest.mark.parametrize("toy", TOYS)
def test_every_part_of_the_samples_shows_it(runs, toy, part):
    good(show("samples", run=f"{toy}-vae-2", part=part, chosen="3", start="1"))


@pytest.mark.parametrize("dot", ["1", "5"])
@pytest.mark.parametrize("toy", TOYS)
def test_a_dot_of_its_map_tells_its_story(runs, toy, dot):
    good(show("map", run=f"{toy}-vae-5", dot=dot))


@pytest.mark.parametrize("toy", TOYS)
def test_a_few_examples_stand_for_all(runs, toy):
    places, labels = cache.examples(str(runs[f"{toy}-vae-2"].path)), runs[f"{toy}-vae-2"].labels()
    assert len(set(places)) == len(places) == min(10, len(labels))
    assert len(set(labels[list(places)])) == min(10, len(TOYS[toy].names) or 1)


@pytest.mark.parametrize("toy", TOYS)
def test_class_separation_is_left_out_where_there_is_none(runs, toy):
    run = runs[f"{toy}-vae-2"]
    measured = details.figures(run, [1, 2])
    assert len(measured["separation"]) == (2 if toy == "colours" else 0)
    assert ("right class" in show("map", run=run.id).markdown[-1].help) == (toy == "colours")
    rows, classes = story.of_group(run, [2], np.arange(5))
    assert len(rows) == 3 and bool(classes) == (toy == "colours")


@pytest.mark.parametrize("toy", TOYS)
@pytest.mark.parametrize("asked", [(None, None), ("7-3", "9-4")])
def test_a_first_morph_joins_two_pictures(runs, toy, asked):
    """Also where the address is from another dataset, whose classes are not here."""
    run = runs[f"{toy}-vae-5"]
    start, end = image_picker.both_ends(run, 2, asked, None)
    assert start != end and {start.place, end.place} <= set(range(len(run.labels())))
    assert image_picker.name_of(run, start) != image_picker.name_of(run, end)


def test_the_same_picture_at_both_ends_is_a_choice(runs):
    start, end = image_picker.both_ends(runs["heap-vae-5"], 2, ("0-3", "0-3"), None)
    assert start == end


# ---- drawings


def ring() -> np.ndarray:
    rows, columns = np.mgrid[:PAD, :PAD]
    return np.where(abs(np.hypot(rows - 70, columns - 70) - 40) < 6, 255, 0).astype(np.uint8)


@pytest.mark.parametrize(
    ("toy", "words", "corner"),
    [
        ("colours", "in grey", 0),
        ("heap", "", 0),
        ("cats", "in grey, since the pad has no colours, and dark on light", 255),
    ],
)
def test_a_drawing_becomes_like_its_pictures(runs, toy, words, corner):
    run = runs[f"{toy}-vae-5"]
    picture = drawing_view.as_picture(run, 2, ring())
    assert picture.shape == run.dataset.shape.pictures(np.zeros(run.dataset.shape.pixels)).shape
    assert (picture[0, 0] == corner).all() and (picture == 255 - corner).any()
    app = at("draw")
    app.query_params["run"] = run.id
    app.session_state["drawing"] = ring()
    text = good(app.run())
    assert ("The model gets your drawing" in text) == bool(words) and words in text
    protos = (getattr(element, "proto", None) for element in app.main)
    told = [proto for proto in protos if "most similar test picture" in getattr(proto, "json", "")]
    assert bool(told) == (toy == "colours")


# ---- files


def test_a_film_in_colour_keeps_its_colours():
    frames = np.zeros((5, 32, 32, 3), np.uint8)
    frames[:, :, :16] = (250, 30, 40)
    frames[:, :, 16:] = np.linspace(0, 240, 5).astype(np.uint8)[:, None, None, None] * np.array([0, 1, 1], np.uint8)
    film = Image.open(io.BytesIO(files.gif([("One", frames), ("Two", frames)])))
    assert film.n_frames == 8
    for k, place in enumerate([0, 1, 2, 3, 4, 3, 2, 1]):
        film.seek(k)
        page = np.asarray(film.convert("RGB")).astype(int)
        assert abs(page[100, 50] - (250, 30, 40)).max() < 12
        assert abs(page[100, 200] - frames[place, 0, -1]).max() < 12
    strip = np.asarray(Image.open(io.BytesIO(files.strip([("One", frames)], 5))))
    assert strip.shape == (128, 190 + 5 * 128, 3)
    assert (strip[60, 190 + 10 :: 128] == (250, 30, 40)).all()


def test_a_name_of_a_file_is_not_too_long(runs):
    ends = [image_picker.End(k, k) for k in (0, 1)]
    name = files.file_name(runs["colours-vae-5"], 2, start=ends[0], end=ends[1], way="straight", kind="gif")
    assert len(name.encode()) <= 255 and "Хвойные" in name


@pytest.mark.parametrize("run", ["colours-vae-5", "heap-vae-2", "cats-classic"])
def test_it_travels(runs, tmp_path, run):
    out = io.BytesIO()
    archive.pack(runs[run], out)
    there = archive.unpack(out, tmp_path / "runs")
    assert there.config == runs[run].config and there.metrics() == runs[run].metrics()


@pytest.mark.parametrize("run", ["colours-vae-5", "heap-vae-2", "cats-classic"])
def test_its_report_has_its_pictures(runs, run):
    text = report.build(runs[run])
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert tuple(data["map"]["names"]) == runs[run].dataset.label_names
    assert data["size"] == bridge.size_of(runs[run]) and data["morph"]
    sheet = Image.open(io.BytesIO(base64.b64decode(data["rows"][0]["png"])))
    expected = cache.originals(runs[run], cache.examples(str(runs[run].path)))
    assert (np.asarray(sheet) == np.concatenate(list(expected), 1)).all()


def test_a_table_of_codes_names_the_classes(runs):
    table = tables.latents(runs["colours-vae-5"], 2)
    assert table["class"].tolist()[:47] == list(MANY)
    assert "Хвойные" in tables.csv(table).decode("utf-8-sig")
    assert "class" not in tables.latents(runs["heap-vae-5"], 2)


@pytest.mark.parametrize(("run", "traces"), [("colours-vae-5", 47), ("heap-vae-2", 1)])
def test_a_notebooks_map_has_all_dots(runs, run, traces):
    figure = figures.latent_map(runs[run], 2)
    assert len(figure.data) == traces
    assert sum(len(trace.x) for trace in figure.data) == len(runs[run].labels())


# ---- what pages send


def test_a_run_in_colour_beside_a_grey_one(runs):
    app = at("compare")
    app.query_params["run"], app.query_params["with"] = "colours-vae-5", "heap-vae-2"
    app.session_state["drawing"] = ring()
    text = good(app.run())
    assert "They learned from different pictures" in text
    sides = tasks.rows(runs["colours-vae-5"], runs["heap-vae-2"], [1, 2], ring())
    for side, (height, width, *colours) in zip(sides, ((32, 32, 3), (64, 64)), strict=False):
        assert [row.label for row in side] == ["Samples", "Your drawing"]
        assert all(row.images.shape[2:] == (height, width, *colours) for row in side)


@pytest.mark.parametrize("toy", TOYS)
def test_two_runs_on_the_same_pictures_morph_the_same_two(runs, toy):
    sides = tasks.rows(runs[f"{toy}-vae-5"], runs[f"{toy}-classic"], [2])
    for side in sides[:2]:
        assert [row.label for row in side] == ["Test pictures", "Rebuilt", "Morph", "Samples"]
    assert (sides[0][0].images == sides[1][0].images).all()


def test_the_nearest_training_picture_is_found_in_colour(runs, monkeypatch):
    run = runs["colours-vae-5"]
    train = registry.load_train("colours").images
    invented = run.dataset.shape.pictures(train[[30]])
    monkeypatch.setattr(cache, "samples", lambda *_: invented)
    found = samples.nearest_training(run, [2], 1, 0, 1.0, 0)
    assert found["places"] == [30] and found["away"] == [0.0]
    assert found["classes"] == [MANY[30]]


def test_a_large_sheet_in_colour_is_a_webp():
    rng = np.random.default_rng(0)
    for shape, kind in (((2, 4, 64, 64, 3), "PNG"), ((9, 20, 64, 64, 3), "WEBP"), ((9, 20, 64, 64), "PNG")):
        sheet = Image.open(io.BytesIO(base64.b64decode(images.sprite(rng.integers(0, 255, shape, np.uint8)))))
        assert sheet.format == kind and sheet.size == (64 * shape[1], 64 * shape[0])


@pytest.mark.parametrize(("run", "have"), [("colours-vae-5", True), ("heap-vae-2", True), ("cats-classic", False)])
def test_the_pictures_under_the_pointer_are_whole_and_nothing_of_them_is_lost(runs, run, have, monkeypatch):
    """Each dot's picture stands on its sheet at its rank, in its own size and colours, pixel for pixel."""
    run = runs[run]
    if not have:
        monkeypatch.setattr(cache, "_test_pictures", lambda dataset: None)
    path, epoch, shape = str(run.path), run.latent_epochs()[-1], run.dataset.shape
    of = details.sheet_of(path, epoch)
    everything = tuple(range(len(of)))
    whole = cache.originals(run, everything) if have else cache.decoded_means(path, epoch, everything)
    assert set(of) == set(range(of.max() + 1))
    for number in range(of.max() + 1):
        sheet = Image.open(io.BytesIO(base64.b64decode(details.sheet(path, epoch, number))))
        assert sheet.format == "PNG"
        for rank, place in enumerate(np.flatnonzero(of == number)):
            line, column = divmod(rank, details.WIDE)
            x, y = column * shape.width, line * shape.height
            cut = np.asarray(sheet.crop((x, y, x + shape.width, y + shape.height)))
            assert (cut == whole[place].reshape(cut.shape)).all()


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not on this machine")
def test_the_browser_and_a_notebook_colour_classes_alike():
    module = json.dumps((paths.ROOT / "static/lib/canvas.js").as_uri())
    code = f"import {{ classColour }} from {module}; for (let c = 0; c < 60; c++) console.log(classColour(c));"
    done = subprocess.run(["node", "--input-type=module", "-"], input=code, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert len(set(lines[:48])) == 48
    for place, line in enumerate(lines):
        assert figures.class_colour(place) == figures.colours()[re.fullmatch(r"var\(--ll-(c\d+)\)", line)[1]]


# ---- without the originals


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ON_NO_RUN])
@pytest.mark.parametrize("toy", TOYS)
def test_without_the_originals_everything_else_is_there(runs, monkeypatch, toy, page):
    spec = registry.get(toy)
    monkeypatch.setitem(
        registry._specs, toy, replace(spec, is_here=lambda _: False, test_is_here=lambda _: False, load_split=missing)
    )
    text = good(show(page, run=f"{toy}-vae-2", dot="1", chosen="2"))
    assert text.count("The originals are not on this machine") == (page in ("map", "morph", "loss", "train", "samples"))
    if page == "train":
        assert "made up here" in text
        rows, here = image_rows.test_rows(runs[f"{toy}-vae-2"], [2], (0, 1))
        assert [row.label for row in rows] == ["Rebuilt"] and not here


def missing(part: str, folder: object) -> Split:
    raise DataError("The pictures are not here.")
