"""Which cautions a case has."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.bounds import SIMULATED, most_speedup, shares_cores, too_many_workers
from scaling.analysis.cautions import Caution
from scaling.analysis.evidence import Evidence
from scaling.analysis.statistics import LEAST_BLOCKS, median, relative_deviation
from scaling.studydata import StudyData

SHORT_S = 1e-3
"""pyperf warns of values under 1 ms."""
NOISY = 0.1
"""pyperf warns of a standard deviation of 10 % of the mean."""
IDLE_SHARE = 0.05


def doubts(
    data: StudyData,
    one: Evidence,
    baseline: Evidence | None,
    base: Evidence | None,
    speedup_low: float | None,
) -> tuple[Caution, ...]:
    """Return the cautions of a case, in the order in which they are defined.

    ``baseline`` is what speedup is relative to, ``base`` the same backend's smallest case.
    """
    if not one.values:
        return ()
    found = {
        *_of_the_machine(data, one),
        *_of_the_run(data, one),
        *_of_the_times(one),
        *_of_the_comparison(data, one, baseline, base, speedup_low),
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
    if one.status != "ok" or len(one.values) >= data.header.plan.blocks:
        return
    end = data.ends[-1].reason if data.ends else "interrupted"
    if end == "budget":
        yield Caution.BUDGET
    elif end != "complete":
        yield Caution.INTERRUPTED


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
    baseline: Evidence | None,
    base: Evidence | None,
    speedup_low: float | None,
) -> Iterator[Caution]:
    if one.status != "ok":
        return
    if baseline is None or not baseline.counts:
        yield Caution.NO_BASELINE
    if one is not baseline and (speedup_low or 0) > most_speedup(data, one.case):
        yield Caution.SUPERLINEAR
    if base is not None and _smallest_workers(data, one) < base.case.workers:
        yield Caution.LATE_BASE


def _smallest_workers(data: StudyData, one: Evidence) -> int:
    alike = (one.case.backend, one.case.size)
    cases = data.header.plan.cases
    return min(c.workers for c in cases if (c.backend, c.size) == alike)
