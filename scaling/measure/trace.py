"""Keeps the whole record of a sample in the folder of its study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scaling import tracefile
from scaling.backends.event_loop import ItemRecords
from scaling.files import write_whole
from scaling.measure.messages import TRACES
from scaling.measure.sample import Timed
from scaling.measure.timeline import Timeline
from scaling.passes import BatchRecord
from scaling.tracefile import Column, Trace, smallest

_NAMES = ("worker", "first", "count", "start_ns", "sent_ns", "received_ns", "cpu_ns")
_ROW = np.dtype([(name, np.int64) for name in _NAMES])


def keep(study: Path, name: str, timed: Timed) -> str | None:
    """Write the record of a sample, whole or not at all, and return its path in the study.

    None when it cannot be written: the sample counts without it too.
    """
    path = study / TRACES / f"{name}.npz"
    try:
        path.parent.mkdir(exist_ok=True)
        write_whole(path, tracefile.encode(of(timed.timeline, timed.seconds, timed.combine_s)))
    except OSError:
        return None
    return str(path.relative_to(study))


def of(timeline: Timeline, seconds: float, combine_s: float) -> Trace:
    """Return the record of one pass, with times relative to its start."""
    places, mapped, begin = timeline.places, timeline.mapped, timeline.start_ns
    rows, durations = _columns(mapped.batches, begin)
    cpu_ns = np.empty(0, np.int64) if mapped.cpu_ns is not None else rows["cpu_ns"]
    return Trace(
        workers=np.array([place.worker for place in places], dtype=np.str_),
        nodes=np.array([place.node for place in places], dtype=np.str_),
        clock_error_ns=smallest(np.array([one.clock_error_ns for one in places], np.int64)),
        worker=smallest(rows["worker"]),
        first=smallest(rows["first"]),
        count=smallest(rows["count"]),
        start_ns=smallest(rows["start_ns"]),
        sent_ns=smallest(rows["sent_ns"]),
        received_ns=smallest(rows["received_ns"]),
        cpu_ns=smallest(cpu_ns),
        duration_ns=smallest(durations),
        produced_ns=smallest(np.array(mapped.produced, np.int64) - begin),
        seconds=seconds,
        combine_s=combine_s,
        hides_batches=mapped.hides_batches,
        order=smallest(np.array(mapped.order, dtype=np.int64)),
    )


def _columns(batches: Sequence[BatchRecord], begin: int) -> tuple[dict[str, Column], Column]:
    """Return the numbers of all batches and the durations of all items, in the order of items.

    Not through lists of Python's numbers: there may be as many batches as items.
    """
    if isinstance(batches, ItemRecords):
        return _columns_of_items(batches, begin)
    first = np.fromiter((batch.first for batch in batches), np.int64, len(batches))
    order = np.argsort(first, kind="stable")
    rows = np.fromiter((_row(batches[k], begin) for k in order.tolist()), _ROW, len(batches))
    durations = np.empty(int(rows["count"].sum()), np.int64)
    end = 0
    for k in order.tolist():
        ticks = np.frombuffer(batches[k].ticks, np.int64)
        end += len(ticks) - 1
        np.subtract(ticks[1:], ticks[:-1], out=durations[end - len(ticks) + 1 : end])
    return {name: rows[name] for name in _NAMES}, durations


def _columns_of_items(records: ItemRecords, begin: int) -> tuple[dict[str, Column], Column]:
    """Return the same of batches of one item that are sent and received as it starts and ends."""
    worker, first, start, end = records.columns()
    order = np.argsort(first, kind="stable")
    start_ns, end_ns = np.asarray(start)[order] - begin, np.asarray(end)[order] - begin
    columns = {
        "worker": np.asarray(worker)[order],
        "first": np.asarray(first)[order],
        "count": np.ones(len(order), np.uint8),
        "start_ns": start_ns,
        "sent_ns": start_ns,
        "received_ns": end_ns,
        "cpu_ns": np.zeros(len(order), np.uint8),
    }
    return columns, end_ns - start_ns


def _row(batch: BatchRecord, begin: int) -> tuple[int, ...]:
    """Where a backend does not say when a batch was sent and received: its start and end."""
    start, end = batch.ticks[0] - begin, batch.ticks[-1] - begin
    return (
        batch.worker,
        batch.first,
        batch.count,
        start,
        batch.sent_ns - begin if batch.sent_ns else start,
        batch.received_ns - begin if batch.received_ns else end,
        batch.cpu_ns,
    )
