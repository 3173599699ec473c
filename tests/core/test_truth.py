"""What the pages say of the models is what the data say: each claim, its words, its figures and docs/truth.md."""

from __future__ import annotations

import ast
import re

import numpy as np
import pytest

from ui.text import claims
from ui.text.claims import CLAIMS
from ui.text.evidence import Claim, below, figure, near, uncertain, within
from vae_core import measured, paths
from vae_core.measured import clearness, longer, spaces
from vae_core.runs.run import Run

ALONE = 0.015  # how far a share may be off on another machine: a few of 500 pictures


@pytest.mark.parametrize("key", CLAIMS)
def test_what_must_hold_holds(key):
    assert CLAIMS[key].broken() == []


@pytest.mark.parametrize("key", CLAIMS)
def test_the_sentence_stands_where_it_is_said_to(key):
    claim = CLAIMS[key]
    tree = ast.parse((paths.ROOT / claim.where).read_text("utf-8"))
    assert said_by_key(tree, key) or claim.words in literals(tree)


def said_by_key(tree: ast.AST, key: str) -> bool:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return any(ast.unparse(call) == f"claims.tell({key!r})" for call in calls)


def literals(tree: ast.AST) -> str:
    """All texts of a file, a line each; what is filled in is left out."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
        if isinstance(node, ast.JoinedStr):
            found.append("".join(str(part.value) for part in node.values if isinstance(part, ast.Constant)))
    return "\n".join(found)


@pytest.mark.parametrize("key", CLAIMS)
def test_a_claim_has_figures_for_all_that_it_says_and_for_its_rules(key):
    claim, seen = CLAIMS[key], CLAIMS[key].figures()
    assert claim.rules and claim.data and seen
    assert set(re.findall(r"\{(\w+)", claim.words)) <= set(seen)
    assert "{" not in claim.told() and "nan" not in claim.told()


def test_a_page_says_no_claim_that_is_not_one():
    files = [*(paths.ROOT / "pages").glob("*.py"), *(paths.ROOT / "ui").rglob("*.py")]
    said = [key for file in files for key in re.findall(r"claims\.tell\(['\"]([\w-]+)['\"]\)", file.read_text("utf-8"))]
    assert said and set(said) <= set(CLAIMS)


def test_the_table_of_the_documentation_is_up_to_date():
    """Written anew by ``python -m ui.text.claims``."""
    assert claims.FILE.read_text(encoding="utf-8") == claims.table(list(CLAIMS.items()))


def test_a_claim_that_the_data_have_left_is_found(monkeypatch):
    worse = {**measured.load("clearness")}
    worse["autoencoder"] = {**worse["autoencoder"], "correlated": worse["autoencoder"]["prior"]}
    monkeypatch.setattr(claims, "load", lambda name: worse if name == "clearness" else measured.load(name))
    assert CLAIMS["invents"].broken() == ["shape within 10% of vae", "spread < shape"]
    assert f"give {np.mean(worse['autoencoder']['prior']['clear']) * 10:.1f}. The VAE" in CLAIMS["dice"].told()


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        (below("a", "b"), True), (below("b", "a"), False), (below("a", "b", 0.5), False), (below("a", "c"), False),
        (near("a", "b", 0.6), True), (near("a", "b", 0.4), False), (within("a", 1, 2), True),
        (within("a", 1, 1.5), False),
        (uncertain("d", "a"), True), (uncertain("d", "b", 0.5), False), (uncertain("b", "a"), False),
    ],
)  # fmt: skip
def test_a_rule_asks_every_seed(rule, holds):
    seen = {"a": figure([1, 2]), "b": figure([2, 4]), "c": figure(1.5), "d": figure(1.0, error=0.4)}
    seen["b"] = figure([2.0, 4.0]) if "errors" not in rule.words else figure(3.0)
    assert rule.check(seen) is holds


def test_a_figure_shows_the_digits_that_mean_something():
    assert figure([1.0, 2.0, 3.0]).in_full() == "2.0 ± 1.0"
    assert figure([0.50, 0.51]).in_full() == "0.505 ± 0.007"
    assert figure(-1.25, error=3).in_full() == "−1 ± 3"
    assert figure(0.123456).in_full() == "0.1235"
    claim = Claim("a.py", "{x:.0f} of 10", "", lambda: {"x": figure([6, 8], 0.1)}, (within("x", 0, 1),))
    assert claim.told() == "1 of 10" and claim.broken() == []


# ---- the shipped numbers are those of the shipped models


def test_every_measured_file_is_there_and_nothing_else():
    assert sorted(file.stem for file in measured.FOLDER.iterdir()) == sorted(measured.NAMES)


@pytest.mark.parametrize("name", ["autoencoder", "lecture"])
def test_the_clearness_that_ships_is_that_of_the_gallerys_weights(name):
    shipped, run = measured.load("clearness"), Run(paths.GALLERY / name, gallery=True)
    assert set(shipped) - {"seeds", "dice"} == set(clearness.MODELS)
    again = clearness.of_model(clearness.Judge(run, run.weight_epochs()[-1]), range(1))
    for codes, seen in again.items():
        for what, (value,) in seen.items():
            assert len(shipped[name][codes][what]) == shipped["seeds"] == len(clearness.SEEDS)
            assert shipped[name][codes][what][0] == pytest.approx(value, abs=ALONE), (codes, what)


def test_the_shapes_and_bubbles_that_ship_are_those_of_the_gallerys_codes():
    shipped = measured.load("spaces")
    for name in spaces.VAES:
        for what, value in spaces.shape(spaces.gallery(name)).items():
            assert shipped["shape"][name][what] == pytest.approx(value, abs=1e-3), (name, what)
    for run in map(spaces.gallery, spaces.BETAS):
        assert shipped["bubbles"][f"{run.config.beta:g}"] == pytest.approx(spaces.seen_bubbles(run), abs=1e-3)
    found = spaces.unused(spaces.gallery("beta-4"), 10)
    assert shipped["unused"]["beta-4"] == pytest.approx(found, abs=0.01)


@pytest.mark.parametrize("shape", ["prior", "spread", "correlated"])
def test_two_tables_that_measure_one_thing_say_the_same(shape):
    for name, row in measured.load("noise_shapes")["models"].items():
        seeds = measured.load("clearness")[name][shape]["clear"]
        assert row[max(row, key=int)][shape][0] == pytest.approx(np.mean(seeds), abs=1e-3), name


def test_where_bubbles_are_wide_a_roll_between_the_means_is_in_no_hole():
    judge = clearness.Judge(Run(paths.GALLERY / "beta-10", gallery=True), 10)
    assert judge.lost(clearness.prior(judge, 0), 0) < 0.1
    judge.std = np.zeros_like(judge.std)  # as if only means counted
    assert judge.lost(clearness.prior(judge, 0), 0) > 0.5


def test_the_long_training_is_whole():
    found = measured.load("longer")
    assert found["epochs"][0] == 1 and found["epochs"][-1] == longer.EPOCHS
    for run in found["runs"]:
        assert len(run["test"]) == len(run["train"]) == longer.EPOCHS
        assert len(run["clear"]) == len(run["real"]) == len(found["epochs"])
        assert all(len(seeds) == len(longer.DICE_SEEDS) for seeds in run["clear"])
