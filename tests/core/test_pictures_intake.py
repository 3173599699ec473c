"""Many pictures from uploads that may be anything: each is taken or said why not, and nothing lands outside."""

from __future__ import annotations

import builtins
import io
import json
import os
import struct
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.core.hostile import ODD, nothing_odd_is_unpacked, oddly_packed
from tests.core.pictures_made import drawing, files_below, photo, raw, reasons, taken, uploaded, without_rights, zipped
from vae_core import paths, zips
from vae_core.pictures import intake, sets
from vae_core.pictures.intake import Limits, Skipped, Taken, class_names

PNG = raw(drawing(1))


def classes(items: list[Taken | Skipped]) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in taken(items):
        found[item.class_name] = found.get(item.class_name, 0) + 1
    return found


# ---- classes


def test_a_picture_is_of_the_class_of_its_folder_at_any_depth():
    parts = {f"all of it/deep/{name}/{k}.png": PNG for name in ("cat", "dog") for k in range(3)}
    assert classes(uploaded(zipped(parts))) == {"cat": 3, "dog": 3}


def test_two_folders_of_one_name_are_told_apart_by_their_parents():
    parts = {f"{alphabet}/{letter}/1.png": PNG for alphabet in ("Greek", "Latin") for letter in ("1", "2")}
    parts["Latin/z/1.png"] = PNG
    assert set(classes(uploaded(zipped(parts)))) == {"Greek / 1", "Greek / 2", "Latin / 1", "Latin / 2", "z"}


def test_pictures_in_no_folder_are_a_heap():
    assert classes(uploaded(zipped({f"{k}.png": PNG for k in range(3)}))) == {"": 3}
    assert classes(uploaded(PNG, "one.png")) == {"": 1}


def test_what_lies_in_no_folder_is_of_the_class_that_was_asked_for():
    items = uploaded(zipped({"1.png": PNG, "dog/2.png": PNG}), class_name="cat")
    assert classes(items) == {"cat": 1, "dog": 1}
    assert classes(uploaded(PNG, "one.png", class_name="cat")) == {"cat": 1}


@pytest.mark.parametrize("name", ["кошка", "猫", "गाय", "قطة", "gato ñandú", "é", "🐈", "a" * 300])
def test_names_in_any_script(name):
    (item,) = taken(uploaded(zipped({f"{name}/1.png": PNG})))
    assert item.class_name == intake.one_line(name) and 0 < len(item.class_name) <= 80


def test_names_that_say_nothing_of_being_utf_8():
    """Many programs write them so: read as code page 437, which the format asks for, they would be gibberish."""
    packed = zipped({"кошка/1.png": PNG}).getvalue()
    plain = bytearray(packed)
    for at, place in ((packed.find(b"PK\x03\x04"), 6), (packed.find(b"PK\x01\x02"), 8)):
        flags = struct.unpack_from("<H", plain, at + place)[0]
        struct.pack_into("<H", plain, at + place, flags & ~0x800)
    assert set(classes(uploaded(bytes(plain)))) == {"кошка"}


def test_slashes_of_both_kinds_part_folders():
    packed = zipped({"x_cat_1.png": PNG}).getvalue().replace(b"x_cat_1.png", b"x\\cat\\1.png")
    assert set(classes(uploaded(packed))) == {"cat"}


@given(st.lists(st.lists(st.sampled_from(["a", "b", "A", " a", "c\n", ""]), max_size=6), max_size=12))
def test_different_folders_have_different_names_and_alike_ones_the_same(folders):
    found = class_names(folders)
    assert set(found) == {tuple(folder) for folder in folders}
    named = [name for name in found.values() if name]
    assert len(set(named)) == len(named)


# ---- what is left out, and what is not even mentioned


def test_what_systems_leave_behind_is_not_mentioned():
    parts = {
        "cat/1.png": PNG,
        "__MACOSX/cat/._1.png": b"x",
        "cat/.DS_Store": b"x",
        "cat/Thumbs.db": b"x",
        ".git/a": b"",
    }
    items = uploaded(zipped(parts))
    assert len(items) == 1 and isinstance(items[0], Taken)


BAD = {
    "traversal": ({"../../evil.png": PNG}, "leads out"),
    "absolute": ({"/etc/evil.png": PNG}, "leads out"),
    "a drive": ({"C:/evil.png": PNG}, "leads out"),
    "nested": ({"inner.zip": zipped({"1.png": PNG}).getvalue()}, "archive; unpack"),
    "a text": ({"a/readme.txt": b"hello"}, "not a picture"),
    "heic": ({"a/1.heic": b"\0\0\0\x18ftypheic" + b"\0" * 50}, "HEIC"),
    "1 x 1": ({"a/1.png": raw(Image.new("L", (1, 1)))}, "1 x 1"),
    "broken": ({"a/1.png": PNG[: len(PNG) // 2]}, "broken"),
    "empty": ({"a/1.png": b""}, "empty"),
    "large": ({"a/1.bmp": b"BM" + bytes(40_000_000)}, "larger than 30 MB"),
}


@pytest.mark.parametrize("name", BAD)
def test_each_bad_part_is_left_out_by_name_and_the_rest_is_kept(name):
    parts, reason = BAD[name]
    items = uploaded(zipped({"cat/good.png": PNG, **parts, "dog/good.png": PNG}))
    assert classes(items) == {"cat": 1, "dog": 1}
    ((shown, said),) = reasons(items).items()
    assert reason in said
    assert shown.split("/")[-1] == next(iter(parts)).split("/")[-1]


def test_links_and_locked_parts_are_left_out():
    assert "link" in next(
        iter(reasons(uploaded(zipped({"a.png": b"/etc/passwd"}, external_attr=0o120777 << 16))).values())
    )
    locked = bytearray(zipped({"a.png": PNG}).getvalue())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(mark) + place] |= 1
    assert "password" in next(iter(reasons(uploaded(bytes(locked))).values()))


def test_a_bomb_is_not_unpacked(monkeypatch):
    """Each part says it is small enough; all of them are not, and a part that lies is cut off at what it says."""
    parts = {f"{k}.png": bytes(900_000) for k in range(30)}
    items = uploaded(zipped(parts), limits=Limits(unpacked_bytes=3_000_000))
    assert sum("unpack to more" in reason for reason in reasons(items).values()) == 27
    lying = bytearray(zipped({"a.png": bytes(50_000_000)}).getvalue())
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", lying, lying.find(mark) + place, 1_000)
    asked: list[int] = []
    read = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda self, n=-1: asked.append(n) or read(self, n))
    assert len(reasons(uploaded(bytes(lying)))) == 1
    assert asked == [1_001]


@pytest.mark.parametrize("packing", ODD)
def test_the_names_of_the_folders_are_not_read_if_they_are_packed_oddly(packing):
    names = json.dumps({"classes": [["a", "An a"]]}).encode()
    packed = oddly_packed(zipped({"latent-lab.json": names, "a/1.png": PNG}).getvalue(), packing)
    plain = zipped({"latent-lab.json": names, "a/1.png": PNG}).getvalue()
    assert classes(uploaded(plain)) == {"An a": 1}
    with nothing_odd_is_unpacked():
        assert set(reasons(uploaded(packed))) == {"latent-lab.json", "a/1.png"}
    assert all("unusual" in reason for reason in reasons(uploaded(packed)).values())


def test_ten_thousand_folders_are_no_classes_of_their_own():
    parts = {f"{k:05d}/": b"" for k in range(10_000)} | {f"{k:05d}/a.png": PNG for k in range(0, 10_000, 40)}
    items = uploaded(zipped(parts))
    assert len(classes(items)) == 200
    assert set(reasons(items).values()) == {"would be of one class more than 200"}


def test_too_many_parts_are_refused_before_they_are_read(monkeypatch):
    packed = zipped({str(k): b"" for k in range(20_001)})
    monkeypatch.setattr(zips, "ForeignZip", lambda *_: pytest.fail("its table was read"))
    assert "20,000" in reasons(uploaded(packed))["upload.zip"]


def test_an_archive_that_is_too_large_is_refused():
    assert (
        "1 MB"
        in reasons(uploaded(bytes(b"PK\x03\x04" + bytes(2_000_000)), limits=Limits(archive_bytes=10**6)))["upload.zip"]
    )


@pytest.mark.parametrize("cut", [0.02, 0.5, 0.999])
def test_an_archive_that_is_cut_off_is_refused(cut):
    packed = zipped({f"a/{k}.png": PNG for k in range(9)}).getvalue()
    assert "broken" in reasons(uploaded(packed[: int(cut * len(packed))]))["upload.zip"]


def test_more_pictures_than_a_set_may_have():
    items = uploaded(zipped({f"{k}.png": PNG for k in range(9)}), limits=Limits(pictures=5))
    assert len(taken(items)) == 5
    assert "at most" in next(iter(reasons(items).values()))


def test_a_bomb_of_small_files_is_not_decoded_for_ever():
    """Megapixels count for all of an upload, also those of pictures that turn out to be broken."""
    large = raw(Image.new("RGB", (1_000, 1_000), "red"))
    parts = {f"{k}.png": large if k % 2 else large[: len(large) // 2] for k in range(9)}
    items = uploaded(zipped(parts), limits=Limits(all_megapixels=4.5))
    said = list(reasons(items).values())
    assert sum("too much for one upload" in reason for reason in said) == 4
    assert len(taken(items)) == 2


def test_several_files_at_once_pictures_and_archives():
    files = [("a.png", io.BytesIO(PNG)), ("b.zip", zipped({"cat/1.png": PNG})), ("c.pdf", io.BytesIO(b"%PDF-1.4"))]
    items = list(intake.from_uploads(files))
    assert classes(items) == {"": 1, "cat": 1}
    assert "PDF" in reasons(items)["c.pdf"]


# ---- a folder


def test_a_folder_is_as_its_archive(tmp_path):
    parts = {f"{name}/{k}.png": raw(drawing(k)) for name in ("b", "a") for k in (10, 9, 1)}
    for name, content in {**parts, "a/.hidden": b"x", "note.txt": b"hello"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    items = list(intake.from_folder(tmp_path))
    assert [item.name for item in taken(items)] == ["a/1.png", "a/9.png", "a/10.png", "b/1.png", "b/9.png", "b/10.png"]
    assert list(reasons(items)) == ["note.txt"]
    packed = taken(uploaded(zipped(parts)))
    assert [(i.class_name, i.name) for i in packed] == [(i.class_name, i.name) for i in taken(items)]


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(OSError):
        list(intake.from_folder(tmp_path / "nowhere"))


@pytest.mark.parametrize("where", ["os.scandir", "open"])
def test_a_folder_in_it_that_cannot_be_opened_is_left_out_by_name(where, tmp_path, monkeypatch):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.png").write_bytes(raw(drawing(1)))
    owner, name = (os, "scandir") if where == "os.scandir" else (builtins, "open")
    monkeypatch.setattr(owner, name, without_rights(getattr(owner, name), tmp_path / "b"))
    items = list(intake.from_folder(tmp_path))
    assert classes(items) == {"a": 1, "c": 1}
    assert reasons(items) in ({"the folder b": "cannot be opened"}, {"b/1.png": "cannot be read"})


# ---- anything at all


def mutated(seed: int, sources: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """An upload with some of it changed, cut out, doubled or put elsewhere."""
    chance = np.random.default_rng(seed)
    name, content = sources[seed % len(sources)]
    data = bytearray(content)
    for _ in range(int(chance.integers(1, 6))):
        at, length = int(chance.integers(0, len(data))), int(chance.integers(1, 40))
        what = int(chance.integers(0, 5))
        if what == 0:
            data[at : at + length] = chance.integers(0, 256, len(data[at : at + length]), dtype=np.uint8).tobytes()
        elif what == 1:
            del data[at : at + length * int(chance.integers(1, 20))]
        elif what == 2:
            data[at:at] = data[at : at + length]
        elif what == 3:
            data[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"])
        else:
            data[at] ^= 1 << int(chance.integers(0, 8))
        if not data:
            data = bytearray(b"x")
    return name, bytes(data)


def test_500_mutated_uploads_raise_nothing_and_write_nothing_outside(runs_dir):
    """0 exceptions, 0 files but those of the set; what is taken has the size of a picture."""
    parts = {
        f"{k % 3}/{k}.{kind.lower()}": raw(photo(k, 40, 30), kind) for k, kind in enumerate(("PNG", "JPEG", "GIF"))
    }
    sources = [
        (f"a.{kind}", raw(photo(k, 60, 50), kind))
        for k, kind in enumerate(("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"))
    ]
    sources += [
        ("a.zip", zipped(parts | {"../b.png": PNG}).getvalue()),
        ("b.zip", zipped({"a/b/c.png": PNG}).getvalue()),
    ]
    into, outside = sets.create("mutated"), files_below(runs_dir.parent)
    found = {Taken: 0, Skipped: 0}
    for seed in range(500):
        name, content = mutated(seed, sources)
        items = uploaded(content, name)
        for item in items:
            found[type(item)] += 1
            if isinstance(item, Taken):
                assert item.rgba.shape == (64, 64, 4)
            else:
                assert item.reason and "\n" not in item.name + item.reason
        into.add(iter(items))
    assert min(found.values()) > 50, found
    mine = str(into.path.relative_to(runs_dir.parent))
    beside = {name for name in files_below(runs_dir.parent) if not name.startswith(mine)} - set(outside)
    assert {name for name in beside if not name.endswith(".lock")} == set()


# ---- memory

CHILD = """
import sys, io, psutil, threading, time
from vae_core.pictures import intake, sets
from tests.core.pictures_made import raw, photo
process, peak, done = psutil.Process(), 0, False
def watch():
    global peak
    while not done:
        peak = max(peak, process.memory_info().rss)
        time.sleep(0.002)
into = sets.create("memory")
into.add(intake.from_uploads([("warm.png", io.BytesIO(raw(photo(1))))]))
idle = peak = process.memory_info().rss
threading.Thread(target=watch, daemon=True).start()
with open(sys.argv[1], "rb") as file:
    content = io.BytesIO(file.read())  # as Streamlit keeps it
report = into.add(intake.from_uploads([(sys.argv[1], content)]))
done = True
print(report.taken, report.skipped_count, round((peak - idle) / 1e6))
"""


def used(file, runs_dir) -> tuple[int, int, int]:
    """Pictures taken, files left out, and megabytes more than idle while a file is taken in."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(file)],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    one, two, three = map(int, done.stdout.split())
    return one, two, three


def test_the_largest_uploads_take_at_most_200_megabytes_more(tmp_path, runs_dir):
    """Within the limits: an archive with as much in it as there may be, and pictures as large as they may be."""
    noise = np.random.default_rng(0).integers(0, 256, 29_000_000, dtype=np.uint8).tobytes()
    parts = {
        "a/large.png": raw(Image.new("RGB", (5_000, 3_990), "red"), compress_level=1),
        "a/grey.png": raw(Image.new("L", (8_000, 4_990), 99), compress_level=1),
        "a/camera.jpg": raw(Image.new("RGB", (7_900, 5_000), "blue"), "JPEG"),
        "a/slow.jpg": raw(Image.new("RGB", (4_000, 3_300), "blue"), "JPEG", progressive=True, subsampling=0),
        "a/web.webp": raw(Image.new("RGB", (2_400, 2_000), "blue"), "WEBP"),
        "a/noise.png": noise, "b/noise.png": noise,
    }  # fmt: skip
    file = tmp_path / "large.zip"
    file.write_bytes(zipped(parts).getvalue())
    assert 55_000_000 < file.stat().st_size < Limits().archive_bytes
    count, left_out, megabytes = used(file, runs_dir)
    assert (count, left_out) == (5, 2)
    assert megabytes <= 200


def test_thousands_of_pictures_take_no_more_than_a_few(tmp_path, runs_dir):
    drawn = [raw(drawing(k)) for k in range(20)]
    for count in (100, 3_000):
        file = tmp_path / f"{count}.zip"
        file.write_bytes(zipped({f"{k % 20}/{k}.png": drawn[k % 20] for k in range(count)}).getvalue())
    few, many = (used(tmp_path / f"{count}.zip", runs_dir)[2] for count in (100, 3_000))
    assert many < few + 40
