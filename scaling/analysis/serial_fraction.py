"""The serial fraction by number of workers, as measured and as a law says (Karp & Flatt, 1990).

With p = N / N0 and S the speedup over N0, e = (1/S - 1/p) / (1 - 1/p). A law that slows work down
by s(N) = 1 + alpha (N - 1) + beta h(N) has S = p s(N0) / s(N), so that

    e(N) = (s(N) / s(N0) - 1) / (p - 1)

which is alpha + beta N for the universal scalability law and N0 = 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scaling.analysis.evidence import gather
from scaling.analysis.law_family import Law, coherency
from scaling.analysis.law_fit import LawFit
from scaling.analysis.points import Points
from scaling.analysis.speedup import gain, karp_flatt, smallest
from scaling.analysis.statistics import Interval
from scaling.model import Case
from scaling.studydata import StudyData


@dataclass(frozen=True, slots=True)
class SerialFraction:
    """What was measured of one case."""

    case: Case
    value: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Curve:
    """What a law says."""

    law: Law
    counts: tuple[float, ...]
    """N: workers, or nodes of Ray."""
    values: tuple[float, ...]
    band: tuple[Interval, ...] | None
    """95 % at each N; None without blocks to resample."""


def measured(data: StudyData) -> tuple[SerialFraction, ...]:
    """Return the serial fraction of each case that is larger than its backend's smallest."""
    return () if data.header.plan.weak else tuple(_measured(data))


def _measured(data: StudyData) -> Iterator[SerialFraction]:
    found = gather(data)
    for one in found:
        base = smallest(one, found)
        relative = gain(one, base, data.header.plan.seed)
        if base is None or relative is None or one.case.uncapped:
            continue
        more = one.case.workers / base.case.workers
        value = karp_flatt(relative.ratio, more)
        if value is not None:
            yield SerialFraction(one.case, value, _interval(relative.interval, more))


def _interval(speedup: Interval | None, more: float) -> Interval | None:
    """Return the interval of the fraction: it falls as speedup grows."""
    if speedup is None:
        return None
    low, high = karp_flatt(speedup.high, more), karp_flatt(speedup.low, more)
    return None if low is None or high is None else Interval(low, high)


def of_law(points: Points, fit: LawFit, counts: Sequence[float]) -> Curve:
    """Return what a fitted law says at each N, all above the smallest that was measured."""
    first = points.fitted[0].count
    own = fit.coefficients
    values = [_fraction(fit.law, own.alpha, own.beta, first, count) for count in counts]
    band = _band(points, fit, counts, values)
    return Curve(fit.law, tuple(counts), tuple(values), band)


def _fraction(law: Law, alpha: float, beta: float, first: float, count: float) -> float:
    def slowed(number: float) -> float:
        return 1 + alpha * (number - 1) + beta * coherency(law, number)

    return (slowed(count) / slowed(first) - 1) / (count / first - 1)


def _band(
    points: Points, fit: LawFit, counts: Sequence[float], values: Sequence[float]
) -> tuple[Interval, ...] | None:
    """Return the interval at each N from the refits of all resamples, the value within it."""
    from scaling.analysis import law_intervals as intervals

    resamples = intervals.draw(points)
    if resamples is None:
        return None
    _, alpha, beta = intervals.refits(resamples, points, fit.law, fit.coefficients).T
    first = points.fitted[0].count
    at_first = 1 + alpha * (first - 1) + beta * coherency(fit.law, first)
    band = []
    for count, value in zip(counts, values, strict=True):
        at = 1 + alpha * (count - 1) + beta * coherency(fit.law, count)
        found = resamples.interval((at / at_first - 1) / (count / first - 1))
        band.append(Interval(min(found.low, value), max(found.high, value)))
    return tuple(band)
