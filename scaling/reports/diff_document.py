"""A comparison of two studies for other programs: the document of ``scale diff --json``."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import isfinite
from typing import Any

from scaling.analysis.comparison.verdicts import Comparison
from scaling.analysis.two_samples import effect
from scaling.gate import Gate
from scaling.reports import diff_words as words


def text(gate: Gate) -> str:
    """Return the document as text."""
    return json.dumps(document(gate), indent=1, allow_nan=False) + "\n"


def document(gate: Gate) -> dict[str, Any]:
    """Return the comparison; null is not defined, times are in seconds."""
    found: dict[str, Any] = _plain(
        {
            "verdict": str(gate.verdict),
            "exit_code": gate.verdict.exit_code,
            "quantity": gate.quantity,
            "workload": gate.workload,
            "threshold": gate.threshold,
            "base": asdict(gate.base),
            "new": asdict(gate.new),
            "cases": [_case(one) for one in gate.cases],
            "not_compared": list(gate.not_compared),
            "remarks": [asdict(one) for one in gate.remarks],
            "causes": [asdict(one) for one in gate.causes],
            "laws": [asdict(one) for one in gate.laws],
            "asides": [asdict(one) for one in gate.asides],
            "summary": words.verdict(gate),
        }
    )
    return found


def _case(one: Comparison) -> dict[str, Any]:
    return {
        **asdict(one.case),
        "case": one.case.key,
        "base_blocks": one.base_blocks,
        "new_blocks": one.new_blocks,
        "base_s": one.base,
        "new_s": one.new,
        "ratio": one.ratio,
        "ratio_low": one.interval.low if one.interval else None,
        "ratio_high": one.interval.high if one.interval else None,
        "ratio_low_90": one.narrow.low if one.narrow else None,
        "ratio_high_90": one.narrow.high if one.narrow else None,
        "cliffs_delta": one.delta,
        "effect": None if one.delta is None else effect(one.delta),
        "p": one.p,
        "p_corrected": one.p_corrected,
        "verdict": str(one.verdict),
        "reason": one.reason,
    }


def _plain(value: Any) -> Any:
    """Return the value without numbers that JSON does not have: an open end is null."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not isfinite(value) else value
