"""Which cautions a case has."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.bounds import SIMULATED, most_speedup, shares_cores, too_many_workers
from scaling.analysis.cautions import Caution
from scaling.analysis.evidence import Evidence
from scaling.analysis.losses import NOTHING, Losses
from scaling.analysis.statistics import (
    LEAST_BLOCKS,
    median,
    relative_deviation,
    relative_half_width,
)
from scaling.analysis.warmup import autocorrelated, drifts, slow_first
from scaling.model import SERIAL, Plan
from scaling.studydata import StudyData

SHORT_S = 1e-3
"""pyperf warns of values under 1 ms."""
NOISY = 0.1
"""pyperf warns of a standard deviation of 10 % of the mean."""
IDLE_SHARE = 0.05
INCONSISTENT_SHARE = 0.005
"""Of P T. Clocks are read at slightly different moments: a little below zero means nothing."""


def doubts(
    data: StudyData,
    one: Evidence,
    reference: Evidence | None,
    base: Evidence | None,
    gain_low: float | None,
    *,
    lost: Losses = NOTHING,
) -> tuple[Caution, ...]:
    """Return the cautions of a case, in the order in which they are defined.

    ``reference`` is what it is compared with, ``base`` the same backend's smallest case,
    ``gain_low`` the lower end of the ratio of the reference's time to its own, ``lost`` where its
    time went.
    """
    if not one.values:
        return ()
    found = {
        *_of_the_machine(data, one),
        *_of_the_run(data, one),
        *_of_the_times(one),
        *_of_the_trend(one, data.header.plan.precision),
        *_of_the_comparison(data, one, reference, base, gain_low),
        *_of_the_records(lost),
    }
    return tuple(caution for caution in Caution if caution in found)


def _of_the_machine(data: StudyData, one: Evidence) -> Iterator[Caution]:
    if one.case.backend == SIMULATED:
        yield Caution.SIMULATED
    if too_many_workers(data, one.case):
        shared = shares_cores(data, one.case)
        yield Caution.OVERSUBSCRIBED if shared else Caution.MORE_WORKERS_THAN_CPUS
    usable = data.header.environment.usable_cpus
    if one.idle_load is not None and one.idle_load >= IDLE_SHARE * usable:
        yield Caution.IDLE_CLUSTER


def _of_the_run(data: StudyData, one: Evidence) -> Iterator[Caution]:
    if not one.quiet:
        yield Caution.NOT_QUIET
    plan = data.header.plan
    if plan.quick:
        yield Caution.QUICK
    if plan.spec.by_value:
        yield Caution.BY_VALUE
    if one.status != "ok":
        return
    end = data.ends[-1].reason if data.ends else "interrupted"
    if len(one.values) >= plan.blocks:
        if _not_reached(plan, one) and end not in {"complete", "precision"}:
            yield Caution.NOT_REACHED
        return
    if end == "budget":
        yield Caution.BUDGET
    elif end != "complete":
        yield Caution.INTERRUPTED


def _not_reached(plan: Plan, one: Evidence) -> bool:
    if plan.max_blocks is None or plan.max_blocks <= plan.blocks:
        return False
    reached = relative_half_width(list(one.values.values()))
    return reached is None or reached > plan.precision


def _of_the_trend(one: Evidence, precision: float) -> Iterator[Caution]:
    values = list(one.values.values())
    if slow_first(one.first_ratios, precision):
        yield Caution.SLOW_FIRST
    if drifts(values, precision):
        yield Caution.DRIFT
    if autocorrelated(values):
        yield Caution.AUTOCORRELATED


def _of_the_times(one: Evidence) -> Iterator[Caution]:
    if len(one.values) < LEAST_BLOCKS:
        yield Caution.FEW_BLOCKS
    if one.case.backend != SIMULATED and median(one.seconds) < SHORT_S:
        yield Caution.SHORT
    deviation = relative_deviation(list(one.values.values()))
    if len(one.values) > 2 and deviation is not None and deviation >= NOISY:
        yield Caution.NOISY


def _of_the_comparison(
    data: StudyData,
    one: Evidence,
    reference: Evidence | None,
    base: Evidence | None,
    gain_low: float | None,
) -> Iterator[Caution]:
    if one.status != "ok":
        return
    plan = data.header.plan
    if reference is None or not reference.counts:
        yield Caution.NO_BASELINE
    elif _superlinear(data, one, reference, gain_low):
        yield Caution.SUPERLINEAR
    if not plan.weak and not has_absolute_speedup(plan):
        yield Caution.NO_SERIAL
    if base is not None and _smallest_workers(plan, one) < base.case.workers:
        yield Caution.LATE_BASE


def _of_the_records(lost: Losses) -> Iterator[Caution]:
    if lost.scheduling is not None and lost.scheduling < -INCONSISTENT_SHARE:
        yield Caution.INCONSISTENT


def has_absolute_speedup(plan: Plan) -> bool:
    """Tell whether speedup is relative to work done by one, without any framework."""
    baselines = [plan.case(key) for key in plan.baseline]
    return plan.null or all(
        case.backend in {SERIAL, SIMULATED} and case.workers == 1 for case in baselines
    )


def _superlinear(
    data: StudyData, one: Evidence, reference: Evidence, gain_low: float | None
) -> bool:
    if one is reference or gain_low is None:
        return False
    grown = one.case.size / reference.case.size
    most = most_speedup(data, one.case) / most_speedup(data, reference.case)
    return gain_low * grown > most


def _smallest_workers(plan: Plan, one: Evidence) -> int:
    return min(
        case.workers
        for case in plan.cases
        if case.backend == one.case.backend and (plan.weak or case.size == one.case.size)
    )
