"""What the missions look at: measured on the gallery's runs when it is shown, never written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from ui.components.image_rows import Row
from ui.components.payloads.shared import CurvePanel, TwoRunCurvesData
from ui.store import cache, gallery
from ui.store.floors import floor_of
from ui.text.evidence import Figure, figure
from ui.understand import bubbles
from vae_core import measured
from vae_core.analysis.reference import IN_USE
from vae_core.runs.run import Run

PICTURES, MANY, SEED = 10, 200, 0
ABOUT = 0.1  # what differs by less than this share is about as good: another seed of the dice differs as much


@dataclass(frozen=True)
class Chart:
    """A few measured numbers beside each other."""

    title: str
    bars: tuple[tuple[str, float, str], ...]  # label, value, how the value is written
    most: float | None = None  # what the longest bar would be; None: the largest
    floor: float = 0.0  # what even a perfect copy costs, of each bar


@dataclass(frozen=True)
class Seen:
    """What the runs show."""

    right: int  # the place of the right answer, or the measured number
    sentence: str  # one, with the figures
    charts: tuple[Chart, ...] = ()
    pictures: Callable[[], list[Row]] = list
    curves: TwoRunCurvesData | None = None
    holds: bool = True  # whether it is what the mission explains


def tested(run: Run, what: str = "reconstruction", kind: str = "test") -> float:
    """A test figure at the end of a run, nats per picture; z sampled unless ``kind`` says ``test_mean``."""
    return float(run.metrics()[-1][kind][what])


def samples(run: Run, count: int = MANY, epoch: int | None = None, dice: str = "") -> np.ndarray:
    """(count, height, width) uint8, from the same rolls of the dice for every model; ``dice``: their shape."""
    return cache.samples(str(run.path), gallery.last(run) if epoch is None else epoch, count, SEED, 1.0, dice)


def variety(pictures: np.ndarray) -> float:
    """How different pictures are from each other: the pixels' standard deviation over them (root mean square), 0-1."""
    return float(np.sqrt((pictures / 255).var(0).mean()))


def clear(run: Run, dice: str = "prior") -> Figure:
    """How clear pictures of random codes are, of ten, by seed of the dice (``measured.clearness.THROWS``)."""
    return figure(measured.load("clearness")[run.id][dice]["clear"], 10)


@st.cache_data(show_spinner=False, max_entries=8)
def bubble_size(path: str) -> float:
    """The median standard deviation of all kept bubbles at the end of a run."""
    run = Run(Path(path))
    std = cache.latents(path, gallery.last(run)).std
    assert std is not None
    return float(np.median(std))


def compared(value: float, with_: float, margin: float) -> int:
    """0 if clearly larger, 1 if about the same, 2 if clearly smaller."""
    return 0 if value > with_ * (1 + margin) else 2 if value < with_ * (1 - margin) else 1


def in_nats(title: str, values: Mapping[str, float], floor: float = 0.0) -> Chart:
    bars = tuple((label, value, f"{value:.1f} nats") for label, value in values.items())
    return Chart(title, bars, floor=floor)


def in_numbers(title: str, values: Mapping[str, float], digits: int = 2) -> Chart:
    return Chart(title, tuple((label, value, f"{value:.{digits}f}") for label, value in values.items()))


def of_ten(values: Mapping[str, Figure]) -> Chart:
    title = "Of the ten most similar copies, how many show the same digit"
    return Chart(title, tuple((label, value.mean, f"{value:.1f}") for label, value in values.items()), 10)


def sample_row(run: Run, name: str, epoch: int | None = None) -> Row:
    return Row(name, samples(run, PICTURES, epoch)[None], f"Samples of the model: {name}", "from the same rolls", "z")


def rebuilt_row(run: Run, name: str) -> Row:
    places = cache.examples(str(run.path), PICTURES)
    images = cache.decoded_means(str(run.path), gallery.last(run), places)
    return Row(name, images[None], f"Test pictures rebuilt by the model: {name}", "rebuilt", "decoder")


def noisy_rebuilt_row(run: Run, name: str) -> Row:
    """Rebuilt as in training: each from a random point of its bubble."""
    from vae_core.analysis.sampling import decode, noise

    path, epoch = str(run.path), gallery.last(run)
    places, latents = list(cache.examples(path, PICTURES)), cache.latents(path, epoch)
    assert latents.std is not None
    codes = latents.mean[places] + noise(len(places), run.config.latent_dim, SEED) * latents.std[places]
    return Row(name, decode(cache.model(path, epoch), codes)[None], f"Rebuilt with noise: {name}",
               "rebuilt with noise", "z")  # fmt: skip


def originals(run: Run) -> list[Row]:
    """The originals, where the dataset is on this machine."""
    places = cache.examples(str(run.path), PICTURES)
    images = cache.originals(run, places)
    return [] if images is None else [Row("Test pictures", images[None], "Test pictures", "for all", "x")]


def numbers_in_use() -> Seen:
    found = [gallery.gallery(name) for name in ("beta-0.1", "lecture", "beta-4", "beta-10")]
    use = {run.config.beta: np.array(run.metrics()[-1]["kl_per_dimension"]) for run in found}
    count = {beta: int((kl > IN_USE).sum()) for beta, kl in use.items()}
    each = {f"{k}.": float(kl) for k, kl in enumerate(sorted(use[4.0], reverse=True), start=1)}
    return Seen(
        count[4.0],
        f"With beta 4, {count[4.0]} of 20 numbers say more than {IN_USE} nats about a picture; with beta 1, "
        f"{count[1.0]} do.",
        (
            Chart("Numbers of the code in use", tuple((f"beta {b:g}", n, f"{n} of 20") for b, n in count.items()), 20),
            in_numbers("Beta 4: what each number says, in nats, the largest first", each),
        ),
        lambda: [sample_row(run, f"Beta {run.config.beta:g}") for run in found],
    )


def picked(epochs: Sequence[int]) -> list[int]:
    """The first, the second, one in the middle and the last."""
    return sorted({epochs[0], epochs[min(1, len(epochs) - 1)], epochs[len(epochs) // 3], epochs[-1]})


def one_epoch() -> Seen:
    run = gallery.gallery("lecture")
    losses = [float(record["test"]["loss"]) for record in run.metrics()]
    share = 100 * (losses[0] - losses[1]) / (losses[0] - losses[-1])
    return Seen(
        round(share),
        f"The loss falls from {losses[0]:.0f} to {losses[1]:.0f} nats in the first epoch, and to {losses[-1]:.0f} in "
        f"all ten: {share:.0f}% of the way.",
        (
            in_nats(
                "Loss on test pictures", {f"epoch {epoch}": loss for epoch, loss in enumerate(losses)}, floor_of(run)
            ),
        ),
        lambda: [sample_row(run, f"Epoch {epoch}", epoch) for epoch in picked(run.weight_epochs())],
    )


def below_training() -> Seen:
    run = gallery.gallery("lecture")
    train, sampled, middle = tested(run, "loss", "train"), tested(run, "loss"), tested(run, "loss", "test_mean")
    bars = {"training, noise on": train, "test, noise on": sampled, "test, noise off": middle}
    return Seen(
        2 if sampled - middle > abs(train - sampled) else 0 if sampled < train else 1,
        f"With the noise on, test pictures read {sampled:.1f} nats, and training {train:.1f}. Turning the noise off "
        f"takes {sampled - middle:.1f} nats off the test. The figure of the training was taken on the way: the same "
        f"pictures read {figure(measured.load('learned_from')['again']['lecture']['train']):.1f} with the final "
        "weights.",
        (in_nats("The same model, epoch 10", bars, floor_of(run)),),
        lambda: [*originals(run), rebuilt_row(run, "Noise off"), noisy_rebuilt_row(run, "Noise on")],
    )


def noise_off() -> Seen:
    classic, vae = gallery.gallery("autoencoder"), gallery.gallery("lecture")
    a, b, middle = tested(classic), tested(vae), tested(vae, kind="test_mean")
    return Seen(
        2 - compared(a, b, 0.03),
        f"The classic model’s error is {a:.1f} nats. The VAE’s is {b:.1f} with noise, and {middle:.1f} when its means "
        f"are decoded. So of the {b - a:.1f} nats between them, {b - middle:.1f} are the noise in the test itself.",
        (in_nats("BCE of the copies", {"classic": a, "VAE, noise off": middle, "VAE, noise on": b}, floor_of(vae)),),
        lambda: [*originals(vae), rebuilt_row(classic, "Classic"), rebuilt_row(vae, "VAE, noise off"),
                 noisy_rebuilt_row(vae, "VAE, noise on")],
    )  # fmt: skip


def bubble_sizes() -> Seen:
    found = [gallery.gallery(name) for name in bubbles.TWO_KNOBS]
    sizes = {run.config.beta: bubble_size(str(run.path)) for run in found}
    return Seen(
        compared(sizes[0.0], sizes[1.0], 0.2),
        f"The standard deviation of a bubble is {_small(sizes[0.0])} with beta 0, {sizes[0.1]:.3f} with beta 0.1, "
        f"{sizes[1.0]:.3f} with beta 1 and {sizes[4.0]:.3f} with beta 4.",
        (in_numbers("Median bubble size (std)", {f"beta {beta:g}": size for beta, size in sizes.items()}, 3),),
        lambda: [noisy_rebuilt_row(run, f"Beta {run.config.beta:g}") for run in found],
    )


def _small(size: float) -> str:
    """Three decimals, or that it is less than they can say."""
    return f"{size:.3f}" if size >= 0.0005 else "below 0.001"


def invented() -> Seen:
    """New pictures of the classic model with dice shaped like its codes, beside the VAE's."""
    classic, vae = gallery.gallery("autoencoder"), gallery.gallery("lecture")
    spread, shape, theirs = clear(classic, "spread"), clear(classic, "correlated"), clear(vae)
    named = {"VAE": theirs, "classic, shaped dice": shape, "classic, spread alone": spread}
    return Seen(
        compared(shape.mean, theirs.mean, ABOUT),
        f"Take 500 new pictures, and for each one the ten copies most like it. Of these, {shape:.1f} show the same "
        f"digit for the classic model with dice shaped like its codes, and {theirs:.1f} for the VAE with plain dice. "
        f"With dice that know only the spread of each number, the classic model gets {spread:.1f}.",
        (of_ten(named),),
        lambda: [
            sample_row(vae, "VAE"),
            Row("Classic, shaped dice", samples(classic, PICTURES, dice="correlated")[None],
                "Samples of the classic model, shaped dice", "from the same rolls", "z"),
            sample_row(classic, "Classic, spread alone"),
        ],
        holds=spread.mean < shape.mean,
    )  # fmt: skip


def penalty_over_time() -> Seen:
    run, other = gallery.gallery("lecture"), gallery.gallery("beta-10")
    panels: list[CurvePanel] = [
        {"title": title, "lines": [[record["test"][key] for record in r.metrics()] for r in (run, other)]}
        for title, key in (("Reconstruction", "reconstruction"), ("KL", "kl"))
    ]
    start, end = (float(run.metrics()[k]["test"]["kl"]) for k in (0, -1))
    return Seen(
        compared(end, start, 0.2),
        f"The penalty of the lecture’s model starts at {start:.1f} nats and ends at {end:.1f}. Below, A is that model; "
        "B, dashed, has beta 10.",
        curves={"panels": panels, "names": ["A", "B"]},
    )
