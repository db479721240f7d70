"""Workers, the threads inside them, and the CPUs that there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from scaling.analysis.audit.finding import NOTABLE, Finding, Severity
from scaling.analysis.audit.hits import Hit, merged
from scaling.analysis.audit.view import MORE_THAN_ONE, Measured, Timed, View
from scaling.analysis.bounds import ASYNCIO
from scaling.analysis.units import count, percent, ratio
from scaling.records import WorkerFacts

NOTICED_THREADS = ("serial", "threads", "processes")
"""Elsewhere frameworks start threads of their own in a worker."""


def inner_threads(view: View) -> Iterator[Finding]:
    """Find more threads of numerical libraries than CPUs, where kernels use them."""
    hits = []
    for cases in view.sizes().values():
        tried = (cases[0].facts.inner_cpus if cases[0].facts else None) or 0.0
        used = max(cases[0].kernel_cpus, tried)
        if used < MORE_THAN_ONE:
            continue
        for one in cases:
            inner, together = _pools(one)
            cpus = one.usable if one.one_host else _largest_node(view, one)
            if inner > 1 and together > cpus:
                evidence = (
                    f"{count(one.case.workers, 'worker')} with {inner} inner threads each make "
                    f"{together} threads on {count(cpus, 'usable CPU')} of a host; a kernel alone "
                    f"used {ratio(used)} CPUs; {percent(_slowed(one))} of the time went to more "
                    f"work and waiting"
                )
                hits.append(Hit(one, _slowed(one), evidence))
    yield from merged(
        "inner-threads",
        hits,
        "lower --threads-per-worker until workers times inner threads is at most the usable CPUs",
    )


def more_workers_than_cpus(view: View) -> Iterator[Finding]:
    """Find more workers than CPUs that they may use, where the work does not wait."""
    hits = []
    for one in view.cases:
        cpus, limit = _limit(view, one)
        if one.waits or one.case.backend == ASYNCIO or one.case.workers <= cpus:
            continue
        evidence = (
            f"{one.case.workers} workers share {count(cpus, 'CPU')} ({limit}); "
            f"{percent(_slowed(one))} of the time went to more work and waiting"
        )
        hits.append(Hit(one, _slowed(one), evidence))
    matters = max((hit.share for hit in hits), default=0.0) >= NOTABLE
    yield from merged(
        "more-workers-than-cpus",
        hits,
        "use no more workers than usable CPUs, or more machines",
        Severity.MEDIUM if matters else Severity.LOW,
    )


def pinned_workers(view: View) -> Iterator[Finding]:
    """Find workers that may use fewer CPUs than the study may, and than there are workers."""
    hits = []
    for one in view.cases:
        if one.waits or one.case.backend == ASYNCIO:
            continue
        for session in one.timed:
            found = pinned(view, one, session)
            if found is not None:
                workers, cpus = found
                evidence = (
                    f"{workers} workers on one host may only use {count(len(cpus), 'CPU')} "
                    f"({_listed(cpus)}), where the study may use {one.usable}; "
                    f"{percent(_slowed(one))} of the time went to more work and waiting"
                )
                hits.append(Hit(one, 1 - len(cpus) / workers, evidence))
    yield from merged(
        "pinned-workers",
        hits,
        "let workers use all CPUs: look for calls of sched_setaffinity and for OMP_PROC_BIND, "
        "GOMP_CPU_AFFINITY or KMP_AFFINITY",
    )


def own_threads(view: View) -> Iterator[Finding]:
    """Find kernels that use more than one CPU, or leave more threads behind than were there."""
    hits = []
    for cases in view.sizes().values():
        used = cases[0].kernel_cpus
        # The case of fewest workers, where a kernel has most room.
        busy = used >= MORE_THAN_ONE and _pools(cases[0])[0] == 1
        for one in cases:
            more = _more_threads(one)
            if one.case.backend == ASYNCIO or _pools(one)[0] > 1 or not (busy or more):
                continue
            needed = one.case.workers * used if busy else 0.0
            seen = [f"a kernel alone used {ratio(used)} CPUs"] if busy else []
            seen += [f"its process had {count(more, 'more thread')} after a batch"] if more else []
            seen += (
                [f"{count(one.case.workers, 'worker')} have {count(one.usable, 'usable CPU')}"]
                if needed > one.usable
                else []
            )
            share = max(0.0, 1 - one.usable / needed) if needed else 0.0
            hits.append(Hit(one, share, ", ".join(seen)))
    worst = max((hit.share for hit in hits), default=0.0)
    yield from merged(
        "own-threads",
        hits,
        "let the kernel work on one thread, and the backend spread the items",
        Severity.MEDIUM if worst > 0 else Severity.LOW,
    )


def own_processes(view: View) -> Iterator[Finding]:
    """Find kernels whose CPU time is partly that of processes they start."""
    hits = []
    for one in view.cases:
        share = one.typical(_children_share)
        if share is not None and share >= NOTABLE:
            evidence = f"{percent(share)} of the kernels' CPU time was that of processes they start"
            hits.append(Hit(one, share, evidence))
    costs = max((_slowed(hit.one) for hit in hits), default=0.0)
    yield from merged(
        "own-processes",
        hits,
        "do in the kernel itself what the processes do, or count their CPUs too when choosing "
        "workers",
        Severity.MEDIUM if costs >= NOTABLE else Severity.LOW,
    )


def pinned(view: View, one: Measured, timed: Timed) -> tuple[int, list[int]] | None:
    """Return the workers of a host and the CPUs that they may use, where those are too few."""
    hosts: dict[str, list[WorkerFacts]] = defaultdict(list)
    for worker in timed.record.workers:
        hosts["" if one.one_host else worker.node].append(worker)
    allowed = one.usable if one.one_host else _largest_node(view, one)
    for workers in hosts.values():
        cpus = {cpu for worker in workers for cpu in _cpus(worker.cpus)}
        known = all(worker.cpus for worker in workers)
        if known and len(cpus) < min(len(workers), allowed):
            return len(workers), sorted(cpus)
    return None


def _slowed(one: Measured) -> float:
    return max(0.0, one.lost("work", "waiting"))


def _children_share(timed: Timed) -> float | None:
    if timed.sample.cpu_s <= 0:
        return None
    return sum(worker.children_s for worker in timed.sample.workers) / timed.sample.cpu_s


def _more_threads(one: Measured) -> int:
    """Return the most threads that a kernel has left in its process."""
    if one.case.backend not in NOTICED_THREADS:
        return 0
    return max(worker.more_threads for timed in one.timed for worker in timed.sample.workers)


def _pools(one: Measured) -> tuple[int, int]:
    """Return the inner threads of a worker, and those of all on one host, the most of both."""
    each = together = 1
    for timed in one.timed:
        hosts: dict[str, int] = defaultdict(int)
        for worker in timed.record.workers:
            each = max(each, worker.inner_threads)
            hosts["" if one.one_host else worker.node] += worker.inner_threads
        together = max(together, *hosts.values()) if hosts else together
    return each, together


def _largest_node(view: View, one: Measured) -> int:
    if not view.data.clusters:
        return one.usable
    return max(1, int(max(view.data.clusters[-1].cpus[: one.case.nodes], default=1)))


def _limit(view: View, one: Measured) -> tuple[int, str]:
    """Return the CPUs that the workers may use, and what says so."""
    if not one.one_host:
        return one.usable, "the nodes' CPUs"
    environment = view.environment
    limits = [
        (one.usable, "the CPUs of this machine"),
        (environment.cpus_affinity, f"affinity; the machine has {environment.cpus}"),
    ]
    if environment.cpu_quota is not None:
        quota = f"quota of {environment.cpu_quota:g} CPUs of the control group"
        limits.append((max(1, int(environment.cpu_quota)), quota))
    if environment.slurm_cpus_per_task is not None:
        limits.append((environment.slurm_cpus_per_task, "SLURM_CPUS_PER_TASK"))
    elif environment.slurm_cpus_on_node is not None:
        limits.append((environment.slurm_cpus_on_node, "SLURM_CPUS_ON_NODE"))
    least = min(cpus for cpus, _ in limits)
    # Of equal limits the last is the one that someone set; affinity is mostly just the machine.
    names = [name for cpus, name in limits if cpus == least]
    free = least == environment.cpus
    return least, names[0] if free else names[-1]


def _cpus(text: str | None) -> Iterator[int]:
    """Yield the CPUs of a list as Linux writes it."""
    for part in (text or "").split(","):
        first, _, last = part.partition("-")
        if first.isdigit() and (last or first).isdigit():
            yield from range(int(first), int(last or first) + 1)


def _listed(cpus: list[int]) -> str:
    return f"number {cpus[0]}" if len(cpus) == 1 else f"numbers {', '.join(map(str, cpus))}"
