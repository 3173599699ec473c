"""The samples page in its parts and states."""

import json

import numpy as np
import pytest
from test_pages import _here, check, finished, show, words  # noqa: F401

from ui.samples import knobs, story
from ui.shell import run_picker, startup
from ui.store import cache
from vae_core import paths
from vae_core.analysis import interpolation, nearest_images, sampling
from vae_core.datasets import registry
from vae_core.runs.films import evenly
from vae_core.runs.index import find_run

pytestmark = pytest.mark.usefixtures("_here")


def test_seed_count_and_spread_come_from_the_address():
    app = show("samples", run="lecture", seed="41", count="16", spread="0.5")
    check(app)
    assert app.number_input(key="seed").value == 41
    assert app.select_slider(key="count").value == 16
    assert app.slider(key="spread").value == 0.5
    app.button(key="new_samples").click().run()
    check(app)
    assert app.number_input(key="seed").value == 42


@pytest.mark.parametrize("part", ["Grid", "Knobs", "Plane", "Walk"])
@pytest.mark.parametrize("run", ["lecture", "two-knobs", "autoencoder", "digits", "beta-10", "mine"])
def test_every_part_of_every_kind_of_model(part, run, finished):  # noqa: F811
    app = show("samples", run=run, part=part, chosen="3", start="1")
    check(app)
    assert not app.error
    assert app.segmented_control(key="part").value == part
    if part == "Plane" and find_run(run).config.latent_dim != 2:
        assert app.selectbox(key="run_picker").value == "two-knobs"  # in its place, and says so
        assert "a plane has two directions" in words(app)


@pytest.mark.parametrize("odd", ["-1", "0", "65", "x", "1e3", "٣", "9" * 40])
def test_an_odd_place_in_the_address_harms_nothing(odd):
    for part in ("Grid", "Knobs"):
        app = show("samples", run="lecture", part=part, chosen=odd, start=odd)
        check(app)
        assert not app.error
    assert show("samples", run="lecture", seed=odd, part=odd, spread=odd, count=odd).exception == []


@pytest.mark.parametrize(
    ("run", "said"),
    [("lecture", "pulled the codes of all pictures"), ("beta-0.1", "little penalty"), ("beta-0", "beta 0) to gather"),
     ("autoencoder", "no rule for")],
)  # fmt: skip
def test_the_penalty_gets_the_credit_only_where_there_was_one(run, said):
    told = words(show("samples", run=run))
    assert said in told
    assert ("pulled the codes of all pictures" in told) == (run in ("lecture", "beta-0.1"))


def test_without_any_pictures_the_nearest_one_is_one_sentence(elsewhere):
    app = show("samples", run="elsewhere", chosen="3")
    check(app)
    assert "nearest training picture cannot be shown" in words(app)
    assert "cannot be shown" not in words(show("samples", run="digits", chosen="3"))


def test_without_the_training_pictures_the_nearest_test_picture_is_shown_as_such():
    run = find_run("lecture")
    found = story.nearest_training(run, [10], 16, 3, 1.0, 5)
    test = registry.load_test("mnist-55k")
    assert found["learned"] is registry.is_here("mnist-55k") is False and found["copies"] == 1
    assert found["of"] == len(test.images) - story.COMPARED
    picture = sampling.decode(cache.model(str(run.path), 10), sampling.sample_prior(16, 20, 3))[5]
    left = np.delete(np.arange(len(test.images)), story._asked("mnist-55k"))
    away = np.sqrt(np.square(test.images[left] / 255 - picture.ravel() / 255).sum(1))
    assert found["away"][-1] == pytest.approx(away.min(), abs=0.006)
    assert found["classes"][-1] == str(test.labels[left[away.argmin()]])


def test_a_run_that_does_not_say_how_much_is_used_is_one_sentence(finished):  # noqa: F811
    lines = [json.loads(line) for line in (finished.path / "metrics.jsonl").read_text().splitlines()]
    text = "".join(json.dumps({**line, "kl_per_dimension": None}) + "\n" for line in lines)
    (finished.path / "metrics.jsonl").write_text(text)
    app = show("samples", run="mine", part="Knobs")
    check(app)
    assert "how much each number is used" in app.error[0].value


# ---- the numbers behind the story


def test_the_story_names_the_nearest_training_picture_of_each_epoch(finished):  # noqa: F811
    epochs = run_picker.film(finished)
    found = story.nearest_training(finished, epochs, 16, 3, 1.0, 5)
    model = cache.model(str(finished.path), epochs[-1])
    picture = sampling.decode(model, sampling.sample_prior(16, finished.config.latent_dim, 3))[5]
    train = registry.load_train("digits")
    away = np.sqrt(np.square(train.images / 255 - picture.ravel() / 255).sum(1))
    assert found["places"][-1] == away.argmin()
    assert found["away"][-1] == pytest.approx(away.min(), abs=0.006)
    assert found["classes"][-1] == str(train.labels[away.argmin()])
    assert len(found["places"]) == len(epochs)
    typical = nearest_images.nearest(train.images, registry.load_test("digits").images)[1]
    assert found["typical"][2] == pytest.approx(np.median(typical), rel=0.1)


@pytest.mark.parametrize("run_id", ["two-knobs", "autoencoder"])
def test_far_and_near_codes_are_told_apart(run_id):
    run = find_run(run_id)
    path, epoch = str(run.path), run.weight_epochs()[-1]
    near, *_ = story.surroundings(path, epoch, 64, 0, 0.5)
    far, kinds, order = story.surroundings(path, epoch, 64, 0, 2.0)
    assert near.mean() > far.mean() + 0.05
    assert ((far >= 0) & (far <= 1)).all() and (kinds.sum(1) == story.NEAREST).all()
    assert sorted(order) == list(range(64)) and (np.diff(kinds.max(1)[order]) <= 0).all()


def test_dead_knobs_are_the_ones_that_change_least_and_there_is_none_before_training():
    run = find_run("beta-10")
    path, epoch = str(run.path), run.weight_epochs()[-1]
    both = knobs.use_of(path, (0, epoch))
    untrained, dead = knobs.dead(both, False, (0, epoch))
    use = both[1]
    assert both[0].max() < knobs.IN_USE and not untrained.any()
    assert 0 < dead.sum() < len(dead)
    model = cache.model(path, epoch)
    moved = []
    for dim in range(run.config.latent_dim):
        strip = sampling.decode(model, interpolation.traverse(np.zeros(len(use), np.float32), dim, knobs.STEPS)).astype(
            int
        )
        moved.append(np.abs(strip - strip[4]).mean())
    moved = np.array(moved)
    assert moved[dead].max() < moved[~dead].min()


def test_the_strips_of_a_long_run_stay_within_a_megabyte(monkeypatch):
    epochs = list(range(41))
    assert len(evenly(epochs, knobs.STRIP_EPOCHS)) == knobs.STRIP_EPOCHS
    assert evenly(epochs, knobs.STRIP_EPOCHS)[0] == 0 and evenly(epochs, knobs.STRIP_EPOCHS)[-1] == 40
    lecture = find_run("lecture")
    assert len(knobs.knobs(lecture, run_picker.film(lecture), None)["film"]) < 1_000_000


def test_damaged_weights_are_one_sentence_in_every_part(finished):  # noqa: F811
    file = finished.weights_file(2)
    raw = bytearray(file.read_bytes())
    raw[-1] ^= 255
    file.write_bytes(raw)
    for part in ("Grid", "Knobs"):
        app = show("samples", run="mine", part=part)
        check(app)
        assert "damaged" in app.error[0].value


def test_the_seed_of_a_training_and_that_of_the_dice_leave_each_other_alone():
    app = show("train")
    app.number_input(key="seed").set_value(77).run()
    app.switch_page("pages/samples.py").run()
    check(app)
    assert not app.warning
    assert app.number_input(key="seed").value in (0, 77)
    app.number_input(key="seed").set_value(5).run()
    app.switch_page("pages/train.py").run()
    check(app)
    assert not app.warning
    assert app.number_input(key="seed").value in (1, 77)


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_training_pictures_are_read_beside_the_page(monkeypatch, tmp_path):
    """So that the first click on a picture does not wait for them; what is missing is said there, not here."""
    monkeypatch.setattr(startup, "HEAD_START", 0)
    monkeypatch.setenv("VAE_DATA_DIR", str(tmp_path))
    folder = str(paths.data_dir())
    story.get_ready.clear()
    story.get_ready("mnist", folder).join()
    story.get_ready("digits", folder).join()
    monkeypatch.setattr(registry, "load_train", lambda name: pytest.fail("read again"))
    assert len(story._test_distances("digits", folder, True)) == 5


def test_where_there_is_but_one_picture_nothing_is_compared(monkeypatch):
    run, one = find_run("lecture"), np.array([0])
    monkeypatch.setattr(story.registry, "is_here", lambda name: False)
    monkeypatch.setattr(story, "_asked", lambda dataset: np.arange(registry.get(dataset).test_size))
    assert story.nearest_training(run, [10], 16, 3, 1.0, 5) is None
    monkeypatch.setattr(story, "_asked", lambda dataset: one)
    assert story._has_others(run.config.dataset, learned=False)
