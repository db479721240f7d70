"""Text in figures fits, and holds nothing that the font cannot show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.reports.figures.lettering import STAND_IN, drawable, shown, width, wrapped
from tests.scaling.examples import HOSTILE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("two\nlines\tand  more", "two lines?and more"),
        ("\x1b[31mred", "?[31mred"),
        ("a\u202eb", "a?b"),
        ("caf\xe9 $x$", "caf\xe9 $x$"),
        ("x" * 100, "x" * 57 + "..."),
    ],
)
def test_user_text_is_one_short_line(text: str, expected: str) -> None:
    """What steers a terminal is a question mark."""
    assert shown(text) == expected


def test_what_the_font_lacks_has_a_stand_in() -> None:
    """It takes as much room as what a reader with another font may see."""
    assert drawable("caf\xe9 \u5de5\U0001f680") == f"caf\xe9 {STAND_IN * 2}"
    assert width("\u5de5", 10.0) == width(STAND_IN, 10.0) >= 10.0


@given(st.text(max_size=80), st.floats(60.0, 500.0))
def test_every_line_fits(text: str, room: float) -> None:
    """However wide the words are; no letter is lost."""
    safe = shown(text)
    lines = wrapped(safe, 8.0, room)
    assert all(width(line, 8.0) <= room for line in lines)
    assert "".join(lines).replace(" ", "") == safe.replace(" ", "")


def test_hostile_text_is_kept_as_far_as_it_can_be_shown() -> None:
    """Markup stays what it is: text."""
    assert HOSTILE[0] == shown(HOSTILE[0])
