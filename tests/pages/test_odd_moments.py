"""What can be asked for by no slider, and what is gone when a page comes to it."""

import shutil

from tests.pages.test_pages import _here, check, finished, show  # noqa: F401 (fixtures)
from ui import picker


def test_an_epoch_of_thousands_of_digits_is_no_epoch():
    check(show("morph", run="lecture", epoch="9" * 5000))


def test_a_run_deleted_while_the_list_is_drawn_still_has_a_name(finished):  # noqa: F811
    assert finished.config  # known already
    shutil.rmtree(finished.path)
    assert picker.label(finished).startswith("Yours, deleted")
