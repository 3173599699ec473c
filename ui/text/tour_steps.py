"""The steps of the guided tour: what to do on each page, what the light falls on, and how one sees that it was done.

``done`` holds rules for ``static/shell/tour_witness.js``, any of which suffices. Each counts only what happens after
its step began: ``click`` and ``input`` are what the visitor does to something (``brings``: what must be there then),
``changed`` is a value that is another than it was (``by_itself``: also without a hand on the page), ``address`` the
same of the address, and ``epochs`` a film that was seen from the first epoch to the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Way:
    """What to do on a page that looks so."""

    words: str  # what to do, and what to look at
    light: tuple[str, ...]  # selectors of what it speaks of
    done: tuple[Mapping[str, Any], ...] = ()
    when: str = ""  # a selector: this way is meant once the page has such a thing


@dataclass(frozen=True)
class Keep:
    """A picture for the end: drawn by the visitor or decoded by a model, never one of a dataset."""

    name: str
    selector: str  # of its canvas
    words: str
    note: str = ""  # a selector: what is said there comes after the words


@dataclass(frozen=True)
class Step:
    page: str  # its file in pages/
    title: str
    ways: tuple[Way, ...]  # the first that is meant; the last one always is
    params: Mapping[str, str] = field(default_factory=dict)
    keeps: tuple[Keep, ...] = ()


STEPS = (
    Step("start", "One picture, two numbers", (Way(
        "Press **Roll again** three times. The orange ring jumps around in its bubble, and what the decoder draws "
        "changes only a little.",
        (".ll-scene .dice", ".ll-scene .image"), ({"click": ".ll-scene .dice", "least": 3},)),),
        keeps=(Keep("rolled", ".ll-scene .image", "Decoded from my roll"),)),
    Step("train", "Watch a model learn", (
        Way("This training is over. Press ▶ to watch it learn again, or **New training** to start one.",
            (".ll-birth .bar", ".st-key-new_training_button"),
            ({"changed": "time", "selector": ".ll-birth", "least": 2},), ".ll-birth .bar:not([hidden])"),
        Way("Its pictures get better as you look. The first curve falls: the copies get better. The penalty rises from "
            "almost nothing, because codes that say something cost something. You can move on while it learns.",
            (".ll-birth",),
            ({"changed": "moment", "selector": ".ll-birth", "least": 3, "by_itself": True},), ".ll-birth"),
        Way("Press **Start** below the three cards. The model’s pictures appear at once, and get better "
            "as you look.",
            (".st-key-start_training",), ({"click": ".st-key-start_training button", "brings": ".ll-birth"},)),
        ), keeps=(Keep("training", ".ll-birth .samples canvas", "Samples of my own training", ".ll-birth .words b"),)),
    Step("map", "Every picture has its place", (Way(
        "Take the **epoch slider** back to “untrained”, then press ▶. The classes separate by themselves, though "
        "nobody told the model what a 3 is.",
        (".st-key-epoch_slider .bar",), ({"epochs": [0, 3]},)),), {"run": "two-knobs"}),
    Step("map", "Who is this dot?", (Way(
        "**Click a dot.** You see its picture, what the model makes of it, and its neighbours. Then point at an empty "
        "place: the decoder draws there, too.",
        (".st-key-latent_scatter .plot",), ({"address": "dot"},)),), {"run": "two-knobs"}),
    Step("samples", "Pictures from nothing", (Way(
        "Press **Roll the dice**. No picture goes in, only random numbers. Many become digits, because training pulled "
        "the codes to where the rolls land.",
        (".st-key-new_samples",), ({"click": ".st-key-new_samples button"},)),), {"run": "lecture"},
        (Keep("samples", ".st-key-sampling_grid .sheet canvas", "Samples of my rolls"),)),
    Step("morph", "A 3 becomes an 8", (Way(
        "Move the **slider** under the pictures. Mixing pixels gives a double exposure; walking through the codes "
        "mostly gives digits.",
        (".st-key-morph_player .bar",), ({"input": ".st-key-morph_player input[type=range]"},)),), {"run": "lecture"},
        (Keep("morph", ".st-key-morph_player .film .strip[style*=ll-decoder] canvas", "From one to the other"),)),
    Step("autoencoder", "Why the noise?", (Way(
        "A hundred new pictures of each come first. Below them, **drag the ring** on the classic autoencoder’s map "
        "into empty space: it never learned what belongs there. The VAE’s map has fewer holes.",
        (".st-key-holes section",), ({"changed": "z", "selector": ".st-key-holes [data-z]"},)),)),
    Step("bubbles", "Two forces", (Way(
        "Move **beta** under the bubbles. Without a penalty they shrink and lie far apart. With a large one they grow "
        "and overlap.",
        (".st-key-bubble_scene .glide",),
        ({"changed": "beta", "selector": ".st-key-bubble_scene [data-beta]", "not": ""},)),)),
    Step("loss", "The price of order", (Way(
        "Move **beta**. More penalty: tidier codes, worse pictures. Each point is a real, trained model.",
        (".st-key-tradeoff .knobs",), ({"changed": "beta", "selector": ".st-key-tradeoff [data-beta]"},)),)),
    Step("missions", "Predict, then look", (
        Way("You have answered all missions. Press **Start over** to predict anew, or go on: the last page is yours.",
            (".st-key-start_over",), ({"click": ".st-key-start_over button"},), ".st-key-start_over"),
        Way("Choose an answer to one **mission** and press **Look**. A wrong guess teaches more than a right one. The "
            "other missions will wait for you.",
            (".st-key-mission_box",), ({"click": ".st-key-commit_mission button"},)),
        )),
    Step("draw", "Now you", (Way(
        "**Draw a digit.** The model says where it belongs, draws it again, and imagines others. Then press "
        "**Finish**: there is something for you to keep.",
        (".st-key-digit_pad canvas",), ({"changed": "sum", "selector": ".st-key-digit_pad .ll-pad", "not": "0"},)),),
        {"run": "lecture"},
        (Keep("drawing", ".st-key-digit_pad .ll-pad:not([data-sum='0']) canvas", "Drawn by me"),
         Keep("rebuilt", ".st-key-drawn_rebuilt canvas", "Redrawn from 20 numbers"),
         Keep("imagined", ".st-key-drawn_rows .strip[style*=ll-z] canvas", "Others that it imagined"))),
)  # fmt: skip
