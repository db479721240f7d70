"""What a person sees while a study runs."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from scaling.analysis.statistics import median
from scaling.analysis.units import printable
from scaling.analysis.units import seconds as time_text
from scaling.model import Case, Status
from scaling.observer import Observer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


def observer(stream: TextIO, *, quiet: bool = False) -> Observer:
    """Return what suits the stream: a bar in a terminal, else lines."""
    if quiet:
        return Quiet()
    capable = stream.isatty() and os.environ.get("TERM", "dumb") not in {"dumb", "unknown"}
    return ProgressBar(stream) if capable else PlainLines(stream)


class Quiet:
    """Shows nothing."""

    def message(self, text: str) -> None:
        """Drop it."""

    def started(self, sessions: int) -> None:
        """Drop it."""

    def session_started(self, case: Case, block: int) -> None:
        """Drop it."""

    def sample(self, case: Case, block: int, seconds: float) -> None:
        """Drop it."""

    def session_ended(self, case: Case, block: int, status: Status, text: str) -> None:
        """Drop it."""

    def finished(self) -> None:
        """Drop it."""


class PlainLines:
    """Writes one line for each session, for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._total = 0
        self._done = 0
        self._times: list[float] = []

    def message(self, text: str) -> None:
        """Write the text."""
        with suppress(OSError, ValueError):  # nobody reads any more; the study goes on
            self._stream.write(f"{printable(text)}\n")
            self._stream.flush()

    def started(self, sessions: int) -> None:
        """Take the number of sessions to come."""
        self._total = self._done + sessions

    def session_started(self, case: Case, block: int) -> None:  # noqa: ARG002 -- the end is enough
        """Forget the times of the session before."""
        self._times.clear()

    def sample(self, case: Case, block: int, seconds: float) -> None:  # noqa: ARG002 -- of now
        """Keep the time."""
        self._times.append(seconds)

    def session_ended(self, case: Case, block: int, status: Status, text: str) -> None:
        """Write how the session went."""
        self._done += 1
        place = f"[{self._done}/{self._total}] {case.label}, block {block}"
        self.message(f"{place}: {outcome(status, text, self._times)}")

    def finished(self) -> None:
        """Leave the lines as they are."""


class ProgressBar:
    """Draws a bar with what runs now and the time left.

    It is drawn on events only: a thread that redraws would take time from what is measured.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._times: list[float] = []

    def message(self, text: str) -> None:
        """Write the text above the bar."""
        if self._progress is None:
            PlainLines(self._stream).message(text)
        else:
            self._progress.console.print(printable(text), markup=False, highlight=False)

    def started(self, sessions: int) -> None:
        """Draw the bar, or give it its new length."""
        if self._progress is not None and self._task is not None:
            done = self._progress.tasks[self._task].completed
            self._progress.update(self._task, total=done + sessions, refresh=True)
            return
        self._progress = _new_bar(self._stream)
        self._task = self._progress.add_task("", total=sessions)
        self._progress.start()

    def session_started(self, case: Case, block: int) -> None:
        """Show what runs."""
        self._times.clear()
        self._show(f"{case.label}, block {block}")

    def sample(self, case: Case, block: int, seconds: float) -> None:
        """Show the time."""
        self._times.append(seconds)
        self._show(f"{case.label}, block {block}: {time_text(seconds)}")

    def session_ended(self, case: Case, block: int, status: Status, text: str) -> None:
        """Advance; what went wrong stays above the bar."""
        if status != "ok":
            self.message(f"{case.label}, block {block}: {outcome(status, text, self._times)}")
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, advance=1, refresh=True)

    def finished(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def _show(self, text: str) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=text, refresh=True)


def _new_bar(stream: TextIO) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeLeft(compact=True),
        console=Console(file=stream),
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def outcome(status: Status, text: str, times: list[float]) -> str:
    """Return how a session went: its failure, else what took how long."""
    if status != "ok":
        return f"{status}: {text}" if text else status
    return text or (time_text(median(times)) if times else "done")
