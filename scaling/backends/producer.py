"""Takes items from their source, batch by batch."""

from __future__ import annotations

import time
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

PRODUCE_NS = 5_000_000
"""A batch is sent off unfilled when producing it took this long."""


class Producer:
    """Takes items from their source in batches and counts them.

    ``until`` holds the weight of all items up to each one, where they do not weigh one each.
    """

    def __init__(
        self, items: Iterable[Any], expected: int | None, until: Sequence[float] | None = None
    ) -> None:
        sequence = items if isinstance(items, Sequence) else None
        self._total = len(sequence) if sequence is not None else expected
        self._sequence, self._until = sequence, until
        self._source: Iterator[Any] = iter(items)
        self.taken = 0
        self.exhausted = False
        self.produced = array("q")
        """Start and end of each time in ``take``, where the items are not there already."""

    @property
    def remaining(self) -> float | None:
        """Weight of the items not yet taken, where it is known."""
        if self._until is not None:
            return self._until[-1] - self._before(self.taken)
        return None if self._total is None else max(0, self._total - self.taken)

    def weight(self, first: int, count: int) -> float:
        """Return what so many items weigh together, from the one at ``first``."""
        return count if self._until is None else self._before(first + count) - self._before(first)

    def take(self, weight: float) -> list[Any]:
        """Return items of up to this weight, at least one; none at the end of the source.

        Fewer when the source ends or is slow.
        """
        size = max(1, int(weight) if self._until is None else self._count(weight))
        items = list(islice(self._source, size)) if self._sequence else self._take_timed(size)
        self.taken += len(items)
        self.exhausted = self.exhausted or not items
        return items

    def _before(self, position: int) -> float:
        assert self._until is not None
        return self._until[position - 1] if position else 0

    def _count(self, weight: float) -> int:
        assert self._until is not None
        limit = self._before(self.taken) + weight
        return bisect_right(self._until, limit, self.taken) - self.taken

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
