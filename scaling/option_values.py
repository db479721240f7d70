"""Options as Python values, and the texts of the command line that say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from operator import index
from pathlib import Path

from scaling.errors import UsageError

Counts = int | Sequence[int] | str
"""How many: a number, several, or a text such as ``"1,2,4"``."""
Time = float | str
"""Seconds, or a text such as ``"4m"``."""


def counts(value: Counts | None) -> str | None:
    """Return the text of one number or several."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return ",".join(str(one) for one in value)
    return str(value)


def names(value: str | Sequence[str] | None) -> str | None:
    """Return names separated by commas."""
    return value if value is None or isinstance(value, str) else ",".join(value)


def time(value: Time | None) -> str | None:
    """Return the text of a time in seconds."""
    return None if value is None else str(value)


def params(values: Mapping[str, object] | None) -> list[str]:
    """Return ``key=value`` pairs."""
    return [f"{key}={value}" for key, value in (values or {}).items()]


def path(value: str | Path | None) -> Path | None:
    """Return a path, with the home folder where it begins with ``~``."""
    return None if value is None else Path(value).expanduser()


def number(value: int, option: str) -> int:
    """Return a whole number. Raises UsageError for what is none, such as 2.5."""
    try:
        return index(value)
    except TypeError:
        raise UsageError(f"{option} {value!r}: give a whole number") from None


def at_least_one(value: int, option: str) -> int:
    """Return a whole number from 1 up. Raises UsageError."""
    if (found := number(value, option)) < 1:
        raise UsageError(f"{option} {found}: give a whole number from 1 up")
    return found


def at_least_one_or_none(value: int | None, option: str) -> int | None:
    """Return a whole number from 1 up, where there is one. Raises UsageError."""
    return None if value is None else at_least_one(value, option)


def tolerance(value: float | None) -> float | None:
    """Return a tolerance for floats. Raises UsageError where it is negative or no number."""
    if value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = -1.0
    if found < 0 or not isfinite(found):
        raise UsageError(f"--tolerance {value}: give a number like 1e-9")
    return found
