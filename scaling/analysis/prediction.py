"""What a fitted law says of an N that was not measured, or why it says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, inf, sqrt

from scaling.analysis.law_family import Coefficients, Law, coherency
from scaling.analysis.law_fit import LawFit, fit_laws
from scaling.analysis.laws import BackendFit, choose
from scaling.analysis.points import Points
from scaling.analysis.statistics import Interval
from scaling.analysis.units import percent

FARTHEST = 2.0
"""How many times the largest measured N is predicted (Schwartz, Practical Scalability Analysis
with the USL, 2015)."""


@dataclass(frozen=True, slots=True)
class HoldOut:
    """How far off the same method is where the answer is known."""

    count: float
    """The largest N, left out of the fit."""
    law: Law
    measured: float
    predicted: float

    @property
    def error(self) -> float:
        """Predicted over measured, less 1."""
        return self.predicted / self.measured - 1


@dataclass(frozen=True, slots=True)
class Next:
    """The N worth measuring next."""

    count: float
    reason: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a new measurement of as many blocks would show at N, if the law goes on to hold."""

    name: str
    counted: str
    unit: str
    count: float
    law: Law
    throughput: float
    interval: Interval
    """95 % for the median of a new measurement, by this law and by the headline together."""
    seconds: float | None
    """None where the amount of work is not fixed."""
    seconds_interval: Interval | None
    speedup: float
    """Against N = 1 as measured, or as the law says where it was not."""
    base_measured: bool
    largest: float
    """The largest measured N."""
    far: bool
    """True past twice that."""
    held_out: HoldOut | None
    """None with fewer than 5 points."""
    next: Next


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is predicted, and what to measure for it."""

    name: str
    counted: str
    count: float
    reasons: tuple[str, ...]
    held_out: HoldOut | None
    next: Next | None


def predict(fit: BackendFit, count: float, *, far: bool = False) -> Prediction | Refusal:
    """Predict throughput at N, or say why not.

    ``far`` allows N past twice the largest measured one, and labels the prediction.
    """
    chosen = fit.chosen
    reasons = tuple(_refusals(fit, count, far=far))
    points = fit.points
    if chosen is None or reasons:
        held = hold_out(fit)
        return Refusal(points.name, points.counted, count, reasons, held, worth_measuring(fit))
    value = chosen.coefficients.throughput(chosen.law, count)
    (interval,) = intervals_at(fit.points, plausible(fit), [count])
    first = points.fitted[0]
    base = first.throughput if first.count == 1 else chosen.coefficients.gamma
    return Prediction(
        name=points.name,
        counted=points.counted,
        unit=points.unit,
        count=count,
        law=chosen.law,
        throughput=value,
        interval=interval,
        seconds=None if points.work is None else points.work / value,
        seconds_interval=_seconds(points.work, interval),
        speedup=value / base,
        base_measured=first.count == 1,
        largest=points.largest,
        far=count > FARTHEST * points.largest,
        held_out=hold_out(fit),
        next=worth_measuring(fit),
    )


def _refusals(fit: BackendFit, count: float, *, far: bool) -> Iterator[str]:
    points = fit.points
    if not points.fitted:
        yield "few-points: no point can be fitted, all have more workers than usable CPUs"
        return
    if fit.chosen is None:
        yield (
            f"few-points: {len(points.fitted)} different N; "
            f"a prediction needs {Law.AMDAHL.least_points}"
        )
    yield from fit.withholding("prediction")
    if count > FARTHEST * points.largest and not far:
        yield (
            f"{count:g} is past twice the largest measured N ({points.largest:g}); "
            "--far predicts it all the same"
        )
    if count < 1:
        yield "N must be at least 1"


def _seconds(work: float | None, throughput: Interval) -> Interval | None:
    if work is None:
        return None
    return Interval(work / throughput.high, work / throughput.low if throughput.low > 0 else inf)


def hold_out(fit: BackendFit) -> HoldOut | None:
    """Fit all but the largest N by the same rules, and compare; None with too few points."""
    points = fit.points
    if len(points.fitted) <= Law.AMDAHL.least_points:
        return None
    chosen, _ = choose(fit_laws(points.without_largest(), sure=False))
    if chosen is None:
        return None
    last = points.fitted[-1]
    predicted = chosen.coefficients.throughput(chosen.law, last.count)
    return HoldOut(last.count, chosen.law, last.throughput, predicted)


def intervals_at(points: Points, laws: Sequence[LawFit], counts: Sequence[float]) -> list[Interval]:
    """Return the 95 % interval of a new median at each N, wide enough for each of the laws.

    From the resamples: the refitted curve times one plus a relative residual of the fit, widened
    by sqrt(n / (n - p)), so that a new measurement misses the curve as those at hand do (Davison &
    Hinkley, Bootstrap Methods and their Application, 1997, section 7.2.4). Without resamples:
    linearised, X(N) +- t(0.975, n - p) sqrt(s^2 + J C J') (Bates & Watts, 1988, section 2.3).
    """
    each = [_of_law(points, law, counts) for law in laws]
    return [
        Interval(min(one.low for one in found), max(one.high for one in found))
        for found in zip(*each, strict=True)
    ]


def plausible(fit: BackendFit) -> tuple[LawFit, ...]:
    """Return the chosen law and the headline: noise may hide the bend that only one of them has."""
    both = (fit.chosen, fit.headline)
    return tuple(dict.fromkeys(one for one in both if one is not None))


def _of_law(points: Points, fit: LawFit, counts: Sequence[float]) -> list[Interval]:
    import numpy as np

    from scaling.analysis import law_intervals as intervals

    resamples = intervals.draw(points)
    if resamples is None:
        return [_linearised(points, fit, count) for count in counts]
    gamma, alpha, beta = intervals.refits(resamples, points, fit.law, fit.coefficients).T
    misses = np.array(fit.residuals) / np.array(fit.fitted)
    misses *= sqrt(len(misses) / (len(misses) - len(fit.law.parameters)))
    weights = np.repeat(resamples.weights, len(misses))
    found = []
    for count in counts:
        slowed = 1 + alpha * (count - 1) + beta * coherency(fit.law, count)
        spread = np.outer(gamma * count / slowed, 1 + misses).ravel()
        low, high = intervals.quantiles(spread, weights, resamples.tail)
        middle = fit.coefficients.throughput(fit.law, count)
        found.append(Interval(min(low, middle), max(high, middle)))
    return found


def _linearised(points: Points, chosen: LawFit, count: float) -> Interval:
    import numpy as np
    from scipy.special import stdtrit

    law, number = chosen.law, len(chosen.law.parameters)
    counts = [point.count for point in points.fitted]
    rows = np.array([_slopes(law, chosen.coefficients, n) for n in (*counts, count)])
    moving = [k for k, name in enumerate(law.parameters) if getattr(chosen.coefficients, name) > 0]
    slopes, new = rows[:-1, moving], rows[-1, moving]
    freedom = len(counts) - number
    own = float(new @ np.linalg.pinv(slopes.T @ slopes) @ new)
    half = float(stdtrit(freedom, 0.975)) * sqrt(chosen.rss / freedom * (1 + own))
    middle = chosen.coefficients.throughput(law, count)
    return Interval(max(0.0, middle - half), middle + half)


def _slopes(law: Law, found: Coefficients, count: float) -> tuple[float, float, float]:
    """Return the derivatives of X(N) by gamma, alpha and beta."""
    value = found.throughput(law, count)
    fall = -(value**2) / (found.gamma * count)
    return value / found.gamma, fall * (count - 1), fall * coherency(law, count)


def worth_measuring(fit: BackendFit) -> Next:
    """Return the N, up to twice the largest, whose measurement would tell most."""
    points, chosen = fit.points, fit.chosen
    measured = {point.count for point in points.fitted}
    if 1.0 not in measured:
        return Next(1, "everything is relative to it, and it was not measured")
    largest = points.largest
    if chosen is None:
        return Next(_gap(measured, largest), "a law needs more points")
    peak = chosen.coefficients.peak(chosen.law)
    if peak is not None and largest < peak <= FARTHEST * largest:
        return Next(ceil(peak + 0.5), "the law says that throughput falls from there on")
    candidates = sorted({float(n) for n in _candidates(largest)} - measured)
    if not candidates:
        return Next(FARTHEST * largest, "it doubles the range")
    found = zip(candidates, intervals_at(fit.points, plausible(fit), candidates), strict=True)
    count, widest = max(found, key=lambda pair: pair[1].high - pair[1].low)
    half = (widest.high - widest.low) / 2 / chosen.coefficients.throughput(chosen.law, count)
    return Next(count, f"its throughput is the least certain (+-{percent(half)})")


def _candidates(largest: float) -> Iterator[int]:
    """Yield at most 12 whole numbers from 2 to twice the largest, evenly."""
    last = int(FARTHEST * largest)
    step = max(1, last // 12)
    yield from range(last, 1, -step)


def _gap(measured: set[float], largest: float) -> float:
    """Return the smallest whole number between 1 and the largest that is missing, or the double."""
    missing = (float(n) for n in range(2, int(largest)) if float(n) not in measured)
    return next(missing, FARTHEST * largest)
