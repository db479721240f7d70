"""Colour and width, as a stream and its environment allow."""

from __future__ import annotations

from io import StringIO

import pytest

from scaling.reports.screen import screen


class Terminal(StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_of_a_terminal(environment: dict[str, str], expected: bool) -> None:
    """NO_COLOR is stronger than FORCE_COLOR, which is stronger than the kind of terminal."""
    assert expected == screen(Terminal(), environment).colour


@pytest.mark.parametrize(
    ("environment", "expected"), [({"TERM": "xterm"}, False), ({"FORCE_COLOR": "1"}, True)]
)
def test_pipe_has_no_colour_unless_forced(environment: dict[str, str], expected: bool) -> None:
    """A pipe is plain."""
    found = screen(StringIO(), environment)
    assert (found.colour, found.width, found.terminal) == (expected, 80, False)


@pytest.mark.parametrize(("columns", "expected"), [("200", 200), ("40", 80)])
def test_width_of_a_terminal(columns: str, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wide one is used, a narrow one gets 80 columns all the same."""
    monkeypatch.setenv("COLUMNS", columns)
    assert expected == screen(Terminal(), {}).width
