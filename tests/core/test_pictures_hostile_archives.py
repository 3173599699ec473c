"""Archives of runs on own pictures that lie about the pictures."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.archives_made import bundle, content, packed
from tests.core.core_helpers import assert_one_sentence
from tests.core.hostile import ODD, nothing_odd_is_unpacked, oddly_packed
from tests.core.pictures_made import DRAWN, LETTERS, files_below, picture_set, trained
from vae_core.datasets import own
from vae_core.datasets.spec import Shape
from vae_core.pictures import freezing, preparing
from vae_core.runs import archive, lifecycle
from vae_core.runs.index import own_runs
from vae_core.runs.untrusted import Refused

pytestmark = pytest.mark.usefixtures("runs_dir")  # each test has its own folder of runs and sets


def changed(raw: bytes, name: str, change) -> io.BytesIO:
    parts = content(raw)
    return io.BytesIO(bundle({**parts, name: change(parts[name])}))


def said(**changes):
    return lambda part: json.dumps({**json.loads(part), **changes}).encode()


def arrays(images=None, labels=None):
    def change(part: bytes) -> bytes:
        known = dict(np.load(io.BytesIO(part)))
        out = io.BytesIO()
        found = {
            "images": known["images"] if images is None else images,
            "labels": known["labels"] if labels is None else labels,
        }
        np.savez(out, **found)
        return out.getvalue()

    return change


HOSTILE = {
    "no manifest": ("pictures/manifest.json", lambda part: b""),
    "brackets": ("pictures/manifest.json", lambda part: b"[" * 200_000),
    "a format to come": ("pictures/manifest.json", said(format=9)),
    "names twice": ("pictures/manifest.json", said(class_names=["a", "a", "a"])),
    "a name of two lines": ("pictures/manifest.json", said(class_names=["a", "b\n", "c"])),
    "other names": ("pictures/manifest.json", said(class_names=["x", "y", "z"])),
    "too many names": ("pictures/manifest.json", said(class_names=[str(k) for k in range(300)])),
    "a huge shape": ("pictures/manifest.json", said(shape=[3, 4096, 4096])),
    "another shape": ("pictures/manifest.json", said(shape=[1, 64, 64])),
    "a shape of nothing": ("pictures/manifest.json", said(shape=[1, 0, 28])),
    "no size": ("pictures/manifest.json", said(test_size=0)),
    "a huge size": ("pictures/manifest.json", said(test_size=10**9)),
    "a title of many lines": ("pictures/manifest.json", said(title="x\ny")),
    "a folder for a name": ("config.json", said(dataset="own-../../../evil")),
    "other pictures": ("pictures/test.npz", arrays(images=np.zeros((5, 9), np.uint8))),
    "too few pictures": ("pictures/test.npz", arrays(images=np.zeros((4, 784), np.uint8))),
    "numbers of another kind": ("pictures/test.npz", arrays(images=np.zeros((5, 784), np.float32))),
    "other classes": ("pictures/test.npz", arrays(labels=np.full(5, 2, np.uint8))),
    "a class that is none": ("pictures/test.npz", arrays(labels=np.full(5, 9, np.uint8))),
    "damaged pictures": ("pictures/test.npz", lambda part: part[:100]),
    "objects": ("pictures/test.npz", arrays(images=np.array([[None] * 784] * 5, object))),
}  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> bytes:
    """A run on a set of one's own, with its test pictures."""
    with pytest.MonkeyPatch.context() as patch:
        runs = tmp_path_factory.mktemp("good")
        patch.setenv("VAE_RUNS_DIR", str(runs))
        spec = freezing.freeze(picture_set(LETTERS), DRAWN, vary=False)
        return packed(trained(spec.name, runs), pictures=True)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_and_leaves_nothing(name, good, runs_dir):
    part, change = HOSTILE[name]
    with pytest.raises(Refused) as refusal:
        archive.unpack(changed(good, part, change), runs_dir)
    assert_one_sentence(str(refusal.value).replace(": ", " "))
    assert [file for file in files_below(runs_dir) if not file.endswith(".lock")] == []
    assert own.versions() == [] and not own._lent


@pytest.mark.parametrize("packing", ODD)
def test_test_pictures_that_are_packed_oddly_are_refused_before_they_are_unpacked(packing, good, runs_dir):
    hostile = changed(good, "pictures/test.npz", lambda part: oddly_packed(part, packing))
    with nothing_odd_is_unpacked(), pytest.raises(Refused, match="unusual"):
        archive.unpack(hostile, runs_dir)
    assert own_runs(runs_dir) == [] and own.versions() == []


def test_an_archive_says_no_settings_that_there_are_not(good, runs_dir):
    said_so = said(defaults={"epochs": "many", "foo": 1, "batch_size": 32, "dataset": "mnist"}, how={"size": 999})
    run = archive.unpack(changed(good, "pictures/manifest.json", said_so), runs_dir)
    assert dict(run.dataset.defaults) == {"batch_size": 32}
    assert preparing.of_version(run.dataset.name) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)
FINE = own.Manifest("t", Shape(1, 28, 28), ("a", "b"), 20, 5).to_json()


@given(st.dictionaries(st.sampled_from(sorted(FINE)), JSON, max_size=3), JSON)
def test_a_manifest_that_says_anything(changes, whole):
    for data in ({**FINE, **changes}, whole):
        try:
            found = own.manifest_from_json(data)
        except ValueError:
            continue
        assert own.manifest_from_json(json.loads(json.dumps(found.to_json()))) == found
        spec = own.spec_of("own-" + "0" * 16, found)
        assert spec.shape.pixels > 0 and "\n" not in "".join(spec.class_names) + spec.title


def test_an_archive_that_cannot_be_written_leaves_no_version(good, runs_dir, monkeypatch):
    monkeypatch.setattr(lifecycle, "new_run_id", lambda config: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        archive.unpack(io.BytesIO(good), runs_dir)
    assert own.versions() == []
