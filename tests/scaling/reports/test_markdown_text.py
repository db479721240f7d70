"""A user's text in Markdown is text, whatever is in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from scaling.analysis.units import printable
from scaling.reports.markdown_text import code_block, details, escaped, table
from tests.scaling.examples import HOSTILE

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
APART = "\u200b"
LINKED = re.compile(r"@\w|#\d|://|\bwww\.|\bgh-\d|:\w", re.IGNORECASE)
"""What GitHub makes links, mentions and emoji of, wherever it stands in text."""
SPECIAL = st.text(alphabet="ab1 \\`*_[]<>|~#&$@:!()-+=.\"'{}^/;\n\u00e9", max_size=30)


def tokens(source: str) -> list[Token]:
    """Return all tokens of a document, those within lines too."""
    return [token for block in PARSER.parse(source) for token in (block, *(block.children or ()))]


def shown(source: str) -> str:
    """Return the text of a document of one paragraph; fails when there is anything else in it."""
    inside = [token for token in tokens(source) if token.type != "inline"]
    kinds = {token.type for token in inside}
    assert kinds <= {"paragraph_open", "paragraph_close", "text", "text_special", "html_inline"}
    html = {token.content for token in inside if token.type == "html_inline"}
    assert html <= {"<span>", "</span>"}
    return "".join(token.content for token in inside if token.type != "html_inline")


def flat(text: str) -> str:
    """Return what a reader should see of a text."""
    return printable(" ".join(text.split()))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_it_is(text: str) -> None:
    """No element, no link, and the same characters."""
    assert shown(escaped(text)).replace(APART, "") == flat(text)


@given(SPECIAL)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    """At the start of a paragraph and within one; nothing in it is linked."""
    for before in ("", "see "):
        found = shown(before + escaped(text))
        assert found.replace(APART, "").strip() == (before + flat(text)).strip()
        assert not LINKED.search(found.removeprefix(before))


@pytest.mark.parametrize(
    "text",
    ["@someone", "a@b.org", "#12", "other/repo#3", "https://x.org", "www.x.org", "GH-7", ":boom:"],
)
def test_nothing_is_linked_or_mentioned(text: str) -> None:
    """GitHub looks for these after it has read the Markdown."""
    assert not LINKED.search(shown(escaped(text)))


def test_plain_text_stays_readable() -> None:
    """What needs no escaping is not escaped."""
    text = "Fastest: processes with 2 workers, 1.41 s, 1.83 times serial (95 % 1.78 to 1.88)."
    assert escaped(text) == text


def test_table_keeps_its_cells() -> None:
    """Every hostile text is one cell of its row."""
    source = table(("backend", "median"), [(text, "1 s") for text in HOSTILE], ("backend",))
    found = tokens(source)
    assert sum(token.type == "tr_open" for token in found) == len(HOSTILE) + 1
    cells = [token for token in found if token.type == "td_open"]
    assert len(cells) == 2 * len(HOSTILE)
    assert [str(token.attrs.get("style")) for token in cells[:2]] == [
        "text-align:left",
        "text-align:right",
    ]
    inline = [token.children or [] for token in found if token.type == "inline"]
    texts = ["".join(t.content for t in one if t.type != "html_inline") for one in inline]
    assert [text.replace(APART, "") for text in texts[2::2]] == [flat(text) for text in HOSTILE]


@given(SPECIAL)
def test_code_stays_code(text: str) -> None:
    """No run of backticks ends it."""
    (block,) = PARSER.parse(code_block(text, "text"))
    assert (block.type, block.info) == ("fence", "text")
    assert block.content.rstrip("\n") == text.rstrip()


def test_details_hold_markdown() -> None:
    """The body is read as Markdown between two pieces of HTML."""
    kinds = [token.type for token in PARSER.parse(details("More", "- one\n- two"))]
    assert (kinds[0], kinds[-1]) == ("html_block", "html_block")
    assert "bullet_list_open" in kinds
