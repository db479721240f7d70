"""METG: the minimum effective task granularity (Slaughter et al., Task Bench, SC20, section IV).

The same number of items runs with ever fewer steps in each. At each level

    rate         steps of all items / wall time
    efficiency   rate / the highest rate of the case over all levels
    granularity  wall time x workers / items: mean time that an item takes of a worker

and METG(50 %) is the smallest granularity whose efficiency is at least 50 %, moved on a straight
line towards the next fewer steps where that makes it smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate

from scaling.analysis.statistics import median, median_interval
from scaling.grain_model import GrainData, GrainSession, Level
from scaling.model import Case, Status

RISING = 1.05
"""A rate that still grows by more than this when the steps double has not reached its peak."""

ROUGH = 0.7
"""Longer items that reach less than this share of what shorter ones reach were disturbed."""


class Bound(StrEnum):
    """How a METG that was not met is bounded."""

    EXACT = ""
    BELOW = "<"
    """Even the fewest steps are efficient enough: it is less."""
    ABOVE = ">"
    """The rate still rose at the most steps, so the peak is higher: it is more."""


@dataclass(frozen=True, slots=True)
class Point:
    """One level."""

    steps: int
    granularity_s: float
    efficiency: float


@dataclass(frozen=True, slots=True)
class Metg:
    """The METG of one session."""

    seconds: float
    bound: Bound
    over: Point
    """The point with the smallest granularity that is efficient enough."""
    under: Point | None
    """The next fewer steps, which are not; None where all were efficient enough."""
    peak_per_s: float
    """Steps per second of all workers together."""


@dataclass(frozen=True, slots=True)
class GrainResult:
    """The METG of one case. None: not defined."""

    workload: str
    items: int
    backend: str
    nodes: int
    workers: int
    batch: int | None
    """Items per message; None: the backend's choice."""
    threshold: float
    status: Status
    reason: str = ""
    """Why it was not measured."""
    blocks: int = 0
    metg_s: float | None = None
    """Median of the sessions."""
    bound: Bound = Bound.EXACT
    low_s: float | None = None
    high_s: float | None = None
    metg_per_worker_s: float | None = None
    """What an item costs where one driver serves all workers."""
    peak_steps_per_s: float | None = None
    under_granularity_s: float | None = None
    """The measured points under and over the threshold, of the sessions in the middle."""
    under_efficiency: float | None = None
    over_granularity_s: float | None = None
    over_efficiency: float | None = None
    disturbed: int = 0
    """Sessions in which longer items ran much less efficiently than shorter ones."""


def rate(level: Level, items: int) -> float:
    """Return the steps per second of a level, from the median of its passes."""
    return level.steps * items / median(level.seconds)


def points(levels: Iterable[Level], items: int, workers: int) -> tuple[Point, ...]:
    """Return one point for each level, the fewest steps first."""
    ordered = sorted(levels, key=lambda level: level.steps)
    peak = max((rate(level, items) for level in ordered), default=0.0)
    return tuple(
        Point(
            level.steps,
            median(level.seconds) * workers / items,
            rate(level, items) / peak,
        )
        for level in ordered
    )


def metg(levels: Sequence[Level], items: int, workers: int, threshold: float) -> Metg:
    """Return the METG of the levels of one session; the formula is that of this module.

    Raises ValueError without any level.
    """
    curve = points(levels, items, workers)
    enough = [point for point in curve if point.efficiency >= threshold]
    over = min(enough, key=lambda point: point.granularity_s)
    index = curve.index(over)
    under = curve[index - 1] if index else None
    if under is not None and under.efficiency >= threshold:
        # Fewer steps that took longer, by chance: what was reached stands.
        under = next((p for p in reversed(curve[:index]) if p.efficiency < threshold), None)
    bound = Bound.EXACT if under else Bound.BELOW
    if is_rising(levels, items):
        bound = Bound.ABOVE
    peak = max(rate(level, items) for level in levels)
    return Metg(_crossing(under, over, threshold), bound, over, under, peak)


def is_rising(levels: Iterable[Level], items: int) -> bool:
    """Tell whether the rate still rose when the steps were doubled for the last time."""
    ordered = sorted(levels, key=lambda level: level.steps)
    if len(ordered) < 2:
        return True
    before, last = (rate(level, items) for level in ordered[-2:])
    return last > RISING * before and last >= max(rate(level, items) for level in ordered)


def is_rough(curve: Sequence[Point]) -> bool:
    """Tell whether the efficiency fell while the steps grew, as other work on the machine does."""
    highest = accumulate((point.efficiency for point in curve), max)
    return any(p.efficiency < ROUGH * most for p, most in zip(curve, highest, strict=True))


def _crossing(under: Point | None, over: Point, threshold: float) -> float:
    if under is None or under.granularity_s >= over.granularity_s:
        return over.granularity_s
    share = (threshold - under.efficiency) / (over.efficiency - under.efficiency)
    return under.granularity_s + share * (over.granularity_s - under.granularity_s)


def grain_results(data: GrainData) -> tuple[GrainResult, ...]:
    """Return one result for each case of a grain file, those that were skipped among them."""
    plan = data.header.plan
    found = [
        _result(case, [s for s in data.sessions if s.case == case.key], data) for case in plan.cases
    ]
    skipped = [_empty(one.case, data, "skipped", one.reason) for one in plan.skipped]
    return (*found, *skipped)


def _result(case: Case, sessions: Sequence[GrainSession], data: GrainData) -> GrainResult:
    bad = next((session for session in sessions if session.status != "ok"), None)
    if bad is not None:
        reason = bad.failure.message if bad.failure else ""
        return _empty(case, data, bad.status, reason)
    if not sessions:
        return _empty(case, data, "skipped", "the run ended before it was measured")
    threshold = data.header.threshold
    each = sorted(
        (metg(s.levels, case.size, case.workers, threshold) for s in sessions),
        key=lambda one: one.seconds,
    )
    # Of an even number both middle ones, so that the points lie on either side of the median.
    under, over = each[(len(each) - 1) // 2].under, each[len(each) // 2].over
    values = [one.seconds for one in each]
    interval = median_interval(values)
    value = median(values)
    return replace(
        _empty(case, data, "ok"),
        blocks=len(sessions),
        metg_s=value,
        bound=_most(each),
        low_s=interval.low if interval else None,
        high_s=interval.high if interval else None,
        metg_per_worker_s=value / case.workers,
        peak_steps_per_s=median([one.peak_per_s for one in each]),
        under_granularity_s=under.granularity_s if under else None,
        under_efficiency=under.efficiency if under else None,
        over_granularity_s=over.granularity_s,
        over_efficiency=over.efficiency,
        disturbed=sum(is_rough(points(s.levels, case.size, case.workers)) for s in sessions),
    )


def _most(each: Sequence[Metg]) -> Bound:
    """Return the bound that half of the sessions or more have; a median is no surer than they."""
    for bound in (Bound.ABOVE, Bound.BELOW):
        if 2 * sum(one.bound is bound for one in each) >= len(each):
            return bound
    return Bound.EXACT


def _empty(case: Case, data: GrainData, status: Status, reason: str = "") -> GrainResult:
    return GrainResult(
        workload=case.workload,
        items=case.size,
        backend=case.backend,
        nodes=case.nodes,
        workers=case.workers,
        batch=data.header.plan.batch,
        threshold=data.header.threshold,
        status=status,
        reason=reason,
    )
