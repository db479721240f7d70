"""What the machine did meanwhile: limits, neighbours, memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaling.analysis.audit.data import byte_text
from scaling.analysis.audit.finding import NOTABLE, Finding, Severity
from scaling.analysis.audit.hits import Hit, merged
from scaling.analysis.audit.view import Measured, Timed, View
from scaling.analysis.bounds import RAY
from scaling.analysis.statistics import median
from scaling.analysis.units import count, percent, ratio
from scaling.model import SERIAL
from scaling.records import MachineUse

STOLEN = 0.05
"""Share of the time, also for throttling and waits for memory: the precision that is asked for
by default. None of them happens on a machine that has enough."""
PRESSED = 0.25
"""Share of the time in which some process waited for a CPU though workers left some free: the
driver and the system alone cause less."""
LEAST_S = 0.2
"""The clock of the whole machine ticks 100 times a second for each CPU."""
BUSIER_CPUS = 0.25
"""CPUs taken by other work, beyond what the other sessions of the case saw."""
LONGER = 1.1
"""Time over the median of the case: only then did it matter."""
LEAST_SESSIONS = 3
"""With fewer there is no usual session."""
SPILLED_BYTES = 1_000_000
"""Less is not data but bookkeeping."""


def throttled(view: View) -> Iterator[Finding]:
    """Find control groups that used up their quota of CPU time."""
    yield from merged(
        "throttled",
        _hits(
            view,
            lambda use: use.throttled_s,
            "the control group had used up its CPU quota for {share} of the time",
        ),
        "raise the CPU limit of the container or job, or use fewer workers and threads",
    )


def stolen(view: View) -> Iterator[Finding]:
    """Find CPU time that the hypervisor gave to other machines."""
    cpus = max(1, view.environment.cpus)
    yield from merged(
        "steal",
        _hits(
            view,
            lambda use: None if use.steal_s is None else use.steal_s / cpus,
            "the hypervisor gave {share} of this machine's CPU time to others",
        ),
        "measure on a machine with CPUs of its own, or at another time",
    )


def memory_pressure(view: View) -> Iterator[Finding]:
    """Find waits for memory."""
    yield from merged(
        "memory-pressure",
        _hits(
            view,
            lambda use: use.memory_pressure_s,
            "some process waited for memory {share} of the time",
        ),
        "use fewer workers, smaller items or a machine with more memory",
    )


def cpu_pressure(view: View) -> Iterator[Finding]:
    """Find waits for a CPU where our workers leave one free, and other work hardly uses it."""
    hits = []
    for one in view.cases:
        free = view.spare_cpus(one)
        if not one.one_host or free < 1 or one.waits or _taken(one) >= free / 2:
            continue
        share = one.typical(lambda t: _share(t, lambda use: use.cpu_pressure_s))
        if share is not None and share >= PRESSED:
            evidence = (
                f"some process waited for a CPU {percent(share)} of the time, though "
                f"{count(one.case.workers, 'worker')} of {count(one.usable, 'usable CPU')} left "
                "some free"
            )
            hits.append(Hit(one, share, evidence))
    yield from merged(
        "cpu-pressure",
        hits,
        "look for threads of the kernel's own and for what else runs on the machine",
        Severity.LOW,
    )


def busy_machine(view: View) -> Iterator[Finding]:
    """Find other work on the machine beside the serial case, whose own use is known best."""
    hits = []
    for one in view.cases:
        # What serves work that waits may well be the workload's own.
        if one.case.backend != SERIAL or one.waits:
            continue
        others = _taken(one)
        missing = max(0.0, others + one.usable - view.environment.cpus) / one.usable
        if missing >= NOTABLE:
            evidence = (
                f"beside the serial case other work used {ratio(others)} of "
                f"{count(view.environment.cpus, 'CPU')}: that many workers less can run at once"
            )
            hits.append(Hit(one, missing, evidence))
    yield from merged(
        "busy-machine", hits, "stop the other work, or measure on a machine that has none"
    )


def busier_sessions(view: View) -> Iterator[Finding]:
    """Find sessions that took longer than the others of their case while other work ran."""
    hits = []
    affected = sessions = 0
    for one in view.cases:
        sessions += len(one.timed)
        for timed, more, longer in _busier(one):
            affected += 1
            evidence = (
                f"in block {timed.record.block} other work used {ratio(more)} CPUs more than in "
                f"the median session, and it took {ratio(longer)} times as long"
            )
            hits.append(Hit(one, 1 - 1 / longer, evidence))
    yield from merged(
        "busier-sessions",
        hits,
        "repeat the study while nothing else runs; medians bear a few such sessions",
        Severity.MEDIUM if sessions and affected >= NOTABLE * sessions else Severity.LOW,
    )


def spilled(view: View) -> Iterator[Finding]:
    """Find data that was moved from memory to disk."""
    hits = []
    for one in view.cases:
        most = max((timed.record.spilled_bytes or 0 for timed in one.timed), default=0)
        if most >= SPILLED_BYTES:
            hits.append(Hit(one, most, f"{byte_text(most)} were moved from memory to disk"))
    yield from merged(
        "spilling",
        hits,
        "make items and parts smaller, or give the object store more memory",
        Severity.MEDIUM,
    )


def other_cpus(one: Measured, timed: Timed) -> float | None:
    """Return the CPUs that were busy with something else than the case; None where not known.

    What frameworks do in their own processes counts as something else.
    """
    use, sample = timed.sample.machine, timed.sample
    if use is None or use.busy_s is None or sample.seconds < LEAST_S or not one.one_host:
        return None
    own = sample.cpu_s + (sample.driver_cpu_s or 0.0)
    return max(0.0, use.busy_s - own) / sample.seconds


def crowded_out(view: View, one: Measured) -> float:
    """Return the share of the workers' time in which other work could have kept them from a CPU.

    The other work is that beside the serial case: beside others the framework counts too.
    """
    alone = view.serial(one)
    if alone is None or not one.one_host:
        return 0.0
    over = _taken(alone) + one.case.workers - view.environment.cpus
    return max(0.0, over) / one.case.workers


def _taken(one: Measured) -> float:
    """Return the CPUs that were busy with something else, the idle cluster left out."""
    others = one.typical(lambda timed: other_cpus(one, timed)) or 0.0
    idle = one.typical(lambda timed: timed.record.idle_load) or 0.0
    return others if one.case.backend == RAY else max(0.0, others - idle)


def _busier(one: Measured) -> Iterator[tuple[Timed, float, float]]:
    known = [(timed, found) for timed in one.timed
             if (found := other_cpus(one, timed)) is not None]  # fmt: skip
    if len(known) < LEAST_SESSIONS:
        return
    usual = median([found for _, found in known])
    for timed, found in known:
        longer = timed.sample.seconds / one.seconds
        if found - usual >= BUSIER_CPUS and longer >= LONGER:
            yield timed, found - usual, longer


def _hits(view: View, value: Callable[[MachineUse], float | None], text: str) -> Iterator[Hit]:
    for one in view.cases:
        share = one.typical(lambda timed: _share(timed, value))
        if share is not None and share >= STOLEN:
            yield Hit(one, share, text.format(share=percent(share)))


def _share(timed: Timed, value: Callable[[MachineUse], float | None]) -> float | None:
    use = timed.sample.machine
    found = None if use is None else value(use)
    # The kernel brings its counters up to date every two seconds: a short sample may see them leap.
    return None if found is None else min(1.0, found / timed.sample.seconds)
