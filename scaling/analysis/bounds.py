"""How many CPUs a case could use at best."""

from __future__ import annotations

from scaling.model import Case, Plan, StudyHeader
from scaling.studydata import StudyData

RAY = "ray"
ASYNCIO = "asyncio"
SIMULATED = "simulated"


def is_computed(plan: Plan) -> bool:
    """Tell whether no case is measured: all times come from a law."""
    return {case.backend for case in plan.cases} == {SIMULATED}


def waits(header: StudyHeader, size: int) -> bool:
    """Tell whether the workload of this size mostly waits, as its probe found."""
    return any(facts.waits for facts in header.facts if facts.items == size)


def shares_cores(data: StudyData, case: Case) -> bool:
    """Tell whether the nodes of the case are raylets on one machine."""
    if case.backend != RAY:
        return False
    if data.clusters:
        return data.clusters[-1].embedded
    return data.header.plan.cluster == "local"


def usable_cpus(data: StudyData, case: Case) -> int:
    """Return the CPUs that the workers of the case have together."""
    if case.backend != RAY or shares_cores(data, case) or not data.clusters:
        return data.header.environment.usable_cpus
    return max(1, int(sum(data.clusters[-1].cpus[: case.nodes])))


def most_speedup(data: StudyData, case: Case) -> int:
    """Return the most speedup that workers and usable CPUs allow.

    Waiting needs no CPU; coroutines that do not wait have one thread.
    """
    if case.uncapped:
        return usable_cpus(data, case)
    if case.backend == SIMULATED or waits(data.header, case.size):
        return case.workers
    if case.backend == ASYNCIO:
        return 1
    return min(case.workers, usable_cpus(data, case))


def too_many_workers(data: StudyData, case: Case) -> bool:
    """Tell whether the case has more busy threads than usable CPUs."""
    if case.backend in {SIMULATED, ASYNCIO} or waits(data.header, case.size):
        return False
    return case.workers * data.header.plan.threads_per_worker > usable_cpus(data, case)
