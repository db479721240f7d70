"""Options as Python values, and the texts of the command line that say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from operator import index
from pathlib import Path

from scaling.errors import UsageError
from scaling.option_texts import parse_counts

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


def are_several(value: Counts | None) -> bool:
    """Tell a sequence of numbers from one number and from a text."""
    return isinstance(value, Iterable) and not isinstance(value, str)


def largest(value: Counts | None, option: str) -> int | None:
    """Return the largest number; None where there is none. Raises UsageError."""
    return None if value is None else max(parse_counts(counts(value) or "", option))


def text(value: str, option: str) -> str:
    """Return a text, plain where it is of a class of its own. Raises UsageError for others."""
    if not isinstance(value, str):
        raise UsageError(f"{option} {value!r:.60}: give a text")
    return str(value)


def text_or_none(value: str | None, option: str) -> str | None:
    """Return a text as it is, where there is one. Raises UsageError."""
    return None if value is None else text(value, option)


def flag(value: bool, option: str) -> bool:  # noqa: FBT001 -- it is what is asked for
    """Return True or False. Raises UsageError for anything else, such as "no"."""
    # NumPy has a bool of its own.
    if type(value).__name__ not in {"bool", "bool_"}:
        raise UsageError(f"{option} {value!r:.60}: give True or False")
    return bool(value)


def names(value: str | Sequence[str] | None, option: str) -> str | None:
    """Return names separated by commas. Raises UsageError where they are no texts."""
    if value is None or isinstance(value, str):
        return value
    try:
        return ",".join(value)
    except TypeError:
        raise UsageError(f"{option} {value!r:.60}: give names, like ('threads', 'ray')") from None


def time(value: Time | None) -> str | None:
    """Return the text of a time in seconds."""
    return None if value is None else str(value)


def params(values: Mapping[str, object] | None) -> list[str]:
    """Return ``key=value`` pairs. Raises UsageError for what holds no names and values."""
    if values is not None and not isinstance(values, Mapping):
        raise UsageError(f"--param {values!r:.60}: give names and values, like {{'depth': 3}}")
    return [f"{_name(key)}={value}" for key, value in (values or {}).items()]


def _name(key: object) -> str:
    if not isinstance(key, str) or "=" in key:
        raise UsageError(f"--param {key!r:.60}: give the name of a parameter")
    return key


def path(value: str | Path | None, option: str) -> Path | None:
    """Return a path, with the home folder where it begins with ``~``. Raises UsageError."""
    if value is None:
        return None
    try:
        return Path(value).expanduser()
    except (TypeError, RuntimeError) as error:
        raise UsageError(f"{option} {value!r:.60}: {error}; give the path of a folder") from None


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
