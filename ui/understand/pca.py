"""Without the bend: PCA beside the classic autoencoder and the VAE, on the same pictures, with 2 and 20 numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ui.components.bridge import base64_of, component, size_of, versioned
from ui.components.image_rows import Row, in_words
from ui.components.images import sprite
from ui.components.payloads.understand import PcaModel, PcaRow
from ui.store import cache
from ui.store.gallery import gallery, last
from ui.understand.findings import Seen, in_numbers, originals, rebuilt_row
from vae_core import measured, paths
from vae_core.analysis import noise_shapes, pca_pictures
from vae_core.runs.run import Run

_ladder = component("pca", "understand/pca.js")
LIMITED, FULL = ("two-knobs-autoencoder", "two-knobs"), ("autoencoder", "lecture")
TITLES = {
    "two-knobs-autoencoder": "autoencoder, 2", "two-knobs": "VAE, 2", "autoencoder": "autoencoder, 20",
    "lecture": "VAE, 20",
}  # fmt: skip
START, CHOSEN = 2, 3


def flat() -> pca_pictures.Flat:
    """PCA of the pictures that the gallery's models learned from."""
    return pca_pictures.of_json(measured.load("pca")["basis"])


def needs(name: str) -> int:
    """How many numbers PCA needs to copy as well as a model of the gallery."""
    found = measured.load("pca")
    goal = found["models"][name]["error"][0]
    return next(k for k, error in enumerate(found["errors"]) if error <= goal)


def error(name: str) -> float:
    """Half the squared error of a model's copies, its means decoded."""
    return float(measured.load("pca")["models"][name]["error"][0])


def codes_of(run: Run, places: tuple[int, ...]) -> np.ndarray | None:
    """PCA's codes (n, 20) of some test pictures; None if these are not here."""
    pictures = cache.originals(run, places)
    return None if pictures is None else flat().codes(run.dataset.shape.flat(pictures) / 255)


@cache.of_pictures(8, of=lambda *_, **__: paths.GALLERY / "lecture")
def dice_of_pca(count: int, seed: int = 0) -> np.ndarray:
    """Pictures (count, height, width) uint8 of PCA with 20 numbers, from ten Gaussians on its codes."""
    from vae_core.analysis.sampling import noise

    run, machine = gallery("lecture"), flat()
    places = tuple(range(min(cache.COMMON, len(cache.labels(str(run.path))))))
    codes = codes_of(run, places)
    assert codes is not None
    shape = noise_shapes.fitted("mixture", codes, cache.labels(str(run.path))[: len(places)])
    drawn = machine.drawn(shape.codes(noise(count, codes.shape[1], seed), noise_shapes.turns(count, seed)))
    return run.dataset.shape.pictures((255 * drawn).round().astype(np.uint8))


@cache.of_pictures(4, of=lambda _: paths.GALLERY / "lecture")
def _rows(gallery_path: str) -> list[PcaRow]:
    """The rows of copies, of which the browser draws PCA's own."""
    run = gallery("lecture")
    places = cache.examples(str(run.path))
    words, pictures = in_words(run, places), cache.originals(run, places)
    rows: list[PcaRow] = []

    def add(label: str, note: str, edge: str, images: np.ndarray | None) -> None:
        png = "" if images is None else sprite(images[None])
        rows.append({"label": label, "note": note, "alt": f"{label}, {note}: {words}", "edge": edge, "png": png})

    add("Test pictures", "", "x", pictures)
    add("PCA", "only adds up", "ink", None)
    for name in (*LIMITED, *FULL):
        model = gallery(name)
        title, _, numbers = TITLES[name].partition(", ")
        images = cache.decoded_means(str(model.path), last(model), places)
        add(f"{title[0].upper()}{title[1:]}", f"{numbers} numbers", "decoder", images)
    return rows


def dice_rows() -> list[Row]:
    """Ten pictures of each machine with 20 numbers, from ten Gaussians measured on its own codes."""
    rows = [Row("PCA", dice_of_pca(10)[None], "Ten pictures of PCA from dice", edge="ink")]
    for name, title in zip(FULL, ("Autoencoder", "VAE"), strict=True):
        run = gallery(name)
        images = cache.samples(str(run.path), last(run), 10, 0, 1.0, "mixture")
        rows.append(Row(title, images[None], f"Ten pictures of the {title} from dice", edge="z"))
    return rows


def ladder() -> None:
    """The copies, what PCA adds up, and the errors over the numbers. Nothing where the test pictures are not here."""
    run = gallery("lecture")
    places = cache.examples(str(run.path))
    codes = codes_of(run, places)
    if codes is None:
        return
    found = measured.load("pca")
    models: list[PcaModel] = [
        {
            "title": TITLES[name], "numbers": found["models"][name]["numbers"], "error": error(name),
            "needs": needs(name), "colour": "decoder" if "autoencoder" not in name else "encoder",
            "below": name in ("two-knobs-autoencoder", "autoencoder"),
        }
        for name in (*LIMITED, *FULL)
    ]  # fmt: skip
    data: dict[str, Any] = {
        "rows": _rows(str(run.path)), "count": len(places), "size": size_of(run), "basis": found["basis"]["halves"],
        "names": [run.dataset.label_names[c] for c in cache.labels(str(run.path))[list(places)]],
        "codes": base64_of(codes, "f4"), "errors": found["errors"], "models": models, "start": START,
        "chosen": CHOSEN,
    }  # fmt: skip
    _ladder(key="pca", data=versioned(data))


WHY = (
    "PCA has a mean picture and fixed pictures, and all it can do is **add** so much of each: no machine that only "
    "adds does better. Handwriting does not work that way: half of a slanted 1 plus half of an upright 1 is a cross, "
    "not a 1 in between. The ReLU **bends**: which pictures are added depends on the code, so a few numbers reach more."
)


def in_figures() -> str:
    """What was measured, in three sentences."""
    found = measured.load("pca")
    small, large = (found["flat"][k]["error"][0] for k in ("2", "20"))
    return (
        f"Half the squared error of PCA’s copies is {small:.1f} with two numbers; of the VAE’s, with the noise off, it "
        f"is {error('two-knobs'):.1f}. PCA needs {needs('two-knobs')} numbers for that. With 20 it is {large:.1f} "
        f"against {error('lecture'):.1f}, and PCA needs {needs('lecture')} to keep up. In this error no machine that "
        "only adds beats PCA, while the networks learned with another one (BCE)."
    )


def dice_in_figures() -> str:
    """What dice make of the three machines with 20 numbers."""
    rows = measured.load("noise_shapes")["models"]
    pca = 10 * measured.load("pca")["flat"]["20"]["dice"][0]
    classic, vae = (10 * rows[name]["10"]["mixture"][0] for name in FULL)
    return (
        f"From ten Gaussians, measured on its own codes, even PCA invents digits: their clearness is {pca:.1f} of "
        f"10, the autoencoder’s {classic:.1f}, the VAE’s {vae:.1f}. That measure asks which digit it is, not how "
        "sharp: PCA’s are washed out, as its copies are."
    )


def finding() -> Seen:
    """For the mission: how many numbers PCA needs to copy as well as the VAE does with 20."""
    run, machine, found = gallery("lecture"), flat(), measured.load("pca")
    places = cache.examples(str(run.path))
    right, mine = needs("lecture"), error("lecture")

    def rows() -> list[Row]:
        codes = codes_of(run, places)
        if codes is None:
            return []
        copies = run.dataset.shape.pictures((255 * machine.drawn(codes)).round().astype(np.uint8))
        return [*originals(run), Row("PCA, 20 numbers", copies[None], "Copies by PCA with 20 numbers", edge="ink"),
                rebuilt_row(run, "VAE, 20 numbers")]  # fmt: skip

    steps = {f"PCA, {k} numbers": found["errors"][k] for k in (2, 20, right)}
    values = {**steps, "VAE, 2 numbers": error("two-knobs"), "VAE, 20 numbers": mine}
    return Seen(
        right,
        f"Half the squared error of the VAE’s copies is {mine:.1f} with 20 numbers (noise off). PCA’s is "
        f"{found['errors'][20]:.1f} with 20, and gets there with {right}.",
        (in_numbers("Half the squared error of a copy", values, 1),),
        rows,
    )
