"""What the network draws while it learns, two or three times a second, for those who look on (``runs/moments.py``).

**By the clock, and within a share of it.** A moment that took a while puts the next one off until all of them together
have taken no more than ``SHARE`` of the time. So a slow network gets fewer of them, but first it gets them cheaper: of
its dots only some are measured anew each time, in turn. The moments of the first epoch that stay with the run come when
they are due, and the others wait until these are paid for.

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

from vae_core.analysis.interpolation import manifold
from vae_core.analysis.sampling import sample_codes, sample_prior
from vae_core.datasets.spec import Split
from vae_core.model import Autoencoder
from vae_core.runs import moments
from vae_core.runs.films import examples_of
from vae_core.runs.moments import DOTS, PARTS, REACH, REBUILT, TILE, WIDEST, Moment
from vae_core.runs.run import Run
from vae_core.training.snapshots import LATENT_IMAGES

SHARE = 0.03  # of the time
SOONEST, WANTED = 1 / 3, 0.45  # seconds from one to the next, at least; and what slow networks are made cheaper for
FEWEST_DOTS = 40  # that are measured anew
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
        self.dots = images[:DOTS]
        self.mean = np.zeros((len(self.dots), model.latent_dim), np.float32)
        self.due, self.written, self.part = 0.0, 0, 0  # part: of the first epoch, the last that was kept
        self._next_dot = 0
        self._each_dot = self._others = 0.0  # seconds that the last moment took, for a dot and for all else

    def begin(self, step: int, epoch: int) -> None:
        """Before the first step: what the network draws that was just made, or read. That takes no time of learning."""
        self.part = PARTS[-1] if epoch else 0
        if self.on:
            self._take(step, epoch)
            self.due = self.clock()

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
        took = self.clock() - started
        self.due = max(self.due, started) + max(least, took / SHARE)

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
        """What the network draws now. ``whole``: with all its dots."""
        started = self.clock()
        self._measure(len(self.dots) if whole else self._affordable())
        since = self.clock()
        layout, window, plane = self.layout, None, None
        rebuilt = self.model.decode(self.model.encode(_floats(self.examples)).mean)
        if layout.side:
            window = self._window()
            places = manifold(layout.side, 1.0) * (window[:, 1] - window[:, 0]) / 2 + window.mean(1)
            plane = self._drawn(self._decoded(places.reshape(-1, 2)), TILE)
        invented = self._decoded(self._codes(layout.invented))
        found = Moment(
            epoch, step, round(started, 3), self._drawn(rebuilt, WIDEST), self._drawn(invented, WIDEST),
            self.mean.astype(np.float16), plane, window,
        )  # fmt: skip
        self._others = self.clock() - since
        return found

    def _affordable(self) -> int:
        """How many dots there is time for, so that moments can come when they are wanted."""
        left = SHARE * WANTED - self._others
        return min(max(int(left / max(self._each_dot, 1e-9)), FEWEST_DOTS), len(self.dots))

    def _measure(self, count: int) -> None:
        """The means of the next so many dots."""
        started = self.clock()
        places = (self._next_dot + np.arange(count)) % len(self.dots)
        self._next_dot = int(places[-1] + 1)
        some = self.dots if count == len(self.dots) else self.dots[torch.from_numpy(places).to(self.dots.device)]
        codes = self.model.encode(_floats(some)).mean.cpu().numpy()
        self.mean[places if count < len(self.dots) else slice(None)] = codes
        self._each_dot = (self.clock() - started) / count

    def _codes(self, count: int) -> np.ndarray:
        """The codes of the invented pictures: the same rolls every time."""
        if self.run.config.is_vae:
            return sample_prior(count, self.model.latent_dim, SEED)
        return sample_codes(self.mean, count, SEED)

    def _window(self) -> np.ndarray:
        """The piece of the plane that is shown: of a VAE always the same, else where the dots are. (2, 2) float32."""
        if self.run.config.is_vae:
            return np.array([[-REACH, REACH], [-REACH, REACH]], np.float32)
        low, high = np.quantile(self.mean, 0.01, axis=0), np.quantile(self.mean, 0.99, axis=0)
        middle, reach = (low + high) / 2, 1.1 * max(float((high - low).max()) / 2, 0.05)
        return np.stack([middle - reach, middle + reach], axis=1).astype(np.float32)

    def _decoded(self, codes: np.ndarray) -> Tensor:
        return self.model.decode(torch.from_numpy(codes.astype(np.float32)).to(self.dots.device))

    def _drawn(self, images: Tensor, most: int) -> np.ndarray:
        """Images (n, pixels) in [0, 1] as bytes, no more than ``most`` pixels to a side: larger ones are averaged."""
        if (by := moments.factor(self.model.shape, most)) > 1:
            images = F.avg_pool2d(images.view(-1, *self.model.shape), by, ceil_mode=True).flatten(1)
        return images.nan_to_num(0.0).mul(255).round().byte().cpu().numpy()


def _floats(images: Tensor) -> Tensor:
    """Images (n, pixels) uint8 as the network takes them."""
    return images.float().mul_(1 / 255)
