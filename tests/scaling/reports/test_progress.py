"""People see what runs, in a terminal and in a log."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, NoReturn

import pytest

from scaling.model import Case
from scaling.reports.progress import PlainLines, ProgressBar, Quiet, observer

if TYPE_CHECKING:
    from scaling.observer import Observer

CASE = Case("demo", 10, "threads", 1, 2)


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Broken(StringIO):
    """A stream whose reader has gone."""

    def write(self, text: str) -> NoReturn:
        raise BrokenPipeError(text)


def play(watcher: Observer) -> None:
    """Run two sessions past an observer."""
    watcher.message("begin")
    watcher.started(2)
    watcher.session_started(CASE, 1)
    for seconds in (1.0, 3.0, 1.2):
        watcher.sample(CASE, 1, seconds)
    watcher.session_ended(CASE, 1, "ok", "")
    watcher.started(2)
    watcher.session_started(CASE, 2)
    watcher.session_ended(CASE, 2, "failed", "killed [b]\x1b[0m")
    watcher.finished()


def test_lines_of_a_log() -> None:
    """One line for each session: how far, what, and how it went."""
    stream = StringIO()
    play(PlainLines(stream))
    assert stream.getvalue().splitlines() == [
        "begin",
        "[1/2] threads (2 workers), block 1: 1.20 s",
        "[2/3] threads (2 workers), block 2: failed: killed [b]?[0m",
    ]


def test_bar_shows_what_runs_and_keeps_failures() -> None:
    """The bar names case, block and count; a failure stays above it."""
    stream = Terminal()
    play(ProgressBar(stream))
    shown = stream.getvalue()
    assert "begin" in shown
    assert "threads (2 workers), block 1: 3.00 s" in shown
    assert "1/2" in shown
    assert "2/3" in shown
    assert "block 2: failed: killed [b]?[0m" in shown


def test_quiet_shows_nothing_and_needs_no_stream(capfd: pytest.CaptureFixture[str]) -> None:
    """Quiet takes all and does nothing."""
    play(Quiet())
    assert capfd.readouterr() == ("", "")


def test_reader_that_went_away_stops_nothing() -> None:
    """A broken pipe is no reason to lose a study."""
    play(PlainLines(Broken()))


def test_observer_suits_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar needs a terminal that can move its cursor."""
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(observer(Terminal()), ProgressBar)
    assert isinstance(observer(StringIO()), PlainLines)
    assert isinstance(observer(Terminal(), quiet=True), Quiet)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(observer(Terminal()), PlainLines)
