"""Medians and their intervals. Every formula names its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, sqrt

from scaling.model import Sample

LEAST_BLOCKS = 6
"""Fewer values cannot bound a median at 95 %: five give 93.75 %."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A range that holds the true value with the stated confidence."""

    low: float
    high: float


def median(values: Sequence[float]) -> float:
    """Return the middle value, or the mean of the middle two. Raises ValueError without any."""
    if not values:
        raise ValueError("the median of nothing is not defined")
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def session_value(samples: Sequence[Sample]) -> float:
    """Return the value of a session: the median of its samples, in seconds."""
    return median([sample.seconds for sample in samples])


def median_ranks(count: int, confidence: float = 0.95) -> tuple[int, int] | None:
    """Return the ranks (from 1) of the two ordered values that bound the median.

    Exact binomial ranks: the largest j with 1 - 2 F(j - 1; n, 1/2) >= confidence, and n + 1 - j
    (Hoefler & Belli, SC15, section 3.1.3; Conover, Practical Nonparametric Statistics, 3.2).
    In integers, since loading scipy for one sum would take longer than the report. None when
    there are too few values.
    """
    below, rank = 0, 0
    for lower in range(count // 2):
        below += comb(count, lower)
        if 1 - below / 2 ** (count - 1) < confidence:
            break
        rank = lower + 1
    return (rank, count + 1 - rank) if rank else None


def median_interval(values: Sequence[float], confidence: float = 0.95) -> Interval | None:
    """Return the order-statistic interval of the median; None under 6 values at 95 %.

    Source: see ``median_ranks``.
    """
    ranks = median_ranks(len(values), confidence)
    if ranks is None:
        return None
    ordered = sorted(values)
    return Interval(ordered[ranks[0] - 1], ordered[ranks[1] - 1])


def ratio_interval(pairs: Sequence[tuple[float, float]], ratio: float) -> Interval | None:
    """Return the interval of a ratio of medians from values paired by block.

    The block is the unit (Abedi & Brecht, ICPE 2017): what disturbs a block disturbs both values.
    Order statistics of the paired ratios, widened to hold ``ratio`` itself, which is the ratio of
    the medians and may lie outside in rare cases.
    """
    if any(below == 0 for _, below in pairs):
        return None
    found = median_interval([above / below for above, below in pairs])
    return found and Interval(min(found.low, ratio), max(found.high, ratio))


def relative_deviation(values: Sequence[float]) -> float | None:
    """Return the sample standard deviation over the mean; None where it is not defined."""
    if len(values) < 2 or not (total := sum(values)):
        return None
    mean = total / len(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1)) / mean
