"""What each case gains: one result for each case, with all columns of the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scaling.analysis.bounds import most_speedup
from scaling.analysis.cautions import Caution
from scaling.analysis.doubts import doubts
from scaling.analysis.evidence import Evidence, gather
from scaling.analysis.statistics import Interval, median, median_interval, ratio_interval
from scaling.model import Status
from scaling.studydata import StudyData


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One row of the report; the fields are its columns, in order. None is not defined."""

    workload: str
    size: int
    backend: str
    nodes: int
    workers: int
    blocks: int
    """Sessions that gave a value."""
    samples: int
    median_s: float | None
    low_s: float | None
    high_s: float | None
    opening_s: float | None
    speedup: float | None
    speedup_low: float | None
    speedup_high: float | None
    relative_speedup: float | None
    efficiency: float | None
    efficiency_low: float | None
    efficiency_high: float | None
    karp_flatt: float | None
    items_per_s: float | None
    parallel_efficiency: float | None = None
    loss_serial: float | None = None
    loss_balance: float | None = None
    loss_scheduling: float | None = None
    loss_work: float | None = None
    loss_waiting: float | None = None
    peak_rss_mb: float | None
    status: Status
    cautions: tuple[Caution, ...]
    bound: int
    """Most speedup that workers and usable CPUs allow."""
    reason: str | None
    """Why the status is not ok."""


@dataclass(frozen=True, slots=True)
class Gain:
    """How much faster one case is than another."""

    ratio: float
    interval: Interval | None


def case_results(data: StudyData) -> tuple[CaseResult, ...]:
    """Return one result for each case, in the order of the plan, skipped ones last."""
    found = gather(data)
    baselines = {one.case.size: one for one in found if one.case.key in data.header.plan.baseline}
    return tuple(_result(data, one, baselines.get(one.case.size), found) for one in found)


def karp_flatt(speedup: float, workers: float) -> float | None:
    """Return the experimentally determined serial fraction; None for one worker.

    e = (1/S - 1/p) / (1 - 1/p) (Karp & Flatt, CACM 33(5), 1990).
    """
    if workers <= 1 or speedup == 0:
        return None
    return (1 / speedup - 1 / workers) / (1 - 1 / workers)


def gain(case: Evidence, baseline: Evidence | None) -> Gain | None:
    """Return the speedup of a case; None where either has no value that counts."""
    if baseline is None or not (case.counts and baseline.counts):
        return None
    time = median(list(case.values.values()))
    if time == 0:
        return None
    ratio = median(list(baseline.values.values())) / time
    blocks = sorted(case.values.keys() & baseline.values.keys())
    pairs = [(baseline.values[block], case.values[block]) for block in blocks]
    return Gain(ratio, ratio_interval(pairs, ratio))


def smallest(case: Evidence, found: Iterable[Evidence]) -> Evidence | None:
    """Return the smallest case with a value of the same backend and size."""
    alike = [
        one
        for one in found
        if one.counts and (one.case.backend, one.case.size) == (case.case.backend, case.case.size)
    ]
    return min(alike, key=lambda one: (one.case.workers, one.case.nodes), default=None)


def _result(
    data: StudyData, one: Evidence, baseline: Evidence | None, found: Sequence[Evidence]
) -> CaseResult:
    case, values = one.case, list(one.values.values())
    time = median(values) if values else None
    low_s, high_s = _ends(median_interval(values))
    absolute = gain(one, baseline)
    low, high = _ends(absolute.interval if absolute else None)
    base = smallest(one, found)
    relative = gain(one, base)
    return CaseResult(
        workload=case.workload,
        size=case.size,
        backend=case.backend,
        nodes=case.nodes,
        workers=case.workers,
        blocks=len(values),
        samples=len(one.seconds),
        median_s=time,
        low_s=low_s,
        high_s=high_s,
        opening_s=median(one.openings) if one.openings else None,
        speedup=absolute.ratio if absolute else None,
        speedup_low=low,
        speedup_high=high,
        relative_speedup=relative.ratio if relative else None,
        efficiency=absolute.ratio / case.workers if absolute else None,
        efficiency_low=None if low is None else low / case.workers,
        efficiency_high=None if high is None else high / case.workers,
        karp_flatt=_serial_fraction(one, base, relative),
        items_per_s=case.size / time if time else None,
        peak_rss_mb=one.peak_rss_mb,
        status=one.status,
        cautions=doubts(data, one, baseline, base, low),
        bound=most_speedup(data, case),
        reason=one.reason,
    )


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if interval else (None, None)


def _serial_fraction(one: Evidence, base: Evidence | None, relative: Gain | None) -> float | None:
    if base is None or relative is None:
        return None
    return karp_flatt(relative.ratio, one.case.workers / base.case.workers)
