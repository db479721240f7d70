"""What a stream can show: how wide, and whether in colour."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

LEAST_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a text is going to be read."""

    width: int = LEAST_WIDTH
    """Columns, never fewer than 80."""
    colour: bool = False
    terminal: bool = False
    """False for a pipe or a file, where lines may be as long as they like."""


def screen(stream: TextIO, environment: Mapping[str, str] = os.environ) -> Screen:
    """Return what the stream shows: a pipe has no colour, and 80 columns."""
    terminal = stream.isatty()
    width = shutil.get_terminal_size().columns if terminal else LEAST_WIDTH
    return Screen(max(width, LEAST_WIDTH), _colour(environment, terminal=terminal), terminal)


def _colour(environment: Mapping[str, str], *, terminal: bool) -> bool:
    """Follow no-color.org and force-color.org; a dumb terminal has none."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return terminal and environment.get("TERM", "dumb") not in {"dumb", "unknown"}
