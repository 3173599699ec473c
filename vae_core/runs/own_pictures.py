"""What an archive of a run on a visitor's own pictures says of them, and what becomes of that where it is taken in.

An archive always has ``pictures/manifest.json`` (shape, classes, how many), so that the run can be read where its
pictures are not, and ``pictures/test.npz`` if its owner let the test pictures go along. Whose they are, and from which
set, stays at home. Imports no torch.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vae_core.config import ConfigError, checked
from vae_core.datasets import own
from vae_core.datasets.own import Manifest
from vae_core.datasets.spec import DataError, Split
from vae_core.runs import files
from vae_core.runs.run import RunError
from vae_core.runs.untrusted import MAX_IMAGES, Refused

MANIFEST, TEST = "pictures/manifest.json", "pictures/test.npz"


def parts(dataset: str, *, pictures: bool) -> dict[str, bytes]:
    """What an archive says of its pictures; of a dataset that all have nothing. Raises RunError."""
    manifest = own.known(dataset)
    if manifest is None:
        return {}
    about = replace(manifest, owner="", set_id="").to_json()
    found = {MANIFEST: json.dumps(about, ensure_ascii=False).encode(errors="replace")}
    if pictures:
        try:
            test = own.load_split(dataset, "test")
        except DataError as error:
            raise RunError(str(error)) from None
        raw = io.BytesIO()
        np.savez_compressed(raw, images=test.images, labels=test.labels)
        found[TEST] = raw.getvalue()
    return found


@dataclass(frozen=True)
class Pictures:
    """What an archive says of its pictures, under the name that they get here."""

    name: str
    manifest: Manifest


def of_archive(settings: dict[str, Any], manifest: Callable[[], bytes], owner: str) -> Pictures | None:
    """None for a run on a dataset that all have. Raises Refused."""
    name = settings.get("dataset")
    if not isinstance(name, str) or not own.NAME.fullmatch(name):
        return None
    try:
        found = own.manifest_from_json(files.parse(manifest()))
    except ValueError:
        raise Refused("what it says of its pictures cannot be read") from None
    if found.shape[1:] not in [(size, size) for size in own.SIZES] or found.test_size > MAX_IMAGES:
        raise Refused("its pictures have a size that no set has")
    found = replace(found, owner=owner, set_id="", created=time.time(), defaults=_settings(found.defaults))
    return Pictures(_name_here(name, found), found)


def _settings(said: Mapping[str, Any]) -> dict[str, Any]:
    """Of the settings that suit a set those that there are, within their ranges."""
    found: dict[str, Any] = {}
    for name in ("network", "latent_dim", "epochs", "batch_size"):
        with suppress(ConfigError):
            if name in said:
                found[name] = checked(name, said[name])
    return found


def _name_here(name: str, manifest: Manifest) -> str:
    """Its own name, unless that is another's, or of other pictures: a file must not say what these are.

    On a shared server that is so even while the name is free: the one whose pictures these are may come back, and then
    both would have one version.
    """
    here = own.manifest_of(name)
    free = here is None and not manifest.owner
    if free or (here is not None and here.owner == manifest.owner and own.same_kind(here, manifest)):
        return name
    said = json.dumps([name, replace(manifest, created=0.0).to_json()])
    return own.PREFIX + hashlib.sha256(said.encode()).hexdigest()[:16]


@contextmanager
def kept(pictures: Pictures | None, test: Split | None) -> Iterator[None]:
    """Write what came along; it goes again if what is written after it fails. Raises RunError."""
    here = None if pictures is None else own.manifest_of(pictures.name)
    if pictures is None or (here and (test is None or own.can_be_read(pictures.name, "test"))):
        yield
        return
    try:  # what is known here of a version stays: which set it was made from, and its training pictures
        own.write(pictures.name, here or pictures.manifest, {"test": test} if test is not None else {})
    except DataError as error:
        raise RunError(str(error)) from None
    except OSError as error:
        raise RunError(f"The pictures of this run cannot be kept: {error.strerror}.") from None
    try:
        yield
    except BaseException:
        if here is None:
            own.delete_version(pictures.name)
        raise
