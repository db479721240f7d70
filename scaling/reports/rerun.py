"""The command that measures the same once more."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import PurePath

PROGRAM = "scale"
IN_PYTHON = ("scaling.run",)
"""What stands for a command where a notebook or a prompt was asked."""
_PROGRAM_FILES = {PROGRAM, "cli.py"}
_FILES = ("--output", "--csv")
"""Options that name what was written: the folder holds a study now, the table would be lost."""


def command(words: Sequence[str]) -> str | None:
    """Return a line for a shell that runs where the first command ran; None for a call in Python.

    The program has the name under which it is installed, and results go to a new folder.
    """
    if tuple(words) == IN_PYTHON:
        return None
    if not words or PurePath(words[0]).name not in _PROGRAM_FILES:
        return shlex.join(words)
    return shlex.join((PROGRAM, *_without_files(words[1:])))


def _without_files(words: Sequence[str]) -> Iterator[str]:
    rest = iter(words)
    for word in rest:
        if word in _FILES:
            next(rest, None)
        elif word.partition("=")[0] not in _FILES:
            yield word
