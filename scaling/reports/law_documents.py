"""Fitted laws and predictions as documents for ``--json``; null is not defined, or withheld."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from scaling.analysis.law_family import Coefficients
from scaling.analysis.law_fit import LawFit
from scaling.analysis.laws import BackendFit
from scaling.analysis.prediction import HoldOut, Prediction, Refusal
from scaling.analysis.statistics import Interval


def fit_document(fits: Sequence[BackendFit]) -> dict[str, Any]:
    """Return the document of ``scale fit --json``; null is not defined, or withheld."""
    return {"fits": [_fit_document(fit) for fit in fits]}


def predict_document(found: Prediction | Refusal) -> dict[str, Any]:
    """Return the document of ``scale predict --json``; it has ``reasons`` where it refuses."""
    document: dict[str, Any] = {
        "name": found.name,
        "counted": found.counted,
        "count": found.count,
        "reasons": [],
        "hold_out": _held_document(found.held_out),
        "next": found.next and {"count": found.next.count, "reason": found.next.reason},
    }
    if isinstance(found, Refusal):
        return {**document, "reasons": list(found.reasons), "throughput": None}
    return {
        **document,
        "law": str(found.law),
        "unit": found.unit,
        "throughput": found.throughput,
        "interval": _ends(found.interval),
        "seconds": found.seconds,
        "seconds_interval": _ends(found.seconds_interval),
        "speedup": found.speedup,
        "speedup_against": "measured" if found.base_measured else "fitted",
        "largest": found.largest,
        "far": found.far,
    }


def _fit_document(fit: BackendFit) -> dict[str, Any]:
    points = fit.points
    return {
        "name": points.name,
        "counted": points.counted,
        "unit": points.unit,
        "scaling": "weak" if points.grows else "strong",
        "points": [
            {"count": p.count, "throughput": p.throughput, "repeats": len(p.values), "fitted": used}
            for used, series in ((True, points.fitted), (False, points.left_out))
            for p in series
        ],
        "laws": [_law_document(one) for one in fit.laws],
        "method": fit.method,
        "seed": fit.seed,
        "resamples": fit.resamples,
        "headline": fit.headline and str(fit.headline.law),
        "chosen": fit.chosen and str(fit.chosen.law),
        "choice": fit.choice,
        "doubts": [{"doubt": str(f.doubt), "detail": f.detail} for f in fit.findings],
        "derived": {
            claim.name: {
                "value": claim.value,
                "interval": _ends(claim.interval),
                "withheld": list(claim.withheld),
            }
            for claim in fit.derived
        },
        "prediction_withheld": list(fit.withholding("prediction")),
    }


def _law_document(one: LawFit) -> dict[str, Any]:
    names = one.law.parameters
    intervals = one.intervals or (None,) * len(names)
    return {
        "law": str(one.law),
        "coefficients": _values(names, one.coefficients),
        "intervals": {n: _ends(i) for n, i in zip(names, intervals, strict=True)},
        "free": _values(names, one.free),
        "fitted": list(one.fitted),
        "residuals": list(one.residuals),
        "rss": one.rss,
        "free_rss": one.free_rss,
        "relative_error": one.relative_error,
        "r_squared": one.r_squared,
        "aicc": one.aicc,
        "share_without_peak": one.share_without_peak,
        "share_at_bound": one.share_at_bound,
        "doubts": [{"doubt": str(f.doubt), "detail": f.detail} for f in one.findings],
    }


def _values(names: Sequence[str], found: Coefficients) -> dict[str, float]:
    return {name: getattr(found, name) for name in names}


def _held_document(held: HoldOut | None) -> dict[str, Any] | None:
    if held is None:
        return None
    return {
        "count": held.count,
        "law": str(held.law),
        "measured": held.measured,
        "predicted": held.predicted,
        "error": held.error,
    }


def _ends(interval: Interval | None) -> list[float | None] | None:
    """Return both ends; an infinite one is null, for JSON has no word for it."""
    if interval is None:
        return None
    return [end if isfinite(end) else None for end in (interval.low, interval.high)]
