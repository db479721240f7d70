"""How many items go into a batch."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from scaling.backends.serial import InlineTransport
from scaling.backends.sizing import BATCH_BYTES, GROWTH, BatchCost, Sizer, held_bytes
from scaling.passes import BatchRecord

COST_NS = 100_000
COST = BatchCost(COST_NS, 0)


def learn(sizer: Sizer, count: int, item_ns: int, held: int = 0) -> None:
    """Tell of a batch of even items."""
    ticks = array("q", (item_ns * k for k in range(count + 1)))
    sizer.learn(BatchRecord(0, 0, ticks, 0), count, held)


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 10**9)), max_size=20), st.data())
def test_size_grows_slowly(seen: list[tuple[int, int]], data: st.DataObject) -> None:
    """A batch is at most GROWTH times the largest that came back."""
    sizer = Sizer(data.draw(st.integers(1, 64)), COST, None)
    largest = 1
    for count, item_ns in seen:
        learn(sizer, count, item_ns)
        largest = max(largest, count)
    remaining = data.draw(st.one_of(st.none(), st.integers(0, 10**6)))
    idle = data.draw(st.integers(1, 64))
    assert 0 <= sizer.size(remaining, idle) <= GROWTH * largest


@given(st.integers(1, 10**7), st.integers(2, 16))
def test_batches_shrink_towards_the_end(item_ns: int, workers: int) -> None:
    """The less is left, the smaller the batches."""
    sizer = Sizer(workers, COST, None)
    learn(sizer, 10_000, item_ns)
    sizes = [sizer.size(remaining) for remaining in range(100_000, 0, -1000)]
    assert sorted(sizes, reverse=True) == sizes


def test_cost_of_a_batch_is_a_small_share() -> None:
    """Batches of short items last long enough for their cost to be half a percent."""
    sizer = Sizer(2, COST, None)
    learn(sizer, 10_000, 1_000)
    assert sizer.size(None) == 20_000


def test_long_items_travel_alone() -> None:
    """Items that last longer than 200 times the cost of a batch travel one by one."""
    sizer = Sizer(2, COST, None)
    learn(sizer, 1, 200 * COST_NS)
    assert sizer.size(None) == 1


def test_few_short_items_are_shared_out() -> None:
    """When all that is left is less than a worthwhile batch, idle workers share it."""
    sizer = Sizer(2, COST, None)
    learn(sizer, 10_000, 1)
    assert sizer.size(24, idle=2) == 12
    assert sizer.size(12, idle=1) == 12


def test_fixed_size_is_kept() -> None:
    """A size that the user gave is the size."""
    sizer = Sizer(2, COST, 7)
    learn(sizer, 100, 1)
    assert [sizer.size(None), sizer.size(3)] == [7, 7]


def test_serial_batches_are_long_beside_their_records() -> None:
    """Items of 150 us go in batches of milliseconds: the baseline must not pay for the records."""
    sizer = Sizer(1, InlineTransport.batch_cost, None)
    for count in (1, 4, 16):
        learn(sizer, count, 150_000)
    assert sizer.size(10_000) * 150_000 >= 2_000_000


def test_one_driver_serves_many_workers() -> None:
    """A thousand workers and 0.1 ms a batch: each batch lasts so long that half of that is free."""
    sizer = Sizer(1_000, BatchCost(COST_NS, COST_NS), None)
    learn(sizer, 100, 10_000_000)
    assert sizer.size(None) * 10_000_000 == 2 * 1_000 * COST_NS


def test_what_is_in_flight_is_bounded() -> None:
    """Short items with much data go in batches of so many bytes."""
    sizer = Sizer(2, COST, None)
    learn(sizer, 100, 1_000, held=100 * BATCH_BYTES // 20)
    assert sizer.size(None) == 20


def test_bytes_are_estimated_from_the_last_value() -> None:
    """Data in tuples and lists counts; what has none, or is rude, counts nothing."""

    class Rude:
        @property
        def nbytes(self) -> int:
            raise RuntimeError

    assert held_bytes([b"", b"abcd"]) == 8
    assert held_bytes([(1, memoryview(bytes(5)), ["xy"])]) == 7
    assert held_bytes([Rude()]) == held_bytes([object()]) == held_bytes([]) == 0


def test_a_slow_driver_is_noticed() -> None:
    """What batches cost at least counts, where it is more than what the transport states."""
    sizer = Sizer(1_000, BatchCost(COST_NS, COST_NS), None)
    learn(sizer, 100, 10_000_000)
    for seen in (4 * COST_NS, 3 * COST_NS, 9 * COST_NS):
        sizer.learn_driver(seen)
    assert sizer.size(None) * 10_000_000 == 2 * 1_000 * 3 * COST_NS


def test_a_driver_that_runs_the_kernels_is_not_learnt_from() -> None:
    """What it is busy with is the work itself."""
    sizer = Sizer(1, BatchCost(COST_NS, 0), None)
    learn(sizer, 100, 1_000_000)
    sizer.learn_driver(10**9)
    assert sizer.size(None) == 20
