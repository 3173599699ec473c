"""The browser components: a thin Python face on the modules in ``static/``.

Each is loaded by the browser as a file, once, and cached there; a rerun sends only its data. They are fed whole films
(every epoch, every step of a morph), so that scrubbing asks the server nothing.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from ui import browser_input, glossary, growing
from vae_core.datasets.drawing import PAD
from vae_core.paths import ROOT
from vae_core.runs.run import Run

STATIC = ROOT / "static"
# A new version of a file gets a new address, so that no browser mixes old and new.
VERSION = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(STATIC.glob("*.*")))).hexdigest()[:8]
# It travels with every message, so it is short; what there is to do is in static/shim.js. A server that is just
# starting again may miss a request: ask a few times, under another name each.
SHIM = """const at=n=>new URL("app/static/"+n+"?v=VERSION",document.baseURI).href,
load=k=>import(at("shim.js")+"&"+k).catch(e=>{if(!k)throw e;
return new Promise(f=>setTimeout(f,1e3)).then(()=>load(k-1))});
export default c=>{const s={};load(5).then(m=>m.start(c,"MODULE",at,s));return()=>s.end?s.end():s.gone=1}"""


def component(name: str, module: str) -> Any:
    """A component of ours whose browser side is a module in ``static/``."""
    js = SHIM.replace("VERSION", VERSION).replace("MODULE", module)
    return st.components.v2.component(f"latent_lab_{name}", js=js, isolate_styles=False)


_curves = component("curves", "curves.js")
_rows = component("rows", "rows.js")
_epoch = component("epoch", "epoch.js")
_map = component("map", "map.js")
_player = component("player", "player.js")
_living = component("living", "living.js")
_pad = component("pad", "pad.js")
_feed = component("feed", "feed.js")
_figures = component("figures", "figures.js")
_code = component("code", "code.js")
_duel = component("duel", "duel.js")
_tour = component("tour", "tour.js")
_pick = component("pick", "pick.js")
_small = component("small_map", "smallmap.js")
_told = component("told", "told.js")
_turn = component("turn", "turn.js")
_chosen = component("chosen", "chosen.js")
_lengths = component("lengths", "lengths.js")
_rest = component("rest", "rest.js")
_words = component("words", "words.js")
_unusual = component("unusual", "unusual.js")
_address = component("address", "address.js")
_grid = component("grid", "grid.js")
_story = component("story", "story.js")
_knobs = component("knobs", "knobs.js")
_manifold = component("manifold", "manifold.js")
_wander = component("wander", "wander.js")
_glossary = component("glossary", "glossary.js")
_visitor = component("visitor", "visitor.js")


def token(*parts: object) -> str:
    """A short name for what a component shows, so that it draws anew only when that changes."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def base64_of(array: np.ndarray, kind: str) -> str:
    """An array as the browser reads it: ``f2``, ``f4`` or ``u1``, little-endian, in base64."""
    return base64.b64encode(np.ascontiguousarray(array, np.dtype(kind).newbyteorder("<")).tobytes()).decode()


def sprite(images: np.ndarray) -> str:
    """Images (rows, columns, h, w) uint8 as one PNG, rows under each other, in base64."""
    return _sprite(images.tobytes(), images.shape)


@lru_cache(maxsize=24)  # a film of a long run is a megabyte, and half of what its page has to do
def _sprite(raw: bytes, shape: tuple[int, ...]) -> str:
    return _encoded(_sheet(np.frombuffer(raw, np.uint8).reshape(shape)), "PNG", compress_level=3)


def webp(images: np.ndarray, quality: int = 70) -> str:
    """The same as one WebP: a third of the PNG where there are many, and a little blurred."""
    return _encoded(_sheet(images), "WEBP", quality=quality, method=1)


def _sheet(images: np.ndarray) -> Image.Image:
    rows, columns, h, w = images.shape
    return Image.fromarray(images.transpose(0, 2, 1, 3).reshape(rows * h, columns * w))


def _encoded(image: Image.Image, kind: str, **options: int) -> str:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return base64.b64encode(out.getvalue()).decode()


@dataclass(frozen=True)
class Row:
    """One row of digits: images (epochs, n, 28, 28), or (1, n, 28, 28) if they are the same in every epoch."""

    label: str
    images: np.ndarray
    alt: str
    note: str = ""
    edge: str = ""  # the colour of the thing: x, mean, z, decoder
    epochs: Sequence[int] | None = None
    columns: int = 0  # pictures beside each other; 0: all

    def to_json(self) -> dict[str, Any]:
        count = self.images.shape[1]
        return {
            "label": self.label, "note": self.note, "alt": self.alt, "edge": self.edge, "png": sprite(self.images),
            "epochs": None if self.epochs is None else list(self.epochs),
            "count": count, "columns": self.columns or count,
        }  # fmt: skip


def image_rows(key: str, run_id: str, epochs: Sequence[int], rows: Sequence[Row], *, follow: bool = True) -> None:
    """Rows of digits that follow the epoch slider of a run."""
    show_rows(key, rows_payload(run_id, epochs, rows, follow=follow))


def rows_payload(run_id: str, epochs: Sequence[int], rows: Sequence[Row], *, follow: bool = True) -> dict[str, Any]:
    """What ``static/rows.js`` draws; worth keeping where the same rows are shown again and again."""
    data = [row.to_json() for row in rows]
    return {"run": run_id, "epochs": list(epochs), "rows": data, "follow": follow, "version": token(data)}


def show_rows(key: str, payload: dict[str, Any]) -> None:
    _rows(key=key, data=payload)


def epoch_slider(run: Run, epochs: Sequence[int]) -> None:
    """The one slider that everything on the page, and on the next pages, follows; over it the run's test loss."""
    if len(epochs) == 1 and epochs[0] > 0:
        st.caption(f"Of this model only epoch {epochs[0]} is kept, so there is no film to play.")
    metrics = growing.metrics(run)
    losses = [round(float(metrics[epoch]["test"]["loss"]), 4) for epoch in epochs]
    _epoch(key="epoch_slider", data={"run": run.id, "epochs": list(epochs), "losses": losses, "of": run.config.epochs})


def morph_player(
    run_id: str, epochs: Sequence[int], rows: Sequence[Row], *, film: int = 9, autoplay: bool = False
) -> None:
    """Rows of frames (epochs, frames, 28, 28) under one slider."""
    data = [row.to_json() for row in rows]
    frames = rows[0].images.shape[1]
    payload = {
        "run": run_id, "epochs": list(epochs), "rows": data, "frames": frames, "film": film, "autoplay": autoplay,
        "version": token(data),
    }  # fmt: skip
    _player(key="morph_player", data=payload)


def tell(key: str, name: str, value: Any) -> None:
    """Tell another component something (``hear`` in ``static/lab.js``), whose own data then stay the same message.

    Streamlit sends a large message once and after that only its name, as long as nothing in it changes.
    """
    _told(key=f"{key}_unseen", data={"name": name, "value": value})


def says_when_it_rests() -> None:
    """Gives every page a component of ours, so that it says when it rests (``static/settled.js``)."""
    tell("settled", "page", None)


def chosen_on(name: str, chosen: Any, picked: Callable[[Any], None]) -> None:
    """Stands in the fragment that shows what was picked on a large component elsewhere (``static/chosen.js``).

    ``chosen`` is what is chosen now; ``picked`` is called with what a visitor picks, before the fragment runs again.
    """
    key = f"{name}_unseen"
    _chosen(
        key=key,
        data={"name": name, "chosen": chosen},
        on_picked_change=lambda: picked(browser_input.sent(key, "picked")),
    )


def latent_scatter(payload: dict[str, Any], *, pickable: bool = False) -> None:
    """The map of ``ui.maps``: a Plotly scatter of the means that follows the epoch.

    With ``pickable``, dots can be clicked and groups circled: ``chosen_on("latent_scatter", ...)`` then hears
    ``{"dot": place}``, ``{"group": places}`` or ``{}``.
    """
    _map(key="latent_scatter", data={**payload, "pickable": pickable})


def run_figures(payload: dict[str, Any]) -> None:
    """Three small charts that follow the epoch (``ui.maps.figures``)."""
    _figures(key="run_figures", data=payload)


def duel_curves(payload: dict[str, Any]) -> None:
    """The test curves of two runs on one chart (``ui.compare.curves``)."""
    _duel(key="duel_curves", data=payload)


def code_chart(payload: dict[str, Any]) -> None:
    """Mean and standard deviation of each number of one picture's code (``ui.stories.of_dot``)."""
    _code(key="code_chart", data=payload)


def samples_grid(payload: dict[str, Any]) -> None:
    """Invented pictures; ``chosen_on("sampling_grid", ...)`` hears the place of the one clicked, -1: none."""
    _grid(key="sampling_grid", data=payload)


def sample_story(payload: dict[str, Any]) -> None:
    """``ui.samples.story``: what is known about the chosen picture, and marks on the grid."""
    _story(key="sample_story", data=payload)


def latent_knobs(payload: dict[str, Any]) -> None:
    """``ui.samples.knobs``: a live slider for each dimension; it begins at ``picked("latent_knobs", "start")``."""
    _knobs(key="latent_knobs", data=payload, on_start_change=lambda: None)


def picked(component: str, name: str, offered: Sequence[int]) -> int | None:
    """The place that was last picked in a component; before the first click the one of the address."""
    told = browser_input.sent(component, name)
    return browser_input.one_of(place_asked_for(name) if told is None else told, offered)


def place_asked_for(name: str) -> int | None:
    """A place that the address names, where they are counted from 1."""
    asked = browser_input.asked_number(name)
    return asked - 1 if asked else None


def manifold_grid(payload: dict[str, Any]) -> None:
    """``ui.samples.manifold``: the whole plane of a two-dimensional model, decoded."""
    _manifold(key="manifold_grid", data=payload)


def random_walk(payload: dict[str, Any]) -> None:
    """``ui.samples.walk``: plays in the browser."""
    _wander(key="random_walk", data=payload)


def loss_curves(payload: dict[str, Any]) -> None:
    """The live numbers and curves of ``ui.live``; what stands in ``turns`` is told to the parts of these names."""
    _curves(key="loss_curves", data=payload)


def drawn_again_when(name: str, run_id: str, token: str) -> None:
    """Call it in a fragment: it runs again once the page's poll names another token for it (``turns``).

    So that what seldom changes need not be made and sent at every poll.
    """
    _turn(key=f"{name}_turn_unseen", data={"name": f"{name} {run_id}", "token": token}, on_asked_change=lambda: None)


def living_map(payload: dict[str, Any]) -> None:
    """The start page's picture (``ui.living``): a digit on its way through a model."""
    _living(key="living_map", data=payload)


def tour_bar(payload: dict[str, Any], key: str = "tour_bar") -> int | None:
    """The tour's bar (``ui.tour``), or the door to it. Returns what was pressed: a step's number, or -1 to leave."""
    pressed = _tour(key=key, data=payload, on_go_change=lambda: None)
    return browser_input.whole(browser_input.by_name(pressed, "go"), -1, payload["of"] - 1)


def glossary_links(asked: str | None) -> None:
    """Makes the links between terms (``a[data-term]``) lead to the term on this page; ``asked``: the one on top."""

    def follow() -> None:
        if term := browser_input.word(browser_input.sent("glossary_links", "term"), glossary.ALL):
            browser_input.let_address(term=term)

    _glossary(key="glossary_links", data={"asked": asked}, on_term_change=follow)


def digit_pad() -> np.ndarray | None:
    """What the visitor has drawn, (PAD, PAD) uint8, white on black; None if nothing. Kept for the visit."""
    kept = st.session_state.get("drawing")
    image = Image.fromarray(kept) if kept is not None else None
    seen = 0 if kept is None else zlib.adler32(kept.tobytes())  # the pad sends a drawing until it finds it here
    png = "" if image is None else _encoded(image, "PNG")
    _pad(key="digit_pad", data={"png": png, "sum": seen}, on_pixels_change=_drawn)
    return kept


def _drawn() -> None:
    """Keep what the pad sent, unless it is not a drawing."""
    pixels = browser_input.pixels(browser_input.sent("digit_pad", "pixels"), PAD)
    if pixels is not None:
        st.session_state["drawing"] = pixels if pixels.any() else None


def digit_picker(key: str, payload: dict[str, Any], picked: Callable[[str, str], None]) -> None:
    """The pictures of ``ui.picking``. ``picked`` is called, before the page runs, with an end and its new address."""

    def changed() -> None:
        told = browser_input.text(browser_input.sent(key, "choice"), 40) or ""
        which, _, choice = told.partition(" ")
        if which in payload["ends"] and choice:
            picked(which, choice)

    _pick(key=key, data=payload, on_choice_change=changed)


def small_map(key: str, payload: dict[str, Any]) -> None:
    """The map of ``ui.smallmaps``. ``map_marks`` of the same key says what stands on it."""
    _small(key=key, data={**payload, "map": key})


def map_marks(key: str, marks: Sequence[dict[str, Any]]) -> None:
    """What stands on a small map: marks of ``ui.maps.mark``, which may also be ``dashed`` or have a ``title``."""
    tell(key, f"marks {key}", list(marks))


def morph_lengths(payload: dict[str, Any]) -> None:
    """The chart of ``ui.morphs.lengths``."""
    _lengths(key="morph_lengths", data=payload)


def resting_epoch(key: str, run_id: str, epochs: Sequence[int]) -> int:
    """The epoch at which the visitor has come to rest; call it in a fragment, which then runs again by itself."""
    told = browser_input.epoch(browser_input.sent(key, "epoch"), epochs)
    if told is None:  # not yet: what the address says
        told = browser_input.epoch(browser_input.asked_number("epoch"), epochs)
    epoch = epochs[-1] if told is None else told
    _rest(key=key, data={"run": run_id, "epochs": list(epochs), "epoch": epoch}, on_epoch_change=lambda: None)
    return epoch


def epoch_words(key: str, run_id: str, epochs: Sequence[int], texts: Sequence[str]) -> None:
    """A sentence for each epoch, with **bold** words; only the one of the slider's epoch is seen."""
    _words(key=key, data={"run": run_id, "epochs": list(epochs), "texts": list(texts)})


def address(**choices: object) -> None:
    """Let the address name these choices (``ui.address``)."""
    _address(key="address_unseen", data={"choices": {name: str(value) for name, value in choices.items()}})


def unusual_chart(payload: dict[str, Any]) -> None:
    """The chart of ``ui.drawn.unusual``."""
    _unusual(key="unusual_chart", data=payload)


def decoder_feed(run_id: str, epochs: Sequence[int], decoder_at: Callable[[int], dict[str, Any]]) -> None:
    """Keep the browser supplied with the decoder of the epoch at which the visitor rests; call it in a fragment."""
    told = browser_input.epoch(browser_input.sent("decoder_feed", "epoch"), epochs)
    epoch = epochs[-1] if told is None else told
    data = {"run": run_id, "epochs": list(epochs), "epoch": epoch, "decoder": decoder_at(epoch)}
    _feed(key="decoder_feed", data=data, on_epoch_change=lambda: None)


def visitor_token() -> str:
    """The name that this browser keeps for itself, 32 hexadecimal digits; "" until it has answered."""
    told = _visitor(key="visitor_token", data={}, on_token_change=lambda: None)
    return browser_input.token(browser_input.by_name(told, "token")) or ""
