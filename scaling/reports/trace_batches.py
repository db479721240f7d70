"""The batches of a trace that there is room to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from scaling.tracefile import Column, Trace

Detail = Literal["every item", "every batch", "the first batches"]


@dataclass(frozen=True, slots=True, eq=False)
class Batches:
    """What would hold a number for each item is there for few items only."""

    offsets: Column
    ends: Column
    shown: Column
    """Those that are shown, in the order in which they were handed out."""
    items: tuple[Column, Column] | None
    """Start and end of each item where every item is shown."""

    @classmethod
    def of(cls, trace: Trace, detail: Detail, most: int) -> Batches:
        """Return the batches of a trace; the first ones are so many."""
        shown = np.arange(len(trace.worker))
        if detail == "the first batches":
            shown = _first(trace.start_ns, most)
        items = trace.bounds() if detail == "every item" else None
        return cls(trace.offsets(), trace.ends(), shown, items)


def _first(start_ns: Column, number: int) -> Column:
    """Return the batches that start first; of those that start at once, the first handed out."""
    if not number:
        return np.empty(0, np.intp)
    latest = np.partition(start_ns, number - 1)[number - 1]
    early = np.flatnonzero(start_ns <= latest)
    return np.sort(early[np.argsort(start_ns[early], kind="stable")[:number]])
