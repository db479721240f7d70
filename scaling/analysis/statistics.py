"""Medians and their intervals. Every formula names its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb, sqrt
from typing import TYPE_CHECKING

from scaling.records import Sample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST_BLOCKS = 6
"""Fewer values cannot bound a median at 95 %: five give 93.75 %."""
BOOTSTRAP_BLOCKS = 10
"""From so many blocks on, resampling them tells more than two of their ranks."""
RESAMPLES = 10_000

Pairs = Sequence[tuple[float, float]]
"""Seconds of two cases in the same block: what is compared with, and what is compared."""


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


def ratio_interval(pairs: Pairs, ratio: float, seed: int = 0) -> Interval | None:
    """Return the 95 % interval of a ratio of medians from values paired by block.

    The block is the unit (Abedi & Brecht, ICPE 2017): what disturbs a block disturbs both values.
    Under 10 blocks, exact order statistics of the paired ratios; from 10 on, percentiles of the
    ratio of medians over resampled blocks (Efron & Tibshirani 1993, 13.3; percentiles rather than
    BCa, whose jackknife fails for medians). Widened to hold ``ratio`` itself, which is the ratio of
    the medians and may lie outside in rare cases. None under 6 blocks, and where a time is zero.
    """
    if len(pairs) < LEAST_BLOCKS or any(below == 0 for _, below in pairs):
        return None
    if len(pairs) >= BOOTSTRAP_BLOCKS:
        low, high = _middle_95_percent(resampled_ratios(pairs, seed))
    else:
        found = median_interval([above / below for above, below in pairs])
        assert found is not None, "six values have an interval"
        low, high = found.low, found.high
    return Interval(min(low, ratio), max(high, ratio))


def confidence_above(pairs: Pairs, threshold: float, seed: int = 0) -> float | None:
    """Return how sure it is that the ratio of medians is at least ``threshold``.

    From 10 blocks on, the share of resamples where it is. Under 10, the mid-p of the sign test on
    the paired ratios (Lancaster, JASA 56, 1961). None where ``ratio_interval`` is.
    """
    if len(pairs) < LEAST_BLOCKS or any(below == 0 for _, below in pairs):
        return None
    if len(pairs) >= BOOTSTRAP_BLOCKS:
        return float((resampled_ratios(pairs, seed) >= threshold).mean())
    above = sum(over >= threshold * under for over, under in pairs)
    fewer = sum(comb(len(pairs), k) for k in range(above))
    return (fewer + comb(len(pairs), above) / 2) / (1 << len(pairs))


def resampled_ratios(pairs: Pairs, seed: int) -> NDArray[np.float64]:
    """Return the ratios of medians over blocks drawn with replacement; both values of a block."""
    above, below = zip(*pairs, strict=True)
    return resampled_medians(above, seed) / resampled_medians(below, seed)


def resampled_medians(values: Sequence[float], seed: int) -> NDArray[np.float64]:
    """Return the medians of values over blocks drawn with replacement, for each resample.

    In the order of the values, the middle one is where half of the drawn blocks are passed: this
    takes additions only, where sorting each resample would take most of a report's time.
    """
    import numpy as np

    drawn = _times_drawn(len(values), seed)
    ordered = np.asarray(values, dtype=float)
    order = np.argsort(ordered, kind="stable")
    ordered, low, high = ordered[order], (len(values) - 1) // 2, len(values) // 2
    passed = np.zeros(RESAMPLES, drawn.dtype)
    lower, upper = np.zeros((2, RESAMPLES), drawn.dtype)
    for block in order:
        passed += drawn[block]
        lower += passed <= low
        if high > low:
            upper += passed <= high
    medians: NDArray[np.float64] = ordered[lower]
    return (medians + ordered[upper]) / 2 if high > low else medians


@lru_cache(maxsize=4)
def _times_drawn(count: int, seed: int) -> NDArray[np.unsignedinteger]:
    """Return how often each block is in each resample, one row for each block.

    Drawn once: every case of a study is judged by the same resamples.
    """
    import numpy as np

    drawn = np.random.default_rng(seed).integers(0, count, (RESAMPLES, count), dtype=np.intp)
    cells = drawn * RESAMPLES + np.arange(RESAMPLES)[:, np.newaxis]
    times = np.bincount(cells.ravel(), minlength=count * RESAMPLES)
    found: NDArray[np.unsignedinteger] = times.astype(np.min_scalar_type(count))
    return found.reshape(count, RESAMPLES)


def _middle_95_percent(values: NDArray[np.float64]) -> tuple[float, float]:
    import numpy as np

    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def relative_half_width(values: Sequence[float]) -> float | None:
    """Return the largest distance of the interval's ends from the median, over the median.

    None when there are too few values for an interval.
    """
    interval = median_interval(values)
    if interval is None:
        return None
    middle = median(values)
    return max(interval.high - middle, middle - interval.low) / middle if middle else 0.0


def relative_deviation(values: Sequence[float]) -> float | None:
    """Return the sample standard deviation over the mean; None where it is not defined."""
    if len(values) < 2 or not (total := sum(values)):
        return None
    mean = total / len(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1)) / mean
