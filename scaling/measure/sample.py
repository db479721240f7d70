"""One timed repetition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from scaling.backends.base import Pool
from scaling.backends.runner import peak_rss_bytes
from scaling.model import BatchRecord, Mapped, Place, WorkerSummary

_S = 1e-9


@dataclass(frozen=True, slots=True)
class Timed:
    """One pass over the items, timed."""

    answer: Any
    seconds: float
    combine_s: float
    workers: tuple[WorkerSummary, ...]
    items: int
    cpu_s: float
    peak_rss_mb: float


def take(
    pool: Pool,
    items: Callable[[], Iterable[Any]],
    combine: Callable[[list[Any]], Any] | None,
    expected: int,
) -> Timed:
    """Map the kernel over the items and combine the parts, timed as one."""
    start = pool.clock()
    mapped = pool.map(items(), expected)
    received = pool.clock()
    answer = mapped.parts if combine is None else combine(mapped.parts)
    end = pool.clock()
    return Timed(
        answer,
        seconds=(end - start) * _S,
        combine_s=(end - received) * _S,
        workers=summaries(pool.places, mapped, start),
        items=sum(batch.count for batch in mapped.batches),
        cpu_s=_cpu_ns(mapped) * _S,
        peak_rss_mb=_peak_mb(mapped.batches),
    )


def summaries(places: Sequence[Place], mapped: Mapped, start_ns: int) -> tuple[WorkerSummary, ...]:
    """Return what each worker did; one that got nothing is in it too."""
    batches: list[list[BatchRecord]] = [[] for _ in places]
    for batch in mapped.batches:
        batches[batch.worker].append(batch)
    shared_cpu = mapped.cpu_ns is not None
    return tuple(
        _summary(place, own, start_ns, shared_cpu=shared_cpu)
        for place, own in zip(places, batches, strict=True)
    )


def _summary(
    place: Place, batches: list[BatchRecord], start_ns: int, *, shared_cpu: bool
) -> WorkerSummary:
    return WorkerSummary(
        worker=place.worker,
        node=place.node,
        items=sum(batch.count for batch in batches),
        batches=len(batches),
        busy_s=sum(batch.ticks[-1] - batch.ticks[0] for batch in batches) * _S,
        cpu_s=None if shared_cpu else sum(batch.cpu_ns for batch in batches) * _S,
        first_start_s=min(((batch.ticks[0] - start_ns) * _S for batch in batches), default=None),
        last_end_s=max(((batch.ticks[-1] - start_ns) * _S for batch in batches), default=None),
    )


def _cpu_ns(mapped: Mapped) -> int:
    if mapped.cpu_ns is not None:
        return mapped.cpu_ns
    return sum(batch.cpu_ns for batch in mapped.batches)


def _peak_mb(batches: list[BatchRecord]) -> float:
    peak = max((batch.peak_rss for batch in batches), default=0)
    return round(max(peak, peak_rss_bytes()) / 2**20, 1)
