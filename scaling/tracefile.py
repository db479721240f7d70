"""The file with the whole record of one sample: NumPy arrays, no pickle.

All times are in nanoseconds after the start of the sample. Batches are in the order in which items
were handed out, so entry k of ``duration_ns`` is item k, or item ``order[k]`` where there is one.
Every array has the smallest integer type that holds it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from scaling.errors import StudyFileError

# 1: one array for each field of Trace, and the version itself
# 2: order
VERSION = 2

Column = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Everything that was recorded of one sample."""

    workers: Column
    """Name of each worker."""
    nodes: Column
    """Node id of each worker."""
    clock_error_ns: Column
    """How far the times of each worker may be off."""
    worker: Column
    """Of each batch: index into ``workers``."""
    first: Column
    """Of each batch: index of its first item."""
    count: Column
    """Of each batch: number of its items."""
    start_ns: Column
    """Of each batch: start of its first item, in the worker."""
    sent_ns: Column
    """Of each batch: handed over by the driver."""
    received_ns: Column
    """Of each batch: its parts were in the driver's hands."""
    cpu_ns: Column
    """Of each batch: CPU time; empty where it cannot be told by batch (asyncio)."""
    duration_ns: Column
    """Of each item. An item starts where the one before it in its batch ended."""
    produced_ns: Column
    """Start and end of each time that the driver waited for the items themselves, in turn."""
    seconds: float
    """From just before the first item was asked for to the combined answer."""
    combine_s: float
    """The part of it after the last part was received."""
    hides_batches: bool
    """True when the batches are made up of what was seen of the items (joblib)."""
    order: Column
    """Index of the item that was handed out first, second, and so on; empty where in order."""

    def item(self, position: int) -> int:
        """Return the index of the item at a position of ``duration_ns``."""
        return int(self.order[position]) if len(self.order) else position

    def bounds(self) -> tuple[Column, Column]:
        """Return start and end of every item, in the order of ``duration_ns``."""
        duration, count = self.duration_ns.astype(np.int64), self.count.astype(np.int64)
        ends = np.cumsum(duration)
        before = np.concatenate((np.zeros(1, np.int64), ends))[np.cumsum(count) - count]
        ends += np.repeat(self.start_ns.astype(np.int64) - before, count)
        return ends - duration, ends

    def offsets(self) -> Column:
        """Return the position in ``duration_ns`` of the first item of every batch."""
        offsets: Column = np.cumsum(self.count, dtype=np.int64)
        return np.subtract(offsets, self.count, out=offsets, casting="unsafe")

    def ends(self) -> Column:
        """Return the end of every batch; no number is made for each item."""
        if not len(self.count):
            return np.empty(0, np.int64)
        took = np.add.reduceat(self.duration_ns, self.offsets(), dtype=np.int64)
        return self.start_ns.astype(np.int64) + took


_BATCH = ("worker", "first", "count", "start_ns", "sent_ns", "received_ns")


def smallest(values: Column) -> Column:
    """Return integers in the smallest type that holds them all, unsigned where none is negative."""
    if not values.size:
        return values.astype(np.uint8)
    low, high = int(values.min()), int(values.max())
    if low >= 0:
        return values.astype(np.min_scalar_type(high))
    # -1 - high needs as many bits in a signed type as high does.
    return values.astype(np.min_scalar_type(min(low, -1 - high)))


def encode(trace: Trace) -> bytes:
    """Return the content of a trace file."""
    content = io.BytesIO()
    np.savez(content, version=VERSION, **{f.name: getattr(trace, f.name) for f in fields(trace)})
    return content.getvalue()


def read(path: Path) -> Trace:
    """Read a trace file. Raises StudyFileError when it is not sound."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
    except OSError as error:
        raise StudyFileError(f"cannot read the trace {path}: {error.strerror or error}") from None
    except (BadZipFile, ValueError, EOFError, KeyError, RuntimeError) as error:
        raise StudyFileError(f"the trace {path} is damaged ({error}); measure again") from None
    version = int(found.pop("version", np.array(0)))
    if version == 1:
        found["order"] = np.empty(0, np.uint8)
    if version > VERSION:
        raise StudyFileError(f"a newer version of scale wrote the trace {path}; use that one")
    if version < 1 or set(found) != {field.name for field in fields(Trace)}:
        raise StudyFileError(f"{path} is no trace of scale")
    return _checked(path, found)


def _checked(path: Path, found: dict[str, Column]) -> Trace:
    trace = Trace(
        **{name: found[name] for name in found if found[name].ndim},
        seconds=float(found["seconds"]),
        combine_s=float(found["combine_s"]),
        hides_batches=bool(found["hides_batches"]),
    )
    batches = len(trace.worker)
    sound = (
        all(len(getattr(trace, name)) == batches for name in _BATCH)
        and len(trace.cpu_ns) in {0, batches}
        and len(trace.workers) == len(trace.nodes) == len(trace.clock_error_ns)
        and int(trace.count.sum()) == len(trace.duration_ns)
        and (not batches or int(trace.count.min()) > 0)
        and len(trace.order) in {0, len(trace.duration_ns)}
        and len(trace.produced_ns) % 2 == 0
        and (not batches or int(trace.worker.max()) < len(trace.workers))
    )
    if not sound:
        raise StudyFileError(f"the trace {path} is damaged (its parts do not fit); measure again")
    return trace
