"""Sets on disk: adding, changing, taking back, being killed in the middle; a zip of a set is the same set again."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import zipfile
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.core_helpers import assert_one_sentence
from tests.core.pictures_made import drawing, files_below, picture_set, raw, stream, uploaded, zipped
from vae_core import paths
from vae_core.datasets import own, registry
from vae_core.pictures import adding, export, freezing, intake, quality, sets
from vae_core.pictures.adding import Report
from vae_core.pictures.intake import Limits, Skipped
from vae_core.pictures.preparing import Preparation
from vae_core.pictures.sets import PictureSet, SetError
from vae_core.runs import schema

pytestmark = pytest.mark.usefixtures("runs_dir")  # each test has its own folder of sets


def contents(known: PictureSet) -> list[tuple[str, str, str, bytes]]:
    """Class, name, source and pixels of each picture, in order."""
    names = known.info.class_names or ("",)
    return [
        (names[p.place], p.name, p.source, pixels.tobytes())
        for p, pixels in zip(known.manifest.pictures, known.rgba(), strict=True)
    ]


def test_a_set_keeps_what_was_added_in_order():
    known = picture_set({"a": 3, "б": 2})
    wanted = list(stream({"a": 3, "б": 2}))
    assert contents(known) == [(t.class_name, t.name, t.source, t.rgba.tobytes()) for t in wanted]
    assert known.info.class_names == ("a", "б") and known.info.counts == (3, 2) and known.info.count == 5
    assert known.labels().tolist() == [0, 0, 0, 1, 1] and len(set(known.ids().tolist())) == 5
    assert (known.rgba([4, 0]) == np.stack([wanted[4].rgba, wanted[0].rgba])).all()


def test_a_set_is_found_and_listed_by_its_owner(runs_dir):
    mine, other = picture_set({"a": 1}, owner="me"), picture_set({"a": 1}, owner="you")
    assert sets.find(mine.id) == mine
    assert sets.list_sets("me") == [mine] and set(sets.list_sets()) == {mine, other}
    for name in ("", "..", "../..", "x" * 12, mine.id.upper() + "0", "0" * 12):
        assert sets.find(name) is None


def test_a_heap_has_no_classes():
    known = picture_set({"": 4})
    assert known.info.class_names == () and known.info.counts == () and known.labels().tolist() == [0] * 4


def test_a_heap_beside_classes_is_a_class_of_its_own():
    known = picture_set({"": 2, "cat": 3})
    assert known.info.class_names == (sets.set_manifest.UNSORTED, "cat")
    known.move(known.ids()[:2].tolist(), "cat")
    assert known.info.class_names == ("cat",) and known.info.counts == (5,)


def test_the_file_of_pictures_is_a_plain_array():
    known = picture_set({"a": 70})
    assert (np.load(known.path / "pictures.npy") == known.rgba()).all()


# ---- changing


def test_classes_are_renamed_merged_and_removed():
    known = picture_set({"a": 2, "b": 3, "c": 1})
    known.rename_class("a", "alpha")
    assert known.info.class_names == ("alpha", "b", "c")
    known.merge_classes(["b", "c"], "b")
    assert known.info.class_names == ("alpha", "b") and known.info.counts == (2, 4)
    known.merge_classes(["alpha", "b"], "all")
    assert known.info.class_names == ("all",) and known.info.counts == (6,)
    known.add_class("empty")
    assert known.info.counts == (6, 0)
    known.remove_class("all")
    assert known.info.class_names == ("empty",) and known.info.count == 0 and len(known.rgba()) == 0


def test_pictures_are_moved_and_removed_by_their_ids():
    known = picture_set({"a": 3, "b": 1})
    ids = known.ids().tolist()
    known.move(ids[:2], "new")
    assert known.info.class_names == ("a", "b", "new") and known.info.counts == (1, 1, 2)
    known.remove([ids[0]])
    assert known.ids().tolist() == ids[1:]
    assert known.info.count == 3


@pytest.mark.parametrize(
    "act",
    [
        lambda s: s.rename_class("gone", "x"), lambda s: s.rename_class("a", "b"), lambda s: s.rename_class("a", " \n"),
        lambda s: s.merge_classes(["gone"], "a"), lambda s: s.move([10**9], "a"), lambda s: s.move([], "a"),
        lambda s: s.remove([0]), lambda s: s.remove_class("gone"), lambda s: s.rename(""), lambda s: s.add_class("a"),
        lambda s: s.add_class("\x00"),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_is_one_sentence_and_changes_nothing(act):
    known = picture_set({"a": 2, "b": 1})
    before = known.info
    with pytest.raises(SetError) as refusal:
        act(known)
    assert_one_sentence(refusal.value)
    assert known.info == before


def test_names_are_one_line():
    known = picture_set({"a\nb\u202ec": 1})
    assert known.info.class_names == ("a b c",)
    known.rename("  Two\tlines\n ")
    assert known.info.title == "Two lines"


PERSIAN, FAMILY = "می\u200cخواهم", "👨\u200d👩\u200d👧"


@pytest.mark.parametrize("one_line", [own.one_line, schema.one_line])
@pytest.mark.parametrize(
    ("text", "shown"),
    [(PERSIAN, PERSIAN), (FAMILY, FAMILY), ("❤️\u200d🔥", "❤️\u200d🔥"), ("क्\u200dष", "क्\u200dष"),
     ("👩🏽\u200d🚀", "👩🏽\u200d🚀"), ("🙂\u200d↔️", "🙂\u200d↔️"),
     ("\u200cmi\u200d", "mi"), ("a\u200c\u200c\u200db", "a\u200cb"), ("a \u200d b", "a b"), ("1\u200d2", "1 2"),
     ("x" * 79 + "\u200dy", "x" * 79), ("\u200d", ""), ("a\u200bb\u2060c\ufeffd", "a b c d")],
)  # fmt: skip
def test_joiners_stay_where_they_join(one_line, text, shown):
    assert one_line(text) == shown


@given(st.text(st.sampled_from("aی👩 \u200c\u200d\n\u0301(\ufe0f"), max_size=100), st.integers(1, 90))
def test_a_name_that_was_made_one_line_is_one(text, most):
    shown = own.one_line(text, most)
    assert own.one_line(shown, most) == shown and len(shown) <= most and shown.strip("\u200c\u200d ") == shown
    assert not any(a in "\u200c\u200d" and b in "\u200c\u200d" for a, b in pairwise(shown))


def test_names_with_joiners_are_kept_with_a_set_and_a_version():
    known = picture_set({PERSIAN: 12, FAMILY: 12}, title=PERSIAN)
    spec = freezing.freeze(known, Preparation())
    assert set(known.info.class_names) == set(spec.class_names) == {PERSIAN, FAMILY}
    assert registry.get(spec.name).title == PERSIAN


def test_folders_of_one_long_name_stay_names_where_a_joiner_is_cut_off():
    long = "ب" * 69 + "\u200c" + "ب" * 20
    names = intake.class_names([(f"{k}", long, long, long) for k in range(2)]).values()
    assert [own.one_line(name) for name in names] == list(names) and len(set(names)) == 2


CHANGES = {
    "add": lambda s: s.add(stream({"a": 2, "z": 1})),
    "rename": lambda s: s.rename(s.info.title + "!"),
    "rename class": lambda s: s.rename_class(s.info.class_names[0], s.info.class_names[0] + "x"),
    "merge": lambda s: s.merge_classes(s.info.class_names, s.info.class_names[-1]),
    "move": lambda s: s.move(s.ids()[:2].tolist(), "moved"),
    "remove": lambda s: s.remove(s.ids()[-2:].tolist()),
    "remove class": lambda s: s.remove_class(s.info.class_names[0]),
}


@given(st.lists(st.sampled_from(sorted(CHANGES)), max_size=8))
def test_each_change_is_taken_back_in_turn(names):
    """Whatever was done: as many times back is where one began, at each step what was before."""
    known = sets.create("Undo")
    known.add(stream({"a": 3, "b": 2}))
    seen, tokens, before = [], set(), known.info.token
    for name in names:
        state = known.info.title, known.info.class_names, contents(known)
        try:
            CHANGES[name](known)
        except (SetError, IndexError):  # nothing is left to be changed so
            continue
        seen.append(state)
        tokens.add(known.info.token)
    assert len(tokens | {before}) == len(seen) + 1
    for state in reversed(seen):
        assert known.undo()
        assert (known.info.title, known.info.class_names, contents(known)) == state
        assert known.info.token not in tokens
    assert known.undo() and known.info.count == 0  # the first pictures
    assert not known.undo() and not known.info.can_undo


def test_an_id_is_never_given_twice():
    known = picture_set({"a": 3})
    gone = known.ids().tolist()
    known.undo()
    known.add(stream({"b": 3}))
    assert not set(gone) & set(known.ids().tolist())


def test_no_more_than_the_last_changes_are_kept():
    known = picture_set({"a": 1})
    for k in range(sets.UNDO + 5):
        known.rename(f"title {k}")
    assert sum(known.undo() for _ in range(100)) == sets.UNDO


def test_what_nobody_can_take_back_leaves_the_disk(monkeypatch):
    """Removed pictures are bytes of no use; the file is written anew, and everything else is as before."""
    monkeypatch.setattr(adding, "LOST", 8)
    known = picture_set({"a": 30, "b": 30})
    known.remove(known.ids()[:25].tolist())
    for k in range(sets.UNDO):
        known.rename(f"title {k}")
    before, reading = contents(known), known.rgba()
    known.add(stream({"c": 1}))
    assert contents(known)[:-1] == before and (known.rgba()[:-1] == reading).all()
    (file,) = known.path.glob("pictures*.npy")
    assert np.load(file).shape[0] == 36
    assert known.undo() and contents(known) == before
    assert known.undo() and known.info.title == f"title {sets.UNDO - 2}" and contents(known) == before


# ---- reports


def test_a_report_counts_both_and_gives_a_reason():
    known = sets.create("Report")
    report = known.add(
        iter(uploaded(zipped({"a/1.png": raw(drawing(1)), "a/2.heic": b"\0\0\0\x18ftypheic", "3.txt": b"x"})))
    )
    assert (report.taken, report.skipped_count, len(report.skipped)) == (1, 2, 2)
    assert report.sentence().startswith("1 picture was added. 2 files were left out: ")
    assert Report(1_200, [], 0).sentence() == "1,200 pictures were added."
    assert (
        Report(0, [Skipped("a.pdf", "is a PDF")], 1).sentence()
        == "0 pictures were added. 1 file was left out: a.pdf is a PDF."
    )


def test_a_set_takes_no_more_than_its_limits_all_uploads_together():
    known = picture_set({"a": 4})
    report = known.add(stream({"a": 4}), limits=Limits(pictures=6))
    assert (report.taken, report.skipped_count, known.info.count) == (2, 1, 6)
    assert "all after it" in report.skipped[0].reason
    report = known.add(stream({"b": 1, "c": 1}), limits=Limits(classes=2))
    assert report.taken == 1 and known.info.class_names == ("a", "b")


def test_what_stops_an_upload_leaves_the_set_as_it_was():
    known = picture_set({"a": 3})
    before = contents(known)

    def stopped(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        known.add(stream({"b": 200}), progress=stopped)
    assert contents(known) == before
    known.add(stream({"c": 2}))
    assert contents(known)[:3] == before and known.info.class_names == ("a", "c")


KILLED = """
import os, sys, signal
from tests.core.pictures_made import stream
from vae_core.pictures import sets
from vae_core.runs import files
known, when = sets.find(sys.argv[1]), sys.argv[2]
def kill(*_): os.kill(os.getpid(), signal.SIGKILL)
if when == "pictures": known.add(stream({"b": 500}), progress=lambda count: count >= 128 and kill())
if when == "manifest": files.os_compat.replace = kill
known.add(stream({"b": 70}))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows ends processes in another way")
@pytest.mark.parametrize("when", ["pictures", "manifest"])
def test_a_kill_in_the_middle_leaves_the_set_as_it_was(when):
    known = picture_set({"a": 5})
    before, size = contents(known), (known.path / "pictures.npy").stat().st_size
    done = subprocess.run([sys.executable, "-c", KILLED, known.id, when], cwd=paths.ROOT, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (known.path / "pictures.npy").stat().st_size > size  # it was in the middle
    assert contents(known) == before and known.info.class_names == ("a",)
    known.add(stream({"c": 1}))
    assert contents(known)[:5] == before and known.info.counts == (5, 1)


def test_a_damaged_set_is_one_sentence():
    known = picture_set({"a": 2})
    for content in (
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"format": 1, "classes": [], "pictures": [[1, 0, 7, "", ""]], "rows": 1}',
    ):
        (known.path / "manifest.json").write_bytes(content)
        with pytest.raises(SetError) as refusal:
            known.info  # noqa: B018
        assert_one_sentence(refusal.value)
        assert sets.find(known.id) is None and sets.list_sets() == []


def test_a_deleted_set_is_gone_with_its_pictures(runs_dir):
    known = picture_set({"a": 2})
    assert known.delete() == []
    assert sets.find(known.id) is None
    assert not [name for name in files_below(runs_dir) if known.id in name]
    with pytest.raises(SetError):
        known.info  # noqa: B018


# ---- a zip of it


NAMES = ["a", "b/c", "..", ".hidden", "a:b", "A", "кошка", "__MACOSX", "猫 \\ 犬", "con.", "con", ""]


@pytest.mark.parametrize("names", [["x", "y"], NAMES, [""], ["only"], [*map(str, range(47))]])
def test_a_zip_of_a_set_is_the_same_set_again(names):
    known = picture_set(dict.fromkeys(names, 2))
    known.add(stream({names[0]: 1}))
    out = io.BytesIO()
    assert export.to_zip(known, out) == known.info.count
    again = sets.create("Again")
    report = again.add(iter(uploaded(out)))
    assert report.skipped_count == 0
    assert again.info.class_names == known.info.class_names and again.info.counts == known.info.counts
    pixels = lambda s: sorted((name, raw) for name, _, _, raw in contents(s))  # noqa: E731
    assert pixels(again) == pixels(known)


def test_a_zip_of_a_set_is_pngs_in_folders_that_every_system_takes():
    known = picture_set(dict.fromkeys(NAMES, 1))
    out = io.BytesIO()
    export.to_zip(known, out)
    with zipfile.ZipFile(out) as bundle:
        names = [name for name in bundle.namelist() if name.endswith(".png")]
    folders = [name.rpartition("/")[0] for name in names]
    assert len({folder.lower() for folder in folders}) == len(NAMES)
    assert not any(
        set(name) & set('\\:*?"<>|') or name.startswith(("/", ".")) or ".." in name.split("/") for name in names
    )


# ---- worth a look


def test_near_duplicates_and_empty_pictures_are_pointed_out():
    from vae_core.pictures.preparing import Preparation, prepare

    pictures = [np.array(drawing(k).convert("RGBA")) for k in range(5)]
    nearly = pictures[2].copy()
    nearly[30:32, 30:32, :3] = 128
    blank = np.full((64, 64, 4), 255, np.uint8)
    shape = Preparation(invert=True).shape
    prepared = prepare(np.stack([*pictures, nearly, blank, blank]), Preparation(invert=True))
    found = quality.look(prepared, np.array([0, 1, 2, 3, 4, 0, 0, 0], np.uint8), shape)
    assert found.duplicates == [(2, 5)] and found.empty == [6, 7]
    assert len(found.sentences) == 2 and "another class" in found.sentences[0]
    none = quality.look(prepared[:0], np.zeros(0, np.uint8), shape)
    assert not none.duplicates and not none.empty and not none.sentences


@pytest.mark.parametrize(
    ("classes", "words"),
    [({"a": 3}, "17 more are needed"), ({"a": 19}, "1 more is needed"), ({"a": 30}, "one class"), ({"": 300}, ""),
     ({"a": 30, "b": 2}, "fewer than five"), ({"a": 20, "b": 20}, "few"), ({"a": 80, "b": 80}, "")],
)  # fmt: skip
def test_whether_there_are_enough_is_one_sentence(classes, words):
    said = quality.enough(picture_set(classes).info)
    assert words in said and bool(words) == bool(said)
    if said:
        assert_one_sentence(said.replace(": ", " "))


# ---- how its pictures are prepared


def test_what_is_chosen_belongs_to_the_set_and_is_no_change_of_it():
    known = picture_set({"a": 3})
    token, edits = known.info.token, known.manifest.edits
    known.choose(size=64, ground="black")
    known.choose(vary=False, size=32)
    assert sets.PictureSet(known.path).manifest.choices == {"size": 32, "ground": "black", "vary": False}
    assert (known.info.token, known.manifest.edits) == (token, edits)
    known.rename_class("a", "b")
    known.choose(invert=True)
    assert known.undo() and known.info.class_names == ("a",)
    assert known.manifest.choices == {"size": 32, "ground": "black", "vary": False, "invert": True}, "not taken back"


def test_an_old_manifest_has_no_choices_and_odd_ones_do_not_count():
    known = picture_set({"a": 3})
    file = known.path / "manifest.json"
    said = json.loads(file.read_text("utf-8"))
    del said["choices"]
    file.write_text(json.dumps(said), "utf-8")
    assert known.manifest.choices == {} and known.info.count == 3
    for odd in (
        7,
        None,
        [],
        "size",
        {"size": 29, "colour": ["rgb"], "invert": 1, "vary": "no", "x": 1, "centre": True},
    ):
        file.write_text(json.dumps({**said, "choices": odd}), "utf-8")
        assert known.manifest.choices == ({"centre": True} if isinstance(odd, dict) else {})
