"""Pictures for the tests of own pictures: drawn by numbers, packed in any way."""

from __future__ import annotations

import errno
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.core.core_helpers import TINY
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.pictures import intake, sets
from vae_core.pictures.intake import Skipped, Taken
from vae_core.pictures.preparing import Preparation
from vae_core.pictures.sets import PictureSet
from vae_core.runs import lifecycle
from vae_core.runs.run import Run
from vae_core.training import loop
from vae_core.training.progress_and_pause import Reporter

LETTERS = {"a": 10, "b": 10, "в": 12}
DRAWN = Preparation(28, "grey", invert=True, centre=True)


def drawing(kind: int, seed: int = 0, side: int = 64) -> Image.Image:
    """Dark strokes on white, which differ by kind and a little by seed."""
    chance = np.random.default_rng([kind, seed])
    rows, columns = np.mgrid[0:side, 0:side] / side
    angle, shift = kind * 0.7 + chance.normal(0, 0.08), chance.normal(0.5, 0.03)
    line = np.abs((rows - shift) * np.cos(angle) + (columns - 0.5) * np.sin(angle)) < 0.06
    ring = np.abs(np.hypot(rows - 0.5, columns - shift) - 0.12 - 0.05 * (kind % 4)) < 0.04
    ink = (line | ring) & (np.abs(rows - 0.5) < 0.4) & (np.abs(columns - 0.5) < 0.4)
    return Image.fromarray(np.where(ink, 20, 250).astype(np.uint8))


def photo(seed: int = 0, width: int = 90, height: int = 70) -> Image.Image:
    """Colours that change all over."""
    small = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def raw(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def zipped(parts: Mapping[str, bytes], **options: Any) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name)
            for option, value in options.items():
                setattr(info, option, value)
            bundle.writestr(info, content, zipfile.ZIP_DEFLATED)
    out.seek(0)
    return out


def uploaded(content: bytes | io.BytesIO, name: str = "upload.zip", **options: Any) -> list[Taken | Skipped]:
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    return list(intake.from_uploads([(name, file)], **options))


def taken(items: list[Taken | Skipped]) -> list[Taken]:
    return [item for item in items if isinstance(item, Taken)]


def reasons(items: list[Taken | Skipped]) -> dict[str, str]:
    return {item.name: item.reason for item in items if isinstance(item, Skipped)}


def stream(classes: Mapping[str, int], colour: bool = False) -> Iterator[Taken]:
    """So many pictures of each class."""
    for kind, (name, count) in enumerate(classes.items()):
        for seed in range(count):
            image = photo(100 * kind + seed, 64, 64) if colour else drawing(kind, seed)
            yield Taken(name, f"{name} {seed}.png", np.array(image.convert("RGBA")), "drawn")


def picture_set(
    classes: Mapping[str, int], title: str = "My letters", colour: bool = False, **about: Any
) -> PictureSet:
    made = sets.create(title, **about)
    made.add(stream(classes, colour))
    return made


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def without_rights(look: Callable[..., Any], closed: Path) -> Callable[..., Any]:
    """``os.scandir``, say, as it is where nobody may look into one folder; root may look into all."""

    def looked(path: Any = ".", *more: Any) -> Any:
        if not isinstance(path, int) and closed in (Path(path), *Path(path).parents):  # not a descriptor
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return look(path, *more)

    return looked


def rgba(images) -> np.ndarray:
    return np.stack([np.array(image.convert("RGBA").resize((64, 64))) for image in images])


def garbled(file) -> None:
    """Bytes in the middle of packed pictures changed, which makes the readers of zip files raise what they like."""
    content = bytearray(file.read_bytes())
    content[60:90] = b"\xff" * 30
    file.write_bytes(content)


def trained(dataset: str, runs_dir, **changes) -> Run:
    config = Config(dataset=dataset, **{**TINY, "epochs": 1, **changes})
    run = lifecycle.create(config, runs_dir)
    reporter = Reporter(run)
    loop.train(run, registry.load(dataset), reporter)
    reporter.finish("finished")
    return Run(run.path)


def trained_before(dataset: str, runs_dir, owner: str) -> Run:
    """A visitor's run that names a dataset."""
    run = lifecycle.create(Config(dataset=dataset, **{**TINY, "epochs": 1}), runs_dir)
    Reporter(run).finish("finished")
    lifecycle.note(run, owner=owner)
    return Run(run.path)
