"""Two independent samples: does the second lie higher, and by how much?

U is the number of pairs of a first and a second value in which the second is larger; a tie is half
a pair (Mann & Whitney, Annals of Mathematical Statistics 18(1), 1947). How often chance alone gives
each U is counted in integers, whatever the shape of the noise. Times hardly ever tie; halves of
pairs are rounded against a difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from math import ceil, comb, erfc, sqrt

from scaling.analysis.statistics import Interval

EXACT_AT_MOST = 40
"""More values in either sample follow the normal distribution closely enough."""
EFFECTS = ((0.474, "large"), (0.33, "medium"), (0.147, "small"))
"""Least |delta| of each size of effect (Romano et al., Florida Association of Institutional
Research, 2006)."""


def pairs_above(first: Sequence[float], second: Sequence[float]) -> float:
    """Return U."""
    return sum((b > a) + (b == a) / 2 for a in first for b in second)


def cliffs_delta(first: Sequence[float], second: Sequence[float]) -> float:
    """Return how much more often the second is larger than smaller, from -1 to 1.

    P(b > a) - P(b < a) over all pairs (Cliff, Psychological Bulletin 114(3), 1993).
    """
    return 2 * pairs_above(first, second) / (len(first) * len(second)) - 1


def effect(delta: float) -> str:
    """Return how the size of an effect is called."""
    return next((name for least, name in EFFECTS if abs(delta) >= least), "negligible")


def p_value(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the two-sided p of no difference."""
    above = pairs_above(first, second)
    rarer = min(above, len(first) * len(second) - above)
    return min(1.0, 2 * chance_up_to(ceil(rarer), len(first), len(second)))


def least_p(first: int, second: int) -> float:
    """Return the p of samples of these lengths that do not overlap: none is smaller."""
    return min(1.0, 2 * chance_up_to(0, first, second))


def chance_up_to(most: int, first: int, second: int) -> float:
    """Return the chance that U is at most this, for lengths of equal samples.

    With many values, the normal distribution with a correction for continuity.
    """
    if max(first, second) <= EXACT_AT_MOST:
        return _orders_up_to(first, second)[most] / comb(first + second, second)
    deviation = sqrt(first * second * (first + second + 1) / 12)
    return erfc((first * second / 2 - most - 0.5) / deviation / sqrt(2)) / 2


@lru_cache(maxsize=64)
def _orders_up_to(first: int, second: int) -> tuple[int, ...]:
    """Return in how many orders of all values U is at most 0, 1, 2, ...

    Coefficients of the Gaussian binomial, the product over i = 1 ... n of
    (1 - q^(m + i)) / (1 - q^i) (Andrews, The Theory of Partitions, 1976, chapter 3).
    """
    most = first * second
    orders = [1] + [0] * most
    for step in range(1, second + 1):
        for value in range(most, first + step - 1, -1):
            orders[value] -= orders[value - first - step]
        for value in range(step, most + 1):
            orders[value] += orders[value - step]
    return tuple(accumulate(orders))


@lru_cache(maxsize=64)
def outer_rank(first: int, second: int, tail: float) -> int:
    """Return the largest k with P(U <= k - 1) <= tail; 0 where there is none."""
    rank = 0
    while rank < first * second // 2 and chance_up_to(rank, first, second) <= tail:
        rank += 1
    return rank


def factor_interval(
    first: Sequence[float], second: Sequence[float], tail: float = 0.025
) -> Interval | None:
    """Return the factors from the first to the second that the test does not reject.

    Exact wherever the second is distributed as the first times a factor: the ordered ratios of all
    pairs, between the ranks of the test (Hodges & Lehmann, Annals of Mathematical Statistics 34(2),
    1963; Conover, Practical Nonparametric Statistics, 5.4, on logarithms). ``tail`` is the share
    beyond each end. None for too few values. All values are above 0.
    """
    return _between([b / a for a in first for b in second], len(first), len(second), tail)


def shift_interval(
    first: Sequence[float], second: Sequence[float], tail: float = 0.025
) -> Interval | None:
    """Return what may be added to the first to look like the second; as ``factor_interval``."""
    return _between([b - a for a in first for b in second], len(first), len(second), tail)


def _between(values: list[float], first: int, second: int, tail: float) -> Interval | None:
    rank = outer_rank(first, second, tail)
    ordered = sorted(values)
    return Interval(ordered[rank - 1], ordered[-rank]) if rank else None


def holm(values: Sequence[float]) -> tuple[float, ...]:
    """Return p values corrected for their number, in the same order.

    The chance of one error or more among all of them stays under the level, however they depend on
    each other (Holm, Scandinavian Journal of Statistics 6(2), 1979).
    """
    corrected, largest = [0.0] * len(values), 0.0
    for place, index in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        largest = max(largest, min(1.0, (len(values) - place) * values[index]))
        corrected[index] = largest
    return tuple(corrected)
