"""What can be asked for by no slider, and what is gone when a page comes to it."""

import shutil

from tests.pages.test_pages import _here, check, finished, show  # noqa: F401 (fixtures)
from ui.components import reference_panel
from ui.shell import run_picker
from vae_core.runs.index import list_runs


def test_an_epoch_of_thousands_of_digits_is_no_epoch():
    check(show("morph", run="lecture", epoch="9" * 5000))


def test_a_run_deleted_while_the_list_is_drawn_still_has_a_name(finished):  # noqa: F811
    assert finished.config  # known already
    shutil.rmtree(finished.path)
    assert run_picker.label(finished).startswith("Yours, deleted")


def test_the_noise_is_named_as_the_reason_only_where_it_is():
    def told(train: float, test: float, mean: float) -> str:
        losses = {"train": train, "test": test, "test_mean": mean}
        record = {name: {"loss": loss, "reconstruction": loss, "kl": 0.0} for name, loss in losses.items()}
        return reference_panel.why_below(record)

    gallery = {run.id: run for run in list_runs() if run.gallery}
    assert "In training the decoder gets a random point" in reference_panel.why_below(gallery["lecture"].metrics()[-1])
    assert not told(320.6, 260.2, 259.3)  # after two epochs: training was measured while it still learned fast
    assert not told(478.6, 432.5, 486.9)  # beta 1000: the means are drawn worse than random points
    assert not told(100.0, 120.0, 112.0)  # learned by heart


def test_a_folder_of_runs_that_cannot_be_is_said_when_one_starts_and_harms_no_other_page(monkeypatch, tmp_path):
    monkeypatch.setenv("VAE_RUNS_DIR", str(tmp_path / ("n" * 300)))
    monkeypatch.setenv("VAE_DATA_DIR", str(tmp_path / ("n" * 300)))
    for page in ("runs", "pictures", "classroom"):
        check(show(page))
    app = show("train")
    check(app)
    app.button(key="start_training").click().run()
    check(app)
    (said,) = [each.value for each in app.error]
    assert "No run can be written" in said and "too long" in said
