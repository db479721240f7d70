"""Workers that slow each other down: locks, shared cores, memory."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.audit.cpus import pinned
from scaling.analysis.audit.data import driver_share
from scaling.analysis.audit.finding import NOTABLE, Finding
from scaling.analysis.audit.hits import Hit, merged
from scaling.analysis.audit.machine import crowded_out, other_cpus
from scaling.analysis.audit.view import Measured, Timed, View
from scaling.analysis.units import percent, ratio, seconds

HELD_UP = 0.2
"""Share of the workers' time: two workers that take turns lose half of it."""
FASTER = 1.15
"""How much faster processes must be: more than what blocks differ by (10 %)."""
ONE_CPU = 0.7
"""CPUs that a process at least uses when it is the GIL that its threads wait for: its holder
computes. Under it the holder waits too, so that it is another lock."""
OFF_CPU = 0.15
"""Share of the time in kernels but off the CPU, in processes, where the work itself does not wait.
The driver and the system take some of it."""
MORE_CPU = 1.1
"""CPU time of an item on many workers over that on few: clocks and caches differ by less."""
DISK = 0.1
"""Share of the time in which some process waited for a disk, from which on it is named."""


def threads_held_up(view: View) -> Iterator[Finding]:
    """Find threads that wait where as many processes do not: the GIL, or a lock of a library.

    The holder of the GIL computes, so that the process uses one CPU; without a GIL, or where even
    that CPU is not used, it is another lock.
    """
    gil: list[Hit] = []
    lock: list[Hit] = []
    for one in view.cases:
        beside = view.beside(one)
        if one.case.backend != "threads" or one.case.workers < 2 or beside is None:
            continue
        lost, lost_beside = _held_up(one), _held_up(beside)
        if lost < HELD_UP or lost_beside > lost / 2 or not one.slower(beside, FASTER):
            continue
        used = one.typical(_cpus) or 0.0
        evidence = (
            f"the threads waited {percent(lost)} of their time and used {ratio(used)} CPUs; "
            f"{beside.case.backend} beside them lost {percent(max(0.0, lost_beside))} and took "
            f"{seconds(beside.seconds)} instead of {seconds(one.seconds)}"
        )
        held = view.environment.gil and used >= ONE_CPU
        (gil if held else lock).append(Hit(one, lost, evidence))
    yield from merged(
        "gil",
        gil,
        "use processes, or do the work in code that releases the GIL (NumPy, compiled code)",
    )
    yield from merged(
        "library-lock",
        lock,
        "use processes, or give each thread its own handle, connection or file of the library",
    )


def off_the_cpu(view: View) -> Iterator[Finding]:
    """Find processes that wait inside their kernels, though they have a CPU each."""
    hits = []
    for one in view.sending:
        lost = one.losses.waiting
        if lost is None or lost < OFF_CPU or one.waits or view.spare_cpus(one) < 0:
            continue
        others = max(_by_others(view, one), crowded_out(view, one))
        if (
            one.case.workers < 2
            or others >= lost / 2
            or any(pinned(view, one, t) for t in one.timed)
        ):
            continue
        evidence = (
            f"kernels were off the CPU {percent(lost)} of the time more than when "
            f"serial{_disk(one)}"
        )
        hits.append(Hit(one, lost, evidence))
    yield from merged(
        "waiting-in-kernels",
        hits,
        "look for what they share: a core (affinity, hyper-threads), a disk, a file lock or a "
        "server",
    )


def more_cpu_time(view: View) -> Iterator[Finding]:
    """Find items that take more CPU time the more workers there are."""
    hits = []
    for one in view.parallel:
        alone, fewest = view.serial(one), _fewest(view, one)
        work = one.losses.work
        if work is None or one.losses.waiting is None or work < NOTABLE or one.waits:
            continue
        if alone is None or one.case.workers < 2 or view.spare_cpus(one) < 0:
            continue
        grown, since_few = _growth(one, alone), _growth(one, fewest)
        if grown < MORE_CPU or (fewest is not None and since_few < MORE_CPU):
            continue
        few = f", {ratio(since_few)} times as on {fewest.case.label}" if fewest is not None else ""
        evidence = (
            f"an item took {ratio(grown)} times the CPU time of serial{few}: "
            f"{percent(work)} of the time"
        )
        hits.append(Hit(one, work, evidence))
    yield from merged(
        "more-cpu-time-per-item",
        hits,
        "try fewer workers or smaller working sets; candidates are memory bandwidth, shared cache, "
        "hyper-threads and a lower clock, which these times cannot tell apart",
    )


def _held_up(one: Measured) -> float:
    return one.lost("work", "waiting", "scheduling")


def _cpus(timed: Timed) -> float:
    return timed.sample.cpu_s / timed.sample.seconds + (driver_share(timed) or 0.0)


def _by_others(view: View, one: Measured) -> float:
    """Return the share of the workers' time that other work on full CPUs could have taken."""
    others = one.typical(lambda timed: other_cpus(one, timed)) or 0.0
    free = view.environment.cpus - one.case.workers
    return max(0.0, others - free) / one.case.workers


def _disk(one: Measured) -> str:
    """Name the disk where processes waited for it."""
    share = one.typical(_disk_share)
    if share is None or share < DISK:
        return ""
    return f"; some process waited for a disk {percent(share)} of it"


def _disk_share(timed: Timed) -> float | None:
    waited = timed.sample.machine.io_pressure_s if timed.sample.machine else None
    return None if waited is None else waited / timed.sample.seconds


def _fewest(view: View, one: Measured) -> Measured | None:
    """Return the same backend's case with the fewest workers, where it has fewer."""
    found = [
        other
        for other in view.cases
        if other.case.backend == one.case.backend
        and other.case.size == one.case.size
        and other.case.workers < one.case.workers
    ]
    return min(found, key=lambda other: other.case.workers, default=None)


def _growth(one: Measured, other: Measured | None) -> float:
    """Return the ratio of the CPU times of an item."""
    own, before = _item_cpu_s(one), None if other is None else _item_cpu_s(other)
    return own / before if own and before else 0.0


def _item_cpu_s(one: Measured) -> float | None:
    return one.typical(lambda t: t.sample.cpu_s / t.sample.items if t.sample.items else None)
