"""One policy that hands items to long-lived workers, for every backend that has them.

Two batches are in flight per worker, so that the next one is there when the last one ends; near
the end only idle workers get more. What it does for a batch does not grow with the workers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from scaling.backends.collecting import Collector, Fold, Folded, Kept
from scaling.backends.ordering import Order, costliest_first
from scaling.backends.producer import Producer
from scaling.backends.runner import Reply
from scaling.backends.sizing import BatchCost, Sizer, held_bytes
from scaling.passes import BatchRecord, Mapped, Place
from scaling.workloads.base import Workload

DEPTH = 2
"""Batches in flight per worker."""
WINDOW = 64
"""Batches sent and received, over which the driver's cost is averaged."""


class Transport(Protocol):
    """Carries batches to workers and replies back."""

    @property
    def batch_cost(self) -> BatchCost:
        """What a batch costs, whatever is in it."""
        ...

    def send(self, worker: int, first: int, items: list[Any]) -> None:
        """Hand a batch to a worker without waiting for it. Raises ItemNotSendable."""
        ...

    def receive(self) -> list[Reply]:
        """Wait for at least one reply. Raises KernelFailed, PartNotSendable or WorkerDied."""
        ...


class Clock(Protocol):
    """Tells the driver's time. Nanoseconds."""

    def now(self) -> int:
        """Read the time."""
        ...

    def spent(self) -> int:
        """Return what the driver was busy for; waiting is not in it."""
        ...


class RealClock:
    """The clock of this thread."""

    def now(self) -> int:
        """Read the time that workers on this host read too."""
        return time.perf_counter_ns()

    def spent(self) -> int:
        """Return the CPU time of this thread."""
        return time.thread_time_ns()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user says of how items are handed out."""

    batch: int | None = None
    """Items of every batch; None: what the policy finds best."""
    cost: Callable[[Any], float] | None = None
    """Relative cost of an item."""
    fold: Fold | None = None
    """Takes the parts one by one, so that they need not be kept."""

    @classmethod
    def of(cls, workload: Workload, batch: int | None) -> Wishes:
        """Return the wishes of a workload's author, and the size that its user gave."""
        return cls(batch, workload.cost, workload.fold)


class Dispatch:
    """One pass over the items."""

    def __init__(
        self,
        transport: Transport,
        workers: int,
        sizer: Sizer,
        collector: Collector,
        clock: Clock | None = None,
    ) -> None:
        self._transport, self._sizer, self._collector = transport, sizer, collector
        self._workers, self._clock = workers, clock or RealClock()
        self._handled, self._spent = 0, self._clock.spent()
        self._in_flight = [0] * workers
        # By the number of batches that they have; the next one to take is the last.
        self._having = [dict.fromkeys(reversed(range(workers))), *({} for _ in range(DEPTH))]
        self._sent: dict[int, tuple[int, int]] = {}
        """When a batch was sent, and the bytes that its items hold."""
        self._records: list[BatchRecord] = []

    def run(self, producer: Producer) -> Mapped:
        """Return the parts in the order of the items, with a record of each batch."""
        while True:
            self._fill(producer)
            if not self._sent:
                break
            for reply in self._transport.receive():
                self._take(reply, producer)
            self._look_at_driver()
        return Mapped(self._collector.parts(), self._records, produced=producer.produced)

    def _fill(self, producer: Producer) -> None:
        for load in range(DEPTH):
            while self._having[load] and not producer.exhausted:
                idle = len(self._having[0]) or self._workers
                size = self._sizer.size(producer.remaining, idle)
                if load and not self._may_queue(size, producer.remaining):
                    return
                self._send(next(reversed(self._having[load])), producer, size)

    def _may_queue(self, size: float, remaining: float | None) -> bool:
        enough = remaining is None or remaining > size * self._workers
        return enough and self._sizer.queues()

    def _send(self, worker: int, producer: Producer, size: float) -> None:
        first = producer.taken
        items = producer.take(size)
        if items:
            self._sent[first] = self._clock.now(), held_bytes(items)
            self._transport.send(worker, first, items)
            self._moved(worker, +1)

    def _take(self, reply: Reply, producer: Producer) -> None:
        record = reply.record
        record.sent_ns, held = self._sent.pop(record.first)
        record.received_ns = self._clock.now()
        self._moved(record.worker, -1)
        weight = producer.weight(record.first, record.count)
        self._sizer.learn(record, weight, max(held, held_bytes(reply.parts)))
        self._collector.add(record.first, reply.parts)
        self._records.append(record)

    def _look_at_driver(self) -> None:
        """Tell the sizer what the latest batches cost the driver."""
        if self._handled >= WINDOW:
            spent = self._clock.spent()
            self._sizer.learn_driver(2 * (spent - self._spent) / self._handled)
            self._handled, self._spent = 0, spent

    def _moved(self, worker: int, by: int) -> None:
        self._handled += 1
        load = self._in_flight[worker]
        del self._having[load][worker]
        self._having[load + by][worker] = None
        self._in_flight[worker] = load + by


class DispatchedPool:
    """A pool of long-lived workers behind a transport."""

    def __init__(
        self,
        transport: Transport,
        places: Sequence[Place],
        wishes: Wishes,
        spilled_bytes: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._transport, self.places, self._wishes = transport, places, wishes
        self._sizer = Sizer(len(places), transport.batch_cost, wishes.batch)
        self.spilled_bytes = spilled_bytes

    def clock(self) -> int:
        """Read the real clock."""
        return time.perf_counter_ns()

    def map(self, items: Iterable[Any], expected: int | None) -> Mapped:
        """Run the kernel on every item; what was learnt of their cost stays for the next pass.

        The one part is what all were folded into, where the workload folds.
        """
        order = self._order(items)
        if order is None:
            fold = self._wishes.fold
            return self._pass(Producer(items, expected), Kept() if fold is None else Folded(fold))
        assert isinstance(items, Sequence)
        try:
            mapped = self._pass(Producer(order.arranged(items), expected, order.until), Kept())
        except Exception as error:  # noqa: BLE001 - told anew, whatever it is
            raise order.renumbered(error) from None
        mapped.parts, mapped.order = order.restored(mapped.parts), order.positions
        return mapped

    def _order(self, items: Iterable[Any]) -> Order | None:
        """Return how items are to be ordered: one worker, or a fixed size, take them as they are.

        So do passes over items that are not all there.
        """
        cost = self._wishes.cost
        needless = cost is None or self._wishes.batch is not None or len(self.places) < 2
        if needless or cost is None or not isinstance(items, Sequence):
            return None
        return costliest_first(items, cost)

    def _pass(self, producer: Producer, collector: Collector) -> Mapped:
        return Dispatch(self._transport, len(self.places), self._sizer, collector).run(producer)
