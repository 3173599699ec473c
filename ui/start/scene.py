"""The start page's scene: the plane of a model of two numbers, and pictures on their way through the model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ui.components.bridge import base64_of, component, size_of
from ui.components.browser_decoder import bubbles, decoded
from ui.components.drawing_view import as_picture, called
from ui.components.payloads.train_and_map import Part, SceneData, ScenePicture
from ui.store import cache
from vae_core.notebook import document
from vae_core.runs.run import Run, RunError

DOTS = 2_000
EACH = 3  # pictures of each class to choose from
INNER = 0.955  # the share of dots, each way, that a window of any shape shows
# What each part is, in the lecture's words and colours, and the line of the model's notebook that computes it: the
# cell, and a piece of the line.
PARTS = {
    "x": ("x", "The picture **x**: 784 pixels, each a number from 0 (black) to 1 (white).",
          "pictures", "return pictures.to(device).float() / 255"),
    "encoder": ("encoder", "The **encoder** is a small network. From 784 pixels it makes only four numbers: a mean "
                "and a standard deviation for each of the two numbers of the code.", "network",
                "mean, logvar = self.encode(x)"),
    "mean": ("mean", "The **mean** is where the encoder puts the picture on the plane. Similar pictures stand near "
             "each other.", "network", "mean, logvar = self.encoder(x).view(-1, 2, d)"),
    "std": ("mean", "The **standard deviation** (std) is how sure it is. Mean and std make a bubble: the picture may "
            "sit anywhere in it.", "network", "std = torch.exp(logvar / 2)"),
    "eps": ("z", "**Noise**: two rolls of the dice, mostly between −2 and 2. They choose a point inside the bubble.",
            "network", "noise = torch.randn_like(std)"),
    "z": ("z", "The code **z** = mean + std × noise. These two numbers are all that the decoder gets.",
          "network", "return mean + std * noise"),
    "decoder": ("decoder", "The **decoder** is a second small network. It has never seen the picture; it draws from z "
                "alone.", "network", "return torch.sigmoid(self.decoder(z)"),
    "out": ("decoder", "The **picture that comes out**. Training makes it look like x, and keeps the bubbles "
            "from shrinking to points or drifting apart. Two numbers are not many: a 3 may come out as an 8.",
            "loss", "return reconstruction(logits, x) + beta * kl(mean, logvar)"),
}  # fmt: skip


def payload(run: Run) -> SceneData:
    """What ``static/start/scene.js`` needs of a two-dimensional model, besides its decoder. Raises RunError if the run
    is not whole."""
    path, epochs = str(run.path), run.weight_epochs()
    names = run.dataset.class_names
    if run.config.latent_dim != 2 or not epochs or len(np.unique(cache.labels(path))) < len(names):
        raise RunError(f"The run {run.id} is not whole.")
    mean, known = cache.latents(path, epochs[-1]).mean[:DOTS], cache.labels(path)[:DOTS]
    frames = [cache.latents(path, epoch).mean[:DOTS] for epoch in epochs]
    reaches = [reach(frame) for frame in frames]
    widest = [max(sides, key=lambda ends: ends[1]) for sides in zip(*reaches, strict=True)]
    return {
        "epochs": epochs, "points": base64_of(mean, "f2"), "labels": base64_of(known, "u1"), "names": list(names),
        "reach": reaches[-1], "film_reach": widest, "farthest": np.abs(frames).max((0, 1)).astype(float).tolist(),
        "centres": centres(mean, known), "size": size_of(run),
        "pictures": _pictures(run, epochs[-1]), "parts": {name: part(run, name) for name in PARTS},
    }  # fmt: skip


def reach(mean: np.ndarray) -> list[list[float]]:
    """[[x low, x high], [y low, y high]] of nearly all dots (n, 2), the middle of the plane in its middle."""
    far = np.quantile(np.abs(mean.astype(float)), INNER, axis=0)
    return [[-side, side] for side in far.round(3).tolist()]


def centres(mean: np.ndarray, known: np.ndarray) -> list[list[float]]:
    """Where the name of each class stands: the middle (median) of its dots, (n, 2) of the classes (n,)."""
    places = [np.median(mean[known == c].astype(float), axis=0) for c in range(int(known.max()) + 1)]
    return np.array(places).round(3).tolist()


def part(run: Run, name: str) -> Part:
    """The words of a part, and where its line is in the model's notebook. Raises RunError if it has none."""
    colour, words, cell, fragment = PARTS[name]
    lines = next(each.text for each in document.cells(run) if each.name == cell).splitlines()
    number = next((k for k, line in enumerate(lines, start=1) if fragment in line), 0)
    where = f"Its notebook, part “{document.HEADINGS[cell]}”, line {number}" if number else ""
    return {"colour": colour, "words": words, "where": where, "code": lines[number - 1].strip() if number else ""}


def _pictures(run: Run, epoch: int) -> list[ScenePicture]:
    """Some real pictures of each class, near its middle, with what the encoder makes of them."""
    path, count = str(run.path), len(run.dataset.class_names)
    places = np.concatenate([cache.typical_first(path, epoch, c)[:EACH] for c in range(count)])
    known, labels = cache.latents(path, epoch), cache.labels(path)[places]
    assert known.std is not None
    means, stds = known.mean[places], known.std[places]
    images = cache.originals(run, places)
    if images is None:  # they cannot be read: as the model redraws them, without torch
        images = run.dataset.shape.pictures((255 * decoded(run, epoch, means)).round().astype(np.uint8))
    return _sent([run.dataset.class_names[label] for label in labels], images, means, stds)


def drawn(run: Run, pixels: np.ndarray) -> ScenePicture | None:
    """A visitor's drawing (``digit_pad``), made like the model's pictures, and its bubble; None if it is empty."""
    epoch = run.weight_epochs()[-1]
    image = as_picture(run, epoch, pixels)
    if image is None:
        return None
    mean, std = bubbles(run, epoch, run.dataset.shape.flat(image[None]))
    return _sent([called(pixels)], image[None], mean, std)[0]


def _sent(names: Sequence[str], images: np.ndarray, means: np.ndarray, stds: np.ndarray) -> list[ScenePicture]:
    return [
        {"name": name, "image": base64_of(image, "u1"), "mean": mean, "std": std}
        for name, image, mean, std in zip(
            names, images, means.astype(float).round(4).tolist(), stds.astype(float).round(4).tolist(), strict=True
        )
    ]


_scene = component("scene", "start/scene.js")


def scene(payload: SceneData) -> None:
    """The scene (``payload``). Its decoder, drawings and film come as messages of their own."""
    _scene(key="scene", data=payload)
