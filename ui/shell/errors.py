"""When something goes wrong with a run or a dataset, the page says so in one sentence, and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from vae_core import os_compat
from vae_core.datasets.spec import DataError
from vae_core.jobs.limits import without_paths
from vae_core.runs.run import RunError

JOINER = "\u2060"  # invisible, and splits a word for every program, but not for the eye


def plain(text: object) -> str:
    """Text from a file, a run or an address for markdown, in one line, so that nothing in it is rendered.

    No path of a shared server is shown.

    A backslash stops what markdown reads letter by letter. Streamlit looks once more at the finished text, for links
    (``www.``, ``https://``, ``a@b.c``), emoji (``:smile:``), icons (``:material/home:``) and arrows (``->``): these
    are broken up by a mark that cannot be seen.
    """
    line = " ".join(without_paths(str(text)).split())
    line = re.sub(r"([\\`*_{}\[\]<>()#+!|$~:&])", r"\\\1", line)
    line = re.sub(r"^([-=]|[0-9]+(?=\.))", r"\1" + JOINER, line)  # a list, or a rule
    line = re.sub(r"(?<=:)(?=//|[\\\w+/-]+:)|(?<=@)|(?<=www)(?=\.)", JOINER, line, flags=re.IGNORECASE)
    return re.sub(r"(?<=[<>~-])(?=\\?[-=>])", JOINER, line)


@contextmanager
def one_sentence() -> Iterator[None]:
    """Show what goes wrong inside with a run, a dataset or the memory as a sentence. What was drawn before it stays."""
    try:
        yield
    except (RunError, DataError) as error:
        st.error(plain(f"{error} Other runs are not affected: you can choose another one."))
    except (MemoryError, ImportError, RuntimeError, OSError) as error:
        if not os_compat.is_short_of_memory(error):
            raise
        st.error("There is not enough memory for this right now. Close other programs, or wait, then reload the page.")
