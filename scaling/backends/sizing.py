"""How many items go into a batch.

A batch has a fixed cost (messages, wake-ups), and keeps the driver busy for a part of it: the
transport states both. Batches grow until the fixed cost is a small share of their time, and until
one driver can serve all workers; they shrink towards the end, so that no worker is left alone with
a long one. Sizes are weights: one for each item, or its cost over the mean cost where the author of
the workload tells it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scaling.passes import BatchRecord

COST_SHARE = 0.005
"""Share of a batch's time that its fixed cost may take."""
QUEUE_SHARE = 0.02
"""Share of an item's time from which on the fixed cost is worth hiding behind another batch."""
LEAST_SHARE = 0.2
"""The same for the short batches at the end."""
DRIVER_SHARE = 0.5
"""Share of its time that the driver may be busy with batches; all of it at the end."""
GROWTH = 4
"""A batch is at most this many times the largest that has come back."""
TAIL = 3
"""Near the end a batch is at most 1/TAIL of an equal share of what is left."""
BATCH_BYTES = 32 * 2**20
"""What the items, or the parts, of a batch may hold: so much is in memory at once."""
_LOOKED_AT = 8


@dataclass(frozen=True, slots=True)
class BatchCost:
    """What a batch costs, whatever is in it. Nanoseconds."""

    fixed_ns: int
    """From the end of one batch to the start of the next one that was sent after it."""
    driver_ns: int
    """For this long the driver can do nothing else, at least; 0 where it runs the kernels."""


class Sizer:
    """Chooses the size of each batch; learns from the replies."""

    def __init__(self, workers: int, cost: BatchCost, fixed: int | None) -> None:
        self._workers, self._fixed = workers, fixed
        self._cost, self._driver_ns = cost, float("inf")
        self._set_times(cost.driver_ns)
        self._unit_ns: float | None = None
        self._unit_bytes = 0.0
        self._largest = 1.0

    def learn(self, record: BatchRecord, weight: float, held: int) -> None:
        """Take into account what a batch of this weight took and held; the latest weigh most."""
        unit_ns = max(1.0, (record.ticks[-1] - record.ticks[0]) / weight)
        self._unit_ns = unit_ns if self._unit_ns is None else 0.5 * (self._unit_ns + unit_ns)
        self._unit_bytes = max(0.5 * self._unit_bytes, held / weight)
        self._largest = max(self._largest, weight)

    def learn_driver(self, batch_ns: float) -> None:
        """Take into account what batches cost the driver: at least, since data come on top."""
        if self._cost.driver_ns and batch_ns < self._driver_ns:
            self._driver_ns = batch_ns
            self._set_times(max(batch_ns, self._cost.driver_ns))

    def _set_times(self, driver_ns: float) -> None:
        round_ns = self._workers * driver_ns
        self._target_ns = max(self._cost.fixed_ns / COST_SHARE, round_ns / DRIVER_SHARE)
        self._queue_ns = max(self._cost.fixed_ns / QUEUE_SHARE, round_ns / DRIVER_SHARE)
        self._least_ns = max(self._cost.fixed_ns / LEAST_SHARE, round_ns)

    def queues(self) -> bool:
        """Tell whether a second batch may wait at a worker for its first to end.

        Not before the cost of an item is known, and not where one item outlasts the fixed cost by
        far: there waiting saves nothing, and an item behind a long one would be late.
        """
        return self._unit_ns is not None and self._unit_ns < self._queue_ns

    def size(self, remaining: float | None, idle: int = 1) -> float:
        """Return the weight of the next batch, when so many workers wait for one.

        Less than an item weighs stands for one item.
        """
        if self._fixed is not None:
            return self._fixed
        if self._unit_ns is None:
            return 1
        size = min(self._largest * GROWTH, self._target_ns / self._unit_ns)
        if self._unit_bytes:
            size = min(size, BATCH_BYTES / self._unit_bytes)
        if remaining is not None:
            least = min(self._least_ns / self._unit_ns, remaining / idle)
            size = min(size, max(least, remaining / (TAIL * self._workers)))
        return size


def held_bytes(values: Sequence[object]) -> int:
    """Estimate the bytes of data that values hold, from the last of them."""
    return len(values) * _held(values[-1], 2) if values else 0


def _held(value: object, depth: int) -> int:
    if isinstance(value, str | bytes | bytearray):
        return len(value)
    if isinstance(value, tuple | list) and depth:
        found = [_held(part, depth - 1) for part in value[:_LOOKED_AT]]
        return sum(found) * len(value) // len(found) if found else 0
    try:
        return int(getattr(value, "nbytes", 0))
    except Exception:  # noqa: BLE001 - any class may have a property of this name
        return 0
