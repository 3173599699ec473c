"""A title is text everywhere: no link, icon, emoji, formula or colour of a stranger's is rendered on anybody's page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.message import Message

from tests.pages.test_pages import PAGES, _here, check, finished, show  # noqa: F401 (fixtures)
from ui.shell import run_picker
from ui.shell.errors import plain
from vae_core.runs import lifecycle
from vae_core.runs.index import find_run
from vae_core.runs.run import Run

TITLES = [
    "www.evil.example https://evil.example a@evil.example ftp://evil.example",
    ":smile: :material/home: $x$ :red[evil] a -> b **b** <b>x</b> [evil](//evil.example)",
]
# What is shown letter by letter, as text or data, and never as markdown.
AS_TEXT = {
    "options", "raw_values", "raw_value", "value", "default", "placeholder", "query_string", "json", "id", "url", "key",
    "element_id", "form_id", "file_name", "user_key",
}  # fmt: skip
RENDERED = re.compile(
    r"www\.|https?://|ftp://|@evil|(?<!\\):smile:|:smile\\?:|:material/home\\?:|(?<!\\)\$x|(?<!\\)\*\*b|(?<!\\)<b>|"
    r"(?<!\\)\[evil|(?<!\\):red| -> "
)


def texts(message: Message) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        if field.name in AS_TEXT:
            continue
        several = value if hasattr(value, "append") or hasattr(value, "add") else [value]
        for each in several:
            if isinstance(each, str):
                yield field.name, each
            elif isinstance(each, Message):
                yield from texts(each)


def nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from nodes(child)


def markdown_of(app: Any) -> list[str]:
    """Every text of a page that a browser may read as markdown."""
    protos = [node.proto for node in nodes(app._tree) if isinstance(getattr(node, "proto", None), Message)]
    return [text for proto in protos for _, text in texts(proto)]


@pytest.mark.parametrize("title", TITLES, ids=["links", "marks"])
@pytest.mark.parametrize("page", [*PAGES, "more", "deleted"])
def test_a_hostile_title_is_only_text(page, title, finished):  # noqa: F811
    lifecycle.note(finished, title=title)
    app = show("runs" if page in ("more", "deleted") else page, run="mine", **{"with": "mine"})
    if page == "more":
        app.button(key="more_mine").click().run()
    if page == "deleted":
        app.button(key="delete_mine").click().run()
    check(app)
    found = [text for text in markdown_of(app) if "evil" in text or "smile" in text]
    assert found or page not in ("runs", "train", "more", "deleted")  # the title is seen there
    for text in found:
        assert not RENDERED.search(text), text


@pytest.mark.parametrize(
    "text",
    ["www.e.x", "WWW.E.X", "http://e.x", "https://e.x", "ftp://e.x", "mailto:a@b.c", "a.b+c@d-e.f", ":smile:", ":+1:",
     ":-1:", ":material/home:", ":streamlit:", "a -> b", "a <- b", "a <-> b", "a -- b", "a >= b", "a <= b", "a ~= b"],
)  # fmt: skip
def test_what_streamlit_looks_for_in_finished_text_is_broken_up(text):
    """Its patterns, as they stand in its own StreamlitMarkdown and remark-emoji; they see no backslashes any more."""
    seen = re.sub(r"\\(.)", r"\1", plain(text))
    assert seen != text and seen.replace("\u2060", "") == text  # to the eye it is the same
    for pattern in (
        r"(https?://|www(?=\.))([-.\w]+)", r"([-.\w+]+)@([-\w]+(?:\.[-\w]+)+)", r":\+1:|:-1:|:[\w-]+:",
        r":\w+/\w+:", r"(^|\s)(<->|->|<-|--|>=|<=|~=)(\s|$)",
    ):  # fmt: skip
        assert not re.search(pattern, seen, re.IGNORECASE)


@pytest.mark.parametrize("text", ["- a", "1. a", "=== a", "a\n\nb\n# c", "\t    code"])
def test_a_title_is_one_line_and_begins_no_list_and_no_head(text):
    assert "\n" not in plain(text) and not re.match(r"\s|[-*+] |[0-9]+[.)] |=+$|#", plain(text))


def test_plain_words_stay_as_they_are():
    for text in ("For Anna, 12 Nov", "C", "Yours, deleted"):
        assert plain(text) == text


def test_a_run_is_named_by_its_title(finished):  # noqa: F811
    lifecycle.note(finished, title="Ann’s")
    assert Run(finished.path).title == "Ann’s"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("lecture", "The lecture’s model · MNIST (55,000) · 20 numbers"),
        ("letters", "Letters of five alphabets · 16 numbers"),
        ("emoji", "Emoji, in colour · 32 numbers"),
    ],
)
def test_a_model_of_the_gallery_names_its_pictures_once(name, label):
    assert run_picker.label(find_run(name)) == label
