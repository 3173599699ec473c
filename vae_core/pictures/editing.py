"""Changing a set: its title, its classes, and which pictures are in them. Every change can be taken back.

``PictureSet`` has these as its methods. Each raises SetError, with one sentence, for what cannot be. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from vae_core.datasets.own import CLASSES, one_line
from vae_core.pictures.set_manifest import Manifest, SetError, shown_names
from vae_core.pictures.sets import PictureSet


def rename(picture_set: PictureSet, title: str) -> None:
    """Give a set another title of one line."""
    if not (title := one_line(title)):
        raise SetError("A set needs a title.")
    with picture_set.locked():
        picture_set.put(replace(picture_set.manifest, title=title))


def add_class(picture_set: PictureSet, name: str) -> None:
    """An empty class; pictures come later."""
    name = _named(name)
    with picture_set.locked():
        known = picture_set.manifest
        if name in shown_names(known):
            raise SetError(f"There is a class “{name}” already.")
        picture_set.put(_with_class(known, name)[0])


def rename_class(picture_set: PictureSet, name: str, new: str) -> None:
    """Call a class otherwise. Its new name must not be another's."""
    new = _named(new)
    with picture_set.locked():
        known = picture_set.manifest
        place = _place(known, name)
        if new in shown_names(known) and new != name:
            raise SetError(f"There is a class “{new}” already; merge the two instead.")
        classes = [*known.classes]
        classes[place] = new
        picture_set.put(replace(known, classes=tuple(classes)))


def merge_classes(picture_set: PictureSet, names: Sequence[str], into: str) -> None:
    """All pictures of these classes go to ``into``, which may be one of them or a new one; the others are gone."""
    into = _named(into)
    with picture_set.locked():
        known = picture_set.manifest
        places = {_place(known, name) for name in names}
        known, target = _with_class(known, into)
        pictures = [p._replace(place=target) if p.place in places else p for p in known.pictures]
        picture_set.put(_without(replace(known, pictures=tuple(pictures)), places - {target}))


def move(picture_set: PictureSet, ids: Iterable[int], class_name: str) -> None:
    """These pictures go to a class, which is made if there is none of that name."""
    class_name = _named(class_name)
    with picture_set.locked():
        known, target = _with_class(picture_set.manifest, class_name)
        chosen = _chosen(known, ids)
        pictures = [p._replace(place=target) if p.id in chosen else p for p in known.pictures]
        known = replace(known, pictures=tuple(pictures))
        heap = [place for place, name in enumerate(known.classes) if not name]
        empty_heap = {place for place in heap if not any(p.place == place for p in known.pictures)}
        picture_set.put(_without(known, empty_heap))


def remove(picture_set: PictureSet, ids: Iterable[int]) -> None:
    """Take these pictures out. Their class stays, even if it is empty now."""
    with picture_set.locked():
        known = picture_set.manifest
        chosen = _chosen(known, ids)
        picture_set.put(replace(known, pictures=tuple(p for p in known.pictures if p.id not in chosen)))


def remove_class(picture_set: PictureSet, name: str) -> None:
    """Take a class out with all its pictures."""
    with picture_set.locked():
        known = picture_set.manifest
        place = _place(known, name)
        kept = replace(known, pictures=tuple(p for p in known.pictures if p.place != place))
        picture_set.put(_without(kept, {place}))


def _named(name: str) -> str:
    if not (name := one_line(name)):
        raise SetError("A class needs a name.")
    return name


def _place(known: Manifest, name: str) -> int:
    names = shown_names(known)
    if name not in names and not (name == "" and known.classes == ("",)):
        raise SetError(f"There is no class “{one_line(name)}” in this set any more.")
    return names.index(name) if name in names else 0


def _with_class(known: Manifest, name: str) -> tuple[Manifest, int]:
    """The set with a class of that name, and its place."""
    if name in shown_names(known):
        return known, shown_names(known).index(name)
    if len(known.classes) >= CLASSES:
        raise SetError(f"A set has at most {CLASSES} classes.")
    return replace(known, classes=(*known.classes, name)), len(known.classes)


def _without(known: Manifest, places: set[int]) -> Manifest:
    """The set without these classes, which have no pictures any more."""
    kept = [place for place in range(len(known.classes)) if place not in places]
    new = {place: number for number, place in enumerate(kept)}
    pictures = tuple(p._replace(place=new[p.place]) for p in known.pictures)
    return replace(known, classes=tuple(known.classes[place] for place in kept), pictures=pictures)


def _chosen(known: Manifest, ids: Iterable[int]) -> set[int]:
    chosen = {int(i) for i in ids}
    if not chosen or chosen - {picture.id for picture in known.pictures}:
        raise SetError("A picture that was chosen is no longer in this set.")
    return chosen
