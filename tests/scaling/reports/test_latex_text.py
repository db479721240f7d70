"""Any text becomes LaTeX that shows it, or a stand-in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.reports.latex_text import aligned, code, comment, escaped, lines, sentences

BRACES = re.compile(r"\\.|([{}])", re.DOTALL)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("a_b & 5 % of $1 #2", r"a\_b \& 5 \% of \$1 \#2"),
        ("\\input{x} ~^", r"\textbackslash{}input\{x\} \textasciitilde{}\textasciicircum{}"),
        ("<a|b>", r"\textless{}a\textbar{}b\textgreater{}"),
        ("a--b ''", "a-{}-b '{}'"),
        ("[x]", "{[}x{]}"),
        ("one\n two\ttwo", "one two two"),
        ("caf\u00e9 cafe\u0301 na\u00efve \u0160", r"caf\'{e} caf\'{e} na\"{i}ve \v{S}"),
        ("Stra\u00dfe 5 \u00b5s \u2013 2\u00d7", r"Stra{\ss}e 5 $\mu$s -- 2$\times$"),
        ("\u5de5 \U0001f600", "{[}U+5DE5{]} {[}U+1F600{]}"),
        ("\u1ebf \u0105", "{[}U+1EBF{]} {[}U+0105{]}"),
        ("\x1b[0m\u202e", "?{[}0m?"),
    ],
)
def test_text_is_escaped(text: str, source: str) -> None:
    """Signs of TeX, ligatures, accents, and what pdflatex cannot set."""
    assert escaped(text) == source


@given(st.text(max_size=40))
def test_any_text_is_ascii_with_balanced_braces(text: str) -> None:
    """No text ends a group or a line, or begins a comment."""
    source = escaped(text)
    assert source.isascii()
    assert "\n" not in source
    assert "\x00" not in source
    assert not re.search(r"(?<!\\)(?:\\\\)*[%&#]", source)
    depth = 0
    for brace in (found[1] for found in BRACES.finditer(source) if found[1]):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0


def test_names_break_after_separators() -> None:
    """A long path needs no room in one line."""
    assert code("a/b_c.py:f") == (
        r"\texttt{a/\allowbreak{}b\_\allowbreak{}c.\allowbreak{}py:\allowbreak{}f}"
    )


def test_comment_is_one_line_of_ascii() -> None:
    """No newline lets text out of it."""
    assert comment("a\n\\end{document} \u5de5") == "% a \\end{document} \\u5de5"


def test_lines_break_at_spaces_only() -> None:
    """A command is never cut."""
    source = " ".join([r"\texttt{" + "x" * 50 + "}"] * 4)
    told = lines(source, "  ")
    assert told.replace("\n  ", " ").strip() == source
    assert len(told.splitlines()) == 4


def test_points_stand_in_one_line() -> None:
    """Decimals that are not there take their room; words stay."""
    assert list(aligned(["12.3", "1.234", "120", "failed", "--"])) == [
        r"12.3\phantom{00}", "1.234", r"120\phantom{.000}", "failed", "--",
    ]  # fmt: skip


def test_numbers_keep_their_units() -> None:
    """No line ends between them; words that begin like a unit are left alone."""
    assert sentences("5 us, 95 % of 2.58 s, 3 samples") == r"5~$\mu$s, 95~\% of 2.58~s, 3 samples"


def test_lines_may_end_within_long_words() -> None:
    """No hyphenation knows where a path or a digest may be broken."""
    told = escaped(f"at {'a' * 30} {'b_' * 16}")
    assert told.startswith(f"at {'a' * 30} b\\_b\\_b\\_\\allowbreak{{}}b")
    assert told.replace(r"\allowbreak{}", "").replace("\\", "").endswith("b_" * 16)
