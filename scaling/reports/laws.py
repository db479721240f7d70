"""Fitted laws and predictions as text of 80 columns in ASCII."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from textwrap import wrap

from scaling.analysis.law_family import Law
from scaling.analysis.law_fit import LawFit
from scaling.analysis.laws import BackendFit, Derived
from scaling.analysis.points import Points
from scaling.analysis.prediction import HoldOut, Next, Prediction, Refusal
from scaling.analysis.statistics import Interval
from scaling.analysis.units import digits, percent, printable, seconds, seconds_range

WIDTH = 80
_MOST_ROWS = 40
FORMULAS = {
    Law.LINEAR: "X = gamma N",
    Law.AMDAHL: "X = gamma N / (1 + alpha (N - 1))",
    Law.USL: "X = gamma N / (1 + alpha (N - 1) + beta N (N - 1))",
    Law.LOG_USL: "X = gamma N / (1 + alpha (N - 1) + beta ln(N) (N - 1))",
}


def fit_text(fits: Sequence[BackendFit]) -> str:
    """Return the laws of each backend as plain text."""
    if not fits:
        return "There is nothing to fit: no backend was measured at two numbers of workers.\n"
    return "\n".join(_text(_fit_lines(fit)) for fit in fits)


def prediction_lines(found: Prediction | Refusal) -> Iterator[str]:
    """Yield the lines of a prediction, or why there is none; those of detail are indented."""
    if isinstance(found, Refusal):
        return _refusal_lines(found)
    return _prediction_lines(found)


def predict_text(found: Prediction | Refusal) -> str:
    """Return a prediction, or why there is none, as plain text."""
    return _text(prediction_lines(found))


def _text(lines: Iterator[str]) -> str:
    wrapped = (
        piece
        for line in lines
        for piece in wrap(printable(line), WIDTH, subsequent_indent="    ", break_on_hyphens=False)
        or [""]
    )
    return "\n".join(wrapped) + "\n"


def _fit_lines(fit: BackendFit) -> Iterator[str]:
    yield from _point_lines(fit)
    yield ""
    for one in fit.laws:
        yield from _law_lines(fit, one)
    if fit.laws:
        yield ""
    yield from conclusions(fit)


def conclusions(fit: BackendFit) -> Iterator[str]:
    """Yield what follows from the laws of a backend, a line each: choice, doubts, claims."""
    if fit.laws:
        yield f"Intervals: {_method(fit)}."
    yield f"Chosen: {fit.chosen.law}, by {fit.choice}." if fit.chosen else f"Chosen: {fit.choice}."
    for finding in fit.findings:
        yield f"Doubt: {finding.doubt}: {finding.detail}."
    for finding in fit.headline_findings:
        law = fit.headline.law if fit.headline else ""
        yield f"Doubt about {law} alone: {finding.doubt}: {finding.detail}."
    for claim in fit.derived:
        yield _claim(fit.points, claim)


def _point_lines(fit: BackendFit) -> Iterator[str]:
    points, chosen = fit.points, fit.chosen
    grows = "; weak scaling: the work grows" * points.grows
    yield f"{points.name}: throughput ({points.unit}) by {points.counted}{grows}"
    yield f"  {'N':>8} {'repeats':>8} {'measured':>10} {'fitted':>10} {'off':>8}"
    for index, point in enumerate(points.fitted[:_MOST_ROWS]):
        row = f"  {point.count:>8g} {len(point.values):>8} {digits(point.throughput):>10}"
        if chosen:
            off = chosen.residuals[index] / chosen.fitted[index]
            row += f" {digits(chosen.fitted[index]):>10} {off:>+8.1%}"
        yield row
    if (more := len(points.fitted) - _MOST_ROWS) > 0:
        yield f"  and {more} more"
    for point in points.left_out:
        row = f"  {point.count:>8g} {len(point.values):>8} {digits(point.throughput):>10}"
        yield f"{row}  not fitted"


def _law_lines(fit: BackendFit, one: LawFit) -> Iterator[str]:
    mark = " (headline)" if one is fit.headline else ""
    yield f"{one.law}{mark}: {FORMULAS[one.law]}"
    for index, name in enumerate(one.law.parameters):
        value, free = getattr(one.coefficients, name), getattr(one.free, name)
        row = f"  {name:<6} {number(value):<12}"
        if one.intervals is not None:
            row += f" 95 % {interval_text(one.intervals[index])}"
        if len(one.law.parameters) > 1:
            row += f"; without bounds {number(free)}"
        yield row
    yield "  " + ", ".join(_quality(one))


def _quality(one: LawFit) -> Iterator[str]:
    if one.relative_error is not None:
        yield f"residuals {percent(one.relative_error)} of the mean"
    if one.r_squared is not None:
        yield f"R2 {one.r_squared:.4f}"
    least = len(one.law.parameters) + 3
    yield f"AICc needs {least} points" if one.aicc is None else f"AICc {one.aicc:.1f}"
    if one.share_without_peak is not None:
        yield f"resamples without a peak {percent(one.share_without_peak)}"
    if one.share_at_bound:
        yield f"at a bound {percent(one.share_at_bound)}"


def _method(fit: BackendFit) -> str:
    if fit.method == "bootstrap":
        return f"{fit.resamples} resamples of the blocks, seed {fit.seed}, widened for few blocks"
    return "profile likelihood of the medians, since 6 blocks are needed to resample them"


def _claim(points: Points, claim: Derived) -> str:
    if claim.value is None:
        return f"No {claim.name} is given: {'; '.join(claim.withheld)}."
    shown = "" if claim.interval is None else f" (95 % {interval_text(claim.interval)})"
    if claim.name == "peak":
        return f"Peak: most throughput at N = {digits(claim.value)}{shown}, not rounded."
    return f"Ceiling: contention alone allows {digits(claim.value)} {points.unit} at most."


def _prediction_lines(found: Prediction) -> Iterator[str]:
    far = " FAR BEYOND WHAT WAS MEASURED:" * found.far
    yield (
        f"{found.name} at {found.count:g} {found.counted}:{far} "
        f"{digits(found.throughput)} {found.unit} (95 % {interval_text(found.interval)})"
    )
    if found.seconds is not None:
        shown = (
            "" if found.seconds_interval is None else f" (95 % {_times(found.seconds_interval)})"
        )
        yield f"  {seconds(found.seconds)} for the same work{shown}"
    base = "as measured" if found.base_measured else "as fitted, since it was not measured"
    yield f"  {digits(found.speedup)} times N = 1 {base}"
    yield f"Law: {found.law}; the largest measured N is {found.largest:g}."
    yield from _checks(found.held_out, found.next)


def _refusal_lines(found: Refusal) -> Iterator[str]:
    yield f"{found.name} at {found.count:g} {found.counted}: no prediction."
    for reason in found.reasons:
        yield f"  {reason}."
    yield from _checks(found.held_out, found.next)


def _checks(held: HoldOut | None, following: Next | None) -> Iterator[str]:
    if held is None:
        yield "Held out: needs 5 points."
    else:
        yield (
            f"Held out: fitted without N = {held.count:g}, {held.law} was off by "
            f"{held.error:+.1%} there ({digits(held.predicted)} against {digits(held.measured)})."
        )
    if following is not None:
        yield f"Measure next: N = {following.count:g}: {following.reason}."


def interval_text(interval: Interval) -> str:
    """Return both ends; what reaches to infinity has no end."""
    low, high = (
        number(end) if isfinite(end) else "no end" for end in (interval.low, interval.high)
    )
    return f"{low} to {high}"


def _times(interval: Interval) -> str:
    if not isfinite(interval.high):
        return f"from {seconds(interval.low)} on"
    return seconds_range(interval.low, interval.high)


def number(value: float) -> str:
    """Return a coefficient; those of beta may be tiny, and then powers of ten read best."""
    if value and not 1e-3 <= abs(value) < 1e6:
        return f"{value:.3g}"
    return digits(value, 4)
