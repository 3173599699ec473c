"""The start page's picture: one digit on its way through a model of two numbers, all of it live."""

from __future__ import annotations

import numpy as np

from ui.components.bridge import base64_of, component
from ui.components.browser_decoder import decoded, decoder
from ui.components.payloads import LivingPicture, LivingPictureData, Part
from ui.store import cache
from vae_core import paths
from vae_core.analysis.projections import view_range
from vae_core.runs.run import Run, RunError

DOTS = 3_000
EACH = 3  # pictures of each digit to choose from
# What each part is, in the lecture's words and colours, and the line of vae_core that computes it.
PARTS = {
    "x": ("x", "The picture **x**: 784 pixels, each a number from 0 (black) to 1 (white).",
          "vae_core/analysis/sampling.py", "x = torch.tensor(model.shape.flat(images))"),
    "encoder": ("encoder", "The **encoder** is a small network. From 784 pixels it makes only four numbers: a mean "
                "and a standard deviation for each of the two numbers of the code.", "vae_core/model.py",
                "code = self.encoder(x)"),
    "mean": ("mean", "The **mean** is where the encoder puts the picture on the map. Similar pictures stand near each "
             "other.",
             "vae_core/model.py", "mean, logvar = code.view(-1, 2, self.latent_dim).unbind(1)"),
    "std": ("mean", "The **standard deviation** (std) is how sure it is. Mean and std make a bubble: the picture may "
            "sit anywhere in it.", "vae_core/model.py", "return self.mean + (torch.randn_like(self.mean)"),
    "eps": ("z", "**Noise**: two rolls of the dice, mostly between −2 and 2. They choose a point inside the bubble.",
            "vae_core/model.py", "return self.mean + (torch.randn_like(self.mean)"),
    "z": ("z", "The code **z** = mean + noise × std. These two numbers are all that the decoder "
          "gets.",
          "vae_core/model.py", "return self.mean + (torch.randn_like(self.mean)"),
    "decoder": ("decoder", "The **decoder** is a second small network. It has never seen the picture; it draws from z "
                "alone.", "vae_core/model.py", "return torch.sigmoid(self.decode_logits(z))"),
    "out": ("decoder", "The **picture that comes out**. Training makes it look like x, and keeps the bubbles big and "
            "close together. Two numbers are not many: a 3 may come out as an 8.",
            "vae_core/losses.py", "return self.reconstruction + beta * self.kl"),
}  # fmt: skip


def payload(run: Run) -> LivingPictureData:
    """What ``living_picture.js`` needs of a two-dimensional model. Raises RunError if the run is not whole."""
    path = str(run.path)
    if (
        run.config.latent_dim != 2
        or not run.weight_epochs()
        or len(np.unique(cache.labels(path))) < len(run.dataset.class_names)
    ):
        raise RunError(f"The run {run.id} is not whole.")
    epoch = run.weight_epochs()[-1]
    mean, known = cache.latents(path, epoch).mean[:DOTS], cache.labels(path)[:DOTS]
    names = run.dataset.class_names
    centres = np.array([np.median(mean[known == c], axis=0) for c in range(len(names))])
    return {
        "points": base64_of(mean, "f4"), "labels": base64_of(known, "u1"), "range": view_range([mean]),
        "centres": [(float(x), float(y), names[c]) for c, (x, y) in enumerate(centres)],
        "names": list(names), "decoder": decoder(run, epoch), "digits": _digits(run, epoch, centres),
        "parts": {name: part(name) for name in PARTS},
    }  # fmt: skip


def part(name: str) -> Part:
    """The words of a part, and where its line is in today's source."""
    colour, words, file, fragment = PARTS[name]
    lines = (paths.ROOT / file).read_text(encoding="utf-8").splitlines()
    number = next((k for k, line in enumerate(lines, start=1) if fragment in line), 0)
    code = lines[number - 1].strip() if number else ""
    return {"colour": colour, "words": words, "where": f"{file}, line {number}" if number else "", "code": code}


def _digits(run: Run, epoch: int, centres: np.ndarray) -> list[LivingPicture]:
    """Some real pictures of each digit, near the middle of its class, with what the encoder makes of them."""
    typical = [cache.typical_first(str(run.path), epoch, c)[:EACH] for c in range(len(centres))]
    places = np.concatenate(typical)
    images, labels = cache.originals(run, places), cache.labels(str(run.path))[places]
    known = cache.latents(str(run.path), epoch)
    assert known.std is not None
    means, stds = known.mean[places], known.std[places]
    if images is None:  # they cannot be read: as the model redraws them, without torch
        images = run.dataset.shape.pictures((255 * decoded(run, epoch, means)).round().astype(np.uint8))
    return [
        {"name": run.dataset.class_names[label], "image": base64_of(image, "u1"), "mean": m.tolist(), "std": s.tolist()}
        for image, label, m, s in zip(
            images, labels, means.astype(float).round(4), stds.astype(float).round(4), strict=True
        )
    ]


_living = component("living", "start/living_picture.js")


def living_map(payload: LivingPictureData) -> None:
    """The start page's picture (``ui.start.living_picture``): a digit on its way through a model."""
    _living(key="living_map", data=payload)
