"""Numbers as people read them. ASCII only: they go to any terminal."""

from __future__ import annotations

from collections.abc import Iterable

_UNITS = ((3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns"))
_SECOND = (1.0, "s")
LONGEST_TEXT = 160
"""Characters that are quoted of a longer text."""
_FROM = (2.0, 2.0, 1.0, 1.0, 1.0, 0.0)
"""How many of a unit there must be before it is used: 90 s reads better than 1.5 min."""


def digits(value: float, significant: int = 3) -> str:
    """Return the value with so many significant digits, never in powers of ten."""
    if value == 0:
        return "0"
    exponent = int(f"{value:.{significant - 1}e}".partition("e")[2])
    return f"{value:.{max(0, significant - 1 - exponent)}f}"


def unit_of(seconds: float) -> tuple[float, str]:
    """Return the length in seconds and the name of the unit that suits."""
    if seconds == 0:
        return _SECOND
    for (length, name), least in zip(_UNITS, _FROM, strict=True):
        if abs(seconds) >= least * length:
            return length, name
    return _SECOND


def seconds(value: float) -> str:
    """Return a time with three significant digits and its unit."""
    length, name = unit_of(value)
    return f"{digits(value / length)} {name}"


def seconds_range(low: float, high: float) -> str:
    """Return a range of times in one unit."""
    length, name = unit_of(high)
    return f"{digits(low / length)} to {digits(high / length)} {name}"


def ratio(value: float) -> str:
    """Return a ratio with three significant digits, and at most two decimals."""
    return f"{value:.2f}" if abs(value) < 10 else digits(value)


def percent(share: float) -> str:
    """Return a share as a whole percentage, with one decimal under 10 %."""
    return f"{share:.1%}" if abs(share) < 0.0995 else f"{share:.0%}"


def count(number: int, noun: str) -> str:
    """Return the number with its noun, in the plural where it belongs."""
    return f"{number} {noun}{'s' * (number != 1)}"


def listed(things: Iterable[object]) -> str:
    """Return them with commas, and the last one with an and."""
    *before, last = (str(thing) for thing in things)
    return f"{', '.join(before)} and {last}" if before else last


def shortened(text: str) -> str:
    """Return a text in one line, of which no more than its beginning is needed."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_TEXT else f"{flat[:LONGEST_TEXT].rstrip()} ..."


def printable(text: str) -> str:
    """Return the text without characters that would steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
