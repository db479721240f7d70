"""Is the case steady? Slow starts, drift and memory in its values."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, combinations
from math import erfc, factorial, sqrt

from scaling.analysis.statistics import median, median_interval

DRIFT_P = 0.01
LEAST_FOR_AUTOCORRELATION = 10
EXACT_AT_MOST = 40
"""More values follow the normal distribution closely enough."""


def slow_first(first_ratios: Sequence[float], precision: float) -> bool:
    """Tell whether first samples are slower than later ones, beyond chance and ``precision``.

    ``first_ratios``: first sample over the median of the later ones, by session. The 95 % interval
    of their median lies above 1: the sign test turned round (Conover, Practical Nonparametric
    Statistics, 3.4), which no outlier moves. Why to look: Barrett et al., OOPSLA 2017.
    """
    interval = median_interval(first_ratios)
    if interval is None:
        return False
    return interval.low > 1 and median(first_ratios) > 1 + precision


def drifts(values: Sequence[float], precision: float) -> bool:
    """Tell whether values in the order of time rise or fall, beyond chance and ``precision``.

    Significance by Mann and Kendall, size by the slope of Theil and Sen over the whole series.
    """
    if mann_kendall_p(values) >= DRIFT_P:
        return False
    middle = median(values)
    return bool(middle) and abs(slope(values)) * (len(values) - 1) > precision * middle


def slope(values: Sequence[float]) -> float:
    """Return the median slope over all pairs, by step (Sen, JASA 63, 1968); 0 under two values."""
    slopes = [(b - a) / (j - i) for (i, a), (j, b) in combinations(enumerate(values), 2)]
    return median(slopes) if slopes else 0.0


def mann_kendall_p(values: Sequence[float]) -> float:
    """Return the two-sided p of no trend (Mann, Econometrica 13, 1945).

    Exact up to 40 values, as if there were no ties, which errs to the safe side.
    """
    score = abs(sum((b > a) - (b < a) for a, b in combinations(values, 2)))
    count = len(values)
    if not score:
        return 1.0
    if count > EXACT_AT_MOST:
        deviation = sqrt(count * (count - 1) * (2 * count + 5) / 18)
        return erfc((score - 1) / deviation / sqrt(2))
    pairs = count * (count - 1) // 2
    orders = inversions(count)
    # score = pairs - 2 inversions; a tie leaves a half inversion, which counts as a whole one.
    return min(1.0, 2 * sum(orders[: (pairs - score + 1) // 2 + 1]) / factorial(count))


@lru_cache(maxsize=EXACT_AT_MOST)
def inversions(count: int) -> tuple[int, ...]:
    """Return how many orders of so many things have 0, 1, 2, ... inversions (Kendall 1938).

    One thing more, put into an order of the others, adds from none up to their number.
    """
    orders = [1]
    for size in range(2, count + 1):
        most = len(orders) + size - 1
        sums = list(accumulate(orders + [0] * (size - 1)))
        orders = [sums[k] - (sums[k - size] if k >= size else 0) for k in range(most)]
    return tuple(orders)


def autocorrelation(values: Sequence[float], lag: int = 1) -> float | None:
    """Return the sample autocorrelation; None where all values are equal.

    Divided by n, about the mean of all (Box & Jenkins, Time Series Analysis, 2.1.5).
    """
    if len(set(values)) < 2:
        return None
    mean = sum(values) / len(values)
    apart = [value - mean for value in values]
    products = sum(a * b for a, b in zip(apart, apart[lag:], strict=False))
    return products / sum(distance**2 for distance in apart)


def autocorrelated(values: Sequence[float]) -> bool:
    """Tell whether neighbours in time resemble each other: |rho| > 2 / sqrt(n), from 10 values."""
    if len(values) < LEAST_FOR_AUTOCORRELATION:
        return False
    found = autocorrelation(values)
    return found is not None and abs(found) > 2 / sqrt(len(values))
