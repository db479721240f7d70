"""The policy that hands items to workers."""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.backends.dispatch import DEPTH, GROWTH, DispatchedPool, Producer, Sizer
from scaling.backends.runner import Reply
from scaling.backends.serial import InlineTransport
from scaling.passes import BatchRecord, Place

COST_NS = 100_000


def record(count: int, item_ns: int, worker: int = 0, first: int = 0) -> BatchRecord:
    """Make the record of a batch of even items."""
    ticks = array("q", (item_ns * k for k in range(count + 1)))
    return BatchRecord(worker, first, ticks, 0)


class VirtualTransport:
    """Workers on a clock of their own: the batch that ends first comes back first."""

    batch_cost_ns = COST_NS

    def __init__(self, workers: int, costs_ns: list[int]) -> None:
        self._costs = costs_ns
        self._free = [0] * workers
        self._running: list[tuple[int, int, Reply]] = []
        self.sent: list[tuple[int, int, int]] = []
        """Worker, first item and number of items of each batch."""
        self.most_in_flight = 0
        self.now = 0

    def send(self, worker: int, first: int, items: list[Any]) -> None:
        """Let the worker start it when it is free."""
        self.sent.append((worker, first, len(items)))
        ticks = array("q", [max(self.now, self._free[worker]) + COST_NS])
        for item in items:
            ticks.append(ticks[-1] + self._costs[item])
        self._free[worker] = ticks[-1]
        reply = Reply([item * 10 for item in items], BatchRecord(worker, first, ticks, 0))
        self._running.append((ticks[-1], first, reply))
        held = sum(running.record.worker == worker for _, _, running in self._running)
        self.most_in_flight = max(self.most_in_flight, held)

    def receive(self) -> list[Reply]:
        """Return the batch that ends first."""
        self._running.sort(key=lambda entry: entry[:2])
        self.now, _, reply = self._running.pop(0)
        return [reply]


def dispatched(workers: int, costs_ns: list[int], fixed: int | None = None) -> VirtualTransport:
    """Run one pass; hold that the parts are right."""
    transport = VirtualTransport(workers, costs_ns)
    places = [Place(str(worker), "local") for worker in range(workers)]
    pool = DispatchedPool(transport, places, fixed)
    parts = pool.map(range(len(costs_ns)), None).parts
    assert [item * 10 for item in range(len(costs_ns))] == parts
    return transport


costs = st.lists(st.integers(0, 5_000_000), max_size=300)


@given(costs, st.integers(1, 9), st.one_of(st.none(), st.integers(1, 50)))
def test_every_item_is_sent_once(costs_ns: list[int], workers: int, fixed: int | None) -> None:
    """Whatever items cost, each is sent once and the parts come in order."""
    sent = dispatched(workers, costs_ns, fixed).sent
    firsts = sorted((first, count) for _, first, count in sent)
    assert [sum(count for _, count in firsts[:k]) for k in range(len(firsts))] == [
        first for first, _ in firsts
    ]
    assert len(costs_ns) == sum(count for _, count in firsts)
    assert all(count > 0 for _, count in firsts)


@given(costs, st.integers(1, 9))
def test_in_flight_is_bounded(costs_ns: list[int], workers: int) -> None:
    """A worker never holds more than a few batches."""
    assert dispatched(workers, costs_ns).most_in_flight <= DEPTH


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 10**9)), max_size=20), st.data())
def test_size_is_never_zero_and_grows_slowly(
    seen: list[tuple[int, int]], data: st.DataObject
) -> None:
    """A batch holds at least one item and at most GROWTH times the largest that came back."""
    sizer = Sizer(data.draw(st.integers(1, 64)), COST_NS, None)
    largest = 1
    for count, item_ns in seen:
        sizer.learn(record(count, item_ns))
        largest = max(largest, count)
    remaining = data.draw(st.one_of(st.none(), st.integers(0, 10**6)))
    idle = data.draw(st.integers(1, 64))
    assert 1 <= sizer.size(remaining, idle) <= GROWTH * largest


@given(st.integers(1, 10**7), st.integers(2, 16))
def test_batches_shrink_towards_the_end(item_ns: int, workers: int) -> None:
    """The less is left, the smaller the batches."""
    sizer = Sizer(workers, COST_NS, None)
    sizer.learn(record(10_000, item_ns))
    sizes = [sizer.size(remaining) for remaining in range(100_000, 0, -1000)]
    assert sorted(sizes, reverse=True) == sizes


def test_cost_of_a_batch_is_a_small_share() -> None:
    """Batches of short items last long enough for their cost to be 2 %."""
    sizer = Sizer(2, COST_NS, None)
    sizer.learn(record(10_000, 1_000))
    assert sizer.size(None) == 5_000


def test_long_items_travel_alone() -> None:
    """Items that last longer than 50 times the cost of a batch travel one by one."""
    sizer = Sizer(2, COST_NS, None)
    sizer.learn(record(1, 50 * COST_NS))
    assert sizer.size(None) == 1


def test_few_short_items_are_shared_out() -> None:
    """When all that is left is less than a worthwhile batch, idle workers share it."""
    sizer = Sizer(2, COST_NS, None)
    sizer.learn(record(10_000, 1))
    assert sizer.size(24, idle=2) == 12
    assert sizer.size(12, idle=1) == 12


def test_fixed_size_is_kept() -> None:
    """A size that the user gave is the size."""
    sizer = Sizer(2, COST_NS, 7)
    sizer.learn(record(100, 1))
    assert [sizer.size(None), sizer.size(3)] == [7, 7]


@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("item_ns", [10_000, 1_000_000])
def test_even_items_keep_every_worker_busy(workers: int, item_ns: int) -> None:
    """A pass over even items takes at most a tenth more than an equal share."""
    count = 400_000_000 * workers // item_ns
    transport = dispatched(workers, [item_ns] * count)
    assert transport.now <= 1.1 * count * item_ns / workers


def test_one_long_item_does_not_hold_others_up() -> None:
    """Items behind a long one go to other workers."""
    transport = dispatched(2, [50_000_000, *[100_000] * 400])
    assert transport.now <= 1.2 * 50_000_000


def test_slow_source_is_sent_as_it_comes() -> None:
    """A batch is sent unfilled when its items are slow to come."""

    def slow() -> Iterator[int]:
        for item in range(3):
            time.sleep(0.006)
            yield item

    producer = Producer(slow(), None)
    assert producer.take(10) == [0]
    assert not producer.exhausted


def test_remaining_counts_down() -> None:
    """What is left is known for sequences and where it was told."""
    sequence, told, unknown = Producer([1, 2, 3], None), Producer(iter([1]), 5), Producer([], 9)
    sequence.take(2)
    told.take(1)
    assert (sequence.remaining, told.remaining, unknown.remaining) == (1, 4, 0)
    assert Producer(iter([1]), None).remaining is None


def test_end_of_the_source_is_noticed() -> None:
    """An empty batch means that there are no more items."""
    producer = Producer(iter([1]), None)
    assert (producer.take(4), producer.take(4), producer.exhausted) == ([1], [], True)


def test_serial_batches_are_long_beside_their_records() -> None:
    """Items of 150 us go in batches of milliseconds: the baseline must not pay for the records."""
    sizer = Sizer(1, InlineTransport.batch_cost_ns, None)
    for count in (1, 4, 16):
        sizer.learn(record(count, 150_000))
    assert sizer.size(10_000) * 150_000 >= 2_000_000
