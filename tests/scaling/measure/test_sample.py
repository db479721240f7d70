"""A sample is timed by its pool's clock and summed up by worker."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from scaling.measure.sample import take
from scaling.measure.timeline import Timeline
from scaling.passes import BatchRecord, Mapped, Place

MS = 1_000_000


class StepPool:
    """A pool with a clock that moves 1 ms with each reading."""

    places: Sequence[Place] = (Place("a", "n1"), Place("b", "n2"))

    def __init__(self) -> None:
        self._now = 0

    def clock(self) -> int:
        """Read the clock."""
        self._now += MS
        return self._now

    def map(self, items: Iterable[Any], expected: int | None) -> Mapped:
        """Double the items on the first worker."""
        found = list(items)
        ticks = array("q", range(2 * MS, (3 + len(found)) * MS, MS))
        assert expected == len(found)
        return Mapped([2 * item for item in found], [BatchRecord(0, 0, ticks, 4 * MS)])

    def spilled_bytes(self) -> None:
        """Spill nothing."""


def test_sample_is_timed_to_the_combined_answer() -> None:
    """Time runs from before the first item to after combining; combining is told apart."""
    timed = take(StepPool(), lambda: [1, 2, 3], sum, 3)
    assert timed.answer == 12
    assert timed.seconds == pytest.approx(2e-3)
    assert timed.combine_s == pytest.approx(1e-3)
    assert timed.items == 3


def test_without_combine_the_parts_are_the_answer() -> None:
    """A workload without combine answers with its parts, in order."""
    assert take(StepPool(), lambda: [3, 1], None, 2).answer == [6, 2]


def test_summary_of_each_worker() -> None:
    """Each worker has its items, times and node; one that got nothing is there with none."""
    batches = [
        BatchRecord(0, 0, array("q", [10 * MS, 12 * MS, 15 * MS]), 4 * MS),
        BatchRecord(0, 2, array("q", [20 * MS, 21 * MS]), 1 * MS),
    ]
    pass_ = Timeline(StepPool.places, Mapped([], batches), 5 * MS, 30 * MS)
    busy, idle = pass_.summaries()
    assert (busy.items, busy.batches, busy.node) == (3, 2, "n1")
    assert busy.busy_s == pytest.approx(6e-3)
    assert busy.cpu_s == pytest.approx(5e-3)
    assert busy.first_start_s == pytest.approx(5e-3)
    assert busy.last_end_s == pytest.approx(16e-3)
    assert (idle.items, idle.first_start_s, idle.last_end_s) == (0, None, None)
