"""One policy that hands items to long-lived workers, for every backend that has them.

Terms: a batch has a fixed cost (messages, wake-ups) that the transport states; batches grow until
that cost is a small share of their time, and shrink towards the end so that no worker is left
alone with a long batch. Two batches are in flight per worker, so that the next one is there when
the last one ends; near the end only idle workers get more.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Protocol

from scaling.backends.runner import Reply
from scaling.passes import BatchRecord, Mapped, Place

DEPTH = 2
"""Batches in flight per worker."""
COST_SHARE = 0.02
"""Share of a batch's time that its fixed cost may take."""
LEAST_SHARE = 0.2
"""The same for the short batches at the end."""
GROWTH = 4
"""A batch is at most this many times the largest that has come back."""
TAIL = 3
"""Near the end a batch is at most 1/TAIL of an equal share of what is left."""
PRODUCE_NS = 5_000_000
"""A batch is sent off unfilled when producing it took this long."""


class Transport(Protocol):
    """Carries batches to workers and replies back."""

    @property
    def batch_cost_ns(self) -> int:
        """Fixed cost of a batch."""
        ...

    def send(self, worker: int, first: int, items: list[Any]) -> None:
        """Hand a batch to a worker without waiting for it. Raises ItemNotSendable."""
        ...

    def receive(self) -> list[Reply]:
        """Wait for at least one reply. Raises KernelFailed, PartNotSendable or WorkerDied."""
        ...


class Sizer:
    """Chooses the number of items of each batch; learns from the replies."""

    def __init__(self, workers: int, batch_cost_ns: int, fixed: int | None) -> None:
        self._workers, self._fixed = workers, fixed
        self._target_ns = batch_cost_ns / COST_SHARE
        self._least_ns = batch_cost_ns / LEAST_SHARE
        self._item_ns: float | None = None
        self._largest = 1

    def learn(self, record: BatchRecord) -> None:
        """Take the item cost of a batch into account; the latest batches weigh most."""
        item_ns = max(1.0, (record.ticks[-1] - record.ticks[0]) / record.count)
        self._item_ns = item_ns if self._item_ns is None else 0.5 * (self._item_ns + item_ns)
        self._largest = max(self._largest, record.count)

    def queues(self) -> bool:
        """Tell whether a second batch may wait at a worker for its first to end.

        Not before the cost of an item is known, and not where one item outlasts the fixed cost by
        far: there waiting saves nothing, and an item behind a long one would be late.
        """
        return self._item_ns is not None and self._item_ns < self._target_ns

    def size(self, remaining: int | None, idle: int = 1) -> int:
        """Return the number of items for the next batch, when so many workers wait for one."""
        if self._fixed is not None:
            return self._fixed
        if self._item_ns is None:
            return 1
        size = min(self._largest * GROWTH, int(self._target_ns / self._item_ns))
        if remaining is not None:
            least = min(int(self._least_ns / self._item_ns), -(-remaining // idle))
            size = min(size, max(least, remaining // (TAIL * self._workers)))
        return max(1, size)


class Producer:
    """Takes items from their source in batches and counts them."""

    def __init__(self, items: Iterable[Any], expected: int | None) -> None:
        sequence = items if isinstance(items, Sequence) else None
        self._total = len(sequence) if sequence is not None else expected
        self._sequence = sequence
        self._source: Iterator[Any] = iter(items)
        self.taken = 0
        self.exhausted = False
        self.produced = array("q")
        """Start and end of each time in ``take``, where the items are not there already."""

    @property
    def remaining(self) -> int | None:
        """Items not yet taken, where it is known."""
        return None if self._total is None else max(0, self._total - self.taken)

    def take(self, size: int) -> list[Any]:
        """Return up to ``size`` items; fewer when the source ends or is slow, none at its end."""
        items = list(islice(self._source, size)) if self._sequence else self._take_timed(size)
        self.taken += len(items)
        self.exhausted = self.exhausted or not items
        return items

    def _take_timed(self, size: int) -> list[Any]:
        items: list[Any] = []
        start = now = time.perf_counter_ns()
        for item in islice(self._source, size):
            items.append(item)
            now = time.perf_counter_ns()
            if now > start + PRODUCE_NS:
                break
        # The end of the source too is waited for.
        self.produced.extend((start, now if len(items) == size else time.perf_counter_ns()))
        return items


class Dispatch:
    """One pass over the items."""

    def __init__(self, transport: Transport, workers: int, sizer: Sizer) -> None:
        self._transport, self._sizer = transport, sizer
        self._in_flight = [0] * workers
        self._sent: dict[int, int] = {}
        self._parts: dict[int, list[Any]] = {}
        self._records: list[BatchRecord] = []

    def run(self, producer: Producer) -> Mapped:
        """Return the parts in the order of the items, with a record of each batch."""
        while True:
            self._fill(producer)
            if not self._sent:
                break
            for reply in self._transport.receive():
                self._take(reply)
        parts = list(chain.from_iterable(self._parts[first] for first in sorted(self._parts)))
        return Mapped(parts, self._records, produced=producer.produced)

    def _fill(self, producer: Producer) -> None:
        for load in range(DEPTH):
            for worker, in_flight in enumerate(self._in_flight):
                if in_flight > load or producer.exhausted:
                    continue
                idle = self._in_flight.count(0) or len(self._in_flight)
                size = self._sizer.size(producer.remaining, idle)
                if load and not self._may_queue(size, producer.remaining):
                    return
                self._send(worker, producer, size)

    def _may_queue(self, size: int, remaining: int | None) -> bool:
        enough = remaining is None or remaining > size * len(self._in_flight)
        return enough and self._sizer.queues()

    def _send(self, worker: int, producer: Producer, size: int) -> None:
        first = producer.taken
        items = producer.take(size)
        if items:
            self._sent[first] = time.perf_counter_ns()
            self._transport.send(worker, first, items)
            self._in_flight[worker] += 1

    def _take(self, reply: Reply) -> None:
        record = reply.record
        record.sent_ns = self._sent.pop(record.first)
        record.received_ns = time.perf_counter_ns()
        self._in_flight[record.worker] -= 1
        self._sizer.learn(record)
        self._parts[record.first] = reply.parts
        self._records.append(record)


class DispatchedPool:
    """A pool of long-lived workers behind a transport."""

    def __init__(
        self,
        transport: Transport,
        places: Sequence[Place],
        batch: int | None,
        spilled_bytes: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._transport, self.places = transport, places
        self._sizer = Sizer(len(places), transport.batch_cost_ns, batch)
        self.spilled_bytes = spilled_bytes

    def clock(self) -> int:
        """Read the real clock."""
        return time.perf_counter_ns()

    def map(self, items: Iterable[Any], expected: int | None) -> Mapped:
        """Run the kernel on every item; what was learnt of their cost stays for the next pass."""
        return Dispatch(self._transport, len(self.places), self._sizer).run(
            Producer(items, expected)
        )
