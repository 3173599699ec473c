"""What the network draws while it learns, two or three times a second, for those who look on (``runs/moments.py``).

**By the clock, and within a share of it.** A moment that took a while puts the next one off until all of them together
have taken no more than ``SHARE`` of the time. So a slow network gets fewer of them, but first it gets them cheaper,
with fewer dots. The five moments of the first epoch that stay with the run come when they are due; the others then come
a little slower until these are paid for.

**A decoration.** It draws no random number of the training's and changes nothing of it; one that fails (a full disk)
is left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from vae_core.analysis.sampling import sample_codes, sample_prior
from vae_core.datasets.spec import Split
from vae_core.model import Autoencoder
from vae_core.runs import moments
from vae_core.runs.films import examples_of
from vae_core.runs.moments import PARTS, REBUILT, TILE, WIDEST, Moment, dots_of
from vae_core.runs.run import Run
from vae_core.training.snapshots import LATENT_IMAGES

SHARE = 0.03  # of the time
SOONEST, WANTED = 1 / 3, 0.45  # seconds from one to the next, at least; and what slow networks are made cheaper for
SLOWER = 0.25  # by how much at most they come later while something is to be paid for
FEWEST_DOTS = 60
AFTER_TROUBLE = 10.0  # seconds until another try
SEED = 0  # of the invented pictures' codes, as on the pages


class Moments:
    """Writes what a network draws, while it learns."""

    def __init__(
        self, run: Run, model: Autoencoder, test: Split, images: Tensor,
        clock: Callable[[], float] = time.perf_counter, *, on: bool = True,
    ) -> None:  # fmt: skip
        """``images``: those of ``test``, (n, pixels) uint8 on the model's device. ``clock`` stops in pauses."""
        self.run, self.model, self.clock, self.on = run, model, clock, on
        self.layout = moments.layout_of(run.config)
        self.examples = images[list(examples_of(test.labels[:LATENT_IMAGES], REBUILT))]
        self.dots = images[dots_of(min(len(images), LATENT_IMAGES)).tolist()]
        self.mean = np.zeros((len(self.dots), model.latent_dim), np.float32)
        self.due, self.written, self.part = 0.0, 0, 0  # part: of the first epoch, the last that was kept
        self._owed = 0.0  # seconds that must go by for what stayed with the run
        self._each_dot = self._others = 0.0  # seconds that the last moment took, for a dot and for all else

    def begin(self, step: int, epoch: int) -> None:
        """Before the first step: what the network draws that was just made, or read. That takes no time of learning."""
        self.part = PARTS[-1] if epoch else 0
        if self.on:
            self._take(step, epoch)
            self.due, self._owed = self.clock(), 0.0

    def after_step(self, step: int, epoch: float) -> None:
        """``epoch``: with the share of the present one that is learned, e.g. 0.25."""
        if not self.on:
            return
        passed = max((part for part in PARTS if self.part < part <= 32 * epoch < 32), default=0)
        if passed or self.clock() >= self.due:
            self.part = max(self.part, passed)
            self._take(step, epoch, passed)

    def _take(self, step: int, epoch: float, part: int = 0) -> None:
        if self.dots.is_cuda and torch.cuda.is_current_stream_capturing():
            return  # whatever is asked of the card now becomes part of a recording
        started, least = self.clock(), SOONEST
        try:
            self._write(self._look(step, epoch, whole=bool(part) or not self.written), part)
        except Exception:  # a decoration, which never decides over a training
            least = AFTER_TROUBLE
        worth = (self.clock() - started) / SHARE  # the time of which that was its share
        if part:
            self._owed += worth
            self.due = max(self.due, started + least)
            return
        wait = max(least, worth)
        wait += min(self._owed, SLOWER * wait)
        self._owed = max(self._owed - (wait - worth), 0.0)
        self.due = started + wait

    def _write(self, moment: Moment, part: int) -> None:
        started = self.clock()
        if not np.isfinite(moment.mean).all():
            raise ValueError("numbers that grow without limit")
        moments.write(self.run.path / moments.LIVE[self.written % len(moments.LIVE)], moment)
        self.written += 1
        if part:
            (self.run.path / "moments").mkdir(exist_ok=True)  # not its parents: a run that was deleted stays away
            moments.write(moments.kept_file(self.run, part), moment)
        self._others += self.clock() - started

    @torch.no_grad()
    def _look(self, step: int, epoch: float, whole: bool) -> Moment:
        """What the network draws now, asked for in two goes. ``whole``: with all its dots."""
        started = self.clock()
        codes = self._encode(len(self.dots) if whole else self._affordable())
        since, layout, window = self.clock(), self.layout, None
        wanted = [codes, self._samples(layout.invented)]
        if layout.side:
            window = moments.window_of(self.run.config, self.mean)
            wanted.append(moments.places_on(window, layout.side))
        every = torch.from_numpy(np.concatenate(wanted).astype(np.float32)).to(self.dots.device)
        rebuilt, invented, *plane = self.model.decode(every).split([len(some) for some in wanted])
        found = Moment(
            epoch, step, round(started, 3), self._drawn(rebuilt, WIDEST), self._drawn(invented, WIDEST),
            self.mean.astype(np.float16), self._drawn(plane[0], TILE) if plane else None, window,
        )  # fmt: skip
        self._others = self.clock() - since
        return found

    def _affordable(self) -> int:
        """How many dots there is time for, so that moments can come when they are wanted. It never leaps."""
        left = SHARE * WANTED - self._others
        count = int(left / max(self._each_dot, 1e-9)) - len(self.examples)
        before = len(self.mean)
        return min(max(count, FEWEST_DOTS, before // 2), before + before // 4, len(self.dots))

    def _encode(self, count: int) -> np.ndarray:
        """The codes (n, d) of the test pictures that are rebuilt; with them the means of so many dots."""
        started = self.clock()
        some = torch.cat([self.examples, self.dots[:count]])
        codes = self.model.encode(some.float().mul_(1 / 255)).mean.cpu().numpy()
        self.mean = codes[len(self.examples) :]
        self._each_dot = (self.clock() - started) / len(codes)
        return codes[: len(self.examples)]

    def _samples(self, count: int) -> np.ndarray:
        """The codes of the invented pictures: the same rolls every time."""
        if self.run.config.is_vae:
            return sample_prior(count, self.model.latent_dim, SEED)
        return sample_codes(self.mean, count, SEED)

    def _drawn(self, images: Tensor, most: int) -> np.ndarray:
        """Images (n, pixels) in [0, 1] as bytes, no more than ``most`` pixels to a side: larger ones are averaged."""
        if (by := moments.factor(self.model.shape, most)) > 1:
            images = F.avg_pool2d(images.view(-1, *self.model.shape), by, ceil_mode=True).flatten(1)
        return images.nan_to_num(0.0).mul(255).round().byte().cpu().numpy()
