"""Work that brings a fault to a machine, or suffers from one: for ``seeded_faults.py``."""

from __future__ import annotations

import hashlib
import mmap
import os
import random
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scaling import workload

BUFFER = bytes(range(256)) * 1024
THRASHED = "RAYSCALE_THRASHED_FILE"
"""A file larger than the memory that the work may have."""
NUMBERS = 30_000_000
"""Of an array that no cache holds."""
PAGES = 200
SPIN = "import time\nwhile time.thread_time() < {seconds}: pass"


def hashed(rounds: int) -> str:
    """Hash a buffer so often."""
    found = hashlib.sha256()
    for _ in range(rounds):
        found.update(BUFFER)
    return found.hexdigest()


@workload(items=lambda: range(64), waits=False)
def plain(item: int) -> str:
    """Items of some 15 ms that compute."""
    del item
    return hashed(100)


@workload(items=lambda: range(16), waits=False)
def pinned(item: int) -> str:
    """A kernel that takes all CPUs but one from its worker."""
    del item
    os.sched_setaffinity(0, {0})
    return hashed(400)


@workload(items=lambda: range(8), waits=False)
def crowded(item: int) -> str:
    """A kernel that computes beside a process of its own, both on one CPU."""
    del item
    os.sched_setaffinity(0, {0})
    with subprocess.Popen([sys.executable, "-S", "-c", SPIN.format(seconds=0.2)]):
        return hashed(1_200)


@lru_cache(maxsize=1)
def arrays() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two arrays of this worker's own."""
    return np.ones(NUMBERS), np.ones(NUMBERS)


@workload(items=lambda: range(32), waits=False)
def additions(item: int) -> float:
    """Add large arrays again and again: the memory is the limit."""
    left, right = arrays()
    for _ in range(6):
        np.add(left, right, out=left)
    return float(item)


@lru_cache(maxsize=1)
def large_file() -> mmap.mmap:
    """Return the file, read once from its begin to its end."""
    with Path(os.environ[THRASHED]).open("rb") as file:
        view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    sum(view[at] for at in range(0, len(view), mmap.PAGESIZE))
    return view


@workload(items=lambda: range(16), waits=False)
def thrashed(item: int) -> int:
    """Read pages all over a file that does not fit in memory."""
    view = large_file()
    where = random.Random(item).sample(range(0, len(view), mmap.PAGESIZE), PAGES)  # noqa: S311 - places, no secret
    return sum(view[at] for at in where)


@workload(items=lambda: range(12), combine=len, waits=False)
def large_parts(item: int) -> NDArray[np.float64]:
    """Return 20 MB, which stay in the object store while the driver has them."""
    return np.full(2_500_000, float(item))
