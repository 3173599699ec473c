"""Missions: what is called right is what the runs say. The glossary leads somewhere. What is usual is said."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from tests.pages.test_forged import registered
from tests.pages.test_pages import _here, check, finished, show, words  # noqa: F401  (fixtures keep the visitor's runs apart)
from ui.components import reference_panel
from ui.shell import pages
from ui.store import gallery as models
from ui.text import glossary
from ui.train import form
from ui.understand import findings, missions, picture_findings
from ui.understand.missions import MISSIONS
from vae_core import paths
from vae_core.analysis import reference
from vae_core.config import FIELDS
from vae_core.runs import files
from vae_core.runs.index import find_run

PICTURED = [name for name, mission in MISSIONS.items() if mission.pictures is not None]
HELPED = ("markdown", "caption", "number_input", "slider", "segmented_control", "button_group")


@pytest.fixture
def gallery(monkeypatch, tmp_path):
    """A copy of the gallery, to be changed."""
    folder = tmp_path / "gallery"
    shutil.copytree(paths.GALLERY, folder)
    monkeypatch.setattr(paths, "GALLERY", folder)
    return folder


def rewrite(folder, name: str, change) -> None:
    """Change the records of a run's epochs."""
    file = folder / name / "metrics.jsonl"
    records = [json.loads(line) for line in file.read_text().splitlines()]
    files.rewrite_lines(file, [change(record) for record in records])


def choose(app, name: str, place: int) -> None:
    """An answer as a browser sends it: of words, or of pictures."""
    key = f"answer_{name}"
    if MISSIONS[name].pictures is None:
        app.radio(key=key).set_value(place).run()
        return
    (wid,) = [wid for wid, each in registered(app).items() if wid.endswith(key) and each.callbacks]
    app._run(WidgetStates(widgets=[WidgetState(id=wid, json_value=json.dumps({"choice": place}))]))


def answers_of(name: str) -> range:
    mission = MISSIONS[name]
    return range(len(mission.answers)) if mission.guess is None else range(mission.guess.low, mission.guess.high + 1)


@pytest.mark.parametrize("name", MISSIONS)
def test_the_answer_that_the_runs_give_is_the_one_called_right(name):
    mission, seen = MISSIONS[name], MISSIONS[name].look()
    right = seen.right
    assert right in answers_of(name)
    assert mission.explained(seen), "the gallery shows something else than the words explain"
    wrong = [answer for answer in answers_of(name) if not mission.is_right(answer, right)]
    assert wrong
    for answer, verdict in ((right, "**Right"), (wrong[0], "Not quite")):
        app = show("missions", mission=name, done=f"{name}.{answer}")
        check(app)
        assert verdict in " ".join(e.value for kind in ("success", "error") for e in app.get(kind))
        assert mission.why in words(app)
        assert f"{'1' if answer == right else '0'} of 1 right" in words(app)


@pytest.mark.parametrize(
    ("mission", "run", "change", "right"),
    [
        ("two-numbers", "two-knobs", 0.55, 1),  # whose pictures they are stays; the reason no longer holds
        ("noise-off", "autoencoder", 2.0, 2),
        ("no-penalty", "beta-0", 2.0, 3),
    ],
)
def test_a_retrained_gallery_changes_what_is_right_and_no_reason_is_given(mission, run, change, right, gallery):
    def scaled(record):
        test = {**record["test"], "reconstruction": record["test"]["reconstruction"] * change}
        return {**record, "test": test}

    rewrite(gallery, run, scaled)
    assert missions.right(mission) == right
    app = show("missions", mission=mission, done=f"{mission}.{right}")
    check(app)
    assert "**Right" in app.success[0].value
    assert MISSIONS[mission].why not in words(app)


def test_the_number_of_used_numbers_is_counted(gallery):
    rewrite(gallery, "beta-4", lambda record: {**record, "kl_per_dimension": [1.0] * 7 + [0.01] * 13})
    assert MISSIONS["in-use"].look().right == 7


def test_an_answer_changed_just_before_the_click_is_the_one_that_counts():
    name = next(name for name, mission in MISSIONS.items() if mission.guess is None and mission.pictures is None)
    app = show("missions", mission=name)
    app.radio(key=f"answer_{name}").set_value(0).run()
    app.radio(key=f"answer_{name}").set_value(1)
    app.button(key="commit_mission").click().run()  # both in one message
    check(app)
    assert app.session_state["chosen_done"] == f"{name}.1"


def test_a_mission_is_asked_committed_and_told():
    app = show("missions")
    check(app)
    first, second = list(MISSIONS)[:2]
    assert app.button(key="commit_mission").disabled
    choose(app, first, 0)
    assert not app.button(key="commit_mission").disabled
    app.button(key="commit_mission").click().run()
    check(app)
    assert "of 1 right" in words(app)
    assert f"{len(MISSIONS) - 1} left" in words(app)
    app.button(key="next_mission").click().run()
    app.slider(key=f"guess_{second}").set_value(90).run()
    app.button(key="commit_mission").click().run()
    check(app)
    assert "of 2 right" in words(app)


def test_at_least_four_missions_are_answered_by_pictures():
    assert len(PICTURED) >= 4


@pytest.mark.parametrize("name", PICTURED)
def test_the_pictures_to_choose_from_are_of_one_sort_and_the_measured_model_drew_the_right_ones(name):
    mission, seen = MISSIONS[name], MISSIONS[name].look()
    answers = mission.pictures()
    assert len(answers) == len(mission.answers) == len({answer.name for answer in answers})
    images = [answer.images() for answer in answers]
    assert {(each.shape, each.dtype.name) for each in images} == {((findings.PICTURES, 28, 28), "uint8")}
    assert len({each.tobytes() for each in images}) == len(answers)  # no answer twice, so only one is right
    shown = [row.label[:1] for row in seen.pictures() if row.label != "Test pictures"]
    assert shown == list(mission.answers)
    told = [picture_findings.in_words(letter, each) for letter, each in zip(mission.answers, images, strict=True)]
    assert len(set(told)) == len(told)  # those who hear the page can tell them apart


def test_the_right_pictures_have_what_is_said_of_them():
    """Measured on what is shown itself, not on what its model is called."""
    shown = {name: [answer.images() for answer in MISSIONS[name].pictures()] for name in PICTURED}
    right = {name: MISSIONS[name].look().right for name in PICTURED}
    contrast = [float((images / 255).std((1, 2)).mean()) for images in shown["untrained"]]
    assert int(np.argmin(contrast)) == right["untrained"]
    differ = [findings.variety(images) for images in shown["huge-penalty"]]
    assert int(np.argmin(differ)) == right["huge-penalty"]
    samples = [images[picture_findings.WIDE :].mean() for images in shown["no-penalty"]]
    assert int(np.argmin(samples)) == right["no-penalty"]  # the rolls land where no code is: hardly a stroke
    lecture = MISSIONS["two-numbers"].pictures()[2].images() / 255
    away = [float(((images / 255 - lecture) ** 2).mean()) for images in shown["two-numbers"]]
    assert int(np.argmax(away)) == right["two-numbers"]


SEEDS = range(5)


@pytest.mark.parametrize("seed", SEEDS)
def test_with_other_rolls_of_the_dice_the_same_answers_are_right(seed, monkeypatch):
    monkeypatch.setattr(findings, "SEED", seed)
    for name in ("untrained", "huge-penalty", "no-penalty"):
        seen = MISSIONS[name].look()
        assert seen.holds, name
        assert MISSIONS[name].explained(seen)


def test_with_each_seed_of_the_dice_the_classic_model_invents_about_as_well():
    shape = findings.clear(models.gallery("autoencoder"), "correlated")
    theirs = findings.clear(models.gallery("lecture"))
    each = [findings.compared(a, b, findings.ABOUT) for a, b in zip(shape.values, theirs.values, strict=True)]
    assert len(each) >= 5 and set(each) == {MISSIONS["random-codes"].explains} == {missions.right("random-codes")}


def test_with_each_seed_of_the_training_the_same_answers_are_right():
    """Three trainings of each setting are known (reference.json)."""

    def ends(name: str, what: str, epoch: int = -1) -> list[float]:
        return [series[epoch] for series in reference.band_of(reference.SETTINGS[name][0]).figures[what]]

    lecture, classic = "mnist-55k, lecture", "mnist-55k, autoencoder"
    for a, b in zip(ends(classic, "reconstruction"), ends(lecture, "reconstruction"), strict=True):
        assert 2 - findings.compared(a, b, 0.03) == missions.right("noise-off")
    figures = zip(*(ends(lecture, what) for what in ("train", "test", "test_mean")), strict=True)
    assert all(test - mean > abs(train - test) for train, test, mean in figures)  # "below-training"
    for start, end in zip(ends(lecture, "kl", 0), ends(lecture, "kl"), strict=True):
        assert findings.compared(end, start, 0.2) == missions.right("penalty-rises")
    for use in ends("mnist-55k, beta 4", "in_use"):
        assert MISSIONS["in-use"].is_right(int(use), missions.right("in-use"))
    for first, one, last in zip(*(ends(lecture, "test", epoch) for epoch in (0, 1, 10)), strict=True):
        assert MISSIONS["one-epoch"].is_right(round(100 * (first - one) / (first - last)), missions.right("one-epoch"))


def test_a_forged_choice_among_pictures_is_none():
    app = show("missions", mission="huge-penalty")
    for odd in (4, -1):
        choose(app, "huge-penalty", odd)
        check(app)
        assert app.button(key="commit_mission").disabled
    choose(app, "huge-penalty", 0)
    app.button(key="commit_mission").click().run()
    check(app)
    assert "**Right.** A (beta 10)." in app.success[0].value


def test_all_done_can_be_started_over():
    done = missions.written(dict.fromkeys(MISSIONS, 0))
    app = show("missions", done=done)
    check(app)
    assert "All done" in words(app)
    app.button(key="start_over").click().run()
    check(app)
    assert f"{len(MISSIONS)} missions" in words(app)


@pytest.mark.parametrize(
    "done",
    ["", "-", "x", "no-penalty", "no-penalty.9", "no-penalty.-1", "in-use.21", "in-use.٣", "a.b_c.d.1", "_" * 99],
)
def test_answers_that_make_no_sense_are_left_out(done):
    app = show("missions", done=done, mission="<script>")
    check(app)
    assert not app.error
    assert f"{len(MISSIONS)} missions" in words(app)


def test_a_missing_model_is_one_sentence(gallery):
    shutil.rmtree(gallery / "beta-10")
    app = show("missions", mission="huge-penalty", done="huge-penalty.0_two-numbers.1")
    check(app)
    assert "beta-10" in app.error[0].value


# --- the glossary ---


def test_every_term_leads_somewhere():
    for key, term in glossary.ALL.items():
        assert term.words[-1] == ".", key
        assert set(term.also) <= set(glossary.ALL), key
        assert key not in term.also
        for page in term.pages:
            assert (paths.ROOT / "pages" / f"{page}.py").exists()
            assert page in pages.BY_NAME
        assert term.latex.count("{") == term.latex.count("}"), key
        assert "@" not in term.latex
    assert len(glossary.ALL) == sum(len(terms) for terms in glossary.TERMS.values())


@pytest.mark.parametrize("name", form.visible_fields())
def test_the_form_explains_its_terms_with_the_glossarys_words(name):
    app, explained = show("train", new="1"), form.help_text(name)
    check(app)
    kinds = ("selectbox", "number_input")
    assert explained in [widget.proto.help for kind in kinds for widget in app.get(kind) if widget.key == name]
    for term in form.TERMS.get(name, ()):
        assert glossary.ALL[term].words in explained
    assert explained != FIELDS[name].metadata["help"] or name not in form.TERMS


@pytest.mark.parametrize(
    ("page", "terms"),
    [
        ("draw", ["mean", "std"]), ("train", ["loss", "nat"]), ("map", ["pca", "umap", "tsne"]),
        ("samples", ["seed", "std"]),
    ],
)  # fmt: skip
def test_tooltips_say_a_term_as_the_glossary_does(page, terms):
    app = show(page, run="lecture")
    check(app)
    helps = " ".join(getattr(element.proto, "help", "") for kind in HELPED for element in app.get(kind))
    for term in terms:
        assert glossary.tip(term) in helps, term


@pytest.mark.parametrize("paint", glossary.PAINTS)
def test_each_colour_of_a_formula_has_its_pair_for_the_dark_ground(paint):
    css = (paths.ROOT / "static" / "understand" / "glossary.css").read_text()
    lab = (paths.ROOT / "static" / "style.css").read_text()
    light, dark = re.search(rf"--ll-{paint}: light-dark\((#\w+), (#\w+)\)", lab).groups()
    assert light == glossary.PAINTS[paint]
    red, green, blue = (int(light[k : k + 2], 16) for k in (1, 3, 5))
    rule = next(line for line in css.splitlines() if f"rgb({red}, {green}, {blue})" in line)
    assert f"light-dark({light}, {dark})" in rule


def test_a_term_is_found_by_its_name_its_other_names_and_its_words():
    assert "kl" in glossary.search("kullback")["The loss"]
    assert "kl" in glossary.search("KL penalty")["The loss"]
    assert glossary.search("no such word") == {}
    assert glossary.search("  ") == glossary.TERMS


def test_the_index_has_every_term_once_in_alphabetical_order():
    letters = glossary.index(glossary.TERMS)
    keys = [key for each in letters.values() for key in each]
    assert sorted(keys) == sorted(glossary.ALL) and list(letters) == sorted(letters)
    assert keys == sorted(keys, key=lambda key: glossary.ALL[key].name.casefold())
    assert all(glossary.ALL[key].name.upper().startswith(letter) for letter, each in letters.items() for key in each)
    found = glossary.index(glossary.search("UMAP"))
    assert "umap" in found["U"] and "kl" not in found.get("K", [])


@pytest.mark.parametrize("term", ["kl", "nonsense", "<b>"])
def test_a_term_in_the_address_stands_first(term):
    app = show("glossary", term=term)
    check(app)
    texts = [element.value for element in app.markdown]
    if term in glossary.ALL:
        assert glossary.ALL[term].words in texts[2]
    else:
        assert "There is no term" in app.warning[0].value


def test_the_search_leaves_only_what_fits():
    app = show("glossary", find="dice")
    check(app)
    text = words(app)
    assert glossary.ALL["noise"].words in text
    assert glossary.ALL["pca"].words not in text
    app.text_input(key="find").set_value("xyzzy").run()
    assert "No term has these words" in words(app)


# --- is this normal? ---


def label(app) -> str:
    return next(e.label for e in app.expander if e.label.startswith("Is this normal?"))


@pytest.mark.parametrize("name", ["lecture", "two-knobs", "beta-10", "autoencoder", "digits"])
def test_a_measured_setting_of_the_gallery_is_normal(name):
    app = show("train", run=name)
    check(app)
    normal = find_run(name).config
    asked = f"beta {normal.beta:g}" if normal.is_vae and normal.beta != 1 else "its settings"
    assert label(app) == f"Is this normal? Yes, for {asked}: all its numbers are usual."
    assert (name == "beta-10") == ("15 of the 20 numbers of its code are unused" in words(app))
    assert f"{len(reference.band_of(find_run(name).config).seeds)} of our runs" in words(app)


def test_a_worse_run_of_the_same_setting_is_called_so(gallery):
    def worse(record):
        return {**record, "test": {**record["test"], "loss": record["test"]["loss"] + 20}}

    rewrite(gallery, "lecture", worse)
    app = show("train", run="lecture")
    check(app)
    assert label(app) == "Is this normal? 1 of 6 numbers are not usual."
    assert "worse than usual" in words(app)
    assert "another **seed**" in words(app)


def test_another_setting_is_compared_with_the_nearest_and_says_so(finished):  # noqa: F811
    app = show("train", run="mine")
    check(app)
    assert "not measured" in label(app)
    text = words(app)
    assert "not measured this setting" in text
    for name in reference.differing_fields(finished.config, reference.nearest(finished.config).config):
        assert str(getattr(finished.config, name)).removesuffix(".0") in text


def test_what_cannot_be_compared_is_not_compared():
    config = replace(reference.MNIST, reconstruction="mse")
    assert reference_panel.band_for(config) == (None, False)
    assert "have not measured" in reference_panel.sentence(config, None, False, 10)


def test_compare_says_it_of_both_models():
    app = show("compare", run="lecture", **{"with": "beta-10"})
    check(app)
    said = [e.label for e in app.expander if "Is this normal?" in e.label]
    assert [each.split("? ")[1][:9] for each in said] == ["Yes, for ", "Yes, for "]
    assert words(app).count("of our runs") == 2


def test_runs_says_it_of_the_one_that_is_asked_about_and_judges_no_other(monkeypatch):
    judged = []
    monkeypatch.setattr(
        reference, "band_of", lambda config, judge=reference.band_of: judged.append(config) or judge(config)
    )
    app = show("runs")
    check(app)
    assert not judged
    app.button(key="more_two-knobs").click().run()
    check(app)
    assert label(app) == "Is this normal? Yes, for its settings: all its numbers are usual."
    assert judged == [find_run("two-knobs").config]
