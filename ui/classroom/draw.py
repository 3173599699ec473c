"""Draw together: “Everybody, a 7”. All drawings appear on one map of a model of two numbers, as they are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from ui.classroom import collection
from ui.classroom.placed import Placed, as_model_has, by_cost, placed
from ui.components import drawing_view, mini_map
from ui.components.bridge import component, size_of, token
from ui.components.drawing_pad import digit_pad
from ui.components.image_picker import End
from ui.components.image_rows import Row, image_rows
from ui.components.images import sprite
from ui.components.morph_path import walk
from ui.components.morph_player import morph_player
from ui.components.payloads.classroom import ClassMapData
from ui.shell import browser_input, live, run_picker
from ui.shell.class_errors import in_class, tried
from ui.shell.errors import plain
from ui.shell.seat import Seat
from ui.store import cache, run_index
from ui.text.articles import article
from vae_core.classroom import drawings, rooms
from vae_core.classroom.drawings import Drawing, Prompt
from vae_core.classroom.rooms import Room
from vae_core.classroom.store import ClassroomError
from vae_core.datasets.drawing import MNIST, as_mnist
from vae_core.runs.index import find_run
from vae_core.runs.run import Run

KIND, MODEL, NO_BREAK = "draw", "two-knobs", "\u00a0"
SHOWN = 300  # drawings on the map, the newest
COLUMNS = 20  # of their sheet
ENDS = 4  # most typical and most unusual ones
OUTSIDE = 0.01  # the share of dots that may lie outside of the map, each way
FRAMES, FILM = 33, 9  # of a morph
MAP = "class_map"


def run_of(activity: Mapping[str, Any]) -> Run:
    """The model whose map it is, which pupils see as by a link. Raises ClassroomError if it is gone."""
    run = find_run(str(activity.get("run")))
    if run is None or not run_index.standing(run)[1] or not is_plane(run):
        raise ClassroomError("The model of this map is no longer here; begin anew.")
    return run


def is_plane(run: Run) -> bool:
    """Whether a run has a map of two numbers on which drawings like MNIST's have a place."""
    return run.config.latent_dim == 2 and run.dataset.shape == MNIST


def prompt_of(room: Room, activity: Mapping[str, Any]) -> Prompt | None:
    return next((each for each in drawings.prompts(room.code) if each.id == activity.get("prompt")), None)


def label_of(run: Run, activity: Mapping[str, Any]) -> int | None:
    """The class that was to be drawn, if the model has such classes."""
    label = browser_input.place(activity.get("label"), len(run.dataset.label_names))
    return label if run.dataset.has_classes else None


# ---- the teacher


def begin(seat: Seat, room: Room) -> None:
    """What shall everybody draw?"""
    _choice(seat, room, None, None)


def _choice(seat: Seat, room: Room, run: Run | None, label: int | None) -> None:
    models = run_picker.ready(is_plane)
    if not models:
        raise ClassroomError("There is no model of two numbers here; train one first.")
    ids = list(models)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = run.id if run else MODEL
        chosen = st.selectbox(
            "On the map of", ids, ids.index(first) if first in ids else 0, key="class_model", width=400,
            format_func=lambda name: run_picker.label(models[name]),
        )  # fmt: skip
        model = models[chosen if chosen in models else ids[0]]
        following = _not_drawn_yet(room, model, -1 if label is None else label)
        what = st.selectbox(
            "Everybody draws", range(len(model.dataset.label_names)), following,
            key=f"class_draws_{model.id}_{following}", format_func=lambda place: words_for(model, place), width=180,
        )  # fmt: skip
        st.button(
            "Let them draw" if run is None else "Next", key="class_invite", icon=":material/campaign:",
            type="primary" if run is None else "secondary", on_click=tried, args=(invite, seat, model.id, what),
        )  # fmt: skip


def _not_drawn_yet(room: Room, run: Run, label: int) -> int:
    """The next class after a label that this room has not drawn; the first if it has drawn all."""
    drawn, count = {prompt.words for prompt in drawings.prompts(room.code)}, len(run.dataset.label_names)
    following = [(label + step) % count for step in range(1, count + 1)]
    return next((each for each in following if words_for(run, each) not in drawn), 0)


def words_for(run: Run, label: int) -> str:
    """What is to be drawn, in words: “a 7”, “an 8”."""
    if not run.dataset.has_classes:
        return run.dataset.one
    name = run.dataset.label_names[label]
    return f"{article(name)} {name}" if len(name) < 3 else name


def invite(seat: Seat, run_id: str, label: int) -> None:
    """Let everybody draw. Raises ClassroomError."""
    run = run_of({"run": run_id})
    prompt = drawings.invite(seat.code, seat.teacher, words_for(run, label))
    rooms.set_activity(
        seat.code, seat.teacher, {"kind": KIND, "prompt": prompt.id, "run": run.id, "label": label}
    )  # fmt: skip


def teacher(seat: Seat, room: Room, activity: Mapping[str, Any]) -> None:
    """The map as it fills, the most typical and the most unusual, a morph of two, and the collection."""
    run, prompt = run_of(activity), prompt_of(room, activity)
    label = label_of(run, activity)
    if prompt is not None:
        with st.container(key="class_drawn"):
            st.fragment(_map)(seat, run, prompt, label)
    _choice(seat, room, run, label)
    if prompt is not None:
        st.fragment(_morph)(seat, run, prompt)
    st.fragment(collection.collection)(seat)


def _map(seat: Seat, run: Run, prompt: Prompt, label: int | None) -> None:
    live.redraw_when_changed(seat.code, teacher=True)
    with in_class():
        found = _found(seat, run, prompt)
        left, right = st.columns([3, 2], gap="medium")
        with left:
            _class_map(key=MAP, data=payload(run, found[-SHOWN:], label, _chosen(found)), on_drawing_change=_picked)
        with right:
            st.markdown(f"### Everybody draws {plain(prompt.words).replace(' ', NO_BREAK)}")
            st.markdown(in_words(run, found, label))
            _moderate(seat, found)
            _extremes(run, found)


def _found(seat: Seat, run: Run, prompt: Prompt) -> list[Placed]:
    return placed(run, run_picker.film(run)[-1], drawings.of_prompt(seat.code, prompt.id))


def in_words(run: Run, found: list[Placed], label: int | None) -> str:
    """How many there are, and where they lie."""
    if not found:
        return "No drawing yet. Each appears where the encoder places it, as soon as it is sent."
    many = "1 drawing." if len(found) == 1 else f"{len(found)} drawings."
    if label is None:
        return many
    there, name = sum(each.label == label for each in found), plain(run.dataset.label_names[label])
    return f"{many} **{there} of {len(found)}** landed where most of the test pictures around them show **{name}**."


_class_map = component("class_map", "classroom/class_map.js")


def payload(run: Run, found: list[Placed], label: int | None, chosen: int | None) -> ClassMapData:
    """What ``static/classroom/class_map.js`` draws."""
    path, epoch = str(run.path), run_picker.film(run)[-1]
    dots, basis = mini_map.payload(path, (epoch,)), mini_map.basis(path, epoch)
    places = np.zeros((0, 2)) if not found else mini_map.project(basis, np.stack([each.code for each in found]))
    return {
        "points": dots["points"][0], "labels": dots["labels"], "names": dots["names"], "label": label,
        "range": mini_map.with_room({**dots, "range": _middle(path, epoch)}, places)["range"],
        "drawings": [
            {"id": each.drawing.id, "x": float(x), "y": float(y), "words": f"A drawing by {each.drawing.by}"}
            for each, (x, y) in zip(found, places, strict=True)
        ],
        "png": sheet([each.drawing for each in found]), "columns": COLUMNS, "size": size_of(run), "chosen": chosen,
        "version": token(run.id, epoch, label, chosen, [(each.drawing.id, each.drawing.by) for each in found]),
    }  # fmt: skip


@cache.cached(50)
def _middle(path: str, epoch: int) -> list[list[float]]:
    """The part of the map that holds nearly all dots: on a projector the rest is empty."""
    places = mini_map.project(mini_map.basis(path, epoch), cache.latents(path, epoch).mean)
    low, high = np.quantile(places, [OUTSIDE, 1 - OUTSIDE], axis=0)
    return [[float(a), float(b)] for a, b in zip(low, high, strict=True)]


def sheet(shown: list[Drawing]) -> str:
    """The drawings in lines of COLUMNS, white on black; "" without any."""
    if not shown:
        return ""
    lines = -(-len(shown) // COLUMNS)
    pixels = b"".join(each.pixels for each in shown).ljust(lines * COLUMNS * MNIST.pixels, b"\0")
    return sprite(np.frombuffer(pixels, np.uint8).reshape(lines, COLUMNS, *MNIST[1:]))


def _picked() -> None:
    """A click on a drawing; another click on the same takes the choice back."""
    number = browser_input.whole_number(browser_input.sent(MAP, "drawing"), 0, 2**53)
    st.session_state["class_drawing"] = None if number == st.session_state.get("class_drawing") else number


def _chosen(found: list[Placed]) -> int | None:
    return browser_input.one_of(st.session_state.get("class_drawing"), [each.drawing.id for each in found])


def _moderate(seat: Seat, found: list[Placed]) -> None:
    """What can be done about the drawing that was clicked."""
    one = next((each.drawing for each in found if each.drawing.id == _chosen(found)), None)
    if one is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"By **{plain(one.by)}**", width="content")
            st.button(
                "Remove it", key="class_remove", icon=":material/delete:", on_click=tried,
                args=(drawings.remove, seat.code, seat.teacher, one.id),
            )  # fmt: skip


def _extremes(run: Run, found: list[Placed]) -> None:
    """The most typical and the most unusual drawings, each above what the model makes of it."""
    from vae_core.analysis.sampling import decode

    usual, unusual = by_cost(found, ENDS)
    if not usual:
        return
    model = cache.model(str(run.path), run_picker.film(run)[-1])
    rows = []
    for name, some, note in (
        ("Most typical", usual, "cheap to describe"), ("Most unusual", unusual, "costly to describe")
    ):  # fmt: skip
        copies = decode(model, np.stack([each.code for each in some]))
        drawn = np.stack([each.image for each in some])
        rows += [
            Row(name, drawn[None], f"{name}: {len(some)} drawings", note, "x", columns=ENDS),
            Row("", copies[None], "The same, as the model redraws them", "the model’s copy", "decoder", columns=ENDS),
        ]
    image_rows("class_extremes", "class", [0], rows, follow=False)


def _morph(seat: Seat, run: Run, prompt: Prompt) -> None:
    """Two drawings of the class, one turning into the other: at first the most typical and the most unusual."""
    live.redraw_when_changed(seat.code, teacher=True)
    with in_class():
        found = {each.drawing.id: each for each in _found(seat, run, prompt)[-SHOWN:]}
        names = _names(found)
        if len(found) < 2:
            return
        (usual, *_), (unusual, *_) = by_cost(list(found.values()), 1)
        st.markdown("#### From one drawing to another")
        ends = []
        with st.container(horizontal=True):
            for which, suggested in (("From", usual), ("To", unusual)):
                key = f"class_{which.lower()}_{prompt.id}"
                chosen = browser_input.one_of(browser_input.in_widget(key), found)
                ids = list(found)
                ends.append(st.selectbox(
                    which, ids, ids.index(suggested.drawing.id if chosen is None else chosen), width=240,
                    key=key, format_func=lambda number: plain(names.get(number, "")),
                ))  # fmt: skip
        start, end = (found[number if number in found else next(iter(found))] for number in ends)
        epoch = run_picker.film(run)[-1]
        first, last = (End(drawing=each.image.tobytes()) for each in (start, end))
        pictures = walk(str(run.path), (epoch,), first, last, FRAMES, "straight")
        words = f"Morph from a drawing by {start.drawing.by} to one by {end.drawing.by}"
        note = "each step is a code, decoded"
        morph_player(run.id, [epoch], [Row("Through the codes", pictures, words, note, "decoder", [epoch])], film=FILM)


def _names(found: Mapping[int, Placed]) -> dict[int, str]:
    """Each drawing by its pupil's name, with a number where they drew several."""
    many, seen, names = Counter(each.drawing.pupil for each in found.values()), Counter[int](), {}
    for number, each in found.items():
        seen[each.drawing.pupil] += 1
        alone = many[each.drawing.pupil] == 1
        names[number] = each.drawing.by if alone else f"{each.drawing.by}, drawing {seen[each.drawing.pupil]}"
    return names


# ---- a pupil


def pupil(seat: Seat, room: Room, activity: Mapping[str, Any]) -> None:
    """The pad, and what the model makes of one's own drawings."""
    run, prompt = run_of(activity), prompt_of(room, activity)
    if prompt is None:
        return
    mine = drawings.of_pupil(seat.code, seat.token, prompt.id)
    st.markdown(f"#### Everybody draws {plain(prompt.words)}")
    if prompt.is_open:
        digit_pad(plain(prompt.words), turn=f"{prompt.id}-{mine[-1].id if mine else 0}", by_hand=True)
        st.button(
            "Send it" if not mine else "Send another one", key="class_send_drawing", type="primary",
            icon=":material/send:", width="stretch", on_click=tried, args=(_send, seat, prompt),
        )  # fmt: skip
    if mine:
        many = "It is" if len(mine) == 1 else f"{len(mine)} are"
        st.markdown(f":material/check: {many} on the map.")
        own_rows(run, mine[-ENDS:])


def own_rows(run: Run, mine: list[Drawing]) -> None:
    path, epoch = str(run.path), run_picker.film(run)[-1]
    light = drawing_view.light_ground(path, epoch)
    images = np.stack([as_model_has(each.pixels, light=light) for each in mine])
    copies = np.stack([drawing_view.look(path, epoch, image.tobytes(), 1).rebuilt for image in images])
    rows = [
        Row("Yours", images[None], f"{len(mine)} of your drawings", "", "x", columns=ENDS),
        Row("The model’s copy", copies[None], "The same, as the model redraws them", "", "decoder", columns=ENDS),
    ]
    image_rows("class_own", "class", [0], rows, follow=False)


def _send(seat: Seat, prompt: Prompt) -> None:
    """What is on the pad goes on the map. Raises ClassroomError."""
    drawn = st.session_state.get("drawing")
    image = as_mnist(drawn) if isinstance(drawn, np.ndarray) and drawn.ndim == 2 else None
    if image is None:
        raise ClassroomError("The pad is empty: draw something first.")
    drawings.add(seat.code, seat.token, prompt.id, image.tobytes())
