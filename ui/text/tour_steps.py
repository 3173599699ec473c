"""The steps of the guided tour: what to do on each page, and how the browser notices that it was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    page: str  # its file in pages/
    title: str
    words: str  # what to do, and what to look at
    done: Mapping[str, Any]  # how ``static/shell/tour.js`` notices that it was done
    params: Mapping[str, str] = field(default_factory=dict)


STEPS = (
    Step("start", "One picture, two numbers", "Press **Roll again** three times. The orange ring jumps around in its "
         "bubble, and what the decoder draws changes only a little.",
         {"attribute": "throws", "selector": ".ll-scene .map", "least": 3}),
    Step("train", "Watch one learn", "Press **Start** at the end of the form. The first curve falls: the copies get "
         "better. The penalty rises, because codes that say more cost more. You can move on while it learns.",
         {"selector": ".st-key-loss_curves canvas"}),
    Step("map", "Every picture has its place", "Take the **epoch slider** back to “untrained”, then press ▶. The "
         "classes separate by themselves, though nobody told the model what a 3 is.",
         {"epochs": [0, 3], "run": "two-knobs"}, {"run": "two-knobs"}),
    Step("map", "Who is this dot?", "**Click a dot.** You see its picture, what the model makes of it, and its "
         "neighbours. Then point at an empty place: the decoder draws there, too.",
         {"address": "dot"}, {"run": "two-knobs"}),
    Step("samples", "Pictures from nothing", "Press **Roll the dice**. No picture goes in: random numbers become "
         "digits, because training pulled all codes to where the rolls land.",
         {"click": ".st-key-new_samples button"}, {"run": "lecture"}),
    Step("morph", "A 3 becomes an 8", "Move the **slider** under the pictures. Mixing pixels gives a double exposure; "
         "walking through the codes gives digits all the way.",
         {"moved": ".st-key-morph_player input[type=range]"}, {"run": "lecture"}),
    Step("autoencoder", "Why the noise?", "A hundred new pictures of each come first. Below them, **drag the ring** "
         "on the classic autoencoder’s map into empty space: it never learned what belongs there. The VAE’s map has "
         "fewer holes.",
         {"selector": ".st-key-holes [data-z]", "changed": "z"}),
    Step("bubbles", "Two forces", "Take the **epoch slider** back, then press ▶. Without a penalty the bubbles shrink "
         "and fly apart. With a large one they pile up on each other.",
         {"selector": ".st-key-bubbles [data-epoch]", "changed": "epoch"}),
    Step("loss", "The price of order", "Scroll to the end and move **beta**. More penalty: tidier codes, worse "
         "pictures. Each point is a real, trained model.",
         {"selector": ".st-key-tradeoff [data-beta]", "changed": "beta"}),
    Step("missions", "Predict, then look", "Choose an answer to one **mission** and press **Look**. A wrong guess "
         "teaches more than a right one. The other missions will wait for you.",
         {"click": ".st-key-commit_mission button"}),
    Step("draw", "Now you", "**Draw a digit.** The model says where it belongs, draws it again, and imagines others. "
         "That is the end of the tour: every page in the menu is yours now.",
         {"selector": ".st-key-drawn_rows canvas"}, {"run": "lecture"}),
)  # fmt: skip
