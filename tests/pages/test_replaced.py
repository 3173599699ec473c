"""The caches know a run by its path; another run under the same id must not be shown with the old one's pictures."""

import shutil

from tests.pages.test_pages import _here, check, finished, show  # noqa: F401 (fixtures)
from ui.store import cache
from vae_core import paths


def test_another_run_under_the_same_id_is_shown_as_it_is(finished):  # noqa: F811
    path = str(finished.path)
    check(show("samples", run="mine"))
    before = cache.latents(path, 5).mean
    check(show("samples", run="mine"))
    shutil.rmtree(path)
    shutil.copytree(paths.GALLERY / "two-knobs", path)
    app = show("samples", run="mine")
    check(app)
    assert not app.error
    after = cache.latents(path, 5).mean
    assert after.shape[1] == 2 != before.shape[1]
    assert len(cache.labels(path)) == len(after)
