"""What the records of one pass say of each worker. Pure: no clock, no files."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from operator import sub

from scaling.passes import BatchRecord, Mapped, Place
from scaling.samples import WorkerSummary

_S = 1e-9

Span = tuple[int, int]


@dataclass(slots=True)
class Work:
    """What one worker did, from records that may be too many to keep. Times in nanoseconds."""

    items: int = 0
    batches: int = 0
    busy_ns: int = 0
    cpu_ns: int = 0
    children_ns: int = 0
    threads: int = 0
    """Most threads after a batch."""
    peak_rss: int = 0
    first_start_ns: int | None = None
    last_start_ns: int | None = None
    """Of a batch; of an item where batches hide."""
    last_end_ns: int | None = None
    longest_ns: int = 0
    """Its longest item, the earliest of equal ones."""
    longest_position: int | None = None
    longest_in_ns: int = 0
    """Start of the batch that holds it."""
    asked: array[int] = field(default_factory=lambda: array("q"))
    """Of each batch when it was sent, began and ended, one after the other; where asked for."""

    def add(self, batch: BatchRecord, *, hides: bool, keep: bool) -> None:
        """Take a batch into account."""
        ticks = batch.ticks
        start, end = ticks[0], ticks[-1]
        self.items += len(ticks) - 1
        self.batches += 1
        self.busy_ns += batch.busy_ns
        self.cpu_ns += batch.cpu_ns
        self.children_ns += batch.children_ns
        self.threads = max(self.threads, batch.threads)
        self.peak_rss = max(self.peak_rss, batch.peak_rss)
        self._place(start, ticks[-2] if hides else start, end)
        self._look_for_longest(batch, start, end - start)
        if keep:
            # Where it is not known when a batch was sent, that is its start.
            self.asked.extend((batch.sent_ns or start, start, end))

    def in_order(self) -> Iterator[tuple[int, int, int]]:
        """Yield when each batch was sent, began and ended, by their starts."""
        sent, starts, ends = (self.asked[k::3] for k in range(3))
        rising = all(a <= b for a, b in zip(starts, islice(starts, 1, None), strict=False))
        order = range(len(starts))
        for k in order if rising else sorted(order, key=starts.__getitem__):
            yield sent[k], starts[k], ends[k]

    def _place(self, start: int, last_start: int, end: int) -> None:
        if self.first_start_ns is None or start < self.first_start_ns:
            self.first_start_ns = start
        if self.last_start_ns is None or last_start > self.last_start_ns:
            self.last_start_ns = last_start
        if self.last_end_ns is None or end > self.last_end_ns:
            self.last_end_ns = end

    def _look_for_longest(self, batch: BatchRecord, start: int, took: int) -> None:
        # No item is longer than its batch: most short batches need no look.
        if took < self.longest_ns:
            return
        ticks = batch.ticks
        found = max(map(sub, islice(ticks, 1, None), ticks), default=0)
        earlier = found == self.longest_ns and start < self.longest_in_ns
        if found > self.longest_ns or (found and earlier):
            durations = map(sub, islice(ticks, 1, None), ticks)
            offset = next(k for k, duration in enumerate(durations) if duration == found)
            self.longest_ns, self.longest_in_ns = found, start
            self.longest_position = batch.first + offset


@dataclass(frozen=True)
class Timeline:
    """One pass in nanoseconds of the driver's clock."""

    places: Sequence[Place]
    mapped: Mapped
    start_ns: int
    """Just before the first item was asked for."""
    received_ns: int
    """The last part was received."""

    @cached_property
    def work(self) -> tuple[Work, ...]:
        """What each worker did. The records are read once: they may be made as they are read."""
        found = tuple(Work() for _ in self.places)
        hides, keep = self.mapped.hides_batches, bool(self.mapped.produced)
        for batch in self.mapped.batches:
            found[batch.worker].add(batch, hides=hides, keep=keep)
        return found

    def last_start_ns(self) -> int | None:
        """Return the start of the last batch to start, of the last item where batches hide."""
        starts = (own.last_start_ns for own in self.work)
        return max((start for start in starts if start is not None), default=None)

    def last_end_ns(self) -> int | None:
        """Return the end of the last item."""
        ends = (own.last_end_ns for own in self.work)
        return max((end for end in ends if end is not None), default=None)

    def last_start_s(self) -> float | None:
        """Return ``last_start_ns`` in seconds after the start."""
        return self._after_start_s(self.last_start_ns())

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
        producing = self.waiting_for_items()
        return tuple(
            self._summary(place, own, producing)
            for place, own in zip(self.places, self.work, strict=True)
        )

    def _summary(self, place: Place, own: Work, producing: list[Span]) -> WorkerSummary:
        position, order = own.longest_position, self.mapped.order
        opened = place.presence.threads if place.presence else 0
        shared_cpu = self.mapped.cpu_ns is not None
        return WorkerSummary(
            worker=place.worker,
            node=place.node,
            items=own.items,
            batches=own.batches,
            busy_s=own.busy_ns * _S,
            cpu_s=None if shared_cpu else own.cpu_ns * _S,
            first_start_s=self._after_start_s(own.first_start_ns),
            last_end_s=self._after_start_s(own.last_end_ns),
            starved_s=overlap_ns(self._unasked(own), producing) * _S if producing else 0.0,
            longest_s=own.longest_ns * _S,
            longest_item=order[position] if order and position is not None else position,
            children_s=own.children_ns * _S,
            # Zero stands for not read, on both sides.
            more_threads=max(0, own.threads - opened) if opened else 0,
        )

    def _after_start_s(self, moment: int | None) -> float | None:
        return None if moment is None else (moment - self.start_ns) * _S

    def _unasked(self, own: Work) -> Iterator[Span]:
        """Yield when a worker was idle and no batch was on its way to it."""
        idle_from = self.start_ns
        for sent, start, end in own.in_order():
            if idle_from < min(sent, start):
                yield idle_from, min(sent, start)
            idle_from = max(idle_from, end)
        if idle_from < self.received_ns:
            yield idle_from, self.received_ns


def overlap_ns(some: Iterable[Span], others: Sequence[Span]) -> int:
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
