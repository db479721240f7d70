"""Pieces of GitHub-flavoured Markdown in which a user's text stays text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scaling.analysis.units import printable

_SPECIAL = str.maketrans({
    **{char: f"\\{char}" for char in "\\`*_[]<>|~#"},
    "&": "&amp;",
    # A backslash does not keep a dollar sign from beginning a formula.
    "$": "<span>$</span>",
})  # fmt: skip
# Mentions, issues, addresses and emoji are looked for in what a backslash has left: only a space
# of no width between their parts keeps them apart.
_JOINT = re.compile(r"(?<=[@#:])(?=\S)|(?<=\bwww)(?=\.)|(?<=\bgh)(?=-\d)", re.IGNORECASE)
_APART = "&#8203;"
_LEADING = re.compile(r"^(?=[-+=]|\d{1,9}[.)](?:\s|$))(\d*)")
"""What would begin a list or a heading."""


def escaped(text: str) -> str:
    """Return the text so that it shows as it is, in one line: no markup, link, mention or HTML."""
    flat = printable(" ".join(text.split()))
    shown = _APART.join(part.translate(_SPECIAL) for part in _JOINT.split(flat))
    return _LEADING.sub(r"\1\\", shown)


def code_block(text: str, language: str = "") -> str:
    """Return lines of code, fenced by more backticks than they hold in a row."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{printable(text.rstrip().expandtabs())}\n{fence}"


def details(summary: str, body: str) -> str:
    """Return a part that opens on a click. ``body`` is Markdown, ``summary`` plain text of ours."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[str]) -> str:
    """Return a table of plain text; columns named in ``left`` are aligned to the left."""
    rules = [":--" if heading in left else "--:" for heading in headings]
    cells = [headings, *rows]
    told = [" | ".join(escaped(cell) for cell in row) for row in cells]
    return "\n".join(f"| {row} |" for row in (told[0], " | ".join(rules), *told[1:]))
