"""One scaling law fitted to measurements, with its intervals and doubts."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log

from scaling.analysis import law_doubts
from scaling.analysis.law_doubts import Finding
from scaling.analysis.law_family import Coefficients, Law
from scaling.analysis.points import Points
from scaling.analysis.statistics import Interval

_EXACT = 1e-20
"""Squares under this share of the data's are rounding, not residuals."""


@dataclass(frozen=True, slots=True)
class LawFit:
    """One law, fitted to the median throughput of each N by unweighted least squares."""

    law: Law
    coefficients: Coefficients
    """Within 0 <= alpha <= 1 and 0 <= beta <= 1."""
    free: Coefficients
    """Without bounds."""
    fitted: tuple[float, ...]
    residuals: tuple[float, ...]
    """Measured minus fitted, by point."""
    rss: float
    free_rss: float
    relative_error: float | None
    """Residual standard error over the mean throughput; None without points to spare."""
    r_squared: float | None
    aicc: float | None
    """Smaller is better; None with fewer than parameters + 3 points, where it is not defined."""
    intervals: tuple[Interval, ...] | None
    """95 % of each parameter, in the order of ``law.parameters``; a gamma may end at infinity."""
    peak_interval: Interval | None
    """Ends at infinity where some resamples have no peak."""
    share_without_peak: float | None
    """Share of resamples whose curve never falls."""
    share_at_bound: float | None
    """Share of resamples with alpha or beta at 0 or 1."""
    findings: tuple[Finding, ...]


def fit_laws(points: Points, *, sure: bool = True) -> tuple[LawFit, ...]:
    """Fit every law that has enough points; without intervals where ``sure`` is False."""
    enough = [law for law in Law if len(points.fitted) >= law.least_points]
    return tuple(fit_law(points, law, sure=sure) for law in enough)


def fit_law(points: Points, law: Law, *, sure: bool = True) -> LawFit:
    """Fit one law, bounded and free, with its doubts and, where ``sure``, its intervals."""
    import numpy as np

    from scaling.analysis.law_solver import fit

    counts = np.array([point.count for point in points.fitted])
    throughput = np.array([point.throughput for point in points.fitted])
    best = fit(law, counts, throughput)
    free = fit(law, counts, throughput, bounded=False)
    fitted = [best.throughput(law, point.count) for point in points.fitted]
    residuals = [p.throughput - value for p, value in zip(points.fitted, fitted, strict=True)]
    free_rss = sum((p.throughput - free.throughput(law, p.count)) ** 2 for p in points.fitted)
    rss, total = sum(r * r for r in residuals), float(np.sum(throughput**2))
    spread = float(np.sum((throughput - throughput.mean()) ** 2))
    freedom = len(counts) - len(law.parameters)
    error = law_doubts.relative_error(rss, freedom, points.fitted)
    certainty = _certainty(points, law, best) if sure else _Certainty(None)
    cost = max(rss, _EXACT * total) / max(free_rss, _EXACT * total)
    findings = (
        *law_doubts.of_points(points),
        *law_doubts.at_bounds(law, best, free),
        *law_doubts.superlinear(law, free, cost, _noise_limit(freedom)),
        *law_doubts.bend(law, best, points.largest),
        *law_doubts.misfits(best, points.fitted, residuals, error),
        *law_doubts.unsure_peak(certainty.without_peak if best.peak(law) else None),
    )
    return LawFit(
        law=law,
        coefficients=best,
        free=free,
        fitted=tuple(fitted),
        residuals=tuple(residuals),
        rss=rss,
        free_rss=free_rss,
        relative_error=error,
        r_squared=1 - rss / spread if spread else None,
        aicc=_aicc(max(rss, _EXACT * total), len(counts), len(law.parameters)),
        intervals=certainty.parameters,
        peak_interval=certainty.peak,
        share_without_peak=certainty.without_peak,
        share_at_bound=certainty.at_bound,
        findings=findings,
    )


@dataclass(frozen=True, slots=True)
class _Certainty:
    parameters: tuple[Interval, ...] | None
    peak: Interval | None = None
    without_peak: float | None = None
    at_bound: float | None = None


def _certainty(points: Points, law: Law, best: Coefficients) -> _Certainty:
    import numpy as np

    from scaling.analysis import law_intervals as intervals

    resamples = intervals.draw(points)
    if resamples is None:
        return _Certainty(intervals.profiles(points, law, best))
    found = intervals.refits(resamples, points, law, best)
    peaks = intervals.peaks(law, found)
    ends = ((found[:, 1:] == 0) | (found[:, 1:] == 1))[:, : len(law.parameters) - 1]
    return _Certainty(
        tuple(resamples.interval(found[:, index]) for index in range(len(law.parameters))),
        resamples.interval(peaks) if best.peak(law) else None,
        resamples.share(np.isinf(peaks)) if "beta" in law.parameters else None,
        resamples.share(np.any(ends, axis=1)),
    )


def _noise_limit(freedom: int) -> float:
    """Return how many times the least squares noise explains for one parameter at 95 %."""
    from scipy.special import fdtri

    return float(1 + fdtri(1, freedom, 0.95) / freedom) if freedom > 0 else inf


def _aicc(rss: float, number: int, parameters: int) -> float | None:
    own = parameters + 1
    spare = number - own - 1
    if spare < 1:
        return None
    return number * log(rss / number) + 2 * own * (1 + (own + 1) / spare)
