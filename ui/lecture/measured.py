"""What the lecture's scenes show, measured on the gallery's models of two numbers. Nothing here draws or speaks."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from ui.components.browser_decoder import decoded
from ui.store import cache, floors
from ui.store.gallery import gallery, last
from vae_core.analysis import posterior
from vae_core.analysis.interpolation import interpolate
from vae_core.runs.run import Latents, Run, RunError

VAE, CLASSIC = "two-knobs", "two-knobs-autoencoder"
BETAS = ("two-knobs-beta-0", "two-knobs", "two-knobs-beta-4")  # the forces are shown in the one in the middle
# Places among the test pictures of the 3 that all scenes are about and of the 8 that it turns into. Chosen by sight: of
# the twelve 3s whose forces are measured it is a clear one, and on the way between their means no other digit is drawn.
PICTURE, OTHER = 103, 1248
DOTS = 1_000  # test pictures on a map that moves
TOGETHER = 2_000  # bubbles in the bubble of bubbles, as on /bubbles
ROLLS = 100
KEPT = (0, 1, 5, 10, 20)  # epochs of the film whose plane is shown
MOMENTS = (0, 1, 2, 3, 5, 8, 13, 20)  # and whose dots
WALK = 16  # pictures on the way into the hole
REACH, TILES, SIDE = 3.0, 24, 10  # the film's sheets: the plane from -3 to 3, in 24 tiles of 10 pixels each way
QUALITY = 40  # of their WebP


@dataclass(frozen=True)
class Bubbles:
    """Some test pictures' bubbles under one beta."""

    beta: float
    mean: np.ndarray  # (n, 2)
    logvar: np.ndarray  # (n, 2)

    @property
    def spread(self) -> float:
        """Root mean square of the distance from the centre."""
        return float(np.sqrt(np.square(self.mean).sum(1).mean()))

    def touching(self, labels: np.ndarray) -> int:
        """How many overlap by more than half with one of another class (n,), as on /bubbles."""
        pairs = posterior.overlap(self.mean[:, None], self.logvar[:, None], self.mean, self.logvar)
        return int(((pairs > 0.5) & (labels[:, None] != labels)).any(1).sum())

    @property
    def radius(self) -> float:
        """The median standard deviation."""
        return float(np.median(np.sqrt(np.exp(self.logvar).mean(1))))


class Lecture:
    """All that is measured for the lecture's page; each part when it is first asked for. Raises RunError."""

    def __init__(self) -> None:
        self.vae, self.classic = gallery(VAE), gallery(CLASSIC)
        self.epoch, self.path = last(self.vae), str(self.vae.path)
        self.latents: Latents = cache.latents(self.path, self.epoch)
        if self.latents.logvar is None or self.vae.config.latent_dim != 2:
            raise RunError(f"The gallery’s model {VAE} is not whole.")
        self.labels = cache.labels(self.path)

    @cached_property
    def forces(self) -> posterior.Forces:
        found = posterior.stored_forces(self.vae)
        if found is None:
            raise RunError(f"The gallery’s model {VAE} has no measured forces.")
        return found

    @cached_property
    def ours(self) -> int:
        """Which of the bubbles with measured forces is our picture's. Raises RunError."""
        if PICTURE not in self.forces.places:
            raise RunError(f"The gallery’s model {VAE} has no measured forces on the lecture’s picture.")
        return int(np.flatnonzero(self.forces.places == PICTURE)[0])

    def picture(self, place: int) -> np.ndarray:
        """A test picture, (pixels,) uint8; where none can be read, as the model redraws it."""
        found = cache.originals(self.vae, np.array([place]))
        if found is None:
            return _bytes(decoded(self.vae, self.epoch, self.latents.mean[[place]]))[0]
        return self.vae.dataset.shape.flat(found)[0]

    # ---- copying

    @cached_property
    def codes(self) -> np.ndarray:
        """The classic model's codes (n, 2) of the same test pictures."""
        return cache.latents(str(self.classic.path), last(self.classic)).mean[: cache.COMMON]

    @cached_property
    def code(self) -> np.ndarray:
        """Our picture's code (2,) in the classic model."""
        return self.codes[PICTURE]

    @cached_property
    def hole(self) -> np.ndarray:
        """A place (2,) between the classic model's codes from which it draws something unlike all that it draws from
        them."""
        codes = self.codes[:DOTS]
        far = float(np.quantile(posterior.gaps(codes), 0.99))
        return posterior.strangest_hole(codes, far, lambda z: decoded(self.classic, last(self.classic), z))

    @cached_property
    def into_the_hole(self) -> np.ndarray:
        """What the classic model draws on the straight way from our code into the hole, (WALK, pixels) uint8."""
        way = interpolate(self.code, self.hole, WALK)
        return _bytes(decoded(self.classic, last(self.classic), way))

    # ---- dice

    @cached_property
    def rolls(self) -> np.ndarray:
        """ROLLS draws (n, 2) from N(0, 1): those of ``sampling.noise``, which would bring torch."""
        draws = [np.random.default_rng([0, k]).standard_normal(ROLLS, np.float32) for k in (0, 1)]
        return np.stack(draws, axis=1)

    def lost(self, codes: np.ndarray) -> int:
        """How many of these rolls fall into a hole between such codes (n, 2): farther from all of them than 99 in 100
        of them from each other."""
        return int((posterior.nearest(codes, self.rolls) > np.quantile(posterior.gaps(codes), 0.99)).sum())

    def come_up(self, codes: np.ndarray) -> int:
        """How many classes are nearest to at least two of these rolls, among codes (n, 2) of test pictures."""
        away = np.linalg.norm(self.rolls[:, None] - codes, axis=-1)
        return int((np.bincount(self.labels[away.argmin(1)]) > 1).sum())

    def beyond(self, codes: np.ndarray) -> float:
        """The share of codes (n, 2) that lie farther out than all of these rolls."""
        reach = np.linalg.norm(self.rolls, axis=1).max()
        return float((np.linalg.norm(codes, axis=1) > reach).mean())

    @cached_property
    def worth(self) -> float:
        """How many rolls without the trick tell the direction as well as one with it: the median of ten pictures."""
        dice = posterior.stored_draws(self.vae)
        std = self.latents.std
        if dice is None or std is None:
            raise RunError(f"The gallery’s model {VAE} has no measured rolls of the dice.")
        trick = posterior.scatter(posterior.with_the_trick(dice.slope, dice.eps)[0])
        plain = posterior.scatter(posterior.without_the_trick(dice.loss, dice.eps, std[dice.places])[0])
        return float(np.median(plain / trick))

    # ---- bubbles

    @cached_property
    def betas(self) -> list[Bubbles]:
        """The bubbles of the same test pictures under each beta."""
        found = []
        for run in map(gallery, BETAS):
            latents = cache.latents(str(run.path), last(run))
            if latents.logvar is None:
                raise RunError(f"The gallery’s model {run.id} has no bubbles.")
            places = self.forces.places
            found.append(Bubbles(run.config.beta, latents.mean[places], latents.logvar[places]))
        return found

    @cached_property
    def pull(self) -> float:
        """How hard the reconstruction pulls at a mean, on average, in nats per unit. The penalty pulls with beta × its
        distance from the centre."""
        return float(np.sqrt(np.square(self.forces.on_mean[-1]).sum(1).mean()))

    @cached_property
    def price(self) -> posterior.Penalty:
        """What our bubble pays, for each of its two numbers."""
        logvar = self.latents.logvar
        assert logvar is not None
        return posterior.penalty(self.latents.mean[[PICTURE]], logvar[[PICTURE]])

    @cached_property
    def together(self) -> tuple[np.ndarray, np.ndarray]:
        """Centre (2,) and standard deviations (2,), the larger first, of TOGETHER bubbles as one."""
        logvar = self.latents.logvar
        assert logvar is not None
        centre, covariance = posterior.aggregate(self.latents.mean[:TOGETHER], logvar[:TOGETHER])
        return centre, np.sqrt(np.linalg.eigvalsh(covariance)[::-1])

    # ---- training

    @cached_property
    def tested(self) -> list[dict[str, float]]:
        """Reconstruction, KL and loss of the test pictures after each epoch, from epoch 0; z drawn at random."""
        return [line["test"] for line in self.vae.metrics()]

    @property
    def floor(self) -> float:
        """What even a perfect copy of a test picture costs on average, nats."""
        return floors.floor_of(self.vae)

    @property
    def kept(self) -> list[int]:
        return [epoch for epoch in self.vae.weight_epochs() if epoch in KEPT]

    def rebuilt(self, epoch: int) -> np.ndarray:
        """What the model makes of our picture's mean after an epoch, (pixels,) uint8."""
        return _bytes(decoded(self.vae, epoch, cache.latents(self.path, epoch).mean[[PICTURE]]))[0]

    def sheet(self, epoch: int) -> bytes:
        """What the decoder draws all over the plane after an epoch, as WebP: TILES x TILES, the top row first."""
        return _sheet(self.vae, epoch)


def centres(codes: np.ndarray, labels: np.ndarray) -> list[list[float]]:
    """Where the name of each class stands: the middle (median) of its codes, (n, 2) of the classes (n,)."""
    places = [np.median(codes[labels == c].astype(float), axis=0) for c in range(int(labels.max()) + 1)]
    return np.array(places).round(3).tolist()


def _sheet(run: Run, epoch: int) -> bytes:
    across = ((np.arange(TILES) + 0.5) / TILES * 2 - 1) * REACH
    codes = np.stack(np.meshgrid(across, across[::-1]), -1).reshape(-1, 2).astype(np.float32)
    height, width = run.dataset.shape[1:]
    tiles = _bytes(decoded(run, epoch, codes)).reshape(TILES, TILES, height, width).swapaxes(1, 2)
    whole = Image.fromarray(tiles.reshape(TILES * height, TILES * width))
    out = io.BytesIO()
    whole.resize((TILES * SIDE, TILES * SIDE), Image.Resampling.BOX).save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def _bytes(pictures: np.ndarray) -> np.ndarray:
    """Pictures in [0, 1] as bytes."""
    return (255 * pictures).round().astype(np.uint8)
