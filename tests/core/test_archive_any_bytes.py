"""Any bytes at all, as a run's file and in a run's folder: over 500 examples end in one sentence or are harmless."""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
from pathlib import Path

import numpy as np
from core_helpers import assert_one_sentence
from hostile import watched
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.archives_made import bundle, content, names_in
from vae_core.analysis.sampling import decode
from vae_core.runs.archive import unpack
from vae_core.runs.run import Run, RunError
from vae_core.training.checkpoint import load_model

fuzz = settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])


def mutated(data: st.DataObject, raw: bytes) -> bytes:
    """Flip, cut, repeat or overwrite at drawn places."""
    out = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(len(out) - 1, 0)))
        match data.draw(st.sampled_from(["flip", "cut", "drop", "insert", "number"])):
            case "flip" if out:
                out[place] ^= data.draw(st.integers(1, 255))
            case "cut":
                del out[place:]
            case "drop":
                del out[place : place + data.draw(st.integers(1, 64))]
            case "insert":
                out[place:place] = data.draw(st.binary(min_size=1, max_size=32))
            case _:
                odd = data.draw(st.sampled_from([0, 1, 2**15, 2**31, 2**32 - 1, 2**63]))
                out[place : place + 8] = struct.pack("<Q", odd)
    return bytes(out)


@fuzz
@given(data=st.data())
def test_any_change_of_an_archive_is_refused_or_harmless(good, tmp_path, data):
    folder = tmp_path / "runs"
    folder.mkdir(exist_ok=True)
    parts = content(good)
    if data.draw(st.booleans()):
        raw = mutated(data, good)
    else:
        name = data.draw(st.sampled_from(sorted(parts)))
        parts[name] = mutated(data, parts[name])
        raw = bundle(parts)
    with watched(folder):
        try:
            run = unpack(io.BytesIO(raw), folder)
        except RunError as error:
            assert_one_sentence(error)
        else:
            read_all(run)
            shutil.rmtree(run.path)
    assert os.listdir(folder) == []


def read_all(run: Run) -> None:
    """All that pages ask of a run."""
    run.check()
    status, metrics, steps = run.status(), run.metrics(), run.steps()
    f"{run.title} {status.progress:.2f} {status.images_per_second:,.0f} {status.seconds_left}"
    for entry in (*steps, *(m["test"] for m in metrics)):
        f"{entry['reconstruction']:.1f}" + (f"{entry['kl']:.1f}" if run.config.is_vae else "")
    for epoch in run.latent_epochs():
        mean = run.latents(epoch).mean
        assert mean.shape == (len(run.labels()), run.config.latent_dim)
    for epoch in run.weight_epochs()[-1:]:
        decode(load_model(run, epoch), np.zeros((1, run.config.latent_dim), np.float32))


ODD_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)


@fuzz
@given(data=st.data())
def test_any_change_of_a_run_directory_is_one_sentence(finished_run, good, tmp_path, data):
    folder = tmp_path / "runs"
    shutil.rmtree(folder, ignore_errors=True)
    run = Run(Path(shutil.copytree(finished_run.path, folder / "mine")))
    file = run.path / data.draw(st.sampled_from(names_in(good)))
    if file.suffix in (".json", ".jsonl") and data.draw(st.booleans()):
        lines = [json.loads(line) for line in file.read_text().splitlines()] if file.suffix == ".jsonl" else None
        target = data.draw(st.sampled_from(lines)) if lines else json.loads(file.read_text())
        inner = [target, *(value for value in target.values() if isinstance(value, dict))]
        place = data.draw(st.sampled_from(inner))
        place[data.draw(st.sampled_from(sorted(place)))] = data.draw(ODD_JSON)
        text = "\n".join(map(json.dumps, lines)) + "\n" if lines else json.dumps(target)
        file.write_text(text)
    else:
        file.write_bytes(mutated(data, file.read_bytes()))
    with watched(folder):
        try:
            read_all(Run(run.path))
        except RunError as error:
            assert_one_sentence(error)
