"""What a worker did in a sample, in no more pieces than can be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scaling.reports.trace import Shown
from scaling.reports.trace_batches import Batches
from scaling.tracefile import Column

Seconds = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Pieces of time, in order, without overlap of more than a pixel."""

    starts: Seconds
    ends: Seconds
    ranks: Seconds
    """Of each piece: how early its first item was handed out, from 0 to 1."""

    def covered(self) -> Seconds:
        """Return ends to draw in order: what touches the next piece runs on to its middle.

        Edges that merely meet would leave a pale seam that looks like a gap.
        """
        ends = self.ends.copy()
        following = np.maximum(self.ends[:-1], (self.starts[1:] + self.ends[1:]) / 2)
        ends[:-1] = np.where(self.ends[:-1] >= self.starts[1:], following, self.ends[:-1])
        return ends


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """One sample: a lane for each worker and one for the driver."""

    shown: Shown
    workers: tuple[Spans, ...]
    produced: Spans
    """When the driver waited for the items themselves."""
    busy: float
    """Share of the workers' time in which they were at an item."""


def lanes(shown: Shown, pixel_s: float) -> Lanes:
    """Return the lanes of a sample; no gap is hidden that is longer than a pixel."""
    trace = shown.trace
    batches = Batches.of(trace, "every batch", shown.most_events)
    starts, ends = _seconds(trace.start_ns), _seconds(batches.ends)
    total = max(1, len(trace.duration_ns) - 1)
    ranks = batches.offsets.astype(np.float64) / total
    workers = tuple(
        merged(starts[own], ends[own], ranks[own], pixel_s)
        for worker in range(len(trace.workers))
        for own in [trace.worker == worker]
    )
    produced = _seconds(trace.produced_ns)
    none = np.zeros(len(produced) // 2)
    paid = trace.seconds * len(trace.workers)
    return Lanes(
        shown,
        workers,
        merged(produced[::2], produced[1::2], none, pixel_s),
        float(_seconds(trace.duration_ns).sum()) / paid if paid else 0.0,
    )


def merged(starts: Seconds, ends: Seconds, ranks: Seconds, pixel_s: float) -> Spans:
    """Return the pieces, those joined that no pixel parts and that begin within two pixels."""
    if not len(starts):
        return Spans(starts, ends, ranks)
    order = np.argsort(starts, kind="stable")
    starts, ends, ranks = starts[order], ends[order], ranks[order]
    reached = np.maximum.accumulate(ends)
    column = np.floor(starts / (2 * pixel_s))
    apart = np.diff(starts, prepend=-np.inf) > 0
    apart[1:] = (starts[1:] - reached[:-1] >= pixel_s) | (column[1:] != column[:-1])
    first = np.flatnonzero(apart)
    found = Spans(starts[first], np.maximum.reduceat(ends, first), ranks[first])
    return Spans(found.starts, _closed(found, pixel_s), found.ranks)


def _closed(found: Spans, pixel_s: float) -> Seconds:
    """Return ends that leave no gap shorter than a pixel, and pieces wide enough to be seen.

    What widens a piece takes at most half of the gap after it.
    """
    following = np.append(found.starts[1:], np.inf)
    gaps = np.maximum(following - found.ends, 0.0)
    wider = np.maximum(found.ends, np.minimum(found.starts + pixel_s, found.ends + gaps / 2))
    ends: Seconds = np.where(gaps < pixel_s, following, wider)
    return ends


def _seconds(nanoseconds: Column) -> Seconds:
    """Return seconds, none before the sample: another host's clock may be off by as much."""
    return np.maximum(np.asarray(nanoseconds).astype(np.float64), 0.0) / 1e9
