"""Traces of any size that were never recorded, and studies that hold them.

Workers that take turns run batches of equal numbers of items, of 1 to 2 us each, without a pause.
"""

from __future__ import annotations

from array import array
from pathlib import Path

import numpy as np

from benchmarks import synthetic_study
from benchmarks.synthetic_study import Shape
from scaling import store, tracefile
from scaling.backends.event_loop import ItemRecords
from scaling.passes import BatchRecord
from scaling.tracefile import Trace, smallest

LEAST_NS, MOST_NS = 1000, 2000
"""Of an item."""
SENT_NS, RECEIVED_NS = 500, 700
"""A batch is sent so long before it begins, and received so long after it ended."""
CASES = 5
"""Serial, threads, processes and Ray with a worker each, and threads with two: the last has it."""


def trace(items: int, per_batch: int, workers: int = 2, seed: int = 1) -> Trace:
    """Return the record of a pass over so many items."""
    duration = np.random.default_rng(seed).integers(LEAST_NS, MOST_NS, items, dtype=np.uint16)
    first = np.arange(0, items, per_batch)
    count = np.minimum(per_batch, items - first)
    worker = np.arange(len(first)) % workers
    took = np.add.reduceat(duration, first, dtype=np.int64)
    start = np.empty(len(first), np.int64)
    for one in range(workers):
        own = worker == one
        start[own] = SENT_NS + np.cumsum(took[own]) - took[own]
    end = start + took
    return Trace(
        workers=np.array([f"thread-{one}" for one in range(workers)]),
        nodes=np.array(["local"] * workers),
        clock_error_ns=np.zeros(workers, np.uint8),
        worker=smallest(worker),
        first=smallest(first),
        count=smallest(count),
        start_ns=smallest(start),
        sent_ns=smallest(start - SENT_NS),
        received_ns=smallest(end + RECEIVED_NS),
        cpu_ns=smallest(took),
        duration_ns=smallest(duration),
        produced_ns=np.zeros(0, np.uint8),
        seconds=(int(end.max()) + 10 * RECEIVED_NS) * 1e-9,
        combine_s=RECEIVED_NS * 1e-9,
        hides_batches=False,
        order=np.zeros(0, np.uint8),
    )


def records(of: Trace) -> list[BatchRecord]:
    """Return what a session holds after such a pass: readings of each worker's clock."""
    starts, ends = (column.astype(np.int64) for column in (of.start_ns, of.ends()))
    made = []
    for batch, first in enumerate(of.offsets().tolist()):
        took = of.duration_ns[first : first + int(of.count[batch])]
        ticks = array("q", [int(starts[batch])])
        ticks.frombytes((starts[batch] + np.cumsum(took, dtype=np.int64)).tobytes())
        sent, received = int(starts[batch]) - SENT_NS, int(ends[batch]) + RECEIVED_NS
        worker = int(of.worker[batch])
        made.append(BatchRecord(worker, first, ticks, int(of.cpu_ns[batch]), sent, received))
    return made


def item_records(of: Trace) -> ItemRecords:
    """Return what a session on asyncio holds after a pass: one record for each item."""
    starts, ends = of.bounds()
    made = ItemRecords()
    slots = np.repeat(of.worker, of.count)
    numbers = np.stack([slots, np.arange(len(slots)), starts, ends], axis=1, dtype=np.int64)
    made.note(array("q", numbers.tobytes()))
    return made


def write_study(folder: Path, items: int, per_batch: int) -> Path:
    """Write a study of one block with such a trace, and return its file."""
    shape = Shape(cases=CASES, blocks=1, samples=1, sizes=(items,), traced=1)
    file = synthetic_study.write(folder, shape)
    (named,) = (sample.trace for sample in store.read(file).samples if sample.trace)
    path = folder / named
    path.parent.mkdir()
    path.write_bytes(tracefile.encode(trace(items, per_batch)))
    return file
