"""One finished figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")
"""What a figure can be encoded as."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A figure that can be drawn."""

    name: str
    title: str


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A figure, and what it says in words."""

    name: str
    title: str
    alt: str
    """What it shows, with the numbers that matter, for people who do not see it."""
    figure: Figure
    half: bool = False
    """True when it is as wide as a column."""

    def encoded(self, suffix: str) -> bytes:
        """Return the file. Raises UsageError for a suffix that is none of ``SUFFIXES``."""
        from scaling.reports.figures import encoding

        return encoding.encoded(self, suffix)
