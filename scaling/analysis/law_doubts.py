"""The named doubts about a fitted law, and which claims they withhold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import comb, sqrt
from typing import Literal

from scaling.analysis.law_family import Coefficients, Law
from scaling.analysis.points import Point, Points
from scaling.analysis.units import digits, percent

Claim = Literal["peak", "ceiling", "prediction"]

FEW_POINTS = 6
"""The R package usl warns of fewer, usl4j refuses them."""
MISFIT_AT_ONE = 0.1
LARGE_MISS = 0.1
LEVEL = 0.05
"""Throughput that differs by less than this is level."""
UNSURE_SHARE = 0.05


class Doubt(StrEnum):
    """A doubt about a fitted law. It withholds claims, never coefficients."""

    FEW_POINTS = "few-points"
    AT_BOUND = "at-bound"
    NO_POINT_PAST_THE_BEND = "no-point-past-the-bend"
    MISFIT = "misfit"
    SUPERLINEAR = "superlinear"
    UNSURE_PEAK = "unsure-peak"
    NO_N1 = "no-n1"
    OVERSUBSCRIBED_LEFT_OUT = "oversubscribed-left-out"

    @property
    def withholds(self) -> frozenset[Claim]:
        """The claims that cannot be defended with this doubt."""
        return _WITHHOLDS.get(self, frozenset())


_WITHHOLDS: dict[Doubt, frozenset[Claim]] = {
    Doubt.FEW_POINTS: frozenset({"peak", "ceiling"}),
    Doubt.AT_BOUND: frozenset({"peak"}),
    Doubt.NO_POINT_PAST_THE_BEND: frozenset({"peak", "ceiling"}),
    Doubt.MISFIT: frozenset({"peak", "ceiling", "prediction"}),
    Doubt.SUPERLINEAR: frozenset({"peak", "ceiling", "prediction"}),
    Doubt.UNSURE_PEAK: frozenset({"peak"}),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt, and what it was found by."""

    doubt: Doubt
    detail: str
    """One sentence without a full stop."""


def of_points(points: Points) -> Iterator[Finding]:
    """Yield what is doubtful about the points, whatever the law."""
    if (number := len(points.fitted)) < FEW_POINTS:
        yield Finding(
            Doubt.FEW_POINTS, f"only {number} different N; three parameters need {FEW_POINTS}"
        )
    if points.fitted and points.fitted[0].count != 1:
        yield Finding(Doubt.NO_N1, "N = 1 was not measured: gamma is extrapolated")
    if points.left_out:
        counts = ", ".join(f"{point.count:g}" for point in points.left_out)
        yield Finding(
            Doubt.OVERSUBSCRIBED_LEFT_OUT,
            f"N = {counts} not fitted: more workers than usable CPUs take turns",
        )


def at_bounds(law: Law, found: Coefficients, free: Coefficients) -> Iterator[Finding]:
    """Yield the parameters that a bound holds back."""
    for name in law.parameters[1:]:
        value, unbounded = getattr(found, name), getattr(free, name)
        if value in {0.0, 1.0}:
            yield Finding(
                Doubt.AT_BOUND,
                f"{name} is at its bound {value:g}; without bounds it would be {unbounded:.3g}",
            )


def bend(law: Law, found: Coefficients, largest: float) -> Iterator[Finding]:
    """Yield that the data end before the curve does what its parameters say."""
    peak, knee = found.peak(law), found.knee
    if peak is not None and largest < peak:
        yield Finding(
            Doubt.NO_POINT_PAST_THE_BEND,
            f"the largest N is {largest:g}: none lies past the bend, where throughput falls",
        )
    elif peak is None and knee is not None and largest < knee:
        yield Finding(
            Doubt.NO_POINT_PAST_THE_BEND,
            f"the largest N is {largest:g}, under 1/alpha = {digits(knee)}, where the curve bends",
        )


def superlinear(law: Law, free: Coefficients, cost: float, limit: float) -> Iterator[Finding]:
    """Yield that throughput grows faster than N, beyond noise.

    The log variant is not asked: it falls so late that a negative alpha helps it where data bend.

    ``cost`` is the bounded over the free sum of squares, ``limit`` what noise explains at 95 %.
    """
    if law is not Law.LOG_USL and free.alpha < 0 and cost > limit:
        yield Finding(
            Doubt.SUPERLINEAR,
            f"throughput grows faster than N (without bounds alpha is {free.alpha:.3g}): "
            "look at caches, memory and the smallest N",
        )


def misfits(
    found: Coefficients, points: Sequence[Point], residuals: Sequence[float], error: float | None
) -> Iterator[Finding]:
    """Yield where the data do not follow the law.

    ``error`` is the residual standard error over the mean throughput.
    """
    first = points[0]
    if first.count == 1 and abs(off := found.gamma / first.throughput - 1) > MISFIT_AT_ONE:
        side = "above" if off > 0 else "below"
        yield Finding(
            Doubt.MISFIT, f"gamma is {percent(abs(off))} {side} what was measured at N = 1"
        )
    if error is not None and error > LARGE_MISS:
        yield Finding(Doubt.MISFIT, f"the residuals are {percent(error)} of the mean throughput")
    if (chance := runs_chance(residuals)) < 0.05:
        yield Finding(
            Doubt.MISFIT,
            f"residuals of one sign stand together (chance alone: {percent(chance)})",
        )
    if plateau(points, residuals):
        yield Finding(Doubt.MISFIT, "throughput is level at the largest N, which no law here fits")


def runs_chance(residuals: Sequence[float]) -> float:
    """Return the chance of so few runs of one sign, or fewer (Wald & Wolfowitz, 1940; exact)."""
    signs = [residual > 0 for residual in residuals if residual != 0]
    above, below = signs.count(True), signs.count(False)
    if not above or not below:
        return 1.0
    runs = 1 + sum(a != b for a, b in pairwise(signs))
    ways = sum(_ways(number, above, below) for number in range(2, runs + 1))
    return ways / comb(above + below, above)


def _ways(runs: int, above: int, below: int) -> int:
    half = runs // 2
    if runs % 2 == 0:
        return 2 * comb(above - 1, half - 1) * comb(below - 1, half - 1)
    return comb(above - 1, half) * comb(below - 1, half - 1) + comb(above - 1, half - 1) * comb(
        below - 1, half
    )


def plateau(points: Sequence[Point], residuals: Sequence[float]) -> bool:
    """Tell whether throughput ends level over a doubling of N while the law misses points."""
    last = points[-1]
    level = [p for p in points if abs(p.throughput / last.throughput - 1) < LEVEL]
    tail = points[len(points) - len(level) :]
    if len(level) < 3 or tuple(level) != tuple(tail) or last.count < 2 * tail[0].count:
        return False
    misses = (abs(r) / p.throughput for p, r in zip(points, residuals, strict=True))
    return max(misses) > LEVEL


def unsure_peak(share_without_peak: float | None) -> Iterator[Finding]:
    """Yield that noise decides whether there is a peak."""
    if share_without_peak is not None and share_without_peak > UNSURE_SHARE:
        yield Finding(
            Doubt.UNSURE_PEAK, f"{percent(share_without_peak)} of the resamples have no peak"
        )


def relative_error(rss: float, freedom: int, points: Sequence[Point]) -> float | None:
    """Return the residual standard error over the mean throughput; None without spare points."""
    if freedom < 1:
        return None
    mean = sum(point.throughput for point in points) / len(points)
    return sqrt(rss / freedom) / mean
