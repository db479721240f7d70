"""A notebook keeps one line of progress, and what went wrong."""

from __future__ import annotations

from io import StringIO

from scaling.model import Case
from scaling.reports.notebook_progress import OneLine
from tests.scaling.examples import HOSTILE

CASE = Case("demo", 10, "threads", 1, 2)


def lines(written: str) -> list[str]:
    """Return what stays to be seen: a carriage return goes back to the start of the line."""
    seen = []
    for line in written.split("\n"):
        shown = ""
        for piece in line.split("\r"):
            shown = piece + shown[len(piece) :]
        seen.append(shown.rstrip())
    return seen


def test_line_is_written_anew() -> None:
    """The last session covers the one before, and nothing is left at the end."""
    stream = StringIO()
    watching = OneLine(stream)
    watching.started(2)
    watching.session_started(Case("demo", 10, "threads", 1, 128), 1)
    watching.sample(CASE, 1, 0.5)
    watching.session_ended(CASE, 1, "ok", "")
    watching.session_started(CASE, 2)
    assert lines(stream.getvalue()) == ["[2/2] threads (2 workers), block 2"]
    watching.finished()
    assert lines(stream.getvalue()) == [""]


def test_what_went_wrong_stays() -> None:
    """With its reason; and so do messages."""
    stream = StringIO()
    watching = OneLine(stream)
    watching.message("study in out")
    watching.started(1)
    watching.session_started(CASE, 1)
    watching.session_ended(CASE, 1, "failed", "killed")
    watching.finished()
    assert lines(stream.getvalue()) == [
        "study in out",
        "threads (2 workers), block 1: failed: killed",
        "",
    ]


def test_texts_of_users_steer_nothing() -> None:
    """Each takes one line."""
    stream = StringIO()
    watching = OneLine(stream)
    for text in HOSTILE:
        watching.message(text)
    written = stream.getvalue()
    assert written.count("\n") == len(HOSTILE)
    assert "\x1b" not in written


def test_closed_stream_is_no_failure() -> None:
    """The study goes on when nobody reads any more."""
    stream = StringIO()
    watching = OneLine(stream)
    stream.close()
    watching.message("nobody")
    watching.finished()
