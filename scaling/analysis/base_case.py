"""The cases that speedup or efficiency is relative to, with their absolute times."""

from __future__ import annotations

from collections.abc import Sequence

from scaling.analysis.speedup import CaseResult
from scaling.model import Case, Plan


def base_cases(results: Sequence[CaseResult], plan: Plan) -> tuple[CaseResult, ...]:
    """Return the base case of each size; of a weak study, of each backend. Only those with a value.

    Of a weak study it is the smallest case of a backend, as for its efficiency.
    """
    timed = [r for r in results if r.status == "ok" and r.median_s is not None]
    if not plan.weak:
        return tuple(result for result in timed if key_of(result) in plan.baseline)
    first: dict[str, CaseResult] = {}
    for result in sorted(timed, key=lambda one: (one.workers, one.nodes)):
        if not result.twin:
            first.setdefault(result.backend, result)
    return tuple(first.values())


def key_of(result: CaseResult) -> str:
    """Return the key of the case that a result is of."""
    return Case(
        result.workload,
        result.size,
        result.backend,
        result.nodes,
        result.workers,
        result.twin or "",
    ).key
