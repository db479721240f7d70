"""Keeps the whole record of a sample in the folder of its study."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scaling import tracefile
from scaling.files import write_whole
from scaling.measure.messages import TRACES
from scaling.measure.sample import Timed
from scaling.measure.timeline import Timeline
from scaling.tracefile import Column, Trace, smallest


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
    batches = sorted(mapped.batches, key=lambda batch: batch.first)
    starts = [batch.ticks[0] for batch in batches]
    # Where a backend does not say when a batch was sent and received, that is its start and end.
    sent = [batch.sent_ns or batch.ticks[0] for batch in batches]
    received = [batch.received_ns or batch.ticks[-1] for batch in batches]
    cpu = [] if mapped.cpu_ns is not None else [batch.cpu_ns for batch in batches]
    durations = [np.diff(np.frombuffer(batch.ticks, np.int64)) for batch in batches]
    return Trace(
        workers=np.array([place.worker for place in places], dtype=np.str_),
        nodes=np.array([place.node for place in places], dtype=np.str_),
        clock_error_ns=_column([place.clock_error_ns for place in places]),
        worker=_column([batch.worker for batch in batches]),
        first=_column([batch.first for batch in batches]),
        count=_column([batch.count for batch in batches]),
        start_ns=_column(starts, begin),
        sent_ns=_column(sent, begin),
        received_ns=_column(received, begin),
        cpu_ns=_column(cpu),
        duration_ns=smallest(np.concatenate([*durations, np.empty(0, np.int64)])),
        produced_ns=_column(list(mapped.produced), begin),
        seconds=seconds,
        combine_s=combine_s,
        hides_batches=mapped.hides_batches,
        order=smallest(np.array(mapped.order, dtype=np.int64)),
    )


def _column(values: list[int], begin: int = 0) -> Column:
    return smallest(np.array(values, dtype=np.int64) - begin)
