"""Texts of options and what they say. Each raises UsageError with an example of what to give."""

from __future__ import annotations

from math import isfinite
from pathlib import Path

from scaling.errors import UsageError


def parse_share(text: str, option: str) -> float:
    """Return a share from ``5%`` or ``0.05``."""
    number, factor = (text[:-1], 0.01) if text.endswith("%") else (text, 1.0)
    try:
        share = float(number) * factor
    except ValueError:
        share = 0.0
    if not 0.0 < share <= 1.0:
        raise UsageError(f"{option} {text}: give a share like 5% or 0.05")
    return share


def absolute_target(workload: str) -> str:
    """Return the workload's target; a file's path made absolute, since processes may move."""
    file, colon, name = workload.rpartition(":")
    if colon and file.endswith(".py"):
        return f"{Path(file).expanduser().absolute()}:{name}"
    return workload


def absolute_items(items: str | None) -> str | None:
    """Return ``--items`` with absolute paths: a study may be resumed from another folder."""
    if items is None:
        return None
    scheme, colon, rest = items.partition(":")
    if colon and rest.strip() and scheme in {"lines", "glob", "csv"}:
        return f"{scheme}:{Path(rest).expanduser().absolute()}"
    return absolute_target(items)


MOST = 10**9
"""Larger numbers are slips of the finger."""


def sensible_price(price: float | None) -> float | None:
    """Return the price of a node for an hour."""
    if price is not None and not 0.0 <= price <= MOST:
        raise UsageError(f"--price-per-node-hour {price}: give a number from 0 to {MOST:,}")
    return price


def finite(tolerance: float | None) -> float | None:
    """Return the tolerance."""
    if tolerance is not None and not isfinite(tolerance):
        raise UsageError(f"--tolerance {tolerance}: give a number like 1e-9")
    return tolerance


def parse_nodes(text: str, *, dense: bool = False) -> tuple[int, ...]:
    """Return the node counts of ``--nodes``: ``4`` means 1, 2, 4; ``1,3,4`` means just those."""
    counts = parse_counts(text, "--nodes")
    if len(counts) > 1:
        return counts
    (largest,) = counts
    powers = {2**k for k in range(largest.bit_length()) if 2**k <= largest}
    between = {3 * 2**k for k in range(largest.bit_length()) if 3 * 2**k <= largest}
    return tuple(sorted(powers | {largest} | (between if dense else set())))


def parse_counts(text: str, option: str) -> tuple[int, ...]:
    """Return a list of different whole numbers from 1 up, in rising order."""
    words = [word.strip() for word in text.split(",")]
    if not all(word.isascii() and word.isdigit() and int(word) >= 1 for word in words):
        raise UsageError(f"{option} {text}: give whole numbers from 1 up, like 4 or 1,2,4")
    counts = [int(word) for word in words]
    for count in counts:
        if count > MOST:
            raise UsageError(f"{option} {text}: at most {MOST:,}")
        if counts.count(count) > 1:
            raise UsageError(f"{option} {text}: {count} is there more than once")
    return tuple(sorted(counts))


def parse_batch(text: str) -> int | None:
    """Return the items per message, None for ``auto``."""
    if text == "auto":
        return None
    if not (text.isascii() and text.isdigit() and int(text) >= 1):
        raise UsageError(f"--batch {text}: give auto or a whole number from 1 up")
    return int(text)


def parse_duration(text: str, option: str) -> float:
    """Return seconds from ``90``, ``90s``, ``10m`` or ``1h``."""
    units = {"s": 1.0, "m": 60.0, "h": 3600.0}
    number, factor = (text[:-1], units[text[-1]]) if text[-1:] in units else (text, 1.0)
    try:
        seconds = float(number) * factor
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < float("inf"):
        raise UsageError(f"{option} {text}: give a time like 90s, 10m or 1h")
    return seconds


def parse_params(pairs: list[str]) -> tuple[tuple[str, str], ...]:
    """Return ``key=value`` pairs. Raises UsageError when a key comes twice."""
    params: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"--param {pair}: give key=value")
        if key in params:
            raise UsageError(f"--param {pair}: {key} is there more than once")
        params[key] = value
    return tuple(params.items())


def parse_names(text: str, option: str) -> tuple[str, ...]:
    """Return names separated by commas. Raises UsageError when one is empty or comes twice."""
    names = [word.strip() for word in text.split(",")]
    if not all(names):
        raise UsageError(f"{option} {text}: give names separated by commas")
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{option} {text}: {name} is there more than once")
    return tuple(names)
