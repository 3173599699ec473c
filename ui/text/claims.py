"""What pages say of the gallery's models, each sentence with the figures that bear it out and what must hold of them.

Pages say a sentence by ``tell``; or its words stand in the file that is named. ``tests/core/test_truth.py`` fails when
a sentence and the data part. ``python -m ui.text.claims`` writes docs/truth.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ui.text.evidence import Claim, Figure, Figures, below, figure, near, uncertain, within
from vae_core.analysis import reference
from vae_core.analysis.reference import IN_USE
from vae_core.measured import load
from vae_core.paths import ROOT
from vae_core.runs import files

FILE = ROOT / "docs" / "truth.md"
TEN = "`clearness`: ten seeds of the dice, 500 codes each"
BANDS = "`reference.json`: three trainings, seeds 1 to 3"


def clear(model: str, codes: str, what: str = "clear", scale: float = 10) -> Figure:
    return figure(load("clearness")[model][codes][what], scale)


def lost(model: str, codes: str) -> Figure:
    """Per cent of codes in a hole."""
    return clear(model, codes, "lost", 100)


def digits(model: str, codes: str) -> Figure:
    """Per cent of pictures that mostly look like one digit."""
    return clear(model, codes, "digit", 100)


def trained(name: str, what: str, epoch: int = -1) -> Figure:
    """A figure of all trainings of a setting (``reference.SETTINGS``), after an epoch."""
    band = reference.band_of(reference.SETTINGS[f"mnist-55k, {name}"][0])
    assert band is not None
    return figure([float(series[epoch] or 0) for series in band.figures[what]])


def spaces(*keys: str) -> Any:
    found = load("spaces")
    for key in keys:
        found = found[key]
    return found


def less(one: Figure, other: Figure) -> Figure:
    return figure([a - b for a, b in zip(one.values, other.values, strict=True)])


def _copies() -> Figures:
    vae, middle = trained("lecture", "reconstruction"), less(trained("lecture", "test_mean"), trained("lecture", "kl"))
    classic = trained("autoencoder", "reconstruction")
    return {
        "classic": classic, "middle": middle, "vae": vae, "noise": less(vae, middle), "gap": less(vae, classic),
    }  # fmt: skip


def _dice() -> Figures:
    return {
        "spread": clear("autoencoder", "spread"), "shape": clear("autoencoder", "correlated"),
        "vae": clear("lecture", "prior"),
    }  # fmt: skip


def _halfway() -> Figures:
    return {
        "classic": clear("autoencoder", "straight"), "classic_round": clear("autoencoder", "round"),
        "vae": clear("lecture", "straight"), "vae_round": clear("lecture", "round"),
        "ends": clear("lecture", "copies"),
    }  # fmt: skip


def _mostly() -> Figures:
    return {"vae": digits("lecture", "straight"), "classic": digits("autoencoder", "straight")}


def _holes() -> Figures:
    return {
        "classic": lost("autoencoder", "spread"), "vae": lost("lecture", "prior"),
        "no_penalty": lost("beta-0", "spread"),
    }  # fmt: skip


def _rolls() -> Figures:
    sure = load("learned_from")["sure"]
    return {
        "digit": digits("lecture", "prior"), "real": digits("lecture", "real"), "lost": lost("lecture", "prior"),
        "sure": figure(sure["invented"], 100), "sure_real": figure(sure["real"], 100),
        "classifier": figure(sure["right"], 100),
    }  # fmt: skip


def _bubbles() -> Figures:
    bubbles, two = spaces("bubbles"), spaces("bubbles", "1")
    return {
        "std": figure(two["std"]), "touching": figure(two["touching"]), "shown": figure(two["shown"]),
        "twenty": figure(spaces("shape", "lecture", "bubble")),
        **{f"std_{beta}": figure(bubbles[beta]["std"]) for beta in ("0", "0.1", "4")},
        **{f"touching_{beta}": figure(bubbles[beta]["touching"]) for beta in ("0", "0.1", "4")},
        **{f"away_{beta}": figure(bubbles[beta]["away"]) for beta in ("0", "0.1", "1", "4")},
        "shrink": figure(two["shrink"]), "swell": figure(two["swell"]),
    }  # fmt: skip


def _together() -> Figures:
    low, high = spaces("shape", "lecture", "std")
    return {
        "least_std": figure(low), "most_std": figure(high),
        "correlation": figure(spaces("shape", "lecture", "correlation")),
        "rolls": clear("lecture", "prior"), "real": clear("lecture", "real"),
    }  # fmt: skip


def _outwards() -> Figures:
    found = spaces("outwards")
    return {
        "outward": figure(found["outward"], error=found["error"]), "inward": figure(found["inward"]),
        "pull": figure(found["pull"]), "pictures": figure(found["pictures"]),
    }  # fmt: skip


def _knobs() -> Figures:
    return {name: figure(spaces("unused", which, "mean")) for name, which in
            (("change", "beta-4"), ("untrained", "untrained"))}  # fmt: skip


def _between() -> Figures:
    found = spaces("between")
    return {"between": figure(found["between"], 10), "others": figure(found["others"], 10),
            "chance": figure(found["chance"])}  # fmt: skip


def _separation() -> Figures:
    found = spaces("separation")
    return {
        "pixels": figure(found["lecture"]["pixels"], 100), "untrained": figure(found["lecture"]["0"], 100),
        "trained": figure(found["lecture"]["10"], 100), "two": figure(found["two-knobs"]["20"], 100),
    }  # fmt: skip


def _again(name: str) -> Figures:
    found = load("learned_from")["again"][name]
    train, test = figure(found["train"]), figure(found["test"])
    return {"on_the_way": figure(found["on_the_way"]), "train": train, "test": test, "gap": less(test, train)}


def _overfit() -> Figures:
    free, held = _again("beta-0"), _again("lecture")
    return {"train": free["train"], "test": free["test"], "gap": free["gap"], "held": held["gap"]}


def _longer() -> Figures:
    found = load("longer")
    epochs, runs = found["epochs"], found["runs"]
    at = {
        epoch: figure([value for run in runs for value in run["clear"][epochs.index(epoch)]], 10)
        for epoch in (1, 10, 50)
    }
    return {
        "one": at[1], "ten": at[10], "fifty": at[50],
        "real": figure([value for run in runs for value in run["real"][-1]], 10),
        "test_ten": figure([run["test"][9] for run in runs]), "test": figure([run["test"][-1] for run in runs]),
        "train": figure([run["train"][-1] for run in runs]),
    }  # fmt: skip


def _path_of_loss() -> Figures:
    first, one, last = (trained("lecture", "test", epoch) for epoch in (0, 1, 10))
    return {
        "share": figure(
            [100 * (a - b) / (a - c) for a, b, c in zip(first.values, one.values, last.values, strict=True)]
        )
    }


def _below() -> Figures:
    names = ("train", "test", "test_mean")
    found = {name: trained("lecture", name) for name in names}
    return {**found, "noise": less(found["test"], found["test_mean"]), "rest": less(found["test"], found["train"])}


def _bargain() -> Figures:
    return {
        "saved": less(trained("beta 0", "kl"), trained("lecture", "kl")),
        "cost": less(trained("lecture", "reconstruction"), trained("beta 0", "reconstruction")),
        "saved_10": less(trained("lecture", "kl"), trained("beta 10", "kl")),
        "cost_10": less(trained("beta 10", "reconstruction"), trained("lecture", "reconstruction")),
        "clear_0": clear("beta-0", "prior"), "clear_1": clear("lecture", "prior"),
    }  # fmt: skip


def _two_numbers() -> Figures:
    models = load("floor")["models"]
    floor = models["lecture"]["grey"]["floor"]["mean"]
    two, twenty = (models[name]["grey"]["noise"]["mean"] - floor for name in ("two-knobs", "lecture"))
    return {"two": figure(two), "twenty": figure(twenty), "floor": figure(floor)}


def _plain_dice() -> Figures:
    def of(model: str, shape: str) -> Figure:
        rows = load("noise_shapes")["models"][model]
        mean, spread = rows[max(rows, key=int)][shape]
        return figure(mean, 10, 10 * spread)

    return {"classic": of("autoencoder", "prior"), "vae": of("lecture", "prior"),
            "shaped": of("autoencoder", "correlated")}  # fmt: skip


CLAIMS: dict[str, Claim] = {
    "copies": Claim(
        "pages/autoencoder.py",
        "Over three trainings, the classic model’s error is {classic:.1f} nats. The VAE’s is {vae:.1f} with the noise "
        "on. Of the {gap:.1f} nats between them, {noise:.1f} are the noise in the test itself: from the middle of its "
        "bubbles the VAE copies with {middle:.1f}, nearly as well.",
        BANDS, _copies, (below("classic", "middle"), near("middle", "classic", 0.06), below("middle", "vae"))),
    "copies-mission": Claim(
        "ui/understand/missions.py", "Most of the difference is the noise in the test",
        BANDS, lambda: {**_copies(), "half_gap": figure([v / 2 for v in _copies()["gap"].values])},
        (below("half_gap", "noise"), below("classic", "vae", 0.97))),
    "dice": Claim(
        "pages/autoencoder.py",
        "Dice that know only the spread of each number give the classic model {spread:.1f} out of 10. Dice shaped "
        "like its codes, which also know how the numbers go together, give {shape:.1f}. The VAE gets {vae:.1f} from "
        "plain N(0, 1). So the classic model can invent, too. What the VAE spares you is measuring that shape.",
        TEN, _dice, (below("spread", "vae"), below("spread", "shape"), near("shape", "vae", 0.1))),
    "invents": Claim(
        "ui/understand/missions.py", "With dice shaped like its codes the classic model invents about as well.",
        TEN, _dice, (near("shape", "vae", 0.1), below("spread", "shape"))),
    "halfway": Claim(
        "pages/autoencoder.py",
        "On the straight path both do about equally well: {classic:.1f} and {vae:.1f} out of 10, where rebuilt "
        "pictures have {ends:.1f}.",
        TEN, _halfway, (near("classic", "vae", 0.05), below("vae", "ends"))),
    "path": Claim(
        "pages/morph.py",
        "Measured on the lecture’s model: halfway on the spherical path its picture is clearer. Of the ten copies most "
        "like it, {vae_round:.1f} show one and the same digit, not {vae:.1f}. For the classic model it makes no "
        "difference ({classic_round:.1f} and {classic:.1f}).",
        TEN + ", pairs of different digits; 20 numbers", _halfway,
        (below("vae", "vae_round"), near("classic_round", "classic", 0.04))),
    "fair": Claim(
        "pages/morph.py", "On the straight path both do about equally well.", TEN + "; 20 numbers", _halfway,
        (near("classic", "vae", 0.05),)),
    "fair-intro": Claim(
        "ui/text/page_intros.py", "the classic autoencoder does about as well as the VAE", TEN + "; 20 numbers",
        _halfway, (near("classic", "vae", 0.05),)),
    "fair-compare": Claim(
        "pages/compare.py",
        "**The morph.** A classic autoencoder can morph, too. Measured on the gallery’s two models of 20 numbers: of "
        "the ten copies most like a halfway picture, {classic:.1f} show the same digit with the classic one and "
        "{vae:.1f} with the VAE.",
        TEN + "; straight path", _halfway, (near("classic", "vae", 0.05),)),
    "walk": Claim(
        "ui/text/page_intros.py", "Mostly it does.", TEN + ", halfway on the straight path", _mostly,
        (within("vae", 50, 95), within("classic", 50, 95))),
    "walk-tour": Claim(
        "ui/text/tour_steps.py", "mostly gives digits", TEN + ", halfway on the straight path", _mostly,
        (within("vae", 50, 95),)),
    "classic-holes": Claim(
        "ui/text/page_intros.py", "A classic autoencoder has no such rule at all", TEN, _holes,
        (below("vae", "classic"),)),
    "fewer-holes": Claim(
        "ui/text/glossary.py", "so that the bubbles together leave fewer holes where the rolls land",
        TEN + "; a hole: farther from all codes that the decoder meets than 99 of 100 of them from each other", _holes,
        (below("vae", "classic", 0.5), below("vae", "no_penalty", 0.5), within("vae", 5, 30))),
    "map-holes": Claim(
        "ui/text/tour_steps.py", "The VAE’s map has fewer holes",
        "`spaces`: two numbers, per cent of the places between codes that are holes",
        lambda: {"classic": figure(spaces("holes", "two-knobs-autoencoder"), 100),
                 "vae": figure(spaces("holes", "two-knobs"), 100)},
        (below("vae", "classic", 0.5),)),
    "most-rolls": Claim(
        "pages/samples.py",
        "Not all do: {lost:.0f}% of the rolls fall into a hole. And only {digit:.0f}% of its samples look mostly like "
        "one digit, against {real:.0f}% of the pictures from real codes.",
        TEN + "; `learned_from`: five classifiers, each right about 96% of test pictures", _rolls,
        (within("digit", 40, 75), within("real", 85, 100), within("lost", 5, 30), below("sure", "sure_real", 0.6))),
    "vae-words": Claim(
        "ui/text/glossary.py", "many random codes mean something", TEN, _rolls, (within("digit", 40, 75),)),
    "tour-rolls": Claim(
        "ui/text/tour_steps.py", "Many become digits", TEN, _rolls, (within("digit", 40, 75), within("sure", 20, 60))),
    "no-penalty": Claim(
        "pages/samples.py", "all rolls land in the middle, where the decoder draws mixtures", TEN,
        lambda: {"plain": clear("beta-0", "prior"), "vae": clear("lecture", "prior")},
        (below("plain", "vae", 0.6), within("plain", 2, 4))),
    "no-penalty-shaped": Claim(
        "ui/understand/missions.py", "Dice shaped like its codes would do better.", TEN,
        lambda: {"plain": clear("beta-0", "prior"), "shape": clear("beta-0", "correlated")},
        (below("plain", "shape", 0.7),)),
    "bubbles-smaller": Claim(
        "pages/bubbles.py",
        "With beta 1 ours are far smaller: std {std:.2f}, or {twenty:.2f} with twenty numbers. Most "
        "lie apart: only {touching:.0f} of {shown:.0f} overlap by more than half with another digit’s.",
        "`spaces`: the gallery’s bubbles", _bubbles,
        (within("std", 0, 0.5), within("twenty", 0, 0.5), within("touching", 0, 20))),
    "bubbles-beta": Claim(
        "pages/bubbles.py", "and hardly come nearer", "`spaces`: the gallery’s bubbles", _bubbles,
        (below("std_0", "std_0.1"), below("std_0.1", "std"), below("std", "std_4"), below("away_1", "away_0", 0.5),
         near("away_4", "away_1", 0.25), below("touching", "touching_4"))),
    "balance": Claim(
        "pages/bubbles.py", "almost even", "`spaces`: forces on the gallery’s bubbles", _bubbles,
        (near("shrink", "swell", 0.15),)),
    "together": Claim(
        "ui/text/page_intros.py", "spread may fit N(0, 1) well, and yet many rolls miss the codes",
        "`spaces` and `clearness`, 20 numbers", _together,
        (within("least_std", 0.9, 1.2), within("most_std", 0.9, 1.2), within("correlation", 0, 0.3),
         below("rolls", "real", 0.8))),
    "outwards": Claim(
        "pages/bubbles.py",
        "Of all these pulls together ({pictures:,.0f} test pictures), little is left that points outwards: "
        "{outward:.1f} ± {outward.spread:.1f}, against {inward:.1f} inwards by the penalty.",
        "`spaces`: 5,000 test pictures, 32 rolls each; the standard error over pictures", _outwards,
        (uncertain("outward", "inward"), within("pull", 20, 200))),
    "dead-knobs": Claim(
        "pages/samples.py",
        "Turning it changes the picture a little all the same: with beta 4, the pixel that changes most goes "
        "{change:.2f} of the way from black to white. Before training no number says anything yet, so none is called "
        "dead.",
        f"`spaces`: numbers below {IN_USE} nats turned from −3 to 3, the average over them", _knobs,
        (within("change", 0.05, 0.3), within("untrained", 0.05, 0.3))),
    "between": Claim(
        "ui/text/page_intros.py", "A blurred picture often lies between classes.",
        "`spaces`: ten seeds, 500 samples each; clearness where no class has half of the 15 nearest codes, and "
        "elsewhere",
        _between, (below("between", "others"), within("chance", 0.6, 0.8))),
    "separation": Claim(
        "pages/map.py", "even an untrained encoder", "`spaces`: 2,000 test pictures, in per cent", _separation,
        (below("untrained", "pixels"), below("pixels", "trained"), below("two", "pixels"),
         within("untrained", 50, 85))),
    "once-more": Claim(
        "ui/understand/findings.py", "The figure of the training was taken on the way",
        "`learned_from`: all pictures, five seeds of the noise", lambda: _again("lecture"),
        (below("train", "on_the_way"), below("train", "test"))),
    "overfitting": Claim(
        "pages/loss.py",
        "**Does it overfit without the penalty?** Hardly, in ten epochs. With beta 0, training pictures read "
        "{train:.1f} nats and test pictures {test:.1f}, both with the final weights: {gap:.1f} between them. With "
        "beta 1 it is {held:.1f}. The lecture says that the penalty prevents it. With this much data and so small a "
        "code there is little to prevent.",
        "`learned_from`: 55,000 training and 5,000 test pictures, five seeds of the noise", _overfit,
        (within("gap", 0, 4), within("held", 0, 4))),
    "longer": Claim(
        "pages/loss.py",
        "**More epochs help, slowly.** After one epoch the clearness of samples is {one:.1f} out of 10, after ten "
        "{ten:.1f}, after fifty {fifty:.1f}. Pictures from real codes have {real:.1f}: the gap stays. The test loss "
        "falls from {test_ten:.1f} nats after ten epochs to {test:.1f}, and that of training to {train:.1f}.",
        "`longer`: the lecture’s model trained for 50 epochs, seeds 1 and 2, five seeds of the dice each", _longer,
        (below("one", "ten"), below("one", "fifty"), below("fifty", "real", 0.85), below("test", "test_ten"))),
    "one-epoch": Claim(
        "ui/understand/missions.py", "At first everything is wrong, so every step helps", BANDS, _path_of_loss,
        (within("share", 85, 97),)),
    "in-use": Claim(
        "ui/understand/missions.py", "the model gives the number up", BANDS,
        lambda: {"beta_4": trained("beta 4", "in_use"), "beta_10": trained("beta 10", "in_use"),
                 "beta_1": trained("lecture", "in_use")},
        (within("beta_4", 11, 15), below("beta_4", "beta_1"), below("beta_10", "beta_4"))),
    "below-training": Claim(
        "ui/understand/missions.py", "both figures are almost the same", BANDS, _below,
        (below("test_mean", "train"), below("rest", "noise", 0.3))),
    "penalty-rises": Claim(
        "ui/understand/missions.py", "the error falls by far more than the penalty grows", BANDS,
        lambda: {"kl": less(trained("lecture", "kl"), trained("lecture", "kl", 0)),
                 "error": less(trained("lecture", "reconstruction", 0), trained("lecture", "reconstruction")),
                 "kl_at_first": trained("lecture", "kl", 0)},
        (below("kl", "error", 0.2), within("kl", 10, 40))),
    "penalty-tour": Claim(
        "ui/text/tour_steps.py", "The penalty rises from", BANDS,
        lambda: {"untrained": trained("lecture", "kl", 0), "end": trained("lecture", "kl"),
                 "untrained_two": trained("two-knobs", "kl", 0), "end_two": trained("two-knobs", "kl")},
        (below("untrained", "end", 0.1), below("untrained_two", "end_two", 0.1))),
    "bubble-size": Claim(
        "ui/understand/missions.py", "so the model turns it off by", "`spaces`: the gallery’s bubbles of two numbers",
        _bubbles,
        (below("std_0", "std", 0.1),)),
    "bargain": Claim(
        "pages/loss.py", "a bargain, and many samples become digits", BANDS + "; " + TEN, _bargain,
        (below("cost", "saved", 0.1), below("saved_10", "cost_10"), below("clear_0", "clear_1", 0.6))),
    "samples-scene": Claim(
        "ui/lecture/scenes.py", "Most of them are digits, because the rolls land where the bubbles are.", TEN,
        lambda: {"digit": digits("two-knobs", "prior"), "lost": lost("two-knobs", "prior")},
        (within("digit", 50, 100),)),
    "morph-scene": Claim(
        "ui/lecture/scenes.py", "The copying machine’s picture halfway is about as clear.", TEN,
        lambda: {"vae": clear("two-knobs", "straight"), "classic": clear("two-knobs-autoencoder", "straight")},
        (near("classic", "vae", 0.1),)),
    "together-scene": Claim(
        "ui/lecture/scenes.py", "They are nearly one large, round bubble", "`spaces`: 2,000 bubbles of two numbers",
        lambda: dict(zip(("least_std", "most_std"), map(figure, spaces("shape", "two-knobs", "std")), strict=True)),
        (within("least_std", 0.85, 1.15), within("most_std", 0.85, 1.15))),
    "lesson-two": Claim(
        "ui/lesson/plan.py",
        "Even a perfect copy costs {floor:.0f} nats. Above that, copies from two numbers miss by {two:.0f} nats, and "
        "copies from twenty by {twenty:.0f}.",
        "`floor`: 5,000 test pictures, noise on", _two_numbers, (below("twenty", "two", 0.6),)),
    "lesson-dice": Claim(
        "ui/lesson/plan.py",
        "Of the ten copies most like a new picture from plain dice, {classic:.1f} show one and the same digit for the "
        "classic model, and {vae:.1f} for the VAE.",
        "`noise_shapes`: ten seeds of the dice, 500 codes each", _plain_dice, (below("classic", "vae", 0.6),)),
    "lesson-shaped": Claim(
        "ui/lesson/plan.py",
        "With dice that are shaped like its own codes the classic model gets {shaped:.1f} out of 10. So it can invent, "
        "too. What the VAE spares you is measuring that shape.",
        "`noise_shapes`: ten seeds of the dice, 500 codes each", _plain_dice,
        (below("classic", "shaped", 0.6), near("shaped", "vae", 0.1))),
    "lesson-noise": Claim(
        "ui/lesson/plan.py",
        "The noise makes the VAE’s copies worse by {noise:.0f} nats: {vae:.0f} with it, and {middle:.0f} from the "
        "middle of each bubble.",
        BANDS, _copies, (below("middle", "vae"), within("noise", 5, 15))),
    "lesson-beta": Claim(
        "ui/lesson/plan.py",
        "With beta 0 the std of a bubble is below 0.001, with beta 1 it is {std:.2f}, with beta 4 it is {std_4:.2f}. "
        "With beta 4, {touching_4:.0f} of {shown:.0f} bubbles overlap with another digit’s; with beta 1, "
        "{touching:.0f} do.",
        "`spaces`: the gallery’s bubbles of two numbers", _bubbles,
        (within("std_0", 0, 0.001), below("std", "std_4"), below("touching", "touching_4"))),
    "lesson-first": Claim(
        "ui/lesson/plan.py",
        "Of all that the loss of the lecture’s model falls in ten epochs, {share:.0f}% happens in the first.",
        BANDS, _path_of_loss, (within("share", 70, 100),)),
    "lesson-morph": Claim(
        "ui/lesson/plan.py",
        "Halfway on the straight path, {vae:.0f}% of the VAE’s pictures look mostly like one digit, and "
        "{classic:.0f}% of the classic model’s.",
        TEN, _mostly, (within("vae", 50, 95), near("classic", "vae", 0.1))),
    "lesson-rolls": Claim(
        "ui/lesson/plan.py",
        "{digit:.0f}% of the VAE’s new pictures look mostly like one digit. Of the pictures from codes of real digits "
        "it is {real:.0f}%.",
        TEN, _rolls, (within("digit", 40, 75), below("digit", "real", 0.8))),
}  # fmt: skip


def tell(key: str) -> str:
    """The sentence of a claim, with what was measured."""
    return CLAIMS[key].told()


def table(claims: Sequence[tuple[str, Claim]]) -> str:
    """docs/truth.md."""
    lines = [
        "# What the pages say, and why we may say it", "",
        "Written by `python -m ui.text.claims`; `tests/core/test_truth.py` holds each sentence against its data, and "
        "this",
        "file against the sentences. *Clear* is the app’s own measure: of the ten rebuilt test pictures most like "
        "one, how",
        "many show the same digit. ± is the standard deviation between seeds. What must hold, holds with every "
        "seed.", "",
        "| claim | where | what it says | figures | data | what must hold |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for key, claim in claims:
        seen = claim.figures()
        figures = "; ".join(f"{name.replace('_', ' ')} {value.in_full()}" for name, value in seen.items())
        rules = "; ".join(rule.words.replace("_", " ") for rule in claim.rules)
        words = claim.told() if "{" in claim.words else f"“{claim.words}”"
        cells = (f"`{key}`", f"`{claim.where}`", words, figures, claim.data, rules)
        lines.append("| " + " | ".join(cell.replace("|", "∣") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    files.write_bytes(FILE, table(list(CLAIMS.items())).encode())


if __name__ == "__main__":
    main()
