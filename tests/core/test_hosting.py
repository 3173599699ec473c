"""The Dockerfile, the Space's front matter and the page about hosting, as far as they can be checked without Docker."""

from __future__ import annotations

import io
import re
from dataclasses import fields

import pytest

from vae_core.jobs import queue
from vae_core.jobs.limits import Limits, without_paths
from vae_core.paths import ROOT, runs_dir
from vae_core.runs import archive
from vae_core.runs.run import RunError


def instructions() -> list[tuple[str, str]]:
    """Instructions of the Dockerfile with their arguments, continued lines joined."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]  # type: ignore[misc]


def environment() -> dict[str, str]:
    return dict(argument.split("=", 1) for word, argument in instructions() if word == "ENV")


def test_the_image_is_what_a_docker_space_asks_for():
    words = [word for word, _ in instructions()]
    assert words[0] == "FROM" and set(words) <= {
        "FROM", "RUN", "USER", "ENV", "WORKDIR", "COPY", "EXPOSE", "HEALTHCHECK", "CMD"
    }  # fmt: skip
    found = dict(instructions())
    assert found["USER"] == "user" and "--uid 1000" in dict(reversed(instructions()))["RUN"]
    assert found["EXPOSE"] == "8501" and ":8501/_stcore/health" in found["HEALTHCHECK"]
    assert "--server.port=8501" in found["CMD"] and "--server.address=0.0.0.0" in found["CMD"]
    home = environment()["HOME"]
    for name in ("VAE_DATA_DIR", "VAE_RUNS_DIR", "NUMBA_CACHE_DIR"):
        assert environment()[name].startswith(home), "user 1000 can write only there"


def test_what_the_image_copies_is_there():
    ignored = (ROOT / ".dockerignore").read_text().split()
    for word, argument in instructions():
        if word == "COPY":
            for source in argument.split()[1:-1]:
                assert (ROOT / source).exists()
    assert "app.py" in dict(instructions())["CMD"]
    for needed in ("app.py", "pages", "ui", "static", "vae_core", "checkpoints", "requirements.txt", ".streamlit"):
        assert (ROOT / needed).exists() and needed not in ignored


def test_torch_is_pinned_once_and_found_by_the_image():
    pinned = [line for line in (ROOT / "requirements.txt").read_text().split() if re.match(r"torch(vision)?==", line)]
    assert len(pinned) == 2


def test_streamlit_knows_the_images_settings():
    from streamlit import config

    options = config.get_config_options()
    for name in environment():
        if name.startswith("STREAMLIT_"):
            known = {option.env_var for option in options.values()}
            assert name in known, name


def test_the_front_matter_of_a_space():
    text = (ROOT / "README.md").read_text()
    front = dict(line.split(": ", 1) for line in text.split("---")[1].strip().splitlines())
    assert (front["sdk"], front["app_port"], front["license"]) == ("docker", "8501", "mit")
    assert len(front["short_description"]) <= 60
    assert front["colorFrom"] in ["red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"]


@pytest.mark.parametrize("name", [f.name for f in fields(Limits)])
def test_every_limit_is_documented_with_its_default(name):
    text = (ROOT / "docs" / "hosting.md").read_text()
    (row,) = [line for line in text.splitlines() if f"`VAE_HOSTED_{name.upper()}`" in line and line.startswith("|")]
    assert re.search(rf"\b{getattr(Limits(), name)}\b", row)


PATHS = {
    "No run can be written in {runs}: denied.": "No run can be written in the server’s folder: denied.",
    "The file {data}/MNIST/raw/t10k-images is gone.": "The file MNIST/raw/t10k-images is gone.",
    "Errno 13: '/var/lib/some where/else'": "Errno 13: 'some where/else'",
    'File "/usr/lib/python3.11/zipfile.py", line 7': 'File "zipfile.py", line 7',
    "C:\\Users\\anna\\runs\\x.json: denied.": "x.json: denied.",
    "Look at /draw, and/or a/b at 2/3.": "Look at /draw, and/or a/b at 2/3.",
}


@pytest.mark.parametrize("text", PATHS)
def test_no_sentence_for_visitors_of_a_shared_server_names_a_path(text, monkeypatch, tmp_path):
    monkeypatch.setenv("VAE_RUNS_DIR", str(tmp_path / "my runs"))
    monkeypatch.setenv("VAE_DATA_DIR", str(tmp_path / "my runs" / "data"))
    told = text.replace("{runs}", str(tmp_path / "my runs")).replace("{data}", str(tmp_path / "my runs" / "data"))
    assert without_paths(told) == told, "at home, a path helps"
    monkeypatch.setenv("VAE_HOSTED", "1")
    assert without_paths(told) == PATHS[text]


def test_a_folder_that_cannot_be_written_is_said_without_its_path(monkeypatch, finished_run, tmp_path):
    monkeypatch.setenv("VAE_HOSTED", "1")
    monkeypatch.setenv("VAE_RUNS_DIR", str(tmp_path / "file" / "runs"))
    (tmp_path / "file").write_text("no folder can be made in a file")
    out = io.BytesIO()
    archive.pack(finished_run, out)
    for refused in (lambda: queue.take_in(out, "me", Limits(epochs=500)), lambda: archive.unpack(out, runs_dir())):
        with pytest.raises(RunError) as refusal:
            refused()
        assert str(tmp_path) not in without_paths(str(refusal.value))


def test_the_proxy_takes_what_the_server_takes_and_no_more():
    text = (ROOT / "docs" / "hosting.md").read_text()
    (proxy,) = re.findall(r"client_max_body_size (\d+)m", text)
    assert Limits().archive < int(proxy) <= Limits().archive + 5
    assert "location /_stcore/metrics { return 404; }" in text and "frame-ancestors 'self'" in text
    home = re.search(r"^maxUploadSize = (\d+)$", (ROOT / ".streamlit" / "config.toml").read_text(), re.M)
    assert home and int(home[1]) * 2**20 >= archive.MAX_BYTES
    assert environment()["STREAMLIT_SERVER_MAX_UPLOAD_SIZE"] == str(Limits().archive)
