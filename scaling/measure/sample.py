"""One timed repetition."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from scaling.backends.base import Pool
from scaling.backends.presence import memory_and_threads, process_cpu_ns
from scaling.measure import machine
from scaling.measure.timeline import Timeline
from scaling.samples import MachineUse

_S = 1e-9
OWN_THREADS = 0.05
"""Share of the kernels' CPU time beyond which their own threads count: below it is noise."""


@dataclass(frozen=True, slots=True)
class Timed:
    """One pass over the items, timed."""

    answer: Any
    seconds: float
    combine_s: float
    timeline: Timeline
    items: int
    cpu_s: float
    driver_cpu_s: float | None
    peak_rss_mb: float
    machine: MachineUse


def take(
    pool: Pool,
    items: Callable[[], Iterable[Any]],
    combine: Callable[[list[Any]], Any] | None,
    expected: int,
) -> Timed:
    """Map the kernel over the items and combine the parts, timed as one."""
    before = machine.read()
    clocks = _Clocks.read()
    start = pool.clock()
    mapped = pool.map(items(), expected)
    received = pool.clock()
    spent = _Clocks.read().since(clocks)
    answer = mapped.parts if combine is None else combine(mapped.parts)
    end = pool.clock()
    timeline = Timeline(pool.places, mapped, start, received)
    cpu_ns, driver_ns = _told_apart(timeline, spent)
    return Timed(
        answer,
        seconds=(end - start) * _S,
        combine_s=(end - received) * _S,
        timeline=timeline,
        items=sum(own.items for own in timeline.work),
        cpu_s=cpu_ns * _S,
        driver_cpu_s=None if driver_ns is None else driver_ns * _S,
        peak_rss_mb=_peak_mb(timeline),
        machine=machine.read().since(before),
    )


@dataclass(frozen=True, slots=True)
class _Clocks:
    """CPU time of this process: of all it does, and of the thread that drives the pool."""

    process_ns: int
    thread_ns: int

    @classmethod
    def read(cls) -> _Clocks:
        return cls(process_cpu_ns(), time.thread_time_ns())

    def since(self, before: _Clocks) -> _Clocks:
        return _Clocks(self.process_ns - before.process_ns, self.thread_ns - before.thread_ns)


def _told_apart(timeline: Timeline, spent: _Clocks) -> tuple[int, int | None]:
    """Return the CPU time of the kernels and that of the driver; None where they share a thread."""
    if timeline.mapped.cpu_ns is not None:
        return timeline.mapped.cpu_ns, None
    kernels = sum(own.cpu_ns for own in timeline.work)
    present = [place.presence for place in timeline.places if place.presence is not None]
    if not present:
        return kernels, None
    if any(worker.pid != os.getpid() for worker in present):
        return kernels, spent.process_ns
    # What kernels on threads start shows in no thread's own clock. Negative where the driver's
    # thread runs the kernels itself.
    own = spent.process_ns - spent.thread_ns - kernels
    kernels += own if own > OWN_THREADS * kernels else 0
    return kernels, max(0, spent.process_ns - kernels)


def _peak_mb(timeline: Timeline) -> float:
    peak = max((own.peak_rss for own in timeline.work), default=0)
    return round(max(peak, memory_and_threads()[0]) / 2**20, 1)
