"""What each case gains: one result for each case, with all columns of the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scaling.analysis import losses
from scaling.analysis.bounds import most_speedup
from scaling.analysis.cautions import Caution
from scaling.analysis.doubts import doubts
from scaling.analysis.evidence import Evidence, gather
from scaling.analysis.losses import NOTHING, Losses
from scaling.analysis.statistics import Interval, Pairs, median, median_interval, ratio_interval
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
    parallel_efficiency: float | None
    loss_serial: float | None
    loss_balance: float | None
    loss_scheduling: float | None
    loss_work: float | None
    loss_waiting: float | None
    peak_rss_mb: float | None
    status: Status
    cautions: tuple[Caution, ...]
    bound: int
    """Most speedup that workers and usable CPUs allow."""
    reason: str | None
    """Why the status is not ok."""
    twin: str | None
    """Tells the two names of one case apart."""
    serial_share: float | None
    """Gustafson's, where items grow with the workers."""


@dataclass(frozen=True, slots=True)
class Gain:
    """How much faster one case is than another."""

    ratio: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a case is compared with to say how well it uses its workers."""

    reference: Evidence | None
    """The baseline of its size; of a weak study, the smallest case of its backend."""
    share: float
    """Efficiency over the ratio of times: 1 where the work grew with the workers."""


def case_results(data: StudyData) -> tuple[CaseResult, ...]:
    """Return one result for each case, in the order of the plan, skipped ones last."""
    found, lost = gather(data), losses.of_cases(data)
    return tuple(_result(data, one, found, lost.get(one.case.key, NOTHING)) for one in found)


def compared(data: StudyData, one: Evidence, found: Sequence[Evidence]) -> Comparison:
    """Return what the case is compared with.

    E(N) = T(N0) N0 / (T(N) N) for work of one size: the speedup over N for a baseline of one
    worker. E(N) = T(N0) / T(N) where the items grow with the workers.
    """
    if data.header.plan.weak:
        return Comparison(smallest(one, found, weak=True), 1.0)
    keys = data.header.plan.baseline
    alike = (o for o in found if o.case.size == one.case.size and o.case.key in keys)
    baseline = next(alike, None)
    workers = baseline.case.workers if baseline else 1
    return Comparison(baseline, workers / one.case.workers)


def karp_flatt(speedup: float, workers: float) -> float | None:
    """Return the experimentally determined serial fraction; None for one worker.

    e = (1/S - 1/p) / (1 - 1/p) (Karp & Flatt, CACM 33(5), 1990).
    """
    if workers <= 1 or speedup == 0:
        return None
    return (1 / speedup - 1 / workers) / (1 - 1 / workers)


def gustafson(efficiency: float, workers: float) -> float | None:
    """Return the serial share s of the run on all workers; None for one worker.

    Scaled speedup S = s + (1 - s) N with S = E N (Gustafson, CACM 31(5), 1988).
    """
    if workers <= 1:
        return None
    return workers * (1 - efficiency) / (workers - 1)


def gain(case: Evidence, baseline: Evidence | None, seed: int = 0) -> Gain | None:
    """Return the speedup of a case; None where either has no value that counts."""
    if baseline is None or not (case.counts and baseline.counts):
        return None
    time = median(list(case.values.values()))
    if time == 0:
        return None
    ratio = median(list(baseline.values.values())) / time
    return Gain(ratio, ratio_interval(paired(case, baseline), ratio, seed))


def paired(case: Evidence, baseline: Evidence) -> Pairs:
    """Return the seconds of the baseline and of the case, block by block."""
    blocks = sorted(case.values.keys() & baseline.values.keys())
    return [(baseline.values[block], case.values[block]) for block in blocks]


def smallest(case: Evidence, found: Iterable[Evidence], *, weak: bool = False) -> Evidence | None:
    """Return the smallest case with a value of the same backend and, unless weak, size."""
    alike = [
        one
        for one in found
        if one.counts
        and not one.case.uncapped
        and one.case.backend == case.case.backend
        and (weak or one.case.size == case.case.size)
    ]
    return min(alike, key=lambda one: (one.case.workers, one.case.nodes), default=None)


def _result(data: StudyData, one: Evidence, found: Sequence[Evidence], lost: Losses) -> CaseResult:
    case, plan, values = one.case, data.header.plan, list(one.values.values())
    time = median(values) if values else None
    low_s, high_s = _ends(median_interval(values))
    comparison = compared(data, one, found)
    absolute = gain(one, comparison.reference, plan.seed)
    low, high = _ends(absolute.interval if absolute else None)
    # Over one worker it would be above 1: the inner threads are workers too.
    share = None if case.uncapped else comparison.share
    efficiency = _times(absolute.ratio if absolute else None, share)
    base = smallest(one, found, weak=plan.weak)
    relative = gain(one, base, plan.seed)
    strong = not plan.weak
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
        speedup=absolute.ratio if absolute and strong else None,
        speedup_low=low if strong else None,
        speedup_high=high if strong else None,
        relative_speedup=relative.ratio if relative and strong else None,
        efficiency=efficiency,
        efficiency_low=_times(low, share),
        efficiency_high=_times(high, share),
        karp_flatt=_serial_fraction(one, base, relative) if strong else None,
        items_per_s=case.size / time if time else None,
        parallel_efficiency=lost.parallel_efficiency,
        loss_serial=lost.serial,
        loss_balance=lost.balance,
        loss_scheduling=lost.scheduling,
        loss_work=lost.work,
        loss_waiting=lost.waiting,
        peak_rss_mb=one.peak_rss_mb,
        status=one.status,
        cautions=doubts(data, one, comparison.reference, base, low, lost=lost),
        bound=most_speedup(data, case),
        reason=one.reason,
        twin=case.twin or None,
        serial_share=None if strong else _gustafson(one, base, efficiency),
    )


def _times(value: float | None, factor: float | None) -> float | None:
    return None if value is None or factor is None else value * factor


def _gustafson(one: Evidence, base: Evidence | None, efficiency: float | None) -> float | None:
    if base is None or efficiency is None:
        return None
    return gustafson(efficiency, one.case.workers / base.case.workers)


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if interval else (None, None)


def _serial_fraction(one: Evidence, base: Evidence | None, relative: Gain | None) -> float | None:
    if base is None or relative is None:
        return None
    return karp_flatt(relative.ratio, one.case.workers / base.case.workers)
