"""What a notebook shows while a study runs: one line that is written anew."""

from __future__ import annotations

from contextlib import suppress
from typing import TextIO

from scaling.analysis.units import printable
from scaling.model import Case, Status
from scaling.reports.progress import outcome


class OneLine:
    """Shows what runs now and how many sessions there are; what went wrong stays above it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._done = self._total = 0
        self._width = 0
        self._times: list[float] = []

    def message(self, text: str) -> None:
        """Let the text stay."""
        self._write(text, end="\n")

    def started(self, sessions: int) -> None:
        """Take the number of sessions to come."""
        self._total = self._done + sessions

    def session_started(self, case: Case, block: int) -> None:
        """Show what runs."""
        self._times.clear()
        self._write(f"[{self._done + 1}/{self._total}] {case.label}, block {block}")

    def sample(self, case: Case, block: int, seconds: float) -> None:  # noqa: ARG002 -- of now
        """Keep the time."""
        self._times.append(seconds)

    def session_ended(self, case: Case, block: int, status: Status, text: str) -> None:
        """Count it; let it stay when it went wrong."""
        self._done += 1
        if status != "ok":
            self.message(f"{case.label}, block {block}: {outcome(status, text, self._times)}")

    def finished(self) -> None:
        """Take the line away."""
        self._write("", end="\r")

    def _write(self, text: str, end: str = "") -> None:
        line = " ".join(printable(text).split())
        with suppress(OSError, ValueError):  # nobody reads any more; the study goes on
            # Spaces cover what was there: a notebook knows no other way to clear a line.
            self._stream.write(f"\r{line:{self._width}}{end}")
            self._stream.flush()
        self._width = 0 if end == "\n" else len(line)
