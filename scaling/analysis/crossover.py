"""Where one way begins to pay against another: sizes, passes and durations with intervals.

Everything is a function of medians over blocks. The block is the unit, as for ratios: under 10
blocks the interval is that of exact order statistics of the function block by block, from 10 on
percentiles over resampled blocks. Values outside of what was measured are infinite, so that an
interval may be open at either end; nothing is extrapolated in size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import inf

from scaling.analysis.statistics import (
    BOOTSTRAP_BLOCKS,
    RESAMPLES,
    Interval,
    median,
    median_interval,
    resampled_medians,
)

Rows = Mapping[int, tuple[float, ...]]
"""Values of several quantities by block; every block has all of them."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value that follows from medians, with its 95 % interval; None under 6 blocks."""

    value: float
    interval: Interval | None


def together(series: Sequence[Mapping[int, float]]) -> dict[int, tuple[float, ...]]:
    """Return the rows of the blocks that all series have."""
    if not series:
        return {}
    shared = set(series[0]).intersection(*series[1:])
    return {block: tuple(one[block] for one in series) for block in sorted(shared)}


def estimate(
    rows: Rows, function: Callable[[Sequence[float]], float], seed: int = 0
) -> Estimate | None:
    """Return the function of the medians over blocks, and its interval; None without blocks.

    Sources: see ``statistics.ratio_interval``, whose rules are the same.
    """
    if not rows:
        return None
    values = list(rows.values())
    value = function(_medians(values))
    if len(values) >= BOOTSTRAP_BLOCKS:
        found: Interval | None = _resampled(values, function, seed)
    else:
        found = median_interval([function(row) for row in values])
    if found is None:
        return Estimate(value, None)
    return Estimate(value, Interval(min(found.low, value), max(found.high, value)))


def break_even_size(sizes: Sequence[int], rows: Rows, seed: int = 0) -> Estimate | None:
    """Return the size from which the second way is faster, up to the largest that was measured.

    A row holds the seconds of both ways for each of the growing sizes in turn. Between two sizes
    the difference is taken as a straight line, which a fixed cost and a cost per item give.
    Minus infinity: at or under the smallest size; infinity: not up to the largest.
    """
    return estimate(rows, partial(_crossing, sizes), seed)


def passes(rows: Rows, seed: int = 0) -> Estimate | None:
    """Return after how many passes the second way's opening has paid back.

    A row holds both ways' seconds of a pass, then both ways' seconds of opening. With o + k T as
    the time of k passes it is k = (o2 - o1) / (T1 - T2), at least 0; infinite where T2 >= T1.
    """
    return estimate(rows, _passes, seed)


def passes_at_medians(rows: Rows) -> float:
    """Return the value of ``passes`` alone, which takes no resampling. Needs a row."""
    return _passes(_medians(rows.values()))


def stretch(rows: Rows, seed: int = 0) -> Estimate | None:
    """Return how many times as long items must be for the second way to pay.

    A row holds the part of the first way's pass that grows with the items, then the part that does
    not, then both of the second way. With T(x) = A x + F it is x = (F2 - F1) / (A1 - A2), at least
    0; infinite where A2 >= A1, since the second way then gains nothing from longer items.
    """
    return estimate(rows, _stretch, seed)


def _medians(rows: Iterable[tuple[float, ...]]) -> list[float]:
    return [median(column) for column in zip(*rows, strict=True)]


def _crossing(sizes: Sequence[int], row: Sequence[float]) -> float:
    differences = [second - first for first, second in zip(row[::2], row[1::2], strict=True)]
    if differences[-1] >= 0:
        return inf
    steps = pairwise(zip(sizes, differences, strict=True))
    for (small, before), (large, after) in reversed(list(steps)):
        if before >= 0:
            return small + (large - small) * before / (before - after)
    return -inf


def _passes(row: Sequence[float]) -> float:
    first, second, first_opening, second_opening = row
    if second >= first:
        return inf
    return max(0.0, (second_opening - first_opening) / (first - second))


def _stretch(row: Sequence[float]) -> float:
    first_growing, first_fixed, second_growing, second_fixed = row
    if second_growing >= first_growing:
        return inf
    return max(0.0, (second_fixed - first_fixed) / (first_growing - second_growing))


def _resampled(
    values: Sequence[tuple[float, ...]],
    function: Callable[[Sequence[float]], float],
    seed: int,
) -> Interval:
    """Return the middle 95 % over resampled blocks, by rank: between infinities is no mean."""
    medians = [resampled_medians(column, seed).tolist() for column in zip(*values, strict=True)]
    ordered = sorted(function(row) for row in zip(*medians, strict=True))
    tail = round(0.025 * RESAMPLES)
    return Interval(ordered[tail], ordered[-1 - tail])
