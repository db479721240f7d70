"""Work on one large array that every item needs: the sum of a slice of it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from scaling.workloads.base import workload

ITEMS = 40

Array = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
Part = tuple[int, int, int]
"""Process, its private memory in bytes, and the sum."""


def private_bytes(process: int | str = "self") -> int:
    """Return the memory of a process that is neither a file's nor shared."""
    text = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    found = (line.split()[1] for line in text.splitlines() if line.startswith("RssAnon:"))
    return int(next(found, "0")) * 1024


def array(mib: int = 256) -> Array:
    """Make the array."""
    return np.tile(np.arange(256, dtype=np.uint8), mib * 4096)


def items() -> range:
    """Return the numbers of the slices."""
    return range(ITEMS)


@workload(items=items, shared=array)
def total(item: int, shared: Array) -> Part:
    """Sum up one slice."""
    size = -(-shared.size // ITEMS)
    found = int(shared[item * size : (item + 1) * size].sum(dtype=np.int64))
    return os.getpid(), private_bytes(), found
