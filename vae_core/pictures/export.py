"""A set as a zip of PNGs, a folder a class. Taking it in again gives the same set. Imports no torch."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import IO

from PIL import Image

from vae_core.pictures.intake import ORDER, SILENT
from vae_core.pictures.set_manifest import shown_names
from vae_core.pictures.sets import PictureSet
from vae_core.runs.run import RESERVED

UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]|^\.|[. ]$')  # not all systems allow these in the name of a folder


def to_zip(picture_set: PictureSet, out: IO[bytes]) -> int:
    """Write the archive; returns how many pictures are in it. Raises SetError."""
    known = picture_set.manifest
    names = shown_names(known)
    folders = _folders([name if known.classes[place] else "" for place, name in enumerate(names)] or [""])
    with zipfile.ZipFile(out, "w") as bundle:
        about = {"title": known.title, "classes": [[f, n] for f, n in zip(folders, names, strict=False)]}
        bundle.writestr(zipfile.ZipInfo(ORDER), json.dumps(about, ensure_ascii=False, indent=1))
        for place, picture in enumerate(known.pictures):
            folder = folders[picture.place]
            file = f"{place + 1:05d}.png"
            image = io.BytesIO()
            Image.fromarray(picture_set.rgba([place])[0], "RGBA").save(image, "PNG")
            bundle.writestr(zipfile.ZipInfo(f"{folder}/{file}" if folder else file), image.getvalue())
    return len(known.pictures)


def _folders(names: list[str]) -> list[str]:
    """A folder for each class, all different also where small and capital letters are the same."""
    found: list[str] = []
    for name in names:
        plain = UNSAFE.sub("_", name)
        if plain.lower() in SILENT or RESERVED.fullmatch(plain.lower()):
            plain = f"{plain}_"
        folder = plain
        number = 2
        while folder.lower() in (other.lower() for other in found):
            folder, number = f"{plain} ({number})", number + 1
        found.append(folder)
    return found
