"""How the rehearsal of the image (``benchmarks/image.py``) reads the Dockerfile and .dockerignore."""

from __future__ import annotations

import pytest

from benchmarks.dockerfile import Ignored, Step, assignments, context, filled, steps
from vae_core.paths import ROOT


def test_instructions_are_read_with_their_continued_lines_and_without_comments():
    text = "# syntax\nFROM a:1\n\nRUN one \\\n    # between\n    && two\n  # end\nENV A=1 B='x y'\n"
    assert steps(text) == [Step("FROM", "a:1"), Step("RUN", "one && two"), Step("ENV", "A=1 B='x y'")]
    assert assignments("A=1 B='x y' C=${A}:$PATH:$NONE", {"A": "0", "PATH": "/bin"}) == {
        "A": "1", "B": "x y", "C": "0:/bin:",
    }  # fmt: skip
    assert filled("$HOME/app", {"HOME": "/home/user"}) == "/home/user/app"


def test_commands_are_a_list_or_a_line_for_the_shell():
    assert Step("CMD", '["streamlit", "run"]').command() == ["streamlit", "run"]
    assert Step("RUN", "echo $A").command() == ["/bin/sh", "-c", "echo $A"]
    health = Step("HEALTHCHECK", '--interval=30s --timeout=5s CMD python -c "a --b=1"')
    assert health.options() == {"interval": "30s", "timeout": "5s"}
    assert health.command() == ["/bin/sh", "-c", 'python -c "a --b=1"']
    copy = Step("COPY", "--chown=user . .")
    assert copy.options() == {"chown": "user"} and copy.arguments() == ". ."


@pytest.mark.parametrize("text", ["FROM a\nADD b c\n", "FROM a\nrun lower\n", "FROM a\nARG X\n"])
def test_an_instruction_that_is_not_rehearsed_is_refused(text):
    with pytest.raises(ValueError, match="not rehearsed"):
        steps(text)


def test_our_dockerfile_is_understood_whole():
    words = [step.word for step in steps((ROOT / "Dockerfile").read_text(encoding="utf-8"))]
    assert words[0] == "FROM" and words[-1] == "CMD" and words.count("HEALTHCHECK") == 1


def test_dockerignore_leaves_out_what_docker_would():
    lines = [
        "# comment",
        "",
        "data",
        "/docs/",
        "**/__pycache__",
        "*.log",
        "notes/*/draft?",
        "!keep.log",
        "a/**",
        "!a/b",
    ]
    ignored = Ignored.of(lines)
    for path in ("data", "data/MNIST/raw", "docs/x.md", "__pycache__/a", "ui/deep/__pycache__/b.pyc", "x.log",
                 "notes/one/draft1", "a/c"):  # fmt: skip
        assert ignored(path), path
    for path in ("vae_core/config.py", "ui/data", "sub/x.log", "keep.log", "notes/draft1", "notes/one/two/draft1",
                 "a/b", "a/b/c", "datas", "mydata"):  # fmt: skip
        assert not ignored(path), path
    with pytest.raises(ValueError, match="not rehearsed"):
        Ignored.of(["[ab]"])


def test_the_context_is_the_folder_without_what_is_ignored(tmp_path):
    for name in ("app.py", "data/big", "ui/a.py", "ui/__pycache__/a.pyc"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    found = [path.as_posix() for path in context(tmp_path, Ignored.of(["data", "**/__pycache__"]))]
    assert found == ["app.py", "ui", "ui/a.py"]


def test_nothing_of_a_developers_own_gets_into_the_image():
    ignored = Ignored.of((ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines())
    for path in (".git", ".venv", "venv/bin/python", ".env", ".streamlit/secrets.toml", "data/MNIST",
                 "checkpoints/runs/one", "ui/__pycache__", "tests/core"):  # fmt: skip
        assert ignored(path), path
    for path in ("app.py", ".streamlit/config.toml", "checkpoints/pretrained/index.json", "static/style.css",
                 "vae_core/datasets/registry.py"):  # fmt: skip
        assert not ignored(path), path
