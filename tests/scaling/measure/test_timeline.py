"""The records of a pass say when each worker ran, was idle, and had nothing to run."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.measure.timeline import Span, Timeline, overlap_ns
from scaling.passes import BatchRecord, Mapped, Place, Presence

START = 1_000_000_000_000
PLACES = (Place("a", "n1"), Place("b", "n2"))


def at(*seconds: float) -> array[int]:
    """Return moments so many seconds after the start of the pass."""
    return array("q", (START + round(second * 1e9) for second in seconds))


def ran(worker: int, *seconds: float, sent: float | None = None, first: int = 0) -> BatchRecord:
    """Return a batch whose items ran between these moments."""
    sent_ns = at(sent)[0] if sent is not None else 0
    return BatchRecord(worker, first, at(*seconds), 0, sent_ns)


def timeline(
    batches: Sequence[BatchRecord], *produced: float, received: float = 10.0, hides: bool = False
) -> Timeline:
    """Return the pass of two workers."""
    mapped = Mapped([], list(batches), produced=at(*produced), hides_batches=hides)
    return Timeline(PLACES, mapped, START, at(received)[0])


def starved(one: Timeline) -> list[float]:
    """Return how long each worker had nothing to run since the driver was producing."""
    return [round(worker.starved_s, 9) for worker in one.summaries()]


def test_idle_while_the_driver_produces_is_starved() -> None:
    """Produced 0-2 and 3-5, sent at once: idle 0-2, and 3-5 after a second of work."""
    found = timeline([ran(0, 2, 3, sent=2), ran(0, 5, 9, sent=5)], 0, 2, 3, 5)
    assert starved(found) == [4.0, 4.0]
    assert found.producing_s() == pytest.approx(4.0)


def test_time_on_its_way_is_not_starved() -> None:
    """Sent at 1, begun at 3: the driver produced the next until 4, but this one was ready."""
    assert starved(timeline([ran(0, 3, 9, sent=1), ran(1, 4, 8, sent=4)], 0, 4)) == [1.0, 4.0]


def test_batch_that_waits_at_its_worker_is_not_starved() -> None:
    """The second batch was sent at 1, before the first ended at 3: a pause until 4 is its own."""
    batches = [ran(0, 1, 3, sent=1), ran(0, 4, 9, sent=1), ran(1, 5, 6, sent=5)]
    assert starved(timeline(batches, 1, 5)) == [0.0, 4.0]


def test_unknown_moment_of_sending_is_the_start() -> None:
    """When joblib sent a batch is not known: all its idle time may be the producer's."""
    assert starved(timeline([ran(0, 3, 9), ran(1, 4, 8)], 0, 4, hides=True)) == [3.0, 4.0]


def test_nothing_is_starved_while_the_last_batch_runs() -> None:
    """From the last start at 2 to the last end at 9 nothing was left; until 10 the end was seen."""
    found = timeline([ran(0, 1, 9, sent=1), ran(1, 2, 3, sent=2)], 0, 10)
    assert found.waiting_for_items() == [tuple(at(0, 2)), tuple(at(9, 10))]
    assert starved(found) == [2.0, 3.0]


def test_pass_without_items_waits_for_all_that_was_looked_for() -> None:
    """A source that ends after 3 seconds without an item keeps both workers waiting."""
    found = timeline([], 0, 3, received=3)
    assert starved(found) == [3.0, 3.0]
    assert (found.last_start_s(), found.last_start_ns(), found.last_end_ns()) == (None, None, None)


@pytest.mark.parametrize(("hides", "seconds"), [(False, 1.0), (True, 4.0)])
def test_last_start_is_of_the_batch_or_of_the_item(hides: bool, seconds: float) -> None:
    """Items at 1-2-4-5 in one batch: it began at 1, its last item at 4."""
    found = timeline([ran(0, 1, 2, 4, 5), ran(1, 0.5, 3)], hides=hides)
    assert found.last_start_s() == pytest.approx(seconds)
    assert found.last_end_ns() == at(5)[0]


def test_longest_item_is_found_by_its_index() -> None:
    """Items 7, 8, 9 took 1, 3, 2 seconds; a batch of short ones does not hide it."""
    batches = [ran(0, 4, 5, 8, 10, first=7), ran(0, 0, 0.5, 1, first=3)]
    one, other = timeline(batches).summaries()
    assert [one.longest_s, one.longest_item] == pytest.approx([3.0, 8])
    assert (other.longest_s, other.longest_item) == (0.0, None)


def test_order_of_arrival_does_not_matter() -> None:
    """Replies come in any order; the first start and the last end are found by time."""
    one = timeline([ran(0, 6, 7, sent=6), ran(0, 1, 2, sent=1)], 0, 1).summaries()[0]
    assert [one.first_start_s, one.last_end_s] == pytest.approx([1.0, 7.0])
    assert [one.items, one.batches, one.starved_s] == pytest.approx([2, 2, 1.0])


@pytest.mark.parametrize(
    ("opened", "seen", "more"), [(3, (3, 5), 2), (3, (0, 0), 0), (3, (2, 0), 0), (0, (5,), 0)]
)
def test_threads_beyond_those_it_opened_with(opened: int, seen: Sequence[int], more: int) -> None:
    """Zero stands for not read, and never makes the number negative."""
    presence = Presence(1, None, 1, opened, "")
    batches = [ran(0, second, second + 1) for second in range(len(seen))]
    for one, threads in zip(batches, seen, strict=True):
        one.threads = threads
    found = Timeline([Place("a", "n1", presence)], Mapped([], batches), START, at(9)[0])
    assert found.summaries()[0].more_threads == more


def test_coroutines_have_no_cpu_time_of_their_own() -> None:
    """Slots share a thread: its CPU time is the pass's, and the loop tells how long it hung."""
    mapped = Mapped([], [ran(0, 0, 1)], cpu_ns=5, blocked_ns=2_000_000_000)
    found = Timeline(PLACES, mapped, START, at(1)[0])
    assert [worker.cpu_s for worker in found.summaries()] == [None, None]
    assert found.blocked_s() == pytest.approx(2.0)
    assert timeline([]).blocked_s() is None


def test_clock_error_is_that_of_the_worst_worker() -> None:
    """One worker 3 ms off is told for the sample."""
    places = [Place("a", "n1"), Place("b", "n2", clock_error_ns=3_000_000)]
    found = Timeline(places, Mapped([]), START, START)
    assert found.clock_error_s() == pytest.approx(3e-3)


@given(st.lists(st.sets(st.integers(0, 30)), min_size=2, max_size=2))
def test_overlap_counts_each_moment_once(sets: list[set[int]]) -> None:
    """Spans made of single moments overlap by the moments that are in both."""
    some, others = sets
    assert overlap_ns(_spans(some), _spans(others)) == len(some & others)


def _spans(moments: set[int]) -> list[Span]:
    spans: list[Span] = []
    for moment in sorted(moments):
        if spans and spans[-1][1] == moment:
            spans[-1] = spans[-1][0], moment + 1
        else:
            spans.append((moment, moment + 1))
    return spans


def test_the_earliest_of_equally_long_items_is_the_longest() -> None:
    """Batches may come in any order; items of a second each are in both."""
    batches = [ran(0, 5, 6, 7, first=2), ran(0, 1, 2, 2.5, first=0)]
    (own, _) = timeline(batches).summaries()
    assert own.longest_s == pytest.approx(1.0)
    assert own.longest_item == 0


class OnceOnly(list[BatchRecord]):
    """Records that are made as they are read."""

    reads = 0

    def __iter__(self) -> Iterator[BatchRecord]:
        self.reads += 1
        return super().__iter__()


def test_records_are_read_once() -> None:
    """Whatever is asked of a pass: there may be ten million, each made as it is read."""
    records = OnceOnly([ran(0, 1, 2), ran(1, 1, 3)])
    found = Timeline(PLACES, Mapped([], records, produced=at(0, 1)), START, at(10)[0])
    found.summaries()
    assert (found.last_start_ns(), found.last_end_ns(), records.reads) == (at(1)[0], at(3)[0], 1)
