"""What the records of one pass say of each worker. Pure: no clock, no files."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scaling.passes import BatchRecord, Mapped, Place
from scaling.records import WorkerSummary

_S = 1e-9

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Timeline:
    """One pass in nanoseconds of the driver's clock."""

    places: Sequence[Place]
    mapped: Mapped
    start_ns: int
    """Just before the first item was asked for."""
    received_ns: int
    """The last part was received."""

    def last_start_ns(self) -> int | None:
        """Return the start of the last batch to start, of the last item where batches hide."""
        position = -2 if self.mapped.hides_batches else 0
        return max((batch.ticks[position] for batch in self.mapped.batches), default=None)

    def last_end_ns(self) -> int | None:
        """Return the end of the last item."""
        return max((batch.ticks[-1] for batch in self.mapped.batches), default=None)

    def last_start_s(self) -> float | None:
        """Return ``last_start_ns`` in seconds after the start."""
        last = self.last_start_ns()
        return None if last is None else (last - self.start_ns) * _S

    def producing_s(self) -> float:
        """Return how long the driver waited for the items themselves."""
        return sum(end - start for start, end in _pairs(self.mapped.produced)) * _S

    def blocked_s(self) -> float | None:
        """Return how long the event loop could not go on; None without one."""
        return None if self.mapped.blocked_ns is None else self.mapped.blocked_ns * _S

    def clock_error_s(self) -> float:
        """Return how far times of workers may be off."""
        return max((place.clock_error_ns for place in self.places), default=0) * _S

    def waiting_for_items(self) -> list[Span]:
        """Return when the driver was still producing items that some worker could have run.

        Not between the start of the last batch and the end of the last item: there nothing was
        left to start, whatever the driver looked for.
        """
        found = _pairs(self.mapped.produced)
        start, end = self.last_start_ns(), self.last_end_ns()
        if start is None or end is None:
            return found
        return [
            span
            for first, last in found
            for span in ((first, min(last, start)), (max(first, end), last))
            if span[0] < span[1]
        ]

    def summaries(self) -> tuple[WorkerSummary, ...]:
        """Return what each worker did; one that got nothing is in it too."""
        batches: list[list[BatchRecord]] = [[] for _ in self.places]
        for batch in self.mapped.batches:
            batches[batch.worker].append(batch)
        producing = self.waiting_for_items()
        return tuple(
            self._summary(place, own, producing)
            for place, own in zip(self.places, batches, strict=True)
        )

    def _summary(
        self, place: Place, batches: list[BatchRecord], producing: list[Span]
    ) -> WorkerSummary:
        batches.sort(key=lambda batch: batch.ticks[0])
        longest_ns, position = _longest(batches)
        order = self.mapped.order
        opened = place.presence.threads if place.presence else 0
        shared_cpu = self.mapped.cpu_ns is not None
        return WorkerSummary(
            worker=place.worker,
            node=place.node,
            items=sum(batch.count for batch in batches),
            batches=len(batches),
            busy_s=sum(batch.busy_ns for batch in batches) * _S,
            cpu_s=None if shared_cpu else sum(batch.cpu_ns for batch in batches) * _S,
            first_start_s=(batches[0].ticks[0] - self.start_ns) * _S if batches else None,
            last_end_s=(
                (max(batch.ticks[-1] for batch in batches) - self.start_ns) * _S
                if batches
                else None
            ),
            starved_s=overlap_ns(list(self._unasked(batches)), producing) * _S,
            longest_s=longest_ns * _S,
            longest_item=order[position] if order and position is not None else position,
            children_s=sum(batch.children_ns for batch in batches) * _S,
            more_threads=_more_threads(batches, opened),
        )

    def _unasked(self, batches: Sequence[BatchRecord]) -> Iterator[Span]:
        """Yield when a worker was idle and no batch was on its way to it."""
        idle_from = self.start_ns
        for batch in batches:
            # Where it is not known when a batch was sent, that is its start.
            sent = batch.sent_ns or batch.ticks[0]
            if idle_from < min(sent, batch.ticks[0]):
                yield idle_from, min(sent, batch.ticks[0])
            idle_from = max(idle_from, batch.ticks[-1])
        if idle_from < self.received_ns:
            yield idle_from, self.received_ns


def overlap_ns(some: Sequence[Span], others: Sequence[Span]) -> int:
    """Return how long the two sets of spans overlap; each is in order and without overlaps."""
    total = 0
    ends = [end for _, end in others]
    for start, end in some:
        for index in range(bisect_right(ends, start), len(others)):
            first, last = others[index]
            if first >= end:
                break
            total += min(last, end) - max(first, start)
    return total


def _pairs(bounds: Sequence[int]) -> list[Span]:
    return list(zip(bounds[::2], bounds[1::2], strict=True))


def _more_threads(batches: Sequence[BatchRecord], opened: int) -> int:
    # Zero stands for not read, on both sides.
    most = max((batch.threads for batch in batches), default=0)
    return max(0, most - opened) if opened else 0


def _longest(batches: Sequence[BatchRecord]) -> tuple[int, int | None]:
    longest, position = 0, None
    for batch in batches:
        ticks = batch.ticks
        # Only a batch that took longer than the longest item can hold a longer one.
        if ticks[-1] - ticks[0] > longest:
            for offset, (start, end) in enumerate(pairwise(ticks)):
                if end - start > longest:
                    longest, position = end - start, batch.first + offset
    return longest, position
