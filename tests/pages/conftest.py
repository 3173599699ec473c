"""What every test of a page would otherwise pay for again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.components.v2 import manifest_scanner

from ui.shell.seat import Seat
from vae_core import paths
from vae_core.classroom import codes, pupils, rooms
from vae_core.jobs import launcher
from vae_core.runs import files, schema
from vae_core.runs.run import Run


@pytest.fixture
def elsewhere(finished_run: Run) -> Run:
    """A run among the visitor's own whose pictures are not on this machine."""
    target = paths.runs_dir() / "elsewhere"
    shutil.copytree(finished_run.path, target)
    files.write_json(target / "config.json", schema.config_json(replace(finished_run.config, dataset="kmnist")))
    return Run(target)


@pytest.fixture(autouse=True)
def maps_begun(monkeypatch) -> list[tuple[str, str]]:
    """The bent maps that pages had made, by run and method. Nothing is: that takes a process and a minute."""
    begun: list[tuple[str, str]] = []
    monkeypatch.setattr("vae_core.analysis.umap_tsne.start", lambda run, view, _: begun.append((run.id, view)))
    return begun


@pytest.fixture
def nothing_trains(monkeypatch) -> None:
    """Runs are made, and no trainer is started for them."""
    monkeypatch.setattr(launcher, "spawn", lambda run: None)


@pytest.fixture
def teacher() -> Seat:
    """Who has opened a room."""
    opened = rooms.open_room(codes.new_token())
    return Seat(opened.room.code, codes.new_token(), opened.token)


@pytest.fixture
def class_of_three(teacher) -> list[Seat]:
    """Three pupils in the teacher's room."""
    tokens = [codes.new_token() for _ in range(3)]
    return [Seat(teacher.code, token, name=pupils.join(teacher.code, token).name) for token in tokens]


@pytest.fixture(scope="session", autouse=True)
def _installed_components():
    """Each AppTest reads the metadata of every installed package, in search of components; none come during tests."""
    scan: Callable[[], list] = manifest_scanner.scan_component_manifests
    found = scan()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda *_, **__: list(found))
        yield
