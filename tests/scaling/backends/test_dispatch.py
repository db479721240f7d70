"""The policy that hands items to workers."""

from __future__ import annotations

from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.many_nodes import Costs, simulated
from scaling.backends.dispatch import DEPTH, DispatchedPool, Wishes
from scaling.backends.runner import Reply
from scaling.backends.sizing import BatchCost
from scaling.errors import KernelFailed
from scaling.passes import BatchRecord, Mapped, Place

COST_NS = 100_000


def record(count: int, item_ns: int, worker: int = 0, first: int = 0) -> BatchRecord:
    """Make the record of a batch of even items."""
    ticks = array("q", (item_ns * k for k in range(count + 1)))
    return BatchRecord(worker, first, ticks, 0)


class VirtualTransport:
    """Workers on a clock of their own: the batch that ends first comes back first."""

    batch_cost = BatchCost(COST_NS, 0)

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
    pool = DispatchedPool(transport, places, Wishes(fixed))
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


def test_order_and_cost_of_a_turn_do_not_depend_on_the_workers() -> None:
    """Each reply is answered by one look at who is free, however many workers there are."""
    transport = dispatched(500, [1_000_000] * 5_000)
    assert transport.most_in_flight <= DEPTH
    assert len({worker for worker, _, _ in transport.sent}) == 500


def permuted(workers: int, costs_ns: list[int]) -> tuple[VirtualTransport, Mapped]:
    """Run one pass over items whose cost is told."""
    transport = VirtualTransport(workers, costs_ns)
    places = [Place(str(worker), "local") for worker in range(workers)]
    pool = DispatchedPool(transport, places, Wishes(cost=costs_ns.__getitem__))
    return transport, pool.map(range(len(costs_ns)), None)


@given(costs, st.integers(2, 9))
def test_parts_are_in_order_whatever_the_costs(costs_ns: list[int], workers: int) -> None:
    """Items that were handed out by cost come back in their own order."""
    _, mapped = permuted(workers, costs_ns)
    assert mapped.parts == [item * 10 for item in range(len(costs_ns))]
    assert sum(batch.count for batch in mapped.batches) == len(costs_ns)


def test_a_told_cost_brings_the_longest_first() -> None:
    """Sorted up, with the longest at the end: the pass is as long as without it."""
    costs_ns = [*[10_000_000] * 60, 300_000_000]
    transport, _ = permuted(2, costs_ns)
    assert transport.now <= 1.1 * sum(costs_ns) / 2
    assert dispatched(2, costs_ns).now >= 1.2 * sum(costs_ns) / 2


def test_a_fold_keeps_what_came_early_only() -> None:
    """The parts are folded in the order of the items, as they come."""
    seen: list[int] = []

    def add(total: int, part: int) -> int:
        seen.append(part)
        return total + part

    transport = VirtualTransport(3, [5_000_000, *[1_000_000] * 99])
    places = [Place(str(worker), "local") for worker in range(3)]
    mapped = DispatchedPool(transport, places, Wishes(fold=add)).map(range(100), None)
    assert mapped.parts == [sum(range(100)) * 10]
    assert seen == [item * 10 for item in range(1, 100)]


class Failing(VirtualTransport):
    """Fails at the first item that is handed out."""

    def receive(self) -> list[Reply]:
        """Raise what a worker would."""
        raise KernelFailed("no", item=0, item_text="x", trace="")


def test_a_failure_names_the_item_by_its_own_index() -> None:
    """The item that was handed out first is the last one where costs grow."""
    places = [Place(str(worker), "local") for worker in range(2)]
    pool = DispatchedPool(Failing(2, [0] * 10), places, Wishes(cost=float))
    with pytest.raises(KernelFailed) as caught:
        pool.map(range(10), None)
    assert caught.value.item == 9


# Costs as `benchmarks/many_nodes.py` measures them, and three times as much.
COSTS = Costs(70e3, 300, 20e3, 160, 25e3, 500, 250e3, 60e3)
SLOW = Costs(210e3, 900, 60e3, 480, 75e3, 1_500, 750e3, 180e3)


@pytest.mark.parametrize("costs", [COSTS, SLOW])
def test_one_driver_keeps_a_thousand_workers_busy(costs: Costs) -> None:
    """Items of 10 ms, 10 s of work each: above 90 %, on a slow driver too, since it is noticed."""
    seconds = simulated(costs, BatchCost(500_000, 120_000), 1_000, 10_000_000, 1_000_000)
    assert 10 / seconds > 0.9
