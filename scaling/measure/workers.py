"""What a session learns of its workers before its samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from scaling.passes import BatchRecord, Mapped, Place
from scaling.samples import WorkerFacts

_S = 1e-9


def facts(places: Sequence[Place], warm_up: Mapped) -> tuple[WorkerFacts, ...]:
    """Return one entry for each worker, with how its first kernel call compares."""
    batches: list[list[BatchRecord]] = [[] for _ in places]
    for batch in sorted(warm_up.batches, key=lambda batch: batch.ticks[0]):
        batches[batch.worker].append(batch)
    return tuple(_facts(place, own) for place, own in zip(places, batches, strict=True))


def _facts(place: Place, batches: Sequence[BatchRecord]) -> WorkerFacts:
    presence = place.presence
    calls = [(end - start) * _S for batch in batches for start, end in pairwise(batch.ticks)]
    # A kernel may have pinned its worker: what was seen last holds.
    seen = [batch.cpus for batch in batches if batch.cpus is not None]
    cpus = seen[-1] if seen else presence.cpus if presence else None
    return WorkerFacts(
        worker=place.worker,
        node=place.node,
        cpus=None if cpus is None else cpu_list(cpus),
        inner_threads=presence.inner_threads if presence else 1,
        first_call_s=calls[0] if calls else None,
        later_call_s=median(calls[1:]) if len(calls) > 1 else None,
    )


def median(values: Iterable[float]) -> float:
    """Return the median, as ``statistics`` does; loading that takes a session 5 ms."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return (ordered[middle] + ordered[~middle]) / 2


def cpu_list(cpus: Iterable[int]) -> str:
    """Return CPU numbers as Linux writes them: ``0-3,8``."""
    return ",".join(_ranges(sorted(cpus)))


def _ranges(cpus: Sequence[int]) -> Iterator[str]:
    for _, group in groupby(enumerate(cpus), lambda pair: pair[1] - pair[0]):
        run = [cpu for _, cpu in group]
        yield str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}"
